//! Positions in key order: the n-th record of a tree, and the number of records before a key.

use std::sync::Arc;

use super::ahead::Ahead;
use super::range::End;
use super::{NodePosition, NodeRecord, Tree};
use crate::node::{Bounds, Link, Node, NodeError};

/// The path from the root to a record: each node with the index of the child that the path goes through, the last one
/// with the index of the record.
pub(crate) type RecordPath = Vec<(Arc<Node>, usize)>;

impl Tree {
    /// The number of records in the tree, from the root's link or the root itself. Reads at most one node.
    ///
    /// # Errors
    /// [`NodeError::Uncounted`] for trees of the published dialects, which do not count; others if the root cannot be
    /// read.
    pub fn len(&self) -> Result<u64, NodeError> {
        match (self.root_link().is_empty(), self.root_link().summary) {
            (true, _) => Ok(0),
            (false, Some(summary)) => Ok(summary.records),
            (false, None) => {
                let offset = self.root_link().offset;
                let root = self.root()?;
                root.and_then(|root| root.records_below()).ok_or(NodeError::Uncounted { offset })
            }
        }
    }

    /// Whether the tree holds no record. Reads nothing.
    pub fn is_empty(&self) -> bool {
        self.root_link().is_empty()
    }

    /// The number of records with a key below `key`, and whether `key` itself is there. Reads at most `height` nodes.
    ///
    /// # Errors
    /// If a node on the path cannot be read, fails its check, or does not count.
    pub fn rank(&self, key: &[u8]) -> Result<(u64, bool), NodeError> {
        let mut before = 0;
        let mut link = self.root_link();
        let (mut path, mut unlimited) = (RecordPath::new(), u64::MAX);
        while !link.is_empty() {
            let node = self.next_of(&path, &link, &mut unlimited)?;
            let (index, found) = match self.locate(&node, key)? {
                NodePosition::Record(index) => (index, true),
                NodePosition::Child(index) => (index, false),
            };
            before += index as u64;
            // The child before a found key holds smaller keys too.
            for child in node.children().iter().take(index + usize::from(found)) {
                before += records_of(child, &node)?;
            }
            if found {
                return Ok((before, true));
            }
            link = node.children().get(index).copied().unwrap_or(Link::EMPTY);
            path.push((node, index));
        }
        Ok((before, false))
    }

    /// The record with `position` records before it; `None` past the end. Reads at most `height` nodes.
    ///
    /// # Errors
    /// The same errors as [`Tree::rank`].
    pub fn nth(&self, position: u64) -> Result<Option<NodeRecord>, NodeError> {
        Ok(self.path_to(position)?.pop().and_then(|(node, index)| NodeRecord::new(node, index)))
    }

    /// The path to the record with `position` records before it; empty past the end.
    pub(crate) fn path_to(&self, mut position: u64) -> Result<RecordPath, NodeError> {
        let (mut path, mut unlimited) = (RecordPath::new(), u64::MAX);
        let mut link = self.root_link();
        'down: while !link.is_empty() {
            let node = self.next_of(&path, &link, &mut unlimited)?;
            for index in 0..=node.key_count() {
                if let Some(child) = node.children().get(index).copied().filter(|child| !child.is_empty()) {
                    let records = records_of(&child, &node)?;
                    if position < records {
                        path.push((node, index));
                        link = child;
                        continue 'down;
                    }
                    position -= records;
                }
                if index < node.key_count() {
                    if position == 0 {
                        path.push((node, index));
                        return Ok(path);
                    }
                    position -= 1;
                }
            }
            return Ok(RecordPath::new());
        }
        Ok(path)
    }

    /// Moves from a record to the next. Nodes that it reads are cached within `allowance`. `ahead` reads siblings
    /// together, as far as they hold any of the next `wanted` records.
    pub(crate) fn step(
        &self,
        path: &mut RecordPath,
        ahead: &mut Ahead,
        wanted: u64,
        allowance: &mut u64,
    ) -> Result<(), NodeError> {
        let Some((node, index)) = path.last_mut() else { return Ok(()) };
        *index += 1;
        let mut link = node.children().get(*index).copied().unwrap_or(Link::EMPTY);
        while !link.is_empty() {
            let node = self.next_ahead(path, &link, ahead, (End::Front, wanted), allowance)?;
            link = node.children().first().copied().unwrap_or(Link::EMPTY);
            path.push((node, 0));
        }
        // After the last record of a node comes the record after it in the nearest ancestor that has one.
        while path.last().is_some_and(|(node, index)| *index >= node.key_count()) {
            path.pop();
        }
        Ok(())
    }

    /// Moves from a record to the previous one; see [`Tree::step`].
    pub(crate) fn step_back(
        &self,
        path: &mut RecordPath,
        ahead: &mut Ahead,
        wanted: u64,
        allowance: &mut u64,
    ) -> Result<(), NodeError> {
        let Some((node, index)) = path.last_mut() else { return Ok(()) };
        let mut link = node.children().get(*index).copied().unwrap_or(Link::EMPTY);
        if link.is_empty() {
            // The path goes through child i of an ancestor; the record before that child is record i - 1.
            while let Some((_, index)) = path.last_mut() {
                if let Some(before) = index.checked_sub(1) {
                    *index = before;
                    return Ok(());
                }
                path.pop();
            }
            return Ok(());
        }
        loop {
            let node = self.next_ahead(path, &link, ahead, (End::Back, wanted), allowance)?;
            link = node.children().last().copied().unwrap_or(Link::EMPTY);
            let count = node.key_count();
            if link.is_empty() {
                path.push((node, count.saturating_sub(1)));
                return Ok(());
            }
            path.push((node, count));
        }
    }
}

impl Tree {
    /// The node that the link at the end of a path leads to, with its keys checked against those around the link (I11).
    fn next_of(&self, path: &RecordPath, link: &Link, allowance: &mut u64) -> Result<Arc<Node>, NodeError> {
        let node = self.store.node_within(link, allowance)?;
        self.check_bounds(path, &node)?;
        Ok(node)
    }

    fn check_bounds(&self, path: &RecordPath, node: &Node) -> Result<(), NodeError> {
        Bounds::at_end_of(path.iter().rev().map(|(node, index)| (&**node, *index))).check(self.store.codec(), node)
    }

    /// [`Tree::next_of`], with the siblings that come next in the direction of travel read together with the node.
    fn next_ahead(
        &self,
        path: &RecordPath,
        link: &Link,
        ahead: &mut Ahead,
        (end, wanted): (End, u64),
        allowance: &mut u64,
    ) -> Result<Arc<Node>, NodeError> {
        let depth = path.len();
        let node = match ahead.take(depth, link) {
            Some(node) => node,
            None => {
                if let Some((parent, index)) = path.last() {
                    ahead.read(&self.store, depth, (parent, *index), end, wanted);
                }
                match ahead.take(depth, link) {
                    Some(node) => node,
                    // It could not be read, or stands alone.
                    None => return self.next_of(path, link, allowance),
                }
            }
        };
        self.store.keep_within(&node, allowance);
        self.check_bounds(path, &node)?;
        Ok(node)
    }
}

fn records_of(child: &Link, parent: &Node) -> Result<u64, NodeError> {
    match child.summary {
        _ if child.is_empty() => Ok(0),
        Some(summary) => Ok(summary.records),
        None => Err(NodeError::Uncounted { offset: parent.offset() }),
    }
}
