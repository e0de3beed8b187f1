//! What it takes to split a node's bytes: the dialect, and the forms of keys and values.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Debug;
use std::sync::Arc;

use crate::node::dialect::Dialect;

/// The bytes at some place are not the item that was expected there.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("expected {expected}, found {found} (byte {at})")]
pub struct DelimitError {
    /// The offending byte, counted from the start of the item.
    pub at: usize,
    /// The expected content.
    pub expected: String,
    /// The content that is there.
    pub found: String,
}

/// Finds the end of a stored item. Postcard does not delimit its values, so the type has to.
pub trait Delimit: Debug + Send + Sync {
    /// The length of the item that `bytes` begin with, in bytes.
    ///
    /// # Errors
    /// [`DelimitError`] if the bytes do not begin with such an item.
    fn end(&self, bytes: &[u8]) -> Result<usize, DelimitError>;
}

/// Describes stored keys: where they end, which of their bytes are content, and how they are ordered.
pub trait KeyForm: Delimit {
    /// The number of bytes of framing (a length prefix) before the content of `stored`.
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
    /// The form of the values. If it is unknown, values can be delimited only in nodes with one record or a few short
    /// ones, by searching for the ends that the node's hash confirms.
    pub value: Option<Arc<dyn Delimit>>,
}

/// Everything needed to read a node's bytes.
#[derive(Clone, Debug)]
pub struct Codec {
    /// The dialect of the file.
    pub dialect: Dialect,
    /// The forms of keys and values. Without them only the level, the counts and the links of a node are read.
    pub items: Option<ItemForms>,
}

impl Codec {
    /// The codec of `mst 1` files, which need no types: lengths are stored, and keys are ordered as bytes.
    pub const MST1: Self = Self { dialect: Dialect::Mst1, items: None };

    /// The order of two stored keys; `None` if the types are unknown.
    pub fn compare(&self, left: &[u8], right: &[u8]) -> Option<Ordering> {
        match (self.dialect, &self.items) {
            (Dialect::Mst1, _) => Some(left.cmp(right)),
            (_, items) => items.as_ref().map(|items| items.key.compare(left, right)),
        }
    }

    /// The part of a stored key that its level and the node hash are computed from.
    pub fn hashed_key<'a>(&self, stored: &'a [u8]) -> &'a [u8] {
        match (self.dialect, &self.items) {
            (Dialect::FileMst02, Some(items)) => stored.get(items.key.framing(stored)..).unwrap_or_default(),
            _ => stored,
        }
    }

    /// A stored key in the form that is common to all dialects, which is how our own files store it: its bytes have the
    /// order of the keys. If the types are unknown, the stored bytes are returned.
    pub fn common_key<'a>(&self, stored: &'a [u8]) -> Cow<'a, [u8]> {
        match &self.items {
            Some(items) if self.dialect != Dialect::Mst1 => items.key.sort_key(stored),
            _ => Cow::Borrowed(stored),
        }
    }

    /// Whether keys can be delimited.
    pub fn knows_keys(&self) -> bool {
        self.dialect == Dialect::Mst1 || self.items.is_some()
    }

    /// Whether the hash of every node can be recomputed from its content.
    pub fn proves_content(&self) -> bool {
        self.dialect == Dialect::Mst1 || self.items.as_ref().is_some_and(|items| items.value.is_some())
    }
}
