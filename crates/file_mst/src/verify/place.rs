//! Where in a tree a node stands: the way to it, and the keys between which its own must lie.

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

/// The keys between which those of a subtree lie, both left out; none at the ends of the tree.
#[derive(Clone, Debug, Default)]
pub(super) struct Interval {
    pub(super) lower: Option<KeyAt>,
    pub(super) upper: Option<KeyAt>,
}

impl Interval {
    /// Whether every key of it is below `key`; with `strictly` it must not even reach up to it. False where keys cannot be
    /// compared.
    pub(super) fn ends_before(&self, codec: &Codec, key: &[u8], strictly: bool) -> bool {
        let upper = self.upper.as_ref().and_then(|upper| codec.compare(upper.stored(), key));
        upper.is_some_and(|order| order == Ordering::Less || order == Ordering::Equal && !strictly)
    }
}

/// A node whose children are looked at, and how far it can be trusted.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) node: Arc<Node>,
    pub(super) parent: Option<Arc<Place>>,
    pub(super) interval: Interval,
    /// Whether its keys are what they should be, so that they bound those of the children.
    pub(super) keys_sound: bool,
    /// Whether its links are what they should be, so that a child that cannot be read is at fault itself.
    pub(super) links_sound: bool,
    pub(super) count: Count,
}

/// The records in and below a node, counted as its children come in.
#[derive(Debug)]
pub(super) struct Count {
    /// How many children are not counted yet.
    missing: AtomicUsize,
    counted: AtomicU64,
    /// What the link to the node says, if its own links say otherwise.
    pub(super) said_otherwise: Option<u64>,
}

impl Count {
    /// That of a node none of whose children is counted.
    pub(super) fn of(node: &Node, said_otherwise: Option<u64>) -> Self {
        let children = node.children().iter().filter(|link| !link.is_empty()).count();
        Self { missing: children.into(), counted: (node.key_count() as u64).into(), said_otherwise }
    }

    /// Adds a child; gives the sum if it was the last.
    pub(super) fn add(&self, records: u64) -> Option<u64> {
        // Only one thread counts.
        self.counted.store(self.counted.load(Relaxed).saturating_add(records), Relaxed);
        (self.missing.fetch_sub(1, Relaxed) == 1).then(|| self.counted.load(Relaxed))
    }
}

/// How many records a link says it leads to.
pub(super) fn said_records(link: &Link) -> u64 {
    link.extent.map_or(0, |extent| extent.records)
}

impl Place {
    /// The offsets of the nodes from the root down to this one.
    pub(super) fn path(&self) -> Vec<u64> {
        let mut path = vec![self.node.offset()];
        let mut above = self.parent.as_deref();
        while let Some(place) = above {
            path.push(place.node.offset());
            above = place.parent.as_deref();
        }
        path.reverse();
        path
    }

    /// Whether the node at `offset` is this one or one above it.
    pub(super) fn is_below(&self, offset: u64) -> bool {
        self.node.offset() == offset || self.parent.as_ref().is_some_and(|parent| parent.is_below(offset))
    }

    /// The keys around child `index`. Those around the whole node, where its own keys are not sound.
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

/// A node to look at.
#[derive(Clone, Debug)]
pub(super) struct Task {
    pub(super) link: Link,
    /// The node that holds the link; none for a root.
    pub(super) parent: Option<Arc<Place>>,
    pub(super) interval: Interval,
    /// Whether it was looked at before, as a part of another commit's tree: then only the link and the ends of its key range
    /// are new.
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

    /// Whether what the link says can be held against the node.
    pub(super) fn link_is_sound(&self) -> bool {
        self.parent.as_ref().is_none_or(|parent| parent.links_sound)
    }
}
