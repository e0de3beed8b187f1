//! Explains the place of a key: its hash, its level, and each step of the search for it.

use std::sync::Arc;

use crate::node::hash::NodeHash;
use crate::node::level::level_of;
use crate::node::{Link, Node, NodeError};
use crate::tree::{NodeKey, NodePosition, Tree};

/// The course of the search for a key.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The key as the file stores it.
    pub stored_key: Vec<u8>,
    /// The part of it that its level and the node hash are computed from.
    pub key: Vec<u8>,
    /// blake3 of `key`.
    pub hash: NodeHash,
    /// The level that the hash gives the key: the number of its leading zero hex digits.
    pub level: u8,
    /// The nodes from the root down.
    pub steps: Vec<Step>,
    /// The result.
    pub end: End,
}

/// A node on the path, and where the search went from there.
#[derive(Clone, Debug)]
pub struct Step {
    /// The link that led to the node.
    pub link: Link,
    /// The node, checked against the link.
    pub node: Arc<Node>,
    /// The nearest smaller key in an ancestor: all keys of the node come after it. `None` at the tree's start.
    pub after: Option<NodeKey>,
    /// The nearest greater key in an ancestor: all keys of the node come before it. `None` at the tree's end.
    pub before: Option<NodeKey>,
    /// The position of the key in the node, or the child that it would be in.
    pub place: NodePosition,
}

/// The result of the search for a key. Exhaustive, so that damage is never taken for absence.
#[derive(Clone, Debug)]
pub enum End {
    /// The key was found.
    Found(NodeKey),
    /// There is no record between these two neighbouring keys, so the key is absent. `None` at an end of the tree.
    Absent {
        /// The last key before it.
        after: Option<NodeKey>,
        /// The first key after it.
        before: Option<NodeKey>,
    },
    /// The next node could not be read, so the result is unknown.
    Damaged {
        /// The link to that node.
        link: Link,
        /// The error.
        error: NodeError,
    },
}

/// Searches for a key, given in the form in which the file stores keys, and records each step. Reads at most `height`
/// nodes.
pub fn explain(tree: &Tree, stored_key: &[u8]) -> Explanation {
    let key = tree.store().codec().hashed_key(stored_key).to_vec();
    let hash = blake3::hash(&key).into();
    let level = level_of(&key);
    let mut search = Search { tree, path: Vec::new(), steps: Vec::new() };
    let end = search.run(stored_key);
    Explanation { stored_key: stored_key.to_vec(), key, hash, level, steps: search.steps, end }
}

struct Search<'a> {
    tree: &'a Tree,
    path: Vec<Arc<Node>>,
    steps: Vec<Step>,
}

impl Search<'_> {
    fn run(&mut self, stored_key: &[u8]) -> End {
        let (mut after, mut before) = (None, None);
        let mut link = self.tree.root_link();
        let mut next = self.tree.root();
        loop {
            let node = match next {
                Ok(Some(node)) => node,
                Ok(None) => return End::Absent { after, before },
                Err(error) => return End::Damaged { link, error },
            };
            let place = match self.tree.locate(&node, stored_key) {
                Ok(place) => place,
                Err(error) => return End::Damaged { link, error },
            };
            self.path.push(Arc::clone(&node));
            let step = Step { link, node, after: after.clone(), before: before.clone(), place: place.clone() };
            let node = Arc::clone(&step.node);
            self.steps.push(step);
            let index = match place {
                NodePosition::Record(index) => match NodeKey::new(node, index) {
                    Some(key) => return End::Found(key),
                    None => return End::Absent { after, before },
                },
                NodePosition::Child(index) => index,
            };
            after = index.checked_sub(1).and_then(|last| NodeKey::new(Arc::clone(&node), last)).or(after);
            before = NodeKey::new(Arc::clone(&node), index).or(before);
            link = node.children().get(index).copied().unwrap_or(Link::EMPTY);
            next = self.tree.child_in_order(&self.path, index);
        }
    }
}
