//! Schemas, logical types and value formats in the real program.

use std::fs;

use crate::program::{Scratch, good, json_lines, refused, run};
use mst_test_support::published::{Layout, PublishedWriter, Record, string_key};
use serde_json::{Value as Json, json};

/// A file of the published crate with 40 orders, and the name of its root.
fn orders(scratch: &Scratch, name: &str) -> (String, String) {
    let value = |n: u64| postcard::to_allocvec(&(n, 1_795_252_684_000_i64 + n as i64, format!("secret {n}"))).unwrap();
    let records: Vec<_> =
        (0..40).map(|n| Record::new(string_key(Layout::V0_2, &format!("order-{n:02}")), value(n))).collect();
    let mut file = PublishedWriter::new(Layout::V0_2);
    let root = file.append_tree(&records);
    let path = scratch.file(name, file.bytes());
    let target = format!("{path}@{}:{}", root.offset, hex::encode(root.hash));
    (path, target)
}

const TYPES: &str = "{key: String, value: Order{cents: u64 as decimal(2), at: timestamp(ms), note: String}}";

#[test]
fn types_are_recorded_beside_a_foreign_file_and_every_command_reads_them() {
    let scratch = Scratch::new();
    let (path, target) = orders(&scratch, "orders.mst");
    let before = fs::read(&path).unwrap();
    let noted = good(&["schema", &target, "--set", TYPES]);
    assert!(noted.contains("orders.mst.schema"), "{noted}");
    assert_eq!(fs::read(&path).unwrap(), before, "the file is as it was");
    assert_eq!(fs::read_to_string(format!("{path}.schema")).unwrap(), format!("{TYPES}\n"));

    assert_eq!(good(&["schema", &target]), format!("{TYPES}\n"));
    let schema: Json = serde_json::from_str(&good(&["schema", &target, "--json"])).unwrap();
    assert_eq!(schema["source"], "given");
    assert_eq!(schema["types"]["value"]["type_name"], "Order");
    assert_eq!(schema["types"]["value"]["struct"][1]["type"], json!({"type": "i64", "as": "timestamp(ms)"}));
    let shown = "{cents: 0.07, at: 2026-11-21T09:18:04.007Z, note: \"secret 7\"}\n";
    assert_eq!(good(&["get", &target, "order-07"]), shown);
    let line = &json_lines(&good(&["ls", "--json", "--from", "order-07", "--limit", "1", &target]))[0];
    assert_eq!(line["value"], json!({"cents": "0.07", "at": "2026-11-21T09:18:04.007Z", "note": "secret 7"}));
    let versions = good(&["log", &path, "--key", "order-07"]);
    assert!(versions.contains("cents: 0.07"), "{versions}");

    // Given types override recorded ones.
    let other = "(u64, i64, String)";
    let value = good(&["get", &target, "order-07", "--key", "String", "--value", other]);
    assert_eq!(value, "(7, 1795252684007, \"secret 7\")\n");

    // A schema printed as JSON can be used as input.
    let as_json = scratch.file("types.json", serde_json::to_string_pretty(&schema).unwrap().as_bytes());
    assert_eq!(good(&["get", &target, "order-07", "--schema", &as_json]), shown);
    let deep = json!({"key": schema["types"]["key"], "value": schema["types"]["value"]});
    let deep = scratch.file("deep.json", deep.to_string().as_bytes());
    assert_eq!(good(&["get", &target, "order-07", "--schema", &deep]), shown);
}

#[test]
fn types_that_do_not_fit_are_refused() {
    let scratch = Scratch::new();
    let (path, target) = orders(&scratch, "orders.mst");
    refused(&["schema", &target, "--set", "{key: String, value: u64}"], &["orders.mst"]);
    assert!(!fs::exists(format!("{path}.schema")).unwrap(), "nothing is recorded");
    refused(&["schema", &target, "--set", "{key: String}"], &["{key: TYPE, value: TYPE}"]);
    refused(&["schema", &target, "--set", "{key: String, value: String as uuid}"], &["column", "uuid is read from"]);
    refused(&["schema", &target, "--set", r#"{"key": "String", "value": {"vec": 7}}"#], &["member value", ".vec"]);
    // Types that were recorded for another file are refused.
    scratch.file("orders.mst.schema", b"{key: String, value: u64}");
    refused(&["ls", &target], &["orders.mst"]);
    scratch.file("orders.mst.schema", b"nonsense");
    refused(&["ls", &target], &["orders.mst.schema", "names no types"]);
}

#[test]
fn types_are_recorded_in_our_own_files_by_a_commit_with_the_same_root() {
    let scratch = Scratch::new();
    let path = scratch.path("own.mst");
    good(&["put", &path, "a", "1795252684", "--key", "String", "--value", "u64"]);
    let log = |path: &str| json_lines(&good(&["log", "--json", path]));
    let before = log(&path);
    let bytes = fs::read(&path).unwrap();
    let types = "{key: String, value: u64 as timestamp(s)}";
    good(&["schema", &path, "--set", types]);
    assert!(!fs::exists(format!("{path}.schema")).unwrap());
    let after = log(&path);
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(after[0]["hash"], before[0]["hash"]);
    let now = fs::read(&path).unwrap();
    assert!(now.len() - bytes.len() <= 8192, "a commit and nothing else: {}", now.len() - bytes.len());
    assert_eq!(good(&["schema", &path]), format!("{types}\n"));
    assert_eq!(good(&["get", &path, "a"]), "2026-11-21T09:18:04Z\n");
    // Later commits keep the types, and literals are parsed by them.
    good(&["put", &path, "b", "2026-11-21T09:18:05Z"]);
    assert_eq!(good(&["schema", &path]), format!("{types}\n"));
    assert_eq!(good(&["get", &path, "b", "--value", "u64"]), "1795252685\n");
    refused(&["put", &path, "c", "yesterday"], &["yesterday", "timestamp(s)"]);
}

#[test]
fn redacted_values_can_be_told_apart_but_not_read() {
    let scratch = Scratch::new();
    let (_, left) = orders(&scratch, "left.mst");
    let value = postcard::to_allocvec(&(7_u64, 0_i64, "secret sauce")).unwrap();
    let mut file = PublishedWriter::new(Layout::V0_2);
    let root = file.append_tree(&[Record::new(string_key(Layout::V0_2, "order-07"), value)]);
    let right = format!("{}@{}:{}", scratch.file("right.mst", file.bytes()), root.offset, hex::encode(root.hash));
    let types = ["--key", "String", "--value", "(u64, i64, String)"];
    let with = |args: &[&str]| {
        let ran = run(&[args, &types[..], &["--format-value", "redacted"]].concat());
        assert!(ran.code < 2, "{}", ran.err);
        assert!(!ran.out.contains("secret") && !ran.out.contains(&hex::encode("secret")), "{args:?}: {}", ran.out);
        ran.out
    };
    let shown = with(&["get", &left, "order-07"]);
    assert!(shown.starts_with("(16 bytes, "), "{shown}");
    assert_eq!(with(&["ls", &left]).lines().count(), 40);
    with(&["ls", &left, "--json"]);
    assert!(with(&["diff", &left, &right]).contains("order-07  (16 bytes, "));
    let lines = json_lines(&with(&["diff", "--json", &left, &right]));
    let changed = lines.iter().find(|line| line["kind"] == "changed").unwrap();
    assert_eq!((&changed["left"], &changed["left_hex"]), (&Json::Null, &Json::Null));
    assert_eq!(changed["fields"].as_array().unwrap().len(), 2);
    assert!(changed["redacted"][1].as_str().unwrap().contains("bytes, "));
    // Screens redact values too, also when the value is opened and its formats are cycled.
    for keys in ["", "<Tab><Enter>", "<Tab><Enter>vv"] {
        let picture = with(&["screenshot", &left, "--keys", keys]);
        assert!(picture.contains("bytes, "), "{keys}");
    }
    with(&["screenshot", &left, &right, "--keys", "]<Enter>"]);
}

#[test]
fn values_print_in_the_requested_format() {
    let scratch = Scratch::new();
    let (_, target) = orders(&scratch, "orders.mst");
    let schema = scratch.file("types", TYPES.as_bytes());
    let get = |format: &str| good(&["get", &target, "order-01", "--schema", &schema, "--format-value", format]);
    assert_eq!(get("auto"), "{cents: 0.01, at: 2026-11-21T09:18:04.001Z, note: \"secret 1\"}\n");
    assert_eq!(get("json"), "{\"cents\":\"0.01\",\"at\":\"2026-11-21T09:18:04.001Z\",\"note\":\"secret 1\"}\n");
    assert_eq!(
        get("hex"),
        format!("{}\n", hex::encode(postcard::to_allocvec(&(1_u64, 1_795_252_684_001_i64, "secret 1")).unwrap()))
    );
    assert!(get("text").contains("secret 1"));
    refused(&["get", &target, "order-01", "--format-value", "rot13"], &["rot13", "redacted"]);
}

/// A file can be read even if the types that a commit names do not match its records.
#[test]
fn a_file_with_a_wrong_schema_can_be_read() {
    use file_mst::{Options, TreeWriter};
    let dir = Scratch::new();
    let write = |name: &str, schema: &[u8], changed: u64| {
        let path = dir.path(name);
        let mut writer =
            TreeWriter::open(&path, Options { schema: Some(schema.to_vec()), ..Options::default() }).unwrap();
        for id in 0..200_u64 {
            let value = if id == changed { 5 } else { 7 };
            writer.put(format!("k{id:03}").as_bytes(), &[value]).unwrap();
        }
        writer.commit("only", None).unwrap();
        path
    };
    let right = write("right.mst", b"{key: String, value: u8}", 100);
    for (name, schema) in [
        ("value.mst", &b"{key: String, value: String}"[..]),
        ("key.mst", b"{key: u64, value: u8}"),
        ("text.mst", b"no types"),
        ("bytes.mst", &[0xff, 0]),
    ] {
        let path = write(name, schema, 200);
        let code = |args: &[&str]| {
            let ran = run(args);
            (ran.code, ran.out, ran.err)
        };
        let (verified, out, _) = code(&["verify", &path]);
        assert_eq!(verified, 1, "{name}: {out}");
        assert!(out.contains("I19") && out.contains("checked") && out.contains("200 records"), "{name}: {out}");
        for command in ["stat", "log", "shape"] {
            let (read, out, err) = code(&[command, &path]);
            assert_eq!((read, err.as_str()), (0, ""), "{name}: {command}: {out}");
        }
        assert!(code(&["stat", &path]).1.contains("schema "), "{name}");
        let (ls, out, err) = code(&["ls", &path]);
        assert_eq!(out.lines().count(), 200, "{name}: {err}");
        let shown_as_bytes = name == "value.mst" || name == "key.mst";
        assert_eq!(ls, if shown_as_bytes { 2 } else { 0 }, "{name}: {err}");
        assert_eq!(err.contains("is shown as its bytes"), shown_as_bytes, "{name}: {err}");
        // The same records except one, read as bytes.
        let (_, out, err) = code(&["diff", &path, &right, "--stat"]);
        assert!(!err.contains("cannot open"), "{name}: {err}{out}");
        let (got, _, err) = code(&["get", &path, "k001"]);
        assert_eq!(got, if shown_as_bytes { 2 } else { 0 }, "{name}: {err}");
        // Given types that do not fit are still refused.
        let (given, _, err) = code(&["ls", &path, "--key", "u64", "--value", "u8"]);
        assert!(given == 2 && err.contains("do not fit"), "{name}: {err}");
        let (put, _, err) = code(&["put", &path, "k999", "1"]);
        assert!(put == 2 && !err.is_empty(), "{name}: {err}");
    }
}
