//! A node and its bytes in each dialect.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod codec;
mod error;
mod frame;
mod published;

use std::ops::Range;

pub use codec::{Codec, Delimit, DelimitError, ItemForms, KeyForm};
pub use error::NodeError;
pub use frame::{FRAME_PREFIX, Frame, MAX_FRAME};
pub use published::{Links, Skeleton};

use crate::hash::NodeHash;

/// A reference from a node to the subtree between two of its keys, or before the first, or after the last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// Where the child's frame begins in the file, in bytes.
    pub offset: u64,
    /// The child's hash; [`NodeHash::EMPTY`] where there is nothing between the keys.
    pub hash: NodeHash,
}

impl Link {
    /// Whether there is nothing between the keys.
    pub fn is_empty(&self) -> bool {
        self.hash.is_empty()
    }
}

/// Where a record stands in the bytes of its node's frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordSpan {
    /// The key as the file stores it.
    pub stored_key: Range<usize>,
    /// The part of the stored key that the level and the node hash see.
    pub key: Range<usize>,
    /// The value as the file stores it.
    pub value: Range<usize>,
}

/// The keys and values of a node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Records {
    /// Where each record stands.
    Delimited(Vec<RecordSpan>),
    /// The types of keys and values are not known, so only their number is.
    Opaque {
        /// How many keys the node says it has.
        count: usize,
    },
}

impl Records {
    /// How many records there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Delimited(spans) => spans.len(),
            Self::Opaque { count } => *count,
        }
    }

    /// Whether there are none: the node is empty or keyless.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A key and its value, as bytes of their node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Record<'a> {
    /// The key as the file stores it.
    pub stored_key: &'a [u8],
    /// The bytes of the key that the level and the node hash see.
    pub key: &'a [u8],
    /// The value as the file stores it.
    pub value: &'a [u8],
}

/// A node as read from a file: its bytes, and where everything stands in them.
///
/// Invariants: every span lies within the frame; there is one child link more than there are records, or neither
/// links nor records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    frame: Frame,
    level: u8,
    records: Records,
    children: Vec<Link>,
    stored_hash: NodeHash,
    hash: Option<NodeHash>,
}

impl Node {
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

    /// How many keys there are.
    pub fn key_count(&self) -> usize {
        self.records.len()
    }

    /// The record at `index`, counted from 0; none past the end or where the types are unknown.
    pub fn record(&self, index: usize) -> Option<Record<'_>> {
        let Records::Delimited(spans) = &self.records else { return None };
        let span = spans.get(index)?;
        let bytes = self.bytes();
        Some(Record {
            stored_key: bytes.get(span.stored_key.clone())?,
            key: bytes.get(span.key.clone())?,
            value: bytes.get(span.value.clone())?,
        })
    }

    /// The child links: child `i` stands before key `i`, the last one after the last key. None at all in an empty node.
    pub fn children(&self) -> &[Link] {
        &self.children
    }

    /// The hash that the node carries in its own bytes.
    pub fn stored_hash(&self) -> NodeHash {
        self.stored_hash
    }

    /// The hash recomputed from what was read; none where the types are unknown.
    pub fn hash(&self) -> Option<NodeHash> {
        self.hash
    }

    /// Whether the node has neither keys nor children: how the published dialects write an absent child.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.children.is_empty()
    }

    /// Whether the node has a child but no key. No canonical tree has such a node.
    pub fn is_keyless(&self) -> bool {
        self.records.is_empty() && !self.children.is_empty()
    }

    /// Roughly how much memory the node takes, in bytes.
    pub fn weight(&self) -> usize {
        let spans = match &self.records {
            Records::Delimited(spans) => size_of_val(spans.as_slice()),
            Records::Opaque { .. } => 0,
        };
        size_of::<Self>() + self.bytes().len() + spans + size_of_val(self.children.as_slice())
    }
}
