//! Errors in reading a source.

use std::path::PathBuf;

use mst_types::{escape_path, escape_text};

use super::ConnectionError;
use crate::source_span::SettingsError;

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
    #[error(
        "sources of the kind {kind} are not built into this program; run this in the folder of its source code: \
         cargo install --path . --features {kind}"
    )]
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
    /// The table does not exist.
    #[error("{} has no table {}; it has {}", escape_text(name), escape_text(table), first_names(have))]
    Table {
        /// The database, without user and password.
        name: String,
        /// The table.
        table: String,
        /// The tables that exist, the nearest first: by the names under which they can be given
        /// ([`Settings::from_name`](super::Settings::from_name)), or as their database calls them.
        have: Vec<String>,
    },
    /// Standard input is asked for its columns, after which its rows could not be read any more.
    #[error("standard input can be read only once: write it to a file, and name the file")]
    StandardInput,
    /// The column does not exist.
    #[error(
        "{} has no column \"{}\"; it has {}{}{}",
        escape_text(name),
        escape_text(column),
        names(have),
        meant(column, have),
        hint(have)
    )]
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
    /// The connection cannot be made as it was asked for.
    #[error("{}: {error}", escape_text(name))]
    Connection {
        /// The database, without user and password.
        name: String,
        /// The reason.
        error: Box<ConnectionError>,
    },
    /// A condition in SQL for a source that is no database.
    #[error("{}: a file has no SQL, so its condition must be in the language of docs/MAPPING.md", escape_text(name))]
    SqlOfFile {
        /// The file.
        name: String,
    },
    /// A tree, or a mapping whose rows are read, cannot be read.
    #[error("{}: {}", escape_text(name), escape_text(message))]
    Tree {
        /// The file, with the version of the tree.
        name: String,
        /// The reason.
        message: String,
    },
    /// A mapping whose rows are read is wrong.
    #[error(transparent)]
    Mapping(Box<SettingsError>),
    /// The URL of a database should be in an environment variable that is not set.
    #[error("the environment variable {} is not set; it should hold the URL of the database", escape_text(variable))]
    NoVariable {
        /// Its name.
        variable: String,
    },
}

/// The columns whose names are the same apart from case, blanks and underscores.
fn meant(column: &str, have: &[String]) -> String {
    let folded = |name: &str| name.to_lowercase().replace(|c: char| c == '_' || c.is_whitespace(), "");
    let alike = have.iter().filter(|name| folded(name) == folded(column) && *name != column);
    let alike: Vec<_> = alike.map(|name| format!("\"{}\"", escape_text(name))).collect();
    if alike.is_empty() { String::new() } else { format!(" (did you mean {}?)", alike.join(" or ")) }
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

/// The maximum number of tables in a message.
const MAX_NAMES: usize = 12;

/// The first of many names.
fn first_names(have: &[String]) -> String {
    let first = names(have.get(..MAX_NAMES).unwrap_or(have));
    match have.len().checked_sub(MAX_NAMES) {
        Some(more @ 1..) => format!("{first} and {more} more"),
        _ => first,
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
