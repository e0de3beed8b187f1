//! Trees of the published dialects become files in this project's format, without loss, in the canonical shape.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use file_mst::open::{OpenOptions, Opened, TypingSource, open};
use file_mst::storage::FileStorage;
use file_mst::write::convert::{ConvertError, ConvertOptions, Converted, RootChange, convert};
use file_mst::{Error, MerkleSearchTree, compact_file};
use mst_test_support::published::{
    Layout, PublishedWriter, Record, bytes_value, canonical_root, string_key, u64_key, u64_value,
};
use mst_test_support::trees::{UpstreamTree, at, open_bytes, sound_records, typed, upstream_tree, upstream_trees};
use mst_test_support::upstream;
use mst_types::ItemType;
use std::ops::ControlFlow;
use std::sync::Arc;
use tempfile::TempDir;

fn new_path() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new.mst");
    (dir, path)
}

fn open_upstream(tree: &UpstreamTree) -> Opened {
    open_bytes(upstream::bytes(&tree.file), &typed(&tree.key, &tree.value, tree.options())).unwrap()
}

fn open_path(path: &Path) -> Opened {
    open(Arc::new(FileStorage::open(path).unwrap()), &OpenOptions::default()).unwrap()
}

fn keyless(opened: &Opened) -> u64 {
    opened.tree.stats(|_| ControlFlow::Continue(())).keyless_nodes
}

#[test]
fn every_upstream_tree_is_converted_whole() {
    let (mut same, mut changed) = (0, 0);
    for tree in upstream_trees() {
        let (_dir, path) = new_path();
        let old = open_upstream(&tree);
        let options = ConvertOptions { label: "moved".into(), time: Some(UNIX_EPOCH + Duration::from_millis(1234)) };
        let converted = convert(&old, &path, &options).unwrap();
        let new = open_path(&path);

        let (key, value) = (old.typing.key.clone().unwrap(), old.typing.value.clone().unwrap());
        assert_eq!(new.typing.source, TypingSource::File);
        assert_eq!(new.typing.key, Some(ItemType::ordered(key.ty.clone())));
        assert_eq!(new.typing.value, Some(value));
        let new_key = new.typing.key.clone().unwrap();
        let (before, after) = (sound_records(&old.tree), sound_records(&new.tree));
        assert_eq!(before.len(), after.len(), "{}", tree.file);
        for (before, after) in before.iter().zip(&after) {
            let (kind, new_kind) =
                (key.decode(&before.key_stored).unwrap(), new_key.decode(&after.key_stored).unwrap());
            assert_eq!((kind.kind, &before.value), (new_kind.kind, &after.value));
        }

        let stats = new.tree.stats(|_| ControlFlow::Continue(()));
        assert_eq!(stats.canonical(), Some(true));
        assert_eq!(new.tree.root_link().hash, canonical_root(&after), "the oracle's root");
        let Converted { records, old_root, commit, changes } = converted;
        assert_eq!((records, old_root), (before.len() as u64, tree.hash));
        assert_eq!((commit.root, commit.records()), (new.tree.root_link(), records));
        assert_eq!((commit.label.as_str(), commit.time_ms, commit.sequence), ("moved", 1234, 1));
        assert_eq!(commit.totals.nodes, stats.nodes);

        let keyless = keyless(&old);
        let mut expected = Vec::new();
        if keyless > 0 {
            expected.push(RootChange::Keyless(keyless));
        }
        if tree.layout == Layout::Git {
            expected.push(RootChange::KeyBytes(records));
        }
        assert_eq!(changes, expected, "{}", tree.file);
        assert_eq!(commit.root.hash == tree.hash, expected.is_empty(), "{}", tree.file);
        *if expected.is_empty() { &mut same } else { &mut changed } += 1;
    }
    assert!(same >= 2 && changed >= 4, "both must occur: {same}, {changed}");
}

#[test]
fn the_typed_tree_finds_the_records() {
    let (_dir, path) = new_path();
    convert(&open_upstream(&upstream_tree("head-u64.mst")), &path, &ConvertOptions::default()).unwrap();
    let tree: MerkleSearchTree<u64, [u8; 32]> = MerkleSearchTree::open(&path).unwrap();
    assert_eq!(tree.len().unwrap(), 3000);
    assert_eq!(tree.get(&0).unwrap(), Some([0; 32]));
    assert_eq!(tree.get(&1).unwrap(), None);
    let keys: Vec<u64> = tree.iter().unwrap().map(|record| record.unwrap().0).collect();
    assert!(keys.is_sorted());
}

#[test]
fn files_of_this_format_give_one_version_each() {
    let (_dir, path) = new_path();
    let mut tree: MerkleSearchTree<String, u64> = MerkleSearchTree::open(&path).unwrap();
    tree.insert("a".into(), 1).unwrap();
    let first = tree.commit("one").unwrap();
    tree.insert("b".into(), 2).unwrap();
    tree.commit("two").unwrap();

    let options = OpenOptions { hash: Some(first.root.hash), ..OpenOptions::default() };
    let old = open(Arc::new(FileStorage::open(&path).unwrap()), &options).unwrap();
    let copy = path.with_extension("copy");
    let converted = convert(&old, &copy, &ConvertOptions::default()).unwrap();
    assert_eq!((converted.records, converted.changes), (1, vec![]));
    assert_eq!(converted.commit.root.hash, first.root.hash);
}

#[test]
fn the_empty_tree_is_converted() {
    for layout in [Layout::V0_2, Layout::Git] {
        let (_dir, path) = new_path();
        let mut file = PublishedWriter::new(layout);
        let root = file.append_tree(&[]);
        let old = open_bytes(file.into_bytes(), &at(root)).unwrap();
        let converted = convert(&old, &path, &ConvertOptions::default()).unwrap();
        assert_eq!((converted.records, converted.changes), (0, vec![]));
        assert!(open_path(&path).tree.root_link().is_empty());
    }
}

/// Converts a tree that must be refused, and checks that no file is left.
#[track_caller]
fn refused(old: &Opened) -> ConvertError {
    let (dir, path) = new_path();
    let error = convert(old, &path, &ConvertOptions::default()).unwrap_err();
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "{error}");
    error
}

#[test]
fn damage_is_refused() {
    let tree = upstream_tree("config.mst");
    let mut bytes = upstream::bytes("config.mst");
    let at = bytes.windows(8).position(|window| window == b"value-39").unwrap();
    bytes[at] ^= 1;
    let error = refused(&open_bytes(bytes, &tree.options()).unwrap());
    let ConvertError::Damage(damage) = &error else { panic!("{error}") };
    assert!(error.to_string().contains(&format!("@{}", damage.error.offset())), "{error}");
    assert!(damage.after.is_some(), "what is left of the hole is known");
}

#[test]
fn unknown_types_are_refused_with_what_to_do() {
    let riddle = |id: u64| {
        let value = blake3::hash(&id.to_le_bytes()).as_bytes()[..7 + id as usize % 23].to_vec();
        Record::new(string_key(Layout::V0_2, &format!("riddle {id:02}")), value)
    };
    let mut file = PublishedWriter::new(Layout::V0_2);
    let root = file.append_tree(&(0..50).map(riddle).collect::<Vec<_>>());
    let error = refused(&open_bytes(file.into_bytes(), &at(root)).unwrap());
    assert!(matches!(error, ConvertError::UnknownTypes) && error.to_string().contains("--key"), "{error}");
}

#[test]
fn keys_without_an_ordered_form_are_refused() {
    let (_dir, path) = new_path();
    let mut file = PublishedWriter::new(Layout::Git);
    let root = file.append_tree(&[Record::new(u64_key(1), u64_value(7))]);
    let bytes = file.into_bytes();
    let error = refused(&open_bytes(bytes.clone(), &typed("Option<()>", "u64", at(root))).unwrap());
    assert!(matches!(error, ConvertError::Key { .. }), "{error}");
    assert!(error.to_string().contains("cannot be the type of a key"), "{error}");
    // Under a type that has an ordered form the conversion works.
    convert(&open_bytes(bytes, &typed("u64", "u64", at(root))).unwrap(), &path, &ConvertOptions::default()).unwrap();
}

#[test]
fn keys_out_of_order_are_refused() {
    let record = |id| Record::new(u64_key(id), u64_value(id));
    // The keys are not in order as numbers.
    let (one, three, two) = (record(1), record(3), record(2));
    let mut file = PublishedWriter::new(Layout::Git);
    let empty = file.write_empty();
    let root = file.write_node(0, &[&one, &three, &two], &[empty, empty, empty, empty]);
    let error = refused(&open_bytes(file.into_bytes(), &typed("u64", "u64", at(root))).unwrap());
    let ConvertError::Unordered { key, offset } = &error else { panic!("{error}") };
    assert_eq!((key.as_str(), *offset), ("02", root.offset));
    // A key that occurs twice would lose a record.
    let mut file = PublishedWriter::new(Layout::Git);
    let empty = file.write_empty();
    let root = file.write_node(0, &[&one, &one], &[empty, empty, empty]);
    let error = refused(&open_bytes(file.into_bytes(), &typed("u64", "u64", at(root))).unwrap());
    assert!(matches!(error, ConvertError::Unordered { .. }), "{error}");
}

#[test]
fn limits_are_checked() {
    let mut file = PublishedWriter::new(Layout::V0_2);
    let value = bytes_value(&vec![7; file_mst::write::MAX_VALUE]);
    let root = file.append_tree(&[Record::new(string_key(Layout::V0_2, "big"), value)]);
    let error = refused(&open_bytes(file.into_bytes(), &typed("String", "Vec<u8>", at(root))).unwrap());
    assert!(matches!(error, ConvertError::Write(Error::Limit { what: "a value length", .. })), "{error}");
}

#[test]
fn an_existing_file_is_left_alone() {
    let (_dir, path) = new_path();
    fs::write(&path, b"").unwrap();
    let error = convert(&open_upstream(&upstream_tree("config.mst")), &path, &ConvertOptions::default()).unwrap_err();
    assert!(matches!(error, ConvertError::Write(Error::Exists { .. })), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"");

    let tree = path.with_extension("tree");
    convert(&open_upstream(&upstream_tree("config.mst")), &tree, &ConvertOptions::default()).unwrap();
    let before = fs::read(&tree).unwrap();
    let file = open_path(&tree).file.unwrap();
    assert!(matches!(compact_file(&file, &tree, file_mst::Keep::All), Err(Error::Exists { .. })));
    assert!(fs::read(&tree).unwrap() == before);
}
