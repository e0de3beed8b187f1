//! Walks a tree in key order and goes on around what is damaged.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::HashSet;
use std::sync::Arc;

use crate::node::dialect::Dialect;
use crate::node::{Bounds, Link, Node, NodeError, Records};
use crate::tree::{NodeKey, NodeRecord, Place, Tree};

/// A subtree that could not be read.
#[derive(Clone, Debug)]
pub struct Damage {
    /// What is wrong.
    pub error: NodeError,
    /// The offsets of the nodes from the root to the parent of the damaged one.
    pub path: Vec<u64>,
    /// The last key before the hole; none at the start.
    pub after: Option<NodeKey>,
    /// The first key behind the hole; none at the end.
    pub before: Option<NodeKey>,
}

/// What a walk meets.
#[derive(Clone, Debug)]
pub enum Step {
    /// A node, before anything in it.
    Node {
        /// The node.
        node: Arc<Node>,
        /// How many nodes stand above it.
        depth: usize,
    },
    /// A link to nothing.
    Absent(Link),
    /// A record, in key order.
    Record(NodeRecord),
    /// A key whose value cannot be told from others, in key order.
    Key(NodeKey),
    /// A subtree that is left out because it could not be read.
    Damage(Damage),
}

/// An iterator over what a tree holds, in key order. Memory of one path.
///
/// Reads each node at most once, on any input: a child is of a lower level than its parent, and two links that lead to one
/// node are damage. In our own files the keys tell, which lie between those on both sides of a link. In files of the
/// published dialects keys may be unknown, or have the order of a type that only their writer knows: there the nodes that
/// were met are remembered, which takes some 16 bytes for each.
#[derive(Debug)]
pub struct Walk<'a> {
    tree: &'a Tree,
    path: Vec<Arc<Node>>,
    // For each node of the path what comes next in it: 2i is child i, 2i + 1 is record i.
    next: Vec<usize>,
    started: bool,
    // What to start at, until the walk has reached it.
    seek: Option<Seek<'a>>,
    // Which keys stand behind all that is wanted.
    behind: Option<Fits<'a>>,
    // The nodes that were met, in the published dialects.
    met: HashSet<u64>,
}

/// Whether a key is one that is meant.
type Test<'a> = dyn Fn(&[u8]) -> bool + 'a;

/// Tells keys from others.
struct Fits<'a>(Box<Test<'a>>);

impl std::fmt::Debug for Fits<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fits")
    }
}

/// What a walk starts at.
#[derive(Debug)]
enum Seek<'a> {
    /// The first key not below this one.
    Key(Vec<u8>),
    /// The first key that is not before what is wanted.
    Behind(Fits<'a>),
}

impl Seek<'_> {
    /// Where the walk goes on in a node.
    fn place(&self, tree: &Tree, node: &Node) -> Result<Place, NodeError> {
        match self {
            Self::Key(key) => tree.place(node, key),
            Self::Behind(Fits(is_before)) => {
                let (mut low, mut high) = (0, node.key_count());
                while low < high {
                    let middle = low + (high - low) / 2;
                    match node.stored_key(middle) {
                        Some(key) if !is_before(key) => high = middle,
                        Some(_) => low = middle + 1,
                        None => return Err(NodeError::TypesUnknown { offset: node.offset() }),
                    }
                }
                Ok(Place::Below(low))
            }
        }
    }
}

impl<'a> Walk<'a> {
    pub(crate) fn new(tree: &'a Tree) -> Self {
        Self { tree, path: Vec::new(), next: Vec::new(), started: false, seek: None, behind: None, met: HashSet::new() }
    }

    /// Starts at the first record whose key is not below `stored_key`, instead of at the beginning. Reads the nodes on
    /// the way there, which are met as steps too.
    pub fn from_key(self, stored_key: Vec<u8>) -> Self {
        Self { seek: Some(Seek::Key(stored_key)), behind: self.behind, ..Self::new(self.tree) }
    }

    /// Starts at the first record whose stored key is not before what is wanted, instead of at the beginning. All keys for
    /// which `is_before` holds must come before all others. Reads the nodes on the way there, which are met as steps too.
    pub fn from_first(self, is_before: impl Fn(&[u8]) -> bool + 'a) -> Self {
        let seek = Some(Seek::Behind(Fits(Box::new(is_before))));
        Self { seek, behind: self.behind, ..Self::new(self.tree) }
    }

    /// Ends in front of the first record for whose stored key `is_behind` holds, as it then must for all that follow. Of what
    /// stands behind it no node is read.
    pub fn up_to(self, is_behind: impl Fn(&[u8]) -> bool + 'a) -> Self {
        Self { behind: Some(Fits(Box::new(is_behind))), ..self }
    }

    /// Whether the walk ends in front of this key of the innermost node.
    fn is_behind(&self, index: usize) -> bool {
        let key = self.path.last().and_then(|node| node.stored_key(index));
        self.behind.as_ref().zip(key).is_some_and(|(Fits(is_behind), key)| is_behind(key))
    }

    /// Only the records, and the damage between them. A key whose value is not told apart counts as such, with
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
        let first = match self.seek.as_ref().map(|seek| seek.place(self.tree, &node)) {
            Some(Ok(Place::Below(child))) => 2 * child,
            Some(Ok(Place::At(index))) => {
                self.seek = None;
                2 * index + 1
            }
            Some(Err(_)) | None => 0,
        };
        self.path.push(Arc::clone(&node));
        self.next.push(first);
        Step::Node { node, depth }
    }

    fn damage(&self, error: NodeError) -> Step {
        Step::Damage(self.damage_of(error))
    }

    fn damage_of(&self, error: NodeError) -> Damage {
        // The keys around the hole stand in the innermost node of the path that has one on that side.
        let around = |key_beside: fn(usize) -> Option<usize>| {
            self.path.iter().zip(&self.next).rev().find_map(|(node, next)| {
                let child = next.saturating_sub(1) / 2;
                NodeKey::new(Arc::clone(node), key_beside(child)?)
            })
        };
        let path = self.path.iter().map(|node| node.offset()).collect();
        Damage { error, path, after: around(|child| child.checked_sub(1)), before: around(Some) }
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
    /// The child at `index` of the last node of the path, unless it stands somewhere else in the tree.
    fn checked_child(&mut self, index: usize) -> Result<Option<Arc<Node>>, NodeError> {
        let codec = self.tree.store().codec();
        let Some(child) = self.tree.child_anywhere(&self.path, index)? else { return Ok(None) };
        if codec.dialect == Dialect::Mst1 {
            // Where a walk is in a node is behind the child that it goes through.
            let way = self.path.iter().zip(&self.next).rev().map(|(node, next)| (&**node, next.saturating_sub(1) / 2));
            Bounds::at_end_of(way).check(codec, &child)?;
        } else if !child.is_empty() && !self.met.insert(child.offset()) {
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
            let index = *next / 2;
            let at_child = next.is_multiple_of(2);
            *next += 1;
            if at_child {
                if let Some(link) = node.children().get(index).copied() {
                    return Some(self.child(index, link));
                }
                // A node of our own files without any child has no links, yet has records.
                if node.children().is_empty() && index < node.key_count() {
                    continue;
                }
                self.path.pop();
                self.next.pop();
            } else if self.is_behind(index) {
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
