//! No reachable byte changes undetected.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use file_mst::MerkleSearchTree;
use file_mst::TreeFile;
use file_mst::inspect::walk::Step;
use file_mst::open::{OpenOptions, open};
use file_mst::storage::ReadAt;
use file_mst::verify::{Severity, Verify, VerifyOptions, open_finding};
use mst_test_support::upstream;

use super::{check, opened};
use mst_test_support::trees::{scramble, upstream_trees};

/// A file with bits of one byte flipped.
struct Flipped {
    bytes: Arc<Vec<u8>>,
    at: usize,
    mask: u8,
}

impl ReadAt for Flipped {
    fn len(&self) -> io::Result<u64> {
        self.bytes.len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read_at(offset, buf)?;
        if let Some(flipped) = self.at.checked_sub(offset as usize).and_then(|at| buf[..read].get_mut(at)) {
            *flipped ^= self.mask;
        }
        Ok(read)
    }
}

/// Whether a finding is more than a note. A file that cannot be opened at all must say why as a finding.
fn is_found(file: Flipped, options: &OpenOptions) -> bool {
    let storage: Arc<dyn ReadAt> = Arc::new(file);
    let opened = match open(Arc::clone(&storage), options) {
        Ok(opened) => opened,
        Err(error) => return open_finding(&error).is_some(),
    };
    let mut verify = Verify::new(&opened, VerifyOptions { threads: 1, ..VerifyOptions::default() });
    verify.findings().any(|finding| finding.severity > Severity::Note) || !verify.progress().is_whole()
}

/// A file of three commits with `count` records, most of it values of up to `most` bytes, and the bytes that can be
/// reached from the last commit: header, commit frames, nodes.
fn file(count: u64, most: u64) -> (Vec<u8>, Vec<Range<usize>>) {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("flips.mst");
    let mut tree: MerkleSearchTree<String, Vec<u8>> = MerkleSearchTree::open(&path).unwrap();
    for round in 0..3 {
        for id in (0..count).filter(|id| round == 0 || scramble(*id).is_multiple_of(97)) {
            let length = 1 + scramble(id ^ 0xff) % most;
            tree.insert(format!("record {id:06}"), vec![scramble(id + round) as u8; length as usize]).unwrap();
        }
        tree.commit("a round").unwrap();
    }
    drop(tree);
    let bytes = std::fs::read(&path).unwrap();
    let file = TreeFile::open(&path).unwrap();
    let mut ranges = Vec::new();
    ranges.push(0..4096);
    ranges.extend(file.commits().map(|commit| {
        let commit = commit.unwrap();
        commit.offset as usize..commit.end() as usize
    }));
    for step in file.tree().walk() {
        if let Step::Node { node, .. } = step {
            ranges.push(node.offset() as usize..node.offset() as usize + node.bytes().len());
        }
    }
    (bytes, ranges)
}

/// The bits of a byte to flip: single ones and all of them in turn.
fn mask(at: usize) -> u8 {
    [0x01, 0x80, 0xff, 0x10, 0x55, 0x02, 0x40][scramble(at as u64) as usize % 7]
}

/// Flips bits of each of these bytes, one byte at a time.
fn flip_each(bytes: &[u8], at: impl Iterator<Item = usize>, options: &OpenOptions) -> (usize, Vec<usize>) {
    let bytes = Arc::new(bytes.to_vec());
    let (mut flipped, mut unseen) = (0, Vec::new());
    for at in at {
        if !is_found(Flipped { bytes: Arc::clone(&bytes), at, mask: mask(at) }, options) {
            unseen.push(at);
        }
        flipped += 1;
    }
    (flipped, unseen)
}

#[test]
fn flips_in_a_sample_of_bytes_are_found() {
    let (bytes, ranges) = file(600, 60);
    assert!(check(&opened(&bytes), VerifyOptions::default()).0.is_empty());
    // The beginning of each part, where its fields are, and some of the rest.
    let starts = ranges.iter().flat_map(|range| range.clone().take(20));
    let rest = ranges.iter().flat_map(|range| range.clone().skip(20)).step_by(83);
    let (flipped, unseen) = flip_each(&bytes, starts.chain(rest), &OpenOptions::default());
    assert!(flipped > 1000, "{flipped}");
    assert!(unseen.is_empty(), "{unseen:?}");
}

/// Run once as a whole before a release:
/// `cargo test --release -p file_mst --test it every_byte -- --ignored --nocapture`.
#[test]
#[ignore = "takes many minutes"]
#[allow(clippy::print_stdout)]
fn flips_of_every_byte_of_a_megabyte_are_found() {
    let (bytes, ranges) = file(2200, 900);
    assert!(check(&opened(&bytes), VerifyOptions::default()).0.is_empty());
    let reachable: Vec<usize> = ranges.into_iter().flatten().collect();
    assert!(bytes.len() >= 1 << 20, "{}", bytes.len());
    let halves = reachable.split_at(reachable.len() / 2);
    let run = |half: &[usize]| flip_each(&bytes, half.iter().copied(), &OpenOptions::default());
    let ((one, mut unseen), (other, more)) = std::thread::scope(|scope| {
        let first = scope.spawn(|| run(halves.0));
        let second = run(halves.1);
        (first.join().unwrap(), second)
    });
    unseen.extend(more);
    println!("{} bytes of {} flipped, unseen: {unseen:?}", one + other, bytes.len());
    assert!(unseen.is_empty(), "{unseen:?}");
}

/// The same in the published layout, whose empty nodes no reader ever reads. Nothing in it guards the offsets of links:
/// one to an empty node that then leads to another empty node is as good as before.
#[test]
fn flips_in_published_files_are_found() {
    for tree in upstream_trees() {
        let bytes = upstream::bytes(&tree.file);
        if !tree.newest || bytes.len() > 100_000 {
            continue;
        }
        let options = tree.options();
        let ranges = published_frames(&bytes, &options);
        let every = 1 + ranges.iter().map(Range::len).sum::<usize>() / 120;
        let (flipped, unseen) = flip_each(&bytes, ranges.into_iter().flatten().step_by(every), &options);
        assert!(flipped > 60, "{flipped}");
        let links = |bytes: &[u8]| empty_links(bytes, &options);
        for at in unseen {
            let mut damaged = bytes.clone();
            damaged[at] ^= mask(at);
            let (before, after) = (links(&bytes), links(&damaged));
            assert_eq!(before.len(), after.len(), "{}: byte {at}", tree.file);
            let moved = before.iter().zip(&after).filter(|(before, after)| before != after).count();
            assert_eq!(moved, 1, "{}: byte {at}", tree.file);
        }
    }
}

/// The frames that can be reached, the empty ones included.
fn published_frames(bytes: &[u8], options: &OpenOptions) -> Vec<Range<usize>> {
    let opened = open(Arc::new(bytes.to_vec()), options).unwrap();
    let steps = opened.tree.walk();
    steps
        .filter_map(|step| match step {
            Step::Node { node, .. } => Some(node.offset() as usize..node.offset() as usize + node.bytes().len()),
            Step::Absent(link) => Some(link.offset as usize..link.offset as usize + 40),
            _ => None,
        })
        .collect()
}

/// The targets of the links to empty nodes, in the order of a walk.
fn empty_links(bytes: &[u8], options: &OpenOptions) -> Vec<u64> {
    let opened = open(Arc::new(bytes.to_vec()), options).unwrap();
    let links = opened.tree.walk().filter_map(|step| match step {
        Step::Absent(link) => Some(link.offset),
        _ => None,
    });
    links.collect()
}
