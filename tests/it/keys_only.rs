//! Values of a type that the search does not cover: their keys are still found, and each value whose ends a hash
//! proves.

use std::collections::HashMap;
use std::sync::Arc;

use crate::program::{Scratch, good, json_lines, run};
use file_mst::NodeError;
use file_mst::NodeHash;
use file_mst::Tree;
use file_mst::inspect::store::NodeStore;
use file_mst::inspect::walk::Step;
use file_mst::open::{Opened, TypingSource};
use mst_test_support::published::{Layout, Link, PublishedWriter, Record, string_key, u64_key};
use mst_test_support::trees::{at, list, open_bytes};
use serde_json::Value as Json;

/// Pseudorandom bytes that end at the first zero, as no postcard value does.
fn odd_value(seed: u64) -> Vec<u8> {
    let mut value: Vec<u8> = blake3::hash(&seed.to_le_bytes()).as_bytes()[..3 + (seed % 29) as usize].to_vec();
    value.iter_mut().for_each(|byte| *byte = (*byte).max(1));
    value.push(0);
    value
}

fn records(layout: Layout, count: u64) -> Vec<Record> {
    let key = |number: u64| match layout {
        Layout::V0_2 => string_key(layout, &format!("order-{}", number * number)),
        Layout::Git => u64_key(number * 3),
    };
    let mut records: Vec<_> = (0..count).map(|number| Record::new(key(number), odd_value(number))).collect();
    if layout == Layout::V0_2 {
        records.sort_by(|left, right| left.key_hashed.cmp(&right.key_hashed));
    }
    records
}

fn written(records: &[Record], layout: Layout) -> (Vec<u8>, Link) {
    let mut writer = PublishedWriter::new(layout);
    let root = writer.append_tree(records);
    (writer.into_bytes(), root)
}

#[test]
fn keys_are_found_and_the_values_whose_ends_a_hash_proves() {
    for layout in [Layout::V0_2, Layout::Git] {
        let written_records = records(layout, 3000);
        let (bytes, root) = written(&written_records, layout);
        let Opened { tree, typing, .. } = open_bytes(bytes, &at(root)).unwrap();
        let key = if layout == Layout::V0_2 { "String" } else { "u64" };
        assert_eq!(typing.key.as_ref().map(ToString::to_string).as_deref(), Some(key));
        assert!(typing.is_of_keys_only() && typing.source == TypingSource::Guessed);
        assert!(typing.proved >= 2 && typing.proved < typing.sampled, "{} of {}", typing.proved, typing.sampled);

        let known: HashMap<&[u8], &Record> =
            written_records.iter().map(|record| (record.key_stored.as_slice(), record)).collect();
        let (mut keys, mut values) = (Vec::new(), 0);
        for step in tree.walk() {
            match step {
                Step::Record(record) => {
                    let stored = record.bytes().stored_key.to_vec();
                    assert_eq!(record.bytes().value, known[stored.as_slice()].value);
                    assert!(record.node().hash().is_some());
                    values += 1;
                    keys.push(stored);
                }
                Step::Key(key) => {
                    assert!(key.node().key_count() > 1 && key.node().hash().is_none());
                    keys.push(key.stored().to_vec());
                }
                Step::Node { .. } | Step::Absent(_) => {}
                Step::Damage(damage) => panic!("{damage:?}"),
            }
        }
        let all: Vec<_> = written_records.iter().map(|record| record.key_stored.clone()).collect();
        assert_eq!(keys, all, "every key, in order");
        // Nodes of one record are about one in sixteen, those of two nearly as many.
        assert!(values > 20, "{values}");

        // Each key is found, with its value or the note that its ends are not known.
        for record in &written_records {
            match tree.get(&record.key_stored) {
                Ok(found) => assert_eq!(found.unwrap().bytes().value, record.value),
                Err(error) => assert!(matches!(error, NodeError::TypesUnknown { .. }), "{error}"),
            }
        }
        let mut absent = written_records[7].key_stored.clone();
        *absent.last_mut().unwrap() ^= 1;
        if !known.contains_key(absent.as_slice()) {
            assert!(tree.get(&absent).unwrap().is_none());
        }
    }
}

#[test]
fn a_flipped_byte_in_such_a_file_is_never_shown_as_proved() {
    let written_records = records(Layout::V0_2, 400);
    let (bytes, root) = written(&written_records, Layout::V0_2);
    let known: HashMap<&[u8], &Record> =
        written_records.iter().map(|record| (record.key_stored.as_slice(), record)).collect();
    let opened = open_bytes(bytes.clone(), &at(root)).unwrap();
    assert!(opened.typing.is_of_keys_only());
    let codec = opened.tree.store().codec();
    for byte in (4..bytes.len()).step_by(13) {
        let mut flipped = bytes.clone();
        flipped[byte] ^= 0x10;
        let store = NodeStore::new(Arc::new(flipped), codec.clone(), 1 << 20);
        for record in list(&Tree::new(Arc::new(store), opened.tree.root_link())).records {
            assert_eq!(known.get(record.key_stored.as_slice()), Some(&&record), "byte {byte}");
        }
    }
}

#[test]
fn the_program_says_what_is_known_and_what_is_not() {
    let scratch = Scratch::new();
    let written_records = records(Layout::V0_2, 3000);
    let (bytes, root) = written(&written_records, Layout::V0_2);
    let target = format!("{}@{}:{}", scratch.file("odd.mst", &bytes), root.offset, NodeHash::from(root.hash));

    let ran = run(&["ls", "--json", &target]);
    assert_eq!(ran.code, 2, "not every value could be told");
    let lines = json_lines(&ran.out);
    assert_eq!(lines.len(), written_records.len());
    let whole = lines.iter().filter(|line| !line["value_hex"].is_null()).count();
    assert!(whole > 20 && lines.iter().all(|line| line["value_hex"].is_null() != line["undivided"].is_null()));

    let key = |line: &Json| line["key"].as_str().unwrap().to_owned();
    let told = lines.iter().find(|line| !line["value_hex"].is_null()).unwrap();
    assert_eq!(good(&["get", &target, &key(told)]).trim(), told["value_hex"]);
    let untold = lines.iter().find(|line| line["value_hex"].is_null()).unwrap();
    let ran = run(&["get", &target, &key(untold)]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("is there") && ran.err.contains("--value"), "{}", ran.err);

    let inferred: Json = serde_json::from_str(&good(&["infer", "--json", &target])).unwrap();
    assert_eq!((inferred["key"].as_str(), inferred["value"].is_null()), (Some("String"), true));
    let stat: Json = serde_json::from_str(&run(&["stat", "--json", &target]).out).unwrap();
    assert_eq!(stat["records"], 3000);
    assert!(stat["opaque_nodes"].as_u64().unwrap() > 50, "{stat}");
    assert_eq!(run(&["verify", &target]).code, 2);
    let shown = run(&[&target]).out;
    assert!(shown.contains("String → unknown") && shown.contains("one of"), "{shown}");
}
