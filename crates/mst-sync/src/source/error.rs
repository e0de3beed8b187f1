//! Errors in reading a source.

use std::path::PathBuf;

use mst_types::{escape_path, escape_text};

/// A row that cannot be parsed. The rows after it can still be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}, {unit} {row}: {}", escape_text(name), escape_text(message))]
pub struct BrokenRow {
    /// The table or file.
    pub name: String,
    /// The unit in which the source counts: `line` or `row`.
    pub unit: &'static str,
    /// The row, in the count of the source.
    pub row: u64,
    /// The reason.
    pub message: String,
}

/// Why a source cannot be read any further. A single row that cannot be parsed is a [`BrokenRow`]. No message contains
/// a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The program was built without this kind of source.
    #[error("sources of the kind {kind} are not built in: build with --features {kind}")]
    NotBuilt {
        /// The kind, which is the name of the feature.
        kind: &'static str,
    },
    /// A file cannot be opened or read.
    #[error("{}: {}", escape_path(path), escape_text(&source.to_string()))]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
    /// A file cannot be read from this line on.
    #[error("{}, line {line}: {}", escape_text(name), escape_text(message))]
    Line {
        /// The file.
        name: String,
        /// The line, from 1.
        line: u64,
        /// The reason.
        message: String,
    },
    /// Standard input has been read, and cannot be read again.
    #[error("standard input can be read only once: write it to a file, and name that as the path in the mapping")]
    StandardInput,
    /// The column does not exist.
    #[error("{} has no column \"{}\"; it has {}{}", escape_text(name), escape_text(column), names(have), hint(have))]
    Column {
        /// The table or file.
        name: String,
        /// The column.
        column: String,
        /// The columns that exist.
        have: Vec<String>,
    },
    /// Several columns have the name of a column that is needed.
    #[error("{} has several columns \"{}\", so the name is ambiguous", escape_text(name), escape_text(column))]
    Columns {
        /// The table or file.
        name: String,
        /// The column.
        column: String,
    },
    /// The database reports an error.
    #[error("{}: {}", escape_text(name), escape_text(message))]
    Database {
        /// The database, without user and password.
        name: String,
        /// Its message.
        message: String,
    },
    /// The URL of a database should be in an environment variable that is not set.
    #[error("the environment variable {} is not set; it should hold the URL of the database", escape_text(variable))]
    NoVariable {
        /// Its name.
        variable: String,
    },
}

/// Advice for a first line that looks like a comment.
fn hint(have: &[String]) -> &'static str {
    match have.first() {
        Some(name) if name.starts_with('#') => {
            " (if that line is a comment, declare it in [source]: comment = \"#\"; or skip it: skip-lines = 1)"
        }
        _ => "",
    }
}

fn names(have: &[String]) -> String {
    if have.is_empty() {
        return "none at all".to_owned();
    }
    let name = |name: &String| match name.trim() == name && !name.is_empty() {
        true => escape_text(name).into_owned(),
        // Quotes make blanks at the ends visible.
        false => format!("\"{}\"", escape_text(name)),
    };
    have.iter().map(name).collect::<Vec<_>>().join(", ")
}
