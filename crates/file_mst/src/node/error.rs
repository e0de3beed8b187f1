//! Errors in a node.

use std::io;
use std::sync::Arc;

use super::Extent;
use crate::node::hash::NodeHash;

/// A node could not be read, or is not the node that its parent's link describes. Each variant names the node by the
/// offset of its frame.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// The system could not read the file.
    #[error("cannot read the node @{offset}: {source}")]
    Io {
        /// Where the node begins.
        offset: u64,
        /// The error of the system.
        source: Arc<io::Error>,
    },
    /// The offset lies past the end of the file.
    #[error("no node @{offset}: the file ends at byte {file_len}")]
    PastEnd {
        /// Where the node should begin.
        offset: u64,
        /// The length of the file, in bytes.
        file_len: u64,
    },
    /// The length prefix announces more bytes than there are, or than a node may have. Nothing was allocated for it.
    #[error("no node @{offset}: its length prefix says {length} bytes, but at most {available} can follow")]
    Length {
        /// Where the node should begin.
        offset: u64,
        /// The length in the prefix.
        length: u64,
        /// The number of bytes that the file or the limit leaves.
        available: u64,
    },
    /// The bytes do not have the form of a node.
    #[error("the node @{offset} is malformed at byte {at}: expected {expected}, found {found}")]
    Malformed {
        /// Where the node begins.
        offset: u64,
        /// The offending byte of the file.
        at: u64,
        /// The expected content.
        expected: String,
        /// The content that is there.
        found: String,
    },
    /// The hash recomputed from the bytes is not the one the parent's link (or the user) names.
    #[error("the node @{offset} fails its check: expected hash {expected}, found {found}")]
    Hash {
        /// Where the node begins.
        offset: u64,
        /// The hash in the parent's link.
        expected: NodeHash,
        /// The hash of what was read.
        found: NodeHash,
    },
    /// The check in the node's own bytes does not hold, although its hash is the one in the parent's link: the offsets,
    /// levels, lengths or record counts in its links are damaged (I6).
    #[error("the node @{offset} fails its own check: its links are damaged")]
    Check {
        /// Where the node begins.
        offset: u64,
    },
    /// The node does not have the level, length or record count that its parent's link states (I7).
    #[error("the node @{offset} is not what its link says: expected {expected:?}, found {found:?}")]
    Extent {
        /// Where the node begins.
        offset: u64,
        /// The values in the link.
        expected: Box<Extent>,
        /// The values of the node itself.
        found: Option<Box<Extent>>,
    },
    /// A child's level is not below its parent's (I9).
    #[error("the node @{offset} has level {level}, but its parent's level is {parent_level}: a child's must be lower")]
    Level {
        /// Where the node begins.
        offset: u64,
        /// Its level.
        level: u8,
        /// The level of its parent.
        parent_level: u8,
    },
    /// A key of the node is not greater than the key before it.
    #[error("a key in the node @{offset} is out of order: not above the key before it (is the key type right?)")]
    Order {
        /// Where the node begins.
        offset: u64,
    },
    /// The keys of a node do not rise, or do not lie between the keys on both sides of the link to it (I11).
    #[error("the keys of the node @{offset} are out of place: expected {expected}, found {found}")]
    Keys {
        /// Where the node begins.
        offset: u64,
        /// A description of the expected key.
        expected: String,
        /// The key that is there.
        found: String,
    },
    /// Two links of one tree lead to the same node.
    #[error("a link in the node @{parent} leads to @{offset}, but another link leads there already")]
    Twice {
        /// Where the link leads.
        offset: u64,
        /// The node that holds the link.
        parent: u64,
    },
    /// The node's keys and values, or only its values, cannot be delimited because their types are unknown.
    #[error("the records of the node @{offset} cannot be separated: their types are unknown")]
    TypesUnknown {
        /// Where the node begins.
        offset: u64,
    },
    /// The node's links do not count the records below them: only links of our own files do.
    #[error("the links of the node @{offset} do not count records: the file has a published dialect")]
    Uncounted {
        /// Where the node begins.
        offset: u64,
    },
    /// A link leads back to a node on its own path from the root.
    #[error("a link in the node @{parent} leads back to @{offset}, which is {}", if parent == offset { "the node itself" } else { "above it" })]
    Loop {
        /// Where the link leads.
        offset: u64,
        /// The node that holds the link.
        parent: u64,
    },
}

impl NodeError {
    /// Where the node that the error is about begins, in bytes.
    pub fn offset(&self) -> u64 {
        match self {
            Self::Io { offset, .. }
            | Self::PastEnd { offset, .. }
            | Self::Length { offset, .. }
            | Self::Malformed { offset, .. }
            | Self::Hash { offset, .. }
            | Self::Check { offset }
            | Self::Extent { offset, .. }
            | Self::Level { offset, .. }
            | Self::Order { offset }
            | Self::Keys { offset, .. }
            | Self::Twice { offset, .. }
            | Self::TypesUnknown { offset }
            | Self::Uncounted { offset }
            | Self::Loop { offset, .. } => *offset,
        }
    }
}
