//! For a file of the published crate that does not say where its root is, the program offers its roots, whatever the
//! size of its nodes, and each offer opens the tree that was written.

use crate::program::{Scratch, good, run};
use mst_test_support::published::{Layout, Link, PAGE, PublishedWriter, Record, bytes_value, string_key};
use mst_test_support::shapes::Random;

/// Three flushes of records with values of that many bytes: the file, and each root with the number of its records.
fn flushes(layout: Layout, records: u64, value: u64) -> (Vec<u8>, Vec<(Link, usize)>) {
    let mut random = Random::new(value);
    let mut file = PublishedWriter::new(layout);
    let mut all: Vec<Record> = Vec::new();
    let mut roots = Vec::new();
    for flush in 0..3 {
        for id in 0..records {
            let bytes: Vec<u8> = (0..value).map(|_| random.next() as u8).collect();
            all.push(Record::new(string_key(layout, &format!("{flush}/{id:04}")), bytes_value(&bytes)));
        }
        roots.push((file.append_tree(&all), all.len()));
    }
    (file.into_bytes(), roots)
}

/// The arguments after `mst-tui` in each offer of a message.
fn offers(message: &str) -> Vec<String> {
    let commands = message
        .lines()
        .filter_map(|line| line.split_once("mst-tui ").filter(|(before, _)| before.trim_end().ends_with(':')));
    commands.map(|(_, command)| command.split("  #").next().unwrap().to_owned()).collect()
}

/// The roots are offered, the newest first, and each offer opens its tree.
#[track_caller]
fn offered(bytes: &[u8], roots: &[(Link, usize)], what: &str) {
    let scratch = Scratch::new();
    let name = scratch.file("db.mst", bytes);
    let refused = run(&["stat", &name]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{what}: {}", refused.err);
    let expected: Vec<String> =
        roots.iter().rev().map(|(root, _)| format!("{name}@{}:{}", root.offset, hex::encode(root.hash))).collect();
    assert_eq!(offers(&refused.err), expected, "{what}: {}", refused.err);
    for (target, (_, records)) in offers(&refused.err).iter().zip(roots.iter().rev()) {
        let stat: serde_json::Value = serde_json::from_str(&good(&["stat", "--json", target])).unwrap();
        assert_eq!(stat["records"].as_u64(), Some(*records as u64), "{what}: {target}");
    }
}

/// Files whose nodes take from a part of a page to a megabyte.
fn offered_for(sizes: &[(u64, u64)]) {
    for layout in [Layout::V0_2, Layout::Git] {
        for &(records, value) in sizes {
            let (mut bytes, roots) = flushes(layout, records, value);
            if layout == Layout::Git {
                bytes[..PAGE].fill(0);
            }
            offered(&bytes, &roots, &format!("{layout:?}, {records} values of {value} bytes"));
        }
    }
}

#[test]
fn roots_are_offered_whatever_the_size_of_nodes() {
    offered_for(&[(40, 8), (40, 300), (12, 5000)]);
}

#[test]
#[ignore = "takes minutes without optimization: types of such values are looked for"]
fn roots_are_offered_even_if_nodes_take_a_megabyte() {
    offered_for(&[(3, 100_000), (1, 400_000), (2, 700_000)]);
}

#[test]
fn roots_are_offered_if_page_0_leads_nowhere_or_something_follows() {
    let (bytes, roots) = flushes(Layout::Git, 12, 5000);
    let mut elsewhere = bytes.clone();
    elsewhere[..8].copy_from_slice(&(bytes.len() as u64 + 77).to_le_bytes());
    offered(&elsewhere, &roots, "a pointer behind the end");
    for layout in [Layout::V0_2, Layout::Git] {
        let (mut bytes, roots) = flushes(layout, 12, 5000);
        if layout == Layout::Git {
            bytes[..PAGE].fill(0);
        }
        bytes.extend([0xee; 3000]);
        offered(&bytes, &roots, "something stands behind the last node");
    }
}

#[test]
fn an_offer_is_a_command_that_a_shell_accepts() {
    let (bytes, roots) = flushes(Layout::V0_2, 12, 5000);
    let scratch = Scratch::new();
    let name = scratch.file("it's the db.mst", &bytes);
    let refused = run(&["stat", &name]);
    let offer = offers(&refused.err)[0].clone();
    let program = env!("CARGO_BIN_EXE_mst-tui");
    let shell =
        std::process::Command::new("sh").args(["-c", &format!("{program} stat --json {offer}")]).output().unwrap();
    let stat: serde_json::Value = serde_json::from_slice(&shell.stdout).unwrap();
    assert_eq!(stat["records"].as_u64(), Some(roots[2].1 as u64), "{offer}");
}

#[test]
fn nothing_is_offered_if_there_is_no_tree() {
    let scratch = Scratch::new();
    let mut random = Random::new(9);
    let noise: Vec<u8> = (0..200_000).map(|_| random.next() as u8).collect();
    for (name, bytes) in [("noise", noise), ("text", b"id,name\n1,a\n".repeat(900)), ("page", vec![0; PAGE])] {
        let refused = run(&["stat", &scratch.file(name, &bytes)]);
        assert_eq!(
            (refused.code, refused.out.as_str(), offers(&refused.err)),
            (2, "", vec![]),
            "{name}: {}",
            refused.err
        );
    }
}

/// Only the end of a long file is searched, and the message says so: the work is bounded, and `log` does the rest.
#[test]
fn the_end_of_a_long_file_is_searched() {
    use std::os::unix::fs::FileExt;

    let (bytes, roots) = flushes(Layout::V0_2, 12, 5000);
    let file = tempfile::NamedTempFile::new().unwrap();
    let name = file.path().to_str().unwrap();
    file.as_file().write_all_at(&bytes, 0).unwrap();
    file.as_file().set_len(1 << 40).unwrap();
    let refused = run(&["stat", name]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains(&format!("mst-tui log {name}")), "{}", refused.err);

    // Roots in that part are found.
    let far = 300 << 20;
    let file = tempfile::NamedTempFile::new().unwrap();
    let name = file.path().to_str().unwrap();
    file.as_file().write_all_at(&bytes, 0).unwrap();
    file.as_file().set_len(far as u64).unwrap();
    let mut leaf = PublishedWriter::new(Layout::V0_2);
    let only = Record::new(string_key(Layout::V0_2, "only"), bytes_value(&[7; 5000]));
    let root = leaf.write_node(0, &[&only], &[Link { offset: 0, hash: [0; 32] }; 2]);
    file.as_file().write_all_at(leaf.bytes(), far as u64).unwrap();
    let refused = run(&["stat", name]);
    let offer = &offers(&refused.err)[0];
    assert_eq!(*offer, format!("{name}@{far}:{}", hex::encode(root.hash)), "{}", refused.err);
    assert!(good(&["ls", offer]).starts_with("only"));
    let log = good(&["log", "--json", name]);
    let found: Vec<u64> = log
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["offset"].as_u64().unwrap())
        .collect();
    assert_eq!(found, [far as u64, roots[2].0.offset, roots[1].0.offset, roots[0].0.offset]);
}
