//! Files of the published layouts: upstream's files are valid, and each kind of fault is found at its node.

use std::sync::Arc;

use file_mst::open::{OpenOptions, open};
use file_mst::verify::{Finding, Severity, VerifyOptions};
use mst_test_support::published::{Layout, Link, PublishedWriter, Record, string_key, u64_value};
use mst_test_support::upstream;

use super::{check, is_clean};
use mst_test_support::trees::{at, typed, upstream_trees};

#[test]
fn upstream_files_are_valid() {
    for tree in upstream_trees() {
        let opened = open(Arc::new(upstream::bytes(&tree.file)), &tree.options()).unwrap();
        let (findings, progress) = check(&opened, VerifyOptions::default());
        assert!(is_clean(&findings) && progress.is_whole(), "{}: {findings:#?}", tree.file);
        let stats = opened.tree.stats(|_| std::ops::ControlFlow::Continue(()));
        assert_eq!(progress.nodes, stats.nodes);
        assert_eq!((progress.records, progress.bytes), (stats.records, stats.bytes_reachable));
        let keyless = findings.iter().filter(|finding| finding.invariant == "P13").count();
        assert_eq!(keyless as u64, stats.keyless_nodes);
    }
}

/// Keys `000` to `031` in three leaves below the two keys of the root. 25 of the keys are of level 0.
struct Small {
    file: PublishedWriter,
    leaves: [Link; 3],
    root: Link,
}

/// The leaves and the root as `write` makes them of keys of their levels.
fn small(write: impl FnOnce(&mut PublishedWriter, &[Record], &[Record]) -> ([Link; 3], Link)) -> Small {
    let of_level = |wanted| {
        let keys = (0..).map(|id| format!("{id:04}"));
        keys.filter(move |key| file_mst::inspect::level::level_of(key.as_bytes()) == wanted)
    };
    let record = |key: &str| Record::new(string_key(Layout::V0_2, key), u64_value(1000));
    let high: Vec<Record> = of_level(1).take(2).map(|key| record(&key)).collect();
    let low: Vec<Record> = of_level(0).take(60).map(|key| record(&key)).collect();
    let mut file = PublishedWriter::new(Layout::V0_2);
    let (leaves, root) = write(&mut file, &low, &high);
    Small { file, leaves, root }
}

fn parts<'a>(low: &'a [Record], high: &[Record]) -> [Vec<&'a Record>; 3] {
    let between = |from: Option<&Record>, to: Option<&Record>| {
        let above = move |key: &Record| from.is_none_or(|from| from.key_stored < key.key_stored);
        let below = move |key: &Record| to.is_none_or(|to| key.key_stored < to.key_stored);
        low.iter().filter(move |record| above(record) && below(record)).take(5).collect::<Vec<_>>()
    };
    [between(None, high.first()), between(high.first(), high.get(1)), between(high.get(1), None)]
}

fn sound(file: &mut PublishedWriter, low: &[Record], high: &[Record]) -> ([Link; 3], Link) {
    let leaves = parts(low, high).map(|part| file.write_leaf(&part));
    let root = file.write_node(1, &high.iter().collect::<Vec<_>>(), &leaves);
    (leaves, root)
}

#[track_caller]
fn finds(small: &Small, root: Link, expected: &[(&str, u64)]) -> Vec<Finding> {
    let options = typed("String", "u64", at(root));
    let opened = open(Arc::new(small.file.bytes().to_vec()), &options).unwrap();
    let (findings, _) = check(&opened, VerifyOptions::default());
    let found: Vec<_> = findings.iter().map(|finding| (finding.invariant, finding.offset)).collect();
    assert_eq!(found, expected, "{findings:#?}");
    findings
}

#[test]
fn each_kind_of_fault_is_found_at_its_node() {
    let clean = small(sound);
    finds(&clean, clean.root, &[]);

    let mut flipped = small(sound);
    let value = flipped.file.body(flipped.leaves[1]).start + 8;
    flipped.file.flip_bit(value, 0);
    let findings = finds(&flipped, flipped.root, &[("P2", flipped.leaves[1].offset)]);
    assert_eq!(findings[0].path, [flipped.root.offset]);

    let mut own_hash = small(sound);
    own_hash.file.claim_hash(own_hash.leaves[2], [3; 32]);
    let findings = finds(&own_hash, own_hash.root, &[("P3", own_hash.leaves[2].offset)]);
    assert_eq!(findings[0].severity, Severity::Warning);

    let mut longer = small(sound);
    let length = longer.file.body(longer.leaves[0]);
    longer.file.claim_length(longer.leaves[0], (length.end - length.start) as u32 + 1);
    finds(&longer, longer.root, &[("P4", longer.leaves[0].offset)]);

    let misordered = small(|file, low, high| {
        let [mut first, second, third] = parts(low, high);
        first.swap(0, 1);
        let leaves = [first, second, third].map(|part| file.write_leaf(&part));
        (leaves, file.write_node(1, &high.iter().collect::<Vec<_>>(), &leaves))
    });
    finds(&misordered, misordered.root, &[("P8", misordered.leaves[0].offset)]);

    let misplaced = small(|file, low, high| {
        let leaves = parts(low, high).map(|part| file.write_node(0, &part, &[]));
        (leaves, file.write_node(1, &high.iter().collect::<Vec<_>>(), &leaves))
    });
    // A node with keys and no children: its hash covers none of its records.
    let broken: Vec<_> = misplaced.leaves.iter().map(|leaf| ("P5", leaf.offset)).collect();
    finds(&misplaced, misplaced.root, &broken);

    let too_high = small(|file, low, high| {
        let leaves = parts(low, high).map(|part| file.write_leaf(&part));
        // A key of level 1 at level 2, and below it a child of level 1 that is a leaf's.
        let child = file.write_node(1, &[&high[0]], &leaves[..2]);
        (leaves, file.write_node(1, &[&high[1]], &[child, leaves[2]]))
    });
    let child = too_high.file.clone();
    let findings = {
        let options = typed("String", "u64", at(too_high.root));
        let opened = open(Arc::new(child.into_bytes()), &options).unwrap();
        check(&opened, VerifyOptions::default()).0
    };
    assert_eq!(findings.iter().map(|finding| finding.invariant).collect::<Vec<_>>(), ["P6"], "{findings:#?}");

    let mut tail = small(sound);
    let end = tail.file.bytes().len() as u64;
    let mut bytes = std::mem::replace(&mut tail.file, PublishedWriter::new(Layout::V0_2)).into_bytes();
    bytes.extend([9; 100]);
    let opened = open(Arc::new(bytes), &typed("String", "u64", at(tail.root))).unwrap();
    let (findings, _) = check(&opened, VerifyOptions::default());
    assert_eq!(findings.iter().map(|finding| (finding.invariant, finding.offset)).collect::<Vec<_>>(), [("P14", end)]);
}

#[test]
fn a_damaged_empty_child_is_found() {
    let mut damaged = small(sound);
    // The first empty node is at the start of the file.
    damaged.file.flip_bit(6, 1);
    finds(&damaged, damaged.root, &[("P4", 0)]);
}

#[test]
fn a_wrong_pointer_is_found() {
    let records: Vec<Record> =
        (0..200).map(|id| Record::new(string_key(Layout::Git, &format!("{id:03}")), u64_value(id))).collect();
    let mut file = PublishedWriter::new(Layout::Git);
    let root = file.append_tree(&records);
    let check_with = |file: &PublishedWriter, options: &OpenOptions| {
        let opened = open(Arc::new(file.bytes().to_vec()), options).unwrap();
        check(&opened, VerifyOptions::default()).0
    };
    assert_eq!(check_with(&file, &OpenOptions::default()), []);
    assert_eq!(check_with(&file, &at(root)), []);
    file.flip_bit(12, 3);
    let findings = check_with(&file, &typed("String", "u64", at(root)));
    assert_eq!(findings.iter().map(|finding| (finding.invariant, finding.offset)).collect::<Vec<_>>(), [("P1", 0)]);
}
