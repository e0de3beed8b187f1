//! How the bytes of a node are told apart: the dialect, and where keys and values end.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Debug;
use std::sync::Arc;

use crate::node::dialect::Dialect;

/// Why no item could be told at some place.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("expected {expected}, found {found} (byte {at})")]
pub struct DelimitError {
    /// The byte that broke it, counted from the start of the item.
    pub at: usize,
    /// What should stand there.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

/// Knows where a stored item ends. Postcard does not say, so a type must.
pub trait Delimit: Debug + Send + Sync {
    /// The length of the item that `bytes` begin with, in bytes.
    ///
    /// # Errors
    /// What was expected and found where the bytes are not such an item.
    fn end(&self, bytes: &[u8]) -> Result<usize, DelimitError>;
}

/// Knows stored keys: where they end, which of their bytes are content, and how they are ordered.
pub trait KeyForm: Delimit {
    /// How many bytes of framing (a length) stand before the content of `stored`.
    fn framing(&self, stored: &[u8]) -> usize;

    /// The order of two stored keys as the writer's type orders them.
    fn compare(&self, left: &[u8], right: &[u8]) -> Ordering;

    /// The key in the form that is common to all dialects, which is how our own files store it: bytes whose order is
    /// the order of the keys.
    fn sort_key<'a>(&self, stored: &'a [u8]) -> Cow<'a, [u8]>;

    /// Whether the common form of every key is its content, the stored bytes without their framing.
    fn sorts_by_content(&self) -> bool;
}

/// Keys and values of known form.
#[derive(Clone, Debug)]
pub struct ItemForms {
    /// The form of the keys.
    pub key: Arc<dyn KeyForm>,
    /// The form of the values. Where it is unknown, values are told apart only in nodes of one record, or of a few short
    /// ones, by trying which ends the node's hash confirms.
    pub value: Option<Arc<dyn Delimit>>,
}

/// What one must know to read a node's bytes.
#[derive(Clone, Debug)]
pub struct Codec {
    /// Which writer's bytes they are.
    pub dialect: Dialect,
    /// The forms of keys and values; without them nodes are read as far as their level, counts and links.
    pub items: Option<ItemForms>,
}

impl Codec {
    /// The codec of this library's own files, which need no types: lengths are stored, and keys are ordered as bytes.
    pub const MST1: Self = Self { dialect: Dialect::Mst1, items: None };

    /// The order of two stored keys; none where the types are unknown.
    pub fn compare(&self, left: &[u8], right: &[u8]) -> Option<Ordering> {
        match (self.dialect, &self.items) {
            (Dialect::Mst1, _) => Some(left.cmp(right)),
            (_, items) => items.as_ref().map(|items| items.key.compare(left, right)),
        }
    }

    /// The part of a stored key that its level and the node hash see.
    pub fn hashed_key<'a>(&self, stored: &'a [u8]) -> &'a [u8] {
        match (self.dialect, &self.items) {
            (Dialect::FileMst02, Some(items)) => stored.get(items.key.framing(stored)..).unwrap_or_default(),
            _ => stored,
        }
    }

    /// A stored key in the form that is common to all dialects, which is how our own files store it: its bytes have the
    /// order of the keys. The stored bytes where the types are unknown.
    pub fn common_key<'a>(&self, stored: &'a [u8]) -> Cow<'a, [u8]> {
        match &self.items {
            Some(items) if self.dialect != Dialect::Mst1 => items.key.sort_key(stored),
            _ => Cow::Borrowed(stored),
        }
    }

    /// Whether keys can be told from what surrounds them.
    pub fn knows_keys(&self) -> bool {
        self.dialect == Dialect::Mst1 || self.items.is_some()
    }

    /// Whether the hash of any node's content can be recomputed.
    pub fn proves_content(&self) -> bool {
        self.dialect == Dialect::Mst1 || self.items.as_ref().is_some_and(|items| items.value.is_some())
    }
}
