//! What can be wrong with a node.

use std::io;
use std::sync::Arc;

use super::Extent;
use crate::node::hash::NodeHash;

/// Why a node could not be read or is not what its parent says. Each names the node by the offset of its frame.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// The system could not read the file.
    #[error("cannot read the node @{offset}: {source}")]
    Io {
        /// Where the node begins.
        offset: u64,
        /// What the system said.
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
    /// The length prefix promises more bytes than there are, or than a node may have. Nothing was allocated for it.
    #[error("no node @{offset}: its length prefix says {length} bytes, at most {available} can follow")]
    Length {
        /// Where the node should begin.
        offset: u64,
        /// What the prefix says.
        length: u64,
        /// How many bytes the file or the limit leaves.
        available: u64,
    },
    /// The bytes do not have the form of a node.
    #[error("the node @{offset} is malformed at byte {at}: expected {expected}, found {found}")]
    Malformed {
        /// Where the node begins.
        offset: u64,
        /// The byte of the file that broke it.
        at: u64,
        /// What should stand there.
        expected: String,
        /// What stands there.
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
    /// The check in the node's own bytes does not hold, though its content is what the parent means: what its links say
    /// of offsets, levels, lengths or record counts is damaged.
    #[error("the node @{offset} fails its own check: its links are damaged")]
    Check {
        /// Where the node begins.
        offset: u64,
    },
    /// The node is not of the level, length or record count that its parent's link names.
    #[error("the node @{offset} is not what its link says: expected {expected:?}, found {found:?}")]
    Extent {
        /// Where the node begins.
        offset: u64,
        /// What the link says.
        expected: Box<Extent>,
        /// What the node shows.
        found: Option<Box<Extent>>,
    },
    /// A child stands at the level of its parent or above, as no tree has it.
    #[error("the node @{offset} is of level {level}, as a child of a node of level {parent_level} it must be below")]
    Level {
        /// Where the node begins.
        offset: u64,
        /// Its level.
        level: u8,
        /// The level of its parent.
        parent_level: u8,
    },
    /// A key of the node is not above the keys before it.
    #[error("a key in the node @{offset} is out of order: not above the key before it (is the key type right?)")]
    Order {
        /// Where the node begins.
        offset: u64,
    },
    /// The keys of a node do not rise, or do not lie between those on both sides of the link to it.
    #[error("the keys of the node @{offset} are out of place: expected {expected}, found {found}")]
    Keys {
        /// Where the node begins.
        offset: u64,
        /// Which key should stand there.
        expected: String,
        /// Which key stands there.
        found: String,
    },
    /// A link leads to a node to which another link of the same tree leads.
    #[error("a link in the node @{parent} leads to @{offset}, to which another link leads")]
    Twice {
        /// Where the link leads.
        offset: u64,
        /// The node that holds the link.
        parent: u64,
    },
    /// The node's keys and values, or its values, cannot be told apart, since their types are unknown.
    #[error("what the node @{offset} holds cannot be told apart: its types are unknown")]
    TypesUnknown {
        /// Where the node begins.
        offset: u64,
    },
    /// The node's links do not say how many records they lead to, as only those of our own files do.
    #[error("the links of the node @{offset} do not count records: it is of a published dialect")]
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
