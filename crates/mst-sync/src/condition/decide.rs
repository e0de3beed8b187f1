//! Deciding whether a row is taken.

use std::borrow::Cow;
use std::ops::Range;

use super::compare::{self, Side};
use super::decimal::Decimal;
use super::error::{Undecided, excerpt, unescaped};
use super::model::{Column, Comparison, Condition, Leaf, Operand, Reading, Test, Zone};
use super::now::Now;
use crate::cell::{Cell, Clock};
use crate::contract::Floats;
use crate::mapping::{Fold, as_text};
use mst_types::civil::{DAY, NANOS, Rest, Shown, shown};

/// A truth value of SQL: unknown is `None`.
type Truth = Option<bool>;

impl Condition {
    /// Whether a row is taken: its condition is true, and not just unknown. The cells are those of
    /// [`Condition::columns`]; a missing one is null.
    ///
    /// An empty value without quotes, which could be null or empty text, is read both ways. If it cannot be compared
    /// as text it is null.
    ///
    /// # Errors
    /// A value cannot be compared, or both readings of an empty value matter.
    pub fn decide(&self, cells: &[Cell<'_>], now: Now) -> Result<bool, Undecided> {
        let row = |empty_is_text| Row { condition: self, cells, empty_is_text, now };
        let as_null = row(false).test(&self.test).map(|truth| truth == Some(true));
        let Some(column) = cells.iter().position(|cell| *cell == Cell::Empty) else { return as_null };
        let as_null = as_null?;
        match row(true).test(&self.test).map(|truth| truth == Some(true)) {
            Ok(as_text) if as_text == as_null => Ok(as_null),
            Err(error) if error.has_empty => Ok(as_null),
            Err(error) => Err(error),
            Ok(_) => Err(Undecided {
                condition: excerpt(self.text.trim()),
                values: vec![(self.name(column), unescaped(&Cell::Empty))],
                reason: "an empty value without quotes could be null or empty text (choose one: empty = \"text\" or \
                         \"null\" in [source])"
                    .to_owned(),
                has_empty: true,
            }),
        }
    }

    fn name(&self, column: usize) -> String {
        self.columns.get(column).cloned().unwrap_or_default()
    }
}

/// A row while it is decided.
struct Row<'r> {
    condition: &'r Condition,
    cells: &'r [Cell<'r>],
    /// Whether an empty value without quotes is empty text; otherwise it is null.
    empty_is_text: bool,
    now: Now,
}

impl<'r> Row<'r> {
    fn test(&self, test: &'r Test) -> Result<Truth, Undecided> {
        match test {
            Test::Not(test) => Ok(self.test(test)?.map(|truth| !truth)),
            // A false test decides "and", a true one decides "or"; otherwise one unknown test makes the result unknown.
            Test::And(tests) => self.joined(tests, false),
            Test::Or(tests) => self.joined(tests, true),
            Test::Leaf(leaf, span) => self.leaf(leaf).map_err(|reason| self.undecided(leaf, span, reason)),
        }
    }

    fn joined(&self, tests: &'r [Test], deciding: bool) -> Result<Truth, Undecided> {
        let mut result = Some(!deciding);
        for test in tests {
            match self.test(test)? {
                Some(truth) if truth == deciding => return Ok(Some(deciding)),
                Some(_) => {}
                None => result = None,
            }
        }
        Ok(result)
    }

    fn leaf(&self, leaf: &'r Leaf) -> Result<Truth, String> {
        match leaf {
            Leaf::Compare { left, comparison, right } => {
                let (Some(left), Some(right)) = (self.side(left)?, self.side(right)?) else { return Ok(None) };
                compare::compare(&left, &right, *comparison).map(Some)
            }
            Leaf::IsNull(value) => Ok(Some(self.side(value)?.is_none())),
            Leaf::In { value, list } => {
                let Some(value) = self.side(value)? else { return Ok(None) };
                let mut result = Some(false);
                for item in list {
                    match self.side(item)? {
                        Some(item) if compare::compare(&value, &item, Comparison::Equal)? => return Ok(Some(true)),
                        Some(_) => {}
                        None => result = None,
                    }
                }
                Ok(result)
            }
            Leaf::Like { value, pattern } => {
                let Some(value) = self.side(value)? else { return Ok(None) };
                compare::like(&value, pattern).map(Some)
            }
        }
    }

    /// The value of an operand; `None` if it is null.
    fn side(&self, operand: &'r Operand) -> Result<Option<Side<'r>>, String> {
        let column = match operand {
            Operand::Literal(literal) => {
                return Ok(Some(Side { cell: literal.cell.borrowed(), literal: Some(literal), ..Side::default() }));
            }
            Operand::Now(offset) => {
                let cell = Cell::Instant(self.now.nanos() + offset);
                return Ok(Some(Side { cell, is_written: true, ..Side::default() }));
            }
            Operand::Column(column) => column,
        };
        let cell = match self.cells.get(column.index) {
            Some(Cell::Empty) if self.empty_is_text => Cell::Text(Cow::Borrowed("")),
            Some(Cell::Empty | Cell::Null) | None => return Ok(None),
            Some(Cell::TextOrJson(text)) => Cell::Text(Cow::Borrowed(text)),
            Some(cell) => cell.borrowed(),
        };
        let is_text = matches!(column.reading, Some(Reading::Text | Reading::Trimmed));
        Ok(Some(Side { cell: column.read(cell)?, is_text, ..Side::default() }))
    }

    fn undecided(&self, leaf: &Leaf, span: &Range<usize>, reason: String) -> Undecided {
        let operands: Vec<&Operand> = match leaf {
            Leaf::Compare { left, right, .. } => vec![left, right],
            Leaf::IsNull(value) | Leaf::Like { value, .. } => vec![value],
            Leaf::In { value, list } => [value].into_iter().chain(list).collect(),
        };
        let mut columns: Vec<usize> = operands
            .into_iter()
            .filter_map(|operand| match operand {
                Operand::Column(column) => Some(column.index),
                _ => None,
            })
            .collect();
        columns.dedup();
        let cell = |column: usize| self.cells.get(column).unwrap_or(&Cell::Null);
        Undecided {
            condition: excerpt(self.condition.text.get(span.clone()).unwrap_or_default()),
            has_empty: columns.iter().any(|column| *cell(*column) == Cell::Empty),
            values: columns.into_iter().map(|at| (self.condition.name(at), unescaped(cell(at)))).collect(),
            reason,
        }
    }
}

impl Column {
    /// A value of the column, read as the condition says.
    fn read<'c>(&self, cell: Cell<'c>) -> Result<Cell<'c>, String> {
        let cell = match (&self.reading, cell) {
            (None, cell) => cell,
            (Some(Reading::Text), cell) => Cell::Text(as_text(cell)?),
            (Some(Reading::Trimmed), cell) => Cell::Text(match as_text(cell)? {
                Cow::Borrowed(text) => Cow::Borrowed(text.trim_end_matches(' ')),
                Cow::Owned(text) => Cow::Owned(text.trim_end_matches(' ').to_owned()),
            }),
            (Some(Reading::Number), Cell::Text(text)) => match Decimal::parse(&text, 0) {
                Some(_) => Cell::Number { text, shift: 0 },
                None => return Err("this text is no number".to_owned()),
            },
            (
                Some(Reading::Number),
                cell @ (Cell::Int(_) | Cell::Number { .. } | Cell::Float32(_) | Cell::Float64(_)),
            ) => cell,
            (Some(Reading::Number), cell) => return Err(format!("{} is no number", cell.kind())),
            (Some(Reading::Timestamp), cell) => timestamp(cell)?,
            (Some(Reading::Unix(rule)), cell) => match cell {
                Cell::Date(_) | Cell::Local(_) | Cell::Instant(_) | Cell::Finer { .. } => {
                    return Err(format!("{} is no count since 1970: remove as unix-…", cell.kind()));
                }
                cell => rule.read(cell, Floats::Shortest)?,
            },
        };
        match &self.zone {
            Some(zone) => zone.moment(cell),
            None => Ok(cell),
        }
    }
}

/// A date or time; text is read as ISO 8601.
fn timestamp(cell: Cell<'_>) -> Result<Cell<'_>, String> {
    match cell {
        Cell::Text(text) => Cell::of_iso(&text).ok_or_else(|| "this text is no date or time".to_owned()),
        Cell::Date(_) => Ok(cell),
        cell if matches!(cell.clock(), Some((Clock::Local | Clock::Instant, ..))) => Ok(cell),
        cell @ (Cell::Int(_) | Cell::Number { .. } | Cell::Float32(_) | Cell::Float64(_)) => {
            Err(format!("{} is no time: write what it counts, as in as unix-s", cell.kind()))
        }
        cell => Err(format!("{} is no date or time", cell.kind())),
    }
}

impl Zone {
    /// The moment of a date's midnight or of a time without zone. A moment stays as it is.
    pub(super) fn moment<'c>(&self, cell: Cell<'c>) -> Result<Cell<'c>, String> {
        let (local, rest) = match timestamp(cell)? {
            Cell::Date(days) => (i128::from(days) * DAY, Rest::None),
            cell => match cell.clock() {
                Some((Clock::Local, nanos, rest)) => (nanos, rest),
                _ => return Ok(cell),
            },
        };
        let name = self.zone.iana_name().unwrap_or("this zone");
        let offset = match (shown(&self.zone, local), self.fold) {
            (Shown::Once(offset), _) => offset,
            (Shown::Twice(before, _), Fold::Earlier) => before,
            (Shown::Twice(_, after), Fold::Later) => after,
            (Shown::Twice(..), Fold::Refuse) => {
                return Err(format!(
                    "clocks in {name} showed this time twice when they were put back: write earlier or later after \
                     the zone"
                ));
            }
            (Shown::Never, _) => return Err(format!("clocks in {name} skipped this time when they were put forward")),
        };
        Ok(Cell::of_clock(Clock::Instant, local - i128::from(offset) * NANOS, rest))
    }
}
