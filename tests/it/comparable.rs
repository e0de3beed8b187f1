//! Trees whose types or contracts differ are compared by what their records mean, or the answer is "could not tell";
//! they are never compared by bytes that have two meanings.

use crate::program::{Ran, Scratch, json_lines, run, run_with};
use file_mst::MerkleSearchTree;
use file_mst::Options;
use file_mst::TreeWriter;
use mst_types::{ItemType, Type};
use serde_json::{Value as Json, json};

/// A tree whose keys and values have these types and are written as a user types them.
fn tree(scratch: &Scratch, name: &str, (key, value): (&str, &str), records: &[(&str, &str)]) -> String {
    let path = scratch.path(name);
    let (key, value): (Type, Type) = (key.parse().unwrap(), value.parse().unwrap());
    let options = Options { schema: Some(mst_types::schema_bytes(&key, &value)), ..Options::default() };
    let mut raw = TreeWriter::open(&path, options).unwrap();
    let (keys, values) = (ItemType::ordered(key), ItemType::postcard(value));
    for (key, value) in records {
        raw.put(&keys.parse(key).unwrap(), &values.parse(value).unwrap()).unwrap();
    }
    raw.commit("made", None).unwrap();
    path
}

struct Verdict {
    code: i32,
    summary: Json,
    text: String,
}

fn verdict(left: &str, right: &str, more: &[&str]) -> Verdict {
    let Ran { code, out: text, err } = run(&[&["diff", left, right], more].concat());
    assert_eq!(err, "");
    let Ran { code: again, out, .. } = run(&[&["diff", left, right, "--json"], more].concat());
    assert_eq!(code, again, "{out}");
    let summary = json_lines(&out).pop().unwrap();
    let expected = match summary["verdict"].as_str().unwrap() {
        "same" | "same_records" => 0,
        "drifted" => 1,
        _ => 2,
    };
    assert_eq!(code, expected, "{summary}");
    Verdict { code, summary, text }
}

/// Types of values on both sides, a value on either, and the exit code.
const VALUES: [(&str, &str, &str, &str, i32); 17] = [
    // Equal bytes, different values, which differ for certain.
    ("{v: enum {open, paid}}", r#"{"v": "open"}"#, "{v: enum {paid, open}}", r#"{"v": "paid"}"#, 1),
    ("{v: decimal(2)}", r#"{"v": "5.00"}"#, "{v: decimal(0)}", r#"{"v": "500"}"#, 1),
    ("timestamp(s)", "1970-01-01T00:00:05Z", "timestamp(ms)", "1970-01-01T00:00:00.005Z", 1),
    ("u8", "2", "Option<u8>", "null", 1),
    ("i64", "1", "u64", "2", 1),
    // Different bytes, equal values.
    ("{v: enum {open, paid}}", r#"{"v": "open"}"#, "{v: enum {paid, open}}", r#"{"v": "open"}"#, 0),
    ("{v: decimal(2)}", r#"{"v": "5.00"}"#, "{v: decimal(0)}", r#"{"v": "5"}"#, 0),
    ("{a: u8, b: bool}", r#"{"a": 1, "b": true}"#, "{b: bool, a: u64}", r#"{"b": true, "a": 1}"#, 0),
    ("u8", "2", "Option<u8>", "2", 0),
    // Types that cannot be compared, whatever the bytes.
    ("String", "ab", "Vec<u8>", "6162", 2),
    ("date", "1970-01-08", "i32", "7", 2),
    ("{a: u8}", r#"{"a": 1}"#, "(u8,)", "[1]", 2),
    ("{a: u8, b: u8}", r#"{"a": 1, "b": 1}"#, "{a: u8, c: u8}", r#"{"a": 1, "c": 1}"#, 2),
    ("enum {open}", "\"open\"", "enum {offen}", "\"offen\"", 2),
    (
        "hash",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "[u8; 32]",
        "0000000000000000000000000000000000000000000000000000000000000000",
        2,
    ),
    // One field cannot be compared, and another one differs for certain.
    ("{a: u8, b: date}", r#"{"a": 1, "b": "1970-01-01"}"#, "{a: u8, b: i32}", r#"{"a": 2, "b": 0}"#, 1),
    ("Order{a: u8}", r#"{"a": 1}"#, "{a: u8}", r#"{"a": 1}"#, 0),
];

#[test]
fn values_of_two_types_are_the_same_only_if_they_mean_the_same() {
    for (left, a, right, b, code) in VALUES {
        let scratch = Scratch::new();
        let one = tree(&scratch, "left.mst", ("String", left), &[("k", a)]);
        let other = tree(&scratch, "right.mst", ("String", right), &[("k", b)]);
        let what = format!("{left} {a} against {right} {b}");
        for (one, other) in [(&one, &other), (&other, &one)] {
            let Verdict { code: found, summary, text } = verdict(one, other, &[]);
            assert_eq!(found, code, "{what}: {text}");
            let meaning = left != right && !left.starts_with("Order");
            assert_eq!(summary["compared"], if meaning { "values" } else { "roots" }, "{what}: {summary}");
            assert_eq!(text.contains("types differ: value"), meaning, "{what}: {text}");
            assert!(
                !meaning || !text.contains("\nsame\n") && text.contains("compared by value: 1 record read"),
                "{text}"
            );
            let reasons = summary["reasons"].as_array().unwrap();
            assert!(code != 2 || reasons.iter().any(|reason| reason["reason"] == "types"), "{what}: {summary}");
            let why = verdict(one, other, &["--bytes"]);
            assert_ne!(why.code, 2, "{what}");
            assert!(!meaning || why.text.contains("compared by bytes, though types differ"), "{}", why.text);
        }
    }
}

/// Types of keys on both sides, and a key in each that may mean the same; whether they can be merged, and are equal.
const KEYS: [(&str, &str, &str, &str, Option<bool>); 7] = [
    ("u32", "7", "i64", "7", Some(true)),
    ("u32", "7", "i64", "-7", Some(false)),
    ("decimal(2)", "5.00", "decimal(0)", "5", Some(true)),
    ("{a: u8, b: String}", r#"{"a": 1, "b": "x"}"#, "{a: u16, b: String}", r#"{"a": 1, "b": "x"}"#, Some(true)),
    ("{a: u8, b: u8}", r#"{"a": 1, "b": 1}"#, "{b: u8, a: u8}", r#"{"a": 1, "b": 1}"#, None),
    ("String", "a", "Vec<u8>", "61", None),
    ("u32", "7", "date", "1970-01-08", None),
];

#[test]
fn keys_of_two_types_are_merged_or_nothing_is_compared() {
    for (left, a, right, b, equal) in KEYS {
        let scratch = Scratch::new();
        let one = tree(&scratch, "left.mst", (left, "u8"), &[(a, "1")]);
        let other = tree(&scratch, "right.mst", (right, "u8"), &[(b, "1")]);
        let Verdict { code, summary, text } = verdict(&one, &other, &[]);
        let (expected, compared) = match equal {
            Some(true) => (0, "values"),
            Some(false) => (1, "values"),
            None => (2, "nothing"),
        };
        assert_eq!((code, summary["compared"].as_str()), (expected, Some(compared)), "{left} {right}: {text}");
        assert!(text.contains("types differ: key"), "{text}");
        assert_eq!(summary["equal"].is_null(), equal.is_none(), "{summary}");
    }
}

#[test]
fn many_keys_of_two_types_are_merged_in_their_order() {
    let scratch = Scratch::new();
    let records =
        |from: i64| -> Vec<(String, String)> { (from..2000).map(|n| (n.to_string(), (n % 7).to_string())).collect() };
    let made = |name: &str, key: &str, value: &str, from: i64| {
        let records = records(from);
        let records: Vec<_> = records.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        tree(&scratch, name, (key, value), &records)
    };
    let (one, other) = (made("left.mst", "u16", "u8", 0), made("right.mst", "i64", "i32", -5));
    let Verdict { code, summary, text } = verdict(&one, &other, &["--stat"]);
    assert_eq!((code, &summary["only_right"], &summary["changed"]), (1, &json!(5), &json!(0)), "{text}");
    assert_eq!((&summary["only_left"], &summary["equal"]), (&json!(0), &json!(2000)), "{text}");
    assert!(text.contains("compared by value: 2,000 records read on the left, 2,005 on the right"), "{text}");
    let ranged = verdict(&one, &other, &["--range", "10..20"]);
    assert_eq!((ranged.code, &ranged.summary["equal"]), (0, &json!(10)), "{}", ranged.text);
    assert!(ranged.text.contains("same by value in this range"), "{}", ranged.text);
}

#[test]
fn given_types_hold_for_both_sides_and_a_note_says_so() {
    let scratch = Scratch::new();
    let one = tree(&scratch, "left.mst", ("String", "enum {a, b}"), &[("k", r#""a""#)]);
    let other = tree(&scratch, "right.mst", ("String", "enum {b, a}"), &[("k", r#""b""#)]);
    let Verdict { code, text, .. } = verdict(&one, &other, &["--value", "u8"]);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("compared under the types given, though the left names {key: String, value: enum {a, b}}"),
        "{text}"
    );
}

#[test]
fn a_drift_by_value_is_no_patch() {
    let scratch = Scratch::new();
    let one = tree(&scratch, "left.mst", ("String", "u8"), &[("a", "1")]);
    let other = tree(&scratch, "right.mst", ("String", "i64"), &[("a", "2")]);
    let drift = run(&["diff", &one, &other, "--json"]).out;
    let Ran { code, err, .. } = run_with(&["patch", &one, "-"], &drift);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("compared by value"), "{err}");
}

#[test]
fn types_that_one_side_does_not_name_are_reported_as_guessed() {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Nameless(u8);
    let scratch = Scratch::new();
    let one = tree(&scratch, "left.mst", ("String", "u8"), &[("a", "1")]);
    let other = scratch.path("right.mst");
    let mut nameless: MerkleSearchTree<String, Nameless> = MerkleSearchTree::open(&other).unwrap();
    nameless.insert("a".to_owned(), Nameless(1)).unwrap();
    nameless.commit("made").unwrap();
    let Verdict { code, text, summary } = verdict(&one, &other, &[]);
    assert_eq!((code, &summary["compared"]), (0, &json!("roots")), "{text}");
    assert!(text.contains("types of the right are guessed: compared by bytes"), "{text}");
    assert!(summary["notes"][0].as_str().unwrap().contains("guessed"), "{summary}");
}

#[cfg(feature = "csv")]
mod contracts {
    use super::*;

    fn mapping(scratch: &Scratch, side: &str, field: &str, rows: &str) -> String {
        let contract = format!(
            "version = 1\nname = \"c\"\n[[key]]\nname = \"id\"\ntype = \"i64\"\n[[field]]\nname = \"v\"\n{field}\n"
        );
        let contract = scratch.file(&format!("c_{side}.toml"), contract.as_bytes());
        let rows = scratch.file(&format!("{side}.csv"), format!("id,v\n{rows}").as_bytes());
        let mapping = format!(
            "version = 1\ncontract = {contract:?}\n[source]\nkind = \"csv\"\npath = {rows:?}\n\
             [field.id]\ncolumn = \"id\"\n[field.v]\ncolumn = \"v\"\n"
        );
        scratch.file(&format!("{side}.toml"), mapping.as_bytes())
    }

    /// The fields of two contracts, and rows that make equal bytes or equal values under them.
    const FIELDS: [(&str, &str, &str, &str); 8] = [
        (
            r#"type = "enum"
names = ["open", "paid"]"#,
            "1,open\n2,paid\n",
            r#"type = "enum"
names = ["paid", "open"]"#,
            "1,paid\n2,open\n",
        ),
        (r#"type = "decimal(2)""#, "1,5.00\n", r#"type = "decimal(0)""#, "1,500\n"),
        (
            r#"type = "timestamp(s)""#,
            "1,1970-01-01T00:00:05Z\n",
            r#"type = "timestamp(ms)""#,
            "1,1970-01-01T00:00:00.005Z\n",
        ),
        (r#"type = "text""#, "1,ab\n", r#"type = "bytes""#, "1,6162\n"),
        (r#"type = "i64""#, "1,1\n", r#"type = "u8""#, "1,2\n"),
        ("type = \"i64\"\nnull = \"allow\"", "1,5\n", r#"type = "i64""#, "1,5\n"),
        // Only the rules differ: the bytes have the same type, and the values are equal under one contract only.
        ("type = \"text\"\ntrim = true", "1,a\n", r#"type = "text""#, "1,a\n"),
        ("type = \"decimal(0)\"\nrounding = \"down\"", "1,5.9\n", r#"type = "decimal(0)""#, "1,5\n"),
    ];

    #[test]
    fn two_contracts_give_could_not_tell() {
        for (left, a, right, b) in FIELDS {
            let scratch = Scratch::new();
            let (one, other) = (mapping(&scratch, "left", left, a), mapping(&scratch, "right", right, b));
            let Ran { code, out, err } = run(&["compare", &one, &other]);
            assert_eq!((code, err.as_str()), (2, ""), "{left} against {right}: {out}");
            assert!(out.starts_with("could not tell: different contracts: left "), "{out}");
            assert!(!out.contains("\nsame") && !out.contains("\ndrifted"), "{out}");
            let Ran { code, out, .. } = run(&["compare", &one, &other, "--json"]);
            let summary = json_lines(&out).pop().unwrap();
            assert_eq!((code, &summary["verdict"]), (2, &json!("could_not_tell")), "{summary}");
            assert_eq!(summary["reasons"][0]["reason"], "contracts", "{summary}");
            // Compared by bytes, because of `--bytes`.
            let Ran { code, out, .. } = run(&["compare", &one, &other, "--bytes"]);
            assert!(code < 2 && out.starts_with("different contracts: left "), "{code} {out}");
        }
    }
}
