//! The peers: one file each, behind one trait.

mod lmdb;
mod memory;
mod ours;
mod published;
mod redb;

use std::cmp::Ordering;
use std::path::Path;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::workload::{Key, Value};

pub(crate) use lmdb::{Lmdb, LmdbPair};
pub(crate) use memory::{Memory, MemoryPair};
pub(crate) use ours::{Ours, OursPair};
pub(crate) use published::Published;
pub(crate) use redb::{Redb, RedbPair};

/// A store of records, opened for writing.
pub(crate) trait Peer: Sized {
    /// The same store, opened for reading.
    type Reader: Reader;

    /// Opens the store in `directory`, which is empty or holds an earlier store of this kind.
    fn open(directory: &Path) -> Result<Self>;

    /// Opens a store that has the first `count` records. A store that keeps nothing builds it again.
    fn reopen(directory: &Path, _count: u32) -> Result<Self> {
        Self::open(directory)
    }

    /// Opens it for reading.
    fn reader(directory: &Path) -> Result<Self::Reader>;

    /// Sets records, and commits: as safely as the store can.
    fn commit(&mut self, records: impl Iterator<Item = (Key, Value)>) -> Result<()>;

    /// Makes a store of records in key order, and commits.
    fn load_sorted(directory: &Path, records: impl Iterator<Item = (Key, Value)>) -> Result<Self> {
        let mut store = Self::open(directory)?;
        store.commit(records)?;
        Ok(store)
    }

    /// Writes the last commit to a new store in `to`.
    fn compact(&self, _to: &Path) -> Result<()> {
        bail!("does not compact")
    }

    /// The hash of all records, if it does not depend on the order of the inserts.
    fn root(&mut self) -> Result<Option<String>> {
        Ok(None)
    }
}

/// A store of records, opened for reading.
pub(crate) trait Reader {
    /// Looks up keys one after the other, in one transaction if the store has them, and passes on the results.
    fn gets(&self, ids: &[u32], found: impl FnMut(u32, Option<&Value>) -> Result<()>) -> Result<()>;

    /// Passes on all records in key order.
    fn scan(&self, each: impl FnMut(&Key, &Value)) -> Result<()>;
}

/// The result of a comparison.
pub(crate) enum Differences {
    /// Exactly these keys.
    Keys(Vec<Key>),
    /// Keys within these ranges: first and last key.
    Ranges(Vec<(Key, Key)>),
}

/// Two stores that can be compared.
pub(crate) trait Compare: Sized {
    /// The stores in two directories, not opened yet. The second one has new values for `changed`. A store that
    /// keeps nothing builds both, of `count` records.
    fn of(left: &Path, right: &Path, count: u32, changed: &[u32]) -> Result<Self>;

    /// Opens both and finds what differs.
    fn differences(&mut self) -> Result<Differences>;
}

/// The keys of the records in which two stores differ, found by reading both to their ends: a store without
/// hashes has no other way.
fn merge<K: AsRef<[u8]>, V: PartialEq>(
    mut left: impl Iterator<Item = Result<(K, V)>>,
    mut right: impl Iterator<Item = Result<(K, V)>>,
) -> Result<Differences> {
    let (mut a, mut b) = (left.next().transpose()?, right.next().transpose()?);
    let mut keys = Vec::new();
    loop {
        let order = match (&a, &b) {
            (None, None) => return Ok(Differences::Keys(keys)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((left, _)), Some((right, _))) => left.as_ref().cmp(right.as_ref()),
        };
        let differs = order.is_ne() || a.as_ref().map(|(_, value)| value) != b.as_ref().map(|(_, value)| value);
        let lower = if order.is_le() { &a } else { &b };
        if let Some((key, _)) = lower.as_ref().filter(|_| differs) {
            keys.push(key.as_ref().try_into()?);
        }
        if order.is_le() {
            a = left.next().transpose()?;
        }
        if order.is_ge() {
            b = right.next().transpose()?;
        }
    }
}

/// The peers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PeerName {
    Ours,
    OursSmall,
    OursRetain,
    Lmdb,
    LmdbAppend,
    Redb,
    Memory,
    Published,
}

impl PeerName {
    /// All peers; the slow one last.
    pub(crate) const ALL: [Self; 8] = [
        Self::Ours,
        Self::OursSmall,
        Self::OursRetain,
        Self::Lmdb,
        Self::LmdbAppend,
        Self::Redb,
        Self::Memory,
        Self::Published,
    ];

    /// The name on the command line and of the directory.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::OursSmall => "ours-small",
            Self::OursRetain => "ours-retain",
            Self::Lmdb => "lmdb",
            Self::LmdbAppend => "lmdb-append",
            Self::Redb => "redb",
            Self::Memory => "memory",
            Self::Published => "published",
        }
    }

    /// The peer of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|peer| peer.name() == name)
    }

    /// The name in tables.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Ours => "**ours**",
            Self::OursSmall => "ours, 16 + 16 MB budget",
            Self::OursRetain => "ours, the last commit kept",
            Self::Lmdb => "LMDB (heed 0.23.1)",
            Self::LmdbAppend => "LMDB, append flag",
            Self::Redb => "redb 4.4.0",
            Self::Memory => "merkle-search-tree 0.8.0 (memory)",
            Self::Published => "file-mst 0.2.0 (published)",
        }
    }

    /// Whether the peer has this case.
    pub(crate) fn offers(self, case: Case) -> bool {
        match (self, case) {
            (Self::Ours, _) => true,
            (_, Case::Compact) => false,
            (Self::OursSmall, case) => case == Case::Random,
            (Self::OursRetain, case) => case == Case::Commits,
            (Self::LmdbAppend, case) => case == Case::Sorted,
            // Only there for the comparison with the published crate.
            (Self::Lmdb | Self::Redb, case) => case != Case::CommitsShort,
            // It contains no values, and stores nothing.
            (Self::Memory, case) => !matches!(case, Case::Open | Case::Gets | Case::Scan | Case::CommitsShort),
            // No iterator and no diff; and a million records take 100 s and 8 GB of memory.
            (Self::Published, Case::Scan | Case::Diff100 | Case::Diff1000 | Case::Commits) => false,
            (Self::Published, _) => true,
        }
    }
}
