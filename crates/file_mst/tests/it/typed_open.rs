//! A typed tree refuses a file whose commit records other types, and names both.

use std::path::Path;

use file_mst::ReadOnly;
use file_mst::{Error, MerkleSearchTree, Options};
use mst_types::schema_bytes;
use serde::{Deserialize, Serialize};

type Made = MerkleSearchTree<String, u64>;

fn made(path: &Path) -> (u64, [u8; 32]) {
    let mut tree = Made::open(path).unwrap();
    tree.insert_many((0..100).map(|n| (format!("key-{n:03}"), n))).unwrap();
    tree.flush().unwrap()
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>, words: &[&str]) {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::OtherTypes { .. }), "{error}");
    let text = error.to_string();
    for word in words {
        assert!(text.contains(word), "no {word:?} in {text}");
    }
}

/// Checks that every way to open refuses the types, and leaves the file unchanged.
fn refused_everywhere<K, V>(path: &Path, (offset, hash): (u64, [u8; 32]), words: &[&str])
where
    K: file_mst::MerkleKey + std::fmt::Debug,
    V: Serialize + for<'a> Deserialize<'a> + std::fmt::Debug,
{
    let before = std::fs::read(path).unwrap();
    refused(MerkleSearchTree::<K, V>::open(path), words);
    refused(MerkleSearchTree::<K, V>::open_with(path, Options::default()), words);
    refused(MerkleSearchTree::<K, V>::load_from_root(path, offset, hash), words);
    refused(MerkleSearchTree::<K, V>::read_only(path), words);
    refused(ReadOnly::<K, V>::of(file_mst::TreeFile::open(path).unwrap()), words);
    assert_eq!(std::fs::read(path).unwrap(), before);
    let unchecked = Options { check_types: false, ..Options::default() };
    MerkleSearchTree::<K, V>::open_with(path, unchecked.clone()).unwrap();
    MerkleSearchTree::<K, V>::load_from_root_with(path, offset, hash, unchecked.clone()).unwrap();
    ReadOnly::<K, V>::open_with(path, &unchecked).unwrap();
}

#[test]
fn other_types_are_refused_and_both_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("counts.mst");
    let root = made(&path);
    let holds = "{key: String, value: u64}";
    refused_everywhere::<String, String>(
        &path,
        root,
        &[holds, "{key: String, value: String}", "values are of another type"],
    );
    // The same bytes may be read as either.
    refused_everywhere::<Vec<u8>, u64>(&path, root, &[holds, "{key: Vec<u8>, value: u64}", "keys are of another type"]);
    refused_everywhere::<String, u32>(&path, root, &[holds, "value: u32"]);
    refused_everywhere::<String, i64>(&path, root, &[holds, "value: i64"]);
    refused_everywhere::<u64, Option<u64>>(&path, root, &[holds, "keys and values are of other types"]);
    let tree = Made::open(&path).unwrap();
    assert_eq!(tree.get("key-007").unwrap(), Some(7));
}

#[test]
fn types_of_the_same_layout_are_accepted() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("amounts.mst");
    let types =
        ("{customer: String, number: u32}".parse().unwrap(), "Order{cents: i64 as decimal(2)}".parse().unwrap());
    let options = Options { schema: Some(schema_bytes(&types.0, &types.1)), ..Options::default() };
    let mut tree: MerkleSearchTree<(String, u32), (i64,)> =
        MerkleSearchTree::open_with(&path, options.clone()).unwrap();
    tree.insert(("ada".to_owned(), 1), (1250,)).unwrap();
    tree.commit("made").unwrap();
    drop(tree);
    assert!(MerkleSearchTree::<(String, u32), (i64,)>::open(&path).is_ok());
    assert!(MerkleSearchTree::<(String, u32), (i64,)>::open_with(&path, options).is_ok());
    refused(MerkleSearchTree::<(String, u32), (i32,)>::open(&path), &["decimal(2)", "(i32,)"]);
    // A schema that a program registers is compared with the recorded one, including what values stand for.
    let other = Some(schema_bytes(&types.0, &"Order{cents: i64}".parse().unwrap()));
    let options = Options { schema: other, ..Options::default() };
    refused(
        MerkleSearchTree::<(String, u32), (i64,)>::open_with(&path, options),
        &["value.cents", "a decimal number versus a whole number"],
    );
}

#[derive(Debug, Serialize, Deserialize, PartialEq)]
struct Order {
    status: String,
    cents: u64,
}

#[test]
fn user_defined_types_are_tried_on_the_first_records() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("orders.mst");
    let mut tree: MerkleSearchTree<u32, Order> = MerkleSearchTree::open(&path).unwrap();
    tree.insert_many((0..50).map(|n| (n, Order { status: "paid".to_owned(), cents: 1 << n }))).unwrap();
    let root = tree.flush().unwrap();
    drop(tree);
    assert!(MerkleSearchTree::<u32, Order>::open(&path).is_ok());
    refused_everywhere::<u32, bool>(&path, root, &["records of other types", "is no bool"]);
    refused_everywhere::<u64, Order>(&path, root, &["is no u64"]);
    // Keys of a named type are recognised by their name even if the values are not.
    let types = ("u32".parse().unwrap(), "{status: String, cents: u64}".parse().unwrap());
    let options = Options { schema: Some(schema_bytes(&types.0, &types.1)), ..Options::default() };
    let mut tree: MerkleSearchTree<u32, Order> = MerkleSearchTree::open_with(&path, options).unwrap();
    tree.commit("noted").unwrap();
    drop(tree);
    refused(MerkleSearchTree::<i32, Order>::open(&path), &["keys are of another type", "Order"]);
}

#[test]
fn a_file_without_a_commit_or_a_record_has_nothing_to_check() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new.mst");
    drop(Made::open(&path).unwrap());
    assert!(MerkleSearchTree::<u8, bool>::open(&path).is_ok());
    assert!(MerkleSearchTree::<u8, Order>::read_only(&path).is_ok());
}

#[test]
fn commits_of_other_types_are_refused_one_by_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("changing.mst");
    made(&path);
    let mut reader = Made::read_only(&path).unwrap();
    let options = Options {
        check_types: false,
        schema: Some(schema_bytes(&"String".parse().unwrap(), &"bool".parse().unwrap())),
        ..Options::default()
    };
    let mut tree: MerkleSearchTree<String, bool> = MerkleSearchTree::open_with(&path, options).unwrap();
    tree.insert_many((0..100).map(|n| (format!("key-{n:03}"), n % 2 == 0))).unwrap();
    tree.commit("as bools").unwrap();
    drop(tree);
    refused(reader.refresh(), &["value: bool", "value: u64"]);
    // Records that were read stay.
    assert_eq!(reader.get("key-007").unwrap(), Some(7));
    let bools: MerkleSearchTree<String, bool> = MerkleSearchTree::open(&path).unwrap();
    refused(bools.at_commit(1), &["value: u64", "value: bool"]);
    assert_eq!(bools.at_commit(2).unwrap().get("key-007").unwrap(), Some(false));
}
