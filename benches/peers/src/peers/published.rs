//! The published `file-mst` 0.2.0.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use published::MerkleSearchTree;

use super::{Peer, Reader};
use crate::workload::{Key, Value, key};

/// The published tree. The position of its root is stored beside it, since the file does not contain it.
pub(crate) struct Published {
    tree: MerkleSearchTree<Vec<u8>, Value>,
    root: PathBuf,
}

impl Published {
    fn tree(directory: &Path) -> PathBuf {
        directory.join("tree.mst")
    }
}

impl Peer for Published {
    type Reader = Self;

    fn open(directory: &Path) -> Result<Self> {
        let (tree, root) = (Self::tree(directory), directory.join("root"));
        let tree = match root.exists() {
            false => MerkleSearchTree::open(tree)?,
            true => {
                let bytes = fs::read(&root)?;
                let (offset, hash) = bytes.split_first_chunk().context("the root's place is cut short")?;
                MerkleSearchTree::load_from_root(tree, u64::from_le_bytes(*offset), hash.try_into()?)?
            }
        };
        Ok(Self { tree, root })
    }

    fn reader(directory: &Path) -> Result<Self> {
        Self::open(directory)
    }

    fn commit(&mut self, records: impl Iterator<Item = (Key, Value)>) -> Result<()> {
        for (key, value) in records {
            self.tree.insert(key.to_vec(), value)?;
        }
        let (offset, hash) = self.tree.flush()?;
        Ok(fs::write(&self.root, [&offset.to_le_bytes(), hash.as_slice()].concat())?)
    }
}

impl Reader for Published {
    fn gets(&self, ids: &[u32], mut found: impl FnMut(u32, Option<&Value>) -> Result<()>) -> Result<()> {
        ids.iter().try_for_each(|id| found(*id, self.tree.get(&key(*id).to_vec())?.as_ref()))
    }

    fn scan(&self, _: impl FnMut(&Key, &Value)) -> Result<()> {
        bail!("has no iterator")
    }
}
