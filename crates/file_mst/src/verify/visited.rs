//! A visited node in its tree: the path to it, and the keys between which its own must lie.

use std::cmp::Ordering;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

use crate::node::{Codec, Link, Node};

/// A key of a node that was read.
#[derive(Clone, Debug)]
pub(super) struct KeyAt {
    pub(super) node: Arc<Node>,
    pub(super) index: usize,
}

impl KeyAt {
    pub(super) fn stored(&self) -> &[u8] {
        self.node.stored_key(self.index).unwrap_or_default()
    }
}

/// The keys between which those of a subtree lie, both excluded; `None` at the ends of the tree.
#[derive(Clone, Debug, Default)]
pub(super) struct Interval {
    pub(super) lower: Option<KeyAt>,
    pub(super) upper: Option<KeyAt>,
}

impl Interval {
    /// Whether every key in it is below `key`; with `strictly` the interval must not even end at `key`. False if keys
    /// cannot be compared.
    pub(super) fn ends_before(&self, codec: &Codec, key: &[u8], strictly: bool) -> bool {
        let upper = self.upper.as_ref().and_then(|upper| codec.compare(upper.stored(), key));
        upper.is_some_and(|order| order == Ordering::Less || order == Ordering::Equal && !strictly)
    }
}

/// A node whose children are visited, and how far it can be trusted.
#[derive(Debug)]
pub(super) struct Visited {
    pub(super) node: Arc<Node>,
    pub(super) parent: Option<Arc<Visited>>,
    pub(super) interval: Interval,
    /// Whether its keys are sound, so that they bound those of the children.
    pub(super) keys_sound: bool,
    /// Whether its links are sound, so that a child that cannot be read is itself at fault.
    pub(super) links_sound: bool,
    pub(super) count: Count,
}

/// The records in and below a node, counted as its children come in.
#[derive(Debug)]
pub(super) struct Count {
    /// The number of children that are not counted yet.
    missing: AtomicUsize,
    counted: AtomicU64,
    /// The record count in the link to the node, if it differs from the sum of the node's own links.
    pub(super) other_stated: Option<u64>,
}

impl Count {
    /// The count of a node none of whose children is counted.
    pub(super) fn of(node: &Node, other_stated: Option<u64>) -> Self {
        let children = node.children().iter().filter(|link| !link.is_empty()).count();
        Self { missing: children.into(), counted: (node.key_count() as u64).into(), other_stated }
    }

    /// Adds a child; returns the sum if it was the last.
    pub(super) fn add(&self, records: u64) -> Option<u64> {
        // Only one thread counts, so a load and a store are enough.
        self.counted.store(self.counted.load(Relaxed).saturating_add(records), Relaxed);
        (self.missing.fetch_sub(1, Relaxed) == 1).then(|| self.counted.load(Relaxed))
    }
}

/// The number of records that a link states.
pub(super) fn stated_records(link: &Link) -> u64 {
    link.summary.map_or(0, |summary| summary.records)
}

impl Visited {
    /// The offsets of the nodes from the root down to this one.
    pub(super) fn path(&self) -> Vec<u64> {
        let mut path = vec![self.node.offset()];
        let mut above = self.parent.as_deref();
        while let Some(node) = above {
            path.push(node.node.offset());
            above = node.parent.as_deref();
        }
        path.reverse();
        path
    }

    /// Whether the node at `offset` is this one or one above it.
    pub(super) fn is_below(&self, offset: u64) -> bool {
        self.node.offset() == offset || self.parent.as_ref().is_some_and(|parent| parent.is_below(offset))
    }

    /// The keys around child `index`; those around the whole node if its own keys are not sound.
    pub(super) fn interval_of(&self, index: usize) -> Interval {
        let key = |index: usize| {
            self.node.stored_key(index)?;
            Some(KeyAt { node: Arc::clone(&self.node), index })
        };
        if !self.keys_sound {
            return self.interval.clone();
        }
        Interval {
            lower: index.checked_sub(1).and_then(key).or_else(|| self.interval.lower.clone()),
            upper: key(index).or_else(|| self.interval.upper.clone()),
        }
    }
}

/// A node to visit.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) link: Link,
    /// The node that holds the link; `None` for a root.
    pub(super) parent: Option<Arc<Visited>>,
    pub(super) interval: Interval,
    /// Whether the node was visited before as a part of another commit's tree: then only the link and the interval are
    /// new.
    pub(super) again: bool,
}

impl Task {
    pub(super) fn path(&self) -> Vec<u64> {
        self.parent.as_ref().map_or_else(Vec::new, |parent| parent.path())
    }

    /// The offset of the node that holds the link.
    pub(super) fn parent_offset(&self) -> Option<u64> {
        self.parent.as_ref().map(|parent| parent.node.offset())
    }

    /// Whether the link can be trusted, so that a difference is the node's fault.
    pub(super) fn link_is_sound(&self) -> bool {
        self.parent.as_ref().is_none_or(|parent| parent.links_sound)
    }
}
