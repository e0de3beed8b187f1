//! A check beside a writer that is at work finds nothing, and one after a writer that died reports what it left.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use file_mst::MerkleSearchTree;
use file_mst::open::{OpenOptions, open};
use file_mst::storage::FileStorage;
use file_mst::verify::{Finding, Verify, VerifyOptions};

use mst_test_support::trees::scramble;

fn findings(path: &Path, all_commits: bool) -> Vec<Finding> {
    let opened = open(Arc::new(FileStorage::open(path).unwrap()), &OpenOptions::default()).unwrap();
    let mut verify = Verify::new(&opened, VerifyOptions { all_commits, threads: 1, ..VerifyOptions::default() });
    verify.findings().collect()
}

#[test]
fn nothing_is_found_beside_a_living_writer() {
    // A file grows all the time, and each check reads all of it, so sometimes a new file is begun.
    let commits: u64 = (0..22).map(|_| check_beside_a_writer(10)).sum();
    assert!(commits > 100, "{commits} commits: nobody wrote beside");
}

/// Checks a file that many times while a writer commits to it all the time; returns the number of its commits.
fn check_beside_a_writer(runs: u64) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("living.mst");
    let mut tree: MerkleSearchTree<String, Vec<u8>> = MerkleSearchTree::open(&path).unwrap();
    tree.insert("first".to_owned(), vec![1]).unwrap();
    tree.commit("first").unwrap();
    let (stop, commits) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut round = 0_u64;
            while !stop.load(Ordering::Relaxed) {
                for id in 0..40 {
                    let id = scramble(round * 1000 + id) % 5000;
                    // Some nodes are longer than a page, so that they are not written at once.
                    let length = if id.is_multiple_of(50) { 9000 } else { 30 };
                    tree.insert(format!("record {id:05}"), vec![round as u8; length]).unwrap();
                }
                // Nodes that no commit names yet.
                if round.is_multiple_of(3) {
                    tree.try_root_hash().unwrap();
                }
                tree.commit("more").unwrap();
                round += 1;
                commits.store(round, Ordering::Relaxed);
            }
        });
        let mut found = Vec::new();
        for run in 0..runs {
            // The writer may be at any point of its round when a check begins, and continues between two checks.
            let before = commits.load(Ordering::Relaxed);
            found.extend(findings(&path, run % 5 == 1));
            while commits.load(Ordering::Relaxed) == before && !writer.is_finished() {
                thread::yield_now();
            }
        }
        stop.store(true, Ordering::Relaxed);
        writer.join().unwrap();
        assert_eq!(found, []);
        commits.load(Ordering::Relaxed)
    })
}

#[test]
fn leftovers_of_a_dead_writer_are_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dead.mst");
    let mut tree: MerkleSearchTree<String, u64> = MerkleSearchTree::open(&path).unwrap();
    tree.insert_many((0..500).map(|id| (format!("{id:04}"), id))).unwrap();
    tree.commit("only").unwrap();
    drop(tree);
    assert_eq!(findings(&path, true), []);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend([7; 5000]);
    std::fs::write(&path, &bytes).unwrap();
    let found = findings(&path, false);
    assert_eq!(found.iter().map(|finding| finding.invariant).collect::<Vec<_>>(), ["I16"], "{found:#?}");
}
