//! Rules for durations: two notations, or a number and the unit that it counts.

use super::decimal::Decimal;
use super::reading::{Kind, Reading, Value};
use super::rule::{Columns, Strictness, TriedRule};
use super::try_rules::unit_of;
use crate::contract::FieldType;

/// The units of a number that counts a duration, and their nanoseconds. The common ones come first, since two columns
/// of which one has 60 times the other could be seconds and minutes or minutes and hours.
const UNITS: [(&str, i128); 7] = [
    ("s", 1_000_000_000),
    ("min", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// The rows on which units are tried first.
const PROBED_ROWS: usize = 60;

/// Two numbers that count one duration in two units, not in ones that a power of ten tells apart.
pub(super) fn two_units(columns: &Columns<'_>, left: &Reading, right: &Reading) -> Option<TriedRule> {
    let pairs: Vec<(Decimal, Decimal)> =
        left.values.iter().zip(&right.values).filter_map(|(l, r)| number(l).zip(number(r))).collect();
    let units = || UNITS.iter().flat_map(|one| UNITS.iter().map(move |other| (one, other)));
    // Units of a power of ten are numbers with a scale, and are tried as such.
    let mixed = units().filter(|((_, one), (_, other))| {
        let (small, large) = (one.min(other), one.max(other));
        large % small != 0 || (large / small) % 6 == 0 || (large / small) % 24 == 0
    });
    let fits = |pairs: &[(Decimal, Decimal)], one: i128, other: i128| {
        let is_equal = |(l, r): &&(Decimal, Decimal)| l.mantissa != 0 && nanos(*l, one) == nanos(*r, other);
        pairs.iter().filter(is_equal).count()
    };
    // Most columns are no durations, and a few rows tell.
    let probe = pairs.get(..pairs.len().min(PROBED_ROWS)).unwrap_or_default();
    let (_, ((left_unit, left_nanos), (right_unit, right_nanos))) = mixed
        .filter(|(one, other)| fits(probe, one.1, other.1) * 3 >= probe.len())
        .map(|units| (fits(&pairs, units.0.1, units.1.1), units))
        .filter(|(rows, _)| *rows * 2 >= pairs.len())
        .reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    let (left, right) = (counted(left, *left_nanos), counted(right, *right_nanos));
    let mut rule =
        columns.rule_of(Strictness::Notation, FieldType::Duration(unit_of([&left, &right])), &left, &right)?;
    (rule.left.unit, rule.right.unit) = (Some(*left_unit), Some(*right_unit));
    rule.notes.push(format!("read as durations in {left_unit} and {right_unit}; only their ratio is known"));
    Some(rule)
}

/// A number beside a duration.
pub(super) fn number_and_duration(columns: &Columns<'_>, left: &Reading, right: &Reading) -> Option<TriedRule> {
    let is_left = left.kind == Kind::Number;
    let tried = UNITS.iter().filter_map(|(name, nanos)| {
        let (left, right) = match is_left {
            true => (counted(left, *nanos), right.clone()),
            false => (left.clone(), counted(right, *nanos)),
        };
        let ty = FieldType::Duration(unit_of([&left, &right]));
        let mut rule = columns.rule_of(Strictness::Notation, ty, &left, &right)?;
        let steps = if is_left { &mut rule.left } else { &mut rule.right };
        steps.unit = Some(*name);
        Some(rule)
    });
    tried.reduce(|best, next| if next.agreement.agreeing > best.agreement.agreeing { next } else { best })
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => Some(*number),
        _ => None,
    }
}

/// The nanoseconds of a number of units; `None` if they are not whole.
fn nanos(number: Decimal, unit: i128) -> Option<i128> {
    let product = number.mantissa.checked_mul(unit)?;
    let power = 10_i128.checked_pow(number.exponent.unsigned_abs())?;
    if number.exponent >= 0 {
        return product.checked_mul(power);
    }
    (product % power == 0).then_some(product / power)
}

fn counted(reading: &Reading, unit: i128) -> Reading {
    let of = |value: &Value| match value {
        Value::Number(number) => nanos(*number, unit).map_or(Value::Bad, Value::Count),
        other => other.clone(),
    };
    Reading { kind: reading.kind, bad: reading.bad, values: reading.values.iter().map(of).collect() }
}
