//! Room for values that were not sampled: the digits of numbers, and the units of times.
//!
//! A type that only just holds the sample would break at the first longer value of the rest of the table, and the
//! comparison would stop there. Wider types cost nothing: views leave out zeros at the end of a fraction of a second.

use super::decimal::Decimal;
use super::model::Steps;
use super::table::Column;
use crate::cell::Cell;
use crate::contract::Unit;
use mst_types::civil::Rest;

/// Floating-point numbers with more digits than this are no amounts, and have no fixed number of digits.
const MAX_AMOUNT_DIGITS: u32 = 6;
/// The digits of such numbers. An `f64` has 17 significant ones, also those of small numbers.
const FLOAT_DIGITS: u32 = 20;

/// The digits after the point for floating-point numbers of which at most so many were seen.
pub(super) fn float_digits(seen: u32) -> u32 {
    if seen > MAX_AMOUNT_DIGITS { seen.clamp(FLOAT_DIGITS, FLOAT_DIGITS + 5) } else { seen.max(2) }
}

/// The most digits after the point among the numbers of these cells.
pub(super) fn most_digits<'c>(cells: impl Iterator<Item = &'c Cell<'static>>) -> u32 {
    cells.filter_map(Decimal::of).map(Decimal::digits).max().unwrap_or(0)
}

/// The coarsest unit that holds all of these times exactly.
pub(super) fn finest_unit(cells: &[&Cell<'static>]) -> Unit {
    let holds = |unit: &Unit| {
        cells.iter().all(|cell| match cell.clock() {
            Some((_, nanos, Rest::None)) => nanos % unit.nanos() == 0,
            Some(_) => false,
            None => true,
        })
    };
    [Unit::Second, Unit::Milli, Unit::Micro].into_iter().find(holds).unwrap_or(Unit::Nano)
}

/// The finer of two units.
pub(super) fn finer(one: Unit, other: Unit) -> Unit {
    if one.nanos() < other.nanos() { one } else { other }
}

/// The coarsest unit that holds the times of a column, those in these cells and those that its notation allows.
pub(super) fn unit_room<'c>(
    column: Option<&Column>,
    steps: &Steps,
    cells: impl Iterator<Item = &'c Cell<'static>>,
) -> Unit {
    let seen = |cells: Vec<Cell<'static>>| finest_unit(&cells.iter().collect::<Vec<_>>());
    match steps.format {
        Some("unix-s") => Unit::Second,
        Some("unix-ms") => Unit::Milli,
        Some("unix-us") => Unit::Micro,
        Some("unix-ns") => Unit::Nano,
        Some(format) if format != "iso" && !format.contains("%.f") => Unit::Second,
        Some("iso") => {
            let iso = |cell: &Cell<'static>| match cell {
                Cell::Text(text) | Cell::TextOrJson(text) => Cell::of_iso(text),
                _ => None,
            };
            finer(seen(cells.filter_map(iso).collect()), Unit::Micro)
        }
        Some(_) => Unit::Micro,
        None => {
            let seen = seen(cells.cloned().collect());
            finer(seen, column.and_then(Column::declared_unit).unwrap_or(Unit::Micro))
        }
    }
}
