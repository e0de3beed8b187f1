//! Applies sorted changes to a tree in one pass.
//!
//! The old tree and the changes are merged in key order into a [`Builder`], which makes the canonical tree of whatever
//! it is given. Only nodes that a change falls into are opened; every other subtree is handed over as a link:
//!
//! ```text
//!   old tree                              changes: put d, remove k
//!              [ h         p ]
//!             /      |       \            the builder receives, in key order:
//!       [b  f]    [k  m]    [r  t]          b  d  f   from the opened left node and the changes
//!                                           h         from the opened root
//!                                           m         from the opened middle node; k is dropped
//!                                           p         from the root
//!                                           [r t]     as a link: no change falls below it
//! ```
//!
//! A changed key of a high level splits the subtree that it falls into, and a removed one joins its neighbours: the
//! builder sees to both.

use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::thread;

use super::builder::{BuildCounts, Builder};
use super::{Place, Tree};
use crate::error::Error;
use crate::node::level::level_of;
use crate::node::{Bounds, Codec, Link, Node};
use crate::store::{NodeStore, Packer};

/// A tree is cut in two at a node of at least this level: its halves are large, and finding the node reads little.
const LOWEST_CUT: u8 = 2;

/// A change of one key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Change<'a> {
    pub(crate) key: &'a [u8],
    /// The new value; `None` removes the record.
    pub(crate) value: Option<&'a [u8]>,
    /// The level of the key, if it was computed already.
    pub(crate) level: Option<u8>,
}

/// Changes whose keys are strictly ascending.
pub(crate) trait Changes {
    /// Goes to the first change.
    fn start(&mut self) -> Result<(), Error>;

    /// The current change; `None` at the end.
    fn peek(&self) -> Option<Change<'_>>;

    /// Moves on to the next change.
    fn advance(&mut self) -> Result<(), Error>;
}

/// Applies `changes` to the tree below `root`; returns the new root.
///
/// Reads the nodes that a changed key falls into, and their neighbours if nodes are joined; all other subtrees are
/// reused as a whole. Holds one path in memory.
pub(crate) fn apply(
    store: &NodeStore,
    packer: &Mutex<Packer>,
    root: Link,
    keep_in_cache: bool,
    mut changes: impl Changes,
) -> Result<(Link, BuildCounts), Error> {
    changes.start()?;
    let mut merge = Merge { builder: Builder::new(store, packer, keep_in_cache), changes };
    merge.subtree(with_extent(store, root)?, None, None)?;
    merge.builder.finish()
}

/// Reads the root if its link does not state level, length and record count.
fn with_extent(store: &NodeStore, root: Link) -> Result<Link, Error> {
    Ok(match root.extent {
        None if !root.is_empty() => Link { extent: store.node(&root)?.extent(), ..root },
        _ => root,
    })
}

/// The place where a tree is cut in two: the path from the root to a record. Each node comes with the index of the
/// child that the path goes through, the last one with the index of the record, which begins the right half.
///
/// ```text
///            [ h     |   p ]             path: (root, child 1), (middle node, record 1)
///           /        |      \
///      [b f]     [k  | m]    [r t]       left half: b f h k      right half: m p r t
/// ```
pub(crate) struct Cut {
    path: Vec<(Link, Arc<Node>, usize)>,
}

impl Cut {
    /// A cut near `key`. `None` if the tree is too low to be worth cutting.
    pub(crate) fn near(tree: &Tree, key: &[u8]) -> Result<Option<Self>, Error> {
        let mut path = Vec::new();
        let mut link = with_extent(tree.store(), tree.root_link())?;
        while !link.is_empty() {
            let node = tree.store().node(&link)?;
            let index = match tree.place(&node, key)? {
                Place::At(index) | Place::Below(index) => index,
            };
            let next = child(&node, index);
            if node.level() < LOWEST_CUT {
                break;
            }
            if next.extent.is_none_or(|extent| extent.level < LOWEST_CUT) {
                let index = index.min(node.key_count().saturating_sub(1));
                path.push((link, node, index));
                return Ok(Some(Self { path }));
            }
            path.push((link, node, index));
            link = next;
        }
        Ok(None)
    }

    /// The key that the right half begins with.
    pub(crate) fn key(&self) -> &[u8] {
        self.path.last().and_then(|(_, node, index)| node.stored_key(*index)).unwrap_or_default()
    }
}

/// [`apply`] on two threads. `left` are the changes below the key of `cut`, `right` the changes from that key on, which
/// must not remove the key itself: the halves are joined there. Writes the same nodes as [`apply`].
pub(crate) fn apply_halves(
    store: &NodeStore,
    packer: &Mutex<Packer>,
    cut: &Cut,
    left: impl Changes,
    right: impl Changes + Send,
) -> Result<(Link, BuildCounts), Error> {
    thread::scope(|scope| {
        let right = scope.spawn(|| {
            let builder = Builder::new(store, packer, true).right_half();
            let mut merge = Merge { builder, changes: right };
            merge.changes.start()?;
            // The right part of each node on the path, from the bottom up: that is key order.
            let mut ancestors = cut.path.iter().rev().skip(1).map(|(_, node, index)| node.stored_key(*index));
            for (_, node, index) in cut.path.iter().rev() {
                // The node is followed by the next record of its nearest ancestor that has one.
                let bound = ancestors.clone().flatten().next();
                ancestors.next();
                merge.part(node, *index..node.key_count(), true, None, bound)?;
            }
            merge.builder.finish_right()
        });
        let mut merge = Merge { builder: Builder::new(store, packer, true), changes: left };
        let left = merge.changes.start().and_then(|()| {
            // The left part of each node on the path, from the top down: that is key order too.
            let mut low = None;
            for (position, (link, old, index)) in cut.path.iter().enumerate() {
                let node = merge.builder.open_old(link)?;
                merge.part(&node, 0..*index, false, low, None)?;
                low = index.checked_sub(1).and_then(|last| old.stored_key(last)).or(low);
                if position + 1 == cut.path.len() {
                    merge.subtree(child(&node, *index), low, node.stored_key(*index))?;
                }
            }
            Ok(())
        });
        let right = right.join().unwrap_or(Err(Error::Panicked));
        left?;
        merge.builder.join(right?)?;
        merge.builder.finish()
    })
}

struct Merge<'a, C> {
    builder: Builder<'a>,
    changes: C,
}

impl<C: Changes> Merge<'_, C> {
    /// Merges the subtree between the keys `low` and `bound` (`None` at the ends of the tree) with all changes before
    /// `bound`.
    fn subtree(&mut self, link: Link, low: Option<&[u8]>, bound: Option<&[u8]>) -> Result<(), Error> {
        if link.is_empty() {
            return self.gap(bound);
        }
        // No change falls into the subtree, so it is reused unread.
        if self.changes.peek().is_none_or(|change| !is_below(&change, bound)) {
            return self.builder.subtree(link);
        }
        let node = self.builder.open_old(&link)?;
        Bounds { low, high: bound }.check(&Codec::MST1, &node)?;
        let count = node.key_count();
        self.part(&node, 0..count, false, low, bound)?;
        self.subtree(child(&node, count), count.checked_sub(1).and_then(|last| node.stored_key(last)), bound)
    }

    /// Merges the records in `range` of a node, each with the child before it. In a right half, the child before the
    /// first record is left out, since it belongs to the left half, and the child after the last record is included.
    fn part(
        &mut self,
        node: &Node,
        range: Range<usize>,
        right: bool,
        low: Option<&[u8]>,
        bound: Option<&[u8]>,
    ) -> Result<(), Error> {
        let Range { start, end } = range;
        let before = |index: usize| index.checked_sub(1).and_then(|before| node.stored_key(before)).or(low);
        for index in start..end {
            let Some(record) = node.record(index) else { continue };
            if !right || index > start {
                self.subtree(child(node, index), before(index), Some(record.key))?;
            }
            match self.changes.peek().filter(|change| change.key == record.key) {
                Some(change) => {
                    if let Some(value) = change.value {
                        self.builder.record_at(node.level(), record.key, value)?;
                    }
                    self.changes.advance()?;
                }
                None => self.builder.record_at(node.level(), record.key, record.value)?,
            }
        }
        if right && end > start { self.subtree(child(node, end), before(end), bound) } else { Ok(()) }
    }

    /// Adds the changes before `bound` at a place where the old tree has no records.
    fn gap(&mut self, bound: Option<&[u8]>) -> Result<(), Error> {
        while let Some(change) = self.changes.peek().filter(|change| is_below(change, bound)) {
            if let Change { key, value: Some(value), level } = change {
                self.builder.record_at(level.unwrap_or_else(|| level_of(key)), key, value)?;
            }
            self.changes.advance()?;
        }
        Ok(())
    }
}

fn is_below(change: &Change<'_>, bound: Option<&[u8]>) -> bool {
    bound.is_none_or(|bound| change.key < bound)
}

fn child(node: &Node, index: usize) -> Link {
    node.children().get(index).copied().unwrap_or(Link::EMPTY)
}
