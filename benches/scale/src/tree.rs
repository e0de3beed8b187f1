//! The steps on the tree. Each checks what it gets.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use file_mst::diff::{Item, diff};
use file_mst::inspect::node::Node;
use file_mst::open::{OpenOptions, open};
use file_mst::storage::FileStorage;
use file_mst::verify::{Verify, VerifyOptions};
use file_mst::{Keep, MerkleSearchTree, ReadOnly, Tree};

use crate::outcome::Outcome;
use crate::records::{Key, Value, key, some, value};
use crate::step::timed;

const GETS: u64 = 100_000;
const POSITIONS: u64 = 1_000;
const CHANGED: u64 = 1_000;
/// Seeds of the records that are asked for, and of those that change.
const ASKED: u64 = 2;
const UPDATED: u64 = 3;

pub(crate) fn build(records: u64, file: &Path) -> Result<Outcome> {
    let _ = std::fs::remove_file(file);
    let (outcome, tree) =
        timed(|| Ok(MerkleSearchTree::from_sorted(file, (0..records).map(|id| (key(id), value(id, false))))?))?;
    drop(tree);
    let bytes = std::fs::metadata(file)?.len();
    Ok(outcome.with("file_bytes", bytes as f64))
}

fn reader(file: &Path) -> Result<ReadOnly<Key, Value>> {
    Ok(ReadOnly::open(file)?)
}

pub(crate) fn gets(records: u64, file: &Path) -> Result<Outcome> {
    let tree = reader(file)?;
    let amount = GETS.min(records);
    let (outcome, ()) = timed(|| {
        for id in some(amount, records, ASKED) {
            ensure!(tree.get(&key(id))? == Some(value(id, false)), "a wrong answer for record {id}");
        }
        Ok(())
    })?;
    Ok(outcome.with("amount", amount as f64))
}

pub(crate) fn nth(records: u64, file: &Path) -> Result<Outcome> {
    let tree = reader(file)?;
    let amount = POSITIONS.min(records);
    let (outcome, ()) = timed(|| {
        for position in some(amount, records, ASKED) {
            let found = tree.nth(position)?.with_context(|| format!("no record at {position}"))?;
            ensure!(found.0 == key(position), "a wrong record at {position}");
        }
        Ok(())
    })?;
    Ok(outcome.with("amount", amount as f64))
}

fn changed(records: u64) -> Vec<u64> {
    let mut ids: Vec<_> = some(CHANGED, records, UPDATED).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

pub(crate) fn update(records: u64, file: &Path) -> Result<Outcome> {
    let before = std::fs::metadata(file)?.len();
    let mut tree: MerkleSearchTree<Key, Value> = MerkleSearchTree::open(file)?;
    let ids = changed(records);
    let (outcome, ()) = timed(|| {
        tree.insert_many(ids.iter().map(|id| (key(*id), value(*id, true))))?;
        tree.flush()?;
        Ok(())
    })?;
    drop(tree);
    let grown = std::fs::metadata(file)?.len() - before;
    Ok(outcome.with("grown_bytes", grown as f64).with("amount", ids.len() as f64))
}

pub(crate) fn diff_commits(records: u64, file: &Path) -> Result<Outcome> {
    let expected: Vec<_> = changed(records).into_iter().map(key).collect();
    let tree = reader(file)?;
    let commits: Vec<_> = tree.commits().collect::<Result<_, _>>()?;
    let (Some(newest), Some(oldest)) = (commits.first(), commits.last()) else { bail!("there is no commit") };
    let (right, left) = (tree.at_commit(newest.sequence)?, tree.at_commit(oldest.sequence)?);
    let (outcome, (keys, counts)) = timed(|| {
        let mut found = diff(left.tree(), right.tree());
        let mut keys: Vec<Key> = Vec::new();
        for item in &mut found {
            match item {
                Item::Changed(record, _) => keys.push(record.bytes().key.try_into()?),
                Item::Equal(_) => {}
                other => bail!("not a change: {other:?}"),
            }
        }
        Ok((keys, found.counts()))
    })?;
    ensure!(keys == expected, "other keys differ: {} of {}", keys.len(), expected.len());
    let mut path: Vec<_> = right.tree().root()?.into_iter().collect();
    let new = nodes_from(right.tree(), &mut path, newest.tail_start)?;
    let read = counts.left.nodes_read + counts.right.nodes_read;
    Ok(outcome.with("nodes_read", read as f64).with("nodes_new", new as f64).with("amount", expected.len() as f64))
}

/// How many nodes of a subtree, whose root is the last of `path`, were written at or after an offset. Those below an
/// older node are older.
fn nodes_from(tree: &Tree, path: &mut Vec<Arc<Node>>, offset: u64) -> Result<u64> {
    let Some(node) = path.last().filter(|node| node.offset() >= offset) else { return Ok(0) };
    let links: Vec<_> = node
        .children()
        .iter()
        .enumerate()
        .filter(|(_, link)| link.offset >= offset && !link.is_empty())
        .map(|(at, _)| at)
        .collect();
    let mut nodes = 1;
    for at in links {
        if let Some(child) = tree.child(path, at)? {
            path.push(child);
            nodes += nodes_from(tree, path, offset)?;
            path.pop();
        }
    }
    Ok(nodes)
}

pub(crate) fn verify(records: u64, file: &Path) -> Result<Outcome> {
    let (outcome, progress) = timed(|| {
        let opened = open(Arc::new(FileStorage::open(file)?), &OpenOptions::default())?;
        let mut verify = Verify::new(&opened, VerifyOptions { all_commits: false, from: None, threads: 0 });
        while let Some(findings) = verify.step() {
            ensure!(findings.is_empty(), "a finding: {findings:?}");
        }
        Ok(*verify.progress())
    })?;
    ensure!(progress.is_valid() && progress.is_whole(), "not all was checked of {records} records");
    Ok(outcome)
}

pub(crate) fn compact(records: u64, file: &Path, to: &Path) -> Result<Outcome> {
    let tree: MerkleSearchTree<Key, Value> = MerkleSearchTree::open(file)?;
    let (outcome, ()) = timed(|| Ok(tree.compact(to, Keep::Last(1))?))?;
    let copy = reader(to)?;
    ensure!(copy.len()? == records, "the compacted tree has other records");
    Ok(outcome)
}
