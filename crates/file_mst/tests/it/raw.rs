//! The untyped writer writes the same bytes as the typed tree.

use std::fs;

use file_mst::TreeWriter;
use file_mst::write::{MAX_KEY, MAX_VALUE};
use file_mst::{Error, MerkleKey, MerkleSearchTree, Options};

#[test]
fn it_writes_what_the_typed_tree_writes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("raw.mst");
    let mut typed: MerkleSearchTree<u32, u64> = MerkleSearchTree::new_temporary().unwrap();
    // The buffer is so small that most changes go through runs in a file.
    let mut raw = TreeWriter::open(&path, Options { buffer_bytes: 4096, ..Options::default() }).unwrap();
    for number in 0..5000_u32 {
        let key = number.wrapping_mul(2_654_435_761);
        typed.insert(key, u64::from(number)).unwrap();
        let value = postcard::to_allocvec(&u64::from(number)).unwrap();
        raw.put(&key.encode(), b"replaced").unwrap();
        raw.put(&key.encode(), &value).unwrap();
        if number % 3 == 0 {
            typed.remove(&key).unwrap();
            raw.remove(&key.encode()).unwrap();
            assert_eq!(raw.get(&key.encode()).unwrap(), None);
        } else if number % 100 == 0 {
            assert_eq!(raw.get(&key.encode()).unwrap(), Some(value));
        }
    }
    assert_eq!(raw.tree().unwrap().root_link().hash, typed.try_root_hash().unwrap());
    assert!(raw.last().is_none());
    let commit = raw.commit("all", None).unwrap();
    assert_eq!((raw.last(), commit.records()), (Some(&commit), typed.len().unwrap()));
    drop(raw);
    let read = MerkleSearchTree::<u32, u64>::read_only(&path).unwrap();
    assert_eq!(read.root_hash(), typed.try_root_hash().unwrap());
}

#[test]
fn limits_and_locks_are_those_of_the_typed_tree() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("raw.mst");
    let mut raw = TreeWriter::open(&path, Options::default()).unwrap();
    assert!(matches!(raw.put(&vec![0; MAX_KEY + 1], b""), Err(Error::Limit { what: "a key length", .. })));
    assert!(matches!(raw.put(b"", &vec![0; MAX_VALUE + 1]), Err(Error::Limit { what: "a value length", .. })));
    raw.put(&vec![0; MAX_KEY], &vec![0; MAX_VALUE]).unwrap();
    assert!(matches!(TreeWriter::open(&path, Options::default()), Err(Error::Locked { .. })));
    assert_eq!(raw.commit("", None).unwrap().records(), 1);
}

#[test]
fn a_new_file_stays_only_with_a_commit() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("raw.mst");
    let mut raw = TreeWriter::open(&path, Options::default()).unwrap();
    raw.put(b"a", b"1").unwrap();
    assert!(!path.exists());
    drop(raw);
    assert!(fs::read_dir(dir.path()).unwrap().next().is_none());

    let mut raw = TreeWriter::open(&path, Options::default()).unwrap();
    raw.commit("", None).unwrap();
    drop(raw);
    let mut raw = TreeWriter::open(&path, Options::default()).unwrap();
    raw.put(b"a", b"1").unwrap();
    drop(raw);
    assert!(path.exists(), "what was there before stays");
}
