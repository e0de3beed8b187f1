//! The roots in a damaged file without commits, and the origin of recovered records.

use super::entry::Entry;
use super::patches::edge_key;
use super::{Interval, StoredKey};
use crate::node::Link;
use crate::node::hash::NodeHash;
use crate::store::NodeStore;
use crate::tree::Tree;
use crate::version::{Source, Version};
use std::sync::Arc;

/// The origin of a record.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Origin {
    /// From the version with this index, counted from the newest.
    Version(usize),
    /// From nodes without a parent that were written for the version with this index.
    Orphans(usize),
    /// From nodes without a parent that were written after the newest version, for one that was not finished.
    Unfinished,
}

/// The roots among nodes without a parent, in the order of their offsets. A root is the last node of its version; a
/// node that lost its parent to damage is not. So a node counts as a root if its level is not below the previous root's
/// and it has at least half as many records, or if its keys reach as far on both sides.
pub(super) fn roots(store: &Arc<NodeStore>, tops: &[Entry]) -> Vec<Version> {
    let mut roots: Vec<(Entry, Version)> = Vec::new();
    for top in tops {
        let Ok(node) = store.unchecked(top.offset) else { continue };
        let hash = node.hash().unwrap_or(NodeHash::EMPTY);
        if hash.is_empty() || top.records == 0 {
            continue;
        }
        let link = Link { offset: top.offset, hash, summary: node.summary() };
        let is_root = roots.last().is_none_or(|(before, version)| {
            top.level >= before.level && top.records.saturating_mul(2) >= before.records
                || reaches_as_far(store, &link, &version.root)
        });
        if is_root {
            roots.push((
                *top,
                Version { root: link, records: Some(top.records), source: Source::Scan { proved: true } },
            ));
        }
    }
    roots.into_iter().map(|(_, version)| version).collect()
}

fn reaches_as_far(store: &Arc<NodeStore>, root: &Link, other: &Link) -> bool {
    let span = |link: &Link| -> Option<Interval> {
        let tree = Tree::new(Arc::clone(store), *link);
        let key = |last| edge_key(&tree, last).map(|record| StoredKey::of(record.bytes().stored_key, store.codec()));
        Some(Interval { after: Some(key(false)?), before: Some(key(true)?) })
    };
    let key = |key: Option<StoredKey>| key.map(|key| key.common);
    match (span(root), span(other)) {
        (Some(root), Some(other)) => key(root.after) <= key(other.after) && key(root.before) >= key(other.before),
        _ => false,
    }
}
