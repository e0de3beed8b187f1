//! Sound nodes that guessed types do not fit: evidence against the guess, not damage.

use std::sync::Arc;

use super::infer::Inference;
use super::root::Root;
use super::sample::Sample;
use super::{OpenOptions, Opened, TypingSource, open_with};
use crate::node::dialect::Dialect;
use crate::node::{Link, NodeError};
use crate::tree::walk::Damage;

/// How many nodes are looked into. Each takes a search of bounded work.
const TRIES: usize = 8;

/// Tells nodes that guessed types do not fit from damaged ones.
///
/// A damaged node can look the same as one that the guess does not fit: it carries the hash that its link names, and
/// another comes out. But types under which the right hash does come out cannot be found for a damaged node. Where they are
/// found, the node is sound; where not, nothing is said.
#[derive(Debug)]
pub struct Misfits {
    opened: Opened,
    left: usize,
}

impl Misfits {
    /// For a tree. Looks into a few nodes only, so that a file full of damage costs no more than one with little.
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

    /// Whether the node of a link is sound: other types than those that are guessed prove it. False where types are not
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
    /// The same tree under a guess that fits the node of `link` as well as all that are sampled; none where that is not
    /// found. Reads as much as [`open`](super::open) does where plain types are not enough.
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

    /// The link to the node at an offset, in the node that begins at `parent`, or the one to the root.
    pub fn link_to(&self, offset: u64, parent: Option<u64>) -> Option<Link> {
        let Some(parent) = parent else { return Some(self.tree.root_link()).filter(|root| root.offset == offset) };
        let parent = self.tree.store().unchecked(parent).ok()?;
        parent.children().iter().find(|link| link.offset == offset).copied()
    }

    /// Whether other types than those that are guessed prove the node.
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

/// Whether the error is in what types tell apart.
fn by_content(error: &NodeError) -> bool {
    matches!(error, NodeError::Hash { .. } | NodeError::Malformed { .. })
}

/// The nodes of these links that carry the hash that the link names, and are not the root.
pub(super) fn samples(storage: &dyn crate::storage::ReadAt, root: &Root, links: &[Link]) -> Vec<Sample> {
    let others = links.iter().filter(|link| link.offset != root.link.offset);
    others.filter_map(|link| Sample::child(storage, link)).collect()
}
