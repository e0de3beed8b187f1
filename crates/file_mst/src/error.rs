//! What can go wrong with a tree.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::node::NodeError;
use crate::store::Foreign;
use mst_types::escape_path;

/// Why something could not be done with a tree.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The system refused.
    #[error("cannot {doing}: {source}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: Arc<io::Error>,
    },
    /// A node could not be read or is not what its parent says.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The file is not one of ours.
    #[error("{}: {what}", escape_path(path))]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: Foreign,
    },
    /// The file is one of ours, but its page 0 is damaged.
    #[error("the file is damaged: page 0 at byte {at}: expected {expected}, found {found}")]
    Header {
        /// The byte of the file.
        at: u64,
        /// What should stand there.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// The file is one of ours and ends before what page 0 proves to have been in it.
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
    /// The file is one of ours, and the commit that page 0 proves to have been in it does not hold.
    #[error("the file is damaged: its last commit @{offset} does not hold: expected {expected}, found {found}")]
    LastCommit {
        /// Where its frame begins.
        offset: u64,
        /// What should stand there.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// The file was written by a newer version of this library.
    #[error("the file is of format version {found}, this program knows versions up to {supported}: use a newer one")]
    NewerVersion {
        /// The file's version.
        found: u32,
        /// The newest version known here.
        supported: u32,
    },
    /// No commit frame holds at this place.
    #[error("no commit @{offset}: expected {expected}, found {found}")]
    Commit {
        /// Where the frame should begin.
        offset: u64,
        /// What should stand there.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// The file has no commit of this sequence number.
    #[error("no commit {sequence}: the last is {last}")]
    NoCommit {
        /// The number asked for.
        sequence: u64,
        /// The number of the last commit; 0 if there is none.
        last: u64,
    },
    /// Another writer has the file open.
    #[error("{}: another writer has it open; any number can read it meanwhile", escape_path(path))]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// A write failed before, so what this writer holds in memory can no longer be trusted. What was committed is safe.
    #[error("an earlier write failed ({reason}): open the file again, its commits are safe")]
    Poisoned {
        /// What failed.
        reason: String,
    },
    /// More than the format allows.
    #[error("{what} of {found}, the most is {most}")]
    Limit {
        /// What it is a limit of.
        what: &'static str,
        /// How much it would be.
        found: u64,
        /// The most there may be.
        most: u64,
    },
    /// The key type orders two keys otherwise than their bytes are ordered, so the tree could not find them again.
    #[error(
        "the key type is not usable: its order and the order of its bytes differ for keys {left} and {right} (hex)"
    )]
    KeyOrder {
        /// The bytes of the key that the type puts first.
        left: String,
        /// The bytes of the other.
        right: String,
    },
    /// Keys that should be strictly ascending are not.
    #[error("record {index}: its key {key} (hex) is not above the key before it")]
    Unsorted {
        /// Which record, counted from 0.
        index: u64,
        /// The bytes of its key.
        key: String,
    },
    /// There is something where a new file was to be written.
    #[error("{}: it exists already, name a new file", escape_path(path))]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A tree that should be empty is not.
    #[error("{}: it holds a tree already", escape_path(path))]
    NotEmpty {
        /// The file.
        path: PathBuf,
    },
    /// The file holds other types than those that a typed tree asks for.
    #[error(
        "{}: it holds {noted}, and {asked} was asked for: {differs}; open it with the types that it holds, or with \
         Options::check_types off, which reads its bytes as the types asked for, whatever they are",
        path.display()
    )]
    OtherTypes {
        /// The file.
        path: PathBuf,
        /// What it says that it holds.
        noted: String,
        /// What was asked for.
        asked: String,
        /// In what the two differ.
        differs: String,
    },
    /// The bytes of a key are none of the key type.
    #[error("the key {key} (hex) is no {expected}")]
    Key {
        /// The bytes.
        key: String,
        /// What they should be.
        expected: &'static str,
    },
    /// A value could not be encoded, or its bytes are none of the value type.
    #[error("the value cannot be {doing}: {reason}")]
    Value {
        /// Encoded or decoded.
        doing: &'static str,
        /// What postcard said.
        reason: String,
    },
    /// A tree in a temporary file or in memory has no path to open again.
    #[error("this tree cannot be opened for writing: it has no path")]
    NoPath,
    /// A thread panicked while it held the tree, as a key's or value's own code can.
    #[error("the tree is in an unknown state, since its user's code panicked: open it again")]
    Panicked,
}

impl Error {
    /// Whether it says that a file of ours is damaged, so that its last commit cannot be told: [`Error::Header`],
    /// [`Error::CutOff`] or [`Error::LastCommit`]. Nothing is written to such a file. [`TreeFile::of_damaged`] opens older
    /// commits of it.
    ///
    /// [`TreeFile::of_damaged`]: crate::store::TreeFile::of_damaged
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Header { .. } | Self::CutOff { .. } | Self::LastCommit { .. })
    }

    /// For `map_err`: what the system said, and what was being done.
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
