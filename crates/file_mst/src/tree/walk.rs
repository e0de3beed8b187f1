//! Walks a tree in key order, and continues after damage.

use std::collections::HashSet;
use std::sync::Arc;

use crate::node::dialect::Dialect;
use crate::node::{Bounds, Link, Node, NodeError, Records};
use crate::tree::{NodeKey, NodePosition, NodeRecord, Tree};

/// A subtree that could not be read.
#[derive(Clone, Debug)]
pub struct Damage {
    /// The error.
    pub error: NodeError,
    /// The offsets of the nodes from the root to the parent of the damaged one.
    pub path: Vec<u64>,
    /// The last key before the gap; `None` at the start.
    pub after: Option<NodeKey>,
    /// The first key after the gap; `None` at the end.
    pub before: Option<NodeKey>,
}

/// A step of a walk. Exhaustive, so that no damage is overlooked.
#[derive(Clone, Debug)]
pub enum Step {
    /// A node, before its contents.
    Node {
        /// The node.
        node: Arc<Node>,
        /// The number of nodes above it.
        depth: usize,
    },
    /// A link to nothing.
    Absent(Link),
    /// A record, in key order.
    Record(NodeRecord),
    /// A key whose value is not delimited, in key order.
    Key(NodeKey),
    /// A subtree that is skipped because it could not be read.
    Damage(Damage),
}

/// An iterator over the nodes and records of a tree, in key order or backwards. Holds one path in memory.
///
/// Reads each node at most once, on any input: a child's level is below its parent's (I9), and two links that lead to
/// one node are damage. In our own files the keys show that, which must lie between those on both sides of a link
/// (I11). In files of the published dialects, keys may be unknown, or in the order of a type that only their writer
/// knows: there the offsets of visited nodes are remembered, about 16 bytes for each.
#[derive(Debug)]
pub struct Walk<'a> {
    tree: &'a Tree,
    path: Vec<Arc<Node>>,
    // For each node of the path its next part: 2i is child i, 2i + 1 is record i. Backwards the part after its next
    // one, so that 0 is the end of the node.
    next: Vec<usize>,
    backward: bool,
    started: bool,
    // Where to start, until the walk has reached it.
    seek: Option<Seek<'a>>,
    // True for the keys after the wanted range.
    past_end: Option<KeyTest<'a>>,
    // The offsets of the visited nodes, in the published dialects.
    visited: HashSet<u64>,
}

/// A predicate on stored keys.
type Predicate<'a> = dyn Fn(&[u8]) -> bool + 'a;

/// A boxed [`Predicate`].
struct KeyTest<'a>(Box<Predicate<'a>>);

impl std::fmt::Debug for KeyTest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyTest")
    }
}

/// The start of a walk.
#[derive(Debug)]
enum Seek<'a> {
    /// The first key not below this one.
    Key(Vec<u8>),
    /// The first key for which the test no longer holds.
    After(KeyTest<'a>),
}

impl Seek<'_> {
    /// The place in a node where the walk continues.
    fn place(&self, tree: &Tree, node: &Node) -> Result<NodePosition, NodeError> {
        match self {
            Self::Key(key) => tree.locate(node, key),
            Self::After(KeyTest(is_before)) => {
                let (mut low, mut high) = (0, node.key_count());
                while low < high {
                    let middle = low + (high - low) / 2;
                    match node.stored_key(middle) {
                        Some(key) if !is_before(key) => high = middle,
                        Some(_) => low = middle + 1,
                        None => return Err(NodeError::TypesUnknown { offset: node.offset() }),
                    }
                }
                Ok(NodePosition::Child(low))
            }
        }
    }
}

impl<'a> Walk<'a> {
    pub(crate) fn new(tree: &'a Tree) -> Self {
        Self {
            tree,
            path: Vec::new(),
            next: Vec::new(),
            backward: false,
            started: false,
            seek: None,
            past_end: None,
            visited: HashSet::new(),
        }
    }

    /// Starts at the first record whose key is not below `stored_key`, instead of at the beginning. The nodes on the
    /// path there are read, and are steps too.
    pub fn from_key(self, stored_key: Vec<u8>) -> Self {
        Self { seek: Some(Seek::Key(stored_key)), past_end: self.past_end, ..Self::new(self.tree) }
    }

    /// Starts at the first record for whose stored key `is_before` does not hold, instead of at the beginning. All keys
    /// for which it holds must come before all others. The nodes on the path there are read, and are steps too.
    pub fn from_first(self, is_before: impl Fn(&[u8]) -> bool + 'a) -> Self {
        let seek = Some(Seek::After(KeyTest(Box::new(is_before))));
        Self { seek, past_end: self.past_end, ..Self::new(self.tree) }
    }

    /// Walks in descending order of the keys, from the last record on, instead of in ascending order. A node still comes
    /// before its contents.
    pub fn backward(self) -> Self {
        Self { backward: true, past_end: self.past_end, ..Self::new(self.tree) }
    }

    /// Walks backwards, from the last record on for whose stored key `is_within` holds. All keys for which it holds must
    /// come before all others.
    pub fn backward_from(self, is_within: impl Fn(&[u8]) -> bool + 'a) -> Self {
        Self { backward: true, ..self.from_first(is_within) }
    }

    /// Ends before the first record for whose stored key `is_past_end` holds. It must then hold for all following keys
    /// too. No node that stands wholly after that record is read.
    pub fn up_to(self, is_past_end: impl Fn(&[u8]) -> bool + 'a) -> Self {
        Self { past_end: Some(KeyTest(Box::new(is_past_end))), ..self }
    }

    /// Whether the walk ends before the key at `index` of the innermost node.
    fn is_past_end(&self, index: usize) -> bool {
        let key = self.path.last().and_then(|node| node.stored_key(index));
        self.past_end.as_ref().zip(key).is_some_and(|(KeyTest(is_past_end), key)| is_past_end(key))
    }

    /// Only the records, and the damage between them. A key whose value is not delimited counts as damage, with
    /// [`NodeError::TypesUnknown`].
    pub fn records(mut self) -> impl Iterator<Item = Result<NodeRecord, Damage>> + use<'a> {
        std::iter::from_fn(move || {
            loop {
                match self.next()? {
                    Step::Record(record) => return Some(Ok(record)),
                    Step::Damage(damage) => return Some(Err(damage)),
                    Step::Key(key) => {
                        let error = NodeError::TypesUnknown { offset: key.node().offset() };
                        return Some(Err(self.damage_of(error)));
                    }
                    Step::Node { .. } | Step::Absent(_) => {}
                }
            }
        })
    }

    fn enter(&mut self, node: Arc<Node>) -> Step {
        let depth = self.path.len();
        let last_child = node.children().len().saturating_sub(1).max(node.key_count());
        let first = match self.seek.as_ref().map(|seek| seek.place(self.tree, &node)) {
            Some(Ok(NodePosition::Child(child))) => 2 * child,
            Some(Ok(NodePosition::Record(index))) => {
                self.seek = None;
                2 * index + 1
            }
            Some(Err(_)) | None if self.backward => 2 * last_child,
            Some(Err(_)) | None => 0,
        };
        self.path.push(Arc::clone(&node));
        self.next.push(first + usize::from(self.backward));
        Step::Node { node, depth }
    }

    fn damage(&self, error: NodeError) -> Step {
        Step::Damage(self.damage_of(error))
    }

    fn damage_of(&self, error: NodeError) -> Damage {
        // The key on each side of the gap is in the innermost node of the path that has one on that side.
        let around = |key_beside: fn(usize) -> Option<usize>| {
            self.path
                .iter()
                .zip(&self.next)
                .rev()
                .find_map(|(node, next)| NodeKey::new(Arc::clone(node), key_beside(self.child_at(*next))?))
        };
        let path = self.path.iter().map(|node| node.offset()).collect();
        Damage { error, path, after: around(|child| child.checked_sub(1)), before: around(Some) }
    }

    /// The index of the child that the walk is in, in a node with this next part.
    fn child_at(&self, next: usize) -> usize {
        // Forwards `next` is one step after the child, backwards it is the child's own part.
        if self.backward { next / 2 } else { next.saturating_sub(1) / 2 }
    }

    fn root(&mut self) -> Step {
        match self.tree.root() {
            Ok(Some(root)) => self.enter(root),
            Ok(None) => Step::Absent(self.tree.root_link()),
            Err(error) => self.damage(error),
        }
    }

    fn child(&mut self, index: usize, link: Link) -> Step {
        match self.checked_child(index) {
            Ok(Some(child)) => self.enter(child),
            Ok(None) => {
                self.seek = None;
                Step::Absent(link)
            }
            Err(error) => {
                self.seek = None;
                self.damage(error)
            }
        }
    }
}

impl Walk<'_> {
    /// The child at `index` of the last node of the path, unless another link leads to it as well.
    fn checked_child(&mut self, index: usize) -> Result<Option<Arc<Node>>, NodeError> {
        let codec = self.tree.store().codec();
        let Some(child) = self.tree.child_anywhere(&self.path, index)? else { return Ok(None) };
        if codec.dialect == Dialect::Mst1 {
            let path = self.path.iter().zip(&self.next).rev();
            let path = path.map(|(node, next)| (&**node, self.child_at(*next)));
            Bounds::at_end_of(path).check(codec, &child)?;
        } else if !child.is_empty() && !self.visited.insert(child.offset()) {
            let (offset, parent) = (child.offset(), self.path.last().map_or(0, |parent| parent.offset()));
            return Err(NodeError::Twice { offset, parent });
        }
        Ok(Some(child))
    }
}

impl Iterator for Walk<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        if !self.started {
            self.started = true;
            return Some(self.root());
        }
        loop {
            let (node, next) = (self.path.last()?, self.next.last_mut()?);
            let part = match (self.backward, *next) {
                (true, 0) => {
                    self.path.pop();
                    self.next.pop();
                    continue;
                }
                (true, after) => {
                    *next -= 1;
                    after - 1
                }
                (false, part) => {
                    *next += 1;
                    part
                }
            };
            let index = part / 2;
            if part.is_multiple_of(2) {
                if let Some(link) = node.children().get(index).copied() {
                    return Some(self.child(index, link));
                }
                // In our own files a node without children has no links, but it has records.
                if self.backward || node.children().is_empty() && index < node.key_count() {
                    continue;
                }
                self.path.pop();
                self.next.pop();
            } else if self.is_past_end(index) {
                self.path.clear();
                self.next.clear();
                return None;
            } else if let Some(record) = NodeRecord::new(Arc::clone(node), index) {
                self.seek = None;
                return Some(Step::Record(record));
            } else if let Some(key) = NodeKey::new(Arc::clone(node), index) {
                self.seek = None;
                return Some(Step::Key(key));
            } else if index == 0 && matches!(node.records(), Records::Opaque { count: 1.. }) {
                let offset = node.offset();
                return Some(self.damage(NodeError::TypesUnknown { offset }));
            }
        }
    }
}
