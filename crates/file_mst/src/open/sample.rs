//! Nodes that are read to find out dialect and types.

use std::collections::HashSet;

use super::root::Root;
use crate::node::hash::NodeHash;
use crate::node::{Codec, Frame, Link, Node, NodeError};
use crate::scan::Found;
use crate::storage::ReadAt;

/// How many nodes at most are read to find out dialect and types.
const MOST_NODES: usize = 256;

/// How many bytes of nodes are read at most.
const MOST_BYTES: usize = 4 << 20;

/// So many ways down in turn that meet nothing new end the sampling.
const FRUITLESS: usize = 24;

/// A node, and the hash that must come out of it.
pub(super) struct Sample {
    pub(super) found: Found,
    pub(super) expected: NodeHash,
}

impl Sample {
    fn root(root: &Root) -> Self {
        Self { found: root.found.clone(), expected: root.link.hash }
    }

    /// The node that `link` leads to, if it carries the hash that the link names.
    pub(super) fn child(storage: &dyn ReadAt, link: &Link) -> Option<Self> {
        let found = Found::at(storage, link.offset).ok()?;
        (found.link() == *link).then_some(Self { found, expected: link.hash })
    }

    pub(super) fn keys(&self) -> usize {
        self.found.skeleton.key_count
    }

    pub(super) fn parse(&self, codec: &Codec) -> Result<Node, NodeError> {
        Node::parse_published(Frame::clone(&self.found.frame), codec)
    }

    pub(super) fn is_proved(&self, codec: &Codec) -> bool {
        self.parse(codec).is_ok_and(|node| node.hash() == Some(self.expected))
    }

    fn children(&self) -> Vec<Link> {
        self.found.skeleton.links.links.iter().filter(|link| !link.is_empty()).copied().collect()
    }
}

/// The nodes from the root down along the first children: those that the first screen shows anyway.
pub(super) fn path(storage: &dyn ReadAt, root: &Root) -> Vec<Sample> {
    let mut samples = vec![Sample::root(root)];
    let mut seen = HashSet::from([root.link.offset]);
    while let Some(link) = samples.last().and_then(|last| last.children().first().copied()) {
        match Sample::child(storage, &link) {
            Some(child) if seen.insert(link.offset) && samples.len() < MOST_NODES => samples.push(child),
            _ => break,
        }
    }
    samples
}

/// Nodes from all over the tree, at most 256 and 4 MiB: whole small trees, else ways down from the root that take at each
/// node another child, always the same ones for the same tree.
pub(super) fn wide(storage: &dyn ReadAt, root: &Root) -> Vec<Sample> {
    let mut samples = Sampling { samples: vec![Sample::root(root)], seen: HashSet::from([root.link.offset]), bytes: 0 };
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut fruitless = 0;
    while fruitless < FRUITLESS && samples.has_room() {
        let before = samples.seen.len();
        let mut at = 0;
        while let Some(sample) = samples.samples.get(at) {
            let children = sample.children();
            // A child that nobody looked at comes before one that was.
            let fresh: Vec<_> = children.iter().filter(|link| !samples.seen.contains(&link.offset)).collect();
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let pick = |count: usize| (state >> 33) as usize % count.max(1);
            let Some(link) = fresh.get(pick(fresh.len())).copied().or_else(|| children.get(pick(children.len())))
            else {
                break;
            };
            let Some(next) = samples.enter(storage, *link) else { break };
            if next <= at {
                break;
            }
            at = next;
        }
        fruitless = if samples.seen.len() == before { fruitless + 1 } else { 0 };
    }
    samples.samples
}

struct Sampling {
    samples: Vec<Sample>,
    seen: HashSet<u64>,
    bytes: usize,
}

impl Sampling {
    fn has_room(&self) -> bool {
        self.samples.len() < MOST_NODES && self.bytes < MOST_BYTES
    }

    /// The place of a child among the samples, which it joins where there is room.
    fn enter(&mut self, storage: &dyn ReadAt, link: Link) -> Option<usize> {
        if !self.seen.insert(link.offset) {
            return self.samples.iter().position(|sample| sample.found.frame.offset() == link.offset);
        }
        if !self.has_room() {
            return None;
        }
        let child = Sample::child(storage, &link)?;
        self.bytes += child.found.frame.bytes().len();
        self.samples.push(child);
        Some(self.samples.len() - 1)
    }
}
