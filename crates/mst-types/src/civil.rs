//! Days and times of the Gregorian calendar as counts, and their ISO 8601 text.
//!
//! The calendar is computed here and not by jiff, because stored counts reach further: dates have years up to ±5,000,000
//! and are displayed up to ±999,999, while jiff's end at ±9999. jiff is used for time zones, whose rules need no year
//! outside its range.

// Views of trees only display times; only mappings read all the notations of sources.

mod clock;
mod zone;

use std::fmt;

pub use clock::{parse_duration, parse_time_of_day, write_duration, write_time_of_day};
pub use zone::{Shown, offset_at, shown};

/// Nanoseconds in a second.
pub const NANOS: i128 = 1_000_000_000;
/// Nanoseconds in a day of 24 hours.
pub const DAY: i128 = 86_400 * NANOS;

/// Days from 1970-01-01 to a day in the proleptic Gregorian calendar; `None` if there is no such day.
pub fn days(year: i64, month: u32, day: u32) -> Option<i32> {
    if !(1..=12).contains(&month) || day == 0 || day > length(year, month) || !(-5_000_000..=5_000_000).contains(&year)
    {
        return None;
    }
    // Years are shifted to begin in March, so that the leap day is the last day, and grouped into eras of 400 years.
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

/// The year, month and day of a number of days since 1970-01-01.
pub fn civil(days: i64) -> (i64, i64, i64) {
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

/// Writes the day that is `days` after 1970-01-01, as `YYYY-MM-DD`.
///
/// # Errors
/// Those of the formatter.
pub fn write_date(f: &mut fmt::Formatter<'_>, days: i64) -> fmt::Result {
    let (year, month, day) = civil(days);
    // The expanded form of ISO 8601: without a sign, more digits could be mistaken for a month.
    match year {
        0..=9999 => write!(f, "{year:04}-{month:02}-{day:02}"),
        year => write!(f, "{year:+07}-{month:02}-{day:02}"),
    }
}

/// Writes nanoseconds since 1970 as a date and a time, without trailing zeros of the second.
pub fn write_time(f: &mut fmt::Formatter<'_>, nanos: i128) -> fmt::Result {
    write_date(f, i64::try_from(nanos.div_euclid(DAY)).unwrap_or(i64::MAX / 2))?;
    let of_day = nanos.rem_euclid(DAY);
    f.write_str("T")?;
    write_time_of_day(f, of_day)
}

/// Writes nanoseconds below a second as a point and digits without trailing zeros; zero writes nothing.
fn write_fraction(f: &mut fmt::Formatter<'_>, nanos: i128) -> fmt::Result {
    if nanos == 0 {
        return Ok(());
    }
    let digits = format!("{nanos:09}");
    write!(f, ".{}", digits.trim_end_matches('0'))
}

/// Nanoseconds from 1970 to a day and a time; `None` if there is no such time. Second 60 and hour 24 do not exist.
pub fn nanos(days: i32, hour: u32, minute: u32, second: u32, nanosecond: u32) -> Option<i128> {
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = i128::from(days) * 86_400 + i128::from(hour * 3600 + minute * 60 + second);
    Some(seconds * NANOS + i128::from(nanosecond))
}

/// A parsed ISO 8601 text.
///
/// The enum is closed on purpose: see the [crate](crate#open-and-closed-enums).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Iso {
    /// A date, in days since 1970-01-01.
    Date(i32),
    /// A local time, in nanoseconds since the clock showed 1970-01-01 00:00:00.
    Local(i128),
    /// A moment, in nanoseconds since 1970-01-01T00:00:00Z.
    Instant(i128),
}

/// The fraction of a nanosecond that was cut off when a time was rounded down to whole nanoseconds.
///
/// The enum is closed on purpose: see the [crate](crate#open-and-closed-enums).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Rest {
    /// The count is exact.
    #[default]
    None,
    /// Less than half a nanosecond.
    Less,
    /// Half a nanosecond.
    Half,
    /// More than half a nanosecond.
    More,
}

impl Rest {
    /// The rest for the digits after the ninth.
    pub fn of_digits(digits: &[u8]) -> Self {
        let more = |digits: &[u8]| digits.iter().any(|digit| *digit != b'0');
        match digits.split_first() {
            None => Self::None,
            Some((b'5', rest)) => {
                if more(rest) {
                    Self::More
                } else {
                    Self::Half
                }
            }
            Some((b'6'..=b'9', _)) => Self::More,
            Some(_) => {
                if more(digits) {
                    Self::Less
                } else {
                    Self::None
                }
            }
        }
    }

    /// The rest of the number with the opposite sign, which is rounded up instead of down.
    pub fn mirrored(self) -> Self {
        match self {
            Self::Less => Self::More,
            Self::More => Self::Less,
            same => same,
        }
    }

    /// Converts a count that was rounded towards zero, and its rest, to one that is rounded down.
    pub fn down(self, negative: bool, magnitude: i128) -> (i128, Self) {
        match (negative, self) {
            (false, _) => (magnitude, self),
            (true, Self::None) => (-magnitude, self),
            (true, _) => (-magnitude - 1, self.mirrored()),
        }
    }
}

/// Reads a complete ISO 8601 date or time: `2026-03-29`, then `T` or a blank, `02:30` or `02:30:00`, a fraction of a
/// second, and at the end nothing, `Z`, `+02`, `+0200` or `+02:00`. A year has four digits, or a sign and at least six.
/// `None` if the text is anything else, no such time exists, or it has a fraction of a nanosecond.
pub fn parse_iso(text: &str) -> Option<Iso> {
    parse_iso_exact(text).filter(|(_, rest)| *rest == Rest::None).map(|(iso, _)| iso)
}

/// Reads a text like [`parse_iso`], with any number of digits of a second.
pub fn parse_iso_exact(text: &str) -> Option<(Iso, Rest)> {
    let mut reader = Reader { rest: text.as_bytes() };
    let year = reader.year()?;
    reader.iso(year)
}

/// Reads a date or a time in PostgreSQL's ISO style: years have four digits or more, and ` BC` at the end counts them
/// back from year 1.
pub fn parse_postgres(text: &str) -> Option<Iso> {
    let (text, before) = match text.strip_suffix(" BC") {
        Some(text) => (text, true),
        None => (text, false),
    };
    let mut reader = Reader { rest: text.as_bytes() };
    let year = i64::from(reader.number_between(4, 7)?);
    let (iso, rest) = reader.iso(if before { 1 - year } else { year })?;
    (rest == Rest::None).then_some(iso)
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

    /// Reads a number of exactly this many digits.
    fn number(&mut self, digits: usize) -> Option<u32> {
        (0..digits).try_fold(0, |number, _| Some(number * 10 + self.digit()?))
    }

    /// Reads all digits that come next, whose number must be in range; at most nine fit.
    fn number_between(&mut self, least: usize, most: usize) -> Option<u32> {
        let count = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if (least..=most).contains(&count) { self.number(count) } else { None }
    }

    /// Reads a year: four digits, or a sign and six or seven. Year -0 does not exist.
    fn year(&mut self) -> Option<i64> {
        let negative = self.take(b'-');
        if !negative && !self.take(b'+') {
            return self.number(4).map(i64::from);
        }
        match (negative, self.number_between(6, 7)?) {
            (true, 0) => None,
            (true, year) => Some(-i64::from(year)),
            (false, year) => Some(year.into()),
        }
    }

    /// Reads the part after a year.
    fn iso(&mut self, year: i64) -> Option<(Iso, Rest)> {
        self.expect(b'-')?;
        let month = self.number(2)?;
        self.expect(b'-')?;
        let days = days(year, month, self.number(2)?)?;
        if self.rest.is_empty() {
            return Some((Iso::Date(days), Rest::None));
        }
        if !self.take(b'T') && !self.take(b't') {
            self.expect(b' ')?;
        }
        let (of_day, rest) = self.time_of_day()?;
        let local = i128::from(days) * DAY + of_day;
        if self.rest.is_empty() {
            return Some((Iso::Local(local), rest));
        }
        let offset = self.offset()?;
        self.rest.is_empty().then_some((Iso::Instant(local - i128::from(offset) * NANOS), rest))
    }

    /// Reads `02:30`, `02:30:00` or `02:30:00.5`, in nanoseconds. Second 60 and hour 24 do not exist.
    fn time_of_day(&mut self) -> Option<(i128, Rest)> {
        let hour = self.number(2)?;
        self.expect(b':')?;
        let minute = self.number(2)?;
        let (mut second, mut fraction) = (0, (0, Rest::None));
        if self.take(b':') {
            second = self.number(2)?;
            if self.take(b'.') || self.take(b',') {
                fraction = self.fraction()?;
            }
        }
        Some((nanos(0, hour, minute, second, fraction.0)?, fraction.1))
    }

    /// Reads the digits after the point of a second: whole nanoseconds, and the rest.
    fn fraction(&mut self) -> Option<(u32, Rest)> {
        let count = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at_checked(count).filter(|_| count > 0)?;
        self.rest = rest;
        let (whole, beyond) = digits.split_at_checked(9).unwrap_or((digits, &[]));
        let number = whole.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
        let missing = u32::try_from(9 - whole.len()).ok()?;
        Some((number * 10_u32.pow(missing), Rest::of_digits(beyond)))
    }

    /// Reads the offset after a time, in seconds east of Greenwich.
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
        // PostgreSQL allows up to 25 hours; 60 minutes are always written as an hour.
        if hours > 25 || minutes > 59 || seconds > 59 {
            return None;
        }
        let offset = i32::try_from(hours * 3600 + minutes * 60 + seconds).ok()?;
        Some(if east { offset } else { -offset })
    }
}

/// The seconds east of Greenwich of an offset such as `+02:00`, or of `Z`; `None` if the text is not an offset.
pub fn parse_offset(text: &str) -> Option<i32> {
    let mut reader = Reader { rest: text.as_bytes() };
    reader.offset().filter(|_| reader.rest.is_empty())
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
        assert_eq!(parse_iso("2026-03-29T00:30:00.50000000000000000000000000000000000000000Z"), Some(moment));
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
            "2026-03-29T00:30:00+02:60",
            "2026-03-29T00:30:00+26",
            "12026-03-29",
            "+2026-03-29",
            "-000000-01-01",
        ] {
            assert_eq!(parse_iso(text), None, "{text}");
        }
    }

    #[test]
    fn digits_beyond_nanoseconds_are_kept_as_a_rest() {
        let second = 1_774_744_200_000_000_000_i128;
        for (fraction, nanos, rest) in [
            ("0000000001", 0, Rest::Less),
            ("0000000005", 0, Rest::Half),
            ("00000000050", 0, Rest::Half),
            ("00000000051", 0, Rest::More),
            ("9999999999", 999_999_999, Rest::More),
            ("12345678949999999999999999999999999999999", 123_456_789, Rest::Less),
            ("1234567890", 123_456_789, Rest::None),
        ] {
            let text = format!("2026-03-29T00:30:00.{fraction}Z");
            assert_eq!(parse_iso_exact(&text), Some((Iso::Instant(second + nanos), rest)), "{text}");
        }
        assert_eq!(Rest::Less.down(true, 5), (-6, Rest::More));
        assert_eq!(Rest::Half.down(true, 0), (-1, Rest::Half));
        assert_eq!(Rest::None.down(true, 5), (-5, Rest::None));
    }

    #[test]
    fn years_of_more_than_four_digits_have_a_sign_and_survive_a_round_trip() {
        struct Day(i64);
        impl fmt::Display for Day {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_date(f, self.0)
            }
        }
        for (year, text) in [
            (0, "0000-03-01"),
            (-1, "-000001-03-01"),
            (9999, "9999-03-01"),
            (10_000, "+010000-03-01"),
            (-999_999, "-999999-03-01"),
            (1_234_567, "+1234567-03-01"),
        ] {
            let count = days(year, 3, 1).unwrap();
            assert_eq!(Day(count.into()).to_string(), text);
            assert_eq!(parse_iso(text), Some(Iso::Date(count)), "{text}");
        }
        assert_eq!(parse_postgres("0001-03-01 BC"), parse_iso("0000-03-01"));
        assert_eq!(parse_postgres("0044-03-15 00:00:00+00 BC"), parse_iso("-000043-03-15T00:00:00Z"));
        assert_eq!(parse_postgres("10000-01-01 04:59:59+00"), parse_iso("+010000-01-01T04:59:59Z"));
        assert_eq!(parse_postgres("infinity"), None);
    }

    #[test]
    fn an_offset_has_less_than_60_minutes() {
        for (text, seconds) in [("+02:00", 7200), ("-0530", -19_800), ("+14", 50_400), ("Z", 0), ("+01:02:03", 3723)] {
            assert_eq!(parse_offset(text), Some(seconds), "{text}");
        }
        for text in ["+02:60", "02:00", "+2", "UTC", "", "+02:00x", "+26:00"] {
            assert_eq!(parse_offset(text), None, "{text}");
        }
    }
}
