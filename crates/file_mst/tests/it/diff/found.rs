//! Helpers of the diff tests: trees in memory, the result of a diff as plain data, and a naive oracle.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::sync::{Arc, Mutex};

use file_mst::NodeHash;
use file_mst::Tree;
use file_mst::diff::{Counts, Diff, Drift, Item, diff};
use file_mst::inspect::walk::Step;
use file_mst::storage::{ReadAt, WriteAt};
use file_mst::{MerkleSearchTree, Options};

pub(crate) type Model = BTreeMap<Vec<u8>, Vec<u8>>;
pub(crate) type Map = MerkleSearchTree<Vec<u8>, Vec<u8>>;

/// A file in memory.
#[derive(Default)]
pub(crate) struct Memory(Mutex<Vec<u8>>);

impl Memory {
    pub(crate) fn of(bytes: Vec<u8>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(bytes)))
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl ReadAt for Memory {
    fn len(&self) -> io::Result<u64> {
        ReadAt::len(&*self.0.lock().unwrap())
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.0.lock().unwrap().read_at(offset, buf)
    }
}

impl WriteAt for Memory {
    fn write_all_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.0.lock().unwrap();
        let end = offset as usize + bytes.len();
        if file.len() < end {
            file.resize(end, 0);
        }
        file[offset as usize..end].copy_from_slice(bytes);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.lock().unwrap().resize(len as usize, 0);
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

/// A tree in this project's format with these records, in memory, and its file.
pub(crate) fn build(model: &Model) -> (Tree, Arc<Memory>) {
    let memory = Arc::new(Memory::default());
    let mut map = Map::on_storage(Arc::clone(&memory) as Arc<dyn WriteAt>, Options::default()).unwrap();
    map.insert_many(model.iter().map(|(key, value)| (key.clone(), value.clone()))).unwrap();
    map.flush().unwrap();
    (map.snapshot().unwrap().tree().clone(), memory)
}

/// The postcard bytes of a value of this model.
pub(crate) fn stored(value: &[u8]) -> Vec<u8> {
    postcard::to_allocvec(value).unwrap()
}

/// The differences, computed from all records of both.
pub(crate) fn oracle(left: &Model, right: &Model) -> Vec<Drift> {
    let keys: std::collections::BTreeSet<_> = left.keys().chain(right.keys()).collect();
    let differs = |key: &&&Vec<u8>| left.get(**key) != right.get(**key);
    let value = |model: &Model, key| model.get(key).map(|value| stored(value));
    keys.iter()
        .filter(differs)
        .map(|key| Drift { key: key.to_vec(), left: value(left, *key), right: value(right, *key) })
        .collect()
}

/// The result of a diff, which must not report damage.
pub(crate) fn run(diff: &mut Diff, left: &Tree, right: &Tree) -> Vec<Drift> {
    diff.map(|item| match item {
        Item::Damage(damage) => panic!("{damage:?}"),
        item => Drift::of(&item, left, right).unwrap(),
    })
    .collect()
}

pub(crate) fn drift(left: &Tree, right: &Tree) -> (Vec<Drift>, Counts) {
    let mut diff = diff(left, right);
    let found = run(&mut diff, left, right);
    (found, diff.counts())
}

/// The hashes of all nodes except the empty ones.
pub(crate) fn nodes(tree: &Tree) -> HashSet<NodeHash> {
    let mut hashes = HashSet::new();
    for step in tree.walk() {
        match step {
            Step::Node { node, .. } => {
                hashes.insert(node.hash().unwrap());
            }
            Step::Damage(damage) => panic!("{damage:?}"),
            Step::Absent(_) | Step::Record(_) | Step::Key(_) => {}
        }
    }
    hashes
}

/// How many nodes each of the two trees has that the other lacks: every diff must read them.
pub(crate) fn only_in_one(left: &HashSet<NodeHash>, right: &HashSet<NodeHash>) -> (u64, u64) {
    (left.difference(right).count() as u64, right.difference(left).count() as u64)
}

pub(crate) fn reads(counts: &Counts) -> (u64, u64) {
    (counts.left.nodes_read, counts.right.nodes_read)
}
