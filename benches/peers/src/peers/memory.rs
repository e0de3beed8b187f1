//! The in-memory `merkle-search-tree`: keys and 16-byte digests of values, nothing on disk, nothing to read back.

use std::convert::Infallible;
use std::path::Path;

use anyhow::{Result, bail};
use merkle_search_tree::MerkleSearchTree;

use super::{Peer, Reader};
use crate::workload::{Key, Value, record};

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
