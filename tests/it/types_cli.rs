//! Types on the command line: what is inferred, what is noted, and how values are printed.

use std::fs;

use crate::program::{Scratch, good, json_lines, refused};
use mst_test_support::trees::{upstream_tree, upstream_trees};
use mst_test_support::upstream;
use serde_json::{Value as Json, json};

fn json_of(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn what_is_inferred_is_proved_by_every_node() {
    for tree in upstream_trees() {
        let said = json_of(&good(&["infer", "--json", &tree.target()]));
        assert_eq!((&said["source"], &said["proved_by"]), (&json!("guessed"), &said["sampled"]), "{said}");
        let ends = |ty: &str| ty.replace("i64", "u64").replace("Vec<u8>", "String");
        assert_eq!(ends(said["key"].as_str().unwrap()), ends(&tree.key), "{}: {said}", tree.file);
        assert_eq!(ends(said["value"].as_str().unwrap()), ends(&tree.value), "{}: {said}", tree.file);
    }
    let text = good(&["infer", &upstream_tree("config.mst").target()]);
    assert!(text.contains("proved by  3 nodes of 3 looked at") && text.contains("Vec<u8>"), "{text}");
}

#[test]
fn types_are_noted_in_a_commit_of_our_own_files() {
    let scratch = Scratch::new();
    let file = scratch.file("ledger.mst", &fs::read(crate::program::path("ledger.mst")).unwrap());
    let before = json_of(&good(&["stat", "--json", &file]));
    let records = good(&["ls", &file, "--limit", "3"]);
    let types = "{key: String, value: {who: String, cents: u64, unit: String, state: enum {A, B, C, D, E}}}";
    let said = json_of(&good(&["schema", &file, "--set", types, "--json"]));
    assert_eq!(said["noted"], "commit #3", "{said}");
    assert_eq!(good(&["schema", &file]).trim(), types);
    let after = json_of(&good(&["stat", "--json", &file]));
    assert_eq!((&before["hash"], &before["offset"]), (&after["hash"], &after["offset"]));
    assert_ne!(good(&["ls", &file, "--limit", "3"]), records, "the fields have other names");
    // What does not fit is noted nowhere.
    refused(&["schema", &file, "--set", "{key: String, value: u8}"], &["cannot note"]);
    refused(&["schema", &file, "--set", "{key: String}"], &["{key: TYPE, value: TYPE}"]);
    refused(&["schema", &file, "--set", "{key: Strin, value: u8}"], &["Strin"]);
    assert_eq!(good(&["schema", &file]).trim(), types);
}

#[test]
fn types_are_noted_beside_foreign_files() {
    let scratch = Scratch::new();
    let bytes = upstream::bytes("head-history.mst");
    let file = scratch.file("history.mst", &bytes);
    let said = json_of(&good(&["schema", &file, "--set", "{key: String, value: Option<i64>}", "--json"]));
    assert!(said["noted"].as_str().unwrap().ends_with("history.mst.schema"), "{said}");
    assert_eq!(fs::read(&file).unwrap(), bytes, "no byte has changed");
    assert_eq!(good(&["schema", &file]), "{key: String, value: Option<i64>}\n");
    assert_eq!(good(&["get", &file, "k001"]), "Some(20)\n");
    assert_eq!(good(&["get", &file, "k001", "--value", "Option<u64>"]), "Some(40)\n", "what is said comes first");
    let other = scratch.file("other.schema", b"{key: Vec<u8>, value: Option<u32>}\n");
    assert_eq!(good(&["get", &file, "6b303031", "--schema", &other]), "Some(40)\n");
    let none = scratch.file("none.schema", b"String");
    refused(&["get", &file, "k001", "--schema", &none], &["none.schema", "{key: TYPE, value: TYPE}"]);
    // What is noted is no evidence for the bytes.
    assert_eq!(json_of(&good(&["infer", &file, "--json"]))["source"], "guessed");
}

#[test]
fn values_are_printed_as_asked_for() {
    let target = upstream_tree("config.mst").target();
    let get = |format: &str| good(&["get", &target, "service.00.host", "--format-value", format]).trim_end().to_owned();
    assert_eq!((get("auto"), get("text")), ("value-0".to_owned(), "value-0".to_owned()));
    assert_eq!((get("json"), get("hex")), ("\"value-0\"".to_owned(), "0776616c75652d30".to_owned()));
    let redacted = get("redacted");
    assert!(redacted.starts_with("(8 bytes, ") && !redacted.contains("value"), "{redacted}");
    let listed = json_lines(&good(&["ls", &target, "--json", "--limit", "2", "--format-value", "redacted"]));
    assert_eq!((&listed[0]["value"], &listed[0]["value_hex"]), (&Json::Null, &Json::Null));
    assert_eq!(listed[0]["redacted"], redacted);
    assert_ne!(listed[0]["redacted"], listed[1]["redacted"]);
}
