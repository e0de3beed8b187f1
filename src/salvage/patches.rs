//! Subtrees that lost their parent: what is left of a version where it is damaged.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Key;
use super::survey::Entry;
use crate::node::Link;
use crate::store::NodeStore;
use crate::tree::{NodeRecord, Tree};

/// A subtree that lost its parent.
#[derive(Clone, Debug)]
pub(super) struct Patch {
    pub(super) tree: Tree,
    pub(super) first: Key,
    pub(super) last: Key,
}

/// The subtrees below these nodes, in the order of their keys. Where two overlap the one that was written later stays:
/// within a version there is one shape, and what was replaced before it was finished is older.
pub(super) fn patches<'a>(store: &Arc<NodeStore>, tops: impl DoubleEndedIterator<Item = &'a Entry>) -> Vec<Patch> {
    let mut taken: BTreeMap<Vec<u8>, Patch> = BTreeMap::new();
    for top in tops.rev() {
        let Some(patch) = patch(store, top) else { continue };
        let before = taken.range(..=patch.last.common.clone()).next_back();
        if before.is_none_or(|(_, other)| other.last.common < patch.first.common) {
            taken.insert(patch.first.common.clone(), patch);
        }
    }
    taken.into_values().collect()
}

fn patch(store: &Arc<NodeStore>, top: &Entry) -> Option<Patch> {
    let node = store.unchecked(top.offset).ok()?;
    let link = Link { offset: top.offset, hash: node.hash()?, extent: node.extent() };
    let tree = Tree::new(Arc::clone(store), link);
    let key = |last| edge_key(&tree, last).map(|record| Key::of(record.bytes().stored_key, store.codec()));
    let (first, last) = (key(false)?, key(true)?);
    Some(Patch { tree, first, last })
}

/// The first or last record of a tree, as far as it can be read.
pub(super) fn edge_key(tree: &Tree, last: bool) -> Option<NodeRecord> {
    let mut path = vec![tree.root().ok()??];
    let mut found = None;
    while let Some(node) = path.last().cloned() {
        let count = node.key_count();
        let index = if last { count.checked_sub(1) } else { Some(0) };
        found = index.and_then(|index| NodeRecord::new(node, index)).or(found);
        match tree.child(&path, if last { count } else { 0 }) {
            Ok(Some(child)) => path.push(child),
            Ok(None) | Err(_) => break,
        }
    }
    found
}
