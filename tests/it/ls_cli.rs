//! `ls` with bounds and a prefix: it lists the keys that a filter of the whole list keeps.

use crate::program::{Scratch, good, json_lines, path, refused, run};
use file_mst::MerkleSearchTree;
use mst_test_support::published::{Layout, PublishedWriter, Record, bytes_key, string_key, u64_key, u64_value};
use serde_json::Value as Json;

/// Writes a tree of these keys, and returns it as `PATH@OFFSET`.
fn published(scratch: &Scratch, name: &str, layout: Layout, records: Vec<Record>) -> String {
    let mut file = PublishedWriter::new(layout);
    let root = file.append_tree(&records);
    format!("{}@{}", scratch.file(name, file.bytes()), root.offset)
}

fn keys(args: &[&str]) -> Vec<Json> {
    let all = [&["ls", "--json"], args].concat();
    json_lines(&good(&all)).iter().map(|line| line["key"].clone()).collect()
}

/// Checks that `ls` lists the keys for which `fits` is true, in order.
#[track_caller]
fn listed(tree: &str, args: &[&str], fits: impl Fn(&Json) -> bool) {
    let mut expected: Vec<Json> = keys(&[tree]).into_iter().filter(fits).collect();
    assert_eq!(keys(&[&[tree], args].concat()), expected, "{args:?}");
    expected.reverse();
    assert_eq!(keys(&[&[tree, "--reverse"], args].concat()), expected, "{args:?}");
    let last = keys(&[&[tree, "--reverse", "--limit", "1"], args].concat());
    assert_eq!(last, expected.get(..1).unwrap_or_default(), "{args:?}");
    // The text has the same number of lines.
    let text = good(&[&["ls", tree], args].concat());
    assert_eq!(text.lines().count(), expected.len(), "{args:?}");
}

#[test]
fn text_keys_are_filtered() {
    let scratch = Scratch::new();
    let mut texts: Vec<String> = (0..900).map(|id| format!("{}{}", ["ab", "a", "märz/", "z"][id % 4], id)).collect();
    texts.sort_unstable();
    for layout in [Layout::V0_2, Layout::Git] {
        let records = texts.iter().map(|text| Record::new(string_key(layout, text), u64_value(7))).collect();
        let tree = published(&scratch, &format!("{layout:?}"), layout, records);
        let text = |key: &Json| key.as_str().unwrap().to_owned();
        for prefix in ["", "a", "ab", "ab1", "m", "märz/77", "nothing", "z899", "zz"] {
            listed(&tree, &["--prefix", prefix], |key| text(key).starts_with(prefix));
            listed(&tree, &["--prefix", prefix, "--from", "ab2", "--to", "ab77"], |key| {
                text(key).starts_with(prefix) && ("ab2".to_owned().."ab77".to_owned()).contains(&text(key))
            });
        }
        for to in ["", "a", "ab5", "märz/4", "märz/401", "zzz"] {
            listed(&tree, &["--to", to], |key| text(key).as_str() < to);
            listed(&tree, &["--from", "ab", "--to", to], |key| {
                ("ab".to_owned()..).contains(&text(key)) && text(key).as_str() < to
            });
        }
        assert_eq!(keys(&[&tree, "--prefix", "ab", "--limit", "3"]).len(), 3);
    }
}

#[test]
fn byte_and_number_keys_are_filtered() {
    let scratch = Scratch::new();
    let all: Vec<[u8; 2]> = (0..900_u16).map(|id| (id * 7).to_be_bytes()).collect();
    let records = all.iter().map(|key| Record::new(bytes_key(Layout::V0_2, key), u64_value(7))).collect();
    let tree = published(&scratch, "bytes", Layout::V0_2, records);
    let hex = |key: &Json| key.as_str().unwrap().to_owned();
    for prefix in ["", "00", "0x07", "18", "1800", "ff"] {
        listed(&tree, &["--key", "Vec<u8>", "--prefix", prefix], |key| {
            hex(key).trim_start_matches("0x").starts_with(prefix.trim_start_matches("0x"))
        });
    }
    refused(&["ls", &tree, "--key", "Vec<u8>", "--prefix", "0"], &["not the beginning of a key", "even number"]);

    let records = (0..900).map(|id| Record::new(u64_key(3 * id), u64_value(7))).collect();
    let tree = published(&scratch, "numbers", Layout::Git, records);
    listed(&tree, &["--from", "300", "--to", "0x3e8"], |key| (300..1000).contains(&key.as_u64().unwrap()));
    refused(&["ls", &tree, "--prefix", "30"], &["u64 have no prefix"]);
    refused(&["ls", &tree, "--to", "thirty"], &["thirty", "not a key of type u64"]);
}

#[test]
fn structured_keys_are_filtered_by_first_fields() {
    let scratch = Scratch::new();
    let path = scratch.path("own.mst");
    let mut own: MerkleSearchTree<(String, u64), u64> = MerkleSearchTree::open(&path).unwrap();
    for id in 0..400 {
        own.insert((["eu", "e", "europe", "us"][id as usize % 4].to_owned(), id), id).unwrap();
    }
    own.commit("").unwrap();
    drop(own);
    let region = |key: &Json| key[0].as_str().unwrap().to_owned();
    for prefix in ["eu", "e", "us", "nowhere"] {
        listed(&path, &["--prefix", prefix], |key| region(key) == prefix);
    }
    listed(&path, &["--prefix", r#"["eu"]"#], |key| region(key) == "eu");
    listed(&path, &["--prefix", r#"["eu", 12]"#], |key| region(key) == "eu" && key[1] == 12);
    listed(&path, &["--from", r#"["eu", 100]"#, "--to", r#"["eu", 200]"#], |key| {
        region(key) == "eu" && (100..200).contains(&key[1].as_u64().unwrap())
    });
}

#[test]
fn records_are_searched_as_on_the_screen() {
    let scratch = Scratch::new();
    let records = (0..300_u64).map(|id| Record::new(string_key(Layout::V0_2, &format!("k{id:03}")), u64_value(id * 7)));
    let tree = published(&scratch, "texts", Layout::V0_2, records.collect());
    let number = |key: &Json| key.as_str().unwrap()[1..].parse::<u64>().unwrap();
    listed(&tree, &["--grep", "k07"], |key| (70..80).contains(&number(key)));
    listed(&tree, &["--grep", "key:/^k.[05]7$/"], |key| matches!(number(key) % 100, 7 | 57));
    listed(&tree, &["--grep", "value:77"], |key| (number(key) * 7).to_string().contains("77"));
    listed(&tree, &["--grep", "value:77", "--from", "k200"], |key| {
        number(key) >= 200 && (number(key) * 7).to_string().contains("77")
    });
    assert_eq!(keys(&[&tree, "--grep", "k0", "--limit", "3"]).len(), 3);
    let none = run(&["ls", &tree, "--grep", "K07"]);
    assert_eq!((none.code, none.out.as_str()), (1, ""), "capitals count where there are some");
    refused(&["ls", &tree, "--grep", "/(/"], &["is no pattern: unclosed group"]);
}

#[test]
fn chosen_fields_are_printed() {
    let ledger = &path("ledger.mst");
    let first = |args: &[&str]| good(&[&["ls", ledger, "--limit", "1"], args].concat());
    assert_eq!(first(&["--fields", "status,amount_cents"]), "INV-2026000  {status: Paid, amount_cents: 104000}\n");
    let json = json_lines(&first(&["--fields", "currency", "--json"]));
    assert_eq!(json[0]["value"], serde_json::json!({"currency": "EUR"}));
    assert!(json[0]["value_hex"].is_null(), "the bytes have the other fields too");
    assert_eq!(first(&["--fields", "currency", "--format-value", "json"]), "INV-2026000  {\"currency\":\"EUR\"}\n");
    assert_eq!(good(&["get", ledger, "INV-2026000", "--fields", "customer"]), "{customer: \"C254\"}\n");
    refused(&["ls", ledger, "--fields", "state"], &["no field \"state\"", "customer, amount_cents, currency, status"]);
    refused(&["ls", ledger, "--fields", "status", "--format-value", "redacted"], &["--fields prints fields"]);
}

#[test]
fn what_is_damaged_is_told_in_both_directions() {
    let broken = &path("broken.mst");
    let [forward, backward] = [&["ls", broken][..], &["ls", broken, "--reverse"]].map(run);
    let mut lines: Vec<_> = backward.out.lines().collect();
    lines.reverse();
    assert_eq!(lines, forward.out.lines().collect::<Vec<_>>());
    assert!(!lines.is_empty() && forward.code == backward.code && forward.err == backward.err, "{}", backward.err);
}
