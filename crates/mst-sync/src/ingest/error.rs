//! Errors in rows, and errors of ingesting.

use std::path::PathBuf;

use crate::mapping::Violation;
use crate::source::{BrokenRow, SourceError};
use file_mst::Error;
use file_mst::NodeHash;
use mst_types::{escape_hidden, escape_path, escape_text};

/// A problem with a row, or with two.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A value violates the contract.
    #[error(transparent)]
    Violation(#[from] Box<Violation>),
    /// A row cannot be parsed, so that even its key is unknown.
    #[error(transparent)]
    Unreadable(#[from] BrokenRow),
    /// Two rows have the same key.
    #[error("{}, rows {first} and {second}: both have the key {}", escape_text(table), escape_hidden(key))]
    Duplicate {
        /// The table or file.
        table: String,
        /// The key.
        key: String,
        /// The first row with the key, in the count of the source.
        first: u64,
        /// The second row.
        second: u64,
    },
}

/// Why a tree was not built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A row violates the contract.
    #[error(transparent)]
    Problem(Problem),
    /// Rows violate the contract, and all of them were reported.
    #[error("{count} rows violate the contract; nothing was written")]
    Broken {
        /// The number of rows.
        count: u64,
    },
    /// [`BuildOptions::stop`](super::BuildOptions::stop) became true, or a callback asked to stop.
    #[error("stopped; nothing was written")]
    Stopped,
    /// The source cannot be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The tree cannot be read or written.
    #[error(transparent)]
    Tree(#[from] Error),
    /// The file has a tree under another contract, or under none.
    #[error(
        "{} follows {}, not the contract {}; build into a new file",
        escape_path(path),
        named(has.as_ref()),
        NodeHash::from(*wants).short()
    )]
    OtherContract {
        /// The file.
        path: PathBuf,
        /// The hash of its contract.
        has: Option<[u8; 32]>,
        /// The hash of the mapping's contract.
        wants: [u8; 32],
    },
}

fn named(hash: Option<&[u8; 32]>) -> String {
    hash.map_or_else(|| "no contract".to_owned(), |hash| format!("the contract {}", NodeHash::from(*hash).short()))
}
