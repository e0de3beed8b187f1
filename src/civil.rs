//! Days and times of the Gregorian calendar as counts, and as ISO 8601 writes them.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

use std::fmt;

pub(crate) const NANOS: i128 = 1_000_000_000;
pub(crate) const DAY: i128 = 86_400 * NANOS;

/// Days since 1970-01-01 of a day in the proleptic Gregorian calendar; none if there is no such day.
pub(crate) fn days(year: i64, month: u32, day: u32) -> Option<i32> {
    if !(1..=12).contains(&month) || day == 0 || day > length(year, month) || !(-5_000_000..=5_000_000).contains(&year)
    {
        return None;
    }
    // Years that begin in March, so that the leap day is the last, in eras of 400.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = i64::from((153 * ((month + 9) % 12) + 2) / 5 + day - 1);
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    i32::try_from(era * 146_097 + day_of_era - 719_468).ok()
}

fn length(year: i64, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Year, month and day of a count of days since 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

pub(crate) fn write_date(f: &mut fmt::Formatter<'_>, days: i64) -> fmt::Result {
    let (year, month, day) = civil(days);
    write!(f, "{year:04}-{month:02}-{day:02}")
}

/// Writes nanoseconds since 1970 as a day and a time, with the digits of a second that say something.
pub(crate) fn write_time(f: &mut fmt::Formatter<'_>, nanos: i128) -> fmt::Result {
    write_date(f, i64::try_from(nanos.div_euclid(DAY)).unwrap_or(i64::MAX / 2))?;
    let of_day = nanos.rem_euclid(DAY);
    let (seconds, fraction) = (of_day / NANOS, of_day % NANOS);
    write!(f, "T{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
    if fraction == 0 {
        return Ok(());
    }
    let digits = format!("{fraction:09}");
    write!(f, ".{}", digits.trim_end_matches('0'))
}

/// Nanoseconds since 1970 of a day and a time; none if there is no such day, or no such time on it. There is no second
/// 60 and no hour 24.
pub(crate) fn nanos(days: i32, hour: u32, minute: u32, second: u32, nanosecond: u32) -> Option<i128> {
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = i128::from(days) * 86_400 + i128::from(hour * 3600 + minute * 60 + second);
    Some(seconds * NANOS + i128::from(nanosecond))
}

/// What a text of ISO 8601 says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Iso {
    /// A day, in days since 1970-01-01.
    Date(i32),
    /// A time of a clock, in nanoseconds since it showed 1970-01-01 00:00:00.
    Local(i128),
    /// A moment, in nanoseconds since 1970-01-01T00:00:00Z.
    Instant(i128),
}

/// Reads a day or a time of ISO 8601 in full: `2026-03-29`, then `T` or a blank, `02:30` or `02:30:00`, at most nine
/// digits of a second, and at the end nothing, `Z`, `+02`, `+0200` or `+02:00`. None where it is something else, or no
/// such time exists.
pub(crate) fn parse_iso(text: &str) -> Option<Iso> {
    let mut reader = Reader { rest: text.as_bytes() };
    let year = i64::from(reader.number(4)?);
    reader.expect(b'-')?;
    let month = reader.number(2)?;
    reader.expect(b'-')?;
    let days = days(year, month, reader.number(2)?)?;
    if reader.rest.is_empty() {
        return Some(Iso::Date(days));
    }
    if !reader.take(b'T') && !reader.take(b't') {
        reader.expect(b' ')?;
    }
    let hour = reader.number(2)?;
    reader.expect(b':')?;
    let minute = reader.number(2)?;
    let (mut second, mut fraction) = (0, 0);
    if reader.take(b':') {
        second = reader.number(2)?;
        if reader.take(b'.') || reader.take(b',') {
            fraction = reader.fraction()?;
        }
    }
    let local = nanos(days, hour, minute, second, fraction)?;
    if reader.rest.is_empty() {
        return Some(Iso::Local(local));
    }
    let offset = reader.offset()?;
    reader.rest.is_empty().then_some(Iso::Instant(local - i128::from(offset) * NANOS))
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn take(&mut self, byte: u8) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if *first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.take(byte).then_some(())
    }

    fn digit(&mut self) -> Option<u32> {
        let (first, rest) = self.rest.split_first()?;
        let digit = first.is_ascii_digit().then(|| u32::from(first - b'0'))?;
        self.rest = rest;
        Some(digit)
    }

    /// A number of exactly so many digits.
    fn number(&mut self, digits: usize) -> Option<u32> {
        (0..digits).try_fold(0, |number, _| Some(number * 10 + self.digit()?))
    }

    /// One to nine digits as nanoseconds; zeros may follow.
    fn fraction(&mut self) -> Option<u32> {
        let mut nanos = self.digit()? * 100_000_000;
        let mut unit = 10_000_000;
        while let Some(digit) = self.digit() {
            if unit == 0 && digit != 0 {
                return None;
            }
            nanos += digit * unit;
            unit /= 10;
        }
        Some(nanos)
    }

    /// What stands behind a time, in seconds east of Greenwich.
    fn offset(&mut self) -> Option<i32> {
        if self.take(b'Z') || self.take(b'z') {
            return Some(0);
        }
        let east = self.take(b'+');
        if !east {
            self.expect(b'-')?;
        }
        let hours = self.number(2)?;
        let mut parts = [0, 0];
        for part in &mut parts {
            if self.rest.is_empty() {
                break;
            }
            self.take(b':');
            *part = self.number(2)?;
        }
        let [minutes, seconds] = parts;
        if hours > 25 || minutes > 59 || seconds > 59 {
            return None;
        }
        let offset = i32::try_from(hours * 3600 + minutes * 60 + seconds).ok()?;
        Some(if east { offset } else { -offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_1970_both_ways() {
        for (date, expected) in [
            ((1970, 1, 1), Some(0)),
            ((1969, 12, 31), Some(-1)),
            ((2000, 2, 29), Some(11_016)),
            ((1900, 2, 29), None),
            ((2024, 2, 29), Some(19_782)),
            ((2023, 2, 29), None),
            ((0, 0, 0), None),
            ((2026, 13, 1), None),
        ] {
            assert_eq!(days(date.0, date.1, date.2), expected, "{date:?}");
        }
        let mut expected = days(-401, 1, 1).unwrap();
        for year in -401..2500 {
            for month in 1..=12 {
                for day in 1..=length(year, month) {
                    assert_eq!(days(year, month, day), Some(expected));
                    assert_eq!(civil(i64::from(expected)), (year, i64::from(month), i64::from(day)));
                    expected += 1;
                }
            }
        }
    }

    #[test]
    fn times_are_read_in_every_spelling() {
        let moment = parse_iso("2026-03-29T00:30:00.5Z").unwrap();
        assert_eq!(moment, Iso::Instant(1_774_744_200_500_000_000));
        for text in [
            "2026-03-29 02:30:00.500+02",
            "2026-03-29 02:30:00.500000000+0200",
            "2026-03-29t02:30:00,5+02:00",
            "2026-03-28T23:00:00.5000000000-01:30",
        ] {
            assert_eq!(parse_iso(text), Some(moment), "{text}");
        }
        assert_eq!(parse_iso("2024-02-29"), Some(Iso::Date(19_782)));
        assert_eq!(parse_iso("1970-01-01 00:01"), Some(Iso::Local(60 * NANOS)));
        for text in [
            "",
            "0000-00-00",
            "2023-02-29",
            "2026-3-29",
            "26-03-29",
            "2026-03-29T24:00:00Z",
            "2026-03-29T23:59:60Z",
            "2026-03-29T00:30:00.0000000001Z",
            "2026-03-29T00:30:00+",
            "2026-03-29T00:30:00.Z",
            "2026-03-29 00:30:00 BC",
            "infinity",
            "2026-03-29x",
        ] {
            assert_eq!(parse_iso(text), None, "{text}");
        }
    }
}
