//! Promises that the published crate makes and does not keep, one test each.

use std::fs;

use file_mst::{Error, MerkleSearchTree};

type Tree = MerkleSearchTree<String, String>;

fn record(number: u32) -> (String, String) {
    (format!("key-{number}"), format!("value-{number}"))
}

/// 1: in 254 of 2,000 sets of up to 400 records another order gave another root, in 133 removals did.
#[test]
fn the_same_records_have_the_same_root_whatever_the_order() {
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for _ in 0..60 {
        let mut numbers: Vec<u32> = (0..random(400) as u32).collect();
        let mut in_order = Tree::new_temporary().unwrap();
        in_order.insert_many(numbers.iter().map(|number| record(*number))).unwrap();

        for index in (1..numbers.len()).rev() {
            numbers.swap(index, random(index + 1));
        }
        let mut shuffled = Tree::new_temporary().unwrap();
        for (index, number) in numbers.iter().enumerate() {
            let (key, value) = record(*number);
            shuffled.insert(key, value).unwrap();
            // Other records are added and removed, and the tree is built in many steps.
            let passing = format!("passing-{index}");
            shuffled.insert(passing.clone(), String::new()).unwrap();
            if index % 7 == 0 {
                shuffled.try_root_hash().unwrap();
            }
            shuffled.remove(&passing).unwrap();
        }
        assert_eq!(shuffled.try_root_hash().unwrap(), in_order.try_root_hash().unwrap());
    }
}

/// 2: 138 bytes for a record of 8 + 32, since each absent child is a node.
#[test]
fn an_absent_child_costs_no_node() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.mst");
    let records = (0..20_000_u64).map(|id| (id.to_be_bytes(), *blake3::hash(&id.to_be_bytes()).as_bytes()));
    let tree = MerkleSearchTree::<[u8; 8], [u8; 32]>::from_sorted(&path, records).unwrap();
    assert!(fs::metadata(&path).unwrap().len() <= 46 * 20_000);
    let stats = tree.snapshot().unwrap().tree().stats(|_| std::ops::ControlFlow::Continue(()));
    assert_eq!((stats.empty_nodes, stats.keyless_nodes), (0, 0));
}

/// 3: a flipped bit in a value is returned as data.
#[test]
fn a_flipped_bit_is_an_error_and_never_data() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.mst");
    let mut tree = Tree::open(&path).unwrap();
    tree.insert_many((0..500).map(record)).unwrap();
    tree.flush().unwrap();
    drop(tree);
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(9).position(|window| window == b"value-321").unwrap();
    bytes[at + 7] ^= 4;
    fs::write(&path, bytes).unwrap();
    let tree = Tree::open(&path).unwrap();
    assert!(matches!(tree.get("key-321"), Err(Error::Node(_))));
    assert!(tree.iter().unwrap().any(|record| record.is_err()));
    // Records outside the damage are still there.
    let readable = (0..500).filter(|number| tree.get(&record(*number).0).is_ok()).count();
    assert!(readable > 300, "{readable}");
}

/// 4: a lost (offset, hash) pair is a lost tree.
#[test]
fn nobody_must_remember_the_root() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.mst");
    let mut tree = Tree::open(&path).unwrap();
    tree.insert_many((0..50).map(record)).unwrap();
    let (_, hash) = tree.flush().unwrap();
    drop(tree);
    let tree = Tree::open(&path).unwrap();
    assert_eq!(<[u8; 32]>::from(tree.try_root_hash().unwrap()), hash);
    assert_eq!(tree.get("key-7").unwrap().as_deref(), Some("value-7"));
}

/// 5: no sync (`crash.rs` counts them), no lock, an unbounded cache (`cost.rs`), unchecked lengths, and paths
/// that are created by reading.
#[test]
fn a_second_writer_a_wrong_length_and_a_wrong_path_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.mst");
    let mut tree = Tree::open(&path).unwrap();
    assert!(matches!(Tree::open(&path), Err(Error::Locked { .. })));
    tree.insert_many((0..5).map(record)).unwrap();
    let (offset, hash) = tree.flush().unwrap();
    drop(tree);
    let mut bytes = fs::read(&path).unwrap();
    bytes[offset as usize..offset as usize + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    fs::write(&path, bytes).unwrap();
    let error = Tree::load_from_root(&path, offset, hash).unwrap_err();
    assert!(error.to_string().contains("length prefix"), "{error}");

    let nowhere = dir.path().join("nowhere.mst");
    assert!(Tree::read_only(&nowhere).is_err() && Tree::load_from_root(&nowhere, offset, hash).is_err());
    assert!(!nowhere.exists());
}
