//! Reads many nodes at once: neighbours in the file with one read, and all of them hashed together.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use blake3_lanes::Batch;

use super::NodeStore;
use crate::node::dialect::{Dialect, PAGE};
use crate::node::{FRAME_PREFIX, Frame, Link, Node, NodeError, Unhashed};
use crate::storage::ReadAt;

/// The most nodes that are worth reading together: their bytes and messages stay in the processor's cache.
pub(crate) const TOGETHER: usize = 64;

/// The most bytes that one read takes.
const MOST_BYTES: u64 = 64 << 10;
/// Unwanted bytes between two nodes that are read rather than skipped: copying a page costs less than another call.
const MOST_GAP: u64 = PAGE;

/// A frame as it was read, in the order in which it was asked for.
type ReadFrame = Result<Frame, NodeError>;

/// Reads the frames that these links lead to. Frames that stand near each other in the file are read with one read.
/// Links that state no length, or a long one, are read one by one.
pub(crate) fn read_frames(storage: &dyn ReadAt, links: &[Link]) -> Vec<ReadFrame> {
    let mut order: Vec<(u64, u64, usize)> = links
        .iter()
        .enumerate()
        .filter_map(|(index, link)| {
            let length = u64::from(link.summary?.length);
            (FRAME_PREFIX as u64..=PAGE).contains(&length).then_some((link.offset, length, index))
        })
        .collect();
    order.sort_unstable();
    let mut frames: Vec<Option<Frame>> = links.iter().map(|_| None).collect();
    let mut buffer = Vec::new();
    let mut rest = order.as_slice();
    while let Some((first, _, _)) = rest.first() {
        let (mut end, mut count) = (*first, 0);
        for (offset, length, _) in rest {
            let next_end = end.max(offset.saturating_add(*length));
            if count > 0 && (*offset > end.saturating_add(MOST_GAP) || next_end - first > MOST_BYTES) {
                break;
            }
            (end, count) = (next_end, count + 1);
        }
        let (run, others) = rest.split_at(count);
        rest = others;
        // A frame alone is read below, straight into its own memory.
        if count < 2 {
            continue;
        }
        buffer.resize((end - first) as usize, 0);
        // A failed or short read leaves its frames to the single reads, which give the exact error of each.
        let read = storage.read_up_to(*first, &mut buffer).unwrap_or(0);
        let whole = buffer.get(..read).unwrap_or_default();
        for (offset, length, index) in run {
            let at = (offset - first) as usize;
            let bytes = whole.get(at..at + *length as usize).unwrap_or_default();
            let prefix = bytes.first_chunk::<FRAME_PREFIX>().map(|prefix| u64::from(u32::from_le_bytes(*prefix)));
            if prefix.is_some_and(|prefix| prefix + FRAME_PREFIX as u64 == *length)
                && let Some(frame) = frames.get_mut(*index)
            {
                *frame = Some(Frame::from_bytes(*offset, bytes.to_vec()));
            }
        }
    }
    let single = |link: &Link| match link.summary {
        Some(summary) => Frame::read_exact(storage, link.offset, summary.length),
        None => Frame::read(storage, link.offset),
    };
    links.iter().zip(frames).map(|(link, frame)| frame.map_or_else(|| single(link), Ok)).collect()
}

/// The nodes in frames of our own files, their hashes computed together. They are compared with no link.
pub(crate) fn parse_frames(frames: Vec<ReadFrame>) -> Vec<Result<Node, NodeError>> {
    let (mut messages, mut ends) = (Vec::new(), Vec::with_capacity(frames.len()));
    let unhashed: Vec<_> = frames
        .into_iter()
        .map(|frame| {
            let node = Unhashed::parse(frame?)?;
            node.push_message(&mut messages);
            ends.push(messages.len());
            Ok(node)
        })
        .collect();
    let starts = [0].into_iter().chain(ends.iter().copied());
    let slices: Vec<&[u8]> =
        starts.zip(&ends).map(|(start, end)| messages.get(start..*end).unwrap_or_default()).collect();
    let mut hashes = Vec::new();
    Batch::default().hash_each(&slices, &mut hashes);
    let mut hashes = hashes.into_iter();
    let mut hashed = |node: Unhashed| node.with_hash(hashes.next().unwrap_or_default().into());
    unhashed.into_iter().map(|node| node.map(&mut hashed)).collect()
}

impl NodeStore {
    /// The nodes that these links lead to, each checked as [`NodeStore::node`] does. Nothing is added to the cache, but
    /// a node in it is not read again.
    pub(crate) fn nodes_together(&self, links: &[Link]) -> Vec<Result<Arc<Node>, NodeError>> {
        if self.codec.dialect != Dialect::Mst1 {
            return links.iter().map(|link| self.node_within(link, &mut 0)).collect();
        }
        let cached: Vec<Option<Arc<Node>>> = links.iter().map(|link| self.cache.get(&link.offset)).collect();
        let missing: Vec<Link> =
            links.iter().zip(&cached).filter(|(_, node)| node.is_none()).map(|(link, _)| *link).collect();
        let mut read = self.parsed(&missing).into_iter();
        // There are as many as links that the cache did not have.
        let mut next = || read.next().unwrap_or(Err(NodeError::TypesUnknown { offset: 0 }));
        let nodes = cached.into_iter().map(|node| node.map_or_else(&mut next, Ok));
        nodes.zip(links).map(|(node, link)| self.checked(node?, link)).collect()
    }

    fn parsed(&self, links: &[Link]) -> Vec<Result<Arc<Node>, NodeError>> {
        let frames = read_frames(&*self.storage, links);
        let (nodes, bytes) = frames
            .iter()
            .flatten()
            .fold((0, 0), |(nodes, bytes), frame| (nodes + 1, bytes + frame.bytes().len() as u64));
        self.nodes_read.fetch_add(nodes, Ordering::Relaxed);
        self.bytes_read.fetch_add(bytes, Ordering::Relaxed);
        parse_frames(frames).into_iter().map(|node| node.map(Arc::new)).collect()
    }

    /// Caches a node that was read ahead, as [`NodeStore::node_within`] does.
    pub(crate) fn keep_within(&self, node: &Arc<Node>, allowance: &mut u64) {
        let weight = node.weight() as u64;
        if weight <= *allowance {
            *allowance -= weight;
            self.cache.insert(node.offset(), Arc::clone(node));
        } else {
            *allowance = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MerkleSearchTree;
    use crate::node::Codec;
    use crate::tree::walk::Step;

    /// The result of reading a node, to be compared.
    fn shown(result: Result<Arc<Node>, NodeError>) -> Result<(u64, Option<crate::NodeHash>), String> {
        result.map(|node| (node.offset(), node.hash())).map_err(|error| error.to_string())
    }

    #[test]
    fn nodes_read_together_are_those_read_alone_and_so_are_their_errors() {
        let mut tree = MerkleSearchTree::<u32, Vec<u8>>::new_temporary().unwrap();
        for id in 0..4000_u32 {
            // Some nodes are longer than a page.
            let length = if id % 97 == 0 { 3000 } else { id as usize % 50 };
            tree.insert(id, vec![id as u8; length]).unwrap();
        }
        tree.flush().unwrap();
        let snapshot = tree.snapshot().unwrap();
        let storage = snapshot.tree().store().storage();
        let mut bytes = vec![0; storage.len().unwrap() as usize];
        storage.read_up_to(0, &mut bytes).unwrap();
        let mut links = vec![snapshot.root()];
        for step in snapshot.tree().walk() {
            if let Step::Node { node, .. } = step {
                links.extend(node.children().iter().filter(|link| !link.is_empty()));
            }
        }
        assert!(links.len() > 200 && links.iter().any(|link| u64::from(link.summary.unwrap().length) > PAGE));
        for flipped in 0..40 {
            let mut bytes = bytes.clone();
            // Lengths, checks and contents of some nodes, and the end of the file.
            for link in links.iter().skip(flipped).step_by(41) {
                bytes[link.offset as usize + flipped] ^= u8::from(flipped > 0);
            }
            bytes.truncate(bytes.len() - 1000 * (flipped / 20));
            let store = |bytes: &Vec<u8>| NodeStore::new(Arc::new(bytes.clone()), Codec::MST1, 0);
            let (together, alone) = (store(&bytes), store(&bytes));
            for links in links.chunks(1 + flipped) {
                let expected: Vec<_> = links.iter().map(|link| shown(alone.node(link))).collect();
                let found: Vec<_> = together.nodes_together(links).into_iter().map(shown).collect();
                assert_eq!(found, expected, "{flipped}");
            }
        }
    }
}
