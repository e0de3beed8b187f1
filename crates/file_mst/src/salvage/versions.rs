//! The versions of a tree that a file holds, as far as they can be told.

use super::patches::edge_key;
use super::survey::Entry;
use super::{Interval, Key};
use crate::node::Link;
use crate::node::hash::NodeHash;
use crate::store::{Commit, NodeStore};
use crate::tree::Tree;
use std::sync::Arc;

/// A version of the tree: a root that is named or found.
#[derive(Clone, Debug)]
pub struct Version {
    /// The link to its root.
    pub root: Link,
    /// Its commit, in files of ours.
    pub commit: Option<Box<Commit>>,
    /// Where it was finished: the offset of its commit, or of its root.
    pub position: u64,
}

/// Where a record comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Origin {
    /// From the version of this index, counted from the newest.
    Version(usize),
    /// From nodes without a parent that were written for the version of this index.
    Orphans(usize),
    /// From nodes without a parent that were written after the newest version, for one that was not finished.
    Unfinished,
}

impl Version {
    pub(super) fn of_commit(commit: Commit) -> Self {
        Self { root: commit.root, position: commit.offset, commit: Some(Box::new(commit)) }
    }

    pub(super) fn of_root(root: Link) -> Self {
        Self { root, position: root.offset, commit: None }
    }
}

/// The roots among nodes that no other refers to, in the order of their offsets. A root is the last node of its version;
/// what lost its parent to damage is not. So a node counts as a root if it is of no lower level than the root before
/// and holds at least half as many records, or if its keys reach as far on both sides.
pub(super) fn roots(store: &Arc<NodeStore>, tops: &[Entry]) -> Vec<Version> {
    let mut roots: Vec<(Entry, Version)> = Vec::new();
    for top in tops {
        let Ok(node) = store.unchecked(top.offset) else { continue };
        let hash = node.hash().unwrap_or(NodeHash::EMPTY);
        if hash.is_empty() || top.records == 0 {
            continue;
        }
        let link = Link { offset: top.offset, hash, extent: node.extent() };
        let is_root = roots.last().is_none_or(|(before, version)| {
            top.level >= before.level && top.records.saturating_mul(2) >= before.records
                || reaches_as_far(store, &link, &version.root)
        });
        if is_root {
            roots.push((*top, Version::of_root(link)));
        }
    }
    roots.into_iter().map(|(_, version)| version).collect()
}

fn reaches_as_far(store: &Arc<NodeStore>, root: &Link, other: &Link) -> bool {
    let span = |link: &Link| -> Option<Interval> {
        let tree = Tree::new(Arc::clone(store), *link);
        let key = |last| edge_key(&tree, last).map(|record| Key::of(record.bytes().stored_key, store.codec()));
        Some(Interval { after: Some(key(false)?), before: Some(key(true)?) })
    };
    let key = |key: Option<Key>| key.map(|key| key.common);
    match (span(root), span(other)) {
        (Some(root), Some(other)) => key(root.after) <= key(other.after) && key(root.before) >= key(other.before),
        _ => false,
    }
}
