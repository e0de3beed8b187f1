//! Values that break rules of postcard, through the real program.

use crate::program::{Scratch, good, json_lines, run};
use file_mst::Options;
use file_mst::TreeWriter;
use serde_json::json;

/// A file of our own format whose values are these bytes, unchecked.
fn file(scratch: &Scratch, records: &[(&str, &[u8])]) -> String {
    let path = scratch.path("values.mst");
    let mut writer = TreeWriter::open(&path, Options::default()).unwrap();
    for (key, value) in records {
        writer.put(key.as_bytes(), value).unwrap();
    }
    writer.commit("", None).unwrap();
    path
}

#[test]
fn remarks_are_printed_beside_the_values() {
    let scratch = Scratch::new();
    let path =
        file(&scratch, &[("bad", &[2, b'a', 0xff, 7, 0]), ("good", &[1, b'a', 1]), ("padded", &[0x81, 0, b'b', 0])]);
    let types = ["--key", "String", "--value", "{name: String, paid: bool}"];
    let called = |args: &[&str]| run(&[args, &types].concat());

    let strict = called(&["get", &path, "bad"]);
    assert_eq!(strict.code, 2);
    assert!(strict.err.contains("expected UTF-8 text, found the byte 0xff"), "{}", strict.err);

    let shown = called(&["get", &path, "bad", "--lenient"]);
    assert_eq!((shown.code, shown.out.as_str()), (0, "{name: 61ff, paid: true}\n"));
    let remarks = [
        "byte 2, .name: expected UTF-8 text, found the byte 0xff",
        "byte 3, .paid: expected a bool (0 or 1), found 7",
        "byte 4, the value: expected the end, found 1 more bytes",
    ];
    let printed: Vec<_> = shown.err.lines().collect();
    assert_eq!(printed, remarks.map(|remark| format!("mst-tui: the value of bad: {remark}")));

    let lines = json_lines(&called(&["ls", &path, "--lenient", "--json"]).out);
    assert_eq!(lines[0]["value"], json!({"name": "61ff", "paid": true}));
    assert_eq!(lines[0]["remarks"][1], json!({"offset": 3, "at": ".paid", "remark": remarks[1]}));
    assert_eq!(lines[1]["remarks"], json!([]), "nothing is wrong");
    assert_eq!(
        lines[2]["remarks"][0]["remark"],
        "byte 0, .name: expected the shortest varint, found one padded with zeros"
    );
    assert!(lines[0].get("remarks_left_out").is_none());

    // Redacted values get no remarks.
    let redacted = called(&["ls", &path, "--lenient", "--format-value", "redacted"]);
    assert!(redacted.out.starts_with("bad  (5 bytes, ") && redacted.err.is_empty(), "{}{}", redacted.out, redacted.err);
    let lines = json_lines(&called(&["ls", &path, "--lenient", "--format-value", "redacted", "--json"]).out);
    assert!(lines[0].get("remarks").is_none() && lines[0]["value"].is_null());
    // Without the option the lines are unchanged.
    let plain = json_lines(&good(&["ls", "--json", &path]));
    assert!(plain[0].get("remarks").is_none());
}

#[test]
fn an_undecodable_value_is_shown_as_hex_digits_with_the_reason() {
    let scratch = Scratch::new();
    let path = file(&scratch, &[("good", &[0, 1]), ("short", &[9])]);
    let types = ["--key", "String", "--value", "(String, bool)"];
    let called = |args: &[&str]| run(&[args, &types].concat());
    let shown = called(&["ls", &path, "--lenient"]);
    assert_eq!((shown.code, shown.out.as_str()), (0, "good  (\"\", true)\nshort  09\n"));
    let why = "byte 1, .0: expected 9 more bytes, found 0";
    assert_eq!(shown.err, format!("mst-tui: the value of short is shown as hex digits: {why}\n"));
    let line = &json_lines(&called(&["get", &path, "short", "--lenient", "--json"]).out)[0];
    assert!(line["value"].is_null());
    assert_eq!(line["remarks"], json!([{"offset": 1, "at": ".0", "remark": why}]));
}

#[test]
fn a_screen_opens_a_tree_whose_values_mostly_fit_and_refuses_others() {
    let scratch = Scratch::new();
    let good = [1, b'a', 1];
    let path = file(&scratch, &[("bad", &[0x81, 0, b'b', 0]), ("fine", &good), ("good", &good)]);
    let shown = run(&[&path, "--key", "String", "--value", "{name: String, paid: bool}"]);
    assert_eq!(shown.code, 0, "{}", shown.err);
    for line in ["name  paid", "fine  a     true", "bad   81006200"] {
        assert!(shown.out.contains(line), "{}", shown.out);
    }
    let keys = ["--keys", ":key bad<Enter><Enter>"];
    let picture =
        run(&[&["screenshot", &path, "--key", "String", "--value", "{name: String, paid: bool}"][..], &keys].concat());
    assert!(picture.out.contains("padded with zeros"), "{}", picture.err);
    let refused = run(&[&path, "--key", "String", "--value", "u8"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("a key or value is no u8"), "{}", refused.err);
}
