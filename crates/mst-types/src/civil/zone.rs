//! The offset of a zone at any time, however far from 1970.

use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, civil};

use super::DAY;

/// 400 years of the Gregorian calendar: whole weeks, so that a rule of a zone such as "the last Sunday of March" falls on
/// the same days again.
const CYCLE: i128 = 146_097 * DAY;
/// From the year -8830 to 9570 every moment is one of jiff's. Others are asked for by one that lies whole cycles nearer.
const FIRST: i128 = -27 * CYCLE;
const LAST: i128 = 19 * CYCLE;

/// The offset or offsets of a clock that shows a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    /// It showed the time once, this many seconds east of Greenwich.
    Once(i32),
    /// It showed the time twice, as it was put back: first at the one offset, then at the other.
    Twice(i32, i32),
    /// It never showed the time, as it was put forward.
    Never,
}

/// The time moved by whole cycles to where jiff knows it. What zones do so far away repeats with the calendar, or does not
/// change any more.
fn near(nanos: i128) -> i128 {
    if nanos >= LAST {
        nanos - ((nanos - LAST) / CYCLE + 1) * CYCLE
    } else if nanos < FIRST {
        nanos + ((FIRST - nanos) / CYCLE + 1) * CYCLE
    } else {
        nanos
    }
}

/// The seconds east of Greenwich of a zone's clocks at a moment.
pub fn offset_at(zone: &TimeZone, instant: i128) -> i32 {
    // Within the range of a timestamp whatever the moment; the alternative is never taken.
    let moment = Timestamp::from_nanosecond(near(instant)).unwrap_or(Timestamp::UNIX_EPOCH);
    zone.to_offset(moment).seconds()
}

/// The offset at which a zone's clocks show a time.
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
    fn every_time_near_the_limits_is_one_of_jiffs() {
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
        // Before there was standard time, the clocks of Berlin showed that of its sun.
        assert_eq!(offset_at(&zone, i128::from(super::super::days(-9999, 7, 1).unwrap()) * DAY), 3208);
        let last = i128::from(super::super::days(9999, 12, 31).unwrap()) * DAY + DAY - 1;
        assert_eq!(shown(&zone, last), Shown::Once(3600));
        let york = TimeZone::get("America/New_York").unwrap();
        assert_eq!(shown(&york, last), Shown::Once(-18_000));
    }
}
