//! `salvage` as a person uses it.

use std::fs;

use crate::program::{Ran, Scratch, good, json_lines, refused, run};
use file_mst::MerkleSearchTree;
use mst_test_support::published::{Layout, PublishedWriter, Record, string_key, string_value};
use serde_json::json;

const LEDGER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/ledger.mst");

fn summary(out: &str) -> serde_json::Value {
    json_lines(out).pop().unwrap()
}

#[test]
fn a_damaged_ledger_is_saved() {
    let dir = Scratch::new();
    let mut bytes = fs::read(LEDGER).unwrap();
    bytes[..4096].fill(0);
    bytes[5000] ^= 0xff;
    let (broken, saved) = (dir.file("broken.mst", &bytes), dir.path("saved.mst"));
    assert_eq!(run(&["stat", &broken]).code, 2, "it opens by itself");

    let Ran { code, out, err } = run(&["salvage", &broken, "--list"]);
    assert_eq!((code, err.as_str()), (1, ""));
    for words in ["damaged in 1 place", "commit 2", "holes", "lost"] {
        assert!(out.contains(words), "{words} in {out}");
    }
    let told = summary(&run(&["salvage", &broken, "--list", "--json"]).out);
    let wrote = run(&["salvage", &broken, "--output", &saved, "--json"]);
    assert_eq!(wrote.code, 1);
    let wrote = summary(&wrote.out);
    assert_eq!((&wrote["records"], &wrote["lost"]), (&told["records"], &told["lost"]));
    assert_eq!(fs::read(&broken).unwrap(), bytes, "the broken file was changed");

    let stat = json_lines(&good(&["stat", "--json", &saved])).remove(0);
    assert_eq!((&stat["records"], &stat["hash"]), (&wrote["records"], &wrote["hash"]));
    let log = json_lines(&good(&["log", &saved, "--json"])).remove(0);
    assert!(log["label"].as_str().unwrap().starts_with("salvaged from"), "{log}");
    // What is there is as it was; what is missing is in the place that was named.
    let whole: Vec<_> = json_lines(&good(&["ls", "--json", LEDGER]));
    let found: Vec<_> = json_lines(&good(&["ls", "--json", &saved]));
    let missing: Vec<_> = whole.iter().filter(|record| !found.contains(record)).collect();
    assert_eq!(missing.len() + found.len(), whole.len());
    assert!(!missing.is_empty());
    let lost = json_lines(&run(&["salvage", &broken, "--list", "--json"]).out);
    let lost = lost.iter().find(|line| line["kind"] == "lost").unwrap();
    let within =
        |key: &str| lost["after"]["key_hex"].as_str() < Some(key) && Some(key) < lost["before"]["key_hex"].as_str();
    assert!(missing.iter().all(|record| within(record["key_hex"].as_str().unwrap())), "{lost}");

    refused(&["salvage", &broken, "-o", &saved], &["exists already"]);
    refused(&["salvage", &broken], &["--output"]);
    refused(&["salvage", &dir.file("text", b"no tree at all\n"), "--list"], &["nothing"]);
}

#[test]
fn the_broken_sample_is_the_ledger_with_two_bytes_flipped() {
    let (sound, broken) = (fs::read(LEDGER).unwrap(), fs::read(LEDGER.replace("ledger", "broken")).unwrap());
    assert_eq!(sound.len(), broken.len());
    let flipped: Vec<_> = (0..sound.len()).filter(|at| sound[*at] != broken[*at]).collect();
    assert_eq!(flipped, [5600, 18400]);
}

#[test]
fn a_cut_file_gives_its_newest_whole_version() {
    let dir = Scratch::new();
    let mut file = PublishedWriter::new(Layout::V0_2);
    let records = |version: u64| -> Vec<Record> {
        let value = |id: u64| if id % 40 == version { version } else { 0 };
        (0..2000)
            .map(|id| {
                Record::new(string_key(Layout::V0_2, &format!("key-{id:05}")), string_value(&format!("v{}", value(id))))
            })
            .collect()
    };
    let roots: Vec<_> = (0..20).map(|version| (file.append_tree(&records(version)), file.bytes().len())).collect();
    let cut = roots[13].1 + 5000;
    let broken = dir.file("cut.mst", &file.bytes()[..cut]);
    let Ran { code, out, err } = run(&["salvage", &broken, "--list"]);
    // Nothing in such a file tells where its newest version was.
    assert_eq!((code, err.as_str()), (1, ""));
    assert!(out.contains("perhaps a newer version"), "{out}");
    assert!(out.contains("whole") && out.contains("13 versions") && out.contains("was not finished"), "{out}");
    let lines = json_lines(&run(&["salvage", &broken, "--list", "--json"]).out);
    let newest = lines.iter().find(|line| line["version"] == 0).unwrap();
    assert_eq!(newest["hash"], hex::encode(roots[13].0.hash));
    assert_eq!(lines.last().unwrap()["whole"], json!(true));
    // Another root is taken where one is named.
    let older = format!("{broken}@{}", roots[3].0.offset);
    let lines = json_lines(&good(&["salvage", &older, "--list", "--json"]));
    assert_eq!(lines[0]["hash"], hex::encode(roots[3].0.hash));
}

#[test]
fn versions_that_are_too_old_to_be_looked_at_are_told() {
    let dir = Scratch::new();
    let path = dir.path("many.mst");
    let mut tree: MerkleSearchTree<u64, u64> = MerkleSearchTree::open(&path).unwrap();
    tree.insert_many((0..2000).map(|number| (number, number))).unwrap();
    for number in 0..300 {
        tree.insert(1_000_000 + number, number).unwrap();
        tree.commit("").unwrap();
    }
    drop(tree);
    let mut bytes = fs::read(&path).unwrap();
    // A node that the first commit wrote and all others have.
    bytes[4096 + 40] ^= 1;
    let broken = dir.file("broken.mst", &bytes);
    let ran = run(&["salvage", &broken, "--list"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert!(ran.out.contains("299 versions, of which the 255 newest are looked at"), "{}", ran.out);
    assert!(ran.out.contains("44 versions older than these may have some of it: FILE@"), "{}", ran.out);
    let root = ran.out.split_once("FILE@").unwrap().1.split_once(' ').unwrap().0;
    let next = run(&["salvage", &format!("{broken}@{root}"), "--list"]);
    assert!(next.out.contains("older      43 versions\n"), "{}", next.out);
    assert_eq!(summary(&run(&["salvage", &broken, "--list", "--json"]).out)["versions_looked_at"], 256);
    // Nothing older is looked at where nothing is to be filled in.
    let none = run(&["salvage", &broken, "--list", "--fill", "none"]);
    assert!(!none.out.contains("are looked at"), "{}", none.out);
}

/// A copy that ended early, at several places, and with page 0 or the last commit damaged besides.
#[test]
fn what_is_left_of_a_cut_file_is_saved_and_the_rest_is_said_to_be_lost() {
    let dir = Scratch::new();
    let whole = dir.path("whole.mst");
    let mut tree: MerkleSearchTree<String, String> = MerkleSearchTree::open(&whole).unwrap();
    tree.insert_many((1..=20_000).map(|id| (format!("k{id:06}"), format!("value number {}", id * 7)))).unwrap();
    tree.commit("one").unwrap();
    drop(tree);
    let bytes = fs::read(&whole).unwrap();
    let all: Vec<_> = json_lines(&good(&["ls", "--json", &whole]));
    assert!(good(&["salvage", &whole, "--list"]).contains("lost       nothing"));
    for (name, tenths, page0, last, least) in [
        ("cut", 6, None, false, 11_500),
        ("short", 2, None, false, 3_500),
        ("zeroed", 6, Some(0_u8), false, 11_500),
        ("overwritten", 6, Some(0x5a), false, 11_500),
        ("commit", 10, None, true, 20_000),
        ("headless", 10, Some(0), true, 20_000),
    ] {
        let mut broken = bytes[..bytes.len() * tenths / 10].to_vec();
        if let Some(byte) = page0 {
            broken[..4096].fill(byte);
        }
        if last {
            let commit = u64::from_le_bytes(bytes[40..48].try_into().unwrap()) as usize;
            broken[commit + 70] ^= 1;
        }
        let broken = dir.file(&format!("{name}.mst"), &broken);
        let saved = dir.path(&format!("{name}-saved.mst"));
        let ran = run(&["salvage", &broken, "--output", &saved]);
        assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{name}: {}", ran.out);
        assert!(!ran.out.contains("lost       nothing") && ran.out.contains("\nlost "), "{name}: {}", ran.out);
        if name == "cut" {
            let words = format!("what lay behind byte {}", bytes.len() * 6 / 10);
            assert!(ran.out.contains(&words), "{words} in {}", ran.out);
        }
        let found: Vec<_> = json_lines(&good(&["ls", "--json", "--key", "String", "--value", "String", &saved]));
        assert!(found.len() >= least, "{name}: {} records", found.len());
        let mut rest = all.iter();
        assert!(found.iter().all(|record| rest.any(|other| other == record)), "{name}: a record that nobody wrote");
    }
}
