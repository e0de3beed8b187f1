//! `verify` and `shape` as programs see them.

use mst_test_support::own::{OwnFile, canon};
use mst_test_support::published::{Layout, PublishedWriter, Record, string_key};
use serde_json::Value as Json;

use crate::program::{Scratch, good, json_lines, path, refused, run};
use mst_test_support::trees::{RIDDLE, leaves, one_commit, records, riddle, scramble, upstream_tree};

#[test]
fn findings_are_lines_and_the_exit_code_reports_them() {
    let scratch = Scratch::new();
    let mut tree = canon(&records(3000)).unwrap();
    let mut file = OwnFile::new();
    file.commit(Some(&mut tree), "only");
    let sound = scratch.file("sound.mst", file.bytes());
    assert_eq!(good(&["verify", "--json", &sound]), "");
    assert!(good(&["verify", &sound]).starts_with("valid: nothing found\nchecked "));

    let (way, leaf) =
        tree.children.iter().enumerate().find_map(|(index, child)| Some((index, child.as_ref()?))).unwrap();
    let (parent, offset) = (tree.offset, leaf.offset);
    let _ = way;
    file.flip(offset + 30, 1);
    let damaged = scratch.file("damaged.mst", file.bytes());
    let ran = run(&["verify", "--json", &damaged]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let lines = json_lines(&ran.out);
    let names: Vec<_> = lines[0].as_object().unwrap().keys().cloned().collect();
    let mut wanted = ["offset", "invariant", "severity", "expected", "found", "path"].map(str::to_owned);
    wanted.sort();
    assert_eq!((lines.len(), names), (1, wanted.to_vec()));
    assert_eq!(lines[0]["offset"], offset);
    assert_eq!((&lines[0]["invariant"], &lines[0]["severity"]), (&Json::from("I5"), &Json::from("error")));
    assert_eq!(lines[0]["path"], Json::from(vec![parent]));
    let text = run(&["verify", &damaged]);
    assert!(text.code == 1 && text.out.contains("\nnot valid: 1 error, 0 warnings, 0 notes\n"), "{}", text.out);

    // Damage that hides the tree is a finding too.
    let mut header = file.clone().into_bytes();
    header[1] = b'm';
    let ran = run(&["verify", "--json", &scratch.file("header.mst", &header)]);
    assert_eq!((ran.code, &json_lines(&ran.out)[0]["invariant"]), (1, &Json::from("I1")));
    // And a file that is no tree has none.
    refused(&["verify", &scratch.file("notes.txt", b"what to buy\n")], &["text"]);
    refused(&["verify", &sound, "--from", "@17"], &["--from"]);
}

/// A file with a fault in many of its leaves.
fn much_amiss() -> Vec<u8> {
    let mut tree = canon(&records(60_000)).unwrap();
    for leaf in leaves(&tree) {
        tree.at(&leaf).records.swap(0, 1);
    }
    one_commit(&mut tree).into_bytes()
}

/// The place after `--from` in the message of a check that was stopped.
fn place(said: &str) -> &str {
    let place = said.split_once("--from ").and_then(|(_, place)| place.split_once(' '));
    place.unwrap_or_else(|| panic!("no place in {said}")).0
}

#[test]
fn a_check_that_was_stopped_says_how_to_resume() {
    let scratch = Scratch::new();
    let name = scratch.file("amiss.mst", &much_amiss());
    for types in [&[][..], &["--key", "u64", "--value", "[u8; 8]"]] {
        let whole = run(&[&["verify", "--json", &name][..], types].concat());
        let all = json_lines(&whole.out);
        assert!(all.len() > 1000 && whole.err.is_empty(), "{} {}", all.len(), whole.err);
        let (mut told, mut from, mut runs) = (Vec::new(), String::new(), 0);
        loop {
            let mut args = vec!["verify", "--json", &name, "--limit", "300"];
            args.extend(types);
            if !from.is_empty() {
                args.extend(["--from", &from]);
            }
            let ran = run(&args);
            assert_eq!(ran.code, 1);
            told.extend(json_lines(&ran.out));
            runs += 1;
            if ran.err.is_empty() {
                break;
            }
            from = place(&ran.err).to_owned();
        }
        assert!(runs > 2, "{runs}");
        // The next check may check once more what one of them reports.
        let mut told: Vec<_> = told.iter().map(Json::to_string).collect();
        told.sort_unstable();
        told.dedup();
        let mut all: Vec<_> = all.iter().map(Json::to_string).collect();
        all.sort_unstable();
        assert!(told == all, "{} findings of {}", told.len(), all.len());
    }
    let text = run(&["verify", &name, "--limit", "1"]);
    assert!(text.code == 1 && text.out.contains("\nstopped: "), "{}", text.out);
}

#[cfg(unix)]
#[test]
fn a_signal_stops_a_check_in_order() {
    use std::io::Read;
    use std::process::{Command, Stdio};

    use crate::program::program;

    let scratch = Scratch::new();
    let name = scratch.file("amiss.mst", &much_amiss());
    for signal in ["-INT", "-TERM"] {
        let args = ["verify", "--json", &name];
        let mut child = program().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        let mut bytes = vec![0; 100];
        out.read_exact(&mut bytes).unwrap();
        // The check has begun, and cannot end while nobody reads its output: the pipe is full before.
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        out.read_to_end(&mut bytes).unwrap();
        let ran = child.wait_with_output().unwrap();
        let said = String::from_utf8(ran.stderr).unwrap();
        assert_eq!(ran.status.code(), Some(1), "{said}");
        // Before the first key a node is named.
        let place = place(&said);
        let key = u64::from_str_radix(place, 16);
        assert!(place.starts_with('@') || key.is_ok_and(|key| key > 0 && key < 60_000), "{said}");
        let told = json_lines(&String::from_utf8(bytes).unwrap());
        assert!(!told.is_empty() && told.iter().all(|line| line["invariant"].is_string()));
    }
}

#[test]
fn unchecked_parts_are_reported() {
    let scratch = Scratch::new();
    let mut file = PublishedWriter::new(Layout::Git);
    let records: Vec<Record> =
        (0..40).map(|id| Record::new(string_key(Layout::Git, &format!("key {id:02}")), riddle(id))).collect();
    file.append_tree(&records);
    let name = scratch.file("typeless.mst", file.bytes());
    let ran = run(&["verify", &name]);
    assert!(
        ran.code == 2 && ran.out.contains("could not tell") && ran.err.contains("--key"),
        "{} {}",
        ran.out,
        ran.err
    );
    good(&["verify", &name, "--key", "String", "--value", RIDDLE]);
}

#[test]
fn keyless_nodes_are_notes_and_no_fault() {
    let target = upstream_tree("orders-a.mst").target();
    let lines = json_lines(&good(&["verify", "--json", &target]));
    assert!(!lines.is_empty());
    assert!(lines.iter().all(|line| line["invariant"] == "P13" && line["severity"] == "note"));
}

#[test]
fn the_shape_agrees_with_the_counts() {
    for target in [upstream_tree("orders-a.mst").target(), path("head-u64.mst")] {
        let stat: Json = serde_json::from_str(&good(&["stat", "--json", &target])).unwrap();
        let shape: Json = serde_json::from_str(&good(&["shape", "--json", &target])).unwrap();
        for name in ["records", "nodes", "keyless_nodes", "empty_nodes", "bytes_reachable", "bytes_file"] {
            assert_eq!(shape[name], stat[name], "{name}");
        }
        let number = |json: &Json, name: &str| json[name].as_u64().unwrap();
        for (level, counted) in shape["levels"].as_array().unwrap().iter().zip(stat["levels"].as_array().unwrap()) {
            assert_eq!((&level["nodes"], &level["keys"]), (&counted["nodes"], &counted["keys"]));
            let at = number(level, "level") as usize;
            let in_map = |column: &Json| column["nodes"].get(at).and_then(Json::as_u64).unwrap_or(0);
            let mapped: u64 = shape["map"]["columns"].as_array().unwrap().iter().map(in_map).sum();
            assert_eq!(mapped, number(level, "nodes"));
        }
        let sizes: u64 = shape["node_sizes"].as_array().unwrap().iter().map(|size| number(size, "nodes")).sum();
        assert_eq!(sizes, number(&shape, "nodes") - number(&shape, "empty_nodes"));
        assert!(number(&shape, "bytes_pages") >= number(&shape, "bytes_reachable"));
        let text = good(&["shape", &target]);
        assert!(text.contains("\nL0   │") && text.lines().all(|line| line.chars().count() < 160), "{text}");
    }
}

#[test]
fn the_bytes_in_use_of_each_commit_add_up() {
    let scratch = Scratch::new();
    let name = scratch.path("versions.mst");
    for round in 0..5 {
        let lines: String = (0..300_u64)
            .filter(|id| round == 0 || scramble(*id + round).is_multiple_of(9))
            .map(|id| format!("{{\"key\":\"key {id:04}\",\"value\":\"{round}\"}}\n"))
            .collect();
        let from = scratch.file("records", lines.as_bytes());
        good(&["put", &name, "--from", &from]);
    }
    let shape: Json = serde_json::from_str(&good(&["shape", "--json", &name])).unwrap();
    let commits = shape["commits"].as_array().unwrap();
    let live: u64 = commits.iter().map(|commit| commit["bytes_live"].as_u64().unwrap()).sum();
    assert_eq!((commits.len(), live), (5, shape["bytes_reachable"].as_u64().unwrap()));
    assert_eq!(commits[0]["sequence"], 5);
    assert!(commits.iter().all(|commit| commit["bytes_live"].as_u64() <= commit["bytes_written"].as_u64()));
}
