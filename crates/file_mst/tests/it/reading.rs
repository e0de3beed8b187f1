//! Files of the published crate open without given types, and hold the expected records.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use file_mst::NodeHash;
use file_mst::Tree;
use file_mst::inspect::dialect::Dialect;
use file_mst::open::{OpenError, OpenOptions, Opened, RootSource, TypingSource};
use mst_test_support::published::{
    Key, Layout, PublishedWriter, Record, bytes_key, bytes_value, bytes32_value, canonical_root, option_i64_value,
    string_key, string_value, u64_key, u64_value,
};
use mst_test_support::trees::{
    UpstreamTree, at, manifest, open_bytes, scramble, sound_records, typed, upstream_tree, upstream_trees,
};
use mst_test_support::upstream;

fn open_upstream(tree: &UpstreamTree) -> Opened {
    open_bytes(upstream::bytes(&tree.file), &tree.options()).unwrap()
}

fn dialect(layout: Layout) -> Dialect {
    match layout {
        Layout::V0_2 => Dialect::FileMst02,
        Layout::Git => Dialect::FileMstGit,
    }
}

fn stored_keys(records: &[Record]) -> Vec<&[u8]> {
    records.iter().map(|record| record.key_stored.as_slice()).collect()
}

#[test]
fn every_upstream_tree_opens_without_types() {
    for tree in upstream_trees() {
        let name = format!("{}@{}", tree.file, tree.offset);
        let opened = open_upstream(&tree);
        assert_eq!(opened.root_source, RootSource::Given, "{name}");
        assert_eq!(opened.tree.store().codec().dialect, dialect(tree.layout), "{name}");
        assert_eq!(opened.typing.source, TypingSource::Guessed, "{name}");
        assert_eq!(opened.typing.proved, opened.typing.sampled, "{name}");
        let root = opened.tree.root().unwrap().unwrap();
        assert_eq!((root.hash(), root.stored_hash()), (Some(tree.hash), tree.hash), "{name}");

        let records = sound_records(&opened.tree);
        let stats = opened.tree.stats(|_| ControlFlow::Continue(()));
        assert!(stats.damage.is_empty() && stats.opaque_nodes == 0, "{name}");
        assert_eq!(stats.records, records.len() as u64, "{name}");
        assert_eq!((stats.misplaced_keys, stats.unordered_keys), (0, 0), "{name}");
        assert_eq!(stats.canonical(), Some(stats.keyless_nodes == 0), "{name}");
        // The shape is canonical exactly if the root is the one that the definition gives.
        let is_canonical = NodeHash::from(canonical_root(&records)) == tree.hash;
        assert_eq!(stats.canonical(), Some(is_canonical), "{name}");
        if let Some(count) = tree.records {
            assert_eq!(stats.records, count, "{name}");
        }
    }
}

#[test]
fn page_0_leads_to_the_newest_version() {
    for tree in upstream_trees().iter().filter(|tree| tree.layout == Layout::Git && tree.newest) {
        let opened = open_bytes(upstream::bytes(&tree.file), &OpenOptions::default()).unwrap();
        assert_eq!(opened.root_source, RootSource::Pointer);
        assert_eq!(opened.tree.root_link().offset, tree.offset);
        assert_eq!(opened.tree.root_link().hash, tree.hash);
    }
}

#[test]
fn a_root_is_found_by_its_offset_or_hash() {
    let tree = upstream_tree("orders-a.mst");
    let open = |offset, hash| {
        let options = OpenOptions { offset, hash, ..OpenOptions::default() };
        open_bytes(upstream::bytes(&tree.file), &options)
    };
    let by_offset = open(Some(tree.offset), None).unwrap();
    assert_eq!((by_offset.root_source, by_offset.tree.root_link().hash), (RootSource::OffsetOnly, tree.hash));
    let by_hash = open(None, Some(tree.hash)).unwrap();
    assert_eq!((by_hash.root_source, by_hash.tree.root_link().offset), (RootSource::LastNode, tree.offset));
    let Err(OpenError::NoRoot { likely: Some(likely) }) = open(None, None) else { panic!("a 0.2 file has no root") };
    assert_eq!((likely.offset, likely.hash), (tree.offset, tree.hash));
}

#[test]
fn records_come_in_key_order_and_are_found_by_key() {
    for tree in upstream_trees() {
        let Opened { tree, typing, .. } = open_upstream(&tree);
        let records = sound_records(&tree);
        let forms = tree.store().codec().items.clone().unwrap();
        let keys = stored_keys(&records);
        assert!(keys.is_sorted_by(|left, right| forms.key.compare(left, right).is_lt()));
        for record in &records {
            let found = tree.get(&record.key_stored).unwrap().unwrap();
            assert_eq!(found.bytes().value, record.value);
            // A key with a byte more or less, in a length that says so.
            for neighbour in neighbours(&typing.key.as_ref().unwrap().to_string(), &record.key_hashed) {
                if !keys.contains(&neighbour.as_slice()) {
                    assert!(tree.get(&neighbour).unwrap().is_none());
                }
            }
        }
    }
}

/// Keys close to the one with these hashed bytes, as they would be stored.
fn neighbours(key_type: &str, hashed: &[u8]) -> Vec<Vec<u8>> {
    match key_type {
        // The hashed bytes of a git key begin with its length; as the content of another key they do no harm.
        "String" | "Vec<u8>" => {
            vec![bytes_value(&[hashed, b"\0"].concat()), bytes_value(&hashed[..hashed.len() - 1]), bytes_value(&[])]
        }
        _ => vec![u64_value(u64::MAX), u64_value(u64::from(hashed[0] & 0x7f))],
    }
}

#[test]
fn a_walk_starts_at_any_key() {
    let tree = open_upstream(&upstream_tree("orders-a.mst")).tree;
    let records = sound_records(&tree);
    let from = |content: &[u8]| -> Vec<Record> {
        let walk = tree.walk().from_key(bytes_value(content));
        walk.records()
            .map(|found| {
                let found = found.unwrap();
                let bytes = found.bytes();
                Record {
                    key_stored: bytes.stored_key.to_vec(),
                    key_hashed: bytes.key.to_vec(),
                    value: bytes.value.to_vec(),
                }
            })
            .collect()
    };
    assert_eq!(from(&[]), records);
    assert_eq!(from(&[0xff; 9]), []);
    for index in (0..records.len()).step_by(311) {
        let key = &records[index].key_hashed;
        assert_eq!(from(key), records[index..], "at {index}");
        let behind = [key.as_slice(), &[0]].concat();
        assert_eq!(from(&behind), records[index + 1..], "behind {index}");
    }
}

#[test]
fn the_drift_of_the_orders_is_the_listed_one() {
    let map = |file: &str| -> BTreeMap<Vec<u8>, Vec<u8>> {
        let records = sound_records(&open_upstream(&upstream_tree(file)).tree);
        records.into_iter().map(|record| (record.key_hashed, record.value)).collect()
    };
    let (left, right) = (map("orders-a.mst"), map("orders-b.mst"));
    let hex = |keys: Vec<&Vec<u8>>| -> Vec<String> { keys.into_iter().map(hex::encode).collect() };
    let drift =
        manifest("manifest.json").iter().find(|entry| entry["file"] == "orders-a.mst").unwrap()["drift"].clone();
    let found = serde_json::json!({
        "only_left": hex(left.keys().filter(|key| !right.contains_key(*key)).collect()),
        "only_right": hex(right.keys().filter(|key| !left.contains_key(*key)).collect()),
        "changed": hex(left.iter().filter(|(key, value)| right.get(*key).is_some_and(|other| other != *value)).map(|(key, _)| key).collect()),
    });
    assert_eq!(found, drift);
}

#[test]
fn one_set_of_records_has_two_published_shapes() {
    let [sorted, shuffled] = ["same-set-sorted.mst", "same-set-shuffled.mst"].map(|file| {
        let tree = open_upstream(&upstream_tree(file)).tree;
        (tree.root_link().hash, sound_records(&tree), tree.stats(|_| ControlFlow::Continue(())).canonical())
    });
    assert_ne!(sorted.0, shuffled.0);
    assert_eq!(sorted.1, shuffled.1);
    assert_eq!((sorted.2, shuffled.2), (Some(true), Some(false)));
}

#[test]
fn given_types_are_proved_too() {
    for tree in upstream_trees() {
        let guessed = sound_records(&open_upstream(&tree).tree);
        // Hashes cover only bytes, so a type with the same boundaries is proved as well.
        let other_key = if tree.key == "String" { "Vec<u8>" } else { &tree.key };
        for key in [&tree.key, other_key] {
            let opened = open_bytes(upstream::bytes(&tree.file), &typed(key, &tree.value, tree.options())).unwrap();
            assert_eq!(opened.typing.source, TypingSource::Given);
            assert_eq!(opened.typing.proved, opened.typing.sampled);
            assert!(opened.typing.proved > 0);
            assert_eq!(sound_records(&opened.tree), guessed, "{} as {key}", tree.file);
        }
    }
}

#[test]
fn one_given_type_leaves_the_other_to_be_found() {
    for tree in upstream_trees() {
        for given_key in [true, false] {
            let mut options = typed(&tree.key, &tree.value, tree.options());
            if given_key {
                options.value = None
            } else {
                options.key = None
            }
            let opened = open_bytes(upstream::bytes(&tree.file), &options).unwrap();
            let name = |ty: Option<&mst_types::ItemType>| ty.unwrap().to_string();
            let (found, wanted) = if given_key {
                (name(opened.typing.key.as_ref()), &tree.key)
            } else {
                (name(opened.typing.value.as_ref()), &tree.value)
            };
            assert_eq!(found, *wanted, "{}", tree.file);
            sound_records(&opened.tree);
        }
    }
}

type MakeValue = fn(u64) -> Vec<u8>;

const VALUES: [(&str, MakeValue); 7] = [
    ("String", |seed| string_value(&"märz ".repeat((seed % 5) as usize))),
    ("Vec<u8>", |seed| bytes_value(&blake3::hash(&seed.to_le_bytes()).as_bytes()[..(seed % 33) as usize])),
    ("u64", |seed| u64_value(seed >> (seed % 64))),
    ("[u8; 32]", |seed| bytes32_value(*blake3::hash(&seed.to_le_bytes()).as_bytes())),
    ("Option<i64>", |seed| option_i64_value((seed % 3 != 0).then_some((seed >> (seed % 64)) as i64))),
    ("()", |_| Vec::new()),
    ("bool", |seed| vec![(seed % 2) as u8]),
];

type MakeKey = fn(Layout, u64) -> Key;

/// Keys that ascend with their number.
const KEYS: [(&str, Layout, MakeKey); 5] = [
    ("String", Layout::V0_2, |layout, id| string_key(layout, &format!("order/{id:06}"))),
    ("Vec<u8>", Layout::V0_2, |layout, id| bytes_key(layout, &id.to_be_bytes())),
    ("String", Layout::Git, |layout, id| string_key(layout, &format!("{id:06}{}", "x".repeat((id % 4) as usize)))),
    ("Vec<u8>", Layout::Git, |layout, id| bytes_key(layout, &id.to_be_bytes())),
    ("u64", Layout::Git, |_, id| u64_key(id * id)),
];

#[test]
fn written_files_open_without_types_and_give_what_was_written() {
    let mut wrong = Vec::new();
    for (key_type, layout, key) in KEYS {
        for (value_type, value) in VALUES {
            for count in [0, 1, 2, 17, 300, 5000] {
                let written: Vec<Record> =
                    (0..count).map(|id| Record::new(key(layout, id), value(scramble(id)))).collect();
                let mut file = PublishedWriter::new(layout);
                let root = file.append_tree(&written);
                let opened = open_bytes(file.into_bytes(), &at(root)).unwrap();
                let name = format!("{layout:?} {key_type} -> {value_type}, {count}, as {:?}", opened.typing);
                assert_eq!(opened.tree.store().codec().dialect, dialect(layout), "{name}");
                let found = mst_test_support::trees::list(&opened.tree);
                if !found.damage.is_empty() || found.records != written {
                    wrong.push(name);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} trees are not what was written:\n{}", wrong.len(), wrong.join("\n"));
}

type NamedValues<'a> = (&'a str, &'a dyn Fn(u64) -> Vec<u8>);

/// Values that look alike except a few: a path from the root does not show the whole type.
#[test]
fn rare_values_do_not_mislead() {
    let rare = |seed: u64, value: Vec<u8>, usual: &[u8]| if seed.is_multiple_of(40) { value } else { usual.to_vec() };
    let values: [NamedValues; 9] = [
        ("Option<i64>, mostly None", &|seed| rare(seed, option_i64_value(Some(seed as i64)), &[0])),
        ("Option<String>, mostly None", &|seed| rare(seed, [vec![1], string_value("märz")].concat(), &[0])),
        ("bool, mostly false", &|seed| rare(seed, vec![1], &[0])),
        ("u64, mostly small", &|seed| rare(seed, u64_value(seed), &[7])),
        ("Option<u64>, mostly a small one", &|seed| rare(seed, option_i64_value(Some(seed as i64)), &[1, 5])),
        ("Option<[u8; 32]>, mostly there", &|seed| rare(seed, vec![0], &[1; 33])),
        ("Option<String>, of one length but for a few", &|seed| rare(seed, vec![0], b"\x01\x04abcd")),
        ("u8, mostly small", &|seed| rare(seed, vec![200], &[7])),
        ("String, mostly empty", &|seed| rare(seed, string_value("märz"), &[0])),
    ];
    let mut wrong = Vec::new();
    for (name, value) in values {
        for seed in 0..8 {
            let records: Vec<Record> = (0..1000)
                .map(|id| {
                    let key = string_key(Layout::V0_2, &format!("{seed}/{id:04}"));
                    Record::new(key, value(scramble(seed << 32 | id)))
                })
                .collect();
            let mut file = PublishedWriter::new(Layout::V0_2);
            let root = file.append_tree(&records);
            let opened = open_bytes(file.into_bytes(), &at(root)).unwrap();
            let found = mst_test_support::trees::list(&opened.tree);
            if !found.damage.is_empty() || found.records != records {
                wrong.push(format!("{name}: {:?}", opened.typing));
            }
        }
    }
    assert!(wrong.is_empty(), "{} trees are not what was written:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn text_and_bytes_as_keys_have_the_same_hashes() {
    for layout in [Layout::V0_2, Layout::Git] {
        let roots =
            [string_key as fn(Layout, &str) -> Key, |layout, text| bytes_key(layout, text.as_bytes())].map(|key| {
                let records: Vec<Record> =
                    (0..100).map(|id| Record::new(key(layout, &format!("{id:03}")), u64_value(id))).collect();
                let mut file = PublishedWriter::new(layout);
                let root = file.append_tree(&records);
                for ty in ["String", "Vec<u8>"] {
                    let opened = open_bytes(file.bytes(), &typed(ty, "u64", at(root))).unwrap();
                    assert_eq!(sound_records(&opened.tree), records);
                }
                root.hash
            });
        assert_eq!(roots[0], roots[1]);
    }
}

#[test]
fn the_empty_tree_opens() {
    for layout in [Layout::V0_2, Layout::Git] {
        let mut file = PublishedWriter::new(layout);
        let root = file.append_tree(&[]);
        let opened = open_bytes(file.into_bytes(), &at(root)).unwrap();
        let stats = opened.tree.stats(|_| ControlFlow::Continue(()));
        assert_eq!((stats.height, stats.records, stats.nodes, stats.empty_nodes), (0, 0, 1, 1));
        assert_eq!(stats.canonical(), Some(true));
        assert_eq!(opened.tree.height().unwrap(), 0);
    }
}

#[test]
fn all_of_a_file_with_one_version_is_reachable() {
    let file = "same-set-sorted.mst";
    let tree: Tree = open_upstream(&upstream_tree(file)).tree;
    let stats = tree.stats(|_| ControlFlow::Continue(()));
    assert_eq!(stats.bytes_reachable, upstream::bytes(file).len() as u64);
}
