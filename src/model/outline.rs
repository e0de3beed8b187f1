//! The outline of a tree: nodes in key order, child subtrees between the keys, unfolded as far as someone looked.
//!
//! It holds what was read and asks for what is missing; it reads nothing itself.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use file_mst::NodeKey;
use file_mst::inspect::node::{Link, Node};

use crate::model::node::{Interval, NodeReport};

/// A node of the outline, by the order in which it came up. The root is 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct NodeId(u32);

impl NodeId {
    pub(crate) const ROOT: Self = Self(0);
}

/// One line of the outline.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Row {
    /// A node.
    Node(NodeId),
    /// A record of a node, by its index there.
    Record(NodeId, usize),
    /// Nothing between two keys of a node that has children elsewhere, by the index of the link.
    Gap(NodeId, usize),
}

impl Row {
    /// The node itself, or the one that holds the record or gap.
    pub(crate) fn node(self) -> NodeId {
        match self {
            Self::Node(id) | Self::Record(id, _) | Self::Gap(id, _) => id,
        }
    }
}

/// A node of the outline.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The link that leads to it.
    pub(crate) link: Link,
    /// The node above, and which child of it this is.
    pub(crate) parent: Option<(NodeId, usize)>,
    /// How many nodes stand above it.
    pub(crate) depth: usize,
    /// The node as read; none as long as nobody looked.
    pub(crate) report: Option<NodeReport>,
    /// Whether its content is shown, or will be once it is read.
    pub(crate) unfolded: bool,
    /// Whether it stands below a node that failed its check.
    pub(crate) in_doubt: bool,
    children: HashMap<usize, NodeId>,
}

impl Entry {
    fn new(link: Link, parent: Option<(NodeId, usize)>, depth: usize) -> Self {
        Self { link, parent, depth, report: None, unfolded: false, in_doubt: false, children: HashMap::new() }
    }

    /// The node, if it was read, proved or not.
    pub(crate) fn node(&self) -> Option<&Arc<Node>> {
        self.report.as_ref()?.node.as_ref()
    }

    /// Whether it was read and failed its check.
    pub(crate) fn is_damaged(&self) -> bool {
        self.report.as_ref().is_some_and(|report| report.error.is_some())
    }
}

/// A node that must be read for the outline.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// Which node.
    pub(crate) id: NodeId,
    /// The nodes above it, from the root on.
    pub(crate) path: Vec<Arc<Node>>,
    /// Which child of the last of them it is.
    pub(crate) index: usize,
    /// Where its keys must lie.
    pub(crate) interval: Interval,
}

/// The end of a range of keys.
#[derive(Clone, Debug)]
pub(crate) enum Bound {
    /// This is the first, or last, key.
    Key(NodeKey),
    /// The keys end somewhere before, or after, this key of a node above.
    Beyond(NodeKey),
    /// Not read so far.
    Unknown,
}

/// The outline of a tree.
#[derive(Debug)]
pub(crate) struct Outline {
    entries: Vec<Entry>,
    rows: Vec<Row>,
}

impl Outline {
    /// The outline of the tree below `root`, of which nothing was read so far.
    pub(crate) fn new(root: Link) -> Self {
        Self { entries: vec![Entry::new(root, None, 0)], rows: vec![Row::Node(NodeId::ROOT)] }
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(crate) fn entry(&self, id: NodeId) -> &Entry {
        &self.entries[id.0 as usize]
    }

    fn entry_mut(&mut self, id: NodeId) -> &mut Entry {
        &mut self.entries[id.0 as usize]
    }

    /// How deep the row is indented, in nodes above it.
    pub(crate) fn depth(&self, row: Row) -> usize {
        match row {
            Row::Node(id) => self.entry(id).depth,
            Row::Record(id, _) | Row::Gap(id, _) => self.entry(id).depth + 1,
        }
    }

    /// The key of a row that is a record, though its value may not be told apart.
    pub(crate) fn key(&self, row: Row) -> Option<NodeKey> {
        let Row::Record(id, index) = row else { return None };
        NodeKey::new(Arc::clone(self.entry(id).node()?), index)
    }

    /// Whether the row belongs to a node that failed its check, or stands below one.
    pub(crate) fn in_doubt(&self, row: Row) -> bool {
        let entry = self.entry(row.node());
        entry.in_doubt || entry.is_damaged()
    }

    /// The nodes from the root to `id`, both included.
    pub(crate) fn path(&self, id: NodeId) -> Vec<NodeId> {
        let mut path = vec![id];
        let mut at = id;
        while let Some((parent, _)) = self.entry(at).parent {
            path.push(parent);
            at = parent;
        }
        path.reverse();
        path
    }

    /// Where the row that shows the node itself stands.
    pub(crate) fn row_of(&self, id: NodeId) -> Option<usize> {
        self.rows.iter().position(|row| *row == Row::Node(id))
    }

    /// Shows what is in the node, at once if it was read, else when it arrives.
    pub(crate) fn unfold(&mut self, id: NodeId) {
        let entry = self.entry(id);
        let can_unfold = entry.report.as_ref().is_none_or(NodeReport::can_unfold);
        if !entry.unfolded && can_unfold {
            self.entry_mut(id).unfolded = true;
            self.insert_content(id);
        }
    }

    /// Hides what is in the node.
    pub(crate) fn fold(&mut self, id: NodeId) {
        if !self.entry(id).unfolded {
            return;
        }
        self.entry_mut(id).unfolded = false;
        if let Some(at) = self.row_of(id) {
            let content = self.content_below(at);
            self.rows.drain(content);
        }
    }

    /// The rows of what is in the node shown at `at`.
    fn content_below(&self, at: usize) -> Range<usize> {
        let depth = self.depth(self.rows[at]);
        let length = self.rows[at + 1..].iter().take_while(|row| self.depth(**row) > depth).count();
        at + 1..at + 1 + length
    }

    fn insert_content(&mut self, id: NodeId) {
        let (Some(at), Some(node)) = (self.row_of(id), self.entry(id).node().cloned()) else { return };
        let has_children = node.children().iter().any(|link| !link.is_empty());
        let mut content = Vec::new();
        // A leaf may have no links at all, else there is one more than there are keys.
        for index in 0..=node.key_count() {
            match node.children().get(index) {
                Some(link) if !link.is_empty() => content.push(Row::Node(self.child(id, index, *link))),
                Some(_) if has_children => content.push(Row::Gap(id, index)),
                _ => {}
            }
            if node.stored_key(index).is_some() {
                content.push(Row::Record(id, index));
            }
        }
        // Nodes that were unfolded before the parent was folded are shown unfolded again.
        let unfolded: Vec<_> = content
            .iter()
            .filter_map(|row| match row {
                Row::Node(child) if self.entry(*child).unfolded => Some(*child),
                _ => None,
            })
            .collect();
        self.rows.splice(at + 1..at + 1, content);
        for child in unfolded {
            self.insert_content(child);
        }
    }

    fn child(&mut self, parent: NodeId, index: usize, link: Link) -> NodeId {
        if let Some(child) = self.entry(parent).children.get(&index) {
            return *child;
        }
        let id = NodeId(u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        let above = self.entry(parent);
        let in_doubt = above.in_doubt || above.is_damaged();
        let depth = above.depth + 1;
        self.entries.push(Entry { in_doubt, ..Entry::new(link, Some((parent, index)), depth) });
        self.entry_mut(parent).children.insert(index, id);
        id
    }

    /// The child at an index of a node whose content was shown.
    pub(crate) fn child_at(&self, id: NodeId, index: usize) -> Option<NodeId> {
        self.entry(id).children.get(&index).copied()
    }

    /// Takes in what was read of a node.
    pub(crate) fn loaded(&mut self, id: NodeId, report: NodeReport) {
        let can_unfold = report.can_unfold();
        let entry = self.entry_mut(id);
        let first_time = entry.report.is_none();
        entry.report = Some(report);
        entry.unfolded &= can_unfold;
        if first_time && self.entry(id).unfolded {
            self.insert_content(id);
        }
    }

    /// The nodes that must be read to show these rows.
    pub(crate) fn wanted(&self, rows: Range<usize>) -> Vec<Wanted> {
        let rows = self.rows.get(rows.start.min(self.rows.len())..rows.end.min(self.rows.len())).unwrap_or_default();
        rows.iter()
            .filter_map(|row| match row {
                Row::Node(id) if self.entry(*id).report.is_none() => self.wanted_node(*id),
                _ => None,
            })
            .collect()
    }

    /// The read that the node needs to be shown.
    pub(crate) fn wanted_node(&self, id: NodeId) -> Option<Wanted> {
        let path = self.path(id);
        let (_, above) = path.split_last()?;
        let path: Option<Vec<_>> = above.iter().map(|id| self.entry(*id).node().cloned()).collect();
        let index = self.entry(id).parent.map_or(0, |(_, index)| index);
        Some(Wanted { id, path: path?, index, interval: self.interval(id) })
    }

    /// The node at the end of the tree that must be read next to know the tree's last key. None once it is known, or
    /// cannot be.
    pub(crate) fn wanted_at_end(&mut self) -> Option<Wanted> {
        let mut id = NodeId::ROOT;
        loop {
            let Some(report) = &self.entry(id).report else { return self.wanted_node(id) };
            if report.error.is_some() {
                return None;
            }
            let node = report.node.as_ref()?;
            let link = *node.children().last().filter(|link| !link.is_empty())?;
            let index = node.children().len() - 1;
            id = self.child(id, index, link);
        }
    }

    /// Where the keys of the node must lie: between the nearest keys of the nodes above.
    pub(crate) fn interval(&self, id: NodeId) -> Interval {
        let mut interval = Interval::default();
        let mut at = id;
        while let Some((parent, index)) = self.entry(at).parent {
            if let Some(node) = self.entry(parent).node() {
                let key = |index: usize| NodeKey::new(Arc::clone(node), index);
                interval.above = interval.above.or_else(|| key(index.checked_sub(1)?));
                interval.below = interval.below.or_else(|| key(index));
            }
            at = parent;
        }
        interval
    }

    /// The first key of the subtree, as far as it was read.
    pub(crate) fn first_key(&self, id: NodeId) -> Bound {
        let key = self.edge_key(id, |node| (0, 0, node));
        let bound = || self.interval(id).above;
        key.map(Bound::Key).or_else(|| bound().map(Bound::Beyond)).unwrap_or(Bound::Unknown)
    }

    /// The last key of the subtree, as far as it was read.
    pub(crate) fn last_key(&self, id: NodeId) -> Bound {
        let key = self
            .edge_key(id, |node| (node.children().len().saturating_sub(1), node.key_count().saturating_sub(1), node));
        let bound = || self.interval(id).below;
        key.map(Bound::Key).or_else(|| bound().map(Bound::Beyond)).unwrap_or(Bound::Unknown)
    }

    /// The key at one edge of the subtree, if all nodes along that edge were read. `edge` names the child and the
    /// record at that edge of a node.
    fn edge_key<'a>(
        &'a self,
        id: NodeId,
        edge: impl Fn(&'a Arc<Node>) -> (usize, usize, &'a Arc<Node>),
    ) -> Option<NodeKey> {
        let mut at = id;
        loop {
            let entry = self.entry(at);
            // The keys of a damaged node are no evidence.
            let (child, key, node) = edge(entry.node().filter(|_| !entry.is_damaged())?);
            if node.children().get(child).is_none_or(Link::is_empty) {
                return NodeKey::new(Arc::clone(node), key);
            }
            at = *entry.children.get(&child)?;
        }
    }
}
