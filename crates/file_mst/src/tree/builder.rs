//! Builds the canonical tree from a stream of records and whole subtrees in key order.

use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Error;
use crate::node::hash::NodeHash;
use crate::node::level::MAX_LEVEL;
use crate::node::{Frame, Link, MAX_FRAME, MAX_NODE_KEYS, Node, NodeImage, SubtreeSummary, resolved, unhashed_link};
use crate::store::{NodeStore, Packer, TOGETHER, Totals};

/// The nodes that a build wrote and dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct BuildCounts {
    /// Nodes written.
    pub(crate) written: Totals,
    /// Nodes of the old tree that are not part of the new one.
    pub(crate) dropped: Totals,
}

/// Builds the canonical tree from a stream of records and whole subtrees in key order.
///
/// It holds one open node per level. A record closes the open nodes below its level; each closed node is hashed and
/// written once, and becomes the `pending` child of the next open one:
///
/// ```text
///   open     level 3   [ c          ...
///            level 1   [ e  h       ...      record k of level 1: closes the node of level 0, which becomes
///            level 0   [ i  j       ...                           pending, then joins [e h] with it as a child
///   pending            none                  record k of level 2: closes levels 0 and 1, opens a node of level 2
/// ```
///
/// A whole subtree is reused as it is if it fits between two keys of a higher level. Otherwise it is opened, and its
/// records and children are added one by one. Both cases give the canonical shape, since that depends on the set of
/// records alone.
pub(crate) struct Builder<'a> {
    store: &'a NodeStore,
    packer: &'a Mutex<Packer>,
    /// The open nodes, the highest level first.
    open: Vec<NodeImage>,
    /// The subtree after the last key of the lowest open node.
    pending: Option<Link>,
    /// For each level, the last opened node of the old tree: if the same node is built again, the old one is kept.
    opened: [Option<Link>; MAX_LEVEL as usize + 1],
    /// Closed nodes without children that are not hashed yet: they are hashed together, at the latest when a node with
    /// children is closed, which needs their hashes.
    unhashed: Vec<NodeImage>,
    batch: blake3_lanes::Batch,
    /// Closed images, kept to reuse their memory.
    spare: Vec<NodeImage>,
    frame: Vec<u8>,
    keep_in_cache: bool,
    counts: BuildCounts,
    /// In the right half of a tree that is built in two halves: the first node of each level, which the left half may
    /// still extend at its start.
    seam: Option<Vec<(NodeImage, Option<Link>)>>,
}

/// The right half of a tree that is built in two halves. Its first node of each level is not closed:
///
/// ```text
///   left half       ... a  c  e  |  g  i  [k m]  p ...      right half
///                                |
///   seam, lowest level first:       g  i  (level 0),  then the rest of level 1 after it, and so on;
///                                   each may get children and keys from the left half before its first key
/// ```
pub(crate) struct RightHalf {
    seam: Vec<(NodeImage, Option<Link>)>,
    /// The subtree after the seam.
    last: Option<Link>,
    counts: BuildCounts,
}

impl<'a> Builder<'a> {
    /// A builder that opens subtrees of `store` and writes nodes with `packer`. With `keep_in_cache`, written nodes are
    /// cached, since a small change is likely to be followed by another.
    pub(crate) fn new(store: &'a NodeStore, packer: &'a Mutex<Packer>, keep_in_cache: bool) -> Self {
        Self {
            store,
            packer,
            open: Vec::new(),
            pending: None,
            opened: [None; MAX_LEVEL as usize + 1],
            unhashed: Vec::new(),
            batch: blake3_lanes::Batch::default(),
            spare: Vec::new(),
            frame: Vec::new(),
            keep_in_cache,
            counts: BuildCounts::default(),
            seam: None,
        }
    }

    /// Makes this the builder of a right half.
    pub(crate) fn right_half(mut self) -> Self {
        self.seam = Some(Vec::new());
        self
    }

    /// Adds the next record, whose key is of `level`.
    pub(crate) fn record_at(&mut self, level: u8, key: &[u8], value: &[u8]) -> Result<(), Error> {
        // A subtree of this level or above cannot be a child before the key (I9): the key belongs into its right edge.
        while let Some(link) = self.pending.filter(|link| level_in(link) >= level) {
            self.reopen(link)?;
        }
        while self.open.last().is_some_and(|node| node.level() < level) {
            match &mut self.seam {
                // The highest node so far begins at the seam: the left half may extend it, so it stays open.
                Some(seam) if self.open.len() == 1 => {
                    seam.extend(self.open.pop().map(|node| (node, self.pending.take())));
                }
                _ => self.close_lowest()?,
            }
        }
        if self.open.last().is_none_or(|node| node.level() > level) {
            self.open_node(level);
        }
        let child = self.pending.take();
        if let Some(node) = self.open.last_mut() {
            if node.count() >= MAX_NODE_KEYS {
                let found = node.count() as u64 + 1;
                return Err(Error::Limit { what: "a key count in one node", found, most: MAX_NODE_KEYS as u64 });
            }
            node.push(child, key, value);
        }
        Ok(())
    }

    /// Adds a whole subtree, and opens it only as far as its neighbours require.
    pub(crate) fn subtree(&mut self, link: Link) -> Result<(), Error> {
        if link.is_empty() {
            return Ok(());
        }
        self.hash_leaves()?;
        let level = level_in(&link);
        // Two subtrees meet without a key between them, because that key was removed: the higher one on the left is
        // opened until the new one fits into its right edge.
        while let Some(pending) = self.pending.filter(|pending| level_in(pending) >= level) {
            self.reopen(pending)?;
        }
        if self.pending.is_none() && self.open.last().is_none_or(|node| node.level() > level) {
            self.pending = Some(link);
            return Ok(());
        }
        // The new subtree is the higher one: its records are added one by one.
        let node = self.open_old(&link)?;
        for index in 0..node.key_count() {
            self.child_and_record(&node, index)?;
        }
        self.subtree(last_child(&node))
    }

    /// Adds a node without children from another file, where `link` leads to it. Its bytes contain no offsets, so they
    /// are copied as they are.
    pub(crate) fn leaf(&mut self, node: &Node, link: &Link) -> Result<(), Error> {
        let offset = self.packer.lock().unwrap_or_else(PoisonError::into_inner).place(node.bytes())?;
        self.counts.written.nodes += 1;
        self.counts.written.bytes += node.bytes().len() as u64;
        self.subtree(Link { offset, hash: link.hash, summary: node.summary() })
    }

    /// Adds the child at `index` of a node of the old tree, and the record after it.
    fn child_and_record(&mut self, node: &Node, index: usize) -> Result<(), Error> {
        self.subtree(node.children().get(index).copied().unwrap_or(Link::EMPTY))?;
        match node.record(index) {
            Some(record) => self.record_at(node.level(), record.key, record.value),
            None => Ok(()),
        }
    }

    /// Reads a node of the old tree whose children and records are then added one by one. It counts as dropped until
    /// the same node is built again.
    pub(crate) fn open_old(&mut self, link: &Link) -> Result<Arc<Node>, Error> {
        let node = self.store.node(link)?;
        let summary = link.summary.or_else(|| node.summary());
        let link = Link { summary, ..*link };
        if let Some(opened) = self.opened.get_mut(usize::from(node.level())) {
            *opened = Some(link);
        }
        if self.keep_in_cache {
            self.store.let_go(link.offset);
        }
        self.counts.dropped.nodes += 1;
        self.counts.dropped.bytes += node.bytes().len() as u64;
        Ok(node)
    }

    /// Turns the pending subtree back into an open node, with its last child pending, so that more can be added at its
    /// end.
    fn reopen(&mut self, link: Link) -> Result<(), Error> {
        self.hash_leaves()?;
        let link = self.pending.take().unwrap_or(link);
        let node = self.open_old(&link)?;
        self.open_node(node.level());
        if let Some(image) = self.open.last_mut() {
            for index in 0..node.key_count() {
                if let Some(record) = node.record(index) {
                    let child = node.children().get(index).copied().filter(|link| !link.is_empty());
                    image.push(child, record.key, record.value);
                }
            }
        }
        self.pending = Some(last_child(&node)).filter(|link| !link.is_empty());
        Ok(())
    }

    fn open_node(&mut self, level: u8) {
        let mut image = self.spare.pop().unwrap_or_default();
        image.reset(level);
        self.open.push(image);
    }

    /// Hashes the lowest open node, and writes it unless the old tree had the same one. It becomes the pending subtree.
    fn close_lowest(&mut self) -> Result<(), Error> {
        if self.open.last().is_some_and(|image| image.has_children()) || self.pending.is_some() {
            self.hash_leaves()?;
        }
        let Some(mut image) = self.open.pop() else { return Ok(()) };
        let last = self.pending.take();
        let is_leaf = last.is_none() && !image.has_children();
        let opened = self.opened.get(usize::from(image.level())).is_some_and(Option::is_some);
        // A few changes are cached as nodes at once, and a node that may be one of the old tree must be compared.
        if is_leaf && !opened && !self.keep_in_cache {
            image.end(None);
            let summary = SubtreeSummary { level: image.level(), length: 0, records: image.records() };
            self.pending = Some(unhashed_link(self.unhashed.len(), summary));
            self.unhashed.push(image);
            return if self.unhashed.len() >= TOGETHER { self.hash_leaves() } else { Ok(()) };
        }
        let hash = image.close(last);
        let old = self.opened.get(usize::from(image.level())).copied().flatten().filter(|old| old.hash == hash);
        let link = match old {
            Some(old) => {
                let length = old.summary.map_or(0, |summary| u64::from(summary.length));
                self.counts.dropped.nodes = self.counts.dropped.nodes.saturating_sub(1);
                self.counts.dropped.bytes = self.counts.dropped.bytes.saturating_sub(length);
                old
            }
            None => {
                let link = self.write(&image, hash)?;
                if self.keep_in_cache {
                    let frame = Frame::from_bytes(link.offset, self.frame.clone());
                    self.store.keep(Node::from_encoded(frame, hash)?);
                }
                link
            }
        };
        self.spare.push(image);
        self.pending = Some(link);
        Ok(())
    }

    /// Writes a closed node with this hash; returns the link to it. Its frame stays in `self.frame`.
    fn write(&mut self, image: &NodeImage, hash: NodeHash) -> Result<Link, Error> {
        if image.encode(&hash, &mut self.frame).is_none() || self.frame.len() as u64 > MAX_FRAME {
            let found = self.frame.len() as u64;
            return Err(Error::Limit { what: "a node size in bytes", found, most: MAX_FRAME });
        }
        // A poisoned lock is ignored: after a panic in the other thread the whole build fails anyway.
        let offset = self.packer.lock().unwrap_or_else(PoisonError::into_inner).place(&self.frame)?;
        self.counts.written.nodes += 1;
        self.counts.written.bytes += self.frame.len() as u64;
        let (level, length) = (image.level(), self.frame.len() as u32);
        Ok(Link { offset, hash, summary: Some(SubtreeSummary { level, length, records: image.records() }) })
    }

    /// Hashes and writes the closed leaves, and puts their links where they are children.
    ///
    /// ```text
    ///   open       level 1   [ 0?  e  1?  h ...      The leaves 0, 1 and 2 are hashed together, written in this order,
    ///   pending              2?                      and each "?" becomes a link.
    /// ```
    fn hash_leaves(&mut self) -> Result<(), Error> {
        if self.unhashed.is_empty() {
            return Ok(());
        }
        let leaves = std::mem::take(&mut self.unhashed);
        let messages: Vec<&[u8]> = leaves.iter().map(NodeImage::message).collect();
        let mut hashes = Vec::new();
        self.batch.hash_each(&messages, &mut hashes);
        let mut links = Vec::with_capacity(leaves.len());
        for (image, hash) in leaves.iter().zip(hashes) {
            links.push(self.write(image, hash.into())?);
        }
        self.open.iter_mut().for_each(|image| image.resolve(&links));
        self.pending = self.pending.map(|link| resolved(&link, &links));
        self.spare.extend(leaves);
        Ok(())
    }

    /// Ends a right half: closes all open nodes except the one that begins at the seam.
    pub(crate) fn finish_right(mut self) -> Result<RightHalf, Error> {
        while self.open.len() > 1 {
            self.close_lowest()?;
        }
        self.hash_leaves()?;
        let mut seam = self.seam.take().unwrap_or_default();
        let last = self.pending.take();
        match self.open.pop() {
            Some(node) => {
                seam.push((node, last));
                Ok(RightHalf { seam, last: None, counts: self.counts })
            }
            None => Ok(RightHalf { seam, last, counts: self.counts }),
        }
    }

    /// Adds the right half of a tree after everything added so far.
    pub(crate) fn join(&mut self, right: RightHalf) -> Result<(), Error> {
        // The seam's records go through the builder again, which joins its nodes with the open ones of the left half.
        for (node, last) in &right.seam {
            for (child, key, value) in node.records_with_children() {
                self.subtree(child.unwrap_or(Link::EMPTY))?;
                self.record_at(node.level(), key, value)?;
            }
            self.subtree(last.unwrap_or(Link::EMPTY))?;
        }
        self.subtree(right.last.unwrap_or(Link::EMPTY))?;
        for (total, added) in
            [(&mut self.counts.written, right.counts.written), (&mut self.counts.dropped, right.counts.dropped)]
        {
            total.nodes += added.nodes;
            total.bytes += added.bytes;
        }
        Ok(())
    }

    /// Closes all nodes; returns the root and the counts.
    pub(crate) fn finish(mut self) -> Result<(Link, BuildCounts), Error> {
        while !self.open.is_empty() {
            self.close_lowest()?;
        }
        self.hash_leaves()?;
        Ok((self.pending.unwrap_or(Link::EMPTY), self.counts))
    }
}

fn level_in(link: &Link) -> u8 {
    link.summary.map_or(0, |summary| summary.level)
}

fn last_child(node: &Node) -> Link {
    node.children().last().copied().unwrap_or(Link::EMPTY)
}
