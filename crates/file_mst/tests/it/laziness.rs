//! Only those parts of a tree are read that are asked for. Reads are counted, not timed.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use file_mst::Tree;
use file_mst::inspect::node::Node;
use file_mst::open::{OpenOptions, Opened};
use file_mst::storage::{FileStorage, ReadAt};
use mst_test_support::published::{
    Layout, Link, PublishedWriter, Record, bytes32_value, string_key, u64_key, u64_value,
};
use mst_test_support::trees::{at, open_with, scramble, sound_records};
use mst_types::KeyPrefix;

/// Counts the reads of the storage below.
struct Counting<S> {
    inner: S,
    reads: Arc<AtomicU64>,
}

impl<S: ReadAt> ReadAt for Counting<S> {
    fn len(&self) -> io::Result<u64> {
        self.inner.len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        self.inner.read_at(offset, buf)
    }
}

const RECORDS: u64 = 60_000;

/// A tree of 60,000 records.
fn big(layout: Layout) -> (Vec<Record>, Link, Vec<u8>) {
    let records: Vec<Record> = (0..RECORDS)
        .map(|id| match layout {
            Layout::V0_2 => {
                Record::new(string_key(layout, &format!("order/{id:08}")), u64_value(scramble(id) >> (id % 64)))
            }
            Layout::Git => Record::new(u64_key(3 * id), bytes32_value(*blake3::hash(&id.to_le_bytes()).as_bytes())),
        })
        .collect();
    let mut file = PublishedWriter::new(layout);
    let root = file.append_tree(&records);
    (records, root, file.into_bytes())
}

fn counted(bytes: Vec<u8>, options: &OpenOptions) -> (Opened, Arc<AtomicU64>) {
    let reads = Arc::new(AtomicU64::new(0));
    (open_with(Counting { inner: bytes, reads: Arc::clone(&reads) }, options).unwrap(), reads)
}

/// The path from the root that takes at each node the child that `choose` picks among the present ones.
fn path(tree: &Tree, choose: impl Fn(usize) -> usize) -> Vec<Arc<Node>> {
    let mut path = vec![tree.root().unwrap().unwrap()];
    while let Some(node) = path.last() {
        let present: Vec<usize> = (0..node.children().len()).filter(|&i| !node.children()[i].is_empty()).collect();
        let Some(index) = present.get(choose(present.len())) else { break };
        let child = tree.child(&path, *index).unwrap().unwrap();
        path.push(child);
    }
    path
}

#[test]
fn a_large_tree_is_read_only_as_far_as_needed() {
    for layout in [Layout::V0_2, Layout::Git] {
        let (records, root, bytes) = big(layout);
        let (Opened { tree, typing, .. }, reads) = counted(bytes, &at(root));
        let nodes_read = || tree.store().read_counts().nodes;
        assert_eq!(typing.proved, typing.sampled);

        let height = u64::from(tree.height().unwrap());
        assert!((4..8).contains(&height), "{height}");
        assert!(nodes_read() <= height, "opening: {} nodes", nodes_read());
        // Three reads of page 0 and one of a node find the kind of the file. A node takes one read, or two if it is
        // longer than the rest of its page.
        let all = reads.load(Ordering::Relaxed);
        assert!(all <= 4 + 2 * height, "opening: {all} reads");

        // The path that was read at opening is in the cache already.
        let first = path(&tree, |_| 0);
        assert!(first.len() as u64 <= height);
        assert!(nodes_read() <= height, "opening and one path: {} nodes", nodes_read());
        let before = nodes_read();
        let last = path(&tree, |count| count.saturating_sub(1));
        assert!(last.len() as u64 <= height);
        assert!(nodes_read() - before < height, "a second path: {} nodes", nodes_read() - before);

        for index in [0, 1, 77, 30_000, records.len() - 1] {
            let before = (nodes_read(), reads.load(Ordering::Relaxed));
            let found = tree.get(&records[index].key_stored).unwrap().unwrap();
            assert_eq!(found.bytes().value, records[index].value);
            let read = nodes_read() - before.0;
            assert!(read < height, "the root is known, yet get reads {read} of {height} nodes");
            assert!(reads.load(Ordering::Relaxed) - before.1 <= 2 * read);

            let before = (nodes_read(), reads.load(Ordering::Relaxed));
            assert!(tree.get(&records[index].key_stored).unwrap().is_some());
            assert_eq!((nodes_read(), reads.load(Ordering::Relaxed)), before, "a second look reads nothing");
        }
        // A walk from a key reads the path to it and no more.
        let before = nodes_read();
        assert!(tree.walk().from_key(records[45_678].key_stored.clone()).records().next().is_some());
        assert!(nodes_read() - before < height);
    }
}

/// A range costs the path to its first key and the nodes that hold its records, whatever else the tree holds.
#[test]
fn a_range_reads_no_node_outside_of_it() {
    for layout in [Layout::V0_2, Layout::Git] {
        let (records, root, bytes) = big(layout);
        for (from, to) in [(0, 1), (0, 40), (31_000, 31_000), (31_000, 31_007), (45_678, 46_900), (59_990, 60_000)] {
            let (Opened { tree, typing, .. }, _) = counted(bytes.clone(), &at(root));
            let height = u64::from(tree.height().unwrap());
            let codec = tree.store().codec().clone();
            let before = tree.store().read_counts().nodes;
            let is_below = |index: usize| {
                let bound = records.get(index).map(|record| record.key_stored.clone());
                let codec = codec.clone();
                move |key: &[u8]| bound.as_deref().is_none_or(|bound| codec.compare(key, bound).unwrap().is_lt())
            };
            let (is_before, is_wanted) = (is_below(from), is_below(to));
            let walk = tree.walk().from_first(is_before).up_to(|key| !is_wanted(key));
            let found: Vec<Vec<u8>> =
                walk.records().map(|record| record.unwrap().bytes().stored_key.to_vec()).collect();
            let expected: Vec<Vec<u8>> = records[from..to].iter().map(|record| record.key_stored.clone()).collect();
            assert_eq!(found, expected, "{from}..{to}");
            // Backwards it is the same range, and costs the same.
            let (Opened { tree: other, .. }, _) = counted(bytes.clone(), &at(root));
            let (is_before, is_wanted) = (is_below(from), is_below(to));
            let before_other = other.store().read_counts().nodes;
            let walk = other.walk().backward_from(is_wanted).up_to(is_before);
            let mut backward: Vec<Vec<u8>> =
                walk.records().map(|record| record.unwrap().bytes().stored_key.to_vec()).collect();
            backward.reverse();
            assert_eq!(backward, expected, "{from}..{to} backwards");
            let read_backward = other.store().read_counts().nodes - before_other;
            // Each node of the range holds a record, and two paths lead to its ends.
            let read = tree.store().read_counts().nodes - before;
            let holding: std::collections::BTreeSet<u64> =
                expected.iter().map(|key| tree.get(key).unwrap().unwrap().node().offset()).collect();
            for read in [read, read_backward] {
                assert!(read <= holding.len() as u64 + 2 * height, "{from}..{to}: {read} nodes for {}", holding.len());
            }

            if layout == Layout::V0_2 && to == from + 7 {
                let key = typing.key.unwrap();
                let prefix = KeyPrefix::parse(&key, "order/0003100").unwrap();
                let before = tree.store().read_counts().nodes;
                let place = |key: &[u8]| prefix.compare_key(key).unwrap();
                let walk = tree
                    .walk()
                    .from_first(move |key| place(key).is_lt())
                    .up_to(|key| prefix.compare_key(key).unwrap().is_gt());
                assert_eq!(walk.records().filter(Result::is_ok).count(), 10);
                assert!(tree.store().read_counts().nodes - before <= 10 + 2 * height);
            }
        }
    }
}

#[test]
fn a_walk_backwards_is_the_walk_in_reverse() {
    for layout in [Layout::V0_2, Layout::Git] {
        let (records, root, bytes) = big(layout);
        let (Opened { tree, .. }, _) = counted(bytes, &at(root));
        let keys = |walk: file_mst::inspect::walk::Walk<'_>| -> Vec<Vec<u8>> {
            walk.records().map(|record| record.unwrap().bytes().stored_key.to_vec()).collect()
        };
        let mut backward = keys(tree.walk().backward());
        backward.reverse();
        assert_eq!(backward, keys(tree.walk()));
        assert_eq!(backward.len(), records.len());
    }
}

#[test]
fn the_cache_keeps_to_its_budget() {
    let (records, root, bytes) = big(Layout::Git);
    for cache_bytes in [1, 4096, 100_000] {
        let (Opened { tree, .. }, _) = counted(bytes.clone(), &OpenOptions { cache_bytes, ..at(root) });
        let mut most = 0;
        let mut count = 0;
        for found in tree.walk().records() {
            assert!(found.is_ok());
            count += 1;
            most = most.max(tree.store().cached_bytes());
        }
        assert_eq!(count, records.len());
        assert!(most <= cache_bytes, "{most} of {cache_bytes} bytes");
        // It keeps the nodes that fit.
        assert!(cache_bytes < 100_000 || most > cache_bytes / 2, "{most} of {cache_bytes} bytes");
    }
}

/// A walk that continues at a child must not read its parent again, even if the cache keeps nothing.
#[test]
fn a_walk_reads_each_node_once() {
    let (_, root, bytes) = big(Layout::Git);
    let (Opened { tree, .. }, _) = counted(bytes, &OpenOptions { cache_bytes: 1, ..at(root) });
    let opening = tree.store().read_counts().nodes;
    let nodes = tree.stats(|_| std::ops::ControlFlow::Continue(()));
    let walk = tree.store().read_counts().nodes - opening;
    assert_eq!(walk, nodes.nodes - nodes.empty_nodes);
}

#[cfg(unix)]
#[test]
fn offsets_above_4_gib_are_reached() {
    use std::os::unix::fs::FileExt;

    // A tree at the start of the file, and one that shares its nodes after a hole of 5 GiB.
    let far = 5 << 30;
    let leaf_keys = |range: std::ops::Range<u64>| -> Vec<Record> {
        range
            .map(|id| Record::new(string_key(Layout::V0_2, &format!("key-{id:03}")), u64_value(scramble(id))))
            .collect()
    };
    let (left, right) = (leaf_keys(0..20), leaf_keys(21..40));
    let [top] = &leaf_keys(20..21)[..] else { panic!("one record") };
    let mut near = PublishedWriter::new(Layout::V0_2);
    let left_leaf = near.write_leaf(&left.iter().collect::<Vec<_>>());
    let near = near.into_bytes();

    // The far part is written as if it began at 0, and linked to its final position.
    let mut behind = PublishedWriter::new(Layout::V0_2);
    let right_leaf = behind.write_leaf(&right.iter().collect::<Vec<_>>());
    let root = behind.write_node(5, &[top], &[left_leaf, Link { offset: far + right_leaf.offset, ..right_leaf }]);

    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().write_all_at(&near, 0).unwrap();
    file.as_file().write_all_at(behind.bytes(), far).unwrap();
    let root = Link { offset: far + root.offset, ..root };
    let options = OpenOptions { key: "String".parse().ok(), value: "u64".parse().ok(), ..at(root) };
    for options in [at(root), options, OpenOptions { hash: Some(root.hash.into()), ..OpenOptions::default() }] {
        let opened = open_with(FileStorage::open(file.path()).unwrap(), &options).unwrap();
        assert_eq!(sound_records(&opened.tree), [left.clone(), vec![top.clone()], right.clone()].concat());
    }
}
