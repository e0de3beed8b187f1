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
    /// How many records its links count, where all of them lie between its first and its last key: a child that cannot be read at
    /// an end of it may have others beyond.
    pub(super) records: Option<u64>,
    pub(super) first: Key,
    pub(super) last: Key,
}

/// How many layers there are at most. Those of one version overlap only where a node between them is damaged, so there are no
/// more than it has levels; what was replaced before a version was finished adds some.
const MOST_LAYERS: usize = 128;

/// Subtrees that do not overlap, in the order of their keys.
pub(super) type Layer = Vec<Patch>;

/// The subtrees below these nodes, in layers. Where two overlap the one that was written later stands in an earlier layer, and
/// what is missing in that one is looked for in the layers behind: below a damaged node stand others that are sound, and what was
/// replaced before a version was finished is older.
pub(super) fn layers<'a>(store: &Arc<NodeStore>, tops: impl DoubleEndedIterator<Item = &'a Entry>) -> Vec<Layer> {
    let mut layers: Vec<BTreeMap<Vec<u8>, Patch>> = Vec::new();
    for top in tops.rev() {
        let Some(patch) = patch(store, top) else { continue };
        let fits = |layer: &BTreeMap<Vec<u8>, Patch>| {
            let before = layer.range(..=patch.last.common.clone()).next_back();
            before.is_none_or(|(_, other)| other.last.common < patch.first.common)
        };
        let index = layers.iter().position(fits).unwrap_or(layers.len());
        if index == layers.len() && index < MOST_LAYERS {
            layers.push(BTreeMap::new());
        }
        if let Some(layer) = layers.get_mut(index) {
            layer.insert(patch.first.common.clone(), patch);
        }
    }
    layers.into_iter().map(|layer| layer.into_values().collect()).collect()
}

fn patch(store: &Arc<NodeStore>, top: &Entry) -> Option<Patch> {
    let node = store.unchecked(top.offset).ok()?;
    let link = Link { offset: top.offset, hash: node.hash()?, extent: node.extent() };
    let tree = Tree::new(Arc::clone(store), link);
    let key = |last| {
        let (record, is_end) = end_key(&tree, last)?;
        Some((Key::of(record.bytes().stored_key, store.codec()), is_end))
    };
    let ((first, is_first), (last, is_last)) = (key(false)?, key(true)?);
    let records = Some(top.records).filter(|_| is_first && is_last);
    Some(Patch { tree, records, first, last })
}

/// The first or last record of a tree, as far as it can be read.
pub(super) fn edge_key(tree: &Tree, last: bool) -> Option<NodeRecord> {
    end_key(tree, last).map(|(record, _)| record)
}

/// The first or last record of a tree, as far as it can be read, and whether it is that.
fn end_key(tree: &Tree, last: bool) -> Option<(NodeRecord, bool)> {
    let mut path = vec![tree.root().ok()??];
    let mut found = None;
    while let Some(node) = path.last().cloned() {
        let count = node.key_count();
        let index = if last { count.checked_sub(1) } else { Some(0) };
        found = index.and_then(|index| NodeRecord::new(node, index)).or(found);
        match tree.child(&path, if last { count } else { 0 }) {
            Ok(Some(child)) => path.push(child),
            Ok(None) => return Some((found?, true)),
            Err(_) => return Some((found?, false)),
        }
    }
    None
}
