//! Helpers of all integration tests: upstream trees as their manifests list them, and ways to open and list trees.
#![allow(missing_docs, reason = "the names of test helpers say what they do")]

use std::sync::Arc;

use crate::own::{OwnFile, OwnNode};
use crate::published::{Layout, Link, Record};
use crate::upstream;
use file_mst::Damage;
use file_mst::NodeHash;
use file_mst::Tree;
use file_mst::open::{OpenError, OpenOptions, Opened, open};
use file_mst::storage::ReadAt;
use serde_json::Value as Json;

/// A tree of a file in `tests/data/upstream`.
pub struct UpstreamTree {
    pub file: String,
    pub layout: Layout,
    pub offset: u64,
    pub hash: NodeHash,
    /// Not listed for older versions.
    pub records: Option<u64>,
    pub key: String,
    pub value: String,
    /// Whether the file's own root pointer names this tree.
    pub newest: bool,
}

impl UpstreamTree {
    pub fn options(&self) -> OpenOptions {
        OpenOptions { offset: Some(self.offset), hash: Some(self.hash), ..OpenOptions::default() }
    }

    /// `PATH@OFFSET:HASH`.
    pub fn target(&self) -> String {
        format!("{}@{}:{}", upstream::path(&self.file).display(), self.offset, self.hash)
    }
}

pub fn manifest(name: &str) -> Vec<Json> {
    serde_json::from_slice(&upstream::bytes(name)).unwrap()
}

/// Every tree that the manifests list, each version of a file with several included.
pub fn upstream_trees() -> Vec<UpstreamTree> {
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

pub fn upstream_tree(file: &str) -> UpstreamTree {
    upstream_trees().into_iter().find(|tree| tree.file == file && tree.newest).unwrap()
}

/// Options that name a root, for a user who kept the result of `flush()`.
pub fn at(root: Link) -> OpenOptions {
    OpenOptions { offset: Some(root.offset), hash: Some(root.hash.into()), ..OpenOptions::default() }
}

pub fn typed(key: &str, value: &str, options: OpenOptions) -> OpenOptions {
    OpenOptions { key: Some(key.parse().unwrap()), value: Some(value.parse().unwrap()), ..options }
}

pub fn open_bytes(bytes: impl Into<Vec<u8>>, options: &OpenOptions) -> Result<Opened, OpenError> {
    open(Arc::new(bytes.into()), options)
}

pub fn open_with(storage: impl ReadAt + 'static, options: &OpenOptions) -> Result<Opened, OpenError> {
    open(Arc::new(storage), options)
}

/// The result of a walk: records in the independent writer's terms, and the damage between them.
#[derive(Default, Debug)]
pub struct Listing {
    pub records: Vec<Record>,
    pub damage: Vec<Damage>,
}

pub fn list(tree: &Tree) -> Listing {
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
pub fn sound_records(tree: &Tree) -> Vec<Record> {
    let Listing { records, damage } = list(tree);
    assert!(damage.is_empty(), "{damage:?}");
    records
}

/// Pseudorandom numbers, the same on each run.
pub fn scramble(seed: u64) -> u64 {
    u64::from_le_bytes(blake3::hash(&seed.to_le_bytes()).as_bytes()[..8].try_into().unwrap())
}

/// Keys and values.
pub type Records = Vec<(Vec<u8>, Vec<u8>)>;

pub fn records(count: u64) -> Records {
    (0..count).map(|id| (id.to_be_bytes().to_vec(), scramble(id).to_le_bytes().to_vec())).collect()
}

pub fn one_commit(tree: &mut OwnNode) -> OwnFile {
    let mut file = OwnFile::new();
    file.commit(Some(tree), "only");
    file
}

/// The ways to all nodes without children whose parent is of level 1, in key order.
pub fn leaves(tree: &OwnNode) -> Vec<Vec<usize>> {
    fn from(node: &OwnNode, way: &mut Vec<usize>, leaves: &mut Vec<Vec<usize>>) {
        for (index, child) in node.children.iter().enumerate() {
            let Some(child) = child else { continue };
            way.push(index);
            if node.level == 1 && child.records.len() > 3 {
                leaves.push(way.clone());
            }
            from(child, way, leaves);
            way.pop();
        }
    }
    let mut leaves = Vec::new();
    from(tree, &mut Vec::new(), &mut leaves);
    leaves
}

/// The type of [`riddle`].
pub const RIDDLE: &str = "([u8; 3], Vec<Vec<Vec<(String, u64)>>>, [u8; 5])";

/// A value of a type that is not guessed: lists in lists in a list, between bytes without a pattern.
pub fn riddle(id: u64) -> Vec<u8> {
    let texts = |count: u64| (0..count).map(|n| ("x".repeat((id + n) as usize % 7), scramble(id ^ n))).collect();
    let lists = |count: u64| (0..count).map(|n| texts((n + id) % 3)).collect();
    let nested: Vec<Vec<Vec<(String, u64)>>> = (0..id % 4).map(|count| lists(count + id % 3)).collect();
    let noise = blake3::hash(&id.to_le_bytes());
    let noise: [u8; 8] = noise.as_bytes()[..8].try_into().unwrap();
    [&noise[..3], &postcard::to_allocvec(&nested).unwrap(), &noise[3..]].concat()
}
