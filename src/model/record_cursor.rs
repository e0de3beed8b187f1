//! A cursor over the records of a tree, in both directions. It needs neither counts nor an order of keys, so that it
//! works in every dialect.

use std::sync::Arc;

use file_mst::inspect::node::Node;
use file_mst::inspect::tree::NodePosition;
use file_mst::{NodeError, NodeKey, Tree};

/// A place in key order: a record, or a subtree that cannot be read. Holds the path there.
#[derive(Clone, Debug)]
pub(crate) struct RecordCursor {
    tree: Tree,
    /// The nodes from the root on.
    nodes: Vec<Arc<Node>>,
    /// The part of each of these nodes that the path goes through: child `i` is `2i`, record `i` is `2i + 1`. The node
    /// begins at -1, which is before all its parts.
    parts: Vec<isize>,
    /// Why the child at the end of the path cannot be read, if it is one.
    error: Option<NodeError>,
}

/// What stands at a place.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Record(NodeKey),
    /// A subtree that cannot be read, and its records, if the file counts them.
    Unreadable(NodeError, Option<u64>),
}

impl RecordCursor {
    /// A cursor that stands before all parts of the root; none in an empty tree.
    fn at_root(tree: &Tree) -> Result<Option<Self>, NodeError> {
        let root = tree.root()?;
        Ok(root.map(|root| Self { tree: tree.clone(), nodes: vec![root], parts: vec![-1], error: None }))
    }

    /// The first record; none in an empty tree.
    pub(crate) fn first(tree: &Tree) -> Result<Option<Self>, NodeError> {
        Ok(Self::at_root(tree)?.and_then(|mut cursor| cursor.step(true).then_some(cursor)))
    }

    /// The last record; none in an empty tree.
    pub(crate) fn last(tree: &Tree) -> Result<Option<Self>, NodeError> {
        let Some(mut cursor) = Self::at_root(tree)? else { return Ok(None) };
        cursor.parts = cursor.nodes.iter().map(|root| after(root)).collect();
        Ok(cursor.step(false).then_some(cursor))
    }

    /// The record of a key as the file stores it, or the next one where there is none; the last one at the end. Reads
    /// one path.
    pub(crate) fn at_key(tree: &Tree, key: &[u8]) -> Result<Option<Self>, NodeError> {
        let Some(mut cursor) = Self::at_root(tree)? else { return Ok(None) };
        while let (Some(node), Some(part)) = (cursor.nodes.last().cloned(), cursor.parts.last_mut()) {
            let child = match tree.locate(&node, key)? {
                NodePosition::Record(index) => {
                    *part = record_part(index);
                    return Ok(Some(cursor));
                }
                NodePosition::Child(index) => index,
            };
            *part = child_part(child);
            match cursor.enter(child, true) {
                Entered::Child => {}
                Entered::Nothing => return if cursor.step(true) { Ok(Some(cursor)) } else { Self::last(tree) },
                Entered::Unreadable => return Ok(Some(cursor)),
            }
        }
        Ok(None)
    }

    /// The record with `position` records before it, and the number of records before the place: fewer than `position`
    /// within a subtree that cannot be read. None past the end. Reads one path.
    ///
    /// # Errors
    /// [`NodeError::Uncounted`] in trees that do not count their records.
    pub(crate) fn at_position(tree: &Tree, position: u64) -> Result<Option<(Self, u64)>, NodeError> {
        let Some(mut cursor) = Self::at_root(tree)? else { return Ok(None) };
        let mut before = 0;
        'down: while let Some(node) = cursor.nodes.last().cloned() {
            for index in 0..=node.key_count() {
                if let Some(link) = node.children().get(index).filter(|link| !link.is_empty()) {
                    let uncounted = || NodeError::Uncounted { offset: node.offset() };
                    let records = link.summary.ok_or_else(uncounted)?.records;
                    if position < before + records {
                        cursor.stand(child_part(index));
                        match cursor.enter(index, true) {
                            Entered::Child => continue 'down,
                            Entered::Nothing | Entered::Unreadable => return Ok(Some((cursor, before))),
                        }
                    }
                    before += records;
                }
                if index < node.key_count() {
                    if position == before {
                        cursor.stand(record_part(index));
                        return Ok(Some((cursor, before)));
                    }
                    before += 1;
                }
            }
            return Ok(None);
        }
        Ok(None)
    }

    /// The record at the end of a path: which child at each node from the root on, and which record of the last node.
    /// Without a record the cursor stands before all parts of the last node. None where the path does not lead anywhere.
    pub(crate) fn before(tree: &Tree, children: &[usize], record: Option<usize>) -> Result<Option<Self>, NodeError> {
        let Some(mut cursor) = Self::at_root(tree)? else { return Ok(None) };
        for child in children {
            cursor.stand(child_part(*child));
            match cursor.enter(*child, true) {
                Entered::Child => {}
                Entered::Nothing => return Ok(None),
                Entered::Unreadable => return Ok(Some(cursor)),
            }
        }
        if let Some(record) = record {
            cursor.stand(record_part(record));
        }
        Ok(Some(cursor))
    }

    /// The number of records before the place, where the tree counts them.
    pub(crate) fn position(&self) -> Option<u64> {
        let mut before = 0;
        for (node, part) in self.nodes.iter().zip(&self.parts) {
            // A part of `2i` or `2i + 1` has `i` records before it, and all children up to it.
            let part = usize::try_from(*part).ok()?;
            before += (part / 2) as u64;
            for child in node.children().iter().take(part.div_ceil(2)).filter(|child| !child.is_empty()) {
                before += child.summary?.records;
            }
        }
        // A tree without children counts as well as one with counts; its dialect may not.
        self.tree.len().ok()?;
        Some(before)
    }

    fn stand(&mut self, at: isize) {
        if let Some(part) = self.parts.last_mut() {
            *part = at;
        }
    }

    /// Moves to the next place, or the previous one. False at the end of the tree, where the cursor then is no more
    /// use. Reads the nodes of one path at most, unless nodes have no keys.
    pub(crate) fn step(&mut self, forward: bool) -> bool {
        self.error = None;
        while let (Some(node), Some(part)) = (self.nodes.last().cloned(), self.parts.last_mut()) {
            *part += if forward { 1 } else { -1 };
            let at = *part;
            let Some(index) = usize::try_from(at / 2).ok().filter(|_| (0..after(&node)).contains(&at)) else {
                self.nodes.pop();
                self.parts.pop();
                continue;
            };
            if at % 2 == 1 {
                if node.stored_key(index).is_some() {
                    return true;
                }
            } else if let Entered::Unreadable = self.enter(index, forward) {
                return true;
            }
        }
        false
    }

    /// Goes into a child of the last node, before its first part or after its last one.
    fn enter(&mut self, child: usize, forward: bool) -> Entered {
        match self.tree.child(&self.nodes, child) {
            Ok(None) => Entered::Nothing,
            Ok(Some(child)) => {
                self.parts.push(if forward { -1 } else { after(&child) });
                self.nodes.push(child);
                Entered::Child
            }
            Err(error) => {
                self.error = Some(error);
                Entered::Unreadable
            }
        }
    }

    /// What stands here.
    pub(crate) fn place(&self) -> Option<Place> {
        let Some(error) = &self.error else { return self.key().map(Place::Record) };
        let child = self.parts.last().and_then(|part| usize::try_from(part / 2).ok())?;
        let records = self.nodes.last()?.children().get(child)?.summary.map(|summary| summary.records);
        Some(Place::Unreadable(error.clone(), records))
    }

    /// The key of the record here.
    pub(crate) fn key(&self) -> Option<NodeKey> {
        NodeKey::new(Arc::clone(self.nodes.last()?), self.record()?)
    }

    /// The index of the record here in its node; none where there is none.
    pub(crate) fn record(&self) -> Option<usize> {
        let part = self.parts.last().filter(|part| **part % 2 == 1)?;
        usize::try_from(part / 2).ok()
    }

    /// Which child at each node from the root on leads here; the last one to the subtree that cannot be read, if this
    /// The offsets of the nodes from the root on.
    pub(crate) fn offsets(&self) -> Vec<u64> {
        self.nodes.iter().map(|node| node.offset()).collect()
    }

    /// is one.
    pub(crate) fn children(&self) -> Vec<usize> {
        let through = self.parts.len() - usize::from(self.error.is_none() && !self.parts.is_empty());
        self.parts.iter().take(through).filter_map(|part| usize::try_from(part / 2).ok()).collect()
    }
}

/// What is at a link.
enum Entered {
    Child,
    Nothing,
    Unreadable,
}

fn child_part(index: usize) -> isize {
    isize::try_from(2 * index).unwrap_or(isize::MAX)
}

fn record_part(index: usize) -> isize {
    child_part(index) + 1
}

/// The number after that of a node's last part.
fn after(node: &Node) -> isize {
    child_part(node.key_count()) + 1
}
