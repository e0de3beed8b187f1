//! Splits a whole file into segments, without any root: nodes and commits that prove themselves, padding, and unknown
//! bytes.
//!
//! [`crate::scan`] walks a file frame by frame too, for another purpose: it accepts anything in the form of a node,
//! even a damaged one, since its links still show which nodes are no roots; and bytes that are no frame it skips up to
//! the next page. Here a node must prove itself, every byte of the file is part of some segment, and after damage each
//! byte is tried.

use std::cmp::Ordering;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use crate::node::dialect::{Dialect, PAGE};
use crate::node::{CHECK_BYTES, Codec, FRAME_PREFIX, Frame, Node, NodeError};
use crate::storage::ReadAt;
use crate::store::{Commit, Header};
use crate::tree::{NodePosition, Tree};

/// The number of pages before a page that are searched for a frame that runs into it.
const PAGES_BACK: u64 = 64;

/// The kind of a segment of a file. Exhaustive, so that every byte of a file is accounted for.
#[derive(Clone, Debug)]
pub enum SegmentKind {
    /// Page 0 of a file of ours, whose header can be read.
    Header(Header),
    /// Page 0 of the git dialect.
    Pointer,
    /// A node whose own hash or check holds. If the types of a published tree are unknown, anything in the form of a
    /// node.
    Node(Arc<Node>),
    /// A commit whose checksum holds, with the rest of its last page.
    Commit(Box<Commit>),
    /// Zeros up to the end of the page.
    Padding,
    /// Any other bytes: damage, or something else.
    Unknown,
}

/// A segment of a file.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Its bytes in the file.
    pub span: Range<u64>,
    /// Its kind and content.
    pub kind: SegmentKind,
}

/// The segments of a file from a page on, one after the other without a gap, up to the end of the file. After damage each
/// byte of the page is tried as the start of a node. Reads the file once, plus apparent long frames that turn out to be
/// none: together these cost at most one more reading of the file.
#[derive(Debug)]
pub struct Segments<'a> {
    storage: &'a dyn ReadAt,
    codec: &'a Codec,
    len: u64,
    at: u64,
    /// Whether the last segment ends at `at`, so that a longer frame may begin here.
    chained: bool,
    page: Vec<u8>,
    page_at: Option<u64>,
    /// The end of the last byte of the page that is not zero.
    page_end: usize,
    /// The bytes that may still be read for apparent long frames.
    allowance: u64,
    failed: Option<io::Error>,
    /// The segment found after unknown bytes, which are returned first.
    next: Option<Segment>,
}

impl std::fmt::Debug for dyn ReadAt + '_ {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("dyn ReadAt")
    }
}

impl<'a> Segments<'a> {
    /// The segments from page `page` on.
    ///
    /// # Errors
    /// Errors of the system.
    pub fn from_page(storage: &'a dyn ReadAt, codec: &'a Codec, page: u64) -> io::Result<Self> {
        let len = storage.len()?;
        let at = page.saturating_mul(PAGE);
        let (page, next) = (Vec::new(), None);
        let allowance = len.saturating_add(1 << 20);
        Ok(Self {
            storage,
            codec,
            len,
            at,
            chained: true,
            page,
            page_at: None,
            page_end: 0,
            allowance,
            failed: None,
            next,
        })
    }

    /// The error that ended the iteration before the end of the file, if any.
    pub fn failure(&mut self) -> Option<io::Error> {
        self.failed.take()
    }

    /// The rest of the page that holds the next byte.
    fn rest_of_page(&mut self) -> io::Result<&[u8]> {
        let start = self.at - self.at % PAGE;
        if self.page_at != Some(start) {
            self.page.resize(PAGE as usize, 0);
            let read = self.storage.read_up_to(start, &mut self.page)?;
            self.page.truncate(read);
            self.page_at = Some(start);
            self.page_end = self.page.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        }
        Ok(self.page.get((self.at - start) as usize..).unwrap_or_default())
    }

    /// The segment that begins at the next byte, if any.
    fn here(&mut self) -> io::Result<Option<Segment>> {
        let (at, at_page) = (self.at, self.at.is_multiple_of(PAGE));
        let dialect = self.codec.dialect;
        if at == 0 && dialect == Dialect::Mst1 {
            let header = Header::read(self.storage).ok().flatten();
            return Ok(header.map(|header| Segment { span: 0..PAGE.min(self.len), kind: SegmentKind::Header(header) }));
        }
        if at == 0 && dialect == Dialect::FileMstGit {
            return Ok(Some(Segment { span: 0..PAGE.min(self.len), kind: SegmentKind::Pointer }));
        }
        let rest = self.rest_of_page()?.len();
        if (at % PAGE) as usize >= self.page_end {
            let end = at + rest as u64;
            // A page of zeros may begin a hole of a sparse file, which is skipped as a whole. The next frame begins at
            // the start of the page with the first data.
            let end = match self.page_end == 0 && end < self.len {
                true => {
                    let data = self.storage.data_from(end)?.min(self.len);
                    if data == self.len { data } else { (data - data % PAGE).max(end) }
                }
                false => end,
            };
            return Ok(Some(Segment { span: at..end, kind: SegmentKind::Padding }));
        }
        if at_page
            && dialect == Dialect::Mst1
            && let Ok(commit) = Commit::read(self.storage, at)
        {
            let end = commit.end().min(self.len);
            return Ok(Some(Segment { span: at..end, kind: SegmentKind::Commit(Box::new(commit)) }));
        }
        Ok(self
            .node_here()?
            .map(|node| Segment { span: at..at + node.bytes().len() as u64, kind: SegmentKind::Node(Arc::new(node)) }))
    }

    fn node_here(&mut self) -> io::Result<Option<Node>> {
        let (at, chained, dialect) = (self.at, self.chained, self.codec.dialect);
        let left = self.len.saturating_sub(at);
        let rest = self.rest_of_page()?;
        let Some(prefix) = rest.first_chunk::<FRAME_PREFIX>() else { return Ok(None) };
        let whole = FRAME_PREFIX as u64 + u64::from(u32::from_le_bytes(*prefix));
        let least = if dialect == Dialect::Mst1 { FRAME_PREFIX + CHECK_BYTES + 3 } else { FRAME_PREFIX + 36 };
        if whole < least as u64 || whole > left {
            return Ok(None);
        }
        let frame = match rest.get(..whole as usize) {
            Some(bytes) => Frame::from_bytes(at, bytes.to_vec()),
            None => {
                // A frame that crosses the end of its page is longer than a page (I13), and begins where another segment
                // ends.
                let begins = if dialect == Dialect::Mst1 { at.is_multiple_of(PAGE) } else { chained };
                let level_at = if dialect == Dialect::Mst1 { FRAME_PREFIX + CHECK_BYTES } else { FRAME_PREFIX };
                let plausible = rest.get(level_at).is_none_or(|level| *level <= crate::node::level::MAX_LEVEL);
                if whole <= PAGE || !begins || !plausible || whole > self.allowance {
                    return Ok(None);
                }
                self.allowance -= whole;
                match Frame::read(self.storage, at) {
                    Ok(frame) => frame,
                    Err(NodeError::Io { source, .. }) => return Err(io::Error::new(source.kind(), source)),
                    Err(_) => return Ok(None),
                }
            }
        };
        let Some(node) = proved(frame, self.codec) else { return Ok(None) };
        if whole > PAGE {
            self.allowance += whole;
        }
        Ok(Some(node))
    }

    fn find(&mut self) -> io::Result<Option<Segment>> {
        let start = self.at;
        while self.at < self.len {
            if let Some(found) = self.here()? {
                self.at = found.span.end;
                self.chained = true;
                let from = found.span.start;
                if from == start {
                    return Ok(Some(found));
                }
                self.next = Some(found);
                return Ok(Some(Segment { span: start..from, kind: SegmentKind::Unknown }));
            }
            self.at += 1;
            // A frame may begin at each page.
            self.chained = self.at.is_multiple_of(PAGE);
        }
        Ok((start < self.len).then_some(Segment { span: start..self.len, kind: SegmentKind::Unknown }))
    }
}

impl Iterator for Segments<'_> {
    type Item = Segment;

    fn next(&mut self) -> Option<Segment> {
        if let Some(found) = self.next.take() {
            return Some(found);
        }
        match self.find() {
            Ok(found) => found,
            Err(error) => {
                self.failed = Some(error);
                self.at = self.len;
                None
            }
        }
    }
}

/// The node in a frame without any link to it, if it proves itself: its own hash or check holds.
fn proved(frame: Frame, codec: &Codec) -> Option<Node> {
    let offset = frame.offset();
    let node = Node::parse(frame, codec).ok()?;
    match node.hash() {
        Some(hash) => (hash == node.stored_hash()).then_some(node),
        // If the types are unknown, only the form can be checked, and that its links lead to places before it.
        None => node.children().iter().all(|link| link.offset < offset).then_some(node),
    }
}

/// The segments that lie in page `page`, the first and the last perhaps in part. Reads that page and up to 64 before it,
/// for a frame that runs into it.
///
/// # Errors
/// Errors of the system.
pub fn segments_of_page(storage: &dyn ReadAt, codec: &Codec, page: u64) -> io::Result<Vec<Segment>> {
    let (start, end) = (page.saturating_mul(PAGE), page.saturating_add(1).saturating_mul(PAGE));
    let mut segments = Segments::from_page(storage, codec, page.saturating_sub(PAGES_BACK))?;
    let found = segments
        .by_ref()
        .skip_while(|found| found.span.end <= start)
        .take_while(|found| found.span.start < end)
        .collect();
    match segments.failure() {
        Some(error) => Err(error),
        None => Ok(found),
    }
}

/// Whether a node is part of a tree: a search for its first key leads to it if it is. `None` if that is unknown: the
/// node has no key, its types are unknown, or a node on the path cannot be read. Reads at most `height` nodes.
pub fn is_reachable(tree: &Tree, node: &Node) -> Option<bool> {
    let key = node.stored_key(0)?;
    let mut path = Vec::new();
    let mut next = tree.root().ok()?;
    while let Some(here) = next {
        match here.level().cmp(&node.level()) {
            Ordering::Less => return Some(false),
            Ordering::Equal if !here.is_keyless() => return Some(here.offset() == node.offset()),
            Ordering::Equal | Ordering::Greater => {}
        }
        let NodePosition::Child(index) = tree.locate(&here, key).ok()? else { return Some(false) };
        path.push(here);
        next = tree.child_in_order(&path, index).ok()?;
    }
    Some(false)
}
