//! `log`, and roots that are found without being named.

use file_mst::MerkleSearchTree;
use mst_test_support::published::{Layout, PublishedWriter, Record, string_key, u64_value};
use mst_test_support::versions::{flushes, naive};

use crate::program::{Scratch, good, json_lines, path, refused, run};

#[test]
fn log_lists_roots_newest_first() {
    let (file, written) = flushes(Layout::V0_2);
    let scratch = Scratch::new();
    let name = scratch.file("db.mst", file.bytes());
    let log = json_lines(&good(&["log", "--json", &name]));
    assert_eq!(log.len(), 20);
    for (line, (root, model)) in log.iter().zip(written.iter().rev()) {
        assert_eq!(
            (line["offset"].as_u64(), line["hash"].as_str()),
            (Some(root.offset), Some(&*hex::encode(root.hash)))
        );
        assert_eq!((line["records"].as_u64(), line["source"].as_str()), (Some(model.len() as u64), Some("scan")));
    }
    let changes = naive(&written[18].1, &written[19].1);
    assert_eq!(log[0]["added"], changes.added);
    assert_eq!(log[0]["removed"], changes.removed);
    assert_eq!(log[0]["changed"], changes.changed);
    assert_eq!(good(&["log", "--limit", "3", &name]).lines().count(), 3);

    // Without a root nothing is picked: the roots are listed, the likely one first.
    let lost = run(&["stat", &name]);
    assert_eq!((lost.code, lost.out.as_str()), (2, ""));
    let lines: Vec<_> = lost.err.lines().filter(|line| line.contains("mst-tui ")).collect();
    let likely = format!("mst-tui {name}@{}:{}", written[19].0.offset, hex::encode(written[19].0.hash));
    assert!(lines[0].contains(&likely) || lines[1].contains(&likely), "{}", lost.err);
    assert!(lost.err.contains("10 older ones; list them: mst-tui log"), "{}", lost.err);

    // A hash alone is enough, of any version.
    for index in [0, 7, 19] {
        let (root, model) = &written[index];
        let stat = good(&["stat", &name, "--hash", &hex::encode(root.hash), "--json"]);
        let stat: serde_json::Value = serde_json::from_str(&stat).unwrap();
        assert_eq!((stat["offset"].as_u64(), stat["records"].as_u64()), (Some(root.offset), Some(model.len() as u64)));
    }
    refused(&["stat", &name, "--hash", &"ab".repeat(32)], &["no node with hash", "abab"]);
    // An offset of a byte inside a node leads to the node.
    let inside = (written[5].0.offset + 9).to_string();
    refused(&["stat", &name, "--offset", &inside], &[&format!("inside the node @{}", written[5].0.offset)]);
}

/// The history from a root is that of the file when the root was written.
#[test]
fn log_from_a_root_lists_it_and_the_older_ones() {
    for layout in [Layout::V0_2, Layout::Git] {
        let (file, written) = flushes(layout);
        let scratch = Scratch::new();
        let name = scratch.file("db.mst", file.bytes());
        for newest in [0, 7, 18, 19] {
            let root = written[newest].0;
            for target in
                [format!("{name}@{}", root.offset), format!("{name}@{}:{}", root.offset, hex::encode(root.hash))]
            {
                let log = json_lines(&good(&["log", "--json", &target]));
                let found: Vec<_> = log.iter().map(|line| line["offset"].as_u64().unwrap()).collect();
                let expected: Vec<_> = written[..=newest].iter().rev().map(|(root, _)| root.offset).collect();
                assert_eq!(found, expected, "{layout:?} from {newest}");
                assert_eq!(log[0]["records"].as_u64(), Some(written[newest].1.len() as u64));
                if newest > 0 {
                    assert_eq!(log[0]["added"], naive(&written[newest - 1].1, &written[newest].1).added);
                }
            }
        }
        let root = written[7].0;
        refused(&["log", &format!("{name}@{}:{}", root.offset, "ab".repeat(32))], &["another hash"]);
        refused(&["log", &format!("{name}@{}", root.offset + 9)], &["inside the node"]);
        let key = written[7].1.keys().next().unwrap();
        let steps = json_lines(&good(&["log", "--json", "--key", key, &format!("{name}@{}", root.offset)]));
        assert!(!steps.is_empty() && steps.iter().all(|step| step["offset"].as_u64() <= Some(root.offset)));
    }
}

/// A later version took over a root whole as a part of its own tree. A scan does not list it, but its history is there.
#[test]
fn log_from_a_root_within_a_later_one() {
    let scratch = Scratch::new();
    let mut file = PublishedWriter::new(Layout::V0_2);
    let key = |id: u64| string_key(Layout::V0_2, &format!("key {id:04}"));
    let level = |id: u64| file_mst::inspect::level::level_of(&key(id).hashed);
    let all: Vec<Record> = (0..600).map(|id| Record::new(key(id), u64_value(id))).collect();
    let top = (0..600).map(level).max().unwrap();
    let at = (0..600).find(|id| level(*id) == top).unwrap() as usize;
    assert!(at > 1, "some records stand before the first of the highest level");
    let inner = file.append_tree(&all[..at]);
    let outer = file.append_tree(&all);
    let name = scratch.file("db.mst", file.bytes());
    let offsets = |target: &str| -> Vec<u64> {
        json_lines(&good(&["log", "--json", target])).iter().map(|line| line["offset"].as_u64().unwrap()).collect()
    };
    assert_eq!(offsets(&name), [outer.offset]);
    assert_eq!(offsets(&format!("{name}@{}", inner.offset)), [inner.offset]);
}

#[test]
fn log_of_a_file_of_this_format_from_a_commit_on() {
    let scratch = Scratch::new();
    let path = scratch.path("own.mst");
    let mut own: MerkleSearchTree<String, u64> = MerkleSearchTree::open(&path).unwrap();
    for round in 0..6 {
        own.insert(format!("key {round}"), round).unwrap();
        own.commit("").unwrap();
    }
    drop(own);
    let all = json_lines(&good(&["log", "--json", &path]));
    assert_eq!(all.len(), 6);
    for (index, commit) in all.iter().enumerate() {
        let target = format!(
            "{path}@{}:{}",
            commit["root"]["offset"].as_u64().or(commit["offset"].as_u64()).unwrap(),
            commit["hash"].as_str().unwrap()
        );
        assert_eq!(json_lines(&good(&["log", "--json", &target])), all[index..]);
    }
}

#[test]
fn log_lists_the_history_of_a_key() {
    let file = path("head-history.mst");
    let changes = json_lines(&good(&["log", &file, "--key", "k001", "--json"]));
    assert_eq!(changes.last().unwrap()["change"], "appeared");
    assert!(changes.iter().all(|change| change["source"] == "scan" && change["offset"].is_u64()));
    let text = good(&["log", &file, "--key", "k001", "--value-type", "Option<i64>"]);
    assert!(text.contains("appeared: Some(20)"), "{text}");
    let absent = run(&["log", &file, "--key", "nobody"]);
    assert_eq!((absent.code, absent.out.as_str()), (1, ""));
    refused(&["log", &path("head-u64.mst"), "--key", "twelve"], &["twelve", "u64"]);
}
