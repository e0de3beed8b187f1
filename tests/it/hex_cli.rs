//! `hex` and `explain`: the bytes of every node add up to it, and a search is told step by step.

use std::fs;

use crate::program::{Ran, Scratch, good, json_lines, path, refused, run};
use mst_test_support::trees::upstream_trees;
use serde_json::{Value as Json, json};

const LEDGER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/ledger.mst");

fn of_kind(lines: &[Json], kind: &str) -> Vec<Json> {
    lines.iter().filter(|line| line["kind"] == kind).cloned().collect()
}

/// The fields of a node follow one another and are its bytes; what is hashed gives its hash.
#[track_caller]
fn assert_adds_up(file: &[u8], lines: &[Json], hash: &str) {
    let fields = of_kind(lines, "field");
    let start = fields[0]["offset"].as_u64().unwrap() as usize;
    let bytes: Vec<u8> = fields.iter().flat_map(|field| hex::decode(field["hex"].as_str().unwrap()).unwrap()).collect();
    assert_eq!(bytes, &file[start..start + bytes.len()]);
    let mut at = start as u64;
    for field in &fields {
        assert_eq!(field["offset"], at, "{field}");
        at += field["length"].as_u64().unwrap();
    }
    let hashed = of_kind(lines, "hashed");
    let message: Vec<u8> =
        hashed.iter().flat_map(|piece| hex::decode(piece["hex"].as_str().unwrap()).unwrap()).collect();
    assert_eq!(blake3::hash(&message).to_string(), hash);
    assert_eq!(hashed.last().unwrap()["hash_so_far"], hash);
    let node = &of_kind(lines, "node")[0];
    assert_eq!((&node["holds"], &node["reachable"], &node["error"]), (&json!(true), &json!(true), &Json::Null));
}

#[test]
fn every_dialect_by_field() {
    for tree in upstream_trees() {
        let lines = json_lines(&good(&["hex", &tree.target(), "--json"]));
        assert_adds_up(&fs::read(path(&tree.file)).unwrap(), &lines, &tree.hash.to_string());
        let fields = of_kind(&lines, "field");
        let has = |name: &str| fields.iter().any(|field| field["field"] == name);
        assert!(has("length") && has("key 0") && has("value 0") && has("child 0 hash") && has("hash"));
    }
    let stat = json_lines(&good(&["stat", "--json", LEDGER])).remove(0);
    let lines = json_lines(&good(&["hex", LEDGER, "--json"]));
    assert_adds_up(&fs::read(LEDGER).unwrap(), &lines, stat["hash"].as_str().unwrap());
    let fields = of_kind(&lines, "field");
    for name in ["check", "flags", "children", "child 0 records", "child 0 length", "padding"] {
        assert!(fields.iter().any(|field| field["field"] == name), "{name}");
    }
}

#[test]
fn what_is_said_of_a_node() {
    let root = good(&["hex", LEDGER]);
    for words in [
        "part of this tree",
        "u32, little-endian: 221 bytes follow",
        "links, keys of one length, values of one length",
        "u64, little-endian: 260 records in and below it",
        "INV-2026260",
        "a bit for each child, the first one first: 11100000, 3 children",
        "recomputed ✓",
        "what the hash is taken of",
    ] {
        assert!(root.contains(words), "{words} in {root}");
    }
    assert!(!root.contains('\u{1b}'), "colours without a terminal");
    refused(&["hex", LEDGER, "--node", "99999999"], &["the file ends"]);
    refused(&["hex", LEDGER, "--node", "x"], &["a number of bytes is wanted"]);
    refused(&["hex", LEDGER, "--page", "99"], &["there is no page 99"]);
}

#[test]
fn damage_is_shown_as_far_as_it_can_be_read() {
    let dir = Scratch::new();
    let sound = fs::read(LEDGER).unwrap();
    let root = json_lines(&good(&["stat", "--json", LEDGER])).remove(0)["offset"].as_u64().unwrap();
    let node = root.to_string();
    // A flipped bit in a value; another number of keys; a length that cannot be; a cut.
    for (name, at, value, code, words) in [
        ("value", 55, 0x77, 1, "it is damaged"),
        ("count", 14, 0xff, 1, "not read: the node"),
        ("length", 3, 0xff, 1, "its length prefix says"),
    ] {
        let mut bytes = sound.clone();
        bytes[root as usize + at] = value;
        let file = dir.file(name, &bytes);
        let Ran { code: found, out, err } = run(&["hex", &file, "--node", &node]);
        assert_eq!(found, code, "{name}: {err}");
        assert!(out.contains(words), "{name}: {out}");
        let lines = json_lines(&run(&["hex", &file, "--node", &node, "--json"]).out);
        let fields = of_kind(&lines, "field");
        let length: u64 = fields.iter().map(|field| field["length"].as_u64().unwrap()).sum();
        assert_eq!(length, 8192 - (root % 4096) - 4096, "{name}: all of the page is shown");
    }
}

#[test]
fn pages_say_what_lies_in_them() {
    let pages = fs::metadata(LEDGER).unwrap().len() / 4096;
    let mut kinds = std::collections::BTreeSet::new();
    let mut reachable = 0;
    for page in 0..pages {
        let lines = json_lines(&good(&["hex", LEDGER, "--page", &page.to_string(), "--json"]));
        let mut at = page * 4096;
        for line in &lines {
            kinds.insert(line["kind"].as_str().unwrap().to_owned());
            reachable += u64::from(line["reachable"] == true);
            assert!(line["offset"].as_u64().unwrap() <= at);
            at = line["offset"].as_u64().unwrap() + line["length"].as_u64().unwrap();
        }
        assert!(at >= (page + 1) * 4096);
    }
    assert!(kinds.iter().eq(["commit", "header", "node", "padding"]), "{kinds:?}");
    let stat = json_lines(&good(&["stat", "--json", LEDGER])).remove(0);
    assert_eq!(stat["nodes"], reachable);

    let dir = Scratch::new();
    let mut bytes = fs::read(LEDGER).unwrap();
    bytes[5000] ^= 1;
    let Ran { code, out, .. } = run(&["hex", &dir.file("hurt", &bytes), "--page", "1"]);
    assert_eq!(code, 1);
    assert!(out.contains("unknown") && out.matches("part of this tree").count() >= 8, "{out}");
}

#[test]
fn a_file_that_does_not_open_has_bytes_all_the_same() {
    let dir = Scratch::new();
    let mut bytes = fs::read(LEDGER).unwrap();
    bytes[..4096].fill(0);
    let file = dir.file("headless", &bytes);
    refused(&["hex", &file], &["cannot open"]);
    for args in [["--page", "1"], ["--node", "4096"]] {
        let Ran { code, out, err } = run(&[&["hex", &file], &args[..]].concat());
        assert_eq!(code, 0, "{err}");
        assert!(err.contains("shown as bytes of mst 1") && out.contains("is not known"), "{out}");
    }
}

#[test]
fn a_search_is_told_step_by_step() {
    for tree in upstream_trees() {
        let records = json_lines(&good(&["ls", "--json", &tree.target()]));
        let record = &records[records.len() / 2];
        let key = match &record["key"] {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        let lines = json_lines(&good(&["explain", &tree.target(), &key, "--json"]));
        let (first, last) = (&lines[0], lines.last().unwrap());
        assert_eq!((&first["key_hex"], &last["kind"]), (&record["key_hex"], &json!("found")));
        assert_eq!(last["value_hex"], record["value_hex"]);
        let hash = blake3::hash(&hex::decode(first["key_hex"].as_str().unwrap()).unwrap()).to_string();
        assert_eq!(first["hash"], hash);
        assert_eq!(first["level"], hash.len() - hash.trim_start_matches('0').len());
        let nodes = of_kind(&lines, "node");
        assert_eq!(nodes[0]["hash"], tree.hash.to_string());
        assert_eq!(nodes.last().unwrap()["level"], first["level"]);
        assert!(nodes.windows(2).all(|pair| pair[0]["level"].as_u64() > pair[1]["level"].as_u64()));
    }
    let absent = run(&["explain", LEDGER, "INV-2026001x"]);
    assert_eq!(absent.code, 1);
    assert!(absent.out.contains("absent     nothing stands between INV-2026001 and INV-2026002"), "{}", absent.out);
    let found = good(&["explain", LEDGER, "INV-2026001"]);
    assert!(
        found.contains("0: its hash begins with 1, not with a zero") && found.contains("here: key 2 of 10"),
        "{found}"
    );
}
