//! A node under construction: its records are collected as the message that its hash is computed over.

use super::mst1::{CHECK_BYTES, HAS_LINKS, LINK_BYTES, UNIFORM_KEYS, UNIFORM_VALUES, check_of, push_link};
use super::{FRAME_PREFIX, Link, MAX_FRAME, SubtreeSummary, push_varint, varint_length};
use crate::node::hash::NodeHash;

/// Where the first child's hash begins in the hashed message: after level and key count.
const HEAD: usize = 12;
const HASH: usize = 32;
const LENGTH: usize = 8;

/// Offsets from here on, which no file has, mark links to nodes that are not hashed yet.
const UNHASHED: u64 = 1 << 63;

/// A node under construction.
///
/// Records and child hashes are collected in exactly the form in which they are hashed, so closing a node hashes one
/// contiguous buffer, and keys and values are copied only once:
///
/// ```text
/// message:  level count | child 0 | len key len value | child 1 | len key len value | ... | last child
///           12 bytes      32        8       8           32
/// ```
#[derive(Debug, Default)]
pub(crate) struct NodeImage {
    level: u8,
    count: usize,
    message: Vec<u8>,
    /// The present children, by index.
    children: Vec<(usize, Link)>,
    /// The children that are not hashed yet: where each stands in `children`, and its hash in the message.
    unhashed: Vec<(usize, usize)>,
    keys: Lengths,
    values: Lengths,
}

/// Statistics of the lengths of keys, or of values.
#[derive(Clone, Copy, Debug, Default)]
struct Lengths {
    first: usize,
    differ: bool,
    total: usize,
    varints: usize,
}

impl Lengths {
    fn add(&mut self, length: usize, is_first: bool) {
        if is_first {
            self.first = length;
        }
        self.differ |= length != self.first;
        self.total += length;
        self.varints += varint_length(length as u64);
    }

    /// The number of bytes that the items take in a node.
    fn encoded(&self) -> usize {
        self.total + if self.differ { self.varints } else { varint_length(self.first as u64) }
    }
}

impl NodeImage {
    /// Makes this an empty node of `level`, reusing its memory.
    pub(crate) fn reset(&mut self, level: u8) {
        self.level = level;
        self.count = 0;
        self.message.clear();
        self.message.resize(HEAD, 0);
        self.children.clear();
        self.unhashed.clear();
        self.keys = Lengths::default();
        self.values = Lengths::default();
    }

    pub(crate) fn level(&self) -> u8 {
        self.level
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The number of records in the node and below it.
    pub(crate) fn records(&self) -> u64 {
        let below: u64 = self.children.iter().filter_map(|(_, link)| link.summary).map(|summary| summary.records).sum();
        below + self.count as u64
    }

    /// Adds the child before the next key; `None` if there is nothing between the keys.
    fn push_child(&mut self, child: Option<Link>) {
        match child {
            Some(link) => {
                if unhashed_number(&link).is_some() {
                    self.unhashed.push((self.children.len(), self.message.len()));
                }
                self.message.extend_from_slice(link.hash.as_bytes());
                self.children.push((self.count, link));
            }
            None => self.message.extend_from_slice(NodeHash::EMPTY.as_bytes()),
        }
    }

    /// Adds a child and the record after it.
    pub(crate) fn push(&mut self, child: Option<Link>, key: &[u8], value: &[u8]) {
        self.push_child(child);
        let is_first = self.count == 0;
        self.keys.add(key.len(), is_first);
        self.values.add(value.len(), is_first);
        for item in [key, value] {
            self.message.extend_from_slice(&(item.len() as u64).to_le_bytes());
            self.message.extend_from_slice(item);
        }
        self.count += 1;
    }

    /// Adds the last child and takes the hash. Costs one hash of the whole node.
    pub(crate) fn close(&mut self, last: Option<Link>) -> NodeHash {
        self.end(last);
        blake3::hash(&self.message).into()
    }

    /// Whether the node has children.
    pub(crate) fn has_children(&self) -> bool {
        !self.children.is_empty()
    }

    /// The message that the hash is computed over, after [`NodeImage::end`].
    pub(crate) fn message(&self) -> &[u8] {
        &self.message
    }

    /// Replaces the links to children that were not hashed by those that they have now.
    pub(crate) fn resolve(&mut self, links: &[Link]) {
        for (child, hash_at) in self.unhashed.drain(..) {
            let Some((_, link)) = self.children.get_mut(child) else { continue };
            *link = resolved(link, links);
            if let Some(to) = self.message.get_mut(hash_at..hash_at + HASH) {
                to.copy_from_slice(link.hash.as_bytes());
            }
        }
    }

    /// Adds the last child, so that the message is whole.
    pub(crate) fn end(&mut self, last: Option<Link>) {
        self.push_child(last);
        let level = u32::from(self.level).to_le_bytes();
        let count = (self.count as u64).to_le_bytes();
        self.message.iter_mut().zip(level.into_iter().chain(count)).for_each(|(to, from)| *to = from);
    }

    /// Writes the frame of the closed node, whose hash is `hash`, into `to`. Returns `None` if it exceeds
    /// [`MAX_FRAME`].
    pub(crate) fn encode(&self, hash: &NodeHash, to: &mut Vec<u8>) -> Option<()> {
        to.clear();
        if self.message.len() as u64 > MAX_FRAME {
            return None;
        }
        to.resize(FRAME_PREFIX + CHECK_BYTES, 0);
        let flag = |condition: bool, flag: u8| if condition { flag } else { 0 };
        let flags = flag(!self.children.is_empty(), HAS_LINKS)
            | flag(!self.keys.differ, UNIFORM_KEYS)
            | flag(!self.values.differ, UNIFORM_VALUES);
        to.extend_from_slice(&[self.level, flags]);
        to.reserve(
            self.keys.encoded() + self.values.encoded() + LINK_BYTES * self.children.len() + self.count / 8 + 16,
        );
        push_varint(to, self.count as u64);
        for lengths in [self.keys, self.values] {
            if !lengths.differ {
                push_varint(to, lengths.first as u64);
            }
        }
        for (key, _) in self.records_of_message() {
            if self.keys.differ {
                push_varint(to, key.len() as u64);
            }
            to.extend_from_slice(key);
        }
        for (_, value) in self.records_of_message() {
            if self.values.differ {
                push_varint(to, value.len() as u64);
            }
            to.extend_from_slice(value);
        }
        let checked = self.encode_links(to);
        // Length and check stand first, but are known last (I6, I12).
        let check = check_of(hash, &checked);
        let length = ((to.len() - FRAME_PREFIX) as u32).to_le_bytes();
        to.iter_mut().zip(length.into_iter().chain(check)).for_each(|(to, from)| *to = from);
        Some(())
    }

    /// Appends the links; returns their bytes without the children's hashes, which the check covers.
    fn encode_links(&self, to: &mut Vec<u8>) -> Vec<u8> {
        if self.children.is_empty() {
            return Vec::new();
        }
        let bits_at = to.len();
        to.resize(bits_at + (self.count + 1).div_ceil(8), 0);
        for (index, _) in &self.children {
            if let Some(byte) = to.get_mut(bits_at + index / 8) {
                *byte |= 1 << (index % 8);
            }
        }
        let mut checked = to.get(bits_at..).unwrap_or_default().to_vec();
        for (_, link) in &self.children {
            push_link(to, &mut checked, link);
        }
        checked
    }

    /// The records, each with the child before it.
    pub(crate) fn records_with_children(&self) -> impl Iterator<Item = (Option<Link>, &[u8], &[u8])> {
        let mut children = self.children.iter().peekable();
        self.records_of_message().enumerate().map(move |(index, (key, value))| {
            let child = children.next_if(|(before, _)| *before == index).map(|(_, link)| *link);
            (child, key, value)
        })
    }

    /// The keys and values, read back from the hashed message.
    fn records_of_message(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut rest = self.message.get(HEAD..).unwrap_or_default();
        (0..self.count).map_while(move |_| {
            rest = rest.get(HASH..)?;
            let key = take_item(&mut rest)?;
            Some((key, take_item(&mut rest)?))
        })
    }
}

/// A link to a node that is not hashed yet, and whose place in the file is unknown: the one with this number among them.
pub(crate) fn unhashed_link(number: usize, summary: SubtreeSummary) -> Link {
    Link { offset: UNHASHED + number as u64, hash: [0xff; HASH].into(), summary: Some(summary) }
}

/// The number of a link that [`unhashed_link`] made.
fn unhashed_number(link: &Link) -> Option<usize> {
    link.offset.checked_sub(UNHASHED).map(|number| number as usize)
}

/// The link itself, or the one of `links` that it stands for.
pub(crate) fn resolved(link: &Link, links: &[Link]) -> Link {
    unhashed_number(link).and_then(|number| links.get(number)).copied().unwrap_or(*link)
}

fn take_item<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<LENGTH>()?;
    let (item, after) = after.split_at_checked(u64::from_le_bytes(*length) as usize)?;
    *rest = after;
    Some(item)
}

#[cfg(test)]
mod tests {
    use super::super::{Codec, Frame, Node};
    use super::*;

    fn encoded(image: &mut NodeImage, last: Option<Link>) -> (NodeHash, Vec<u8>) {
        let hash = image.close(last);
        let mut bytes = Vec::new();
        image.encode(&hash, &mut bytes).unwrap();
        (hash, bytes)
    }

    fn parsed(bytes: &[u8], offset: u64) -> Result<Node, super::super::NodeError> {
        Node::parse(Frame::from_bytes(offset, bytes.to_vec()), &Codec::MST1)
    }

    fn inner() -> (NodeImage, Link) {
        let child = Link {
            offset: 7777,
            hash: [9; 32].into(),
            summary: Some(SubtreeSummary { level: 2, length: 300, records: 400 }),
        };
        let mut image = NodeImage::default();
        image.reset(3);
        image.push(None, b"a", b"one");
        image.push(Some(child), b"bb", b"two");
        image.push(None, b"cc", b"");
        (image, child)
    }

    #[test]
    fn an_encoded_node_is_read_back() {
        let (mut image, child) = inner();
        let (hash, bytes) = encoded(&mut image, Some(child));
        let node = parsed(&bytes, 4096).unwrap();
        assert_eq!((node.hash(), node.stored_hash()), (Some(hash), hash));
        assert_eq!((node.level(), node.key_count(), node.records_below()), (3, 3, Some(803)));
        assert_eq!(node.children(), [Link::EMPTY, child, Link::EMPTY, child]);
        let record = node.record(1).unwrap();
        assert_eq!((record.key, record.value), (b"bb".as_slice(), b"two".as_slice()));
    }

    #[test]
    fn records_of_one_length_have_no_length_bytes() {
        let mut image = NodeImage::default();
        image.reset(0);
        for id in 0..16_u64 {
            image.push(None, &id.to_be_bytes(), &[7; 32]);
        }
        let (hash, bytes) = encoded(&mut image, None);
        assert_eq!(bytes.len(), 4 + 8 + 2 + 3 + 16 * 40);
        let node = parsed(&bytes, 4096).unwrap();
        assert_eq!(node.hash(), Some(hash));
        assert!(node.children().is_empty());
        assert_eq!(node.record(15).unwrap().key, 15_u64.to_be_bytes());
        assert!(node.record(16).is_none());
    }

    #[test]
    fn every_flipped_bit_is_detected() {
        let (mut image, child) = inner();
        let (hash, bytes) = encoded(&mut image, Some(child));
        let mut leaf = NodeImage::default();
        leaf.reset(0);
        leaf.push(None, b"12345678", b"x");
        leaf.push(None, b"12345679", b"yy");
        let (leaf_hash, leaf_bytes) = encoded(&mut leaf, None);
        for (hash, bytes) in [(hash, bytes), (leaf_hash, leaf_bytes)] {
            for bit in 8 * FRAME_PREFIX..8 * bytes.len() {
                let mut damaged = bytes.clone();
                damaged[bit / 8] ^= 1 << (bit % 8);
                if let Ok(node) = parsed(&damaged, 4096) {
                    assert!(node.hash() != Some(hash) || node.stored_hash() != hash, "bit {bit}");
                }
            }
            for end in 0..bytes.len() {
                assert!(parsed(&bytes[..end], 4096).is_err(), "cut at {end}");
            }
        }
    }
}
