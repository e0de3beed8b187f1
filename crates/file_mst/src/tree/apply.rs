//! Applies sorted changes to a tree in one pass.

use std::ops::Range;
use std::sync::{Arc, Mutex};
use std::thread;

use super::builder::{BuildCounts, Builder};
use super::{Place, Tree};
use crate::error::Error;
use crate::node::level::level_of;
use crate::node::{Bounds, Codec, Link, Node};
use crate::store::{NodeStore, Packer};

/// A tree is cut in two at a node of this level or above: its halves are large, and finding it reads little.
const LOWEST_CUT: u8 = 2;

/// What becomes of a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Change<'a> {
    pub(crate) key: &'a [u8],
    /// The new value; none to remove the record.
    pub(crate) value: Option<&'a [u8]>,
    /// The level of the key, where it is known already.
    pub(crate) level: Option<u8>,
}

/// Changes whose keys are strictly ascending.
pub(crate) trait Changes {
    /// Goes to the first change.
    fn start(&mut self) -> Result<(), Error>;

    /// The next change; none at the end.
    fn peek(&self) -> Option<Change<'_>>;

    /// Goes on to the change after it.
    fn advance(&mut self) -> Result<(), Error>;
}

/// Applies `changes` to the tree below `root`; returns the new root.
///
/// Reads the nodes that a changed key falls into, and their neighbours where nodes join; everything else is taken over
/// as whole subtrees. Memory of one path.
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

/// A root that came without its extent is read for it.
fn with_extent(store: &NodeStore, root: Link) -> Result<Link, Error> {
    Ok(match root.extent {
        None if !root.is_empty() => Link { extent: store.node(&root)?.extent(), ..root },
        _ => root,
    })
}

/// Where a tree is cut in two: the way from the root to a record, each node with the index of the child that the way
/// goes through; the last with that of the record, which begins the right half.
pub(crate) struct Cut {
    way: Vec<(Link, Arc<Node>, usize)>,
}

impl Cut {
    /// A cut near `key`. None in a tree that is too low to be worth it.
    pub(crate) fn near(tree: &Tree, key: &[u8]) -> Result<Option<Self>, Error> {
        let mut way = Vec::new();
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
                way.push((link, node, index));
                return Ok(Some(Self { way }));
            }
            way.push((link, node, index));
            link = next;
        }
        Ok(None)
    }

    /// The key that the right half begins with.
    pub(crate) fn key(&self) -> &[u8] {
        self.way.last().and_then(|(_, node, index)| node.stored_key(*index)).unwrap_or_default()
    }
}

/// [`apply`] on two threads: `left` are the changes below the key of `cut`, `right` those from there on, which do not
/// remove that key. Writes the same nodes.
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
            let mut from = cut.way.iter().rev().skip(1).map(|(_, node, index)| node.stored_key(*index));
            for (_, node, index) in cut.way.iter().rev() {
                // Behind this node comes the next record of a node above, if that has one.
                let bound = from.clone().flatten().next();
                from.next();
                merge.part(node, *index..node.key_count(), true, None, bound)?;
            }
            merge.builder.finish_right()
        });
        let mut merge = Merge { builder: Builder::new(store, packer, true), changes: left };
        let left = merge.changes.start().and_then(|()| {
            let mut low = None;
            for (position, (link, old, index)) in cut.way.iter().enumerate() {
                let node = merge.builder.open_old(link)?;
                merge.part(&node, 0..*index, false, low, None)?;
                low = index.checked_sub(1).and_then(|last| old.stored_key(last)).or(low);
                if position + 1 == cut.way.len() {
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
    /// The subtree that stands behind `low` and before `bound`, or at the ends, with all changes that fall before `bound`.
    fn subtree(&mut self, link: Link, low: Option<&[u8]>, bound: Option<&[u8]>) -> Result<(), Error> {
        if link.is_empty() {
            return self.gap(bound);
        }
        if self.changes.peek().is_none_or(|change| !is_below(&change, bound)) {
            return self.builder.subtree(link);
        }
        let node = self.builder.open_old(&link)?;
        Bounds { low, high: bound }.check(&Codec::MST1, &node)?;
        let count = node.key_count();
        self.part(&node, 0..count, false, low, bound)?;
        self.subtree(child(&node, count), count.checked_sub(1).and_then(|last| node.stored_key(last)), bound)
    }

    /// Some records of a node with the child before each; in a right half without the child before the first, but with
    /// the one behind the last.
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

    /// The changes before `bound` where the tree has nothing.
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
