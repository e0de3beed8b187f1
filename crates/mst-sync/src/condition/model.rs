//! The content of a condition.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;

use super::decimal::Decimal;
use super::like::Pattern;
use crate::cell::Cell;
use crate::mapping::{Fold, TimeRule};
use jiff::tz::TimeZone;

/// A condition on rows in the closed language.
#[derive(Clone, Debug)]
pub struct Condition {
    pub(super) text: String,
    pub(super) test: Test,
    pub(super) columns: Vec<String>,
    pub(super) uses_now: bool,
}

impl Condition {
    /// The columns that it needs, each once.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Whether its result depends on the moment.
    pub fn uses_now(&self) -> bool {
        self.uses_now
    }
}

/// The text of the condition, without blanks around it.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text.trim())
    }
}

/// Conditions of the same text are equal.
impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.text.trim() == other.text.trim()
    }
}

impl Eq for Condition {}

/// A test of a row: true, false or unknown.
#[derive(Clone, Debug)]
pub(super) enum Test {
    And(Vec<Test>),
    Or(Vec<Test>),
    Not(Box<Test>),
    /// A test of values, with its bytes in the text.
    Leaf(Box<Leaf>, Range<usize>),
}

/// A test of values.
#[derive(Clone, Debug)]
pub(super) enum Leaf {
    Compare { left: Operand, comparison: Comparison, right: Operand },
    IsNull(Operand),
    In { value: Operand, list: Vec<Operand> },
    Like { value: Operand, pattern: Pattern },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// Whether the comparison is true of two values in this order.
    pub(super) fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// A value in a test.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Column(Column),
    Literal(Literal),
    /// `now` plus this many nanoseconds.
    Now(i128),
}

/// A column, and how its values are read.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// The index in [`Condition::columns`].
    pub(super) index: usize,
    pub(super) reading: Option<Reading>,
    pub(super) zone: Option<Zone>,
}

/// How the values of a column are read: `as …`.
#[derive(Clone, Debug)]
pub(super) enum Reading {
    /// As text, every character of it.
    Text,
    /// As text without blanks at its end.
    Trimmed,
    /// As a number.
    Number,
    /// As a date or time.
    Timestamp,
    /// As a count of units since 1970.
    Unix(TimeRule),
}

/// The zone of a clock, and the choice between two moments at which it showed the same time.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    pub(super) zone: TimeZone,
    pub(super) fold: Fold,
}

/// A value that is written in the condition.
#[derive(Clone, Debug)]
pub(super) struct Literal {
    pub(super) cell: Cell<'static>,
    /// Its value, if it is a number.
    pub(super) number: Option<Decimal>,
    /// A text that is a date or time, as that.
    pub(super) time: Option<Cell<'static>>,
}
