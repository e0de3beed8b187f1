//! Errors in conditions, and rows on which a condition cannot decide.

use std::fmt;

use mst_types::escape_text;

use crate::cell::Cell;

/// An error in the text of a condition, and its position.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("at character {character} of the condition: {}", escape_text(message))]
pub struct ConditionError {
    /// The position in bytes, from 0.
    pub offset: usize,
    /// The position in characters, from 1.
    pub character: usize,
    /// The error, and what was expected.
    pub message: String,
}

impl ConditionError {
    pub(super) fn new(text: &str, offset: usize, message: impl Into<String>) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        Self { offset, character: before.chars().count() + 1, message: message.into() }
    }
}

/// Why a condition cannot decide whether a row is taken: a value that cannot be compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Undecided {
    /// The part of the condition that cannot be decided.
    pub condition: String,
    /// The columns in it, with the values of the row.
    pub values: Vec<(String, String)>,
    /// The reason, and what to do.
    pub reason: String,
    /// Whether one of the values is empty without quotes, and was read as empty text.
    pub(super) has_empty: bool,
}

impl Undecided {
    /// The message, not escaped yet.
    pub(crate) fn message(&self) -> String {
        let value = |(column, value): &(String, String)| format!("column {column} is {value}");
        let values: Vec<_> = self.values.iter().map(value).collect();
        format!("where {}: {}: {}", self.condition, values.join(" and "), self.reason)
    }
}

impl fmt::Display for Undecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escape_text(&self.message()))
    }
}

impl std::error::Error for Undecided {}

/// The maximum length of a value or a part of a condition in a message, in characters.
const MAX_EXCERPT: usize = 120;

/// The beginning of a long text.
pub(super) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(MAX_EXCERPT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A cell in a message that is escaped later.
pub(super) fn unescaped(cell: &Cell<'_>) -> String {
    excerpt(&match cell {
        Cell::Text(text) | Cell::TextOrJson(text) => format!("\"{text}\""),
        Cell::Json(text) => text.clone().into_owned(),
        cell => cell.to_string(),
    })
}
