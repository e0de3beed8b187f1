//! Why the hashes differ: the nodes on the way to a record in either tree, and the first ingredient of their hashes in
//! which they differ.

use std::sync::Arc;

use file_mst::NodeError;
use file_mst::NodeHash;
use file_mst::Tree;
use file_mst::diff::Side;
use file_mst::inspect::node::Node;
use file_mst::inspect::tree::NodePosition;

use crate::model::diff::entry::Entry;
use crate::model::diff::inside;
use crate::model::diff::pair::Pair;
use crate::model::text::count;

/// The nodes of one level on the way, left and right, and what their hashes say of them.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) level: u8,
    pub(crate) left: Option<Arc<Node>>,
    pub(crate) right: Option<Arc<Node>>,
    pub(crate) says: String,
}

/// The way to a record in either tree, from the roots on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Why {
    pub(crate) steps: Vec<Step>,
    /// The reads that failed, and where.
    pub(crate) errors: Vec<String>,
}

impl Why {
    /// Reads the nodes on the way: at most the heights of both trees.
    pub(crate) fn read(pair: &Pair, entry: &Entry) -> Self {
        let mut why = Self::default();
        // For a stretch, the path to its first record.
        let first = match entry {
            Entry::Equal(stretch) => {
                let page = inside::read(pair, stretch, None, 1);
                page.records.first().map(|held| (inside::side_of(stretch), held.clone()))
            }
            _ => None,
        };
        let (left, right) = match &first {
            Some((Side::Left, held)) => (Some(held.stored()), None),
            Some((Side::Right, held)) => (None, Some(held.stored())),
            None => entry.sides(),
        };
        // A key that only one side has is stored on the other in the same form, if that is of the same kind.
        let kind = |side| (pair.opened(side).tree.store().codec().dialect, &pair.typing(side).key);
        let alike = kind(Side::Left) == kind(Side::Right);
        let key = |own: Option<crate::model::diff::pair::Stored>, other: Option<crate::model::diff::pair::Stored>| {
            own.or(other.filter(|_| alike)).map(|(key, _)| key.to_vec())
        };
        let mut way = |side: Side, key: Option<Vec<u8>>| {
            let Some(key) = key else { return Vec::new() };
            let (nodes, error) = way(&pair.opened(side).tree, &key);
            why.errors.extend(error.map(|error| format!("{}: {error}", side.name())));
            nodes
        };
        let (a, b) = (way(Side::Left, key(left, right)), way(Side::Right, key(right, left)));
        let mut levels: Vec<_> = a.iter().chain(&b).map(|node| node.level()).collect();
        levels.sort_unstable_by(|a, b| b.cmp(a));
        levels.dedup();
        for level in levels {
            let at = |nodes: &[Arc<Node>]| nodes.iter().find(|node| node.level() == level).cloned();
            let (left, right) = (at(&a), at(&b));
            let says = match (&left, &right) {
                (Some(left), Some(right)) => first_difference(left, right),
                (Some(_), None) => "the right has no node of this level here".to_owned(),
                _ => "the left has no node of this level here".to_owned(),
            };
            why.steps.push(Step { level, left, right, says });
        }
        why
    }
}

/// The nodes on the way to a key, as far as they can be read.
fn way(tree: &Tree, key: &[u8]) -> (Vec<Arc<Node>>, Option<NodeError>) {
    let mut path = match tree.root() {
        Ok(root) => root.into_iter().collect::<Vec<_>>(),
        Err(error) => return (Vec::new(), Some(error)),
    };
    while let Some(node) = path.last() {
        let child = match tree.locate(node, key) {
            Ok(NodePosition::Child(index)) => tree.child_in_order(&path, index),
            Ok(NodePosition::Record(_)) => break,
            Err(error) => Err(error),
        };
        match child {
            Ok(Some(child)) => path.push(child),
            Ok(None) => break,
            Err(error) => return (path, Some(error)),
        }
    }
    (path, None)
}

/// The first ingredient of the hashes that differs, in the order in which they are hashed: level, key count, then by
/// turns a child's hash, a key, a value.
fn first_difference(left: &Node, right: &Node) -> String {
    if left.hash().is_some() && left.hash() == right.hash() {
        return "equal".to_owned();
    }
    if left.key_count() != right.key_count() {
        let keys = |node: &Node| count(node.key_count() as u64, "key");
        return format!("the key count: {} ≠ {}", keys(left), keys(right));
    }
    let child = |node: &Node, index: usize| node.children().get(index).map_or(NodeHash::EMPTY, |link| link.hash);
    let name = |hash: NodeHash| if hash.is_empty() { "none".to_owned() } else { hash.short() };
    for index in 0..=left.key_count() {
        let (a, b) = (child(left, index), child(right, index));
        if a != b {
            return format!("child {index}: {} ≠ {}", name(a), name(b));
        }
        match (left.record(index), right.record(index)) {
            (Some(a), Some(b)) if a.key != b.key => return format!("key {index}"),
            (Some(a), Some(b)) if a.value != b.value => return format!("value {index}"),
            _ => {}
        }
    }
    "nothing that the hash covers".to_owned()
}
