//! The order of keys (I11): within a node, and between the keys on both sides of the link that leads to it.
//!
//! ```text
//!   parent      ... b     d ...       The keys of the child lie strictly between b and d. Two links of one tree stand
//!                     \ /             between different keys, so they never lead to the same node, and a walk that
//!   child              c              checks this reads each node at most once.
//! ```

use std::cmp::Ordering;
use std::ops::Range;

use super::{Codec, Node, NodeError, Records};

/// The number of bytes of a key that an error shows.
const SHOWN: usize = 32;

/// The keys nearest to a subtree on both sides, as the file stores them; `None` at the ends of the tree.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Bounds<'a> {
    pub(crate) low: Option<&'a [u8]>,
    pub(crate) high: Option<&'a [u8]>,
}

impl<'a> Bounds<'a> {
    /// The bounds of the subtree at the end of a path. `path` yields its nodes from the end up to the root, each with
    /// the index of the child that the path goes through. Stops as soon as both bounds are known.
    pub(crate) fn at_end_of(path: impl Iterator<Item = (&'a Node, usize)>) -> Self {
        let mut bounds = Self::default();
        for (node, index) in path {
            bounds.low = bounds.low.or_else(|| node.stored_key(index.checked_sub(1)?));
            bounds.high = bounds.high.or_else(|| node.stored_key(index));
            if bounds.low.is_some() && bounds.high.is_some() {
                break;
            }
        }
        bounds
    }

    /// The bounds of the child at `index` of a node that lies within these.
    pub(crate) fn of_child(self, node: &'a Node, index: usize) -> Self {
        let low = index.checked_sub(1).and_then(|index| node.stored_key(index));
        Self { low: low.or(self.low), high: node.stored_key(index).or(self.high) }
    }

    /// Checks that a node's keys lie within the bounds. A node without keys, or with unknown keys, passes.
    ///
    /// # Errors
    /// [`NodeError::Keys`] if its first or its last key lies outside.
    pub(crate) fn check(self, codec: &Codec, node: &Node) -> Result<(), NodeError> {
        let outside = |key: Option<&[u8]>, bound: Option<&[u8]>, is: Ordering| {
            let (key, bound) = (key?, bound?);
            codec.compare(key, bound).is_some_and(|order| order != is).then(|| (shown(key), shown(bound)))
        };
        let (first, last) =
            (node.stored_key(0), node.key_count().checked_sub(1).and_then(|last| node.stored_key(last)));
        let side = match (outside(first, self.low, Ordering::Greater), outside(last, self.high, Ordering::Less)) {
            (None, None) => return Ok(()),
            (Some((key, bound)), _) => (format!("a key above {bound}, the one before the link"), key),
            (None, Some((key, bound))) => (format!("a key below {bound}, the one after the link"), key),
        };
        Err(NodeError::Keys { offset: node.offset(), expected: side.0, found: side.1 })
    }
}

impl Codec {
    /// Checks that each key of a node is greater than the one before it. A node with unknown keys passes.
    ///
    /// # Errors
    /// [`NodeError::Keys`] in our own files; [`NodeError::Order`] in files of the published dialects, whose keys are in
    /// the order of a type.
    pub(crate) fn check_order(&self, node: &Node) -> Result<(), NodeError> {
        let offset = node.offset();
        if self.dialect == crate::node::dialect::Dialect::Mst1 {
            return node.check_order();
        }
        let mut before: Option<&[u8]> = None;
        for index in 0..node.key_count() {
            let Some(key) = node.stored_key(index) else { break };
            let falls = |before| self.compare(before, key).is_some_and(|order| order != Ordering::Less);
            if before.is_some_and(falls) {
                return Err(NodeError::Order { offset });
            }
            before = Some(key);
        }
        Ok(())
    }
}

impl Node {
    /// In our own files: checks that each key is greater than the one before it.
    ///
    /// # Errors
    /// [`NodeError::Keys`] with the first key that is not.
    pub(crate) fn check_order(&self) -> Result<(), NodeError> {
        if self.rises {
            return Ok(());
        }
        let index = self.first_disorder().unwrap_or_default();
        let key = |index: usize| shown(self.stored_key(index).unwrap_or_default());
        let expected = format!("a key above {}, the one before it", key(index.saturating_sub(1)));
        Err(NodeError::Keys { offset: self.offset(), expected, found: key(index) })
    }

    /// The index of the first key that is not greater than the one before it, as bytes.
    pub(super) fn first_disorder(&self) -> Option<usize> {
        let bytes = self.bytes();
        let key = |range: Range<usize>| bytes.get(range).unwrap_or_default();
        let falls = |left: Range<usize>, right: Range<usize>| key(left) >= key(right);
        let mut later = 1..self.key_count();
        match &self.records {
            // Keys of eight bytes are compared as numbers of the same order.
            Records::Uniform(uniform) if uniform.key_length == 8 => {
                let keys = key(uniform.keys_at..uniform.keys_at + 8 * uniform.count).as_chunks::<8>().0;
                let number = |key: &[u8; 8]| u64::from_be_bytes(*key);
                let falls =
                    keys.iter().zip(keys.iter().skip(1)).position(|(left, right)| number(left) >= number(right));
                falls.map(|before| before + 1)
            }
            Records::Uniform(uniform) => later.find(|index| falls(uniform.key(index - 1), uniform.key(*index))),
            Records::Delimited(spans) => later.find(|index| match (spans.get(index - 1), spans.get(*index)) {
                (Some(left), Some(right)) => falls(left.key(), right.key()),
                _ => false,
            }),
            Records::Keyed { .. } | Records::Opaque { .. } => None,
        }
    }
}

/// A key as errors show it: its first bytes in hex.
fn shown(key: &[u8]) -> String {
    match key.get(..SHOWN).filter(|_| key.len() > SHOWN) {
        Some(start) => format!("the key {}... ({} bytes, hex)", hex::encode(start), key.len()),
        None => format!("the key {} (hex)", hex::encode(key)),
    }
}
