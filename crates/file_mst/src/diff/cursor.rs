//! A cursor over one tree, which opens nodes only when it must.
//!
//! A node's content is a row of positions: `2i` is the child before record `i`, `2i + 1` is record `i`. The open nodes
//! are the path from the root to the current position:
//!
//! ```text
//!   position   0    1    2    3    4
//!            [ c0   r0   c1   r1   c2 ]      from = 2: c0 and r0 are passed, c1 is open
//!                        |
//!                      [ c0  r0  c1 ]        from = 1: the head is r0, a record
//! ```
//!
//! A subtree that is not open counts as one position, so equal subtrees are passed in one step, unread.

use std::collections::HashMap;
use std::ops::Bound;
use std::sync::Arc;

use super::ahead::Shared;
use super::item::{Damage, Keyless, MOST_KEYLESS, Side, SideCounts};
use super::keys::Keys;
use crate::node::hash::NodeHash;
use crate::node::{Bounds, Link, Node, NodeError};
use crate::tree::{NodeRecord, Tree};

/// The part of one tree that is still to be compared.
#[derive(Debug)]
pub(super) struct Cursor {
    side: Side,
    tree: Tree,
    pub(super) keys: Keys,
    root: Option<Link>,
    pub(super) frames: Vec<Frame>,
    /// Nodes that were read but are not opened yet.
    loaded: HashMap<u64, Arc<Node>>,
    /// The second reader, which may have read a node already.
    pub(super) helper: Option<Arc<Shared>>,
    /// Whether the last node came from the second reader.
    pub(super) helped: bool,
    /// The bytes that this cursor may still add to the node cache, so that it does not evict nodes used repeatedly.
    allowance: u64,
    last: Option<NodeRecord>,
    /// While the other tree is damaged here: the key up to which it is, in the direction of travel; `Some(None)` if up
    /// to the end.
    pub(super) hole: Option<Option<Vec<u8>>>,
    pub(super) counts: SideCounts,
}

/// An open node and its remaining positions.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) node: Arc<Node>,
    /// The remaining positions: from..to.
    pub(super) from: usize,
    pub(super) to: usize,
    /// The positions of the children that the ends of the range cut through.
    low_edge: Option<usize>,
    high_edge: Option<usize>,
    hash: NodeHash,
    /// Whether nothing of the node has been passed yet.
    untouched: bool,
}

/// The next part of a tree.
#[derive(Clone, Debug)]
pub(super) enum Head {
    /// A subtree that is not opened.
    Subtree(Subtree),
    /// A record.
    Record(NodeRecord),
    /// Nothing.
    End,
}

/// A subtree that is not opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subtree {
    pub(super) link: Link,
    /// Whether an end of the range cuts through it.
    pub(super) low_edge: bool,
    pub(super) high_edge: bool,
    /// The level of its parent.
    pub(super) below: Option<u8>,
}

impl Frame {
    pub(super) fn position(&self, reversed: bool) -> Option<usize> {
        (self.from < self.to).then(|| if reversed { self.to - 1 } else { self.from })
    }

    /// The position after `positions` others, in the direction of travel; `None` past the end.
    pub(super) fn ahead(&self, positions: usize, reversed: bool) -> Option<usize> {
        let left = (self.to.saturating_sub(self.from)).checked_sub(positions + 1)?;
        Some(if reversed { self.from + left } else { self.from + positions })
    }

    pub(super) fn step(&mut self, reversed: bool) {
        self.untouched = false;
        if reversed {
            self.to = self.to.saturating_sub(1);
        } else {
            self.from += 1;
        }
    }

    /// The number of records of the node before the current place, in key order.
    fn cut(&self, reversed: bool) -> usize {
        (if reversed { self.to } else { self.from }) / 2
    }

    /// The index of the next record in the direction of travel, if the current position is a child.
    pub(super) fn far(&self, reversed: bool) -> Option<usize> {
        let cut = self.cut(reversed);
        let index = if reversed { cut.checked_sub(1) } else { Some(cut) };
        index.filter(|index| *index < self.node.key_count())
    }

    /// The child at a position; `None` if the link is absent or the position is a record's.
    pub(super) fn child(&self, position: usize) -> Option<Link> {
        if !position.is_multiple_of(2) {
            return None;
        }
        self.node.children().get(position / 2).copied().filter(|link| !link.is_empty())
    }
}

impl Cursor {
    pub(super) fn new(side: Side, tree: Tree) -> Self {
        let root = tree.root_link();
        let keys = Keys::new(tree.store().codec().clone());
        Self {
            side,
            keys,
            root: Some(root).filter(|root| !root.is_empty()),
            frames: Vec::new(),
            loaded: HashMap::new(),
            helper: None,
            helped: false,
            allowance: tree.store().range_allowance(),
            last: None,
            hole: None,
            counts: SideCounts::default(),
            tree,
        }
    }

    pub(super) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The next part of the tree. Skips absent children and ends of nodes.
    pub(super) fn head(&mut self) -> Head {
        let reversed = self.keys.reversed();
        if let Some(link) = self.root {
            let bounded = |bound: &Bound<Vec<u8>>| !matches!(bound, Bound::Unbounded);
            let (low_edge, high_edge) = (bounded(&self.keys.bounds.0), bounded(&self.keys.bounds.1));
            return Head::Subtree(Subtree { link, low_edge, high_edge, below: None });
        }
        while let Some(frame) = self.frames.last_mut() {
            let Some(position) = frame.position(reversed) else {
                self.frames.pop();
                continue;
            };
            if let Some(link) = frame.child(position) {
                return Head::Subtree(Subtree {
                    link,
                    low_edge: frame.low_edge == Some(position),
                    high_edge: frame.high_edge == Some(position),
                    below: Some(frame.node.level()),
                });
            }
            if !position.is_multiple_of(2)
                && let Some(record) = NodeRecord::new(Arc::clone(&frame.node), position / 2)
            {
                return Head::Record(record);
            }
            // An absent child holds nothing, so skipping it leaves the node untouched.
            let untouched = frame.untouched;
            frame.step(reversed);
            frame.untouched = untouched;
        }
        Head::End
    }

    /// Passes the record that comes next. A record that is out of order is reported.
    pub(super) fn pass_record(&mut self, record: &NodeRecord) -> Option<Box<Damage>> {
        let mut damage = None;
        let in_order =
            self.last.as_ref().is_none_or(|last| self.keys.travel(&self.keys.of(last), &self.keys.of(record)).is_lt());
        if in_order {
            self.last = Some(record.clone());
        } else {
            let offset = record.node().offset();
            damage = Some(self.damage(NodeError::Order { offset }));
        }
        self.touch();
        self.step_over();
        damage
    }

    /// Passes the subtree that comes next, unopened.
    pub(super) fn pass_subtree(&mut self) {
        self.touch();
        self.step_over();
    }

    /// Marks all open nodes as partly passed.
    fn touch(&mut self) {
        self.frames.iter_mut().for_each(|frame| frame.untouched = false);
    }

    /// The stored key of the last record that was passed.
    pub(super) fn last_key(&self) -> Option<&[u8]> {
        self.last.as_ref().map(|record| record.bytes().stored_key)
    }

    /// Passes this number of positions of the open node. `last` is the index of the last record among them; `any` is
    /// whether they hold any record at all.
    pub(super) fn advance(&mut self, positions: usize, last: Option<usize>, any: bool) {
        let reversed = self.keys.reversed();
        let Some(frame) = self.frames.last_mut() else { return };
        if reversed {
            frame.to = frame.to.saturating_sub(positions);
        } else {
            frame.from += positions;
        }
        if let Some(index) = last {
            self.last = NodeRecord::new(Arc::clone(&frame.node), index);
        }
        if any {
            self.touch();
        }
    }

    fn step_over(&mut self) {
        if self.root.take().is_none() {
            let reversed = self.keys.reversed();
            if let Some(frame) = self.frames.last_mut() {
                frame.step(reversed);
            }
        }
    }

    /// The last record before the subtree that comes next, and the first after it, in key order.
    pub(super) fn around(&self) -> (Option<NodeRecord>, Option<NodeRecord>) {
        let reversed = self.keys.reversed();
        let find = |index: fn(usize) -> Option<usize>| {
            self.frames
                .iter()
                .rev()
                .find_map(|frame| NodeRecord::new(Arc::clone(&frame.node), index(frame.cut(reversed))?))
        };
        (find(|cut| cut.checked_sub(1)), find(Some))
    }

    /// The keys before and after the subtree that comes next, in key order.
    pub(super) fn interval(&self) -> (Option<&[u8]>, Option<&[u8]>) {
        let reversed = self.keys.reversed();
        let find = |index: fn(usize) -> Option<usize>| {
            self.frames.iter().rev().find_map(|frame| frame.node.stored_key(index(frame.cut(reversed))?))
        };
        (find(|cut| cut.checked_sub(1)), find(Some))
    }

    /// The key after the subtree that comes next, in the direction of travel; `None` at the end.
    pub(super) fn far(&self) -> Option<Vec<u8>> {
        let reversed = self.keys.reversed();
        let frame = self.frames.iter().rev().find_map(|frame| Some((frame, frame.far(reversed)?)));
        frame.and_then(|(frame, index)| self.keys.at(&frame.node, index)).map(std::borrow::Cow::into_owned)
    }

    fn damage(&self, error: NodeError) -> Box<Damage> {
        let (after, before) = self.around();
        let path = self.frames.iter().map(|frame| frame.node.offset()).collect();
        Box::new(Damage { side: self.side, error, path, after, before })
    }

    /// Reads a node, which may be opened later. `below` is the level of its parent.
    ///
    /// # Errors
    /// If it cannot be read, or does not match its link.
    pub(super) fn load(&mut self, link: &Link, below: Option<u8>) -> Result<Arc<Node>, NodeError> {
        if let Some(node) = self.loaded.get(&link.offset) {
            return Ok(Arc::clone(node));
        }
        let offset = link.offset;
        if self.frames.iter().any(|frame| frame.node.offset() == offset) {
            let parent = self.frames.last().map_or(offset, |frame| frame.node.offset());
            return Err(NodeError::Loop { offset, parent });
        }
        let helped = self.helper.as_ref().and_then(|helper| helper.take(self.side, link));
        self.helped = helped.is_some();
        let node = match helped {
            Some(node) => node,
            None => self.tree.store().node_within(link, &mut self.allowance)?,
        };
        self.counts.nodes_read += 1;
        if node.is_keyless() {
            self.counts.keyless += 1;
            if self.counts.keyless_nodes.len() < MOST_KEYLESS {
                let phantom = node.children().iter().all(Link::is_empty);
                self.counts.keyless_nodes.push(Keyless { offset, level: node.level(), phantom });
            }
        }
        // A child's level is below its parent's (I9), so every path ends.
        if let Some(parent_level) = below.filter(|below| node.level() >= *below) {
            return Err(NodeError::Level { offset, level: node.level(), parent_level });
        }
        self.loaded.insert(offset, Arc::clone(&node));
        Ok(node)
    }

    /// Checks that the keys of the node that comes next rise, and lie between those on both sides of the link to it
    /// (I11). So no node is opened twice.
    fn in_place(&self, node: &Node) -> Result<(), NodeError> {
        let codec = self.tree.store().codec();
        codec.check_order(node)?;
        let (low, high) = self.interval();
        Bounds { low, high }.check(codec, node)
    }

    /// The level of a subtree, if its link states it or its root was read already.
    pub(super) fn level(&self, subtree: &Subtree) -> Option<u8> {
        let read = || self.loaded.get(&subtree.link.offset).map(|node| node.level());
        subtree.link.extent.map(|extent| extent.level).or_else(read)
    }

    /// Opens the subtree that comes next. If it cannot be read, it is passed.
    pub(super) fn open(&mut self, subtree: &Subtree) -> Result<(), Box<Damage>> {
        let loaded = self.load(&subtree.link, subtree.below).and_then(|node| match node.records().are_divided() {
            true => self.in_place(&node).map(|()| node),
            false => Err(NodeError::TypesUnknown { offset: node.offset() }),
        });
        self.loaded.remove(&subtree.link.offset);
        let node = match loaded {
            Ok(node) => node,
            Err(error) => {
                let damage = self.damage(error);
                self.touch();
                self.step_over();
                return Err(damage);
            }
        };
        // Opening a subtree passes none of it, so the nodes above stay untouched.
        let was_root = self.root.is_some();
        let untouched: Vec<bool> = self.frames.iter().map(|frame| frame.untouched).collect();
        self.step_over();
        if !was_root {
            self.frames.iter_mut().zip(untouched).for_each(|(frame, untouched)| frame.untouched = untouched);
        }
        let frame = self.clipped(node, subtree);
        self.frames.push(frame);
        Ok(())
    }

    /// The frame of a node, without the positions outside of the range that is compared.
    fn clipped(&self, node: Arc<Node>, subtree: &Subtree) -> Frame {
        let (low, high) = (&self.keys.bounds.0, &self.keys.bounds.1);
        let (mut from, mut to) = (0, 2 * node.key_count() + 1);
        let (mut low_edge, mut high_edge) = (None, None);
        if let (true, Bound::Included(key) | Bound::Excluded(key)) = (subtree.low_edge, low) {
            from = match (self.keys.place(&node, key), low) {
                (Ok(index), Bound::Excluded(_)) => 2 * index + 2,
                (Ok(index), _) => 2 * index + 1,
                (Err(index), _) => *low_edge.insert(2 * index),
            };
        }
        if let (true, Bound::Included(key) | Bound::Excluded(key)) = (subtree.high_edge, high) {
            to = match (self.keys.place(&node, key), high) {
                (Ok(index), Bound::Excluded(_)) => 2 * index + 1,
                (Ok(index), _) => 2 * index + 2,
                (Err(index), _) => *high_edge.insert(2 * index) + 1,
            };
        }
        let untouched = !subtree.low_edge && !subtree.high_edge;
        Frame { node, from, to, low_edge, high_edge, hash: subtree.link.hash, untouched }
    }

    /// If the node with this hash is open and untouched, passes all of it.
    pub(super) fn pass_opened(&mut self, hash: &NodeHash) -> bool {
        let whole = self.frames.iter().rev().take_while(|frame| frame.untouched).position(|frame| frame.hash == *hash);
        let Some(above) = whole else { return false };
        let kept = self.frames.len() - above - 1;
        self.frames.truncate(kept);
        self.touch();
        true
    }
}
