//! Finds roots by scanning a file.

use std::collections::BTreeMap;
use std::io;
use std::ops::{ControlFlow, Range};

use crate::node::dialect::Dialect;
use crate::node::{Codec, Frame, Link, Node};
use crate::scan::{Nodes, ScanStep};
use crate::storage::ReadAt;

/// The most candidate roots at a time; beyond that the oldest are forgotten. About 80 bytes each.
const MAX_ROOTS: usize = 1 << 20;
/// The most nodes with children whose record counts are remembered; older counts are forgotten. About 24 bytes each.
const MAX_COUNTS: usize = 4 << 20;

/// A node whose own hash holds, and to which no later node has a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScannedRoot {
    /// Its offset and its hash.
    pub link: Link,
    /// Its level.
    pub level: u8,
    /// The number of records in it and below it; `None` if nodes are missing, or if there were too many to remember.
    pub records: Option<u64>,
    /// Whether its hash was recomputed: without types only the one that it carries is known.
    pub proved: bool,
}

/// The roots in a file of the published layout, newest first. Reads the whole file once, in order; `watch` gets the
/// number of bytes read so far, and can stop the scan.
///
/// A flush writes children before their parents, and its root last. So the nodes to which no later node has a link are
/// the roots of flushes, unless a later flush made a whole older tree a subtree of its own. The links of damaged nodes
/// count too.
///
/// # Errors
/// Errors of the system.
pub fn scan_roots(
    storage: &dyn ReadAt,
    codec: &Codec,
    watch: impl FnMut(u64) -> ControlFlow<()>,
) -> io::Result<Vec<ScannedRoot>> {
    scan_roots_in(storage, codec, 0..u64::MAX, watch)
}

/// [`scan_roots`] for a part of a file: the roots at the time when the file ended where the part does. Only nodes that
/// begin at or after the first page of the part, and before its end, are considered. A node before the part is read
/// only to count the records of a root that has a link to it.
///
/// # Errors
/// Errors of the system.
pub fn scan_roots_in(
    storage: &dyn ReadAt,
    codec: &Codec,
    part: Range<u64>,
    mut watch: impl FnMut(u64) -> ControlFlow<()>,
) -> io::Result<Vec<ScannedRoot>> {
    let mut nodes = Nodes::from(storage, codec, part.start)?;
    let mut scan = Scan { storage, codec, open: BTreeMap::new(), counts: BTreeMap::new() };
    while nodes.at() < part.end
        && let Some(step) = nodes.step()?
    {
        if let ScanStep::Node(node) = step {
            scan.take(&node);
        }
        if watch(nodes.at()).is_break() {
            break;
        }
    }
    Ok(scan.open.into_values().rev().collect())
}

/// The codec for nodes about which nothing is known.
pub(super) const UNTYPED: Codec = Codec { dialect: Dialect::FileMst02, items: None };

struct Scan<'a> {
    storage: &'a dyn ReadAt,
    codec: &'a Codec,
    /// The nodes to which no node has a link so far. There are few at any time, since parents soon follow.
    open: BTreeMap<u64, ScannedRoot>,
    /// The records in and below nodes that have children, and of leaves to which several versions have links; `None` if
    /// they cannot be counted. Other leaves are read again to be counted.
    counts: BTreeMap<u64, Option<u64>>,
}

impl Scan<'_> {
    fn take(&mut self, node: &Node) {
        let mut records = Some(node.key_count() as u64);
        let mut has_children = false;
        for link in node.children().iter().filter(|link| !link.is_empty()) {
            has_children = true;
            let below = self.child(link);
            records = records.and_then(|records| records.checked_add(below?));
        }
        let hash = node.stored_hash();
        let holds = node.hash().is_none_or(|is| is == hash);
        if node.is_empty() || !holds {
            return;
        }
        let offset = node.offset();
        if records.is_some() && has_children {
            self.remember(offset, records);
        }
        let proved = node.hash().is_some();
        self.open.insert(offset, ScannedRoot { link: Link::new(offset, hash), level: node.level(), records, proved });
        if self.open.len() > MAX_ROOTS {
            self.open.pop_first();
        }
    }

    /// Records that a node has a link to this one; returns its record count.
    fn child(&mut self, link: &Link) -> Option<u64> {
        if let Some(root) = self.open.get(&link.offset).filter(|root| root.link.hash == link.hash) {
            let records = root.records;
            self.open.remove(&link.offset);
            return records;
        }
        if let Some(records) = self.counts.get(&link.offset) {
            return *records;
        }
        // The child is part of an older version. Many links may lead to one long frame, which is read only once.
        let node = Frame::read(self.storage, link.offset).and_then(|frame| Node::parse(frame, self.codec)).ok();
        let is_leaf = |node: &Node| node.stored_hash() == link.hash && node.children().iter().all(Link::is_empty);
        let records = node.filter(is_leaf).map(|node| node.key_count() as u64);
        self.remember(link.offset, records);
        records
    }

    fn remember(&mut self, offset: u64, records: Option<u64>) {
        self.counts.insert(offset, records);
        if self.counts.len() > MAX_COUNTS {
            self.counts.pop_first();
        }
    }
}
