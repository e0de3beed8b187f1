//! The order of keys, which a root hash does not determine.

use std::cmp::Ordering;

use crate::node::dialect::Dialect;
use crate::open::Opened;
use mst_types::{DecodeOptions, ItemType, Type, compare};

use super::{ORDER_BYTES, ORDER_TYPED};

/// The order of the keys below a root. Exhaustive, since a new order needs a new version of proofs. The checker of a
/// proof must know it together with the root hash: under another order a key would be searched elsewhere, and not be
/// found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeyOrder {
    /// The order of the hashed bytes: our own files, and trees of file-mst 0.2 with keys of text or bytes.
    Bytes,
    /// The order of the type whose postcard bytes are hashed: all other trees of the published dialects.
    Typed(Type),
}

impl KeyOrder {
    /// The order of the keys of an opened tree; `None` if their type is unknown and the dialect needs it.
    pub fn of(opened: &Opened) -> Option<Self> {
        let key = opened.typing.key.as_ref();
        match opened.tree.store().codec().dialect {
            Dialect::Mst1 => Some(Self::Bytes),
            Dialect::FileMst02 if key.is_some_and(ItemType::has_length) => Some(Self::Bytes),
            Dialect::FileMst02 | Dialect::FileMstGit => key.map(|key| Self::Typed(key.ty.clone())),
        }
    }

    /// The encoding of keys of type `ty` into the hashed bytes.
    pub fn item_type(&self, ty: Type) -> ItemType {
        match self {
            Self::Bytes => ItemType::ordered(ty),
            Self::Typed(_) => ItemType::postcard(ty),
        }
    }

    /// The order of two keys; `None` if one of them is not of the type.
    pub(super) fn compare(&self, left: &[u8], right: &[u8]) -> Option<Ordering> {
        match self {
            Self::Bytes => Some(left.cmp(right)),
            Self::Typed(ty) => compare(ty, left, right, &DecodeOptions::default()).ok(),
        }
    }

    pub(super) fn tag(&self) -> u8 {
        match self {
            Self::Bytes => ORDER_BYTES,
            Self::Typed(_) => ORDER_TYPED,
        }
    }
}
