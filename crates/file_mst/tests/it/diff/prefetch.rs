//! The second thread reads only nodes that the comparison must read.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use file_mst::NodeHash;
use file_mst::Tree;
use file_mst::TreeFile;
use file_mst::diff::{Item, diff};
use file_mst::inspect::walk::Step;
use file_mst::storage::ReadAt;

use super::found::{Model, build, drift, nodes, oracle};
use mst_test_support::trees::scramble;

/// A file in memory that records where it was read.
struct Recorder {
    bytes: Vec<u8>,
    offsets: Mutex<HashSet<u64>>,
}

impl ReadAt for Recorder {
    fn len(&self) -> io::Result<u64> {
        ReadAt::len(&self.bytes)
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.offsets.lock().unwrap().insert(offset);
        self.bytes.read_at(offset, buf)
    }
}

/// The records as a file that is opened anew.
fn opened(model: &Model) -> (Tree, Arc<Recorder>) {
    let (_, file) = build(model);
    let recorder = Arc::new(Recorder { bytes: file.bytes(), offsets: Mutex::default() });
    let file = TreeFile::from_storage(Arc::clone(&recorder) as Arc<dyn ReadAt>, Path::new("memory"), 1 << 20).unwrap();
    recorder.offsets.lock().unwrap().clear();
    (file.tree(), recorder)
}

/// The hashes of the nodes that were read.
fn read(recorder: &Recorder, tree: &Tree) -> HashSet<NodeHash> {
    let offsets = std::mem::take(&mut *recorder.offsets.lock().unwrap());
    let hashes: HashMap<u64, NodeHash> = tree
        .walk()
        .filter_map(|step| match step {
            Step::Node { node, .. } => Some((node.offset(), node.hash().unwrap())),
            _ => None,
        })
        .collect();
    offsets.iter().map(|offset| hashes[offset]).collect()
}

/// Values changed everywhere, keys added and removed, one side without a range of keys, one side empty.
#[test]
fn nodes_read_ahead_are_in_one_tree_only() {
    let key = |number: u64| scramble(number).to_be_bytes().to_vec();
    let base: Model = (0..30_000).map(|number| (key(number), number.to_le_bytes().to_vec())).collect();
    let changes: [fn(&mut Model, u64, Vec<u8>); 3] = [
        |model, number, key| drop(model.insert(key, (number + 1).to_le_bytes().to_vec())),
        |model, _, key| drop(model.remove(&key)),
        |model, number, mut key| {
            key.push(number as u8);
            model.insert(key, vec![1]);
        },
    ];
    let mut others = vec![base.iter().filter(|(key, _)| key[0] > 60).map(|(k, v)| (k.clone(), v.clone())).collect()];
    for kinds in [&changes[..1], &changes] {
        for step in [7, 90] {
            let mut other = base.clone();
            for number in (0..30_000).step_by(step) {
                kinds[number as usize / step % kinds.len()](&mut other, number, key(number));
            }
            others.push(other);
        }
    }
    for (index, other) in others.iter().enumerate() {
        let ((left, left_file), (right, right_file)) = (opened(&base), opened(other));
        assert_eq!(drift(&left, &right).0, oracle(&base, other), "{index}");
        let (from_left, from_right) = (read(&left_file, &left), read(&right_file, &right));
        let (left_nodes, right_nodes) = (nodes(&left), nodes(&right));
        assert_eq!(from_left, left_nodes.difference(&right_nodes).copied().collect(), "{index}");
        assert_eq!(from_right, right_nodes.difference(&left_nodes).copied().collect(), "{index}");
    }
}

/// A caller that takes one item and stops does not cause the rest to be read.
#[test]
fn little_is_read_for_a_first_difference() {
    let model =
        |value: u8| (0..30_000_u64).map(|number| (scramble(number).to_be_bytes().to_vec(), vec![value])).collect();
    let ((left, left_file), (right, _)) = (opened(&model(1)), opened(&model(2)));
    let mut found = diff(&left, &right);
    assert!(matches!(found.next(), Some(Item::Changed(..))));
    drop(found);
    assert!(left_file.offsets.lock().unwrap().len() <= 8, "one path");
}
