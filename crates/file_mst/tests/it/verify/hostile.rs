//! Files that were made to keep a check busy: the check ends, and soon.

use std::sync::Arc;

use file_mst::NodeHash;
use file_mst::inspect::level::level_of;
use file_mst::open::{OpenOptions, open};
use file_mst::verify::{Rule, Verify, VerifyOptions};
use mst_test_support::own::{OwnFile, OwnNode};
use mst_test_support::published::{Layout, Link, PublishedWriter, Record, ZERO_HASH, string_key, u64_value};
use proptest::prelude::*;

use mst_test_support::trees::{RIDDLE, riddle};
use mst_test_support::trees::{at, typed};

use super::{check, numbers, opened};

fn record(key: &str) -> Record {
    Record::new(string_key(Layout::V0_2, key), u64_value(1))
}

fn check_published(file: &PublishedWriter, root: Link) -> (Vec<file_mst::verify::Finding>, file_mst::verify::Progress) {
    let options = typed("String", "u64", at(root));
    let opened = open(Arc::new(file.bytes().to_vec()), &options).unwrap();
    check(&opened, VerifyOptions::default())
}

#[test]
fn a_ring_is_reported_once() {
    let mut file = PublishedWriter::new(Layout::V0_2);
    let top = file.write_looped(|file, top| {
        let child = file.write_pass_through(1, Link { offset: top, hash: [9; 32] });
        file.write_pass_through(2, child)
    });
    let (findings, _) = check_published(&file, top);
    let weighing: Vec<_> =
        findings.iter().filter(|finding| finding.severity > file_mst::verify::Severity::Note).collect();
    assert_eq!(weighing.len(), 1, "{findings:#?}");
    assert_eq!((weighing[0].invariant, &weighing[0].path), ("P6", &vec![top.offset]));
}

/// 2^60 paths from the root to the leaf.
#[test]
fn no_node_is_checked_twice_however_many_paths_lead_there() {
    let mut file = PublishedWriter::new(Layout::V0_2);
    let mut below = file.write_leaf(&[&record("m")]);
    for level in 1..=60 {
        below = file.write_node(level, &[&record("m")], &[below, below]);
    }
    let (findings, progress) = check_published(&file, below);
    assert_eq!(progress.nodes, 61 + 2);
    // At each level a node to which two links lead, and a key that is at a wrong level and out of order.
    assert!((60..200).contains(&findings.len()), "{}", findings.len());
}

#[test]
fn sixty_four_levels_are_walked() {
    let mut file = PublishedWriter::new(Layout::V0_2);
    let mut below = file.write_leaf(&[&record("m")]);
    for level in 1..=64 {
        below = file.write_pass_through(level, below);
    }
    let (findings, progress) = check_published(&file, below);
    assert_eq!(progress.nodes, 65 + 2);
    assert_eq!(findings.iter().filter(|finding| finding.invariant == "P13").count(), 64);
}

#[test]
fn a_million_keys_in_one_node_are_checked() {
    let records: Vec<_> = (0..1_000_000_u64)
        .map(|id| (id.to_be_bytes().to_vec(), vec![1]))
        .filter(|(key, _)| level_of(key) == 0)
        .collect();
    let children = vec![None; records.len() + 1];
    let count = records.len() as u64;
    let mut tree = OwnNode { records, children, ..OwnNode::default() };
    let mut file = OwnFile::new();
    file.commit(Some(&mut tree), "crowded");
    let (findings, progress) = check(&opened(file.bytes()), VerifyOptions::default());
    assert_eq!((findings, progress.records), (Vec::new(), count));
    tree.records.swap(500_000, 500_001);
    let mut file = OwnFile::new();
    file.commit(Some(&mut tree), "crowded");
    let (findings, _) = check(&opened(file.bytes()), VerifyOptions::default());
    assert_eq!(numbers(&findings), [("I11", tree.offset)].into());
    assert!(findings[0].found.starts_with("key 500002 of"), "{}", findings[0].found);
}

/// A node whose bytes are in a value of another node.
#[test]
fn a_node_inside_another_is_reported() {
    let mut inner = PublishedWriter::new(Layout::V0_2);
    let low = record("a");
    let leaf = inner.write_leaf(&[&low]);
    let frame = inner.bytes()[leaf.offset as usize..].to_vec();

    let mut file = PublishedWriter::new(Layout::V0_2);
    // Its own empty children could be anywhere: they are found damaged.
    let value = mst_test_support::published::bytes_value(&frame);
    let carrier = Record::new(string_key(Layout::V0_2, "m"), value.clone());
    let carrying = file.write_leaf(&[&carrier]);
    let inside = file.find(carrying, &frame);
    let top = Record::new(string_key(Layout::V0_2, "g"), mst_test_support::published::bytes_value(b"1"));
    let root = file.write_node(1, &[&top], &[Link { offset: inside, hash: leaf.hash }, carrying]);
    let options = typed("String", "Vec<u8>", at(root));
    let Ok(opened) = open(Arc::new(file.bytes().to_vec()), &options) else { panic!("not opened") };
    let (findings, _) = check(&opened, VerifyOptions::default());
    // Its value is of another type, so it has another form; if the types are the same, the frames overlap.
    assert!(findings.iter().any(|finding| finding.offset == inside), "{findings:#?}");
}

#[test]
fn unknown_types_are_reported_as_unchecked() {
    let mut file = PublishedWriter::new(Layout::V0_2);
    let records: Vec<Record> =
        (0..40).map(|id| Record::new(string_key(Layout::V0_2, &format!("key {id:02}")), riddle(id))).collect();
    let root = file.append_tree(&records);
    let opened = open(Arc::new(file.bytes().to_vec()), &at(root)).unwrap();
    assert!(opened.typing.is_of_keys_only());
    let (findings, progress) = check(&opened, VerifyOptions::default());
    assert!(findings.is_empty(), "{findings:#?}");
    assert!(progress.opaque > 0 && !progress.is_whole());
    // Keys are checked even if only they are known, as in a leaf of so many values that no hash proves their ends. The
    // keys here are of level 1.
    let mut odd = PublishedWriter::new(Layout::V0_2);
    let leaf = odd.write_leaf(&records.iter().collect::<Vec<_>>());
    let codec = opened.tree.store().codec().clone();
    let store = file_mst::inspect::store::NodeStore::new(Arc::new(odd.bytes().to_vec()), codec, 1 << 20);
    let link = file_mst::inspect::node::Link::new(leaf.offset, leaf.hash.into());
    let mut misplaced = opened;
    misplaced.tree = file_mst::Tree::new(Arc::new(store), link);
    let (findings, _) = check(&misplaced, VerifyOptions::default());
    assert!(findings.iter().any(|finding| finding.rule == Rule::KeyLevel), "{findings:#?}");
    let typed = typed("String", RIDDLE, at(root));
    let opened = open(Arc::new(file.bytes().to_vec()), &typed).unwrap();
    assert!(check(&opened, VerifyOptions::default()).1.is_whole());
}

#[test]
fn an_empty_tree_is_valid() {
    let file = {
        let mut file = OwnFile::new();
        file.commit(None, "nothing");
        file
    };
    assert_eq!(check(&opened(file.bytes()), VerifyOptions::default()).0, []);
    assert_eq!(check(&opened(OwnFile::new().bytes()), VerifyOptions::default()).0, []);
    let mut file = PublishedWriter::new(Layout::V0_2);
    let root = file.append_tree(&[]);
    assert_eq!(root.hash, ZERO_HASH);
    let opened =
        open(Arc::new(file.bytes().to_vec()), &OpenOptions { offset: Some(0), ..OpenOptions::default() }).unwrap();
    assert_eq!(opened.tree.root_link().hash, NodeHash::EMPTY);
    assert_eq!(check(&opened, VerifyOptions::default()).0, []);
}

proptest! {
    /// Bytes changed, cut out and inserted anywhere: whatever is found, the check ends.
    #[test]
    fn mangled_files_end(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        cut in proptest::option::of((any::<prop::sample::Index>(), 1_usize..5000)),
        published: bool,
    ) {
        let (mut bytes, options) = if published {
            let mut file = PublishedWriter::new(Layout::V0_2);
            let records: Vec<Record> = (0..500).map(|id| record(&format!("{id:04}"))).collect();
            let root = file.append_tree(&records);
            (file.into_bytes(), typed("String", "u64", at(root)))
        } else {
            let records = mst_test_support::trees::records(500);
            let mut file = OwnFile::new();
            file.commit(mst_test_support::own::canon(&records).as_mut(), "whole");
            (file.into_bytes(), OpenOptions::default())
        };
        let whole = bytes.len();
        for (at, byte) in changes {
            bytes[at.index(whole)] = byte;
        }
        if let Some((at, length)) = cut {
            let at = at.index(whole);
            bytes.drain(at..(at + length).min(whole));
        }
        if let Ok(opened) = open(Arc::new(bytes), &options) {
            for all_commits in [false, true] {
                let mut verify = Verify::new(&opened, VerifyOptions { all_commits, ..VerifyOptions::default() });
                let mut steps = 0;
                while verify.step().is_some() {
                    steps += 1;
                    prop_assert!(steps < 1000);
                }
            }
        }
    }
}
