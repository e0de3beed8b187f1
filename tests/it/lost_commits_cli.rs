//! Every command reports a file whose last commit is lost as damaged, and none takes it for an older or empty file.

use std::fs;

use crate::program::{Ran, Scratch, good, json_lines, run, run_with};
use mst_test_support::damages;
use serde_json::json;

/// A file of two commits, 200 and 400 records.
fn sample(scratch: &Scratch) -> Vec<u8> {
    let file = scratch.path("sound.mst");
    for (label, range) in [("one", 0..200), ("two", 200..400)] {
        let lines: String = range.map(|id| format!("{{\"key\":\"k{id:04}\",\"value\":{id}}}\n")).collect();
        let Ran { code, err, .. } =
            run_with(&["put", &file, "--from", "-", "--key", "String", "--value", "u64", "--label", label], &lines);
        assert_eq!(code, 0, "{err}");
    }
    fs::read(file).unwrap()
}

/// One file for each kind of damage.
fn some_damages(sound: &[u8]) -> Vec<damages::Damaged> {
    let last = u64::from_le_bytes(sound[40..48].try_into().unwrap());
    let pick = |damaged: Vec<damages::Damaged>, step: usize| damaged.into_iter().step_by(step);
    let frame = pick(damages::of_last_commit(sound, last), 97);
    pick(damages::of_page_0(sound), 3).chain(pick(damages::cuts(sound), 5)).chain(frame).collect()
}

const DAMAGED: [&str; 2] = ["is damaged", "is cut off"];

#[track_caller]
fn is_refused(name: &str, args: &[&str], ran: &Ran) {
    let Ran { code, out, err } = ran;
    assert_eq!((*code, out.as_str()), (2, ""), "{name}: {args:?}: {err}");
    assert!(DAMAGED.iter().any(|words| err.contains(words)), "{name}: {args:?}: {err}");
}

#[test]
fn each_command_that_reads_reports_the_damage() {
    let scratch = Scratch::new();
    let sound = sample(&scratch);
    let (good_file, drawn) = (scratch.path("sound.mst"), scratch.path("drawn.svg"));
    let new = scratch.path("new.mst");
    for (index, (name, bytes)) in some_damages(&sound).into_iter().enumerate() {
        let file = scratch.file("damaged.mst", &bytes);
        let file = file.as_str();
        let all: [&[&str]; 18] = [
            &["stat", file],
            &["stat", "--json", file],
            &["ls", file],
            &["get", file, "k0001"],
            &["log", file],
            &["diff", file, &good_file, "--stat"],
            &["diff", &good_file, file],
            &["shape", file],
            &["explain", file, "k0001"],
            &["prove", file, "k0001"],
            &["convert", file, &new],
            &["compact", file, &new],
            &["infer", file],
            &["schema", file],
            &["screenshot", file, "-o", &drawn],
            &["hex", file],
            &[file],
            &[file, &good_file],
        ];
        // All commands run on some of the files, and on each of the others a few of the commands.
        for (number, args) in all.iter().enumerate() {
            if index % 6 == 0 || (index + number) % 6 == 0 {
                is_refused(&name, args, &run(args));
            }
        }
        let Ran { code, out, err } = run(&["verify", file]);
        assert_eq!((code, err.as_str()), (1, ""), "{name}: {out}");
        assert!(out.contains("not valid: 1 error") && out.contains("error  I"), "{name}: {out}");
        assert!(fs::read(file).unwrap() == bytes, "{name}");
        assert!(!fs::exists(&new).unwrap() && !fs::exists(&drawn).unwrap(), "{name}");
    }
}

#[test]
fn each_command_that_writes_refuses_and_changes_no_byte() {
    let scratch = Scratch::new();
    let sound = sample(&scratch);
    let good_file = scratch.path("sound.mst");
    let fewer = scratch.path("fewer.mst");
    fs::copy(&good_file, &fewer).unwrap();
    good(&["rm", &fewer, "k0003"]);
    let drift = scratch.file("drift.ndjson", good_diff(&[&fewer, &good_file]).as_bytes());
    let mapping = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/tour/orders-csv.toml");
    for (name, bytes) in some_damages(&sound) {
        let file = scratch.file("damaged.mst", &bytes);
        let file = file.as_str();
        let all: [&[&str]; 5] = [
            &["put", file, "k9", "1"],
            &["put", file, "k9", "1", "--key", "String", "--value", "u64"],
            &["rm", file, "k0001"],
            &["patch", file, &drift],
            &["schema", file, "--set", "{key: String, value: u64}"],
        ];
        for args in all {
            let ran = run(args);
            assert_eq!(ran.code, 2, "{name}: {args:?}: {}", ran.err);
            assert!(fs::read(file).unwrap() == bytes, "{name}: {args:?}");
        }
        if cfg!(feature = "csv") {
            let ran = run(&["build", mapping, "-o", file]);
            assert_eq!(ran.code, 2, "{name}: {}", ran.err);
            assert!(fs::read(file).unwrap() == bytes, "{name}: build");
        }
    }
}

/// The output of `diff --json` for two trees that differ.
fn good_diff(files: &[&str]) -> String {
    let Ran { code, out, err } = run(&[&["diff", "--json"], files].concat());
    assert_eq!(code, 1, "{err}");
    out
}

/// The advice works: the older commit opens by its number wherever a tree is named, and a banner says which one it is.
#[test]
fn an_older_commit_opens_by_its_number_under_a_banner() {
    let scratch = Scratch::new();
    let sound = sample(&scratch);
    let cut = scratch.file("cut #1.mst", &sound[..sound.len() - 4096]);
    let Ran { err, .. } = run(&["stat", &cut]);
    let advice = err.lines().find_map(|line| line.trim().strip_prefix("an older commit:")).unwrap();
    assert!(advice.contains("cut #1.mst#1'  # #1  ") && advice.contains("one  200 records"), "{err}");
    assert!(err.contains("mst-tui salvage ") && err.contains("cut #1.mst' --output NEW"), "{err}");

    let older = format!("{cut}#1");
    let banner = "this is commit 1, not the newest";
    for args in [
        &["stat", &older][..],
        &["ls", &older],
        &["get", &older, "k0001"],
        &["shape", &older],
        &["diff", &older, &older],
        &["explain", &older, "k0001"],
        &["convert", &older, &scratch.path("one.mst")],
        &[&older],
        &["screenshot", &older, "-o", &scratch.path("one.svg")],
    ] {
        let Ran { code, err, .. } = run(args);
        assert_eq!(code, 0, "{args:?}: {err}");
        assert!(err.contains(banner) && err.contains("is cut off"), "{args:?}: {err}");
    }
    assert!(run(&[&older]).out.contains("DAMAGED FILE: this is commit 1, not the newest"));
    assert!(fs::read_to_string(scratch.path("one.svg")).unwrap().contains("DAMAGED FILE"));
    let stat = run(&["stat", "--json", &older]).out;
    assert_eq!(json_lines(&stat)[0]["records"], 200);
    assert!(json_lines(&stat)[0]["file_damage"].as_str().unwrap().contains("is cut off"));
    assert_eq!(run(&["ls", &older]).out.lines().count(), 200);
    // The file is still not valid.
    let Ran { code, out, .. } = run(&["verify", &older]);
    assert!(code == 1 && out.contains("I2") && out.contains("is cut off"), "{out}");
    // A lost or missing commit is not replaced by another.
    for number in ["2", "3", "0"] {
        let Ran { code, err, .. } = run(&["ls", &format!("{cut}#{number}")]);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("is cut off"), "{err}");
    }

    // In an undamaged file the same name means the same commit, without a banner.
    let sound_file = scratch.path("sound.mst");
    assert_eq!(json_lines(&good(&["stat", "--json", &format!("{sound_file}#1")]))[0]["records"], 200);
    assert_eq!(json_lines(&good(&["stat", "--json", &format!("{sound_file}#2")]))[0]["file_damage"], json!(null));
    let Ran { code, out, .. } = run(&["diff", &format!("{sound_file}#1"), &format!("{sound_file}#2"), "--stat"]);
    assert!(code == 1 && out.contains("200 only right"), "{out}");
    let Ran { code, err, .. } = run(&["stat", &format!("{sound_file}#3")]);
    assert!(code == 2 && err.contains("no commit 3: there are #1 to #2"), "{err}");
    let foreign = format!("{}#1", crate::program::path("config.mst"));
    let Ran { code, err, .. } = run(&["stat", &foreign]);
    assert!(code == 2 && err.contains("number their commits"), "{err}");
}

/// A hash proves the root that it names, whatever happened to the rest of the file.
#[test]
fn a_root_that_is_named_with_its_hash_opens_in_a_damaged_file() {
    let scratch = Scratch::new();
    let sound = sample(&scratch);
    let log = json_lines(&good(&["log", "--json", &scratch.path("sound.mst")]));
    let cut = scratch.file("cut.mst", &sound[..sound.len() - 4096]);
    let (offset, hash) = (log[0]["offset"].to_string(), log[0]["hash"].as_str().unwrap());
    let Ran { code, out, err } = run(&["stat", "--json", &cut, "--offset", &offset, "--hash", hash]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(json_lines(&out)[0]["records"], 400);
    assert!(err.contains("the root that was named"), "{err}");
}

/// The bytes of a damaged file are shown if an offset or a page is named.
#[test]
fn bytes_of_a_damaged_file_are_shown() {
    let scratch = Scratch::new();
    let sound = sample(&scratch);
    for (name, bytes) in some_damages(&sound).into_iter().filter(|(_, bytes)| bytes.len() > 2 * 4096) {
        let file = scratch.file("damaged.mst", &bytes);
        let Ran { code, out, err } = run(&["hex", &file, "--page", "1"]);
        assert!(code < 2 && !out.is_empty(), "{name}: {err}");
        assert!(DAMAGED.iter().any(|words| err.contains(words)), "{name}: {err}");
    }
}
