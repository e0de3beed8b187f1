//! The tree has the canonical shape after every sequence of operations.

use std::collections::BTreeMap;

use file_mst::{MerkleSearchTree, Options};
use mst_test_support::published::{
    Layout, Record, bytes_key, bytes_value, bytes32_value, canonical_root, string_key, u64_value,
};
use mst_test_support::upstream;
use proptest::prelude::*;

type Tree = MerkleSearchTree<Vec<u8>, Vec<u8>>;
type Model = BTreeMap<Vec<u8>, Vec<u8>>;

/// The root of these records from the definition of the canonical shape.
fn oracle(model: &Model) -> [u8; 32] {
    let record = |(key, value): (&Vec<u8>, &Vec<u8>)| Record::new(bytes_key(Layout::V0_2, key), bytes_value(value));
    canonical_root(&model.iter().map(record).collect::<Vec<_>>())
}

fn root(tree: &Tree) -> [u8; 32] {
    tree.try_root_hash().unwrap().into()
}

#[derive(Clone, Debug)]
enum Step {
    Insert(u16, u8),
    Remove(u16),
    Batch(Vec<(u16, Option<u8>)>),
    Commit,
    Reopen,
    LoadFromRoot,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = 0..400_u16;
    let step = prop_oneof![
        4 => (key.clone(), any::<u8>()).prop_map(|(key, value)| Step::Insert(key, value % 4)),
        3 => key.clone().prop_map(Step::Remove),
        3 => prop::collection::vec((key, prop::option::weighted(0.6, 0..4_u8)), 0..150).prop_map(Step::Batch),
        1 => Just(Step::Commit),
        1 => Just(Step::Reopen),
        1 => Just(Step::LoadFromRoot),
    ];
    prop::collection::vec(step, 1..24)
}

/// Keys of different lengths, some of which are of level 1 to 3.
fn key(number: u16) -> Vec<u8> {
    format!("key-{number:x}").into_bytes()
}

fn value(number: u8) -> Vec<u8> {
    vec![number; usize::from(number) * 3]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn every_step_gives_the_oracle_s_root(steps in steps(), small_buffer in any::<bool>()) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tree.mst");
        let options = Options { buffer_bytes: if small_buffer { 500 } else { 1 << 20 }, ..Options::default() };
        let mut tree = Tree::open_with(&path, options.clone()).unwrap();
        let mut model = Model::new();
        for step in steps {
            match step {
                Step::Insert(number, content) => {
                    tree.insert(key(number), value(content)).unwrap();
                    model.insert(key(number), value(content));
                }
                Step::Remove(number) => {
                    tree.remove(&key(number)).unwrap();
                    model.remove(&key(number));
                }
                Step::Batch(changes) => {
                    for (number, content) in changes {
                        match content {
                            Some(content) => {
                                tree.insert(key(number), value(content)).unwrap();
                                model.insert(key(number), value(content));
                            }
                            None => {
                                tree.remove(&key(number)).unwrap();
                                model.remove(&key(number));
                            }
                        }
                        prop_assert_eq!(tree.get(&key(number)).unwrap(), model.get(&key(number)).cloned());
                    }
                }
                Step::Commit => {
                    prop_assert_eq!(<[u8; 32]>::from(tree.commit("step").unwrap().root.hash), oracle(&model));
                }
                Step::Reopen => {
                    tree.flush().unwrap();
                    drop(tree);
                    tree = Tree::open_with(&path, options.clone()).unwrap();
                }
                Step::LoadFromRoot => {
                    let (offset, hash) = tree.flush().unwrap();
                    drop(tree);
                    tree = Tree::load_from_root(&path, offset, hash).unwrap();
                }
            }
            prop_assert_eq!(root(&tree), oracle(&model));
            prop_assert_eq!(tree.len().unwrap(), model.len() as u64);
        }
        let records: Result<Model, _> = tree.iter().unwrap().collect();
        prop_assert_eq!(records.unwrap(), model);
        let stats = tree.snapshot().unwrap().tree().stats(|_| std::ops::ControlFlow::Continue(()));
        prop_assert_eq!(stats.canonical(), Some(true));
    }
}

#[test]
fn every_order_gives_one_root() {
    // The keys include levels 0, 1 and 2, so nodes are split and joined.
    let mut keys: Vec<Vec<u8>> = (0..600).map(key).collect();
    keys.sort_by_key(|key| std::cmp::Reverse(file_mst::inspect::level::level_of(key)));
    let keys: Vec<Vec<u8>> = keys.iter().take(3).chain(keys.iter().rev().take(3)).cloned().collect();
    let mut levels: Vec<u8> = keys.iter().map(|key| file_mst::inspect::level::level_of(key)).collect();
    levels.dedup();
    assert!(levels.len() >= 3, "{levels:?}");
    let model: Model = keys.iter().map(|key| (key.clone(), key.clone())).collect();
    let mut seen = 0;
    permutations(&mut keys.clone(), 0, &mut |order| {
        let mut tree = Tree::new_temporary().unwrap();
        let mut so_far = Model::new();
        for key in order {
            tree.insert(key.clone(), key.clone()).unwrap();
            so_far.insert(key.clone(), key.clone());
            assert_eq!(root(&tree), oracle(&so_far), "{order:?}");
        }
        for key in order {
            tree.remove(key).unwrap();
            so_far.remove(key);
            assert_eq!(root(&tree), oracle(&so_far), "{order:?} without {key:?}");
        }
        assert!(tree.is_empty().unwrap());
        seen += 1;
    });
    assert_eq!(seen, 720);
    assert_ne!(oracle(&model), [0; 32]);
}

fn permutations(items: &mut Vec<Vec<u8>>, start: usize, visit: &mut impl FnMut(&[Vec<u8>])) {
    if start == items.len() {
        return visit(items);
    }
    for index in start..items.len() {
        items.swap(start, index);
        permutations(items, start + 1, visit);
        items.swap(start, index);
    }
}

#[test]
fn the_canonical_roots_of_the_published_crate_are_reproduced() {
    let manifest: serde_json::Value = serde_json::from_slice(&upstream::bytes("canonical-roots.json")).unwrap();
    let vectors = manifest["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 6);
    for vector in vectors {
        let ids: Vec<u64> = (0..vector["n"].as_u64().unwrap()).map(|index| 1 + 7 * index).collect();
        let expected = |name: &str| vector[name].as_str().unwrap().to_owned();

        let mut bytes: MerkleSearchTree<[u8; 8], [u8; 32]> = MerkleSearchTree::new_temporary().unwrap();
        let mut strings: MerkleSearchTree<String, u64> = MerkleSearchTree::new_temporary().unwrap();
        // Neither in order nor in reverse.
        for id in ids.iter().rev().step_by(2).chain(ids.iter().rev().skip(1).step_by(2)) {
            bytes.insert(id.to_be_bytes(), blake3::hash(&id.to_be_bytes()).into()).unwrap();
            strings.insert(format!("id-{id}"), 3 * id).unwrap();
        }
        assert_eq!(bytes.try_root_hash().unwrap().to_string(), expected("root_be8_to_blake3"));
        assert_eq!(strings.try_root_hash().unwrap().to_string(), expected("root_string_to_u64"));

        let dir = tempfile::tempdir().unwrap();
        let sorted = ids.iter().map(|id| (id.to_be_bytes(), *blake3::hash(&id.to_be_bytes()).as_bytes()));
        let built = MerkleSearchTree::from_sorted(dir.path().join("sorted.mst"), sorted).unwrap();
        assert_eq!(built.try_root_hash().unwrap().to_string(), expected("root_be8_to_blake3"));
    }
}

#[test]
fn keys_and_values_of_equal_and_different_sizes() {
    // Compares with the oracle for records whose keys or values have one length, many lengths, or are empty.
    for (key_length, value_length) in [(0, 0), (3, 0), (0, 5), (9, 5000)] {
        let mut tree = Tree::new_temporary().unwrap();
        let mut model = Model::new();
        for number in 0..300_usize {
            let mut key = number.to_string().into_bytes();
            key.resize(key.len() + key_length * (number % 2), b'k');
            let value = vec![7; value_length * (number % 3)];
            tree.insert(key.clone(), value.clone()).unwrap();
            model.insert(key, value);
        }
        tree.insert(Vec::new(), b"of the empty key".to_vec()).unwrap();
        model.insert(Vec::new(), b"of the empty key".to_vec());
        assert_eq!(root(&tree), oracle(&model));
        let records: Result<Model, _> = tree.iter().unwrap().collect();
        assert_eq!(records.unwrap(), model);
    }
}

#[test]
fn string_and_number_records_hash_as_in_the_published_crate() {
    let records: Vec<Record> =
        ["ada", "bob"].iter().map(|name| Record::new(string_key(Layout::V0_2, name), u64_value(7))).collect();
    let mut tree: MerkleSearchTree<String, u64> = MerkleSearchTree::new_temporary().unwrap();
    tree.insert("bob".into(), 7).unwrap();
    tree.insert("ada".into(), 7).unwrap();
    assert_eq!(tree.try_root_hash().unwrap().as_bytes(), &canonical_root(&records));
    assert_eq!(bytes32_value([1; 32]), [1; 32]);
}

/// Commits of many changes to a large tree use two threads, each for its half. Sometimes the boundary between them is
/// among removed keys, or keys above the root's level are inserted.
#[test]
fn changes_on_two_threads_give_the_oracle_s_root() {
    let mut tree = Tree::new_temporary().unwrap();
    let mut model = Model::new();
    let mut state = 3_u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for round in 0..60 {
        let changes = if round == 0 { 6000 } else { 64 + random(500) };
        // Each round changes one range of the keys, or all of them.
        let (start, span) = (random(8000), [200, 3000, 12_000][random(3) as usize]);
        for _ in 0..changes {
            let key = (start + random(span)).to_be_bytes().to_vec();
            if round > 0 && random(10) < if round % 4 == 3 { 9 } else { 3 } {
                tree.remove(&key).unwrap();
                model.remove(&key);
            } else {
                let value = vec![random(256) as u8];
                tree.insert(key.clone(), value.clone()).unwrap();
                model.insert(key, value);
            }
        }
        assert_eq!(root(&tree), oracle(&model), "round {round}");
        let stats = tree.snapshot().unwrap().tree().stats(|_| std::ops::ControlFlow::Continue(()));
        assert_eq!((stats.canonical(), stats.records), (Some(true), model.len() as u64));
        let commit = tree.commit("").unwrap();
        assert_eq!((commit.totals.nodes, commit.totals.bytes), (stats.nodes, stats.bytes_reachable), "round {round}");
    }
}
