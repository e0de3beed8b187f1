//! A file that keeps itself small.

use std::fs;
use std::path::Path;

use file_mst::TreeFile;
use file_mst::{Error, MerkleSearchTree, Options, Retain};

type Tree = MerkleSearchTree<u32, [u8; 32]>;

const LEAST: u64 = 256 << 10;

fn open(path: &Path, commits: usize) -> Tree {
    let retain = Some(Retain { commits, least_bytes: LEAST });
    Tree::open_with(path, Options { retain, ..Options::default() }).unwrap()
}

/// Commits a change of 50 records of 5,000; returns the new root hash.
fn change(tree: &mut Tree, round: u32) -> [u8; 32] {
    for number in 0..50 {
        tree.insert((number * 97 + round * 31) % 5000, [round as u8; 32]).unwrap();
    }
    tree.commit(&format!("round {round}")).unwrap().root.hash.into()
}

fn fill(tree: &mut Tree) {
    tree.insert_many((0..5000).map(|number| (number, [0; 32]))).unwrap();
    tree.commit("filled").unwrap();
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len()
}

#[test]
fn the_file_stays_within_twice_its_live_size_and_its_kept_commits_open() {
    for commits in [1, 4] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tree.mst");
        let mut tree = open(&path, commits);
        fill(&mut tree);
        let (mut roots, mut shortened) = (Vec::new(), 0);
        for round in 1..=60 {
            let before = length(&path);
            roots.push(change(&mut tree, round));
            assert!(tree.retain_failure().unwrap().is_none());
            // The size of the kept commits alone, measured on a file that has nothing else.
            let alone = dir.path().join("alone.mst");
            tree.compact(&alone, file_mst::Keep::Last(commits)).unwrap();
            assert!(length(&path) <= LEAST.max(2 * length(&alone)), "{} for {}", length(&path), length(&alone));
            fs::remove_file(alone).unwrap();
            shortened += u32::from(length(&path) < before);
            // Sequence, label and content of each kept commit, in the open tree and for a reader.
            let reader = Tree::read_only(&path).unwrap();
            for (back, commit) in reader.commits().take(commits.min(roots.len())).enumerate() {
                let commit = commit.unwrap();
                assert_eq!(commit.sequence, u64::from(round) + 1 - back as u64);
                assert_eq!(commit.label, format!("round {}", u64::from(round) - back as u64));
                assert_eq!(<[u8; 32]>::from(commit.root.hash), roots[roots.len() - 1 - back]);
                let there = tree.at_commit(commit.sequence).unwrap();
                assert_eq!(there.iter().unwrap().map(Result::unwrap).count(), 5000);
                assert_eq!(there.root(), reader.at_commit(commit.sequence).unwrap().root());
            }
        }
        assert!((2..40).contains(&shortened), "{shortened}");
        // No file is left beside it, and it opens again.
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        drop(tree);
        assert_eq!(<[u8; 32]>::from(open(&path, commits).try_root_hash().unwrap()), roots[59]);
    }
}

#[test]
fn without_retention_all_commits_stay() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tree.mst");
    let mut tree = Tree::open(&path).unwrap();
    fill(&mut tree);
    for round in 1..=40 {
        let before = length(&path);
        change(&mut tree, round);
        assert!(length(&path) > before);
    }
    assert_eq!(tree.commits().unwrap().count(), 41);
}

#[test]
fn the_reported_root_can_be_loaded() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tree.mst");
    let mut tree = open(&path, 1);
    fill(&mut tree);
    let mut shortened = false;
    for round in 1..=40 {
        let before = length(&path);
        change(&mut tree, round);
        let (offset, hash) = tree.flush().unwrap();
        shortened |= length(&path) < before;
        let loaded = Tree::load_from_root(&path, offset, hash).unwrap();
        assert_eq!(loaded.get(&((round * 31) % 5000)).unwrap(), Some([round as u8; 32]));
    }
    assert!(shortened);
}

#[cfg(unix)]
#[test]
fn a_reader_follows_into_the_new_file_and_older_views_stay() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tree.mst");
    let mut tree = open(&path, 1);
    fill(&mut tree);
    let mut reader = Tree::read_only(&path).unwrap();
    let mut file = TreeFile::open(&path).unwrap();
    let (first, of_writer) = (reader.clone(), tree.snapshot().unwrap());
    let mut swaps = 0;
    for round in 1..=60 {
        let before = length(&path);
        let root = change(&mut tree, round);
        swaps += u32::from(length(&path) < before);
        assert!(reader.refresh().unwrap() && file.refresh().unwrap());
        assert!(!reader.refresh().unwrap() && !file.refresh().unwrap());
        assert_eq!(<[u8; 32]>::from(reader.root_hash()), root);
        assert_eq!(file.last().unwrap(), reader.commit().unwrap());
        assert_eq!(reader.get(&((round * 31) % 5000)).unwrap(), Some([round as u8; 32]));
    }
    assert!(swaps > 1);
    for view in [first, of_writer] {
        assert!(view.iter().unwrap().all(|record| record.unwrap().1 == [0; 32]));
    }
    // A deleted file stays open to those who have it open.
    fs::remove_file(&path).unwrap();
    assert!(!reader.refresh().unwrap());
    assert_eq!(reader.len().unwrap(), 5000);
}

#[test]
fn there_is_one_writer_before_and_after_a_swap() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tree.mst");
    let mut tree = open(&path, 1);
    fill(&mut tree);
    for round in 1..=40 {
        change(&mut tree, round);
        assert!(matches!(Tree::open(&path), Err(Error::Locked { .. })));
    }
    drop(tree);
    assert_eq!(Tree::open(&path).unwrap().len().unwrap(), 5000);
}

#[cfg(unix)]
#[test]
fn links_to_the_file_and_its_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = tempfile::tempdir().unwrap();
    let (path, link) = (dir.path().join("tree.mst"), dir.path().join("link.mst"));
    fill(&mut open(&path, 1));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    symlink(&path, &link).unwrap();
    let mut tree = open(&link, 1);
    let shortened = (1..=40).any(|round| {
        let before = length(&path);
        change(&mut tree, round);
        length(&path) < before
    });
    assert!(shortened);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}
