//! The order of encoded values.

use std::cmp::Ordering;
use std::ops::Range;

use crate::postcard_bytes::decode_error::DecodeError;
use crate::postcard_bytes::options::DecodeOptions;
use crate::postcard_bytes::reader::Leaf;
use crate::postcard_bytes::walk::{Event, Open, Walk};
use crate::types::ty::Type;

/// Compares two encoded values in the order of Rust's derived `Ord`: numbers by value (floats by `total_cmp`); text,
/// bytes and lists lexicographically; `None` before `Some`; structs and tuples part by part; variants by number and
/// then by payload; maps as their entries sorted by key.
///
/// Both are read in step and only as far as they are equal, so nothing after the first difference is checked.
///
/// Only types with parts allocate. A map inside a map's key is sorted again on every comparison of that key, so the
/// cost grows exponentially with maps nested in keys: such types should not come from untrusted files.
///
/// # Errors
/// Either slice is not a value of the type, or exceeds the limits, before the first difference; the error does not say
/// which slice.
pub fn compare(ty: &Type, a: &[u8], b: &[u8], options: &DecodeOptions) -> Result<Ordering, DecodeError> {
    let mut left = Walk::new(ty, a, options);
    let mut right = Walk::new(ty, b, options);
    while !left.is_done() {
        let order = match (left.next()?, right.next()?) {
            (Event::Leaf(x, _), Event::Leaf(y, _)) => leaf_order(x, y),
            (Event::Open(Open::Map { entries: m, key, value }), Event::Open(Open::Map { entries: n, .. })) => {
                let x = Entries::read(&mut left, a, m, key, options)?;
                let y = Entries::read(&mut right, b, n, key, options)?;
                x.order(&y, key, value, options)?
            }
            (Event::Open(Open::Variant(x, _)), Event::Open(Open::Variant(y, _))) => x.cmp(&y),
            (Event::Open(_), Event::Open(_)) | (Event::Close, Event::Close) => Ordering::Equal,
            // A list that ends, or an option that is `None`, comes before one that goes on.
            (Event::Close, _) | (Event::Leaf(..), Event::Open(_)) => Ordering::Less,
            (_, Event::Close) | (Event::Open(_), Event::Leaf(..)) => Ordering::Greater,
        };
        if order.is_ne() {
            return Ok(order);
        }
    }
    left.finish()?;
    right.finish()?;
    Ok(Ordering::Equal)
}

fn leaf_order(a: Leaf<'_>, b: Leaf<'_>) -> Ordering {
    match (a, b) {
        (Leaf::Bool(a), Leaf::Bool(b)) => a.cmp(&b),
        (Leaf::Uint(a), Leaf::Uint(b)) => a.cmp(&b),
        (Leaf::Int(a), Leaf::Int(b)) => a.cmp(&b),
        (Leaf::F32(a), Leaf::F32(b)) => a.total_cmp(&b),
        (Leaf::F64(a), Leaf::F64(b)) => a.total_cmp(&b),
        (Leaf::Char(a), Leaf::Char(b)) => a.cmp(&b),
        (Leaf::Str(a), Leaf::Str(b)) => a.cmp(b),
        (Leaf::Bytes(a), Leaf::Bytes(b)) => a.cmp(b),
        // Text that is not UTF-8 was accepted as bytes; text is ordered by its bytes anyway.
        (Leaf::Str(a), Leaf::Bytes(b)) => a.as_bytes().cmp(b),
        (Leaf::Bytes(a), Leaf::Str(b)) => a.cmp(b.as_bytes()),
        // The same for a char.
        (Leaf::Char(a), Leaf::Bytes(b)) => a.encode_utf8(&mut [0; 4]).as_bytes().cmp(b),
        (Leaf::Bytes(a), Leaf::Char(b)) => a.cmp(b.encode_utf8(&mut [0; 4]).as_bytes()),
        // Both sides have one type, so only units and nones are left.
        _ => Ordering::Equal,
    }
}

/// The entries of an encoded map, sorted by key.
struct Entries<'b> {
    bytes: &'b [u8],
    /// The bytes of each key and its value.
    spans: Vec<(Range<usize>, Range<usize>)>,
}

impl<'b> Entries<'b> {
    /// Reads the entries of the map that the walk has just opened.
    fn read(
        walk: &mut Walk<'_, 'b>,
        bytes: &'b [u8],
        count: u64,
        key: &Type,
        options: &DecodeOptions,
    ) -> Result<Self, DecodeError> {
        let mut spans = Vec::new();
        for _ in 0..count {
            spans.push((walk.skip()?, walk.skip()?));
        }
        let mut entries = Self { bytes, spans };
        let mut failed = None;
        let mut spans = std::mem::take(&mut entries.spans);
        spans.sort_by(|(a, _), (b, _)| {
            // The keys were just read by the same rules, so this does not fail.
            compare(key, entries.part(a), entries.part(b), options).unwrap_or_else(|error| {
                failed.get_or_insert(error);
                Ordering::Equal
            })
        });
        entries.spans = spans;
        failed.map_or(Ok(entries), Err)
    }

    fn part(&self, span: &Range<usize>) -> &'b [u8] {
        self.bytes.get(span.clone()).unwrap_or_default()
    }

    fn order(&self, other: &Self, key: &Type, value: &Type, options: &DecodeOptions) -> Result<Ordering, DecodeError> {
        for (a, b) in self.spans.iter().zip(&other.spans) {
            for (ty, a, b) in [(key, &a.0, &b.0), (value, &a.1, &b.1)] {
                let order = compare(ty, self.part(a), other.part(b), options)?;
                if order.is_ne() {
                    return Ok(order);
                }
            }
        }
        Ok(self.spans.len().cmp(&other.spans.len()))
    }
}
