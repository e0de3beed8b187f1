//! A tree: a root in a file, and the search down from it.

mod ahead;
pub(crate) mod apply;
pub(crate) mod builder;
pub mod explain;
mod position;
mod range;
pub mod stats;
pub mod walk;

use std::cmp::Ordering;
use std::sync::Arc;

use crate::node::dialect::Dialect;
use crate::node::{Bounds, Link, Node, NodeError, Record, Records};
use crate::store::NodeStore;
use crate::tree::walk::Walk;

pub use crate::node::MAX_NODE_KEYS;
pub(crate) use range::End;
pub use range::Range;

/// One root in a file. Nodes are read when they are needed, and checked against the hash in their parent. Cloning is
/// cheap.
#[derive(Clone, Debug)]
pub struct Tree {
    store: Arc<NodeStore>,
    root: Link,
}

/// A record that keeps its node alive.
#[derive(Clone, Debug)]
pub struct NodeRecord {
    node: Arc<Node>,
    index: usize,
}

impl NodeRecord {
    /// The record at `index` of `node`; `None` if there is none or the types are unknown.
    pub fn new(node: Arc<Node>, index: usize) -> Option<Self> {
        node.record(index)?;
        Some(Self { node, index })
    }

    /// The node that holds the record.
    pub fn node(&self) -> &Arc<Node> {
        &self.node
    }

    /// The index of the record in its node, counted from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Its key.
    pub fn key(&self) -> NodeKey {
        NodeKey { node: Arc::clone(&self.node), index: self.index }
    }

    /// Its bytes.
    pub fn bytes(&self) -> Record<'_> {
        // `new` saw the record, and nodes do not change.
        self.node.record(self.index).unwrap_or(Record { stored_key: &[], key: &[], value: &[] })
    }
}

/// A key that keeps its node alive. Its value may be undelimited.
#[derive(Clone, Debug)]
pub struct NodeKey {
    node: Arc<Node>,
    index: usize,
}

impl NodeKey {
    /// The key at `index` of `node`; `None` if there is none or the type of the keys is unknown.
    pub fn new(node: Arc<Node>, index: usize) -> Option<Self> {
        node.stored_key(index)?;
        Some(Self { node, index })
    }

    /// The node that holds the key.
    pub fn node(&self) -> &Arc<Node> {
        &self.node
    }

    /// The index of the key in its node, counted from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The key as the file stores it.
    pub fn stored(&self) -> &[u8] {
        // `new` saw the key, and nodes do not change.
        self.node.stored_key(self.index).unwrap_or_default()
    }

    /// The part of the key that its level and the node hash are computed from.
    pub fn hashed(&self) -> &[u8] {
        self.node.key(self.index).unwrap_or_default()
    }

    /// The key with its value; `None` if that is not delimited.
    pub fn record(&self) -> Option<NodeRecord> {
        NodeRecord::new(Arc::clone(&self.node), self.index)
    }
}

/// The position of a key in one node: its record, or the child that it would be in. There is no third case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NodePosition {
    /// The record at this index of the node has the key.
    Record(usize),
    /// The key would stand in the child at this index.
    Child(usize),
}

impl Tree {
    /// The tree below `root` in `store`. Reads nothing.
    pub fn new(store: Arc<NodeStore>, root: Link) -> Self {
        Self { store, root }
    }

    /// The nodes of the file.
    pub fn store(&self) -> &Arc<NodeStore> {
        &self.store
    }

    /// The link to the root.
    pub fn root_link(&self) -> Link {
        self.root
    }

    /// The root node; `None` for the empty tree. Reads at most one node.
    ///
    /// # Errors
    /// If the root cannot be read or fails its check.
    pub fn root(&self) -> Result<Option<Arc<Node>>, NodeError> {
        if self.root.is_empty() {
            return Ok(None);
        }
        self.store.node(&self.root).map(Some)
    }

    /// The greatest possible length of a path, root included: the level of the root + 1. 0 for the empty tree.
    ///
    /// # Errors
    /// If the root cannot be read or fails its check.
    pub fn height(&self) -> Result<u32, NodeError> {
        Ok(self.root()?.map_or(0, |root| u32::from(root.level()) + 1))
    }

    /// The child at `index` of the last node of `path`, which leads there from the root. `None` if the link is absent
    /// or there is no such link. Reads at most one node.
    ///
    /// # Errors
    /// [`NodeError::Loop`] if the link leads back into the path, [`NodeError::Level`] if the child's level is not below
    /// its parent's (I9), [`NodeError::Hash`] and others if it is not the node that the link means. In our own files
    /// [`NodeError::Keys`] if its keys do not lie between those on both sides of the link (I11).
    pub fn child(&self, path: &[Arc<Node>], index: usize) -> Result<Option<Arc<Node>>, NodeError> {
        match self.store.codec().dialect {
            Dialect::Mst1 => self.child_in_order(path, index),
            Dialect::FileMst02 | Dialect::FileMstGit => self.child_anywhere(path, index),
        }
    }

    /// [`Tree::child`] for callers that rely on the order of keys, as a search does. The child's keys must lie between
    /// those on both sides of the link in files of the published dialects as well: if the order of the keys is not the
    /// one of the assumed type, a key that is not found may still be there.
    ///
    /// # Errors
    /// [`NodeError::Keys`], and those of [`Tree::child`].
    pub fn child_in_order(&self, path: &[Arc<Node>], index: usize) -> Result<Option<Arc<Node>>, NodeError> {
        let child = self.child_anywhere(path, index)?;
        if let Some(child) = &child {
            self.bounds(path, index).check(self.store.codec(), child)?;
        }
        Ok(child)
    }

    /// The keys around the child at `index` of the last node of `path`.
    fn bounds<'a>(&self, path: &'a [Arc<Node>], index: usize) -> Bounds<'a> {
        let mut below: Option<&Node> = None;
        Bounds::at_end_of(path.iter().rev().map(|node| {
            let index = below.map_or(index, |below| self.index_of(node, below));
            below = Some(node);
            (&**node, index)
        }))
    }

    /// The index in `parent` of a child that was reached through it.
    fn index_of(&self, parent: &Node, child: &Node) -> usize {
        let leads_there =
            |index: &usize| parent.children().get(*index).is_some_and(|link| link.offset == child.offset());
        let by_key = child.stored_key(0).and_then(|key| self.locate(parent, key).ok());
        let by_key = match by_key {
            Some(NodePosition::Child(index)) => Some(index).filter(leads_there),
            Some(NodePosition::Record(_)) | None => None,
        };
        // A node without keys, or with keys out of order, cannot be found by its key.
        by_key.or_else(|| (0..parent.children().len()).find(leads_there)).unwrap_or_default()
    }

    /// [`Tree::child`] without the check that the child's keys lie on both sides of the link.
    pub(crate) fn child_anywhere(&self, path: &[Arc<Node>], index: usize) -> Result<Option<Arc<Node>>, NodeError> {
        let Some(parent) = path.last() else { return Ok(None) };
        let Some(link) = parent.children().get(index).filter(|link| !link.is_empty()) else { return Ok(None) };
        let (offset, parent_level) = (link.offset, parent.level());
        let wrong = match self.store.node(link) {
            Ok(child) if child.level() < parent_level => return Ok(Some(child)),
            Ok(child) => NodeError::Level { offset, level: child.level(), parent_level },
            Err(error) => error,
        };
        // A loop leads to an ancestor, whose level is higher: it has failed the check above, so it only needs to be
        // looked for here.
        if path.iter().any(|ancestor| ancestor.offset() == offset) {
            return Err(NodeError::Loop { offset, parent: parent.offset() });
        }
        Err(wrong)
    }

    /// Finds `stored_key` in `node`, or the child that it would stand in. Costs a binary search.
    ///
    /// # Errors
    /// [`NodeError::TypesUnknown`]; [`NodeError::Order`] if the keys of the node are in another order.
    pub fn locate(&self, node: &Node, stored_key: &[u8]) -> Result<NodePosition, NodeError> {
        let codec = self.store.codec();
        if !codec.knows_keys() || matches!(node.records(), Records::Opaque { .. }) {
            return Err(NodeError::TypesUnknown { offset: node.offset() });
        }
        codec.check_order(node)?;
        let (mut low, mut high) = (0, node.key_count());
        while low < high {
            let middle = low + (high - low) / 2;
            match node.stored_key(middle).and_then(|key| codec.compare(key, stored_key)) {
                Some(Ordering::Equal) => return Ok(NodePosition::Record(middle)),
                Some(Ordering::Greater) => high = middle,
                Some(Ordering::Less) | None => low = middle + 1,
            }
        }
        Ok(NodePosition::Child(low))
    }

    /// The record of `stored_key`, given in the form in which the file stores keys. Reads at most `height` nodes.
    ///
    /// # Errors
    /// If a node on the path cannot be read or fails its check: then nothing is known about the key.
    /// [`NodeError::TypesUnknown`] if the key is there, but its value is not delimited.
    pub fn get(&self, stored_key: &[u8]) -> Result<Option<NodeRecord>, NodeError> {
        let Some(root) = self.root()? else { return Ok(None) };
        if self.store.codec().dialect == Dialect::Mst1
            && let Some(found) = self.get_linked(&root, stored_key)
        {
            return Ok(found);
        }
        let mut path = Vec::with_capacity(usize::from(root.level()) + 1);
        path.push(root);
        loop {
            let Some(node) = path.last() else { return Ok(None) };
            let below = match self.locate(node, stored_key)? {
                NodePosition::Record(index) => {
                    let record = NodeRecord::new(Arc::clone(node), index);
                    return record.map(Some).ok_or(NodeError::TypesUnknown { offset: node.offset() });
                }
                NodePosition::Child(index) => index,
            };
            match self.child_in_order(&path, below)? {
                Some(child) => path.push(child),
                None => return Ok(None),
            }
        }
    }

    /// [`Tree::get`] through inner nodes that are linked in their parents. `None` if that finds no answer, because a
    /// node fails a check or there is no memory to link it: then the search that holds its path decides.
    ///
    /// A linked node was checked when it was linked. Only the keys around the first and the last child depend on the
    /// nodes above the parent, so those are compared each time.
    fn get_linked(&self, root: &Arc<Node>, key: &[u8]) -> Option<Option<NodeRecord>> {
        let (mut node, mut bounds) = (root, Bounds::default());
        loop {
            node.check_order().ok()?;
            let index = match node.find(key) {
                Ok(index) => return NodeRecord::new(Arc::clone(node), index).map(Some),
                Err(index) => index,
            };
            let Some(link) = node.children().get(index).filter(|link| !link.is_empty()) else { return Some(None) };
            let around = bounds.of_child(node, index);
            if let Some(child) = node.linked_child(index) {
                if index == 0 || index == node.key_count() {
                    around.check(self.store.codec(), child).ok()?;
                }
                (node, bounds) = (child, around);
                continue;
            }
            let child = self.checked_child(node, link, around)?;
            if child.children().is_empty() {
                return self.found_in(child, key);
            }
            match node.link_child(index, Arc::clone(&child), self.store.links()) {
                Some(child) => (node, bounds) = (child, around),
                None => {
                    // There is no memory left for it. Below the lowest inner node there is only a leaf.
                    child.check_order().ok()?;
                    let index = match child.find(key) {
                        Ok(index) => return NodeRecord::new(child, index).map(Some),
                        Err(index) => index,
                    };
                    let Some(link) = child.children().get(index).filter(|link| !link.is_empty()) else {
                        return Some(None);
                    };
                    let leaf = self.checked_child(&child, link, around.of_child(&child, index))?;
                    return self.found_in(leaf, key);
                }
            }
        }
    }

    /// The child that a link of `parent` leads to, if it passes all checks.
    fn checked_child(&self, parent: &Node, link: &Link, bounds: Bounds<'_>) -> Option<Arc<Node>> {
        let child = self.store.node(link).ok().filter(|child| child.level() < parent.level())?;
        bounds.check(self.store.codec(), &child).ok()?;
        Some(child)
    }

    /// The record of a key in a node without children. `None` if the node has children.
    fn found_in(&self, leaf: Arc<Node>, key: &[u8]) -> Option<Option<NodeRecord>> {
        leaf.check_order().ok()?;
        match leaf.find(key) {
            Ok(index) => NodeRecord::new(leaf, index).map(Some),
            Err(_) => leaf.children().is_empty().then_some(None),
        }
    }

    /// Walks the tree in key order. Holds one path of nodes at a time.
    pub fn walk(&self) -> Walk<'_> {
        Walk::new(self)
    }
}
