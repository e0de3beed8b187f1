//! Applies sorted changes to a tree in one pass.

use super::builder::{BuildCounts, Builder};
use crate::error::Error;
use crate::level::level_of;
use crate::node::{Link, Node};
use crate::store::{NodeStore, Packer};

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
    packer: &mut Packer,
    root: Link,
    keep_in_cache: bool,
    mut changes: impl Changes,
) -> Result<(Link, BuildCounts), Error> {
    changes.start()?;
    let mut merge = Merge { builder: Builder::new(store, packer, keep_in_cache), changes };
    // A root that came without its extent is read for it.
    let root = match root.extent {
        None if !root.is_empty() => Link { extent: store.node(&root)?.extent(), ..root },
        _ => root,
    };
    merge.subtree(root, None)?;
    merge.builder.finish()
}

struct Merge<'a, C> {
    builder: Builder<'a>,
    changes: C,
}

impl<C: Changes> Merge<'_, C> {
    /// The subtree that stands before `bound`, or at the end, with all changes that fall before it.
    fn subtree(&mut self, link: Link, bound: Option<&[u8]>) -> Result<(), Error> {
        if link.is_empty() {
            return self.gap(bound);
        }
        if self.changes.peek().is_none_or(|change| !is_below(&change, bound)) {
            return self.builder.subtree(link);
        }
        let node = self.builder.open_old(&link)?;
        for index in 0..node.key_count() {
            let Some(record) = node.record(index) else { continue };
            self.subtree(child(&node, index), Some(record.key))?;
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
        self.subtree(child(&node, node.key_count()), bound)
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
