//! Types as the [`KeyForm`]s and [`Delimit`]ers of nodes.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use mst_types::{DecodeError, DecodeOptions, Type, compare, decode, measure, push_sort_key};

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

#[cfg(test)]
mod tests {
    use mst_types::MerkleKey;

    use super::*;

    fn of(ty: &str, stored: &[u8]) -> Vec<u8> {
        TypedForm::shared(ty.parse().unwrap()).sort_key(stored).into_owned()
    }

    #[test]
    fn keys_come_out_as_our_own_files_store_them() {
        let stored = |key: &(u16, String, i64)| postcard::to_allocvec(key).unwrap();
        for key in [(7_u16, "a\0b".to_owned(), -3_i64), (300, String::new(), 5)] {
            assert_eq!(of("(u16, String, i64)", &stored(&key)), key.encode().into_owned());
        }
        assert_eq!(of("u64", &postcard::to_allocvec(&300_u64).unwrap()), 300_u64.encode().into_owned());
        assert_eq!(of("i32", &postcard::to_allocvec(&-300_i32).unwrap()), (-300_i32).encode().into_owned());
        assert_eq!(of("char", &postcard::to_allocvec(&'ß').unwrap()), 'ß'.encode().into_owned());
        assert_eq!(of("String", b"\x02hi"), b"hi");
        assert_eq!(of("[u8; 2]", b"hi"), b"hi");
    }

    #[test]
    fn the_order_of_the_bytes_is_that_of_the_values() {
        let ty = "(Option<i16>, Vec<String>, f64)";
        let form = TypedForm::shared(ty.parse().unwrap());
        let options = [None, Some(-300_i16), Some(-1), Some(0), Some(2)];
        let lists: [&[&str]; 5] = [&[], &[""], &["", "a"], &["a"], &["a\0"]];
        let floats = [f64::NEG_INFINITY, -1.5, -0.0, 0.0, 2.5];
        let mut keys = Vec::new();
        for option in options {
            for list in lists {
                for float in floats {
                    keys.push(postcard::to_allocvec(&(option, list, float)).unwrap());
                }
            }
        }
        for left in &keys {
            for right in &keys {
                assert_eq!(form.sort_key(left).cmp(&form.sort_key(right)), form.compare(left, right));
            }
        }
    }
}
