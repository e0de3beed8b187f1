//! Times of day and durations, as counts of nanoseconds and as text.

use std::fmt;

use super::{DAY, NANOS, Reader, Rest, write_fraction};

const HOUR: i128 = 3600 * NANOS;
const MINUTE: i128 = 60 * NANOS;
/// The maximum number of digits of a whole number in a duration: with more it would be out of every range.
const MAX_DIGITS: usize = 20;

/// Writes nanoseconds since midnight as `10:00:00`, with a fraction without trailing zeros.
pub fn write_time_of_day(f: &mut fmt::Formatter<'_>, nanos: i128) -> fmt::Result {
    write!(f, "{:02}:{:02}:{:02}", nanos / HOUR, nanos / MINUTE % 60, nanos / NANOS % 60)?;
    write_fraction(f, nanos % NANOS)
}

/// Writes nanoseconds as an ISO 8601 duration with hours as its largest unit, without parts that are zero: `PT26H0.5S`,
/// `-PT1M`, `PT0S`. Days are not used, because some days have 23 hours.
pub fn write_duration(f: &mut fmt::Formatter<'_>, nanos: i128) -> fmt::Result {
    let size = nanos.abs();
    f.write_str(if nanos < 0 { "-PT" } else { "PT" })?;
    for (count, unit) in [(size / HOUR, 'H'), (size / MINUTE % 60, 'M')] {
        if count > 0 {
            write!(f, "{count}{unit}")?;
        }
    }
    let seconds = size % MINUTE;
    if seconds > 0 || size == 0 {
        write!(f, "{}", seconds / NANOS)?;
        write_fraction(f, seconds % NANOS)?;
        f.write_str("S")?;
    }
    Ok(())
}

/// Reads a time of day: `10:00`, `10:00:00` or `10:00:00.5`, from 00:00:00 to before 24:00:00.
pub fn parse_time_of_day(text: &str) -> Option<(i128, Rest)> {
    let mut reader = Reader { rest: text.as_bytes() };
    reader.time_of_day().filter(|_| reader.rest.is_empty())
}

/// Reads a duration: `[-]HH:MM[:SS[.f]]` with any number of hours, optionally after `N days`, or ISO 8601 with weeks,
/// days, hours, minutes and seconds, whose parts may have signs as PostgreSQL writes them. A week has 7 days and a day
/// 24 hours; years and months have no fixed length.
pub fn parse_duration(text: &str) -> Option<(i128, Rest)> {
    let mut reader = Reader { rest: text.as_bytes() };
    let negative = reader.sign();
    if reader.take(b'P') {
        return reader.iso_duration(negative);
    }
    let mut total = (0, Rest::None);
    if let Some((days, clock)) = text.split_once(" day") {
        let (negative, days) = match days.strip_prefix('-') {
            Some(days) => (true, days),
            None => (false, days.strip_prefix('+').unwrap_or(days)),
        };
        let is_digits = !days.is_empty() && days.len() <= MAX_DIGITS && days.bytes().all(|byte| byte.is_ascii_digit());
        let days = days.parse::<i128>().ok().filter(|_| is_digits)? * DAY;
        total.0 = if negative { -days } else { days };
        let clock = clock.strip_prefix('s').unwrap_or(clock);
        if clock.is_empty() {
            return Some(total);
        }
        reader.rest = clock.strip_prefix(' ')?.as_bytes();
        let negative = reader.sign();
        let clock = reader.clock()?;
        return add(total, clock.1.down(negative, clock.0));
    }
    let (size, rest) = reader.clock()?;
    Some(rest.down(negative, size))
}

/// The sum of two counts, at most one of which has a rest.
fn add(a: (i128, Rest), b: (i128, Rest)) -> Option<(i128, Rest)> {
    let rest = if a.1 == Rest::None { b.1 } else { a.1 };
    Some((a.0.checked_add(b.0)?, rest))
}

impl Reader<'_> {
    /// Reads a sign: whether it is a minus. A plus is skipped.
    fn sign(&mut self) -> bool {
        let negative = self.take(b'-');
        if !negative {
            self.take(b'+');
        }
        negative
    }

    /// Reads a whole number of up to [`MAX_DIGITS`] digits.
    fn whole(&mut self) -> Option<i128> {
        let count = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 || count > MAX_DIGITS {
            return None;
        }
        (0..count).try_fold(0_i128, |number, _| Some(number * 10 + i128::from(self.digit()?)))
    }

    /// Reads `HH:MM`, `HH:MM:SS` or `HH:MM:SS.f` up to the end.
    fn clock(&mut self) -> Option<(i128, Rest)> {
        let hours = self.whole()?;
        self.expect(b':')?;
        let minutes = self.number(2)?;
        let (mut seconds, mut fraction) = (0, (0, Rest::None));
        if self.take(b':') {
            seconds = self.number(2)?;
            if self.take(b'.') || self.take(b',') {
                fraction = self.fraction()?;
            }
        }
        if minutes > 59 || seconds > 59 || !self.rest.is_empty() {
            return None;
        }
        let whole = hours * HOUR + i128::from(minutes) * MINUTE + i128::from(seconds) * NANOS;
        Some((whole + i128::from(fraction.0), fraction.1))
    }

    /// Reads the part after the `P`: each unit at most once and in order, and a fraction only in seconds.
    fn iso_duration(&mut self, negative: bool) -> Option<(i128, Rest)> {
        const UNITS: [(u8, bool, i128); 5] =
            [(b'W', false, 7 * DAY), (b'D', false, DAY), (b'H', true, HOUR), (b'M', true, MINUTE), (b'S', true, NANOS)];
        let mut total = (0_i128, Rest::None);
        let (mut next, mut in_time, mut parts) = (0, false, 0);
        while !self.rest.is_empty() {
            if self.take(b'T') {
                if in_time || self.rest.is_empty() {
                    return None;
                }
                in_time = true;
                continue;
            }
            let minus = self.sign();
            let count = self.whole()?;
            let fraction = if self.take(b'.') || self.take(b',') { Some(self.fraction()?) } else { None };
            let (letter, rest) = self.rest.split_first()?;
            self.rest = rest;
            let index = UNITS.iter().position(|(unit, time, _)| unit == letter && *time == in_time)?;
            let (_, _, size) = UNITS.get(index)?;
            if index < next || fraction.is_some() && *letter != b'S' {
                return None;
            }
            next = index + 1;
            parts += 1;
            let (nanos, rest) = fraction.unwrap_or_default();
            let magnitude = count.checked_mul(*size)?.checked_add(nanos.into())?;
            total = add(total, rest.down(minus, magnitude))?;
        }
        if parts == 0 {
            return None;
        }
        // The leading sign applies to the whole duration.
        Some(if negative {
            let (nanos, rest) = total;
            if rest == Rest::None { (-nanos, rest) } else { (-nanos - 1, rest.mirrored()) }
        } else {
            total
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Spelled(i128);

    impl fmt::Display for Spelled {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write_duration(f, self.0)
        }
    }

    #[test]
    fn durations_are_read_in_every_spelling() {
        for (nanos, spelled, spellings) in [
            (0, "PT0S", &["PT0S", "P0D", "00:00", "00:00:00", "-00:00:00", "0:00:00.000", "-PT0S", "P0W"][..]),
            (
                26 * HOUR + 500_000_000,
                "PT26H0.5S",
                &["26:00:00.5", "P1DT2H0.5S", "PT26H0M0.500S", "+PT26H0,5S", "1 day 02:00:00.5", "P2DT-22H0.5S"],
            ),
            (-90 * MINUTE, "-PT1H30M", &["-01:30", "-PT90M", "PT-1H-30M", "PT-90M", "-1:30:00", "-1 days +22:30:00"]),
            (14 * DAY, "PT336H", &["P2W", "P14D", "14 days", "336:00", "P1W7D"]),
            (-1, "-PT0.000000001S", &["-00:00:00.000000001", "PT-0.000000001S"]),
            (838 * HOUR + 59 * MINUTE + 59 * NANOS, "PT838H59M59S", &["838:59:59"]),
        ] {
            assert_eq!(Spelled(nanos).to_string(), spelled);
            for text in spellings {
                assert_eq!(parse_duration(text), Some((nanos, Rest::None)), "{text}");
            }
            assert_eq!(parse_duration(spelled), Some((nanos, Rest::None)));
        }
        assert_eq!(parse_duration("PT0.0000000005S"), Some((0, Rest::Half)));
        assert_eq!(parse_duration("-PT0.0000000004S"), Some((-1, Rest::More)));
        assert_eq!(parse_duration("PT-0.0000000004S"), Some((-1, Rest::More)));
        for text in [
            "",
            "P",
            "PT",
            "P1Y",
            "P1M",
            "P1Y2M3D",
            "PT1",
            "1",
            "10",
            "PT1H1H",
            "PT1M1H",
            "P1H",
            "PT1D",
            "PT1.5H",
            "10:60:00",
            "10:00:60",
            "10:0:0",
            "P1DT",
            "--PT1H",
            "10:00:00Z",
            " 10:00",
            "infinity",
            "1 mon",
            "1 year 1 day",
            "+1 day x",
            "100000000000000000000000000:00:00",
            "PT100000000000000000000000H",
            "x day",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_of_day_ends_before_24_hours() {
        assert_eq!(parse_time_of_day("10:00"), Some((10 * HOUR, Rest::None)));
        assert_eq!(parse_time_of_day("23:59:59.999999999"), Some((DAY - 1, Rest::None)));
        assert_eq!(parse_time_of_day("00:00:00,50"), Some((NANOS / 2, Rest::None)));
        for text in
            ["24:00:00", "23:60", "23:59:60", "1:00", "10", "10:00Z", "10:00:00+02", "-10:00", "10:00:00.", "T10:00"]
        {
            assert_eq!(parse_time_of_day(text), None, "{text}");
        }
    }
}
