//! Comparing two values. Whatever could be compared in two ways that disagree is an error: a silent false would make
//! rows missing on one side.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::decimal::Decimal;
use super::like::Pattern;
use super::model::{Comparison, Literal};
use crate::cell::{Cell, Clock};
use crate::contract::truth;
use mst_types::civil::{DAY, Rest, parse_duration, parse_time_of_day};

/// A value that is not null, on one side of a comparison.
#[derive(Debug)]
pub(super) struct Side<'c> {
    pub(super) cell: Cell<'c>,
    /// The literal that it is.
    pub(super) literal: Option<&'c Literal>,
    /// Whether it is written in the condition, and is no value of a column.
    pub(super) is_written: bool,
    /// Whether the condition says that it is text.
    pub(super) is_text: bool,
}

impl Default for Side<'_> {
    fn default() -> Self {
        Self { cell: Cell::Null, literal: None, is_written: false, is_text: false }
    }
}

impl Side<'_> {
    fn is_column(&self) -> bool {
        self.literal.is_none() && !self.is_written
    }

    /// The value as a number, if it is one.
    fn number(&self) -> Option<Cow<'_, Decimal>> {
        if let Some(number) = self.literal.and_then(|literal| literal.number.as_ref()) {
            return Some(Cow::Borrowed(number));
        }
        let number = match &self.cell {
            Cell::Int(number) => Decimal::parse(&number.to_string(), 0),
            Cell::Number { text, shift } => Decimal::parse(text, *shift),
            // The shortest decimal number that reads back as the same float.
            Cell::Float32(float) => Decimal::parse(&float.to_string(), 0),
            Cell::Float64(float) => Decimal::parse(&float.to_string(), 0),
            Cell::Text(text) => Decimal::parse(text, 0),
            _ => None,
        };
        number.map(Cow::Owned)
    }

    /// A text as a date, time or moment, or a time of day.
    fn time_of_text(&self, text: &str) -> Option<Cell<'static>> {
        match self.literal {
            Some(literal) => literal.time.clone(),
            None => Cell::of_time(text),
        }
    }
}

fn is_number(cell: &Cell<'_>) -> bool {
    matches!(cell, Cell::Int(_) | Cell::Number { .. } | Cell::Float32(_) | Cell::Float64(_))
}

fn is_time(cell: &Cell<'_>) -> bool {
    matches!(cell, Cell::Date(_)) || cell.clock().is_some()
}

/// Whether a comparison of two values is true.
pub(super) fn compare(left: &Side<'_>, right: &Side<'_>, comparison: Comparison) -> Result<bool, String> {
    if let (Cell::Text(a), Cell::Text(b)) = (&left.cell, &right.cell) {
        return texts(a, b, left, right, comparison);
    }
    order(left, right).map(|order| comparison.holds(order))
}

/// The order of two values, of which at most one is text.
fn order(left: &Side<'_>, right: &Side<'_>) -> Result<Ordering, String> {
    match (&left.cell, &right.cell) {
        (Cell::Int(a), Cell::Int(b)) => Ok(a.cmp(b)),
        (Cell::Bytes(a), Cell::Bytes(b)) => Ok(a.cmp(b)),
        (Cell::Bool(_), _) | (_, Cell::Bool(_)) => Ok(truth_of(left)?.cmp(&truth_of(right)?)),
        (a, b) if is_number(a) || is_number(b) => numbers(left, right),
        (a, b) if is_time(a) || is_time(b) => {
            let (a, b) = (time_like(left, &right.cell)?, time_like(right, &left.cell)?);
            times(&a, &b).map_err(|problem| problem.advice(left, right))
        }
        (Cell::Json(_), _) | (_, Cell::Json(_)) => {
            Err("JSON cannot be compared (as text compares it as it is written)".to_owned())
        }
        (a, b) => Err(format!("{} and {} cannot be compared", a.kind(), b.kind())),
    }
}

/// A truth value, in any of the spellings of a contract.
fn truth_of(side: &Side<'_>) -> Result<bool, String> {
    match &side.cell {
        Cell::Bool(truth) => Ok(*truth),
        _ if !side.is_column() => Err("a truth value is compared with true or false, without quotes".to_owned()),
        cell => truth(cell).ok_or_else(|| match cell {
            Cell::Text(_) | Cell::Int(_) => "this is no truth value".to_owned(),
            cell => format!("{} is no truth value", cell.kind()),
        }),
    }
}

fn numbers(left: &Side<'_>, right: &Side<'_>) -> Result<Ordering, String> {
    let checked = |side: &Side<'_>, other: &Side<'_>| match &side.cell {
        Cell::Text(_) if !side.is_column() => {
            Err("a number is compared with a text: write the number without quotes, or the column as text".to_owned())
        }
        cell if is_time(cell) || is_time(&other.cell) => {
            Err("a number is no time: write what it counts, as in as unix-s after the column".to_owned())
        }
        _ => Ok(()),
    };
    checked(left, right)?;
    checked(right, left)?;
    let problem = |side: &Side<'_>| match &side.cell {
        Cell::Text(_) => "this text is no number".to_owned(),
        cell if is_number(cell) => "this has no value as a number".to_owned(),
        cell => format!("{} is no number", cell.kind()),
    };
    let a = left.number().ok_or_else(|| problem(left))?;
    let b = right.number().ok_or_else(|| problem(right))?;
    Ok(a.cmp(&b))
}

/// A value to be compared with this time; text is read as a time of its kind.
fn time_like<'s>(side: &'s Side<'_>, other: &Cell<'_>) -> Result<Cell<'s>, String> {
    let Cell::Text(text) = &side.cell else { return Ok(side.cell.borrowed()) };
    let read = match other.clock() {
        Some((Clock::Time, ..)) => {
            parse_time_of_day(text).map(|(nanos, rest)| Cell::of_clock(Clock::Time, nanos, rest))
        }
        Some((Clock::Duration, ..)) => {
            parse_duration(text).map(|(nanos, rest)| Cell::of_clock(Clock::Duration, nanos, rest))
        }
        _ => Cell::of_iso(text),
    };
    read.ok_or_else(|| format!("the text is compared with {} and is none", other.kind()))
}

/// Why two times have no order.
enum TimeProblem {
    /// One denotes a moment, the other only together with a zone.
    NoZone,
    /// They differ in digits that are not kept.
    TooFine,
    Kinds(&'static str, &'static str),
}

impl TimeProblem {
    fn advice(self, left: &Side<'_>, right: &Side<'_>) -> String {
        let has_zone = |side: &Side<'_>| {
            let text = match &side.cell {
                Cell::Text(text) => side.time_of_text(text),
                _ => None,
            };
            matches!(text.as_ref().unwrap_or(&side.cell).clock(), Some((Clock::Instant, ..)))
        };
        let without = if has_zone(left) { right } else { left };
        match self {
            Self::NoZone if without.is_column() => {
                "a time without zone is compared with a moment: write its zone, as in at 'Europe/Berlin' after the \
                 column"
                    .to_owned()
            }
            Self::NoZone => "a moment is compared with a time without zone: write the zone of that time, as in \
                             timestamp '2026-03-29T10:00:00Z' or timestamp '2026-03-29' at 'Europe/Berlin'"
                .to_owned(),
            Self::TooFine => "both have more digits than nanoseconds and may differ in them".to_owned(),
            Self::Kinds(left, right) => format!("{left} and {right} cannot be compared"),
        }
    }
}

/// The order of two times. A date is its midnight if it is compared with a time without zone.
fn times(left: &Cell<'_>, right: &Cell<'_>) -> Result<Ordering, TimeProblem> {
    let clock = |cell: &Cell<'_>| match cell {
        Cell::Date(days) => Some((Clock::Local, i128::from(*days) * DAY, Rest::None)),
        cell => cell.clock(),
    };
    match (clock(left), clock(right)) {
        (Some((kind, a, a_rest)), Some((other, b, b_rest))) if kind == other => match a.cmp(&b) {
            Ordering::Equal => rests(a_rest, b_rest).ok_or(TimeProblem::TooFine),
            different => Ok(different),
        },
        (Some((Clock::Local, ..)), Some((Clock::Instant, ..)))
        | (Some((Clock::Instant, ..)), Some((Clock::Local, ..))) => Err(TimeProblem::NoZone),
        _ => Err(TimeProblem::Kinds(left.kind(), right.kind())),
    }
}

/// The order of two fractions of a nanosecond, if it is known.
fn rests(left: Rest, right: Rest) -> Option<Ordering> {
    let rank = |rest: Rest| match rest {
        Rest::None => 0,
        Rest::Less => 1,
        Rest::Half => 2,
        Rest::More => 3,
    };
    match (left, right) {
        (Rest::Less, Rest::Less) | (Rest::More, Rest::More) => None,
        _ => Some(rank(left).cmp(&rank(right))),
    }
}

/// Compares two texts character by character. Other sources have numbers, times and unpadded text where this one has
/// text, so a text that compares differently as one of those is refused, unless the condition says that it is text.
fn texts(a: &str, b: &str, left: &Side<'_>, right: &Side<'_>, comparison: Comparison) -> Result<bool, String> {
    let result = comparison.holds(a.cmp(b));
    if a == b || left.is_text || right.is_text {
        return Ok(result);
    }
    if a.trim_end_matches(' ') == b.trim_end_matches(' ') {
        return Err(PADDED.to_owned());
    }
    // A literal in quotes says that its column is text and no number.
    if left.is_column()
        && right.is_column()
        && let (Some(a), Some(b)) = (left.number(), right.number())
        && comparison.holds(a.cmp(&b)) != result
    {
        return Err("as numbers these texts compare differently: write as number or as text after a column".to_owned());
    }
    if let (Some(a), Some(b)) = (left.time_of_text(a), right.time_of_text(b)) {
        let as_times = times(&a, &b).map_err(|problem| problem.advice(left, right))?;
        if comparison.holds(as_times) != result {
            return Err(
                "as times these texts compare differently: write as timestamp or as text after a column".to_owned()
            );
        }
    }
    Ok(result)
}

const PADDED: &str =
    "the texts differ in blanks at the end: write as trimmed after the column to ignore them, or as text";

/// Whether a text fits a pattern.
pub(super) fn like(side: &Side<'_>, pattern: &Pattern) -> Result<bool, String> {
    let Cell::Text(text) = &side.cell else {
        return Err(format!("like compares text, and this is {}: write as text after the column", side.cell.kind()));
    };
    let fits = pattern.fits(text);
    if !side.is_text && text.ends_with(' ') && pattern.fits(text.trim_end_matches(' ')) != fits {
        return Err(PADDED.to_owned());
    }
    Ok(fits)
}
