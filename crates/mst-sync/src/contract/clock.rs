//! Moments, times of day and durations as counts of a field's unit.

use super::Unit;
use super::broken::Broken;
use super::canonical::Canonical;
use super::model::{Field, Rounding};
use super::number::{NumberError, rest_of, round};
use crate::source::{Cell, Clock};
use mst_types::civil::{DAY, Rest, parse_duration, parse_time_of_day};

impl Field {
    /// The canonical value of a cell that should be a time of the wanted kind.
    pub(super) fn clock(&self, unit: Unit, wanted: Clock, cell: &Cell<'_>) -> Result<Canonical<'static>, Broken> {
        let wrong = |cell: &Cell<'_>| Broken::Kind { expected: self.ty.kind(), found: cell.kind() };
        let read = match cell {
            Cell::Text(text) => match of_text(wanted, text) {
                Some(cell) => cell,
                None => return Err(Broken::Form { expected: form(wanted) }),
            },
            cell => cell.borrowed().into_owned(),
        };
        let (nanos, rest) = match read.clock() {
            Some((clock, nanos, rest)) if clock == wanted => (nanos, rest),
            _ => return Err(wrong(&read)),
        };
        let count = units(nanos, rest, unit, self.rules.rounding).map_err(|error| match error {
            NumberError::Inexact => Broken::Rounding { to: format!("whole {}", unit.name()) },
            _ => self.range(),
        })?;
        let fits = match wanted {
            Clock::Time => (0..DAY / unit.nanos()).contains(&count),
            _ => i64::try_from(count).is_ok(),
        };
        if fits { Ok(Canonical::Int(count)) } else { Err(self.range()) }
    }
}

/// Reads a time from text: of the wanted kind, or of another kind, which the error then names.
fn of_text(wanted: Clock, text: &str) -> Option<Cell<'static>> {
    let own = match wanted {
        Clock::Time => parse_time_of_day(text),
        Clock::Duration => parse_duration(text),
        Clock::Local | Clock::Instant => None,
    };
    match own {
        Some((nanos, rest)) => Some(Cell::of_clock(wanted, nanos, rest)),
        None => Cell::of_iso(text).or_else(|| {
            let (nanos, rest) = parse_time_of_day(text)?;
            Some(Cell::of_clock(Clock::Time, nanos, rest))
        }),
    }
}

fn form(wanted: Clock) -> &'static str {
    match wanted {
        Clock::Time => "a time of day, written HH:MM:SS, before 24:00:00 and without an offset",
        Clock::Duration => {
            "a duration of a fixed length, written HH:MM:SS or PT1H30M0.5S (months and years have none; what a number \
             counts is said in the mapping: unit = \"s\")"
        }
        Clock::Local | Clock::Instant => "a time that exists, written as 2026-03-29T00:30:00Z",
    }
}

/// Converts nanoseconds, rounded down, and their rest to a count of units. `Rounding::Down` is towards zero.
fn units(nanos: i128, rest: Rest, unit: Unit, rounding: Rounding) -> Result<i128, NumberError> {
    let negative = nanos < 0;
    // The magnitude of the number, rounded towards zero.
    let (size, rest) = match (negative, rest) {
        (false, rest) => (nanos.unsigned_abs(), rest),
        (true, Rest::None) => (nanos.unsigned_abs(), Rest::None),
        (true, rest) => (nanos.unsigned_abs() - 1, rest.mirrored()),
    };
    let nanos_of_unit = unit.nanos().unsigned_abs();
    let (whole, left) = (size / nanos_of_unit, size % nanos_of_unit);
    let rest = match (unit, left) {
        (Unit::Nano, _) => rest,
        (_, 0) if rest == Rest::None => Rest::None,
        // A larger unit is an even number of nanoseconds, so a rest below one nanosecond only matters at exactly half.
        (_, left) => match rest_of((left * 2).cmp(&nanos_of_unit)) {
            Rest::Half if rest != Rest::None => Rest::More,
            compared => compared,
        },
    };
    let count = i128::try_from(round(whole, rest, rounding)?).map_err(|_| NumberError::Range)?;
    Ok(if negative { -count } else { count })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times round like the decimal text of their nanoseconds in the number reader, which knows nothing of clocks.
    #[test]
    fn times_are_rounded_as_numbers_are() {
        use super::super::number::{scaled, unrounded};
        let texts = [
            "0",
            "0.4",
            "0.5",
            "0.6",
            "499.5",
            "500",
            "500.0000000001",
            "499.9999",
            "999.5",
            "1500",
            "1500.5",
            "2500",
            "2499.99999",
            "999999999.5",
            "1000000000",
            "0.00000000000000000000000000000000000000001",
        ];
        for text in texts {
            for sign in ["", "-"] {
                let text = format!("{sign}{text}");
                let exact = unrounded(&text, 0, 0).unwrap();
                let (nanos, rest) = exact.rest.down(exact.negative, exact.whole.cast_signed());
                for (unit, digits) in [(Unit::Nano, 0), (Unit::Micro, -3), (Unit::Milli, -6), (Unit::Second, -9)] {
                    for rounding in [Rounding::Refuse, Rounding::Down, Rounding::HalfUp, Rounding::HalfEven] {
                        let expected = scaled(&text, digits, 0, rounding);
                        assert_eq!(units(nanos, rest, unit, rounding), expected, "{text} {unit:?} {rounding:?}");
                    }
                }
            }
        }
    }
}
