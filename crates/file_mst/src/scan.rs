//! Finds nodes in a file without any link to them, by reading frame after frame. Anything in the form of a node counts;
//! [`crate::segments`] requires proof, and accounts for every byte.

use std::io;
use std::ops::Range;

use crate::node::dialect::PAGE;
use crate::node::hash::NodeHash;
use crate::node::{Codec, FRAME_PREFIX, Frame, Link, Node, NodeError, Skeleton};
use crate::storage::ReadAt;

pub use mst_types::infer::Section;

/// The number of pages that are tried backwards to find the beginning of a frame. [`last_node`] and [`node_around`] do
/// not find nodes that are longer.
const PAGES_BACK: u64 = 64;

/// The most bytes of nodes that are read to find the last one, or the one around a byte.
const MAX_READ: u64 = 64 << 20;

/// A node found by scanning: its frame has the form of a node, and nothing more is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Its bytes.
    pub frame: Frame,
    /// The parts that can be read without types.
    pub skeleton: Skeleton,
}

impl Found {
    /// Reads the frame at `offset` as a node of unknown types.
    ///
    /// # Errors
    /// If there is no such frame, or it does not have the form of a node.
    pub fn at(storage: &dyn ReadAt, offset: u64) -> Result<Self, NodeError> {
        Self::of(Frame::read(storage, offset)?)
    }

    fn of(frame: Frame) -> Result<Self, NodeError> {
        let skeleton = Skeleton::parse(&frame)?;
        Ok(Self { frame, skeleton })
    }

    /// The keys and values of the node, undelimited: one section for each place where they may end.
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

    /// A link to the node under the hash that it carries.
    pub fn link(&self) -> Link {
        Link { offset: self.frame.offset(), hash: self.skeleton.stored_hash, summary: None }
    }
}

/// Whether no frame begins at `at` and the rest of the page is padding: the page ends within a length prefix, or the
/// length is zero.
pub(crate) fn is_padding(storage: &dyn ReadAt, at: u64) -> io::Result<bool> {
    let mut prefix = [0; FRAME_PREFIX];
    if PAGE - at % PAGE < FRAME_PREFIX as u64 {
        return Ok(true);
    }
    Ok(storage.read_up_to(at, &mut prefix)? == FRAME_PREFIX && prefix == [0; FRAME_PREFIX])
}

/// The start of the page after the one with byte `at`.
pub(crate) fn next_page(at: u64) -> u64 {
    (at - at % PAGE).saturating_add(PAGE)
}

/// The consecutive nodes of the published layout from a place where a frame must begin. Ends at the end of the file,
/// before the first bytes that are not a node, or when the allowance is used up.
struct Frames<'a> {
    storage: &'a dyn ReadAt,
    at: u64,
    /// The bytes that may still be read.
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
        // No link says that a node is here, so every property is required.
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

/// The frame at `at`, if its prefix states at most `max` bytes. A longer one is not read.
fn frame_within(storage: &dyn ReadAt, at: u64, max: u64) -> io::Result<Option<Frame>> {
    let mut prefix = [0; FRAME_PREFIX];
    if storage.read_up_to(at, &mut prefix)? < FRAME_PREFIX || u64::from(u32::from_le_bytes(prefix)) > max {
        return Ok(None);
    }
    match Frame::read(storage, at) {
        Ok(frame) => Ok(Some(frame)),
        Err(NodeError::Io { source, .. }) => Err(io::Error::new(source.kind(), source)),
        Err(_) => Ok(None),
    }
}

/// The end of the consecutive nodes from `start`: the end of the file, the first bytes that are not a node, or the
/// first end of a node after `stop`.
///
/// # Errors
/// Errors of the system.
pub(crate) fn end_of_nodes(storage: &dyn ReadAt, start: u64, stop: u64) -> io::Result<u64> {
    let mut frames = Frames::from(storage, start, u64::MAX);
    while frames.at < stop && frames.step()?.is_some() {}
    let len = storage.len()?;
    // Zeros up to the end of a page are padding.
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
/// Errors of the system.
pub fn last_node(storage: &dyn ReadAt) -> io::Result<Option<Found>> {
    let len = storage.len()?;
    let Some(last) = len.checked_sub(1) else { return Ok(None) };
    let mut allowance = MAX_READ;
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

/// The node whose frame contains byte `offset`, but does not begin there.
///
/// # Errors
/// Errors of the system.
pub fn node_around(storage: &dyn ReadAt, offset: u64) -> io::Result<Option<Found>> {
    let mut allowance = MAX_READ;
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

/// All nodes of a file in the order of their offsets, found without any link. Bytes that are not a node are skipped up
/// to the next page, where a frame may begin.
pub(crate) struct Nodes<'a> {
    storage: &'a dyn ReadAt,
    codec: &'a Codec,
    at: u64,
    len: u64,
    /// The bytes that may still be read for apparent frames that turn out to be none. It bounds the work on a file that
    /// was made to look like many long frames.
    allowance: u64,
}

impl<'a> Nodes<'a> {
    /// All nodes under `codec`.
    ///
    /// # Errors
    /// Errors of the system.
    pub(crate) fn of(storage: &'a dyn ReadAt, codec: &'a Codec) -> io::Result<Self> {
        Self::from(storage, codec, 0)
    }

    /// The nodes under `codec` from the first page on that begins at or after `first`.
    ///
    /// # Errors
    /// Errors of the system.
    pub(crate) fn from(storage: &'a dyn ReadAt, codec: &'a Codec, first: u64) -> io::Result<Self> {
        let len = storage.len()?;
        let first = first.checked_next_multiple_of(PAGE).unwrap_or(u64::MAX);
        Ok(Self {
            storage,
            codec,
            at: codec.dialect.first_node().max(first),
            len,
            allowance: len.saturating_sub(first).saturating_mul(2).max(MAX_READ),
        })
    }

    /// The offset up to which the file was scanned.
    pub(crate) fn at(&self) -> u64 {
        self.at.min(self.len)
    }

    /// Examines one place; `None` at the end of the file. A page without a node is a step too, so that the progress of
    /// a long scan can be reported.
    ///
    /// # Errors
    /// Errors of the system.
    pub(crate) fn step(&mut self) -> io::Result<Option<ScanStep>> {
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
            return Ok(Some(ScanStep::Nothing));
        };
        let (length, end) = (frame.bytes().len() as u64, frame.end());
        Ok(Some(match Node::parse(frame, self.codec) {
            Ok(node) => {
                self.at = end;
                ScanStep::Node(Box::new(node))
            }
            Err(_) => {
                self.allowance = self.allowance.saturating_sub(length);
                self.at = next_page(self.at);
                ScanStep::Nothing
            }
        }))
    }
}

/// The result of one step of a scan.
pub(crate) enum ScanStep {
    Node(Box<Node>),
    /// No node up to the next page.
    Nothing,
}

impl Iterator for Nodes<'_> {
    type Item = io::Result<Node>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.step().transpose()? {
                Ok(ScanStep::Node(node)) => return Some(Ok(*node)),
                Ok(ScanStep::Nothing) => {}
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// The last node in the file with this hash: both the hash that it carries, and the recomputed one if its types are
/// known. Reads the whole file.
///
/// # Errors
/// Errors of the system.
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
