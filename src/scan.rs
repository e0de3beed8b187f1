//! Finds nodes in a file without being told where: by reading frame after frame. What has the form of a node counts as
//! one; [`crate::pieces`] asks for more, and accounts for every byte.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::io;
use std::ops::Range;

use crate::dialect::PAGE;
use crate::hash::NodeHash;
use crate::node::{Codec, FRAME_PREFIX, Frame, Link, Node, NodeError, Skeleton};
use crate::storage::ReadAt;

/// How many pages are tried backwards to find a place where a frame begins. A node larger than this hides its
/// beginning from [`last_node`] and [`node_around`].
const PAGES_BACK: u64 = 64;

/// How many bytes of nodes are read at most to find the last one, or the one around a byte.
const MOST_READ: u64 = 64 << 20;

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
        Self::of(Frame::read(storage, offset)?)
    }

    fn of(frame: Frame) -> Result<Self, NodeError> {
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

/// Whether what stands at `at` is the rest of a page without a frame: less than a length prefix before the page's end,
/// or a length of zero.
pub(crate) fn is_padding(storage: &dyn ReadAt, at: u64) -> io::Result<bool> {
    let mut prefix = [0; FRAME_PREFIX];
    if PAGE - at % PAGE < FRAME_PREFIX as u64 {
        return Ok(true);
    }
    Ok(storage.read_up_to(at, &mut prefix)? == FRAME_PREFIX && prefix == [0; FRAME_PREFIX])
}

/// Where the page behind the one with byte `at` begins.
pub(crate) fn next_page(at: u64) -> u64 {
    (at - at % PAGE).saturating_add(PAGE)
}

/// The nodes of the published layout that follow one another from a place where a frame must begin. Ends at the end of
/// the file, before the first thing that is not a node, or when enough was read.
struct Frames<'a> {
    storage: &'a dyn ReadAt,
    at: u64,
    /// How many bytes are read at most.
    allowance: u64,
}

impl<'a> Frames<'a> {
    fn from(storage: &'a dyn ReadAt, at: u64, allowance: u64) -> Self {
        Self { storage, at, allowance }
    }

    fn step(&mut self) -> io::Result<Option<Found>> {
        if is_padding(self.storage, self.at)? {
            self.at = next_page(self.at);
        }
        // Nobody said that a node stands here, so it must look like one in every way.
        let found = match frame_within(self.storage, self.at, self.allowance)?.map(Found::of) {
            Some(Ok(found)) if found.leads_back() => found,
            _ => return Ok(None),
        };
        let length = found.frame.bytes().len() as u64;
        self.at += length;
        self.allowance = self.allowance.saturating_sub(length);
        Ok(Some(found))
    }
}

impl Iterator for Frames<'_> {
    type Item = io::Result<Found>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}

/// The frame at `at`, if there is one that is no longer than `most`, which is seen from its prefix alone.
fn frame_within(storage: &dyn ReadAt, at: u64, most: u64) -> io::Result<Option<Frame>> {
    let mut prefix = [0; FRAME_PREFIX];
    if storage.read_up_to(at, &mut prefix)? < FRAME_PREFIX || u64::from(u32::from_le_bytes(prefix)) > most {
        return Ok(None);
    }
    match Frame::read(storage, at) {
        Ok(frame) => Ok(Some(frame)),
        Err(NodeError::Io { source, .. }) => Err(io::Error::new(source.kind(), source)),
        Err(_) => Ok(None),
    }
}

/// Where the nodes end that follow one another from `start`: at the end of the file, at the first thing that is not a
/// node, or behind `stop`.
///
/// # Errors
/// Those of the system.
pub(crate) fn end_of_nodes(storage: &dyn ReadAt, start: u64, stop: u64) -> io::Result<u64> {
    let mut frames = Frames::from(storage, start, u64::MAX);
    while frames.at < stop && frames.step()?.is_some() {}
    let len = storage.len()?;
    // Zeros up to the end of a page are no fault.
    Ok(if frames.at >= len { len } else { frames.at })
}

/// The page starts at and before `offset`, nearest first.
fn page_starts_back(offset: u64) -> impl Iterator<Item = u64> {
    let page = offset / PAGE;
    (page.saturating_sub(PAGES_BACK)..=page).rev().map(|page| page * PAGE)
}

/// The node whose frame ends where the file ends: in a freshly flushed file of the published crate, the root.
///
/// # Errors
/// Those of the system.
pub fn last_node(storage: &dyn ReadAt) -> io::Result<Option<Found>> {
    let len = storage.len()?;
    let Some(last) = len.checked_sub(1) else { return Ok(None) };
    let mut allowance = MOST_READ;
    for start in page_starts_back(last) {
        let mut last = None;
        for found in Frames::from(storage, start, allowance) {
            let found = found?;
            allowance = allowance.saturating_sub(found.frame.bytes().len() as u64);
            last = Some(found);
        }
        if let Some(found) = last.filter(|found| found.frame.end() == len) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The node whose frame has byte `offset` in its inside.
///
/// # Errors
/// Those of the system.
pub fn node_around(storage: &dyn ReadAt, offset: u64) -> io::Result<Option<Found>> {
    let mut allowance = MOST_READ;
    for start in page_starts_back(offset) {
        for found in Frames::from(storage, start, allowance) {
            let found = found?;
            allowance = allowance.saturating_sub(found.frame.bytes().len() as u64);
            if found.frame.offset() >= offset {
                break;
            }
            if offset < found.frame.end() {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

/// The nodes of a whole file in the order in which they stand in it, found without being told where any of them is.
/// What is no node is left out up to the next page, where a frame may begin.
pub(crate) struct Nodes<'a> {
    storage: &'a dyn ReadAt,
    codec: &'a Codec,
    at: u64,
    len: u64,
    /// How many bytes of frames that turned out to be none are still read. Whoever makes a file in which many places
    /// look like long frames shall not make it take long.
    allowance: u64,
}

impl<'a> Nodes<'a> {
    /// Those of `codec`, from the first on.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn of(storage: &'a dyn ReadAt, codec: &'a Codec) -> io::Result<Self> {
        Self::from(storage, codec, 0)
    }

    /// Those of `codec` from the first page on that begins at `first` or behind it.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn from(storage: &'a dyn ReadAt, codec: &'a Codec, first: u64) -> io::Result<Self> {
        let len = storage.len()?;
        let first = first.checked_next_multiple_of(PAGE).unwrap_or(u64::MAX);
        Ok(Self {
            storage,
            codec,
            at: codec.dialect.first_node().max(first),
            len,
            allowance: len.saturating_sub(first).saturating_mul(2).max(MOST_READ),
        })
    }

    /// Up to where the file was looked at, in bytes.
    pub(crate) fn at(&self) -> u64 {
        self.at.min(self.len)
    }

    /// Looks at one place; none at the end of the file. A page without a node is a step too, so that whoever waits for
    /// a long scan can be told how far it is.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn step(&mut self) -> io::Result<Option<Looked>> {
        if self.at >= self.len {
            return Ok(None);
        }
        let frame = match is_padding(self.storage, self.at)? {
            true => None,
            false => frame_within(self.storage, self.at, self.allowance)?,
        };
        let Some(frame) = frame else {
            let page = next_page(self.at);
            let data = if page < self.len { self.storage.data_from(page)?.min(self.len) } else { page };
            self.at = page.max(data - data % PAGE);
            return Ok(Some(Looked::Nothing));
        };
        let (length, end) = (frame.bytes().len() as u64, frame.end());
        Ok(Some(match Node::parse(frame, self.codec) {
            Ok(node) => {
                self.at = end;
                Looked::Node(Box::new(node))
            }
            Err(_) => {
                self.allowance = self.allowance.saturating_sub(length);
                self.at = next_page(self.at);
                Looked::Nothing
            }
        }))
    }
}

/// What stands at a place.
pub(crate) enum Looked {
    Node(Box<Node>),
    /// Nothing up to the next page.
    Nothing,
}

impl Iterator for Nodes<'_> {
    type Item = io::Result<Node>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.step().transpose()? {
                Ok(Looked::Node(node)) => return Some(Ok(*node)),
                Ok(Looked::Nothing) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// The last node in the file with this hash: the one that it carries, and that comes out where that can be told. Reads
/// the whole file.
///
/// # Errors
/// Those of the system.
pub fn node_of_hash(storage: &dyn ReadAt, codec: &Codec, hash: NodeHash) -> io::Result<Option<u64>> {
    let mut last = None;
    for node in Nodes::of(storage, codec)? {
        let node = node?;
        if node.stored_hash() == hash && node.hash().is_none_or(|is| is == hash) {
            last = Some(node.offset());
        }
    }
    Ok(last)
}
