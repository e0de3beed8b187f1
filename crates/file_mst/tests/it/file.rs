//! Files: who may open them, what they keep, and what they refuse.

use std::fs;
use std::time::{Duration, UNIX_EPOCH};

use file_mst::TreeFile;
use file_mst::inspect::dialect::Dialect;
use file_mst::inspect::store::Foreign;
use file_mst::{Error, Keep, MerkleSearchTree, Options};
use mst_test_support::upstream;

type Tree = MerkleSearchTree<String, u64>;

fn numbered(tree: &mut Tree, numbers: std::ops::Range<u64>) {
    tree.insert_many(numbers.map(|number| (format!("key-{number:05}"), number))).unwrap();
}

#[test]
fn one_writer_and_any_number_of_readers() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.mst");
    let mut writer = Tree::open(&path).unwrap();
    let error = Tree::open(&path).unwrap_err();
    assert!(matches!(error, Error::Locked { .. }), "{error}");
    assert!(error.to_string().contains("another writer"), "{error}");

    let mut reader = Tree::read_only(&path).unwrap();
    assert!(reader.is_empty() && !reader.refresh().unwrap());
    numbered(&mut writer, 0..100);
    writer.try_root_hash().unwrap();
    assert!(!reader.refresh().unwrap(), "what is not committed is not seen");
    writer.flush().unwrap();
    assert!(reader.is_empty(), "a reader stays where it is");
    let before = reader.clone();
    assert!(reader.refresh().unwrap());
    assert_eq!((before.len().unwrap(), reader.len().unwrap()), (0, 100));

    // A view that outlives the writer does not hold the lock.
    let view = writer.snapshot().unwrap();
    drop(writer);
    let mut writer = Tree::open(&path).unwrap();
    numbered(&mut writer, 100..200);
    writer.flush().unwrap();
    assert_eq!(view.len().unwrap(), 100);
    assert_eq!(view.get("key-00042").unwrap(), Some(42));
}

#[test]
fn an_older_root_is_read_without_a_lock_and_written_with_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.mst");
    let mut writer = Tree::open(&path).unwrap();
    numbered(&mut writer, 0..50);
    let (offset, hash) = writer.flush().unwrap();
    numbered(&mut writer, 50..90);
    writer.flush().unwrap();

    let mut past = Tree::load_from_root(&path, offset, hash).unwrap();
    assert_eq!(past.len().unwrap(), 50);
    assert!(matches!(past.insert("x".into(), 1), Err(Error::Locked { .. })));
    drop(writer);
    past.insert("x".into(), 1).unwrap();
    past.commit("branched").unwrap();
    drop(past);
    let now = Tree::read_only(&path).unwrap();
    assert_eq!((now.len().unwrap(), now.commit().unwrap().sequence), (51, 3));

    let mut wrong = hash;
    wrong[0] ^= 1;
    assert!(matches!(Tree::load_from_root(&path, offset, wrong), Err(Error::Node(_))));
    assert!(Tree::load_from_root(&path, 0, [0; 32]).unwrap().is_empty().unwrap());
}

#[test]
fn commits_keep_their_label_time_schema_and_state() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.mst");
    let options = Options { schema: Some(b"{u64}".to_vec()), contract: Some([7; 32]), ..Options::default() };
    let mut tree = Tree::open_with(&path, options).unwrap();
    let time = UNIX_EPOCH + Duration::from_millis(1_700_000_000_123);
    for round in 0..5 {
        numbered(&mut tree, 20 * round..20 * round + 20);
        tree.commit_at(&format!("round {round}"), time + Duration::from_secs(round)).unwrap();
    }
    drop(tree);
    let tree = Tree::open(&path).unwrap();
    let commits: Vec<_> = tree.commits().unwrap().map(Result::unwrap).collect();
    let labels: Vec<_> = commits.iter().map(|commit| commit.label.as_str()).collect();
    assert_eq!(labels, ["round 4", "round 3", "round 2", "round 1", "round 0"]);
    assert_eq!(commits[4].time_ms, 1_700_000_000_123);
    assert_eq!((commits[0].schema.as_deref(), commits[0].contract), (Some(b"{u64}".as_slice()), Some([7; 32])));
    for commit in &commits {
        let then = tree.at_commit(commit.sequence).unwrap();
        assert_eq!(then.len().unwrap(), 20 * commit.sequence);
        let stats = then.tree().stats(|_| std::ops::ControlFlow::Continue(()));
        assert_eq!((stats.nodes, stats.bytes_reachable), (commit.totals.nodes, commit.totals.bytes));
    }
    let error = tree.at_commit(6).unwrap_err();
    assert!(matches!(error, Error::NoCommit { sequence: 6, first: 1, last: 5 }), "{error}");
}

#[test]
fn flushing_twice_writes_once_and_labels_are_limited() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.mst");
    let mut tree = Tree::open(&path).unwrap();
    assert_eq!(tree.flush().unwrap(), (0, [0; 32]));
    numbered(&mut tree, 0..10);
    let first = tree.flush().unwrap();
    let length = fs::metadata(&path).unwrap().len();
    numbered(&mut tree, 3..7);
    assert_eq!(tree.flush().unwrap(), first, "equal values change nothing");
    assert!(matches!(tree.commit(&"x".repeat(1025)), Err(Error::Limit { most: 1024, .. })));
    assert_eq!(tree.commits().unwrap().count(), 2);
    assert!(fs::metadata(&path).unwrap().len() >= length);
    tree.commit("the same again").unwrap();
    assert_eq!(tree.commits().unwrap().count(), 3);
}

#[test]
fn limits_are_checked_at_insert() {
    let mut tree: MerkleSearchTree<Vec<u8>, Vec<u8>> = MerkleSearchTree::new_temporary().unwrap();
    let at_most = file_mst::write::MAX_KEY;
    tree.insert(vec![1; at_most], vec![]).unwrap();
    assert!(matches!(tree.insert(vec![1; at_most + 1], vec![]), Err(Error::Limit { .. })));
    assert!(matches!(tree.insert(vec![2], vec![0; file_mst::write::MAX_VALUE]), Err(Error::Limit { .. })));
    tree.insert(vec![2], vec![0; file_mst::write::MAX_VALUE - 3]).unwrap();
    assert_eq!(tree.len().unwrap(), 2);
    tree.flush().unwrap();
    assert_eq!(tree.get(&vec![2]).unwrap().unwrap().len(), file_mst::write::MAX_VALUE - 3);
}

#[test]
fn other_files_are_refused_with_their_kind() {
    let dir = tempfile::tempdir().unwrap();
    let mut sqlite = b"SQLite format 3\0".to_vec();
    sqlite.resize(4096, 1);
    for (name, bytes, what) in [
        ("notes.txt", b"id,amount\n1,20\n".to_vec(), Foreign::Text),
        ("old.mst", upstream::bytes("config.mst"), Foreign::Dialect(Dialect::FileMst02)),
        ("later.mst", upstream::bytes("head-u64.mst"), Foreign::Dialect(Dialect::FileMstGit)),
        ("history.mst", upstream::bytes("head-history.mst"), Foreign::Dialect(Dialect::FileMstGit)),
        ("data.sqlite", sqlite, Foreign::Known("an SQLite database")),
        ("noise", (0..9000_u32).map(|i| (i * i % 251) as u8 | 0x80).collect(), Foreign::Unknown),
    ] {
        let path = dir.path().join(name);
        fs::write(&path, &bytes).unwrap();
        for error in [Tree::open(&path).unwrap_err(), Tree::read_only(&path).unwrap_err()] {
            match &error {
                Error::Foreign { what: found, .. } => assert_eq!(*found, what, "{name}"),
                error => panic!("{name}: {error}"),
            }
            assert_eq!(error.to_string().contains("mst-tui convert OLD NEW"), matches!(what, Foreign::Dialect(_)));
        }
        assert_eq!(fs::read(&path).unwrap(), bytes, "{name} is as it was");
    }
}

#[test]
fn a_newer_version_is_refused_and_reading_creates_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.mst");
    assert!(Tree::read_only(&path).is_err());
    assert!(Tree::load_from_root(&path, 0, [0; 32]).is_err());
    assert!(!path.exists());
    drop(Tree::open(&path).unwrap());
    let mut bytes = fs::read(&path).unwrap();
    bytes[8] = 2;
    // The check covers the version too; a version that does not match it is damage.
    let check = blake3::hash(&bytes[..32]);
    bytes[32..40].copy_from_slice(&check.as_bytes()[..8]);
    fs::write(&path, &bytes).unwrap();
    for error in [Tree::open(&path).unwrap_err(), Tree::read_only(&path).unwrap_err()] {
        assert!(matches!(error, Error::NewerVersion { found: 2, supported: 1 }), "{error}");
    }
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_hint_that_is_one_commit_old_leads_to_the_last_one_and_a_broken_one_to_none() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.mst");
    let mut tree = Tree::open(&path).unwrap();
    numbered(&mut tree, 0..500);
    tree.flush().unwrap();
    numbered(&mut tree, 500..900);
    tree.flush().unwrap();
    drop(tree);
    let sound = fs::read(&path).unwrap();
    let copy = dir.path().join("copy.mst");
    for byte in [40, 48] {
        let mut bytes = sound.clone();
        bytes[byte] ^= 1;
        fs::write(&copy, &bytes).unwrap();
        assert!(Tree::read_only(&copy).unwrap_err().is_damage());
    }
    // The power failed before the last hint was on the disk.
    let first = Tree::read_only(&path).unwrap().commits().last().unwrap().unwrap();
    let id = sound[16..32].try_into().unwrap();
    fs::write(&copy, [&mst_test_support::own::header(id, first.offset)[..], &sound[56..]].concat()).unwrap();
    assert_eq!(Tree::read_only(&copy).unwrap().len().unwrap(), 900);
}

#[test]
fn compaction_keeps_what_it_is_told_and_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.mst");
    let mut tree = Tree::open(&path).unwrap();
    for round in 0..30_u64 {
        numbered(&mut tree, 30 * round..30 * round + 60);
        tree.remove(&format!("key-{:05}", 20 * round)).unwrap();
        tree.commit(&format!("round {round}")).unwrap();
    }
    numbered(&mut tree, 5000..5001);
    let all: Vec<_> = tree.commits().unwrap().map(Result::unwrap).collect();
    for (name, keep, count) in [("one", Keep::Last(1), 1), ("three", Keep::Last(3), 3), ("all", Keep::All, 30)] {
        let to = dir.path().join(name);
        tree.compact(&to, keep).unwrap();
        let small = Tree::read_only(&to).unwrap();
        let kept: Vec<_> = small.commits().map(Result::unwrap).collect();
        assert_eq!(kept.len(), count);
        for (kept, old) in kept.iter().zip(&all) {
            assert_eq!((kept.sequence, &kept.label, kept.time_ms), (old.sequence, &old.label, old.time_ms));
            assert_eq!((kept.root.hash, kept.totals.nodes), (old.root.hash, old.totals.nodes));
            assert_eq!(small.at_commit(kept.sequence).unwrap().iter().unwrap().count() as u64, old.records());
        }
        let (small, whole) = (fs::metadata(&to).unwrap().len(), fs::metadata(&path).unwrap().len());
        assert!(if keep == Keep::All { small <= whole } else { small < whole / 3 }, "{name}: {small} of {whole}");
        assert!(matches!(tree.compact(&to, keep), Err(Error::NotEmpty { .. })));
    }
    assert_eq!(fs::metadata(dir.path().join("one")).unwrap().len() % 4096, 0);
}

#[test]
fn an_error_converts_into_one_of_the_system() {
    let error: std::io::Error = Tree::read_only("/nowhere/at/all.mst").unwrap_err().into();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    let dir = tempfile::tempdir().unwrap();
    assert!(TreeFile::open(dir.path()).is_err());
}
