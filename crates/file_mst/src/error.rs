//! The errors of a tree.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::node::NodeError;
use crate::store::Foreign;
use mst_types::escape_path;

/// An operation on a tree failed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The system refused.
    #[error("cannot {doing}: {source}")]
    Io {
        /// The operation, as in "cannot {doing}".
        doing: &'static str,
        /// The error of the system.
        source: Arc<io::Error>,
    },
    /// A node could not be read, or is not the one that its parent's link describes.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The file is not one of ours.
    #[error("{}: {what}", escape_path(path))]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The kind of file that it is.
        what: Foreign,
    },
    /// The file is one of ours, but its page 0 is damaged.
    #[error("the file is damaged: page 0 at byte {at}: expected {expected}, found {found}")]
    Header {
        /// The offending byte of the file.
        at: u64,
        /// The expected content.
        expected: String,
        /// The content that is there.
        found: String,
    },
    /// The file is one of ours, and ends before the commit that page 0 proves it to have had.
    #[error(
        "the file is cut off: it ends at byte {file_len}, {}",
        match commit { Some(commit) => format!("before the end of its last commit @{commit}"), None => "within page 0".to_owned() }
    )]
    CutOff {
        /// Where the last commit frame should begin, if page 0 names one.
        commit: Option<u64>,
        /// Where the file ends.
        file_len: u64,
    },
    /// The file is one of ours, and the commit that page 0 proves it to have had is damaged.
    #[error("the file is damaged: its last commit @{offset} does not hold: expected {expected}, found {found}")]
    LastCommit {
        /// Where its frame begins.
        offset: u64,
        /// The expected content.
        expected: String,
        /// The content that is there.
        found: String,
    },
    /// The file was written by a newer version of this library.
    #[error("the file has format version {found}, this program knows versions up to {supported}: use a newer program")]
    NewerVersion {
        /// The file's version.
        found: u32,
        /// The newest version known here.
        supported: u32,
    },
    /// There is no sound commit frame at this place.
    #[error("no commit @{offset}: expected {expected}, found {found}")]
    Commit {
        /// Where the frame should begin.
        offset: u64,
        /// The expected content.
        expected: String,
        /// The content that is there.
        found: String,
    },
    /// The file has no commit of this sequence number.
    #[error("no commit {sequence}: {}", commits_there(*first, *last))]
    NoCommit {
        /// The requested number.
        sequence: u64,
        /// The number of the oldest commit that can be read; 0 if there is none.
        first: u64,
        /// The number of the last commit; 0 if there is none.
        last: u64,
    },
    /// Another writer has the file open.
    #[error("{}: another writer has the file open; it can still be read", escape_path(path))]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// An earlier write failed, so the state of this writer can no longer be trusted. All commits are safe.
    #[error("an earlier write failed ({reason}): open the file again, its commits are safe")]
    Poisoned {
        /// The earlier error.
        reason: String,
    },
    /// A limit of the format is exceeded.
    #[error("{what} of {found}, the most is {most}")]
    Limit {
        /// The limited quantity, as in "{what} of {found}".
        what: &'static str,
        /// The value that it would have.
        found: u64,
        /// The greatest value allowed.
        most: u64,
    },
    /// The key type orders two keys differently from their bytes, so the tree could not find them again.
    #[error(
        "the key type is not usable: its order and the order of its bytes differ for keys {left} and {right} (hex)"
    )]
    KeyOrder {
        /// The bytes of the key that comes first in the order of the type.
        left: String,
        /// The bytes of the other.
        right: String,
    },
    /// Keys that should be strictly ascending are not.
    #[error("record {index}: its key {key} (hex) is not greater than the key before it")]
    Unsorted {
        /// The index of the record, counted from 0.
        index: u64,
        /// The bytes of its key.
        key: String,
    },
    /// The path of a new file is taken.
    #[error("{}: the file exists already; choose another name", escape_path(path))]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A tree that should be empty is not.
    #[error("{}: the file holds a tree already", escape_path(path))]
    NotEmpty {
        /// The file.
        path: PathBuf,
    },
    /// The types of the file's commit differ from the requested types.
    #[error(
        "{}: the file holds {noted}, but {asked} was requested: {differs}; open it with its own types, or turn off \
         Options::check_types, which reads its bytes as the requested types, whatever they are",
        path.display()
    )]
    OtherTypes {
        /// The file.
        path: PathBuf,
        /// The types in the file.
        noted: String,
        /// The requested types.
        asked: String,
        /// The difference.
        differs: String,
    },
    /// The bytes of a key do not decode as the key type.
    #[error("the key {key} (hex) is no {expected}")]
    Key {
        /// The bytes.
        key: String,
        /// The expected type.
        expected: &'static str,
    },
    /// A value could not be encoded, or its bytes do not decode as the value type.
    #[error("the value cannot be {doing}: {reason}")]
    Value {
        /// "encoded" or "decoded".
        doing: &'static str,
        /// The error of postcard.
        reason: String,
    },
    /// A tree in a temporary file or in memory has no path to open again.
    #[error("this tree cannot be opened for writing: it has no path")]
    NoPath,
    /// A thread panicked while it held the tree; the code of a key or value type can.
    #[error("the tree is in an unknown state because the code of its caller panicked: open it again")]
    Panicked,
}

impl Error {
    /// Whether the error says that a file of ours is damaged, so that its last commit is unknown: [`Error::Header`],
    /// [`Error::CutOff`] or [`Error::LastCommit`]. Nothing is written to such a file. [`TreeFile::of_damaged`] opens
    /// its older commits.
    ///
    /// [`TreeFile::of_damaged`]: crate::store::TreeFile::of_damaged
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Header { .. } | Self::CutOff { .. } | Self::LastCommit { .. })
    }

    /// For `map_err`: adds the operation to an error of the system.
    pub(crate) fn io(doing: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io { doing, source: Arc::new(source) }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::Io { source, .. } => source.kind(),
            Error::Node(NodeError::Io { source, .. }) => source.kind(),
            Error::Locked { .. } => io::ErrorKind::WouldBlock,
            Error::NoCommit { .. } => io::ErrorKind::NotFound,
            Error::Exists { .. } => io::ErrorKind::AlreadyExists,
            Error::NewerVersion { .. } => io::ErrorKind::Unsupported,
            Error::Limit { .. } | Error::KeyOrder { .. } | Error::Unsorted { .. } => io::ErrorKind::InvalidInput,
            Error::Poisoned { .. } | Error::NoPath | Error::Panicked => io::ErrorKind::Other,
            _ => io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}

fn commits_there(first: u64, last: u64) -> String {
    match last {
        0 => "the file has none".to_owned(),
        _ if first == last => format!("there is only #{last}"),
        _ => format!("there are #{first} to #{last}"),
    }
}
