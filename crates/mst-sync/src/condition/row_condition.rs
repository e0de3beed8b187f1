//! A condition for the rows of a source: in the closed language, or in a database's own SQL.

use std::fmt;

use super::{Condition, ConditionError};

/// A condition that selects the rows of a source.
///
/// The enum is closed on purpose: see the [crate](crate#open-and-closed-enums).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RowCondition {
    /// A condition in the closed language, evaluated by this library.
    Checked(Condition),
    /// SQL for the `WHERE` of a database, evaluated by the database.
    Sql(String),
}

/// The word that begins a condition in SQL.
const SQL: &str = "sql:";

impl RowCondition {
    /// Reads a condition. For a database, a text that is not in the closed language is SQL for its `WHERE`, and so is
    /// everything after `sql:`.
    ///
    /// # Errors
    /// The text is empty; or the source is a file, and the text is not in the closed language.
    pub fn parse(text: &str, is_database: bool) -> Result<Self, ConditionError> {
        let start = text.len() - text.trim_start().len();
        let trimmed = text.trim();
        let sql = trimmed.get(..SQL.len()).filter(|word| word.eq_ignore_ascii_case(SQL));
        if sql.is_some() {
            let sql = trimmed.get(SQL.len()..).unwrap_or_default().trim();
            return match (is_database, sql) {
                (false, _) => Err(ConditionError::new(text, start, "a file has no SQL; remove sql:")),
                (true, "") => Err(ConditionError::new(text, text.len(), "expected SQL after sql:")),
                (true, sql) => Ok(Self::Sql(sql.to_owned())),
            };
        }
        match Condition::parse(text) {
            Ok(condition) => Ok(Self::Checked(condition)),
            Err(_) if is_database && !trimmed.is_empty() => Ok(Self::Sql(trimmed.to_owned())),
            Err(error) => Err(error),
        }
    }

    /// Whether its result depends on the moment that is given for `now`. SQL has its own.
    pub fn uses_now(&self) -> bool {
        match self {
            Self::Checked(condition) => condition.uses_now(),
            Self::Sql(_) => false,
        }
    }
}

/// A text that [`RowCondition::parse`] reads as the same condition.
impl fmt::Display for RowCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Checked(condition) => condition.fmt(f),
            Self::Sql(sql) => write!(f, "{SQL} {sql}"),
        }
    }
}
