//! Trees of the published dialects: upstream's own, unusual shapes, damage, and one dialect against another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use file_mst::NodeError;
use file_mst::Tree;
use file_mst::diff::{Damage, Drift, Item, Verdict, diff, verdict};
use file_mst::storage::WriteAt;
use file_mst::{MerkleSearchTree, Options};
use mst_test_support::published::{Layout, Link, PublishedWriter, Record, string_key, u64_key, u64_value};
use mst_test_support::upstream;
use proptest::prelude::*;

use super::found::{Memory, drift, nodes, only_in_one, reads, run};
use mst_test_support::trees::{at, manifest, open_bytes, scramble, typed, upstream_trees};

fn published(file: &PublishedWriter, root: Link, key: &str, value: &str) -> Tree {
    open_bytes(file.bytes(), &typed(key, value, at(root))).unwrap().tree
}

fn upstream_pair(left: &str, right: &str) -> (Tree, Tree) {
    let open = |name: &str| {
        let tree = upstream_trees().into_iter().find(|tree| tree.file == name && tree.newest).unwrap();
        open_bytes(upstream::bytes(name), &typed(&tree.key, &tree.value, tree.options())).unwrap().tree
    };
    (open(left), open(right))
}

#[test]
fn the_drift_of_the_orders_is_that_of_the_manifest() {
    let (left, right) = upstream_pair("orders-a.mst", "orders-b.mst");
    let entry = manifest("manifest.json").into_iter().find(|entry| entry["file"] == "orders-a.mst").unwrap();
    let listed = |kind: &str| -> Vec<String> {
        entry["drift"][kind].as_array().unwrap().iter().map(|key| key.as_str().unwrap().to_owned()).collect()
    };
    let (found, counts) = drift(&left, &right);
    let of = |kind: fn(&Drift) -> bool| -> Vec<String> {
        found.iter().filter(|drift| kind(drift)).map(|drift| hex::encode(&drift.key)).collect()
    };
    assert_eq!(of(|drift| drift.right.is_none()), listed("only_left"));
    assert_eq!(of(|drift| drift.left.is_none()), listed("only_right"));
    assert_eq!(of(|drift| drift.left.is_some() && drift.right.is_some()), listed("changed"));
    let least = only_in_one(&nodes(&left), &nodes(&right));
    assert!(reads(&counts).0 + reads(&counts).1 <= 2 * (least.0 + least.1), "{counts:?} {least:?}");
}

#[test]
fn the_same_set_has_one_keyless_node_more() {
    let (left, right) = upstream_pair("same-set-sorted.mst", "same-set-shuffled.mst");
    let Verdict::SameRecords(counts) = verdict(&left, &right) else { panic!("the same records") };
    assert_eq!((counts.left.keyless, counts.right.keyless), (0, 1));
    let [node] = counts.right.keyless_nodes.as_slice() else { panic!("one node") };
    let found = right.store().unchecked(node.offset).unwrap();
    assert!(found.is_keyless() && found.level() == node.level && node.phantom);
    assert!(matches!(verdict(&left, &left), Verdict::Same));
}

type Numbers = BTreeMap<u64, u64>;

fn name(number: u64) -> String {
    format!("name-{number:05}")
}

fn records(layout: Layout, numbers: &Numbers) -> Vec<Record> {
    numbers.iter().map(|(key, value)| Record::new(string_key(layout, &name(*key)), u64_value(*value))).collect()
}

fn named(numbers: &Numbers, layout: Option<Layout>) -> Tree {
    let Some(layout) = layout else {
        let storage = Arc::new(Memory::default()) as Arc<dyn WriteAt>;
        let mut map = MerkleSearchTree::<String, u64>::on_storage(storage, Options::default()).unwrap();
        map.insert_many(numbers.iter().map(|(key, value)| (name(*key), *value))).unwrap();
        return map.snapshot().unwrap().tree().clone();
    };
    let mut file = PublishedWriter::new(layout);
    let root = file.append_tree(&records(layout, numbers));
    published(&file, root, "String", "u64")
}

/// The differences, computed from the numbers themselves.
fn expected(left: &Numbers, right: &Numbers, key: impl Fn(u64) -> Vec<u8>) -> Vec<Drift> {
    let keys: BTreeSet<u64> = left.keys().chain(right.keys()).copied().collect();
    let value = |numbers: &Numbers, key| numbers.get(key).map(|value| u64_value(*value));
    keys.iter()
        .filter(|key| left.get(key) != right.get(key))
        .map(|number| Drift { key: key(*number), left: value(left, number), right: value(right, number) })
        .collect()
}

fn numbers(count: u64, seed: u64) -> Numbers {
    (0..count)
        .filter(|n| !scramble(seed << 32 | n).is_multiple_of(9))
        .map(|n| (n, u64::from(scramble(seed * 77 + n).is_multiple_of(50))))
        .collect()
}

#[test]
fn every_dialect_against_every_other() {
    let dialects = [Some(Layout::V0_2), Some(Layout::Git), None];
    let (one, other) = (numbers(1500, 1), numbers(1500, 2));
    let by_name = |number| name(number).into_bytes();
    for from in dialects {
        for to in dialects {
            let (left, right) = (named(&one, from), named(&other, to));
            let (found, _) = drift(&left, &right);
            assert_eq!(found, expected(&one, &other, by_name), "{from:?} {to:?}");
            let same = verdict(&left, &named(&one, to));
            // 0.2 and this project's format hash the content of a key, the git version its postcard bytes.
            if (from == Some(Layout::Git)) == (to == Some(Layout::Git)) {
                assert!(matches!(same, Verdict::Same), "{from:?} {to:?}");
            } else {
                assert!(matches!(same, Verdict::SameRecords(_)), "{from:?} {to:?}");
            }
        }
    }
}

#[test]
fn numbers_as_varints_against_numbers_in_order() {
    let (one, other) = (numbers(1500, 3), numbers(1500, 4));
    let mut file = PublishedWriter::new(Layout::Git);
    let git: Vec<_> = one.iter().map(|(key, value)| Record::new(u64_key(*key), u64_value(*value))).collect();
    let root = file.append_tree(&git);
    let left = published(&file, root, "u64", "u64");
    let storage = Arc::new(Memory::default()) as Arc<dyn WriteAt>;
    let mut map = MerkleSearchTree::<u64, u64>::on_storage(storage, Options::default()).unwrap();
    map.insert_many(other.clone()).unwrap();
    let right = map.snapshot().unwrap().tree().clone();
    assert_eq!(drift(&left, &right).0, expected(&one, &other, |number| number.to_be_bytes().to_vec()));
}

#[test]
fn canonical_published_pairs_cost_at_most_twice_the_least() {
    for seed in 0..60 {
        let size = [20, 200, 2000][(seed % 3) as usize];
        let one = numbers(size, seed);
        let mut other = one.clone();
        for change in 0..[1, 5, size / 4][(seed / 3 % 3) as usize] {
            let key = scramble(seed << 20 | change) % size;
            if other.remove(&key).is_none() || change % 2 == 0 {
                other.insert(key, 9);
            }
        }
        for layout in [Layout::V0_2, Layout::Git] {
            let (left, right) = (named(&one, Some(layout)), named(&other, Some(layout)));
            let (found, counts) = drift(&left, &right);
            assert_eq!(found, expected(&one, &other, |number| name(number).into_bytes()));
            let (read, least) = (reads(&counts), only_in_one(&nodes(&left), &nodes(&right)));
            assert!(read.0 + read.1 <= 2 * (least.0 + least.1), "seed {seed}: {read:?} {least:?}");
        }
    }
}

/// Writes the records in a shape that no order of insertion gives: random levels, nodes without keys, empty leaves.
fn odd(file: &mut PublishedWriter, records: &[Record], level: u32, seed: &mut u64) -> Link {
    *seed = scramble(*seed);
    if records.is_empty() {
        return if seed.is_multiple_of(3) { file.write_phantom_leaf() } else { file.write_empty() };
    }
    if level == 0 {
        return file.write_leaf(&records.iter().collect::<Vec<_>>());
    }
    if seed.is_multiple_of(5) {
        let child = odd(file, records, level - 1, seed);
        return file.write_pass_through(level, child);
    }
    let every = 2 + *seed as usize % 7;
    let chunks: Vec<&[Record]> = records.chunks(every).collect();
    let mut children = Vec::new();
    let mut own = Vec::new();
    for chunk in chunks {
        let (last, rest) = chunk.split_last().unwrap();
        children.push(odd(file, rest, level - 1, seed));
        own.push(last);
    }
    children.push(odd(file, &[], level - 1, seed));
    file.write_node(level, &own, &children)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]
    #[test]
    fn shapes_that_are_not_canonical(size in 0..120_u64, one in 0..9_u64, other in 0..9_u64, shape in any::<u32>(), level in 0..5_u32) {
        let (one, other) = (numbers(size, one), numbers(size, other));
        let mut file = PublishedWriter::new(Layout::V0_2);
        let mut seed = u64::from(shape);
        let left = odd(&mut file, &records(Layout::V0_2, &one), level, &mut seed);
        let right = odd(&mut file, &records(Layout::V0_2, &other), (level + 1) % 5, &mut seed);
        let (left, right) = (published(&file, left, "String", "u64"), published(&file, right, "String", "u64"));
        let expected = expected(&one, &other, |number| name(number).into_bytes());
        prop_assert_eq!(drift(&left, &right).0, expected.clone());
        let mut backwards = run(&mut diff(&left, &right).reversed(), &left, &right);
        backwards.reverse();
        prop_assert_eq!(backwards, expected);
    }
}

/// A canonical tree of 0.2 and a copy of it in which one leaf of many is damaged.
#[test]
fn damage_hides_its_key_range_and_nothing_else() {
    let one = numbers(2000, 5);
    let mut other = one.clone();
    for key in (0..2000).step_by(7) {
        other.insert(key, 3);
    }
    let left = named(&one, Some(Layout::V0_2));
    let mut file = PublishedWriter::new(Layout::V0_2);
    let root = file.append_tree(&records(Layout::V0_2, &other));
    let whole = published(&file, root, "String", "u64");
    let all = drift(&left, &whole).0;
    for target in [700, 1400] {
        // The node that holds this record.
        let record = whole.get(&string_key(Layout::V0_2, &name(target)).stored).unwrap().unwrap();
        let mut damaged = file.clone();
        let node = Link { offset: record.node().offset(), hash: [0; 32] };
        let at = damaged.find(node, record.bytes().stored_key);
        damaged.flip_bit(at + 3, 0);
        let right = published(&damaged, root, "String", "u64");
        for reversed in [false, true] {
            let stream = diff(&left, &right);
            let mut stream = if reversed { stream.reversed() } else { stream };
            let mut damage: Vec<Damage> = Vec::new();
            let mut found = Vec::new();
            for item in &mut stream {
                match item {
                    Item::Damage(one) => damage.push(*one),
                    item => found.push(Drift::of(&item, &left, &right).unwrap()),
                }
            }
            found.sort_by(|a, b| a.key.cmp(&b.key));
            let [Damage { error: NodeError::Hash { offset, .. }, after, before, .. }] = damage.as_slice() else {
                panic!("{damage:?}")
            };
            assert_eq!(*offset, node.offset);
            let key = |record: &Option<file_mst::NodeRecord>| record.as_ref().map(|r| r.bytes().key.to_vec());
            let (after, before) = (key(after), key(before));
            let hidden = |drift: &&Drift| {
                after.as_ref().is_none_or(|after| drift.key > *after)
                    && before.as_ref().is_none_or(|before| drift.key < *before)
            };
            let seen: Vec<_> = all.iter().filter(|drift| !hidden(drift)).cloned().collect();
            assert!(seen.len() < all.len());
            assert_eq!(found, seen, "reversed {reversed}");
        }
        assert!(matches!(verdict(&left, &right), Verdict::CouldNotTell(..)));
        assert!(matches!(verdict(&right, &left), Verdict::CouldNotTell(..)));
    }
}

/// Keys in an order that is not that of their type, as a wrong guess at the type shows them.
#[test]
fn keys_out_of_order_are_reported() {
    let mut file = PublishedWriter::new(Layout::V0_2);
    let record = |number| Record::new(string_key(Layout::V0_2, &name(number)), u64_value(number));
    let (one, two, three) = (record(1), record(2), record(3));
    let left = file.write_leaf(&[&one, &three, &two]);
    let right = file.write_leaf(&[&one, &two, &three]);
    let (left, right) = (published(&file, left, "String", "u64"), published(&file, right, "String", "u64"));
    let Verdict::CouldNotTell(_, damage) = verdict(&left, &right) else { panic!("it cannot be told") };
    assert!(matches!(damage.error, NodeError::Order { .. }));
}

#[test]
fn trees_of_unknown_types_give_could_not_tell_unless_they_are_one() {
    let mut file = PublishedWriter::new(Layout::Git);
    let opaque = |numbers: &Numbers, file: &mut PublishedWriter| {
        // Three bytes that no known type of key and value explains.
        let key = |n: u64| mst_test_support::published::Key {
            stored: vec![0xff, 0xff, n as u8],
            hashed: vec![0xff, n as u8],
        };
        let records: Vec<_> = numbers.keys().map(|n| Record::new(key(*n), vec![0xfe, 0xff, 0xff])).collect();
        file.write_leaf(&records.iter().collect::<Vec<_>>())
    };
    let (left, right) = (opaque(&numbers(5, 1), &mut file), opaque(&numbers(9, 1), &mut file));
    let open = |root| open_bytes(file.bytes(), &at(root)).unwrap().tree;
    assert!(matches!(verdict(&open(left), &open(left)), Verdict::Same));
    let Verdict::CouldNotTell(_, damage) = verdict(&open(left), &open(right)) else { panic!("it cannot be told") };
    assert!(matches!(damage.error, NodeError::TypesUnknown { .. }));
}
