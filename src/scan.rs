//! Finds nodes in a file of the published layout without being told where: by reading frame after frame.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::ops::Range;

use crate::dialect::PAGE;
use crate::node::{FRAME_PREFIX, Frame, Link, NodeError, Skeleton};
use crate::storage::ReadAt;

/// How many pages are tried backwards to find a place where a frame begins. A node larger than this hides its
/// beginning from [`last_node`] and [`node_around`].
const PAGES_BACK: u64 = 64;

/// A node found by scanning: its frame has the form of a node, nothing more is known of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Its bytes.
    pub frame: Frame,
    /// What they show without types.
    pub skeleton: Skeleton,
}

/// The keys, value count and values of a node, whose ends are unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Section<'a> {
    /// Their bytes, one behind the other.
    pub items: &'a [u8],
    /// How many keys there are, and so values.
    pub keys: usize,
}

impl Found {
    /// Reads the frame at `offset` as a node of unknown types.
    ///
    /// # Errors
    /// If there is no such frame, or it has not the form of a node.
    pub fn at(storage: &dyn ReadAt, offset: u64) -> Result<Self, NodeError> {
        let frame = Frame::read(storage, offset)?;
        let skeleton = Skeleton::parse(&frame)?;
        Ok(Self { frame, skeleton })
    }

    /// The keys and values of the node, undivided: as many sections as there are places where they may end.
    pub fn sections(&self) -> impl Iterator<Item = Section<'_>> {
        let section = |items: &Range<usize>| {
            let items = self.frame.bytes().get(items.clone())?;
            Some(Section { items, keys: self.skeleton.key_count })
        };
        self.skeleton.items.iter().filter_map(section)
    }

    /// Whether all its links lead to places before it, as a writer that appends children before parents leaves them.
    fn leads_back(&self) -> bool {
        self.skeleton.links.links.iter().all(|link| link.offset < self.frame.offset())
    }

    /// The link that leads to the node, if what it says of itself is true.
    pub fn link(&self) -> Link {
        Link { offset: self.frame.offset(), hash: self.skeleton.stored_hash, extent: None }
    }
}

/// The frames that follow one another from `start`, where one must begin. Ends at the end of the file, or before the
/// first thing that is not a node.
fn frames(storage: &dyn ReadAt, start: u64) -> impl Iterator<Item = Found> + use<'_> {
    let mut at = start;
    std::iter::from_fn(move || {
        // Less than a prefix before the page's end, or a length of zero: the rest of the page is padding.
        let rest = PAGE - at % PAGE;
        let mut prefix = [0; FRAME_PREFIX];
        let padding = rest < FRAME_PREFIX as u64
            || storage.read_up_to(at, &mut prefix).ok()? == FRAME_PREFIX && prefix == [0; FRAME_PREFIX];
        if padding {
            at += rest;
        }
        // Nobody said that a node stands here, so it must look like one in every way.
        let found = Found::at(storage, at).ok().filter(Found::leads_back)?;
        at = found.frame.end();
        Some(found)
    })
}

/// The page starts at and before `offset`, nearest first.
fn page_starts_back(offset: u64) -> impl Iterator<Item = u64> {
    let page = offset / PAGE;
    (page.saturating_sub(PAGES_BACK)..=page).rev().map(|page| page * PAGE)
}

/// The node whose frame ends where the file ends: in a freshly flushed file of the published crate, the root.
pub fn last_node(storage: &dyn ReadAt) -> Option<Found> {
    let len = storage.len().ok()?;
    page_starts_back(len.checked_sub(1)?)
        .filter_map(|start| frames(storage, start).last())
        .find(|found| found.frame.end() == len)
}

/// The node whose frame has byte `offset` in its inside.
pub fn node_around(storage: &dyn ReadAt, offset: u64) -> Option<Found> {
    let inside = |found: &Found| found.frame.offset() < offset && offset < found.frame.end();
    page_starts_back(offset)
        .find_map(|start| frames(storage, start).take_while(|found| found.frame.offset() < offset).find(inside))
}
