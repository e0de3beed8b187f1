//! Sound nodes that the guessed types do not fit: evidence against the guess, not damage.

use std::sync::Arc;

use super::infer::Inference;
use super::opening::open_with;
use super::sample::Sample;
use super::{OpenOptions, Opened, TypingSource};
use crate::node::dialect::Dialect;
use crate::node::{Link, NodeError};
use crate::tree::walk::Damage;

/// The most nodes that are examined. Each takes a search of bounded work.
const TRIES: usize = 8;

/// Distinguishes nodes that the guessed types do not fit from damaged ones.
///
/// A damaged node can look the same as one that the guess does not fit: it carries the hash that its link names, but a
/// different one is recomputed. For a damaged node, however, no types can be found under which the right hash comes
/// out. If such types are found, the node is sound; if not, it may be either.
#[derive(Debug)]
pub struct TypeMismatch {
    opened: Opened,
    left: usize,
}

impl TypeMismatch {
    /// For a tree. Only a few nodes are examined, so that a file full of damage costs no more than one with little.
    pub fn new(opened: &Opened) -> Self {
        Self { opened: opened.clone(), left: TRIES }
    }

    /// Whether a subtree is missing only because the guessed types do not fit its topmost node. Reads two nodes.
    pub fn is_misfit(&mut self, damage: &Damage) -> bool {
        let parent = damage.path.last().copied();
        by_content(&damage.error)
            && self.opened.link_to(damage.error.offset(), parent).is_some_and(|link| self.is_sound(&link))
    }

    /// Whether a node that fails with this error is sound. Reads one node.
    pub fn explain(&mut self, error: &NodeError, link: &Link) -> bool {
        by_content(error) && self.is_sound(link)
    }

    /// Whether the node of a link is sound: types other than the guessed ones prove it. False if the types are not
    /// guessed, or no others are found. Reads one node.
    pub fn is_sound(&mut self, link: &Link) -> bool {
        let is_guessed = self.opened.typing.source == TypingSource::Guessed;
        if !is_guessed || self.left == 0 {
            return false;
        }
        self.left -= 1;
        self.opened.is_sound(link)
    }
}

impl Opened {
    /// The same tree under a guess that fits the node of `link` as well as all sampled nodes; `None` if there is no
    /// such guess. Reads as much as [`open`](super::open) does when plain types are not enough.
    pub fn guessed_with(&self, link: &Link) -> Option<Self> {
        if self.typing.source != TypingSource::Guessed {
            return None;
        }
        let (root, store) = (self.tree.root_link(), self.tree.store());
        let options = OpenOptions {
            offset: Some(root.offset),
            hash: Some(root.hash),
            cache_bytes: store.cache_budget(),
            ..OpenOptions::default()
        };
        let opened = open_with(Arc::clone(store.storage()), &options, &[*link]).ok()?;
        let typing = &opened.typing;
        let is_better = typing.source == TypingSource::Guessed && typing.proved == typing.sampled;
        is_better.then_some(Self { root_source: self.root_source, ..opened })
    }

    /// The link to the node at an offset in the node that begins at `parent`; without a parent, the link to the root.
    pub fn link_to(&self, offset: u64, parent: Option<u64>) -> Option<Link> {
        let Some(parent) = parent else { return Some(self.tree.root_link()).filter(|root| root.offset == offset) };
        let parent = self.tree.store().unchecked(parent).ok()?;
        parent.children().iter().find(|link| link.offset == offset).copied()
    }

    /// Whether types other than the guessed ones prove the node.
    fn is_sound(&self, link: &Link) -> bool {
        let store = self.tree.store();
        if store.codec().dialect == Dialect::Mst1 {
            return false;
        }
        let Some(sample) = Sample::child(&**store.storage(), link).filter(|sample| sample.keys() > 0) else {
            return false;
        };
        let dialects = [store.codec().dialect; 2];
        // The key is more often right than the value.
        let known = self.typing.key.as_ref().map(|key| &key.ty);
        [known, None].into_iter().any(|key| Inference::new(vec![&sample], dialects, key, None).briefly().is_some())
    }
}

/// Whether wrong types can cause the error.
fn by_content(error: &NodeError) -> bool {
    matches!(error, NodeError::Hash { .. } | NodeError::Malformed { .. })
}
