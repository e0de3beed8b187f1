//! Times in the notation of services, and the zones of their clocks.

use std::borrow::Cow;

use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use super::model::{Cast, CountUnit, Fold, TimeFormat, TimeRule};
use crate::contract::{Floats, NumberError, Unit, Unrounded, plain, unrounded};
use crate::source::{Cell, Clock};
use mst_types::civil::{DAY, NANOS, Rest, Shown, days, nanos, offset_at, parse_duration, shown};

impl TimeRule {
    /// Reads a moment, date or time from a text or a count.
    pub(crate) fn read<'a>(&self, cell: Cell<'a>, floats: Floats) -> Result<Cell<'a>, String> {
        if matches!(cell, Cell::Date(_)) || cell.clock().is_some() {
            return match &self.format {
                TimeFormat::Iso => Ok(cell),
                _ => Err(format!("{} needs no format: remove format = … from time", cell.kind())),
            };
        }
        match (&self.format, cell) {
            (TimeFormat::Iso, Cell::Text(text)) => Ok(Cell::of_time(&text).unwrap_or(Cell::Text(text))),
            // The contract will refuse it with advice.
            (TimeFormat::Iso, cell) => Ok(cell),
            (TimeFormat::Unix(unit), cell) => {
                let (text, shift) = number(&cell, floats)?;
                let (nanos, rest) = count(&text, shift, digits(*unit))
                    .map_err(|_| format!("not a count of {} since 1970", unit.name()))?;
                Ok(Cell::of_clock(Clock::Instant, nanos, rest))
            }
            (TimeFormat::Pattern(pattern), Cell::Text(text)) => with_pattern(pattern, &text),
            // A whole number such as 20260329 may be a date.
            (TimeFormat::Pattern(pattern), Cell::Int(number)) => with_pattern(pattern, &number.to_string()),
            (TimeFormat::Pattern(_), cell) => Err(format!("{} cannot be read by a pattern", cell.kind())),
        }
    }

    /// Converts a local time to the moment it denotes in this zone; any other cell is unchanged.
    pub(super) fn in_zone<'a>(&self, cell: Cell<'a>) -> Result<Cell<'a>, String> {
        match (cell.clock(), &self.zone) {
            (Some((Clock::Local, local, rest)), Some(zone)) => {
                Ok(Cell::of_clock(Clock::Instant, self.moment(local, zone)?, rest))
            }
            _ => Ok(cell),
        }
    }

    /// The moment at which a clock in a zone showed a local time.
    fn moment(&self, local: i128, zone: &TimeZone) -> Result<i128, String> {
        let name = zone.iana_name().unwrap_or("this zone");
        let offset = match (shown(zone, local), self.fold) {
            (Shown::Once(offset), _) => offset,
            (Shown::Never, _) => return Err(format!("clocks in {name} skipped this time when they were put forward")),
            (Shown::Twice(before, _), Fold::Earlier) => before,
            (Shown::Twice(_, after), Fold::Later) => after,
            (Shown::Twice(..), Fold::Refuse) => {
                return Err(format!(
                    "clocks in {name} showed this time twice when they were put back (choose one in time: fold = \"earlier\" or \
                                         \"later\")"
                ));
            }
        };
        Ok(local - i128::from(offset) * NANOS)
    }
}

impl Cast {
    /// Converts a time to another kind. Text is parsed first.
    pub(super) fn apply<'a>(self, cell: Cell<'a>, zone: Option<&TimeZone>) -> Result<Cell<'a>, String> {
        let cell = match (self, cell) {
            (Self::Text, cell) => return Ok(Cell::Text(as_text(cell)?)),
            (Self::Duration, Cell::Text(text)) => match parse_duration(&text) {
                Some((nanos, rest)) => return Ok(Cell::of_clock(Clock::Duration, nanos, rest)),
                None => return Ok(Cell::Text(text)),
            },
            // The contract will refuse other text with a message.
            (_, Cell::Text(text)) => match Cell::of_time(&text) {
                Some(cell) => cell,
                None => return Ok(Cell::Text(text)),
            },
            (_, cell) => cell,
        };
        let local = |nanos: i128, clock: Clock, part: &str| match (clock, zone) {
            (Clock::Local, _) => Ok(nanos),
            (_, Some(zone)) => Ok(nanos + i128::from(offset_at(zone, nanos)) * NANOS),
            (_, None) => Err(format!("the {part} of a moment depends on the zone: time = {{ zone = \"…\" }}")),
        };
        match (self, cell.clock()) {
            (Self::Timestamp, _) => Ok(match cell {
                Cell::Date(days) => Cell::Local(i128::from(days) * DAY),
                cell => cell,
            }),
            (Self::Date, Some((clock @ (Clock::Local | Clock::Instant), nanos, _))) => {
                let day = local(nanos, clock, "day")?.div_euclid(DAY);
                i32::try_from(day).map(Cell::Date).map_err(|_| "no such day".to_owned())
            }
            (Self::Time, Some((clock @ (Clock::Local | Clock::Instant), nanos, rest))) => {
                Ok(Cell::of_clock(Clock::Time, local(nanos, clock, "time of day")?.rem_euclid(DAY), rest))
            }
            (Self::Time, Some((Clock::Duration, nanos, rest))) if (0..DAY).contains(&nanos) => {
                Ok(Cell::of_clock(Clock::Time, nanos, rest))
            }
            (Self::Time, Some((Clock::Duration, ..))) => {
                Err("not a time of day, which is from 00:00:00 to before 24:00:00".to_owned())
            }
            (Self::Duration, Some((Clock::Time, nanos, rest))) => Ok(Cell::of_clock(Clock::Duration, nanos, rest)),
            // The contract will refuse it with a message.
            _ => Ok(cell),
        }
    }
}

impl CountUnit {
    /// The duration that a number counts.
    pub(super) fn apply(self, cell: &Cell<'_>, floats: Floats) -> Result<Cell<'static>, String> {
        let (text, shift) = number(cell, floats)?;
        let (factor, digits, name) = match self {
            Self::Ns => (1, 0, "ns"),
            Self::Us => (1, 3, "us"),
            Self::Ms => (1, 6, "ms"),
            Self::S => (1, 9, "s"),
            Self::Min => (60, 9, "min"),
            Self::H => (3600, 9, "h"),
            Self::D => (86_400, 9, "d"),
        };
        let (nanos, rest) =
            count(&times(&text, factor), shift, digits).map_err(|_| format!("not a number of {name}"))?;
        Ok(Cell::of_clock(Clock::Duration, nanos, rest))
    }
}

/// The digits of a decimal number times a factor, exact.
fn times(text: &str, factor: u32) -> Cow<'_, str> {
    if factor == 1 {
        return text.into();
    }
    let (mantissa, exponent) = text.split_at_checked(text.find(['e', 'E']).unwrap_or(text.len())).unwrap_or((text, ""));
    let mut carry = 0;
    let mut reversed = String::new();
    for c in mantissa.chars().rev() {
        match c.to_digit(10) {
            Some(digit) => {
                carry += digit * factor;
                reversed.push(char::from_digit(carry % 10, 10).unwrap_or('0'));
                carry /= 10;
            }
            // A point keeps its place; the sign comes last, after the carry.
            None => {
                while matches!(c, '+' | '-') && carry > 0 {
                    reversed.push(char::from_digit(carry % 10, 10).unwrap_or('0'));
                    carry /= 10;
                }
                reversed.push(c);
            }
        }
    }
    let rest = if carry > 0 { carry.to_string() } else { String::new() };
    format!("{rest}{}{exponent}", reversed.chars().rev().collect::<String>()).into()
}

/// The number of digits by which nanoseconds are finer than a unit.
fn digits(unit: Unit) -> u32 {
    match unit {
        Unit::Second => 9,
        Unit::Milli => 6,
        Unit::Micro => 3,
        Unit::Nano => 0,
    }
}

/// A number as a count of units of 10^-`digits`, rounded down, and the rest.
fn count(text: &str, shift: i32, digits: u32) -> Result<(i128, Rest), NumberError> {
    let Unrounded { negative, whole, rest } = unrounded(text, shift, digits)?;
    let whole = i128::try_from(whole).map_err(|_| NumberError::Range)?;
    Ok(rest.down(negative, whole))
}

/// The digits of a number, and the power of ten to multiply them by.
pub(super) fn number<'c>(cell: &'c Cell<'_>, floats: Floats) -> Result<(Cow<'c, str>, i32), String> {
    Ok(match (cell, floats) {
        (Cell::Int(number), _) => (number.to_string().into(), 0),
        (Cell::Number { text, shift }, _) => (Cow::Borrowed(text), *shift),
        (Cell::Text(text), _) => (Cow::Borrowed(text), 0),
        (Cell::Float32(float), Floats::Shortest) => (float.to_string().into(), 0),
        (Cell::Float64(float), Floats::Shortest) => (float.to_string().into(), 0),
        (Cell::Float32(_) | Cell::Float64(_), Floats::Refuse) => {
            return Err(
                "floats are not exact (floats = \"shortest\" in the contract takes the shortest decimal that denotes it)"
                    .to_owned(),
            );
        }
        (cell, _) => return Err(format!("{} is not a number", cell.kind())),
    })
}

/// Reads a time by a strptime pattern. Digits of a fraction after the ninth become the rest.
pub(crate) fn with_pattern(pattern: &str, text: &str) -> Result<Cell<'static>, String> {
    match parse_pattern(pattern, text) {
        Err(reason) => match cut(text) {
            Some((shorter, rest)) => {
                let cell = parse_pattern(pattern, &shorter).map_err(|_| reason.clone())?;
                let (clock, nanos, _) = cell.clock().ok_or(reason)?;
                Ok(Cell::of_clock(clock, nanos, rest))
            }
            None => Err(reason),
        },
        read => read,
    }
}

/// A text without the digits of a fraction after the ninth, and their value.
fn cut(text: &str) -> Option<(String, Rest)> {
    for (at, _) in text.match_indices(['.', ',']) {
        let (before, after) = text.split_at_checked(at + 1)?;
        let count = after.bytes().take_while(u8::is_ascii_digit).count();
        if count > 9 {
            let (kept, more) = after.split_at_checked(9)?;
            let (more, end) = more.split_at_checked(count - 9)?;
            return Some((format!("{before}{kept}{end}"), Rest::of_digits(more.as_bytes())));
        }
    }
    None
}

/// Whether the seconds of a text are 60, which strptime reads as 59. With 58 in their place the text has other seconds.
fn has_second_60(pattern: &str, text: &str) -> bool {
    text.match_indices("60").any(|(at, sixty)| {
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + sixty.len()..).unwrap_or_default());
        strtime::parse(pattern, format!("{before}58{after}")).is_ok_and(|read| read.second() == Some(58))
    })
}

fn parse_pattern(pattern: &str, text: &str) -> Result<Cell<'static>, String> {
    let broken = |error: jiff::Error| format!("does not fit {pattern:?}: {error}");
    let read = strtime::parse(pattern, text).map_err(broken)?;
    if read.second() == Some(59) && has_second_60(pattern, text) {
        return Err("second 60 does not exist".to_owned());
    }
    let part = |number: i8| u32::from(number.unsigned_abs());
    let time = match read.hour() {
        None => None,
        Some(_) => {
            let time = read.to_time().map_err(broken)?;
            let [hour, minute, second] = [time.hour(), time.minute(), time.second()].map(part);
            nanos(0, hour, minute, second, time.subsec_nanosecond().unsigned_abs())
        }
    };
    let day = match (read.to_date(), time) {
        (Ok(day), _) => day,
        // A count since 1970 is both date and time.
        (Err(_), _) if read.timestamp().is_some() => {
            return Ok(Cell::Instant(read.to_timestamp().map_err(broken)?.as_nanosecond()));
        }
        (Err(_), Some(time)) if read.offset().is_none() => return Ok(Cell::Time(time)),
        (Err(error), _) => return Err(broken(error)),
    };
    let count = days(day.year().into(), day.month().unsigned_abs().into(), day.day().unsigned_abs().into());
    let count = count.ok_or_else(|| "no such day".to_owned())?;
    let Some(time) = time else { return Ok(Cell::Date(count)) };
    let local = i128::from(count) * DAY + time;
    Ok(match read.offset() {
        Some(offset) => Cell::Instant(local - i128::from(offset.seconds()) * NANOS),
        None => Cell::Local(local),
    })
}

/// A cell as text in its only spelling, or in that of the source if it has none.
pub(crate) fn as_text<'a>(cell: Cell<'a>) -> Result<Cow<'a, str>, String> {
    Ok(match cell {
        Cell::Text(text) | Cell::Json(text) => text,
        Cell::Number { text, shift: 0 } => text,
        Cell::Number { text, shift } => match plain(&text, shift) {
            Some(text) => text.into_owned().into(),
            None => return Err("a number with an exponent cannot be text".to_owned()),
        },
        Cell::Finer { .. } => return Err("a time with more digits than nanoseconds cannot be text".to_owned()),
        cell @ (Cell::Int(_)
        | Cell::Bool(_)
        | Cell::Date(_)
        | Cell::Local(_)
        | Cell::Instant(_)
        | Cell::Time(_)
        | Cell::Duration(_)) => cell.to_string().into(),
        Cell::Empty => {
            return Err(
                                "an empty value without quotes could be null or empty text (choose one: empty = \"text\" or \"null\" in \
                                 [source])"
                    .to_owned(),
            );
        }
        cell => return Err(format!("{} cannot be text", cell.kind())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_multiplied_digit_by_digit() {
        for (text, factor, product) in [
            ("1.5", 60, "90.0"),
            ("-0.1e3", 3600, "-360.0e3"),
            ("99999999999999999999999999999999999999999999", 60, "5999999999999999999999999999999999999999999940"),
            ("+7", 86_400, "+604800"),
            (".5", 60, "30.0"),
            ("0", 60, "0"),
        ] {
            let found = times(text, factor);
            assert!(crate::contract::same_number(&found, product, 0), "{text} × {factor}: {found}");
        }
        assert_eq!(times("x", 60), "x");
    }

    #[test]
    fn a_pattern_reads_days_times_and_moments() {
        for (pattern, text, shown) in [
            ("%d.%m.%Y", "31.12.9999", "9999-12-31"),
            ("%d.%m.%Y %H:%M", "31.12.9999 23:59", "9999-12-31T23:59:00"),
            ("%d.%m.%Y %H:%M %z", "31.12.9999 23:59 -0500", "+010000-01-01T04:59:00Z"),
            ("%I:%M %p", "10:00 PM", "22:00:00"),
            ("%H:%M:%S%.f", "10:00:00.500", "10:00:00.5"),
            ("%s", "1", "1970-01-01T00:00:01Z"),
        ] {
            let cell = with_pattern(pattern, text).unwrap_or_else(|error| panic!("{pattern} {text}: {error}"));
            assert_eq!(cell.to_string(), shown, "{pattern} {text}");
        }
        for (pattern, text) in [
            ("%H:%M:%S", "10:00:60"),
            ("%d.%m.%Y", "29.02.2023"),
            ("%H:%M:%S", "24:00:00"),
            ("%H:%M %z", "10:00 +0200"),
            ("%d.%m.%Y", "1.1.2026 10:00"),
        ] {
            assert!(with_pattern(pattern, text).is_err(), "{pattern} {text}");
        }
        let fine = with_pattern("%d.%m.%Y %H:%M:%S%.f", "01.01.1970 00:00:00.1234567895").unwrap();
        assert_eq!(fine.clock(), Some((Clock::Local, 123_456_789, Rest::Half)));
    }
}
