//! The versions in a file are found without their positions being given.

use std::ops::ControlFlow;
use std::sync::Arc;

use file_mst::MerkleSearchTree;
use file_mst::history::{Changes, KeyChange, Version, Versions, of_key, open_likely};
use file_mst::open::{OpenOptions, Opened, RootSource, open};
use mst_test_support::published::Layout;
use mst_test_support::trees::upstream_trees;
use mst_test_support::upstream;
use mst_test_support::versions::{Model, flushes, naive};

fn versions(opened: &Opened) -> Vec<Version> {
    Versions::of(opened, |_| ControlFlow::Continue(())).unwrap().map(Result::unwrap).collect()
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
            assert_eq!(mst_test_support::trees::sound_records(&there.tree).len(), model.len());
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
    // The last root is cut off, and other bytes are in its place.
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
    // A damaged leaf of the newest version: its root is found, but not its records.
    let mut bytes = file.bytes().to_vec();
    let newest = open_likely(Arc::new(bytes.clone()), &OpenOptions::default()).unwrap();
    let path = newest.tree.root().unwrap().unwrap().children().iter().find(|link| !link.is_empty()).copied().unwrap();
    bytes[path.offset as usize + 9] ^= 1;
    let root = Some(written[19].0.offset);
    let options =
        OpenOptions { offset: root, ..mst_test_support::trees::typed("String", "u64", OpenOptions::default()) };
    let opened = open(Arc::new(bytes), &options).unwrap();
    let found = versions(&opened);
    assert_eq!(Some(found[0].root.offset), root);
    assert_eq!(found.len(), 20);
}

#[test]
fn upstream_flushes_are_found() {
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
fn the_history_of_a_key_is_as_written() {
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
