//! Why a source cannot be read.

use std::path::PathBuf;

use crate::schema::{escape_path, escape_text};

/// Why a source cannot be read. No message has a password in it.
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
    #[error("{}: {source}", escape_path(path))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A row that cannot be taken apart.
    #[error("{}, line {line}: {message}", escape_text(name))]
    Row {
        /// The file.
        name: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        message: String,
    },
    /// There is no such column.
    #[error("{} has no column {column:?}; it has {}", escape_text(name), names(have))]
    Column {
        /// The table or file.
        name: String,
        /// The column.
        column: String,
        /// The columns that there are.
        have: Vec<String>,
    },
    /// A database refuses.
    #[error("{}: {message}", escape_text(name))]
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

fn names(have: &[String]) -> String {
    if have.is_empty() {
        "none at all".to_owned()
    } else {
        have.iter().map(|name| escape_text(name)).collect::<Vec<_>>().join(", ")
    }
}
