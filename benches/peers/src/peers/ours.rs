//! `file_mst`, this project's library.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use ours::diff::{Item, diff};
use ours::{Keep, MerkleSearchTree, Options, ReadOnly, Retain};

use super::{Compare, Differences, Peer, Reader};
use crate::workload::{Key, Value, key};

/// Our tree, with `BUDGET` MB of buffer and as much of cache, and the last `KEPT` commits kept; with the default
/// options if those are 0.
pub(crate) struct Ours<const BUDGET: usize, const KEPT: usize = 0>(MerkleSearchTree<Key, Value>);

fn file(directory: &Path) -> PathBuf {
    directory.join("tree.mst")
}

impl<const BUDGET: usize, const KEPT: usize> Peer for Ours<BUDGET, KEPT> {
    type Reader = ReadOnly<Key, Value>;

    fn open(directory: &Path) -> Result<Self> {
        let mut options = Options { retain: (KEPT > 0).then(|| Retain::last(KEPT)), ..Options::default() };
        if BUDGET > 0 {
            (options.buffer_bytes, options.cache_bytes) = (BUDGET << 20, (BUDGET as u64) << 20);
        }
        Ok(Self(MerkleSearchTree::open_with(file(directory), options)?))
    }

    fn reader(directory: &Path) -> Result<Self::Reader> {
        Ok(ReadOnly::open(file(directory))?)
    }

    fn commit(&mut self, records: impl Iterator<Item = (Key, Value)>) -> Result<()> {
        self.0.insert_many(records)?;
        self.0.flush()?;
        Ok(())
    }

    fn load_sorted(directory: &Path, records: impl Iterator<Item = (Key, Value)>) -> Result<Self> {
        Ok(Self(MerkleSearchTree::from_sorted(file(directory), records)?))
    }

    fn compact(&self, to: &Path) -> Result<()> {
        Ok(self.0.compact(file(to), Keep::Last(1))?)
    }

    fn root(&mut self) -> Result<Option<String>> {
        Ok(Some(self.0.try_root_hash()?.to_string()))
    }
}

impl Reader for ReadOnly<Key, Value> {
    fn gets(&self, ids: &[u32], mut found: impl FnMut(u32, Option<&Value>) -> Result<()>) -> Result<()> {
        ids.iter().try_for_each(|id| found(*id, self.get(&key(*id))?.as_ref()))
    }

    fn scan(&self, mut each: impl FnMut(&Key, &Value)) -> Result<()> {
        for record in self.iter()? {
            let (key, value) = record?;
            each(&key, &value);
        }
        Ok(())
    }
}

/// Two files of this project's format.
pub(crate) struct OursPair([PathBuf; 2]);

impl Compare for OursPair {
    fn of(left: &Path, right: &Path, _: u32, _: &[u32]) -> Result<Self> {
        Ok(Self([file(left), file(right)]))
    }

    fn differences(&mut self) -> Result<Differences> {
        let [left, right] = &self.0;
        let (left, right) = (ReadOnly::<Key, Value>::open(left)?, ReadOnly::<Key, Value>::open(right)?);
        let mut keys = Vec::new();
        for item in diff(left.tree(), right.tree()) {
            match item {
                Item::OnlyLeft(record)
                | Item::OnlyRight(record)
                | Item::Changed(record, _)
                | Item::WithinTolerance(record, _) => {
                    keys.push(record.bytes().key.try_into()?);
                }
                Item::Equal(_) | Item::NotCompared(_) => {}
                Item::Damage(damage) => bail!("{}", damage.error),
            }
        }
        Ok(Differences::Keys(keys))
    }
}
