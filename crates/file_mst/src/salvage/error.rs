//! Why nothing is salvaged.

use std::io;

use crate::error::Error;

/// Why nothing is salvaged. There is no new file then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SalvageError {
    /// The damaged file could not be read to its end.
    #[error("cannot read the file: {0}")]
    Io(#[from] io::Error),
    /// No node in the file proves itself, neither as one of ours nor as one of a published dialect.
    #[error("nothing in the file proves itself: it holds no tree, or nothing of it is left")]
    Nothing,
    /// There are things of the form of nodes, but keys and values cannot be told apart.
    #[error(
        "there is what looks like nodes of a published dialect, but nothing proves itself while the types are unknown: give \
         --key and --value"
    )]
    UnknownTypes,
    /// The root that was named is no node that proves itself.
    #[error("there is no root @{offset}: no node there proves itself")]
    NoRoot {
        /// Where the root should begin.
        offset: u64,
    },
    /// The new file could not be written; [`Error::Exists`] if there is something at its path.
    #[error(transparent)]
    Write(#[from] Error),
}
