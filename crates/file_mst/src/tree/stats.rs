//! Statistics of a tree, from one full walk.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::node::dialect::Dialect;
use crate::node::level::level_of;
use crate::node::{EMPTY_NODE_BYTES, Node, NodeError};
use crate::open::TypeMismatch;
use crate::tree::walk::{Damage, Step};
use crate::tree::{NodeKey, Tree};

/// Statistics of a tree.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// The level of the root + 1; 0 for the empty tree.
    pub height: u32,
    /// Records that could be reached. If the types are unknown, the key counts of the nodes.
    pub records: u64,
    /// Nodes that could be reached, including keyless and empty ones.
    pub nodes: u64,
    /// Reachable nodes without keys but with a child. A canonical tree has none.
    pub keyless_nodes: u64,
    /// Reachable nodes with neither keys nor children, which the published dialects write for absent children.
    pub empty_nodes: u64,
    /// The bytes of the frames of all reachable nodes.
    pub bytes_reachable: u64,
    /// Nodes and keys of each level, without empty nodes.
    pub levels: BTreeMap<u8, LevelStats>,
    /// Keys that stand at another level than their hash gives them.
    pub misplaced_keys: u64,
    /// Keys that are not greater than the key before them.
    pub unordered_keys: u64,
    /// Nodes whose values, or keys and values, cannot be delimited because their types are unknown: nothing about their
    /// contents is proved.
    pub opaque_nodes: u64,
    /// The opaque nodes that are sound, but do not fit the types. The walk alone cannot distinguish them from damage:
    /// see [`Stats::tell_misfits`].
    pub misfit_nodes: u64,
    /// Subtrees that could not be read. Their contents are not counted above.
    pub damage: Vec<Damage>,
}

/// Nodes and keys of one level.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LevelStats {
    /// Nodes.
    pub nodes: u64,
    /// Keys in them.
    pub keys: u64,
}

impl Stats {
    /// Whether the tree has the canonical shape: no keyless node, every key at the level of its hash, all keys in
    /// order. `None` if damage or unknown types hide the answer.
    pub fn canonical(&self) -> Option<bool> {
        let faults = self.keyless_nodes + self.misplaced_keys + self.unordered_keys;
        match (faults, self.damage.is_empty() && self.opaque_nodes == 0) {
            (0, true) => Some(true),
            (0, false) => None,
            _ => Some(false),
        }
    }

    /// Removes from `damage`, and returns, the nodes that are sound and only do not fit the guessed types.
    pub fn tell_misfits(&mut self, misfits: &mut TypeMismatch) -> Vec<Damage> {
        let damage = std::mem::take(&mut self.damage);
        let (sound, damaged): (Vec<_>, Vec<_>) = damage.into_iter().partition(|damage| misfits.is_misfit(damage));
        self.damage = damaged;
        self.misfit_nodes += sound.len() as u64;
        self.opaque_nodes += sound.len() as u64;
        sound
    }

    fn count(&mut self, node: &Node) {
        self.nodes += 1;
        self.keyless_nodes += u64::from(node.is_keyless());
        self.bytes_reachable += node.bytes().len() as u64;
        let level = self.levels.entry(node.level()).or_default();
        level.nodes += 1;
        level.keys += node.key_count() as u64;
        self.records += node.key_count() as u64;
    }

    /// Counts a key after the `last` one of `tree`; returns it as the new last one.
    fn key(&mut self, tree: &Tree, key: NodeKey, last: Option<NodeKey>) -> Option<NodeKey> {
        self.misplaced_keys += u64::from(level_of(key.hashed()) != key.node().level());
        self.unordered_keys += u64::from(last.is_some_and(|last| !tree.in_order(&last, &key)));
        Some(key)
    }
}

impl Tree {
    /// Counts the whole tree: reads every node. After each node `progress` gets the counts so far, and can stop the
    /// walk.
    pub fn stats(&self, mut progress: impl FnMut(&Stats) -> ControlFlow<()>) -> Stats {
        let mut stats = Stats::default();
        let mut last: Option<NodeKey> = None;
        for step in self.walk() {
            match step {
                Step::Node { node, depth } => {
                    if depth == 0 {
                        stats.height = u32::from(node.level()) + 1;
                    }
                    stats.count(&node);
                    if progress(&stats).is_break() {
                        break;
                    }
                }
                // In our own files an absent child is a bit, not a node.
                Step::Absent(_) if self.store().codec().dialect == Dialect::Mst1 => {}
                Step::Absent(_) => {
                    stats.nodes += 1;
                    stats.empty_nodes += 1;
                    stats.bytes_reachable += EMPTY_NODE_BYTES as u64;
                }
                Step::Record(record) => last = stats.key(self, record.key(), last),
                Step::Key(key) => {
                    stats.opaque_nodes += u64::from(key.index() == 0);
                    last = stats.key(self, key, last);
                }
                Step::Damage(Damage { error: NodeError::TypesUnknown { .. }, .. }) => stats.opaque_nodes += 1,
                Step::Damage(damage) => stats.damage.push(damage),
            }
        }
        stats
    }

    fn in_order(&self, left: &NodeKey, right: &NodeKey) -> bool {
        self.store()
            .codec()
            .compare(left.stored(), right.stored())
            .is_none_or(|order| order == std::cmp::Ordering::Less)
    }
}
