//! Redacted values are shown nowhere.

use crate::program::{Ran, Scratch, run, run_with};
use file_mst::NodeHash;
use file_mst::Options;
use file_mst::TreeWriter;
use mst_test_support::published::{Layout, PublishedWriter, Record, string_key};
use mst_types::{ItemType, Type};
use serde_json::{Value as Json, json};

/// The secret, in the places where values hold data: a text, and the key of a map.
const SECRETS: [&str; 3] = ["sesame-open-4711", "swordfish-0815!", "hunter2-and-more"];

const VALUE: &str = "{name: String, tags: Map<String, u64>}";

fn value(name: &str, tag: &str, number: u64) -> Vec<u8> {
    let ty = ItemType::postcard(VALUE.parse::<Type>().unwrap());
    ty.parse_json(&json!({"name": name, "tags": {tag: number}}).to_string()).unwrap()
}

/// Whether a text holds six consecutive bytes of a secret, as text or as hex digits, with or without spaces.
fn tells(text: &str) -> Option<String> {
    let packed: String = text.to_lowercase().split_whitespace().collect();
    let parts = SECRETS.iter().flat_map(|secret| secret.as_bytes().windows(6));
    let forms = parts.flat_map(|part| [String::from_utf8_lossy(part).into_owned(), hex::encode(part)]);
    let mut found = forms.filter(|form| packed.contains(form.as_str()));
    found.next()
}

#[track_caller]
fn told(args: &[&str], format: &str) -> (Option<String>, String) {
    let Ran { out, err, .. } = run(&[args, &["--format-value", format]].concat());
    let all = format!("{out}\n{err}");
    (tells(&all), all)
}

/// Checks that the command prints the secret without the option, and nothing of it with it.
#[track_caller]
fn hides(args: &[&str]) {
    let (told_plainly, all) = told(args, "auto");
    assert!(told_plainly.is_some(), "{args:?} prints no value anyway: {all}");
    keeps(args);
}

#[track_caller]
fn keeps(args: &[&str]) -> String {
    let (told, all) = told(args, "redacted");
    assert_eq!(told, None, "{args:?} tells: {all}");
    assert!(!all.contains("unexpected argument"), "{args:?}: {all}");
    all
}

/// Two commits of a file, and another file like the first one.
struct Trees {
    scratch: Scratch,
    left: String,
    right: String,
}

impl Trees {
    fn new() -> Self {
        let scratch = Scratch::new();
        let (left, right) = (scratch.path("left.mst"), scratch.path("right.mst"));
        let [a, b, c] = SECRETS;
        let mut writer = TreeWriter::open(&left, Options::default()).unwrap();
        let put = |writer: &mut TreeWriter, key: &str, value: &[u8]| writer.put(key.as_bytes(), value).unwrap();
        for key in ["alpha", "beta", "gamma"] {
            put(&mut writer, key, &value(a, b, 1));
        }
        writer.commit("one", None).unwrap();
        put(&mut writer, "beta", &value(c, b, 2));
        writer.commit("two", None).unwrap();
        let mut writer = TreeWriter::open(&right, Options::default()).unwrap();
        put(&mut writer, "alpha", &value(a, c, 7));
        put(&mut writer, "beta", &value(b, b, 1));
        put(&mut writer, "delta", &value(b, a, 1));
        writer.commit("other", None).unwrap();
        Self { scratch, left, right }
    }
}

const TYPES: [&str; 4] = ["--key", "String", "--value", VALUE];

#[test]
fn no_command_prints_a_redacted_value() {
    let Trees { scratch, left, right } = &Trees::new();
    let with_types = |args: &[&str]| args.iter().chain(&TYPES).map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let check = |args: &[&str]| {
        let args = with_types(args);
        hides(&args.iter().map(String::as_str).collect::<Vec<_>>());
    };
    for more in [&[][..], &["--json"], &["--lenient"], &["--lenient", "--json"]] {
        check(&[&["ls", left], more].concat());
        check(&[&["get", left, "beta"], more].concat());
    }
    for more in [&[][..], &["--json"]] {
        check(&[&["explain", left, "beta"], more].concat());
        check(&[&["hex", left], more].concat());
        check(&[&["diff", left, right], more].concat());
        check(&[&["diff", left, right, "--range", "a..b"], more].concat());
        let log = ["log", left, "--key", "beta", "--key-type", "String", "--value-type", VALUE];
        hides(&[&log, more].concat());
    }
    check(&["hex", left, "--all"]);
    check(&[left]);
    check(&[left, right]);
    keeps(&["diff", left, right, "--stat", "--json", TYPES[0], TYPES[1], TYPES[2], TYPES[3]]);
    check(&["screenshot", left, "--keys", "jj<Enter>"]);
    check(&["screenshot", left, right, "--keys", "]<Enter>"]);

    let root = run(&[&["stat", left, "--json"][..], &TYPES].concat()).out;
    let root = serde_json::from_str::<Json>(&root).unwrap()["hash"].as_str().unwrap().to_owned();
    for (question, name) in [(&["beta"][..], "one.proof"), (&["--range", "a..z"], "range.proof")] {
        let proof = |name: &str| scratch.path(name);
        let made = run(&[&["prove", left, "-o", &proof(name)], question, &TYPES].concat());
        assert_eq!(made.code, 0, "{}", made.err);
        hides(&["check-proof", &root, &proof(name), "--key", "String", "--value", VALUE]);
        hides(&["check-proof", &root, &proof(name), "--json"]);
    }
    let again = scratch.path("again.proof");
    let redacted = keeps(&[&["prove", left, "beta", "--json", "-o", &again][..], &TYPES].concat());
    assert!(redacted.contains("\"redacted\":\"("), "{redacted}");
}

#[test]
fn the_names_of_differing_fields_are_shown_without_the_keys_of_maps() {
    let Trees { scratch, left, right } = &Trees::new();
    let args = [&["diff", left, right, "--json"][..], &TYPES].concat();
    let lines = crate::program::json_lines(&run(&[&args[..], &["--format-value", "redacted"]].concat()).out);
    let alpha = lines.iter().find(|line| line["key"] == "alpha").unwrap();
    let paths: Vec<_> =
        alpha["fields"].as_array().unwrap().iter().map(|field| field["path"].as_str().unwrap()).collect();
    assert_eq!(paths.len(), 2, "{alpha}");
    assert!(paths.iter().all(|path| path.starts_with("tags[\"(") && path.ends_with(")\"]")), "{alpha}");
    assert!(alpha["fields"][0]["left"].is_null() && alpha["left_hex"].is_null(), "{alpha}");

    // A redacted drift cannot be applied or put, and the message says so.
    let drift = run(&[&args[..], &["--format-value", "redacted"]].concat()).out;
    let patched = run(&["patch", left, &scratch.file("drift.json", drift.as_bytes())]);
    assert!(patched.code == 2 && patched.err.contains("the values of this drift are redacted"), "{}", patched.err);
    let records = run(&[&["ls", left, "--json", "--format-value", "redacted"][..], &TYPES].concat()).out;
    let put =
        run_with(&["put", &scratch.path("new.mst"), "--from", "-", "--key", "String", "--value", VALUE], &records);
    assert!(put.code == 2 && put.err.contains("redacted"), "{}", put.err);
}

/// If no hash proves where values end, no byte is shown: any may be one of a value.
#[test]
fn bytes_of_a_node_that_proves_nothing_are_hidden_too() {
    let scratch = Scratch::new();
    let records: Vec<_> = (0..3)
        .map(|number| {
            let key = string_key(Layout::V0_2, &format!("key-{number}"));
            Record::new(key, [&[number, 0x80 | number][..], SECRETS[usize::from(number)].as_bytes()].concat())
        })
        .collect();
    let mut writer = PublishedWriter::new(Layout::V0_2);
    let root = writer.append_tree(&records);
    let bytes = writer.into_bytes();
    let target = |name: &str, bytes: &[u8]| {
        format!("{}@{}:{}", scratch.file(name, bytes), root.offset, NodeHash::from(root.hash))
    };
    // Its types are not known.
    let unknown = target("unknown.mst", &bytes);
    // A length is damaged, so that a key begins at the position of a value.
    let at = |part: &[u8]| bytes.windows(part.len()).position(|window| window == part).unwrap();
    let mut broken = bytes.clone();
    broken[at(b"key-1") - 1] ^= 0x1e;
    let broken = target("broken.mst", &broken);
    for target in [&unknown, &broken] {
        for more in [&[][..], &["--json"], &["--all"]] {
            hides(&[&["hex", target], more].concat());
        }
        let inside = (at(SECRETS[0].as_bytes()) + 2).to_string();
        keeps(&["hex", target, "--node", &inside]);
    }
}
