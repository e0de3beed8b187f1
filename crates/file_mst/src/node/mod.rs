//! A node and its bytes in each dialect.

mod codec;
pub mod dialect;
mod error;
mod fields;
mod frame;
pub mod hash;
mod hash_input;
mod hashing;
mod image;
pub mod level;
mod linked;
mod mst1;
mod order;
mod published;
mod undelimited;

use std::ops::Range;

pub use codec::{Codec, Delimit, DelimitError, ItemForms, KeyForm};
pub use error::NodeError;
pub use fields::{Field, FieldKind, NodeFields};
pub use frame::{FRAME_PREFIX, Frame, MAX_FRAME};
pub use hash_input::{HashInput, HashInputKind};
pub(crate) use image::{NodeImage, resolved, unhashed_link};
pub(crate) use linked::LinkBudget;
pub(crate) use mst_types::varint::{push_varint, take_varint, varint_length};
pub use mst1::{CHECK_BYTES, MAX_NODE_KEYS};
pub(crate) use mst1::{CHILD_LEVEL, KEY_COUNT, Unhashed};
pub(crate) use order::Bounds;
pub(crate) use published::{CHILD_COUNT, EMPTY_NODE, EMPTY_NODE_BYTES};
pub use published::{Links, Skeleton};

use crate::node::dialect::Dialect;
use crate::node::hash::NodeHash;

/// A reference from a node to the subtree between two of its keys, or before the first, or after the last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// Where the child's frame begins in the file, in bytes.
    pub offset: u64,
    /// The child's hash; [`NodeHash::EMPTY`] if there is nothing between the keys.
    pub hash: NodeHash,
    /// Further facts about the subtree. The links of the published dialects have none.
    pub summary: Option<SubtreeSummary>,
}

/// The facts about a subtree that a link of our own files states besides its hash. They are compared with the child
/// when that is read (I7).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SubtreeSummary {
    /// The level of the child.
    pub level: u8,
    /// The length of the child's frame in the file, its prefix included, in bytes.
    pub length: u32,
    /// The number of records in the child and below it.
    pub records: u64,
}

impl std::fmt::Display for SubtreeSummary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "level {}, {} bytes, {} records", self.level, self.length, self.records)
    }
}

impl Link {
    /// The link to nothing.
    pub const EMPTY: Self = Self { offset: 0, hash: NodeHash::EMPTY, summary: None };

    /// A link with only the place and the hash of the child.
    pub const fn new(offset: u64, hash: NodeHash) -> Self {
        Self { offset, hash, summary: None }
    }

    /// Whether there is nothing between the keys.
    pub fn is_empty(&self) -> bool {
        self.hash.is_empty()
    }
}

/// Where a record stands in the bytes of its node's frame. Kept small, since a node has one for each record: 32 bits
/// are enough for every frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RecordSpan {
    stored_key_at: u32,
    key_at: u32,
    key_end: u32,
    value_at: u32,
    value_end: u32,
}

impl RecordSpan {
    /// The span of a stored key whose hashed part begins at `key_at`; the value is not set yet.
    fn of_key(stored_key: &Range<usize>, key_at: usize) -> Self {
        let (stored_key_at, key_at, key_end) = (narrow(stored_key.start), narrow(key_at), narrow(stored_key.end));
        Self { stored_key_at, key_at, key_end, value_at: 0, value_end: 0 }
    }

    fn set_value(&mut self, value: &Range<usize>) {
        (self.value_at, self.value_end) = (narrow(value.start), narrow(value.end));
    }

    /// The key as the file stores it.
    pub fn stored_key(&self) -> Range<usize> {
        self.stored_key_at as usize..self.key_end as usize
    }

    /// The part of the stored key that the level and the node hash are computed from.
    pub fn key(&self) -> Range<usize> {
        self.key_at as usize..self.key_end as usize
    }

    /// The value as the file stores it.
    pub fn value(&self) -> Range<usize> {
        self.value_at as usize..self.value_end as usize
    }
}

/// Saturates: an offset that does not fit lies after the end of every frame.
fn narrow(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Where a key stands in the bytes of its node's frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeySpan(RecordSpan);

impl KeySpan {
    /// The key as the file stores it.
    pub fn stored_key(&self) -> Range<usize> {
        self.0.stored_key()
    }

    /// The part of the stored key that the level and the node hash are computed from.
    pub fn key(&self) -> Range<usize> {
        self.0.key()
    }
}

/// The keys and values of a node. Exhaustive, so that no form of records is overlooked where they are read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Records {
    /// Where each record stands.
    Delimited(Vec<RecordSpan>),
    /// All keys have one length and all values have one length.
    Uniform(Uniform),
    /// The type of the values is unknown: only the keys are delimited, and the bytes of all values together. No hash
    /// confirms either.
    Keyed {
        /// Where each key stands.
        keys: Vec<KeySpan>,
        /// Where the values stand, one after the other.
        values: Range<usize>,
    },
    /// The types of keys and values are unknown: only their number is known.
    Opaque {
        /// The key count in the node.
        count: usize,
    },
}

impl Records {
    /// The number of records.
    pub fn len(&self) -> usize {
        match self {
            Self::Delimited(spans) => spans.len(),
            Self::Uniform(uniform) => uniform.count,
            Self::Keyed { keys, .. } => keys.len(),
            Self::Opaque { count } => *count,
        }
    }

    /// The number of records here and, as the links state, below `children`; `None` if a link does not count.
    fn and_below(&self, children: &[Link]) -> Option<u64> {
        let mut records = self.len() as u64;
        for link in children.iter().filter(|link| !link.is_empty()) {
            records = records.checked_add(link.summary?.records)?;
        }
        Some(records)
    }

    /// Whether all keys and values are delimited. True if there are no records.
    pub fn are_delimited(&self) -> bool {
        !matches!(self, Self::Keyed { .. } | Self::Opaque { count: 1.. })
    }

    /// Whether there are no records: the node is empty or keyless.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Keys of one length, one after the other, and then values of one length, one after the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Uniform {
    /// The number of records.
    pub count: usize,
    /// Where the first key begins in the frame.
    pub keys_at: usize,
    /// The length of a key, in bytes.
    pub key_length: usize,
    /// Where the first value begins in the frame.
    pub values_at: usize,
    /// The length of a value, in bytes.
    pub value_length: usize,
}

impl Uniform {
    fn key(&self, index: usize) -> Range<usize> {
        let start = self.keys_at + index * self.key_length;
        start..start + self.key_length
    }

    fn value(&self, index: usize) -> Range<usize> {
        let start = self.values_at + index * self.value_length;
        start..start + self.value_length
    }
}

/// A key and its value, as bytes of their node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record<'a> {
    /// The key as the file stores it.
    pub stored_key: &'a [u8],
    /// The part of the key that the level and the node hash are computed from.
    pub key: &'a [u8],
    /// The value as the file stores it.
    pub value: &'a [u8],
}

/// A node as read from a file: its bytes, and where each part stands in them.
///
/// Invariants: every span lies within the frame; there is one child link more than there are records, or there are no
/// links: in an empty node, and in a node of our own files that has no child.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    frame: Frame,
    level: u8,
    records: Records,
    children: Vec<Link>,
    stored_hash: NodeHash,
    hash: Option<NodeHash>,
    /// The number of records in the node and below it, if its links count.
    records_below: Option<u64>,
    /// In our own files: whether each key is greater than the one before it, as bytes.
    rises: bool,
    linked: linked::LinkedChildren,
}

impl Node {
    /// Reads a node from its frame with `codec`, and recomputes its hash if that is possible.
    ///
    /// # Errors
    /// [`NodeError::Malformed`], with the offending byte.
    pub fn parse(frame: Frame, codec: &Codec) -> Result<Self, NodeError> {
        match codec.dialect {
            Dialect::FileMst02 | Dialect::FileMstGit => Self::parse_published(frame, codec),
            Dialect::Mst1 => Self::parse_mst1(frame),
        }
    }

    /// Where the node's frame begins in the file, in bytes.
    pub fn offset(&self) -> u64 {
        self.frame.offset()
    }

    /// The whole frame, length prefix included.
    pub fn bytes(&self) -> &[u8] {
        self.frame.bytes()
    }

    /// The level of the node's keys.
    pub fn level(&self) -> u8 {
        self.level
    }

    /// The keys and values.
    pub fn records(&self) -> &Records {
        &self.records
    }

    /// The number of keys.
    pub fn key_count(&self) -> usize {
        self.records.len()
    }

    /// The record at `index`, counted from 0; `None` past the end or if the records are not
    /// [delimited](Records::are_delimited).
    pub fn record(&self, index: usize) -> Option<Record<'_>> {
        let bytes = self.bytes();
        match &self.records {
            Records::Uniform(uniform) if index < uniform.count => {
                let key = bytes.get(uniform.key(index))?;
                Some(Record { stored_key: key, key, value: bytes.get(uniform.value(index))? })
            }
            Records::Delimited(spans) => {
                let span = spans.get(index)?;
                Some(Record {
                    stored_key: bytes.get(span.stored_key())?,
                    key: bytes.get(span.key())?,
                    value: bytes.get(span.value())?,
                })
            }
            Records::Uniform(_) | Records::Keyed { .. } | Records::Opaque { .. } => None,
        }
    }

    /// The key at `index` as the file stores it; `None` past the end or if the type of the keys is unknown.
    pub fn stored_key(&self, index: usize) -> Option<&[u8]> {
        match &self.records {
            Records::Uniform(uniform) if index < uniform.count => self.bytes().get(uniform.key(index)),
            Records::Delimited(spans) => self.bytes().get(spans.get(index)?.stored_key()),
            Records::Keyed { keys, .. } => self.bytes().get(keys.get(index)?.stored_key()),
            Records::Uniform(_) | Records::Opaque { .. } => None,
        }
    }

    /// The part of the key at `index` that the level and the node hash are computed from; `None` if there is no stored
    /// key.
    pub fn key(&self, index: usize) -> Option<&[u8]> {
        match &self.records {
            Records::Uniform(_) => self.stored_key(index),
            Records::Delimited(spans) => self.bytes().get(spans.get(index)?.key()),
            Records::Keyed { keys, .. } => self.bytes().get(keys.get(index)?.key()),
            Records::Opaque { .. } => None,
        }
    }

    /// The number of records in the node and below it, as its links state; `None` if they do not count.
    pub fn records_below(&self) -> Option<u64> {
        self.records_below
    }

    /// The facts that a link to this node states; `None` if the node's own links do not count records.
    pub fn summary(&self) -> Option<SubtreeSummary> {
        let length = u32::try_from(self.bytes().len()).ok()?;
        Some(SubtreeSummary { level: self.level, length, records: self.records_below()? })
    }

    /// The child links: child `i` stands before key `i`, the last one after the last key. Empty in an empty node, and
    /// in a node of our own files that has no child.
    pub fn children(&self) -> &[Link] {
        &self.children
    }

    /// The hash that the node carries in its own bytes. Our own files store only a check of 8 bytes: if that holds,
    /// this is the recomputed hash, otherwise the 8 bytes followed by zeros.
    pub fn stored_hash(&self) -> NodeHash {
        self.stored_hash
    }

    /// The hash recomputed from what was read; `None` if the records are not [delimited](Records::are_delimited).
    pub fn hash(&self) -> Option<NodeHash> {
        self.hash
    }

    /// Whether the node has neither keys nor children. The published dialects write such a node for an absent child.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.children.is_empty()
    }

    /// Whether the node has a child but no key. No canonical tree has such a node.
    pub fn is_keyless(&self) -> bool {
        self.records.is_empty() && !self.children.is_empty()
    }

    /// The approximate memory use of the node, in bytes.
    pub fn weight(&self) -> usize {
        let spans = match &self.records {
            Records::Delimited(spans) => size_of_val(spans.as_slice()),
            Records::Keyed { keys, .. } => size_of_val(keys.as_slice()),
            Records::Uniform(_) | Records::Opaque { .. } => 0,
        };
        size_of::<Self>() + self.bytes().len() + spans + size_of_val(self.children.as_slice())
    }
}
