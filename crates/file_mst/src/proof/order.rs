//! The order of keys, which a root hash does not tell.

use std::cmp::Ordering;

use crate::node::dialect::Dialect;
use crate::open::Opened;
use mst_types::{DecodeOptions, ItemType, Type, compare};

use super::{ORDER_BYTES, ORDER_TYPED};

/// The order of the keys below a root. It is part of what the one who checks a proof must know of the root: under
/// another order a key would be looked for elsewhere, and not be found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeyOrder {
    /// That of the bytes that are hashed: our own files, and trees of file-mst 0.2 with keys of text or bytes.
    Bytes,
    /// That of the type whose postcard bytes are hashed: all other trees of the published dialects.
    Typed(Type),
}

impl KeyOrder {
    /// The order of the keys of an opened tree. None where their type is not known, and the dialect needs it.
    pub fn of(opened: &Opened) -> Option<Self> {
        let key = opened.typing.key.as_ref();
        match opened.tree.store().codec().dialect {
            Dialect::Mst1 => Some(Self::Bytes),
            Dialect::FileMst02 if key.is_some_and(ItemType::has_length) => Some(Self::Bytes),
            Dialect::FileMst02 | Dialect::FileMstGit => key.map(|key| Self::Typed(key.ty.clone())),
        }
    }

    /// How keys of type `ty` are put into the bytes that are hashed.
    pub fn item_type(&self, ty: Type) -> ItemType {
        match self {
            Self::Bytes => ItemType::ordered(ty),
            Self::Typed(_) => ItemType::postcard(ty),
        }
    }

    /// How two keys compare; none where one of them is not of the type.
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
