//! The in-memory `merkle-search-tree`: keys and 16-byte digests of values, nothing on disk, nothing to read back.

use std::convert::Infallible;
use std::path::Path;

use anyhow::{Context, Result, bail};
use merkle_search_tree::MerkleSearchTree;
use merkle_search_tree::diff::diff;

use super::{Compare, Differences, Peer, Reader};
use crate::workload::{Edition, Key, Value, key, record, value};

/// The tree in memory.
pub(crate) struct Memory(MerkleSearchTree<Key, Value>);

impl Peer for Memory {
    type Reader = Infallible;

    fn open(_: &Path) -> Result<Self> {
        Ok(Self(MerkleSearchTree::default()))
    }

    fn reopen(directory: &Path, count: u32) -> Result<Self> {
        Self::load_sorted(directory, (0..count).map(record))
    }

    fn reader(_: &Path) -> Result<Infallible> {
        bail!("keeps nothing")
    }

    /// A commit is the hash of the root.
    fn commit(&mut self, records: impl Iterator<Item = (Key, Value)>) -> Result<()> {
        for (key, value) in records {
            self.0.upsert(key, &value);
        }
        self.0.root_hash();
        Ok(())
    }

    fn root(&mut self) -> Result<Option<String>> {
        Ok(Some(self.0.root_hash().to_string()))
    }
}

impl Reader for Infallible {
    fn gets(&self, _: &[u32], _: impl FnMut(u32, Option<&Value>) -> Result<()>) -> Result<()> {
        match *self {}
    }

    fn scan(&self, _: impl FnMut(&Key, &Value)) -> Result<()> {
        match *self {}
    }
}

/// Two trees in memory, whose hashes are computed.
pub(crate) struct MemoryPair([Memory; 2]);

impl Compare for MemoryPair {
    fn of(left: &Path, right: &Path, count: u32, changed: &[u32]) -> Result<Self> {
        let mut pair = Self([Memory::reopen(left, count)?, Memory::reopen(right, count)?]);
        pair.0[1].commit(changed.iter().map(|id| (key(*id), value(*id, Edition::Updated))))?;
        Ok(pair)
    }

    /// Finds ranges of keys. The caller must find which keys in them differ, and how.
    fn differences(&mut self) -> Result<Differences> {
        let [left, right] = self.0.each_ref().map(|memory| memory.0.serialise_page_ranges());
        let (left, right) = (left.context("hashes are missing")?, right.context("hashes are missing")?);
        let ranges = diff(left, right);
        Ok(Differences::Ranges(ranges.iter().map(|range| (*range.start(), *range.end())).collect()))
    }
}
