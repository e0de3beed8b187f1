//! Records of a tree as keys and values.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use super::MerkleKey;
use super::snapshot::decoded;
use crate::error::Error;
use crate::tree::{End, Range};

/// Iterator over records in key order, from both ends. It is independent of the tree, which may change meanwhile. Ends
/// after an error.
#[derive(Debug)]
pub struct Iter<K, V> {
    range: Range,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> Iter<K, V> {
    pub(super) fn new(range: Range) -> Self {
        Self { range, types: PhantomData }
    }

    /// The number of records left.
    pub fn remaining(&self) -> u64 {
        self.range.remaining()
    }
}

impl<K: MerkleKey, V: DeserializeOwned> Iter<K, V> {
    fn take_from(&mut self, end: End) -> Option<Result<(K, V), Error>> {
        let taken = self.range.take_from(end, |node, index| node.record(index).map(decoded))?;
        Some(taken.unwrap_or_else(|error| Err(error.into())))
    }
}

impl<K: MerkleKey, V: DeserializeOwned> Iterator for Iter<K, V> {
    type Item = Result<(K, V), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.take_from(End::Front)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }

    /// Skips records without reading them: costs at most `height` nodes, however many are skipped.
    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        self.range.skip_front(n as u64);
        self.next()
    }
}

impl<K: MerkleKey, V: DeserializeOwned> DoubleEndedIterator for Iter<K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.take_from(End::Back)
    }

    fn nth_back(&mut self, n: usize) -> Option<Self::Item> {
        self.range.skip_back(n as u64);
        self.next_back()
    }
}
