//! One node as a person inspects it: its fields and the checks it passed or failed.

use std::cmp::Ordering;
use std::sync::Arc;

use file_mst::NodeError;
use file_mst::inspect::level::level_of;
use file_mst::inspect::node::{Link, Node};
use file_mst::open::TypeMismatch;
use file_mst::{NodeKey, Tree};

/// The keys of its ancestors between which all keys of a node must lie.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interval {
    /// The nearest key before the node; none at the tree's start.
    pub(crate) above: Option<NodeKey>,
    /// The nearest key after the node; none at the tree's end.
    pub(crate) below: Option<NodeKey>,
}

/// A node as it was read, and the checks that it passed or failed.
#[derive(Clone, Debug)]
pub(crate) struct NodeReport {
    /// The link that led to it.
    pub(crate) link: Link,
    /// The node as read. None where there was nothing to read.
    pub(crate) node: Option<Arc<Node>>,
    /// Why it is not the node that its parent means. None where it is.
    pub(crate) error: Option<NodeError>,
    /// Whether it is sound all the same, and only the guessed types do not fit it.
    pub(crate) misfit: bool,
    /// How its keys stand.
    pub(crate) keys: KeyChecks,
}

/// How the keys of a node stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct KeyChecks {
    /// Keys whose hash gives them another level than the node's.
    pub(crate) misplaced: usize,
    /// Keys that are not above the key before them, or not within the interval that the ancestors leave.
    pub(crate) unordered: usize,
}

impl NodeReport {
    /// Reads the child at `index` of the last node of `path`, or the root if the path is empty, and checks it. Reads at
    /// most one node. None where there is no such child.
    pub(crate) fn read(
        tree: &Tree,
        misfits: &mut TypeMismatch,
        path: &[Arc<Node>],
        index: usize,
        interval: &Interval,
    ) -> Option<Self> {
        let (link, read) = match path.last() {
            None => (tree.root_link(), tree.root()),
            Some(parent) => (*parent.children().get(index)?, tree.child(path, index)),
        };
        Some(match read {
            Ok(node) => {
                let keys = node.as_ref().map_or_else(KeyChecks::default, |node| KeyChecks::of(tree, node, interval));
                Self { link, node, error: None, misfit: false, keys }
            }
            Err(error) => {
                // Shown as what it is: not proved.
                let node = tree.store().unchecked(link.offset).ok();
                let misfit = misfits.explain(&error, &link);
                Self { link, node, error: Some(error), misfit, keys: KeyChecks::default() }
            }
        })
    }

    /// The report on a node whose reading failed by a bug, which is no damage of the file.
    pub(crate) fn failed(tree: &Tree, path: &[Arc<Node>], index: usize, why: String) -> Option<Self> {
        let link = match path.last() {
            None => tree.root_link(),
            Some(parent) => *parent.children().get(index)?,
        };
        let error = NodeError::Io { offset: link.offset, source: Arc::new(std::io::Error::other(why)) };
        Some(Self { link, node: None, error: Some(error), misfit: false, keys: KeyChecks::default() })
    }

    /// Whether what is below the node can be looked at: it was read, and does not lead back up.
    pub(crate) fn can_unfold(&self) -> bool {
        self.node.is_some() && !matches!(self.error, Some(NodeError::Loop { .. } | NodeError::Level { .. }))
    }
}

impl KeyChecks {
    fn of(tree: &Tree, node: &Arc<Node>, interval: &Interval) -> Self {
        let mut checks = Self::default();
        let Some(items) = &tree.store().codec().items else { return checks };
        let own = || (0..node.key_count()).filter_map(|index| node.stored_key(index));
        let hashed = (0..node.key_count()).filter_map(|index| node.key(index));
        checks.misplaced = hashed.filter(|key| level_of(key) != node.level()).count();
        let before = interval.above.as_ref().map(NodeKey::stored);
        let after = interval.below.as_ref().map(NodeKey::stored);
        let keys: Vec<_> = before.into_iter().chain(own()).chain(after).collect();
        let disorder = |pair: &&[&[u8]]| match pair {
            [left, right] => items.key.compare(left, right) != Ordering::Less,
            _ => false,
        };
        checks.unordered = keys.windows(2).filter(disorder).count();
        checks
    }
}
