//! The work of fixed workloads, counted instead of timed, so that no busy machine hides a regression or makes one up.
//!
//! `benches/COUNTED.md` has the figures. A figure that is off by more than a tenth fails this test, in either direction:
//! after an improvement the figures are renewed with `UPDATE_DOCS=1`, so that they guard what was gained.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;

use file_mst::diff::{Item, diff};
use file_mst::inspect::store::ReadCounts;
use file_mst::open::{OpenOptions, open};
use file_mst::storage::FileStorage;
use file_mst::verify::{Verify, VerifyOptions};
use file_mst::{Keep, MerkleSearchTree, ReadOnly};

type Key = [u8; 8];
type Value = [u8; 32];
type Records = MerkleSearchTree<Key, Value>;

const RECORDS: u64 = 100_000;
const FIGURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/COUNTED.md");
const HEAD: &str = "\
# Counted work

Fixed workloads over 100,000 records of 8-byte keys and 32-byte values. Every byte that is read is hashed, and every
node that is read is checked against its hash. A test fails if a figure is off by more than a tenth;
`UPDATE_DOCS=1 cargo test -p file_mst --test it counted_work` renews the table.

| work | nodes read | bytes read | bytes of files written |
|---|--:|--:|--:|
";

fn mix(mut state: u64) -> u64 {
    state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ state >> 31
}

fn record(id: u64, edition: u64) -> (Key, Value) {
    let mut value = [0; 32];
    for (at, chunk) in value.chunks_exact_mut(8).enumerate() {
        chunk.copy_from_slice(&mix(id * 8 + at as u64 + edition * 0x9e37_79b9).to_le_bytes());
    }
    (id.to_be_bytes(), value)
}

/// Numbers of records in an order that depends on the seed alone.
fn some(amount: u64, seed: u64) -> impl Iterator<Item = u64> {
    (0..amount).map(move |at| mix(mix(seed) ^ at) % RECORDS)
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).unwrap().len()
}

/// The cost of some work: nodes and bytes read, and bytes that files grew by.
type Cost = (u64, u64, u64);

fn read_by(reader: &ReadOnly<Key, Value>, work: impl FnOnce()) -> Cost {
    let counts = || -> ReadCounts { reader.tree().store().read_counts() };
    let before = counts();
    work();
    let after = counts();
    (after.nodes - before.nodes, after.bytes - before.bytes, 0)
}

fn measure() -> Vec<(&'static str, Cost)> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sorted.mst");
    let reader = || ReadOnly::<Key, Value>::open(&path).unwrap();
    let mut costs = Vec::new();
    drop(Records::from_sorted(&path, (0..RECORDS).map(|id| record(id, 0))).unwrap());
    costs.push(("load in key order", (0, 0, size(&path))));

    let random = dir.path().join("random.mst");
    let mut tree = Records::open(&random).unwrap();
    let mut ids: Vec<u64> = (0..RECORDS).collect();
    ids.sort_unstable_by_key(|id| mix(*id));
    for batch in ids.chunks(10_000) {
        tree.insert_many(batch.iter().map(|id| record(*id, 0))).unwrap();
        tree.commit("").unwrap();
    }
    drop(tree);
    costs.push(("load in random order, ten commits", (0, 0, size(&random))));

    let tree = reader();
    costs.push(("scan", read_by(&tree, || assert_eq!(tree.iter().unwrap().count() as u64, RECORDS))));
    let tree = reader();
    let gets = || some(10_000, 1).for_each(|id| assert!(tree.get(&id.to_be_bytes()).unwrap().is_some()));
    costs.push(("10,000 gets of random keys", read_by(&tree, gets)));
    let tree = reader();
    let nth = || some(1_000, 2).for_each(|at| assert!(tree.nth(at).unwrap().is_some()));
    costs.push(("1,000 random positions", read_by(&tree, nth)));
    let tree = reader();
    let range = || {
        let (from, to) = (500u64.to_be_bytes(), 1_500u64.to_be_bytes());
        let range = (Bound::Included(&from), Bound::Excluded(&to));
        assert_eq!(tree.range::<Key>(range).unwrap().count(), 1_000);
    };
    costs.push(("a range of 1,000 records", read_by(&tree, range)));

    let before = size(&path);
    let mut tree = Records::open(&path).unwrap();
    let mut ids: Vec<u64> = some(1_000, 3).collect();
    ids.sort_unstable();
    ids.dedup();
    tree.insert_many(ids.iter().map(|id| record(*id, 1))).unwrap();
    tree.commit("").unwrap();
    drop(tree);
    costs.push(("update of 1,000, one commit", (0, 0, size(&path) - before)));

    let tree = reader();
    let (old, new) = (tree.at_commit(1).unwrap(), tree.at_commit(2).unwrap());
    let mut found = diff(old.tree(), new.tree());
    let changed = (&mut found).filter(|item| matches!(item, Item::Changed(..))).count();
    assert_eq!(changed, ids.len());
    let counts = found.counts();
    costs.push(("diff of these", (counts.left.nodes_read + counts.right.nodes_read, 0, 0)));

    let opened = open(Arc::new(FileStorage::open(&path).unwrap()), &OpenOptions::default()).unwrap();
    let mut verify = Verify::new(&opened, VerifyOptions { all_commits: false, from: None, threads: 1 });
    while verify.step().is_some() {}
    assert!(verify.progress().is_valid());
    let progress = verify.progress();
    costs.push(("verify", (progress.nodes, progress.bytes, 0)));

    let compacted = dir.path().join("compacted.mst");
    let tree = Records::open(&path).unwrap();
    tree.compact(&compacted, Keep::Last(1)).unwrap();
    costs.push(("compact to the last commit", (0, 0, size(&compacted))));
    costs
}

fn page(costs: &[(&str, Cost)]) -> String {
    let mut text = HEAD.to_owned();
    for (work, (nodes, bytes, written)) in costs {
        let _ = writeln!(text, "| {work} | {nodes} | {bytes} | {written} |");
    }
    text
}

/// The figures of a page, by the name of the work.
fn figures(page: &str) -> BTreeMap<String, Vec<u64>> {
    let row = |line: &str| {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let name = cells.next()?.to_owned();
        let figures: Vec<u64> = cells.map(|cell| cell.parse().ok()).collect::<Option<_>>()?;
        Some((name, figures))
    };
    page.lines().filter_map(row).collect()
}

#[test]
fn no_work_has_become_a_tenth_more_or_less() {
    let now = page(&measure());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(FIGURES, now).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(FIGURES).unwrap();
    let (now, kept) = (figures(&now), figures(&kept));
    assert_eq!(now.keys().collect::<Vec<_>>(), kept.keys().collect::<Vec<_>>(), "renew with UPDATE_DOCS=1");
    for (work, now) in now {
        for (now, kept) in now.iter().zip(&kept[&work]) {
            assert!(now.abs_diff(*kept) * 10 <= *kept, "{work}: {now}, and it was {kept}");
        }
    }
}
