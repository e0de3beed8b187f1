//! Why a source cannot be read.

use std::path::PathBuf;

use mst_types::{escape_path, escape_text};

/// A row that cannot be taken apart. The rows after it can be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}, {unit} {row}: {}", escape_text(name), escape_text(message))]
pub struct BrokenRow {
    /// The table or file.
    pub name: String,
    /// The unit in which the source counts: `line` or `row`.
    pub unit: &'static str,
    /// The row, as the source counts.
    pub row: u64,
    /// The reason.
    pub message: String,
}

/// Why a source cannot be read any further. A row that is broken by itself is a [`BrokenRow`]. No message has a password in it.
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
        /// What the system says.
        source: std::io::Error,
    },
    /// From this line on a file cannot be read.
    #[error("{}, line {line}: {}", escape_text(name), escape_text(message))]
    Line {
        /// The file.
        name: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        message: String,
    },
    /// There is no such column.
    #[error("{} has no column \"{}\"; it has {}{}", escape_text(name), escape_text(column), names(have), hint(have))]
    Column {
        /// The table or file.
        name: String,
        /// The column.
        column: String,
        /// The columns that there are.
        have: Vec<String>,
    },
    /// Several columns have the name of one that is needed.
    #[error("{} has several columns \"{}\": which one is meant cannot be told", escape_text(name), escape_text(column))]
    Columns {
        /// The table or file.
        name: String,
        /// The column.
        column: String,
    },
    /// A database refuses.
    #[error("{}: {}", escape_text(name), escape_text(message))]
    Database {
        /// The database, without user and password.
        name: String,
        /// What it says.
        message: String,
    },
    /// The name of a database is to come from an environment variable that is not set.
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
            " (if that line is a comment, say so in [source]: comment = \"#\"; or pass over it: skip-lines = 1)"
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
        // Blanks at the ends are to be seen.
        false => format!("\"{}\"", escape_text(name)),
    };
    have.iter().map(name).collect::<Vec<_>>().join(", ")
}
