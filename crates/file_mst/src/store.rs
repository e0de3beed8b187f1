//! The nodes of one file: read on demand, checked against the link in their parent, cached within a byte budget.

mod commit;
mod damaged;
mod file;
mod foreign;
mod header;
mod lock;
mod packer;
mod pages;
mod recovery;
mod together;
mod write_behind;

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use crate::node::dialect::Dialect;
use crate::node::{Codec, Frame, Link, LinkBudget, Node, NodeError};
use crate::storage::ReadAt;

pub(crate) use commit::check_notes;
pub use commit::{Commit, MAX_LABEL, MAX_NOTE_NAME, MAX_NOTES, MAX_SCHEMA, Totals};
pub(crate) use damaged::header_of;
pub use damaged::{is_ours, newest_readable};
pub use file::{Commits, TreeFile};
pub use foreign::Foreign;
pub use header::{FORMAT_VERSION, FileId, Header, MAGIC};
pub(crate) use header::{HEADER_BYTES, HINT};
pub(crate) use lock::WriterLock;
pub(crate) use packer::Packer;
pub(crate) use together::{TOGETHER, parse_frames, read_frames};

/// The default budget of the node cache, in bytes.
pub const DEFAULT_CACHE_BYTES: u64 = 64 << 20;

/// A range may fill at most this fraction (one in 8) of the cache.
const RANGE_SHARE: u64 = 8;

/// In our own files, this fraction of the budget (one in 4) is for inner nodes that are linked in their parents.
const LINKED_SHARE: u64 = 4;

/// The nodes of one file under one codec. Shared by threads; reads run in parallel.
pub struct NodeStore {
    storage: Arc<dyn ReadAt>,
    codec: Codec,
    cache: Cache<u64, Arc<Node>, NodeWeighter>,
    /// The memory of the inner nodes that are linked in their parents.
    links: Arc<LinkBudget>,
    /// The memory budget of the cache and of these.
    budget: u64,
    nodes_read: AtomicU64,
    bytes_read: AtomicU64,
}

/// The amount read from the file so far, without reads that the cache answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ReadCounts {
    /// Nodes.
    pub nodes: u64,
    /// Bytes of those nodes' frames.
    pub bytes: u64,
}

#[derive(Clone)]
struct NodeWeighter;

impl Weighter<u64, Arc<Node>> for NodeWeighter {
    fn weight(&self, _: &u64, node: &Arc<Node>) -> u64 {
        node.weight() as u64
    }
}

impl NodeStore {
    /// The nodes in `storage`, read with `codec`, with a cache of `cache_bytes`.
    pub fn new(storage: Arc<dyn ReadAt>, codec: Codec, cache_bytes: u64) -> Self {
        let budget = cache_bytes;
        let linked = if codec.dialect == Dialect::Mst1 { budget / LINKED_SHARE } else { 0 };
        let cache_bytes = budget - linked;
        // One shard holds any node that fits the budget; with several, the cache would silently refuse a node that is
        // heavier than one shard's share.
        let items = (cache_bytes / 1024).max(16) as usize;
        let mut options = OptionsBuilder::new();
        options.shards(1).estimated_items_capacity(items).weight_capacity(cache_bytes);
        let cache = match options.build() {
            Ok(options) => {
                Cache::with_options(options, NodeWeighter, DefaultHashBuilder::default(), DefaultLifecycle::default())
            }
            // Never reached: both required options are set above.
            Err(_) => Cache::with_weighter(items, cache_bytes, NodeWeighter),
        };
        Self {
            storage,
            codec,
            cache,
            links: LinkBudget::new(linked),
            budget,
            nodes_read: AtomicU64::new(0),
            bytes_read: AtomicU64::new(0),
        }
    }

    /// The codec that the nodes are read with.
    pub fn codec(&self) -> &Codec {
        &self.codec
    }

    /// The current length of the file, in bytes.
    ///
    /// # Errors
    /// Errors of the system.
    pub fn file_len(&self) -> io::Result<u64> {
        self.storage.len()
    }

    /// The underlying storage.
    pub fn storage(&self) -> &Arc<dyn ReadAt> {
        &self.storage
    }

    /// The node that `link` leads to, checked: its recomputed hash is the link's (I5). If the types are unknown, no
    /// hash can be recomputed, and the hash that the node carries is compared with the link's instead.
    ///
    /// Reads at most one node from the file.
    ///
    /// # Errors
    /// [`NodeError::Hash`] if the node is not the one that the link means, or those of [`NodeStore::unchecked`].
    pub fn node(&self, link: &Link) -> Result<Arc<Node>, NodeError> {
        let mut unlimited = u64::MAX;
        self.node_within(link, &mut unlimited)
    }

    /// [`NodeStore::node`] for callers that read many nodes only once: a node read from the file is cached only if its
    /// weight is within `allowance`, from which it is then subtracted.
    ///
    /// # Errors
    /// The same errors as [`NodeStore::node`].
    pub(crate) fn node_within(&self, link: &Link, allowance: &mut u64) -> Result<Arc<Node>, NodeError> {
        if let Some(node) = self.cache.get(&link.offset) {
            return self.checked(node, link);
        }
        let frame = match link.summary {
            Some(summary) => Frame::read_exact(&*self.storage, link.offset, summary.length)?,
            None => Frame::read(&*self.storage, link.offset)?,
        };
        let node = self.checked(self.take_in(frame)?, link)?;
        self.keep_within(&node, allowance);
        Ok(node)
    }

    fn checked(&self, node: Arc<Node>, link: &Link) -> Result<Arc<Node>, NodeError> {
        let offset = link.offset;
        let found = node.hash().unwrap_or(node.stored_hash());
        if found != link.hash {
            return Err(NodeError::Hash { offset, expected: link.hash, found });
        }
        if self.codec.dialect != Dialect::Mst1 {
            return Ok(node);
        }
        node.check_order()?;
        // The hash does not cover the offsets, levels, counts and lengths in the node's links; the stored check does
        // (I6).
        if node.stored_hash() != found {
            return Err(NodeError::Check { offset });
        }
        if let Some(expected) = link.summary
            && node.summary() != Some(expected)
        {
            let (expected, found) = (Box::new(expected), node.summary().map(Box::new));
            return Err(NodeError::Summary { offset, expected, found });
        }
        Ok(node)
    }

    /// The node whose frame begins at `offset`, compared with no link.
    ///
    /// # Errors
    /// If there is no readable node.
    pub fn unchecked(&self, offset: u64) -> Result<Arc<Node>, NodeError> {
        if let Some(node) = self.cache.get(&offset) {
            return Ok(node);
        }
        self.adopt(Frame::read(&*self.storage, offset)?)
    }

    /// Parses and caches a frame that was just read from the file, and counts it as read.
    ///
    /// # Errors
    /// If it does not hold a node.
    pub fn adopt(&self, frame: Frame) -> Result<Arc<Node>, NodeError> {
        let node = self.take_in(frame)?;
        self.cache.insert(node.offset(), Arc::clone(&node));
        Ok(node)
    }

    fn take_in(&self, frame: Frame) -> Result<Arc<Node>, NodeError> {
        self.nodes_read.fetch_add(1, Ordering::Relaxed);
        self.bytes_read.fetch_add(frame.bytes().len() as u64, Ordering::Relaxed);
        Ok(Arc::new(Node::parse(frame, &self.codec)?))
    }

    /// Caches a node that this process has just written.
    pub(crate) fn keep(&self, node: Node) {
        self.cache.insert(node.offset(), Arc::new(node));
    }

    /// Removes a node from the cache that the tree no longer has. Older commits can still read it.
    pub(crate) fn let_go(&self, offset: u64) {
        self.cache.remove(&offset);
    }

    /// The amount read so far.
    pub fn read_counts(&self) -> ReadCounts {
        ReadCounts { nodes: self.nodes_read.load(Ordering::Relaxed), bytes: self.bytes_read.load(Ordering::Relaxed) }
    }

    /// The budget of the inner nodes that are linked in their parents.
    pub(crate) fn links(&self) -> &Arc<LinkBudget> {
        &self.links
    }

    /// The bytes that one long range may add to the cache, so that it does not evict nodes that are used repeatedly.
    pub(crate) fn range_allowance(&self) -> u64 {
        self.budget / RANGE_SHARE
    }

    /// The memory budget of the cached nodes, in bytes.
    pub fn cache_budget(&self) -> u64 {
        self.budget
    }

    /// The memory that the cached nodes take, in bytes.
    pub fn cached_bytes(&self) -> u64 {
        self.cache.weight()
    }
}

impl fmt::Debug for NodeStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NodeStore")
            .field("codec", &self.codec)
            .field("read", &self.read_counts())
            .finish_non_exhaustive()
    }
}
