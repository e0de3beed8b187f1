//! Types as the [`KeyForm`]s and [`Delimit`]ers of nodes.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use super::sort_key::push_sort_key;
use super::{DecodeError, DecodeOptions, Type, compare, decode, measure};
use crate::node::{Delimit, DelimitError, KeyForm};

/// A type that delimits, unframes and orders stored items.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypedForm {
    ty: Type,
    options: DecodeOptions,
}

impl TypedForm {
    /// The form of items of type `ty`. Logical types do not affect the bytes and are dropped.
    pub fn shared(ty: Type) -> Arc<Self> {
        Arc::new(Self { ty: ty.to_wire(), options: DecodeOptions::default() })
    }
}

impl Delimit for TypedForm {
    fn end(&self, bytes: &[u8]) -> Result<usize, DelimitError> {
        measure(&self.ty, bytes, &self.options).map_err(|error| DelimitError {
            at: error.offset(),
            expected: self.ty.to_string(),
            found: error.to_string(),
        })
    }
}

impl KeyForm for TypedForm {
    /// `file-mst` 0.2 implements its keys for `String` and `Vec<u8>`, and hashes them without their length prefix.
    fn framing(&self, stored: &[u8]) -> usize {
        match &self.ty {
            Type::String => stored.len() - stored.len().min(content_len(stored)),
            Type::Vec(item) if **item == Type::U8 => stored.len() - stored.len().min(content_len(stored)),
            _ => 0,
        }
    }

    fn compare(&self, left: &[u8], right: &[u8]) -> Ordering {
        // Keys of a parsed node always decode. Any others are ordered by their bytes, so that the order stays total.
        compare(&self.ty, left, right, &self.options).unwrap_or_else(|_: DecodeError| left.cmp(right))
    }

    fn sort_key<'a>(&self, stored: &'a [u8]) -> Cow<'a, [u8]> {
        if self.sorts_by_content() {
            return Cow::Borrowed(stored.get(self.framing(stored)..).unwrap_or_default());
        }
        let mut bytes = Vec::new();
        // Keys of a parsed node always decode; any others keep their bytes, so that there is always an order.
        match decode(&self.ty, stored, &self.options) {
            Ok(value) if push_sort_key(&self.ty, &value.kind, &mut bytes).is_some() => Cow::Owned(bytes),
            _ => Cow::Borrowed(stored),
        }
    }

    fn sorts_by_content(&self) -> bool {
        self.ty == Type::String || self.ty.is_bytes()
    }
}

fn content_len(stored: &[u8]) -> usize {
    postcard::take_from_bytes::<u64>(stored).map_or(0, |(length, _)| usize::try_from(length).unwrap_or(usize::MAX))
}
