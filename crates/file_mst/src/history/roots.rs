//! Roots found by scanning a file.

use std::collections::BTreeMap;
use std::io;
use std::ops::{ControlFlow, Range};

use crate::node::dialect::Dialect;
use crate::node::{Codec, Frame, Link, Node};
use crate::scan::{Nodes, ScanStep};
use crate::storage::ReadAt;

/// The most nodes that are held to be roots at a time; beyond that the oldest are forgotten. About 80 bytes each.
const MOST_ROOTS: usize = 1 << 20;
/// The most nodes with children whose records are remembered; of those before them records are not known. About 24 bytes each.
const MOST_COUNTS: usize = 4 << 20;

/// A node whose own hash holds, and to which no later node leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScannedRoot {
    /// Where it is, and its hash.
    pub link: Link,
    /// Its level.
    pub level: u8,
    /// How many records it and everything below it hold; none where nodes are missing, or too many were met to remember.
    pub records: Option<u64>,
    /// Whether its hash was recomputed: without types only the one that it carries is known.
    pub proved: bool,
}

/// The roots in a file of the published layout, the newest first. Reads the whole file once, in order; `watch` is told how many
/// bytes of it were read, and can stop.
///
/// A flush writes children before their parents, and its root last. So the nodes that no later node leads to are the roots of
/// flushes, unless a later one took a whole older tree for a part of its own. Of a node that is damaged its links still count.
///
/// # Errors
/// Those of the system.
pub fn scan_roots(
    storage: &dyn ReadAt,
    codec: &Codec,
    watch: impl FnMut(u64) -> ControlFlow<()>,
) -> io::Result<Vec<ScannedRoot>> {
    scan_roots_in(storage, codec, 0..u64::MAX, watch)
}

/// The same of a part of a file, which is the roots that there were when the file ended where the part does: of the nodes that
/// begin at the first page of the part or behind it, and before its end. A node before the part is read only to count the
/// records of a root that leads there.
///
/// # Errors
/// Those of the system.
pub fn scan_roots_in(
    storage: &dyn ReadAt,
    codec: &Codec,
    part: Range<u64>,
    mut watch: impl FnMut(u64) -> ControlFlow<()>,
) -> io::Result<Vec<ScannedRoot>> {
    let mut nodes = Nodes::from(storage, codec, part.start)?;
    let mut scan = Scan { storage, codec, open: BTreeMap::new(), counts: BTreeMap::new() };
    while nodes.at() < part.end
        && let Some(looked) = nodes.step()?
    {
        if let ScanStep::Node(node) = looked {
            scan.take(&node);
        }
        if watch(nodes.at()).is_break() {
            break;
        }
    }
    Ok(scan.open.into_values().rev().collect())
}

/// How nodes are read of which nothing is known.
pub(super) const UNTYPED: Codec = Codec { dialect: Dialect::FileMst02, items: None };

struct Scan<'a> {
    storage: &'a dyn ReadAt,
    codec: &'a Codec,
    /// The nodes to which no node leads so far. Few at any time, since parents soon follow.
    open: BTreeMap<u64, ScannedRoot>,
    /// The records in and below nodes that have children, and of leaves to which several versions lead; none of those that
    /// cannot be counted. Those of other leaves are counted by reading them again.
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
        if self.open.len() > MOST_ROOTS {
            self.open.pop_first();
        }
    }

    /// Notes that a node leads to this one; gives its records.
    fn child(&mut self, link: &Link) -> Option<u64> {
        if let Some(root) = self.open.get(&link.offset).filter(|root| root.link.hash == link.hash) {
            let records = root.records;
            self.open.remove(&link.offset);
            return records;
        }
        if let Some(records) = self.counts.get(&link.offset) {
            return *records;
        }
        // A part of an older version. Many links may lead to one long frame, which is read once.
        let node = Frame::read(self.storage, link.offset).and_then(|frame| Node::parse(frame, self.codec)).ok();
        let is_leaf = |node: &Node| node.stored_hash() == link.hash && node.children().iter().all(Link::is_empty);
        let records = node.filter(is_leaf).map(|node| node.key_count() as u64);
        self.remember(link.offset, records);
        records
    }

    fn remember(&mut self, offset: u64, records: Option<u64>) {
        self.counts.insert(offset, records);
        if self.counts.len() > MOST_COUNTS {
            self.counts.pop_first();
        }
    }
}
