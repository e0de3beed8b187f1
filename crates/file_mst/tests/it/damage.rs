//! Whatever bytes a file holds: no panic, no endless loop, no allocation of a length just because a field says so, and
//! never a wrong record. Damage is reported in its place.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use file_mst::NodeError;
use file_mst::NodeHash;
use file_mst::inspect::dialect::Dialect;
use file_mst::inspect::node::{Codec, Frame, ItemForms, Node, Skeleton};
use file_mst::open::TypedForm;
use file_mst::open::{OpenError, OpenOptions, TypingSource};
use file_mst::storage::ReadAt;
use mst_test_support::published::{
    Layout, Link, PublishedWriter, Record, bytes_value, string_key, string_value, u64_value,
};
use mst_test_support::trees::{Listing, at, list, open_bytes, open_with, scramble, typed, upstream_tree};
use mst_test_support::upstream;
use proptest::prelude::*;

/// The result of reading a damaged file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    Refused,
    Reported,
    Unharmed,
}

/// Opens and walks, and checks that every record found is one of `written`.
fn survive(bytes: &[u8], options: &OpenOptions, written: &[Record]) -> Outcome {
    let Ok(opened) = open_bytes(bytes, options) else { return Outcome::Refused };
    let Listing { records, damage } = list(&opened.tree);
    assert!(is_subsequence(&records, written), "records that nobody wrote, or in another order");
    match damage.is_empty() {
        false => Outcome::Reported,
        true => {
            assert_eq!(records.len(), written.len(), "records are missing, and nothing is said of it");
            Outcome::Unharmed
        }
    }
}

fn is_subsequence(part: &[Record], whole: &[Record]) -> bool {
    let mut whole = whole.iter();
    part.iter().all(|record| whole.any(|other| other == record))
}

fn small_tree() -> (Vec<u8>, OpenOptions, Vec<Record>) {
    let tree = upstream_tree("config.mst");
    let bytes = upstream::bytes(&tree.file);
    let records = mst_test_support::trees::sound_records(&open_bytes(bytes.as_slice(), &tree.options()).unwrap().tree);
    (bytes, tree.options(), records)
}

/// How often a byte is flipped in a file whose types are not given. For each such file the program searches for types.
const SAMPLE: usize = 41;

/// Flips bytes: all bits of each, and one bit; every byte in files with given types, every `step`-th byte in others.
fn flip_bytes(step: usize) {
    let (bytes, options, written) = small_tree();
    let with_types = typed("String", "String", options.clone());
    let mut outcomes = [0; 3];
    for at in 0..bytes.len() {
        for mask in [0xff, 1 << (at % 8)] {
            let mut damaged = bytes.clone();
            damaged[at] ^= mask;
            outcomes[survive(&damaged, &with_types, &written) as usize] += 1;
            if at.is_multiple_of(step) {
                outcomes[survive(&damaged, &options, &written) as usize] += 1;
            }
        }
    }
    let [refused, reported, unharmed] = outcomes;
    // Most bytes belong to records and hashes in leaves; empty nodes and padding are never read.
    assert!(refused > 0 && reported > refused && unharmed > 0, "{outcomes:?}");
}

#[test]
fn no_flipped_byte_gives_a_wrong_record() {
    flip_bytes(SAMPLE);
}

#[test]
#[ignore = "takes minutes"]
fn no_byte_flipped_anywhere_gives_a_wrong_record() {
    flip_bytes(1);
}

#[test]
fn a_file_cut_anywhere_is_refused_or_reported() {
    let (bytes, options, written) = small_tree();
    for length in 0..bytes.len() {
        assert_ne!(survive(&bytes[..length], &options, &written), Outcome::Unharmed, "cut at {length}");
        // Without a root there is nothing to open; the error may name the last whole node.
        let refused = open_bytes(&bytes[..length], &OpenOptions::default()).unwrap_err();
        let expected = match length {
            0 => matches!(refused, OpenError::EmptyFile),
            _ => matches!(refused, OpenError::NoRoot { .. } | OpenError::NotATree { .. }),
        };
        assert!(expected, "cut at {length}: {refused}");
    }
    // A file with a pointer to its root, cut at the end.
    let newest = upstream_tree("head-history.mst");
    let bytes = upstream::bytes(&newest.file);
    for length in (0..bytes.len()).step_by(997) {
        assert!(open_bytes(&bytes[..length], &OpenOptions::default()).is_err(), "cut at {length}");
    }
}

/// Records the largest buffer that a read asked to fill.
struct Largest<S> {
    inner: S,
    largest: Arc<AtomicU64>,
}

impl<S: ReadAt> ReadAt for Largest<S> {
    fn len(&self) -> io::Result<u64> {
        self.inner.len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.largest.fetch_max(buf.len() as u64, Ordering::Relaxed);
        self.inner.read_at(offset, buf)
    }
}

/// Keys `000` to `029` in three leaves, below the two keys of the root; each a `String`, its value a `u64`.
struct Small {
    file: PublishedWriter,
    records: Vec<Record>,
    leaves: [Link; 3],
    root: Link,
}

impl Small {
    fn new() -> Self {
        let records: Vec<Record> = (0..32)
            .map(|id| Record::new(string_key(Layout::V0_2, &format!("{id:03}")), u64_value(1000 + id)))
            .collect();
        let refs: Vec<&Record> = records.iter().collect();
        let mut file = PublishedWriter::new(Layout::V0_2);
        let leaves = [&refs[..10], &refs[11..21], &refs[22..]].map(|part| file.write_leaf(part));
        let root = file.write_node(2, &[refs[10], refs[21]], &leaves);
        Self { file, records, leaves, root }
    }
}

#[test]
fn a_length_of_4_gib_is_refused_unread() {
    for whole_tree in [true, false] {
        let Small { mut file, root, leaves, .. } = Small::new();
        file.claim_length(if whole_tree { root } else { leaves[1] }, u32::MAX);
        let largest = Arc::new(AtomicU64::new(0));
        let storage = Largest { inner: file.into_bytes(), largest: Arc::clone(&largest) };
        let error = match open_with(storage, &at(root)) {
            Err(OpenError::NoNode { error, .. }) => error,
            Ok(opened) => list(&opened.tree).damage.remove(0).error,
            Err(error) => panic!("{error}"),
        };
        assert!(matches!(error, NodeError::Length { length: 0xffff_ffff, .. }), "{error}");
        assert!(largest.load(Ordering::Relaxed) <= 4096);
    }
}

#[test]
fn a_damaged_leaf_leaves_the_others_readable() {
    for lost in 0..3 {
        let Small { mut file, records, leaves, root } = Small::new();
        let first = [0, 11, 22][lost];
        let value = file.find(leaves[lost], &records[first + 3].value);
        file.flip_bit(value, 0);
        // The last leaf is on the path to the right end, so a sound path remains to prove the types.
        let opened = open_bytes(file.bytes(), &at(root)).unwrap();
        let Listing { records: found, mut damage } = list(&opened.tree);
        assert_eq!(found, [&records[..first], &records[first + 10..]].concat());

        let damage = damage.pop().filter(|_| damage.is_empty()).expect("one hole");
        let key = |key: &Option<file_mst::NodeKey>| key.as_ref().map(|key| key.stored().to_vec());
        assert_eq!(damage.path, [root.offset]);
        assert_eq!(key(&damage.after), first.checked_sub(1).map(|index| records[index].key_stored.clone()));
        assert_eq!(key(&damage.before), records.get(first + 10).map(|record| record.key_stored.clone()));
        let NodeError::Hash { offset, expected, found } = damage.error else { panic!("{}", damage.error) };
        assert_eq!((offset, expected), (leaves[lost].offset, NodeHash::from(leaves[lost].hash)));
        assert_ne!(found, expected);

        // A search for a key in the hole reports the damage; a search elsewhere finds its key.
        for (index, record) in records.iter().enumerate() {
            let found = opened.tree.get(&record.key_stored);
            match (first..first + 10).contains(&index) {
                true => assert!(matches!(found, Err(NodeError::Hash { .. })), "{index}"),
                false => assert_eq!(found.unwrap().unwrap().bytes().value, record.value),
            }
        }
        // A walk that starts in the hole continues after it.
        let from = opened.tree.walk().from_key(records[first + 5].key_stored.clone());
        let results: Vec<_> = from.records().collect();
        assert!(results[0].is_err());
        assert_eq!(results.len() - 1, records.len() - first - 10);
    }
}

#[test]
fn a_link_to_any_other_place_is_damage_in_its_place() {
    let Small { mut file, records, leaves, root } = Small::new();
    let link = file.find(root, &leaves[1].hash) - 2;
    // After the end, after its parent, into a node, to another sound node, to itself.
    let behind = file.write_leaf(&[&records[0]]);
    for target in [16_000, behind.offset, 1, leaves[0].offset, root.offset] {
        let mut file = file.clone();
        let varint = u64_value(target);
        file.patch(link, &[varint[0] | 0x80, varint.get(1).copied().unwrap_or(0)]);
        let opened = open_bytes(file.bytes(), &typed("String", "u64", at(root)));
        let opened = opened.unwrap_or_else(|error| panic!("to {target}: {error}"));
        let Listing { records: found, damage } = list(&opened.tree);
        assert_eq!(found, [&records[..11], &records[21..]].concat(), "to {target}");
        assert_eq!(damage.len(), 1, "to {target}");
        let is_ring = matches!(damage[0].error, NodeError::Loop { .. });
        assert_eq!(is_ring, target == root.offset, "{}", damage[0].error);
    }
}

/// A record whose value is of a type that the search does not cover: the meaning of its bytes is not proved.
fn riddle(key: &str) -> Record {
    let value = [u64_value(300), string_value("märz"), vec![0, 7, 200]].concat();
    Record::new(string_key(Layout::V0_2, key), value)
}

#[test]
fn rings_of_links_end() {
    // Without types a node is compared with the hash that it carries itself. The nodes here all claim the hash that
    // their parent names, so that only the ring can be detected.
    let claimed = [7; 32];
    for above in 0..4 {
        for with_record in [true, false] {
            let record = riddle("k");
            let records: &[&Record] = if with_record { &[&record] } else { &[] };
            let mut file = PublishedWriter::new(Layout::V0_2);
            let empty = file.write_empty();
            let top = file.write_looped(|file, top| {
                let mut below = Link { offset: top, hash: claimed };
                for level in 1..=above + 1 {
                    let children = [below, empty];
                    let node = file.write_node(level, records, &children[..=records.len()]);
                    file.claim_hash(node, claimed);
                    below = Link { hash: claimed, ..node };
                }
                below
            });
            let root = Link { hash: claimed, ..top };
            for options in [at(root), typed("String", "String", at(root))] {
                let Ok(opened) = open_bytes(file.bytes(), &options) else { continue };
                let Listing { records, damage } = list(&opened.tree);
                assert_eq!(records, []);
                let is_ring = |error: &NodeError| matches!(error, NodeError::Loop { .. });
                let found = if with_record && options.key.is_none() {
                    damage.iter().any(|damage| is_ring(&damage.error))
                } else {
                    damage.iter().any(|damage| matches!(damage.error, NodeError::Hash { .. }))
                };
                assert!(found, "{above} above, {with_record}: {damage:?}");
            }
        }
    }
}

#[test]
fn a_child_at_the_level_of_its_parent_is_refused() {
    let Small { mut file, records, root, .. } = Small::new();
    let other = Record::new(string_key(Layout::V0_2, "zzz"), u64_value(3));
    let gap = file.write_empty();
    let top = file.write_node(2, &[&other], &[root, gap]);
    let opened = open_bytes(file.bytes(), &at(top)).unwrap();
    let Listing { records: found, damage } = list(&opened.tree);
    assert_eq!(found, [other]);
    assert!(matches!(damage[0].error, NodeError::Level { level: 2, parent_level: 2, .. }), "{records:?}");
}

#[test]
fn counts_that_do_not_agree_are_reported() {
    let records = Small::new().records;
    let refs: Vec<&Record> = records.iter().take(3).collect();
    for children in [3, 5] {
        let mut file = PublishedWriter::new(Layout::V0_2);
        let gaps: Vec<Link> = (0..children).map(|_| file.write_empty()).collect();
        let root = file.write_node(0, &refs, &gaps);
        let refused = open_bytes(file.bytes(), &typed("String", "u64", at(root))).unwrap_err();
        assert!(refused.to_string().contains("child"), "{children} children: {refused}");
        let codec = codec("String", "u64", Dialect::FileMst02);
        let error =
            Node::parse_published(Frame::read(&file.bytes().to_vec(), root.offset).unwrap(), &codec).unwrap_err();
        let NodeError::Malformed { expected, found, .. } = error else { panic!("{error}") };
        assert_eq!((expected.contains("child count of 4"), found), (true, children.to_string()));
    }
}

/// Storage that fails from one read on, for a while.
struct Failing<S> {
    inner: S,
    reads: AtomicU64,
    failing: std::ops::Range<u64>,
}

impl<S: ReadAt> ReadAt for Failing<S> {
    fn len(&self) -> io::Result<u64> {
        self.inner.len()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        if self.failing.contains(&self.reads.fetch_add(1, Ordering::Relaxed)) {
            return Err(io::Error::other("the disk fails"));
        }
        self.inner.read_at(offset, buf)
    }
}

#[test]
fn failing_reads_are_reported() {
    let tree = upstream_tree("head-history.mst");
    let bytes = upstream::bytes(&tree.file);
    let written = mst_test_support::trees::sound_records(&open_bytes(bytes.as_slice(), &tree.options()).unwrap().tree);
    let reads_of = |options: &OpenOptions, failing: std::ops::Range<u64>| {
        let storage = Arc::new(Failing { inner: bytes.clone(), reads: AtomicU64::new(0), failing });
        let outcome = open_with(Arc::clone(&storage), options).map(|opened| list(&opened.tree));
        (outcome, storage.reads.load(Ordering::Relaxed))
    };
    for options in [tree.options(), typed("String", "Option<i64>", tree.options()), OpenOptions::default()] {
        let (_, all) = reads_of(&options, 0..0);
        for k in 0..all {
            for until in [k + 1, u64::MAX] {
                let (outcome, _) = reads_of(&options, k..until);
                match outcome {
                    // At read k while the tree is opened.
                    Err(error) => assert!(error.to_string().contains("the disk fails"), "read {k}: {error}"),
                    Ok(Listing { records, damage }) => {
                        assert!(is_subsequence(&records, &written), "read {k}");
                        assert!(records.len() == written.len() || !damage.is_empty(), "read {k}");
                        assert!(until == k + 1 || !damage.is_empty(), "read {k}: every read fails from there on");
                        for damage in damage {
                            assert!(matches!(damage.error, NodeError::Io { .. }), "read {k}: {}", damage.error);
                        }
                    }
                }
            }
        }
    }
    // A file without a pointer is searched for its last node.
    let bytes = upstream::bytes("orders-a.mst");
    let storage = Failing { inner: bytes, reads: AtomicU64::new(0), failing: 1..u64::MAX };
    let error = open_with(storage, &OpenOptions::default()).unwrap_err();
    assert!(error.to_string().contains("the disk fails"), "{error}");
}

#[test]
fn garbage_of_any_size_is_refused() {
    for seed in 0..400 {
        let length = [0, 1, 3, 4, 5, 35, 36, 40, 100, 4095, 4096, 4097, 9000, 20_000][seed as usize % 14];
        let mut bytes: Vec<u8> =
            (0..).flat_map(|index| scramble(seed << 32 | index).to_le_bytes()).take(length).collect();
        // Small numbers are more likely to look like lengths, counts and levels.
        if seed % 2 == 0 {
            bytes.iter_mut().for_each(|byte| *byte %= 4);
        }
        let offset = scramble(seed) % (length as u64 + 2);
        for offset in [None, Some(0), Some(offset), Some(u64::MAX), Some(u64::MAX - 4096)] {
            for hash in [None, Some(NodeHash::from([7; 32]))] {
                let options = OpenOptions { offset, hash, ..OpenOptions::default() };
                for options in [typed("u64", "Vec<{a: u8}>", options.clone()), options] {
                    if let Ok(opened) = open_bytes(bytes.as_slice(), &options) {
                        // At best this is a node of unknown types, in which nothing is proved.
                        assert_ne!(opened.typing.source, TypingSource::Guessed);
                        let _ = list(&opened.tree);
                    }
                }
            }
        }
    }
}

/// A large node in which almost every place could be where the links begin.
#[test]
fn a_node_full_of_decoys_is_parsed_in_time() {
    // 16,383 keys: a child count of 16,384 reads as 0x80 0x80 0x01, which occurs everywhere.
    let mut body = vec![0];
    body.extend(u64_value(16_383));
    while body.len() < 900_000 {
        body.extend(u64_value(16_384));
    }
    let file = [(body.len() as u32).to_le_bytes().to_vec(), body].concat();
    // The frame is far from the start of the file, so that the links could lead to places before it.
    let mut bytes = vec![0; 1 << 20];
    bytes.extend(file);
    let frame = Frame::read(&bytes, 1 << 20).unwrap();
    assert!(Skeleton::parse(&frame).is_err());
}

fn codec(key: &str, value: &str, dialect: Dialect) -> Codec {
    let form = |ty: &str| TypedForm::shared(ty.parse().unwrap());
    Codec { dialect, items: Some(ItemForms { key: form(key), value: Some(form(value)) }) }
}

/// Parses a frame in every way there is. Returns the nodes that were read with types.
fn parse_all(frame: &Frame) -> Vec<Node> {
    let _ = Skeleton::parse(frame);
    let mut nodes = Vec::new();
    for dialect in Dialect::PUBLISHED {
        for (key, value) in [("String", "u64"), ("Vec<u8>", "Vec<(u8, Option<String>)>"), ("u64", "[u8; 32]")] {
            nodes.extend(Node::parse_published(frame.clone(), &codec(key, value, dialect)));
        }
        let _ = Node::parse_published(frame.clone(), &Codec { dialect, items: None });
    }
    nodes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn random_bytes_never_panic(body in proptest::collection::vec(any::<u8>(), 0..300), small in any::<bool>()) {
        let body: Vec<u8> = body.into_iter().map(|byte| if small { byte % 5 } else { byte }).collect();
        let file = [(body.len() as u32).to_le_bytes().to_vec(), body].concat();
        parse_all(&Frame::read(&file, 0).unwrap());
    }

    #[test]
    fn mutated_nodes_never_keep_their_hash(
        cuts in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0..4), 1..4),
    ) {
        let Small { file, root, leaves, .. } = Small::new();
        for node in [root, leaves[0]] {
            let body = file.body(node);
            let sound = &file.bytes()[body.start as usize..body.end as usize];
            let mut mutated = sound.to_vec();
            for (at, byte, how) in &cuts {
                let at = at.index(mutated.len());
                match how {
                    0 => mutated[at] = *byte,
                    1 => mutated.insert(at, *byte),
                    2 => { mutated.remove(at); }
                    _ => mutated.rotate_left(at),
                }
            }
            let frame = [(mutated.len() as u32).to_le_bytes().to_vec(), mutated.clone()].concat();
            // Only the offsets of links and the hash that the node carries itself can change without changing the hash.
            let content = |node: &Node| {
                let records: Vec<_> = (0..node.key_count())
                    .filter_map(|index| node.record(index).map(|record| [record.key.to_vec(), record.value.to_vec()]))
                    .collect();
                (node.level(), records, node.children().iter().map(|link| link.hash).collect::<Vec<_>>())
            };
            let written = Frame::read(&file.bytes().to_vec(), node.offset).unwrap();
            let written = Node::parse_published(written, &codec("String", "u64", Dialect::FileMst02)).unwrap();
            prop_assert_eq!(written.hash(), Some(node.hash.into()));
            for found in parse_all(&Frame::read(&frame, 0).unwrap()) {
                prop_assert!(found.hash() != written.hash() || content(&found) == content(&written));
            }
        }
    }
}

#[test]
fn a_value_that_spans_pages_is_checked_as_a_whole() {
    let wide = Record::new(string_key(Layout::V0_2, "wide"), bytes_value(&vec![7; 10_000]));
    let mut file = PublishedWriter::new(Layout::V0_2);
    let leaf = file.write_leaf(&[&wide]);
    let sound = open_bytes(file.bytes(), &at(leaf)).unwrap();
    assert_eq!(mst_test_support::trees::sound_records(&sound.tree), std::slice::from_ref(&wide));
    file.flip_bit(leaf.offset + 9_000, 3);
    assert_eq!(survive(file.bytes(), &typed("String", "Vec<u8>", at(leaf)), &[wide]), Outcome::Refused);
}
