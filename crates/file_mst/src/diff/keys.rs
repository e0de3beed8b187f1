//! Makes the keys of two trees comparable, and holds the bounds of the comparison.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Bound;
use std::sync::Arc;

use super::by_value::Items;
use super::item::Side;
use crate::node::dialect::Dialect;
use crate::node::{Codec, Node};
use crate::tree::{NodeRecord, Tree};

/// Converts the keys of one tree to the form that is compared.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    codec: Codec,
    /// If equal bytes of keys have different meanings in the two trees: the side of this one, and the types.
    by_value: Option<(Side, Arc<Items>)>,
    reversed: bool,
    pub(super) bounds: (Bound<Vec<u8>>, Bound<Vec<u8>>),
}

/// Converts a key as `tree` stores it to the form that is common to all dialects, which [`MerkleKey`](crate::MerkleKey)
/// encodes and our own files store. Copies only if the form in the file is another.
pub fn common_key<'a>(tree: &Tree, stored_key: &'a [u8]) -> Cow<'a, [u8]> {
    in_common(tree.store().codec(), stored_key)
}

fn in_common<'a>(codec: &Codec, stored: &'a [u8]) -> Cow<'a, [u8]> {
    codec.common_key(stored)
}

/// Whether equal hashes in two trees mean equal records: both dialects hash the same bytes of a key.
pub(super) fn same_hash_rule(left: &Codec, right: &Codec) -> bool {
    let hashes_common_form = |codec: &Codec| match codec.dialect {
        Dialect::Mst1 => true,
        Dialect::FileMst02 => codec.items.as_ref().is_some_and(|items| items.key.sorts_by_content()),
        Dialect::FileMstGit => false,
    };
    left.dialect == right.dialect || hashes_common_form(left) && hashes_common_form(right)
}

impl Keys {
    pub(super) fn new(codec: Codec) -> Self {
        Self { codec, by_value: None, reversed: false, bounds: (Bound::Unbounded, Bound::Unbounded) }
    }

    /// Makes keys compared by meaning, as those of a side.
    pub(super) fn compare_by_value(&mut self, side: Side, items: Arc<Items>) {
        self.by_value = Some((side, items));
    }

    /// Whether keys are compared by meaning.
    pub(super) fn is_by_value(&self) -> bool {
        self.by_value.is_some()
    }

    /// Whether a stored key decodes as its type; true if keys are not compared by meaning.
    pub(super) fn is_readable(&self, stored: &[u8]) -> bool {
        self.by_value.as_ref().is_none_or(|(side, items)| items.form(*side, stored).is_some())
    }

    /// A stored key in the form that is compared. A key that does not decode as its type keeps its bytes.
    pub(super) fn form<'a>(&self, stored: &'a [u8]) -> Cow<'a, [u8]> {
        let form = self.by_value.as_ref().and_then(|(side, items)| items.form(*side, stored));
        form.map_or_else(|| in_common(&self.codec, stored), Cow::Owned)
    }

    pub(super) fn reverse(&mut self) {
        self.reversed = true;
    }

    pub(super) fn reversed(&self) -> bool {
        self.reversed
    }

    pub(super) fn is_unbounded(&self) -> bool {
        matches!(self.bounds, (Bound::Unbounded, Bound::Unbounded))
    }

    /// A record's key in the form that is compared.
    pub(super) fn of<'a>(&self, record: &'a NodeRecord) -> Cow<'a, [u8]> {
        self.form(record.bytes().stored_key)
    }

    /// The key at `index` of `node` in the form that is compared.
    pub(super) fn at<'a>(&self, node: &'a Node, index: usize) -> Option<Cow<'a, [u8]>> {
        node.stored_key(index).map(|stored| self.form(stored))
    }

    /// The order of two keys in the direction of travel.
    pub(super) fn travel(&self, left: &[u8], right: &[u8]) -> Ordering {
        if self.reversed { right.cmp(left) } else { left.cmp(right) }
    }

    /// The index of `key` in `node`, or as an error the index that it would have. Costs a binary search.
    pub(super) fn place(&self, node: &Node, key: &[u8]) -> Result<usize, usize> {
        let (mut low, mut high) = (0, node.key_count());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.at(node, middle).map(|found| (*found).cmp(key)) {
                Some(Ordering::Equal) => return Ok(middle),
                Some(Ordering::Greater) => high = middle,
                Some(Ordering::Less) | None => low = middle + 1,
            }
        }
        Err(low)
    }
}
