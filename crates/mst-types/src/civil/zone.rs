//! The offset of a zone at any time, at any distance from 1970.

use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, civil};

use super::DAY;

/// 400 years of the Gregorian calendar: a whole number of weeks, so that a zone's rule such as "the last Sunday of
/// March" falls on the same days again.
const CYCLE: i128 = 146_097 * DAY;
/// Every moment from the year -8830 to 9570 is within jiff's range. Others are looked up at a moment whole cycles
/// nearer.
const FIRST: i128 = -27 * CYCLE;
const LAST: i128 = 19 * CYCLE;

/// The offsets at which a clock shows a local time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    /// The clock shows the time once, at this many seconds east of Greenwich.
    Once(i32),
    /// The clock shows the time twice, because it is put back: first at one offset, then at the other.
    Twice(i32, i32),
    /// The clock never shows the time, because it is put forward.
    Never,
}

/// The time moved by whole cycles into jiff's range. So far away, the rules of zones repeat with the calendar or no
/// longer change.
fn near(nanos: i128) -> i128 {
    if nanos >= LAST {
        nanos - ((nanos - LAST) / CYCLE + 1) * CYCLE
    } else if nanos < FIRST {
        nanos + ((FIRST - nanos) / CYCLE + 1) * CYCLE
    } else {
        nanos
    }
}

/// The offset of a zone at a moment, in seconds east of Greenwich.
pub fn offset_at(zone: &TimeZone, instant: i128) -> i32 {
    // `near` always returns a time within the range of a timestamp, so the alternative is never taken.
    let moment = Timestamp::from_nanosecond(near(instant)).unwrap_or(Timestamp::UNIX_EPOCH);
    zone.to_offset(moment).seconds()
}

/// The offsets at which a zone's clocks show a local time.
pub fn shown(zone: &TimeZone, local: i128) -> Shown {
    let moment = Timestamp::from_nanosecond(near(local)).unwrap_or(Timestamp::UNIX_EPOCH);
    let time: civil::DateTime = Offset::UTC.to_datetime(moment);
    match zone.to_ambiguous_timestamp(time).offset() {
        AmbiguousOffset::Unambiguous { offset } => Shown::Once(offset.seconds()),
        AmbiguousOffset::Fold { before, after } => Shown::Twice(before.seconds(), after.seconds()),
        AmbiguousOffset::Gap { .. } => Shown::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::super::NANOS;
    use super::*;

    #[test]
    fn every_time_is_moved_into_the_range_of_jiff() {
        for nanos in [FIRST, FIRST - 1, LAST - 1, LAST, i128::from(i64::MAX) * NANOS, i128::from(i64::MIN) * NANOS, 0] {
            let near = near(nanos);
            assert!(Timestamp::from_nanosecond(near).is_ok(), "{nanos}");
            assert_eq!((nanos - near) % CYCLE, 0);
        }
    }

    #[test]
    fn summer_time_repeats_with_the_calendar() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        for year in [2400_i64, 9598, 9998, 12_398, 500_398] {
            let at = |month, day| i128::from(super::super::days(year, month, day).unwrap()) * DAY;
            assert_eq!(offset_at(&zone, at(7, 1)), 7200, "{year}");
            assert_eq!(offset_at(&zone, at(1, 1)), 3600, "{year}");
            assert_eq!(shown(&zone, at(7, 1)), Shown::Once(7200), "{year}");
        }
        // Before standard time, clocks in Berlin showed local mean time.
        assert_eq!(offset_at(&zone, i128::from(super::super::days(-9999, 7, 1).unwrap()) * DAY), 3208);
        let last = i128::from(super::super::days(9999, 12, 31).unwrap()) * DAY + DAY - 1;
        assert_eq!(shown(&zone, last), Shown::Once(3600));
        let york = TimeZone::get("America/New_York").unwrap();
        assert_eq!(shown(&york, last), Shown::Once(-18_000));
    }
}
