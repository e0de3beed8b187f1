//! Subtrees that lost their parent: the remains of a version where it is damaged.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::StoredKey;
use super::entry::Entry;
use crate::node::Link;
use crate::store::NodeStore;
use crate::tree::{NodeRecord, Tree};

/// A subtree that lost its parent.
#[derive(Clone, Debug)]
pub(super) struct Patch {
    pub(super) tree: Tree,
    /// The number of records that its links count, if all of them lie between its first and its last key: an unreadable
    /// child at one of its ends may have keys beyond.
    pub(super) records: Option<u64>,
    pub(super) first: StoredKey,
    pub(super) last: StoredKey,
}

/// The most layers. Subtrees of one version overlap only if a node between them is damaged, so there are at most as
/// many layers as levels; nodes that were replaced before a version was finished add some.
const MAX_LAYERS: usize = 128;

/// Subtrees that do not overlap, in the order of their keys.
pub(super) type Layer = Vec<Patch>;

/// The subtrees below these nodes, in layers. If two overlap, the one that was written later is in an earlier layer,
/// and keys missing from it are searched in later layers: a damaged node may have sound nodes below it, and nodes that
/// were replaced before a version was finished are older.
///
/// ```text
///   keys      a ─────────────────────────────────────────── z
///   layer 0   [ written last  ]   (damaged)    [          ]
///   layer 1        [  older, overlaps  ]   [ sound, below ]       used only for keys that layer 0 lacks
/// ```
pub(super) fn layers<'a>(store: &Arc<NodeStore>, tops: impl DoubleEndedIterator<Item = &'a Entry>) -> Vec<Layer> {
    let mut layers: Vec<BTreeMap<Vec<u8>, Patch>> = Vec::new();
    for top in tops.rev() {
        let Some(patch) = patch(store, top) else { continue };
        let fits = |layer: &BTreeMap<Vec<u8>, Patch>| {
            let before = layer.range(..=patch.last.common.clone()).next_back();
            before.is_none_or(|(_, other)| other.last.common < patch.first.common)
        };
        let index = layers.iter().position(fits).unwrap_or(layers.len());
        if index == layers.len() && index < MAX_LAYERS {
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
    let link = Link { offset: top.offset, hash: node.hash()?, summary: node.summary() };
    let tree = Tree::new(Arc::clone(store), link);
    let key = |last| {
        let (record, is_end) = end_key(&tree, last)?;
        Some((StoredKey::of(record.bytes().stored_key, store.codec()), is_end))
    };
    let ((first, is_first), (last, is_last)) = (key(false)?, key(true)?);
    let records = Some(top.records).filter(|_| is_first && is_last);
    Some(Patch { tree, records, first, last })
}

/// The first or last record of a tree, as far as it can be read.
pub(super) fn edge_key(tree: &Tree, last: bool) -> Option<NodeRecord> {
    end_key(tree, last).map(|(record, _)| record)
}

/// The first or last record of a tree, as far as it can be read, and whether it is certainly the first or last one.
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
