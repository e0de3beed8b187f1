//! Files in this project's format open without any options: they hold their root, history and types.

use std::sync::Arc;

use file_mst::MerkleSearchTree;
use file_mst::TreeFile;
use file_mst::open::{OpenError, OpenOptions, RootSource, TypingSource, open};
use file_mst::storage::FileStorage;

fn with(options: OpenOptions, path: &std::path::Path) -> Result<file_mst::open::Opened, OpenError> {
    open(Arc::new(FileStorage::open(path).unwrap()), &options)
}

#[test]
fn a_file_names_its_format_and_types() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("stock.mst");
    let mut tree: MerkleSearchTree<(u32, String), Option<i64>> = MerkleSearchTree::open(&path).unwrap();
    for id in 0..500_u32 {
        tree.insert((id, format!("item {id}")), (id % 3 > 0).then_some(-i64::from(id))).unwrap();
    }
    let first = tree.commit("first").unwrap();
    tree.remove(&(7, "item 7".to_owned())).unwrap();
    tree.commit("second").unwrap();

    let opened = with(OpenOptions::default(), &path).unwrap();
    assert_eq!(opened.root_source, RootSource::Commit);
    assert_eq!(opened.typing.source, TypingSource::File);
    let (key, value) = (opened.typing.key.unwrap(), opened.typing.value.unwrap());
    assert_eq!((key.to_string().as_str(), value.to_string().as_str()), ("(u32, String)", "Option<i64>"));
    let records: Vec<_> = opened.tree.walk().records().map(|record| record.unwrap()).collect();
    assert_eq!(records.len(), 499);
    assert_eq!(key.decode(records[1].bytes().stored_key).unwrap().to_string(), "(1, \"item 1\")");
    assert_eq!(value.decode(records[1].bytes().value).unwrap().to_string(), "Some(-1)");
    assert!(opened.tree.get(&key.parse("[8, \"item 8\"]").unwrap()).unwrap().is_some());
    assert!(opened.tree.get(&key.parse("[7, \"item 7\"]").unwrap()).unwrap().is_none());
    assert_eq!(opened.file.unwrap().commits().count(), 2);

    // An older root by its offset, by its hash, and neither.
    let older = OpenOptions { offset: Some(first.root.offset), ..OpenOptions::default() };
    assert_eq!(with(older, &path).unwrap().tree.len().unwrap(), 500);
    let older = OpenOptions { hash: Some(first.root.hash), ..OpenOptions::default() };
    assert_eq!(with(older, &path).unwrap().tree.root_link(), first.root);
    let wrong = OpenOptions { hash: Some([7; 32].into()), ..OpenOptions::default() };
    assert!(matches!(with(wrong, &path), Err(OpenError::HashAlone { .. })));
    let wrong = OpenOptions { offset: Some(first.root.offset), hash: Some([7; 32].into()), ..OpenOptions::default() };
    assert!(matches!(with(wrong, &path), Err(OpenError::OtherHash { .. })));
    let wrong = OpenOptions { key: Some("u16".parse().unwrap()), ..OpenOptions::default() };
    assert!(matches!(with(wrong, &path), Err(OpenError::WrongItem { .. })));
}

#[test]
fn types_that_have_no_name_are_guessed() {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Paid {
        amount: u64,
        by: String,
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("paid.mst");
    let records = (0..100_u64).map(|id| (format!("order {id:03}"), Paid { amount: id * 977, by: "card".to_owned() }));
    let mut tree: MerkleSearchTree<String, Paid> = MerkleSearchTree::open(&path).unwrap();
    tree.insert_many(records).unwrap();
    tree.flush().unwrap();
    assert_eq!(TreeFile::open(&path).unwrap().last().unwrap().schema, None);

    let opened = with(OpenOptions::default(), &path).unwrap();
    assert_eq!(opened.typing.source, TypingSource::Guessed);
    assert_eq!(opened.typing.key.as_ref().unwrap().to_string(), "String");
    assert_eq!(opened.typing.value.unwrap().to_string(), "(u64, String)");
    assert_eq!(opened.tree.walk().records().count(), 100);
    let named = OpenOptions { value: Some("{amount: u64, by: String}".parse().unwrap()), ..OpenOptions::default() };
    let opened = with(named, &path).unwrap();
    let record = opened.tree.nth(2).unwrap().unwrap();
    assert_eq!(
        opened.typing.value.unwrap().decode(record.bytes().value).unwrap().to_string(),
        "{amount: 1954, by: \"card\"}"
    );
}

#[test]
fn an_empty_file_of_this_format_is_an_empty_tree() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new.mst");
    drop(MerkleSearchTree::<String, u64>::open(&path).unwrap());
    let opened = with(OpenOptions::default(), &path).unwrap();
    assert!(opened.tree.root().unwrap().is_none());
    assert_eq!(opened.tree.walk().records().count(), 0);
}
