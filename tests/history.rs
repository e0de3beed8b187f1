//! The versions that a file holds, found without being told where any of them is.

mod common;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use common::{scramble, upstream_trees};
use file_mst::MerkleSearchTree;
use file_mst::history::{Changes, KeyChange, Version, Versions, of_key, open_likely};
use file_mst::open::{OpenOptions, Opened, RootSource, open};
use mst_test_support::published::{Layout, Link, PublishedWriter, Record, string_key, u64_value};
use mst_test_support::upstream;

type Model = BTreeMap<String, u64>;

/// Twenty flushes into a file of this layout: what each held, and its root.
fn flushes(layout: Layout) -> (PublishedWriter, Vec<(Link, Model)>) {
    let mut file = PublishedWriter::new(layout);
    let mut model: Model = (0..400).map(|id| (format!("key {:04}", 7 * id), id)).collect();
    let mut versions = Vec::new();
    for round in 0..20 {
        for step in 0..10 {
            let id = scramble(100 * round + step) % 2800;
            model.insert(format!("key {id:04}"), round);
            let gone = model.keys().nth(scramble(id) as usize % model.len()).unwrap().clone();
            model.remove(&gone);
        }
        let records: Vec<Record> =
            model.iter().map(|(key, value)| Record::new(string_key(layout, key), u64_value(*value))).collect();
        versions.push((file.append_tree(&records), model.clone()));
    }
    (file, versions)
}

fn versions(opened: &Opened) -> Vec<Version> {
    Versions::of(opened, |_| ControlFlow::Continue(())).unwrap().map(Result::unwrap).collect()
}

/// The number of keys that are new, gone, and have another value.
fn naive(old: &Model, new: &Model) -> Changes {
    let added = new.keys().filter(|key| !old.contains_key(*key)).count() as u64;
    let removed = old.keys().filter(|key| !new.contains_key(*key)).count() as u64;
    let changed = new.iter().filter(|(key, value)| old.get(*key).is_some_and(|old| old != *value)).count() as u64;
    Changes { added, removed, changed }
}

#[test]
fn twenty_flushes_are_twenty_roots() {
    for layout in [Layout::V0_2, Layout::Git] {
        let (file, written) = flushes(layout);
        let opened = open_likely(Arc::new(file.bytes().to_vec()), &OpenOptions::default()).unwrap();
        let found = versions(&opened);
        assert_eq!(found.len(), 20);
        for (version, (root, model)) in found.iter().zip(written.iter().rev()) {
            assert_eq!((version.root.offset, version.root.hash), (root.offset, root.hash.into()));
            assert_eq!(version.records, Some(model.len() as u64));
            // It opens, with the types that the newest one proved.
            let there = opened.version(version);
            assert_eq!(common::sound_records(&there.tree).len(), model.len());
        }
        for (pair, models) in found.windows(2).zip(written.windows(2).rev()) {
            let trees = [&pair[1], &pair[0]].map(|version| opened.version(version).tree);
            let changes = Changes::between(&trees[0], &trees[1], || true).unwrap();
            assert_eq!(changes, naive(&models[0].1, &models[1].1));
        }
    }
}

#[test]
fn a_file_without_its_end_still_shows_the_older_roots() {
    let (file, written) = flushes(Layout::V0_2);
    // The last root is cut off, and something else stands there.
    let cut = written[19].0.offset as usize + 30;
    for tail in [vec![], vec![0xee; 3000]] {
        let bytes = [&file.bytes()[..cut], &tail].concat();
        let opened = open_likely(Arc::new(bytes), &OpenOptions::default()).unwrap();
        let found = versions(&opened);
        let offsets: Vec<_> = found.iter().map(|version| version.root.offset).collect();
        for (root, _) in &written[..19] {
            assert!(offsets.contains(&root.offset), "{} is not among {offsets:?}", root.offset);
        }
        assert_eq!(opened.root_source, RootSource::Likely);
    }
    // A damaged leaf of the newest version: its root is found, only its records are not.
    let mut bytes = file.bytes().to_vec();
    let newest = open_likely(Arc::new(bytes.clone()), &OpenOptions::default()).unwrap();
    let path = newest.tree.root().unwrap().unwrap().children().iter().find(|link| !link.is_empty()).copied().unwrap();
    bytes[path.offset as usize + 9] ^= 1;
    let root = Some(written[19].0.offset);
    let options = OpenOptions { offset: root, ..common::typed("String", "u64", OpenOptions::default()) };
    let opened = open(Arc::new(bytes), &options).unwrap();
    let found = versions(&opened);
    assert_eq!(Some(found[0].root.offset), root);
    assert_eq!(found.len(), 20);
}

#[test]
fn what_upstream_flushed_is_found() {
    for newest in upstream_trees().iter().filter(|tree| tree.newest) {
        let opened = open_likely(Arc::new(upstream::bytes(&newest.file)), &OpenOptions::default()).unwrap();
        let found: Vec<_> = versions(&opened).iter().map(|version| (version.root.offset, version.root.hash)).collect();
        let mut listed: Vec<_> = upstream_trees()
            .iter()
            .filter(|tree| tree.file == newest.file)
            .map(|tree| (tree.offset, tree.hash))
            .collect();
        listed.sort_unstable_by(|left, right| right.cmp(left));
        assert_eq!(found, listed, "{}", newest.file);
    }
}

#[test]
fn the_history_of_a_key_is_what_was_written() {
    let (file, written) = flushes(Layout::V0_2);
    let published = open_likely(Arc::new(file.bytes().to_vec()), &OpenOptions::default()).unwrap();

    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("own.mst");
    let mut own: MerkleSearchTree<String, u64> = MerkleSearchTree::open(&path).unwrap();
    let mut before = Model::new();
    for (_, model) in &written {
        for key in before.keys().filter(|key| !model.contains_key(*key)) {
            own.remove(key).unwrap();
        }
        for (key, value) in model {
            own.insert(key.clone(), *value).unwrap();
        }
        own.commit("").unwrap();
        before = model.clone();
    }
    drop(own);
    let own = open(Arc::new(std::fs::read(&path).unwrap()), &OpenOptions::default()).unwrap();

    let keys: std::collections::BTreeSet<_> = written.iter().flat_map(|(_, model)| model.keys()).collect();
    for key in keys.iter().step_by(5).copied().chain([&"no such key".to_owned()]) {
        let mut expected = Vec::new();
        let mut value = None;
        for (number, (_, model)) in written.iter().enumerate() {
            let now = model.get(key);
            let what = match (value, now) {
                (None, Some(_)) => Some("appeared"),
                (Some(_), None) => Some("vanished"),
                (Some(old), Some(new)) if old != new => Some("changed"),
                _ => None,
            };
            expected.extend(what.map(|what| (number, what)));
            value = now;
        }
        expected.reverse();
        for opened in [&published, &own] {
            let all = versions(opened);
            let stored = opened.typing.key.as_ref().unwrap().parse(key).unwrap();
            let steps = of_key(all.iter().cloned().map(Ok), |version| opened.version(version).tree, stored);
            let found: Vec<_> = steps
                .map(|step| {
                    let (version, change) = step.unwrap();
                    let number = all.iter().rev().position(|other| *other == version).unwrap();
                    let what = match change {
                        KeyChange::Appeared(_) => "appeared",
                        KeyChange::Changed { .. } => "changed",
                        KeyChange::Vanished(_) => "vanished",
                        KeyChange::Unknown(_) => "unknown",
                    };
                    (number, what)
                })
                .collect();
            assert_eq!(found, expected, "{key}");
        }
    }
}

#[cfg(feature = "tui")]
mod command {
    use super::*;
    use common::program::{Scratch, good, json_lines, path, refused, run};

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
            assert_eq!(
                (stat["offset"].as_u64(), stat["records"].as_u64()),
                (Some(root.offset), Some(model.len() as u64))
            );
        }
        refused(&["stat", &name, "--hash", &"ab".repeat(32)], &["no node with hash", "abab"]);
        // And a byte inside a node names the node.
        let inside = (written[5].0.offset + 9).to_string();
        refused(&["stat", &name, "--offset", &inside], &[&format!("inside the node @{}", written[5].0.offset)]);
    }

    /// The history from a root is that of the file when the root was written.
    #[test]
    fn log_from_a_root_lists_it_and_those_before() {
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

    /// A root that a later version took whole for a part of its own is none that a scan lists, but its history is there.
    #[test]
    fn log_from_a_root_within_a_later_one() {
        let scratch = Scratch::new();
        let mut file = PublishedWriter::new(Layout::V0_2);
        let key = |id: u64| string_key(Layout::V0_2, &format!("key {id:04}"));
        let level = |id: u64| file_mst::level::level_of(&key(id).hashed);
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
    fn log_of_our_own_file_from_a_commit_on() {
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
    fn log_tells_the_history_of_a_key() {
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
}
