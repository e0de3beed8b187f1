//! Times as services write them, made moments.

use std::borrow::Cow;

use jiff::fmt::strtime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, civil};

use super::model::{Fold, TimeFormat, TimeRule};
use crate::civil::{NANOS, days, nanos};
use crate::contract::{Rounding, Unit, scaled};
use crate::source::Cell;

impl TimeRule {
    /// The moment, day or time that a cell means. A time of a clock becomes a moment where the zone is known.
    pub(super) fn apply<'a>(&self, cell: Cell<'a>) -> Result<Cell<'a>, String> {
        let read = match (&self.format, cell) {
            (TimeFormat::Unix(unit), Cell::Int(number)) => unix(&number.to_string(), 0, *unit)?,
            (TimeFormat::Unix(unit), Cell::Number { text, shift }) => unix(&text, shift, *unit)?,
            (TimeFormat::Unix(unit), Cell::Text(text)) => unix(&text, 0, *unit)?,
            (TimeFormat::Iso, Cell::Text(text)) => match Cell::of_iso(&text) {
                Some(cell) => cell,
                // The contract says of it that it is none.
                None => Cell::Text(text),
            },
            (TimeFormat::Pattern(pattern), Cell::Text(text)) => with_pattern(pattern, &text)?,
            (_, cell) => cell,
        };
        match (read, &self.zone) {
            (Cell::Local(local), Some(zone)) => Ok(Cell::Instant(self.moment(local, zone)?)),
            (cell, _) => Ok(cell),
        }
    }

    /// The moment at which a clock in a zone showed a time.
    fn moment(&self, local: i128, zone: &TimeZone) -> Result<i128, String> {
        let outside = |_| "a time beyond the years -9999 to 9999".to_owned();
        let shown = Timestamp::from_nanosecond(local).map_err(outside)?;
        let shown = Offset::UTC.to_datetime(shown);
        let offset = match zone.to_ambiguous_timestamp(shown).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { .. } => {
                let zone = zone.iana_name().unwrap_or("this zone");
                return Err(format!("no clock in {zone} showed this time: it was put forward"));
            }
            AmbiguousOffset::Fold { before, after } => match self.fold {
                Fold::Earlier => before,
                Fold::Later => after,
                Fold::Refuse => {
                    let zone = zone.iana_name().unwrap_or("this zone");
                    return Err(format!(
                        "clocks in {zone} showed this time twice, as they were put back (say which: fold = \"earlier\" or \"later\")"
                    ));
                }
            },
        };
        Ok(local - i128::from(offset.seconds()) * NANOS)
    }

    /// The day that a moment falls on in the zone.
    pub(super) fn local(&self, instant: i128) -> Option<i128> {
        let moment = Timestamp::from_nanosecond(instant).ok()?;
        let offset = self.zone.as_ref()?.to_offset(moment);
        Some(instant + i128::from(offset.seconds()) * NANOS)
    }
}

/// A count of units since 1970.
fn unix(text: &str, shift: i32, unit: Unit) -> Result<Cell<'static>, String> {
    let digits = match unit {
        Unit::Second => 9,
        Unit::Milli => 6,
        Unit::Micro => 3,
        Unit::Nano => 0,
    };
    scaled(text, shift, digits, Rounding::Refuse)
        .map(Cell::Instant)
        .map_err(|_| format!("no count of {} since 1970 in whole nanoseconds", unit.name()))
}

fn with_pattern(pattern: &str, text: &str) -> Result<Cell<'static>, String> {
    let broken = |error: jiff::Error| format!("does not fit {pattern:?}: {error}");
    let read = strtime::parse(pattern, text).map_err(broken)?;
    if read.offset().is_some() {
        return Ok(Cell::Instant(read.to_timestamp().map_err(broken)?.as_nanosecond()));
    }
    let day = read.to_date().map_err(broken)?;
    let count = days(day.year().into(), day.month().unsigned_abs().into(), day.day().unsigned_abs().into());
    let count = count.ok_or_else(|| "no such day".to_owned())?;
    if read.hour().is_none() {
        return Ok(Cell::Date(count));
    }
    let time: civil::Time = read.to_time().map_err(broken)?;
    let part = |number: i8| u32::from(number.unsigned_abs());
    let time = nanos(
        count,
        part(time.hour()),
        part(time.minute()),
        part(time.second()),
        time.subsec_nanosecond().unsigned_abs(),
    );
    time.map(Cell::Local).ok_or_else(|| "no such time".to_owned())
}

/// A cell as text in the spelling of its source.
pub(super) fn as_text<'a>(cell: Cell<'a>) -> Result<Cow<'a, str>, String> {
    Ok(match cell {
        Cell::Text(text) | Cell::Json(text) | Cell::Number { text, shift: 0 } => text,
        cell @ (Cell::Int(_) | Cell::Bool(_) | Cell::Date(_) | Cell::Local(_) | Cell::Instant(_)) => {
            cell.to_string().into()
        }
        cell => return Err(format!("{} cannot stand for text", cell.kind())),
    })
}
