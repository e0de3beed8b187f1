//! The commands that write files, and `log`, in the real program.

use std::fs;
use std::path::Path;

use crate::program::{Ran, Scratch, finish, good, json_lines, path, program, refused, run, run_with};
use file_mst::{MerkleSearchTree, Options};
use mst_test_support::trees::{upstream_tree, upstream_trees};
use mst_test_support::upstream;
use serde_json::{Value as Json, json};

const TYPES: [&str; 4] = ["--key", "String", "--value", "u64"];

fn json_of(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

/// A file with three commits of one, two and one records.
fn history(scratch: &Scratch) -> String {
    let file = scratch.path("history.mst");
    good(&[&["put", &file, "apples", "300", "--label", "first"], &TYPES[..]].concat());
    good(&["put", &file, "pears", "20"]);
    good(&["rm", &file, "apples", "--label", "no\nmore"]);
    file
}

#[test]
fn converted_trees_open_without_options_and_list_the_same_records() {
    let scratch = Scratch::new();
    for (index, tree) in upstream_trees().iter().enumerate() {
        let new = scratch.path(&format!("{index}.mst"));
        let types = ["--key", &tree.key, "--value", &tree.value];
        let report = json_of(&good(&[&["convert", "--json", &tree.target(), &new], &types[..]].concat()));
        let old = json_lines(&good(&[&["ls", "--json", &tree.target()], &types[..]].concat()));
        let listed = json_lines(&good(&["ls", "--json", &new]));
        assert_eq!(listed.len(), old.len());
        for (mut listed, mut old) in listed.into_iter().zip(old) {
            if report["dialect"] == "file-mst git" {
                // This dialect encodes keys as other bytes.
                listed["key_hex"].take();
                old["key_hex"].take();
            }
            assert_eq!(listed, old, "{}", tree.file);
        }
        let stat = json_of(&good(&["stat", "--json", &new]));
        assert_eq!((&stat["hash"], &stat["offset"]), (&report["hash"], &report["offset"]));
        assert_eq!((&stat["canonical"], &stat["types"]["source"]), (&json!(true), &json!("file")));
        assert_eq!(report["old_hash"], tree.hash.to_string());
        assert_eq!(report["same_root"], report["hash"] == report["old_hash"]);
        assert_eq!(report["same_root"], report["why"].as_array().unwrap().is_empty());
        let log = json_lines(&good(&["log", "--json", &new]));
        assert_eq!(log.len(), 1);
        assert_eq!(log[0]["label"], format!("converted from {}", tree.file));
    }
    let shuffled = upstream_tree("same-set-shuffled.mst").target();
    let text = good(&["convert", &shuffled, &scratch.path("text.mst"), "--label", "mine"]);
    assert!(text.contains("not canonical: 1 node had no keys") && text.contains("String → u64"), "{text}");
    assert!(good(&["log", &scratch.path("text.mst")]).contains("  mine  12 records  "));
}

#[test]
fn a_tree_that_cannot_be_converted_whole_is_not_converted() {
    let scratch = Scratch::new();
    let tree = upstream_tree("config.mst");
    let mut bytes = upstream::bytes("config.mst");
    let value = bytes.windows(8).position(|window| window == b"value-39").unwrap();
    bytes[value] ^= 1;
    let old = scratch.file("damaged.mst", &bytes);
    let new = scratch.path("new.mst");
    let Ran { code, out, err } = run(&["convert", &format!("{old}@{}", tree.offset), &new]);
    assert_eq!((code, out.as_str()), (1, ""), "{err}");
    assert!(
        err.contains("nothing is converted") && err.contains("fails its check") && err.contains("missing"),
        "{err}"
    );
    assert!(!Path::new(&new).exists());

    refused(&["convert", &tree.target(), &old], &["damaged.mst", "exists already"]);
    assert!(fs::read(&old).unwrap() == bytes, "the existing file stays");
    refused(&["convert", &path("config.mst"), &new], &["where its root is", "try:"]);
    refused(&["convert", &tree.target(), &scratch.path("no/where.mst")], &["create the file"]);
}

#[test]
fn the_log_lists_the_newest_commit_first() {
    let scratch = Scratch::new();
    let file = history(&scratch);
    let log = json_lines(&good(&["log", "--json", &file]));
    let numbers = |name: &str| log.iter().map(|commit| commit[name].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(numbers("sequence"), [3, 2, 1]);
    assert_eq!(numbers("records"), [1, 2, 1]);
    let labels: Vec<_> = log.iter().map(|commit| commit["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["no\nmore", "", "first"]);
    assert_eq!(numbers("bytes_added").iter().sum::<u64>() + 4096, fs::metadata(&file).unwrap().len());
    for commit in &log {
        assert_eq!(commit["source"], "commit");
        let time = commit["time"].as_str().unwrap();
        assert!(time.ends_with('Z') && time.as_bytes()[10] == b'T', "{time}");
        // The listed roots can be opened.
        let target = format!("{file}@{}:{}", commit["offset"], commit["hash"].as_str().unwrap());
        assert_eq!(json_lines(&good(&["ls", "--json", &target])).len() as u64, commit["records"].as_u64().unwrap());
    }
    assert_eq!(json_lines(&good(&["log", "--json", "--limit", "2", &file])), log[..2]);
    assert_eq!(good(&["log", "--limit", "0", &file]), "");

    let text = good(&["log", &file]);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "labels are escaped: {text}");
    let hash = &log[1]["hash"].as_str().unwrap()[..8];
    assert!(lines[1].starts_with("#2  20") && lines[1].contains("(no label)  2 records  +8 KiB"), "{text}");
    assert!(lines[1].ends_with(&format!("{hash} @12,288")), "{text}");
    assert!(lines[0].contains("no\\nmore"), "{text}");
}

#[test]
fn a_file_without_versions_is_refused() {
    let scratch = Scratch::new();
    refused(&["log", &scratch.path("none.mst")], &["none.mst", "No such file"]);
    refused(&["log", &scratch.file("notes.txt", b"what to buy\n")], &["notes.txt", "a text"]);
}

#[test]
fn put_reads_the_output_of_ls() {
    let scratch = Scratch::new();
    let again = scratch.path("again.mst");
    for tree in upstream_trees() {
        let types = ["--key", &tree.key, "--value", &tree.value];
        let listed = good(&[&["ls", "--json", &tree.target()], &types[..]].concat());
        let lines = scratch.file("lines.ndjson", listed.as_bytes());
        let new = scratch.path("new.mst");
        let put = json_of(&good(&[&["put", &new, "--from", &lines, "--json"], &types[..]].concat()));
        assert_eq!(put["put"], listed.lines().count());
        assert_eq!(put["put"], put["commit"]["records"]);
        // The records alone determine the root, so it equals that of the converted tree.
        let converted = json_of(&good(&[&["convert", "--json", &tree.target(), &again], &types[..]].concat()));
        assert_eq!(put["commit"]["hash"], converted["hash"], "{}", tree.file);

        // Records of our own file can be put too: from bytes only, and from standard input.
        let bytes_only: String = json_lines(&good(&["ls", "--json", &new]))
            .iter()
            .map(|line| json!({"key_hex": line["key_hex"], "value_hex": line["value_hex"]}).to_string() + "\n")
            .collect();
        fs::remove_file(&again).unwrap();
        let Ran { code, out, err } =
            run_with(&[&["put", &again, "--from", "-", "--json"], &types[..]].concat(), &bytes_only);
        assert_eq!((code, err.as_str()), (0, ""));
        assert_eq!(json_of(&out)["commit"]["hash"], converted["hash"]);
        assert_eq!(good(&["ls", "--json", &again]), good(&["ls", "--json", &new]));
        fs::remove_file(&again).unwrap();
        fs::remove_file(&new).unwrap();
    }
}

#[test]
fn a_new_file_holds_text_or_the_given_types_and_an_existing_one_keeps_its_own() {
    let scratch = Scratch::new();
    let file = scratch.path("new.mst");
    let text = scratch.path("text.mst");
    good(&["put", &text, "a", "1"]);
    good(&["put", &text, "b", "two"]);
    assert_eq!(
        good(&["ls", &text, "--json", "--limit", "1"]).split(",\"key_hex").next(),
        Some(r#"{"key":"a","value":"1""#)
    );
    refused(&["put", &file, "a", "one", "--key", "String", "--value", "u64"], &["one", "u64"]);
    assert!(!Path::new(&file).exists(), "a failed command leaves no file");
    good(&[&["put", &file, "a", "1"], &TYPES[..]].concat());
    good(&["put", &file, "b", "2"]);
    good(&[&["put", &file, "c", "3"], &TYPES[..]].concat());
    refused(&["put", &file, "d", "4", "--value", "u32"], &["values", "u64", "u32"]);
    refused(&["rm", &file, "a", "--key", "Vec<u8>"], &["keys", "String", "Vec<u8>"]);
    assert_eq!(good(&["ls", &file]), "a  1\nb  2\nc  3\n");

    // A file that names no types accepts types that fit.
    let bare = scratch.path("bare.mst");
    let mut writer = file_mst::TreeWriter::open(&bare, Options::default()).unwrap();
    writer.put(b"a", &[1]).unwrap();
    writer.commit("", None).unwrap();
    drop(writer);
    refused(&["put", &bare, "b", "2"], &["does not name its types", "--key"]);
    refused(&["put", &bare, "1", "2", "--key", "u64", "--value", "u64"], &["do not fit", "u64"]);
    good(&[&["put", &bare, "b", "2"], &TYPES[..]].concat());
    assert_eq!(good(&["ls", &bare]), "a  1\nb  2\n");
    good(&["put", &bare, "c", "3"]);
}

#[test]
fn a_command_makes_one_commit_or_none() {
    let scratch = Scratch::new();
    let file = history(&scratch);
    let before = fs::read(&file).unwrap();
    assert_eq!(good(&["put", &file, "pears", "20"]), "nothing changed: no commit\n");
    let unchanged = run_with(&["put", &file, "--from", "-", "--json"], "{\"key\":\"pears\",\"value\":20}\n\n");
    assert_eq!((unchanged.code, json_of(&unchanged.out)), (0, json!({"put": 1, "commit": null})));
    let Ran { code, out, err } = run(&["rm", &file, "apples"]);
    assert_eq!((code, out.as_str()), (1, "nothing changed: no commit\n"));
    assert!(err.contains("no key apples"), "{err}");
    assert!(fs::read(&file).unwrap() == before);

    let lines = "{\"key\":\"a\",\"value\":1}\n{\"key\":\"b\",\"value\":2}\n{\"key\":\"a\",\"value\":3}\n";
    let put = run_with(&["put", &file, "--from", "-"], lines);
    assert!(put.out.starts_with("#4  ") && put.out.contains("  3 records  "), "{}{}", put.out, put.err);
    assert_eq!(good(&["get", &file, "a"]), "3\n", "the last line of a key wins");
    let Ran { code, out, err } = run(&["rm", &file, "a", "nobody", "b", "--json"]);
    let report = json_of(&out);
    assert_eq!((code, &report["removed"], &report["absent"]), (1, &json!(2), &json!(1)), "{err}");
    assert_eq!((&report["commit"]["sequence"], &report["commit"]["records"]), (&json!(5), &json!(1)));
    assert_eq!(good(&["ls", &file]), "pears  20\n");
    // Removing the last record makes a commit too.
    good(&["rm", &file, "pears"]);
    assert_eq!(good(&["ls", &file]), "");
}

#[test]
fn an_invalid_line_is_named_and_nothing_is_committed() {
    let scratch = Scratch::new();
    let file = history(&scratch);
    let before = fs::read(&file).unwrap();
    let good_line = "{\"key\":\"a\",\"value\":1}";
    for (bad, words) in [
        ("{\"key\":\"a\",\"value\":-1}", &["value", "u64"][..]),
        ("{\"key\":7,\"value\":1}", &["key", "String"]),
        ("{\"key\":\"a\"}", &["neither value nor value_hex"]),
        ("{\"value\":1}", &["neither key nor key_hex"]),
        ("{\"key\":\"a\",\"value\":1,\"note\":2}", &["unknown field", "note"]),
        ("{\"key\":\"a\",\"value_hex\":\"0\"}", &["value_hex"]),
        ("{\"key\":\"a\",\"value_hex\":\"8000\"}", &["value_hex is not of type u64"]),
        ("{\"key_hex\":\"ff\",\"value\":1}", &["key_hex is not of type String"]),
        ("{\"key\":\"a\",\"value\":null}", &["value", "u64"]),
        ("{\"key\":\"a\"", &["column 10", "EOF"]),
    ] {
        let from = scratch.file("records.ndjson", format!("{good_line}\n\n{bad}\n{good_line}\n").as_bytes());
        refused(&["put", &file, "--from", &from], &[&["records.ndjson, line 3"], words].concat());
        let new = scratch.path("new.mst");
        refused(&[&["put", &new, "--from", &from], &TYPES[..]].concat(), words);
        assert!(!Path::new(&new).exists());
    }
    assert!(fs::read(&file).unwrap() == before);
    refused(&["put", &file, "--from", &scratch.path("none.ndjson")], &["none.ndjson", "No such file"]);
    refused(&["put", &file, "a", "1", "--label", &"x".repeat(1025)], &["label", "1024"]);
    // A key of another type leaves the other keys in place.
    let numbers = scratch.path("numbers.mst");
    good(&["put", &numbers, "1", "true", "--key", "u32", "--value", "bool"]);
    refused(&["rm", &numbers, "1", "one"], &["one", "u32"]);
    assert_eq!(good(&["get", &numbers, "1"]), "true\n");
}

#[test]
fn files_of_other_formats_are_not_written_to() {
    let scratch = Scratch::new();
    for name in ["config.mst", "head-u64.mst"] {
        let bytes = upstream::bytes(name);
        let file = scratch.file(name, &bytes);
        refused(&[&["put", &file, "a", "1"], &TYPES[..]].concat(), &[name, "convert"]);
        refused(&["rm", &file, "a"], &[name, "convert"]);
        refused(&["compact", &file, &scratch.path("new.mst"), "--keep", "all"], &[name, "convert"]);
        assert!(fs::read(&file).unwrap() == bytes);
    }
    refused(&["rm", &scratch.path("none.mst"), "a"], &["none.mst", "No such file"]);
    assert!(!Path::new(&scratch.path("none.mst")).exists());
    let text = scratch.file("notes.txt", b"what to buy\n");
    refused(&[&["put", &text, "a", "1"], &TYPES[..]].concat(), &["a text"]);
    assert_eq!(fs::read(&text).unwrap(), b"what to buy\n");
}

#[test]
fn a_second_writer_is_refused() {
    let scratch = Scratch::new();
    let file = history(&scratch);
    let writer: MerkleSearchTree<String, u64> = MerkleSearchTree::open(&file).unwrap();
    refused(&["put", &file, "a", "1"], &["history.mst", "another writer"]);
    refused(&["rm", &file, "pears"], &["history.mst", "another writer"]);
    // Readers are allowed.
    assert_eq!(good(&["log", &file]).lines().count(), 3);
    good(&["compact", &file, &scratch.path("new.mst"), "--keep", "all"]);
    drop(writer);
    good(&["put", &file, "a", "1"]);
}

#[test]
fn compact_keeps_the_requested_commits() {
    let scratch = Scratch::new();
    let file = history(&scratch);
    let log = json_lines(&good(&["log", "--json", &file]));
    let what = |commit: &Json| ["sequence", "hash", "records", "time", "label"].map(|name| commit[name].clone());
    for (keep, kept) in [("1", 1), ("2", 2), ("9", 3), ("all", 3)] {
        let new = scratch.path(&format!("{keep}.mst"));
        let report = json_of(&good(&["compact", &file, &new, "--keep", keep, "--json"]));
        assert_eq!((&report["kept"], &report["commits"]), (&json!(kept), &json!(3)));
        assert_eq!(report["bytes_after"], fs::metadata(&new).unwrap().len());
        assert_eq!(report["bytes_before"], fs::metadata(&file).unwrap().len());
        let new_log = json_lines(&good(&["log", "--json", &new]));
        assert!(new_log.iter().map(what).eq(log[..kept].iter().map(what)));
        assert_eq!(good(&["ls", "--json", &new]), good(&["ls", "--json", &file]), "with its types");
    }
    let new = scratch.path("1.mst");
    refused(&["compact", &file, &new, "--keep", "1"], &["1.mst", "exists already"]);
    for keep in ["0", "-1", "some"] {
        assert_eq!(run(&["compact", &file, &scratch.path("x.mst"), "--keep", keep]).code, 2);
    }
    assert!(good(&["compact", &file, &scratch.path("t.mst"), "--keep", "2"]).starts_with("kept 2 of 3 commits: "));
}

#[test]
fn numbers_structures_and_options_are_put_as_they_are_listed() {
    let scratch = Scratch::new();
    let file = scratch.path("typed.mst");
    let types = ["--key", "(i64, String)", "--value", "Option<{name: String, tags: Vec<u8>}>"];
    let lines = [
        json!({"key": [-5, "a\u{0}b"], "value": null}),
        json!({"key": [3, ""], "value": {"name": "ä", "tags": "00ff"}}),
        json!({"key": [i64::MAX, "z"], "value": null, "value_hex": "00"}),
    ];
    let input: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let put = run_with(&[&["put", &file, "--from", "-"], &types[..]].concat(), &input);
    assert_eq!((put.code, put.err.as_str()), (0, ""));
    let listed = json_lines(&good(&["ls", "--json", &file]));
    assert_eq!(listed.len(), 3);
    for (line, listed) in lines.iter().zip(&listed) {
        assert_eq!((&line["key"], &line["value"]), (&listed["key"], &listed["value"]));
    }
    assert_eq!(good(&["get", &file, "[-5, \"a\\u0000b\"]"]), "None\n");
    // Keys may look like options.
    let odd = scratch.path("odd.mst");
    good(&["put", &odd, "-5", "-7", "--key", "i8", "--value", "i8"]);
    assert_eq!(json_of(&good(&["rm", &odd, "-5", "--json"]))["removed"], 1);
    let text = scratch.path("text.mst");
    good(&[&["put", &text], &TYPES[..], &["--", "--all", "1"]].concat());
    assert_eq!(json_of(&good(&["rm", &text, "--json", "--", "--all"]))["removed"], 1);
    // A file in the current folder is named without a path.
    let here = finish(program().current_dir(scratch.0.path()).args(["put", "typed.mst", "[4, \"x\"]", "null"]));
    assert_eq!((here.code, here.err.as_str()), (0, ""));
}
