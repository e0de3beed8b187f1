//! Helpers of all integration tests: upstream trees as their manifests list them, and ways to open and list trees.
#![allow(dead_code)] // Each test binary uses a different part.

pub(crate) mod damages;

#[cfg(feature = "tui")]
pub(crate) mod program;

use std::sync::Arc;

use file_mst::hash::NodeHash;
use file_mst::open::{OpenError, OpenOptions, Opened, open};
use file_mst::storage::ReadAt;
use file_mst::tree::Tree;
use file_mst::walk::Damage;
use mst_test_support::published::{Layout, Link, Record};
use mst_test_support::upstream;
use serde_json::Value as Json;

/// A tree of a file in `tests/data/upstream`.
pub(crate) struct UpstreamTree {
    pub(crate) file: String,
    pub(crate) layout: Layout,
    pub(crate) offset: u64,
    pub(crate) hash: NodeHash,
    /// Not listed for older versions.
    pub(crate) records: Option<u64>,
    pub(crate) key: String,
    pub(crate) value: String,
    /// Whether the file's own root pointer names this tree.
    pub(crate) newest: bool,
}

impl UpstreamTree {
    pub(crate) fn options(&self) -> OpenOptions {
        OpenOptions { offset: Some(self.offset), hash: Some(self.hash), ..OpenOptions::default() }
    }

    /// `PATH@OFFSET:HASH`.
    pub(crate) fn target(&self) -> String {
        format!("{}@{}:{}", upstream::path(&self.file).display(), self.offset, self.hash)
    }
}

pub(crate) fn manifest(name: &str) -> Vec<Json> {
    serde_json::from_slice(&upstream::bytes(name)).unwrap()
}

/// Every tree that the manifests list, each version of a file with several included.
pub(crate) fn upstream_trees() -> Vec<UpstreamTree> {
    let text = |entry: &Json, name: &str| entry[name].as_str().unwrap().to_owned();
    let mut trees = Vec::new();
    for (name, layout) in [("manifest.json", Layout::V0_2), ("manifest-head.json", Layout::Git)] {
        for entry in manifest(name) {
            let own = [entry.clone()];
            for version in entry["versions"].as_array().map_or(own.as_slice(), Vec::as_slice) {
                trees.push(UpstreamTree {
                    file: text(&entry, "file"),
                    layout,
                    offset: version["offset"].as_u64().unwrap(),
                    hash: text(version, "hash").parse().unwrap(),
                    records: version["records"].as_u64(),
                    key: text(&entry, "key"),
                    value: text(&entry, "value"),
                    newest: version["offset"] == entry["offset"],
                });
            }
        }
    }
    trees
}

pub(crate) fn upstream_tree(file: &str) -> UpstreamTree {
    upstream_trees().into_iter().find(|tree| tree.file == file && tree.newest).unwrap()
}

/// Options that name a root, for a user who kept the result of `flush()`.
pub(crate) fn at(root: Link) -> OpenOptions {
    OpenOptions { offset: Some(root.offset), hash: Some(root.hash.into()), ..OpenOptions::default() }
}

pub(crate) fn typed(key: &str, value: &str, options: OpenOptions) -> OpenOptions {
    OpenOptions { key: Some(key.parse().unwrap()), value: Some(value.parse().unwrap()), ..options }
}

pub(crate) fn open_bytes(bytes: impl Into<Vec<u8>>, options: &OpenOptions) -> Result<Opened, OpenError> {
    open(Arc::new(bytes.into()), options)
}

pub(crate) fn open_with(storage: impl ReadAt + 'static, options: &OpenOptions) -> Result<Opened, OpenError> {
    open(Arc::new(storage), options)
}

/// The result of a walk: records in the independent writer's terms, and the damage between them.
#[derive(Default, Debug)]
pub(crate) struct Listing {
    pub(crate) records: Vec<Record>,
    pub(crate) damage: Vec<Damage>,
}

pub(crate) fn list(tree: &Tree) -> Listing {
    let mut listing = Listing::default();
    for found in tree.walk().records() {
        match found {
            Ok(record) => {
                let bytes = record.bytes();
                listing.records.push(Record {
                    key_stored: bytes.stored_key.to_vec(),
                    key_hashed: bytes.key.to_vec(),
                    value: bytes.value.to_vec(),
                });
            }
            Err(damage) => listing.damage.push(damage),
        }
    }
    listing
}

/// The records of a tree that must be whole.
pub(crate) fn sound_records(tree: &Tree) -> Vec<Record> {
    let Listing { records, damage } = list(tree);
    assert!(damage.is_empty(), "{damage:?}");
    records
}

/// Pseudorandom numbers, the same on each run.
pub(crate) fn scramble(seed: u64) -> u64 {
    u64::from_le_bytes(blake3::hash(&seed.to_le_bytes()).as_bytes()[..8].try_into().unwrap())
}
