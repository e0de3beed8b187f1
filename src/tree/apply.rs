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

/// Applies `changes`, whose keys are strictly ascending, to the tree below `root`; returns the new root.
///
/// Reads the nodes that a changed key falls into, and their neighbours where nodes join; everything else is taken over
/// as whole subtrees. Memory of one path.
pub(crate) fn apply<'c>(
    store: &NodeStore,
    packer: &mut Packer,
    root: Link,
    keep_in_cache: bool,
    changes: impl Iterator<Item = Result<Change<'c>, Error>>,
) -> Result<(Link, BuildCounts), Error> {
    let mut merge = Merge { builder: Builder::new(store, packer, keep_in_cache), next: None, changes };
    merge.advance()?;
    // A root that came without its extent is read for it.
    let root = match root.extent {
        None if !root.is_empty() => Link { extent: store.node(&root)?.extent(), ..root },
        _ => root,
    };
    merge.subtree(root, None)?;
    merge.gap(None)?;
    merge.builder.finish()
}

struct Merge<'a, 'c, I> {
    builder: Builder<'a>,
    next: Option<Change<'c>>,
    changes: I,
}

impl<'c, I: Iterator<Item = Result<Change<'c>, Error>>> Merge<'_, 'c, I> {
    fn advance(&mut self) -> Result<Option<Change<'c>>, Error> {
        let next = self.changes.next().transpose()?;
        Ok(std::mem::replace(&mut self.next, next))
    }

    fn next_is_below(&self, bound: Option<&[u8]>) -> bool {
        self.next.is_some_and(|change| bound.is_none_or(|bound| change.key < bound))
    }

    /// The subtree that stands before `bound`, or at the end, with all changes that fall before it.
    fn subtree(&mut self, link: Link, bound: Option<&[u8]>) -> Result<(), Error> {
        if link.is_empty() {
            return self.gap(bound);
        }
        if !self.next_is_below(bound) {
            return self.builder.subtree(link);
        }
        let node = self.builder.open_old(&link)?;
        for index in 0..node.key_count() {
            let Some(record) = node.record(index) else { continue };
            self.subtree(child(&node, index), Some(record.key))?;
            match self.next.filter(|change| change.key == record.key) {
                Some(change) => {
                    if let Some(value) = change.value {
                        self.builder.record_at(node.level(), record.key, value)?;
                    }
                    self.advance()?;
                }
                None => self.builder.record_at(node.level(), record.key, record.value)?,
            }
        }
        self.subtree(child(&node, node.key_count()), bound)
    }

    /// The changes before `bound` where the tree has nothing.
    fn gap(&mut self, bound: Option<&[u8]>) -> Result<(), Error> {
        while self.next_is_below(bound) {
            if let Some(Change { key, value: Some(value), level }) = self.advance()? {
                self.builder.record_at(level.unwrap_or_else(|| level_of(key)), key, value)?;
            }
        }
        Ok(())
    }
}

fn child(node: &Node, index: usize) -> Link {
    node.children().get(index).copied().unwrap_or(Link::EMPTY)
}
