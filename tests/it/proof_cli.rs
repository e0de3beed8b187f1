//! `prove` and `check-proof` as users run them.

use crate::program::{Ran, Scratch, finish, good, json_lines, path, program, refused, run};
use mst_test_support::trees::upstream_tree;
use serde_json::json;

const LEDGER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/ledger.mst");

fn root(tree: &str) -> String {
    json_lines(&good(&["stat", "--json", tree]))[0]["hash"].as_str().unwrap().to_owned()
}

#[test]
fn a_record_an_absence_and_a_range_are_proved() {
    let dir = Scratch::new();
    let root = root(LEDGER);
    let keys: Vec<_> = json_lines(&good(&["ls", "--json", LEDGER]));
    let plain = |line: &serde_json::Value| match &line["key"] {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let (first, tenth) = (plain(&keys[0]), plain(&keys[10]));

    let proof = dir.path("one");
    let made = good(&["prove", LEDGER, &tenth, "-o", &proof]);
    assert!(made.contains("the record") && made.contains(&format!("check-proof {root}")), "{made}");
    let checked = json_lines(&good(&["check-proof", &root, &proof, "--json"])).remove(0);
    assert_eq!(
        (&checked["key"], &checked["value"], &checked["proves"]),
        (&keys[10]["key"], &keys[10]["value"], &json!("record"))
    );
    assert!(good(&["check-proof", &root, &proof]).contains("types      as the proof claims; they are not proved"));

    // An existing proof is not overwritten.
    refused(&["prove", LEDGER, &tenth, "-o", &proof], &["cannot create"]);

    let range = dir.path("range");
    good(&["prove", LEDGER, "--range", &format!("{first}..{tenth}"), "-o", &range]);
    let lines = json_lines(&good(&["check-proof", &root, &range, "--json"]));
    assert_eq!(lines[..10].iter().map(plain).collect::<Vec<_>>(), keys[..10].iter().map(plain).collect::<Vec<_>>());
    assert_eq!((&lines[10]["records"], &lines[10]["behind"]["key_hex"]), (&json!(10), &keys[10]["key_hex"]));
    assert!(lines[10]["before"].is_null(), "the search ended at the first key");

    // The proof of another root is refused.
    let Ran { code, out, err } = run(&["check-proof", &"7".repeat(64), &proof]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.contains("another root"), "{err}");
    let json = json_lines(&run(&["check-proof", &"7".repeat(64), &proof, "--json"]).out).remove(0);
    assert_eq!(json["valid"], false);

    refused(&["check-proof", &root, &dir.path("nothing")], &["cannot open"]);
    let Ran { code, err, .. } = run(&["check-proof", &root, LEDGER]);
    assert_eq!(code, 1);
    assert!(err.contains("this is no proof"), "{err}");
}

#[test]
fn a_key_order_other_than_bytes_must_be_named() {
    let dir = Scratch::new();
    let tree = upstream_tree("head-u64.mst");
    let (file, hash) = (path("head-u64.mst"), tree.hash.to_string());
    let types = ["--key", &tree.key, "--value", &tree.value];
    let key = json_lines(&good(&["ls", "--json", &file, "--limit", "1"]))[0]["key"].to_string();
    let proof = dir.path("proof");
    let made = good(&[&["prove", &file, &key, "-o", &proof], &types[..]].concat());
    assert!(made.contains("--ordered-by"), "{made}");
    let Ran { code, err, .. } = run(&["check-proof", &hash, &proof]);
    assert_eq!(code, 1);
    assert!(err.contains("ordered by their type"), "{err}");
    assert!(good(&["check-proof", &hash, &proof, "--ordered-by", &tree.key]).contains(&format!("key        {key}")));
}

#[test]
fn a_key_on_the_screen_writes_a_proof() {
    let dir = Scratch::new();
    let mut command = program();
    command.current_dir(dir.0.path()).args(["screenshot", LEDGER, "--keys", "jjlljjp<Enter>", "--size", "120x20"]);
    let drawn = finish(&mut command);
    assert_eq!((drawn.code, drawn.err.as_str()), (0, ""));
    let file = std::fs::read_dir(dir.0.path()).unwrap().next().expect("a proof").unwrap().path();
    assert_eq!(file.extension().unwrap(), "proof");
    let checked = good(&["check-proof", &root(LEDGER), file.to_str().unwrap()]);
    let key = file.file_stem().unwrap().to_str().unwrap();
    assert!(checked.contains(&format!("key        {key}")), "{checked}");
    assert!(drawn.out.contains("check-proof"));
}

#[test]
fn a_proof_of_absence_names_the_neighbouring_keys() {
    let dir = Scratch::new();
    let tree = upstream_tree("config.mst");
    let proof = dir.path("proof");
    let made = good(&["prove", &tree.target(), "service.08.tiez", "-o", &proof, "--json"]);
    let made = json_lines(&made).remove(0);
    assert_eq!((&made["proves"], &made["key"]), (&json!("absence"), &json!("service.08.tiez")));
    let checked = good(&["check-proof", &tree.hash.to_string(), &proof]);
    for words in ["holds no record with this key", "before     service.08.tier", "after      service.09"] {
        assert!(checked.contains(words), "{checked}");
    }
}
