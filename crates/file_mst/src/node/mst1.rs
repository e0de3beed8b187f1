//! Nodes of our own files, as `docs/FORMAT.md` lays them out.
//!
//! ```text
//! u32 LE   length of what follows
//! 8        check: the first 8 bytes of the node hash or, in a node with links, of blake3(node hash, the bytes of the
//!          links without their hashes)
//! u8       level
//! u8       flags: 1 has links, 2 keys of one length, 4 values of one length
//! varint   key count n, at least 1
//! varint   the length of each key        if flag 2
//! varint   the length of each value      if flag 4
//!          each key,   before it its length as a varint unless flag 2
//!          each value, before it its length as a varint unless flag 4
//! links, if flag 1:
//!   bits   n + 1, lowest first, in whole bytes: which children are present
//!   for each present child 53 bytes:
//!     u64 LE   offset of its frame, below 2^48
//!     32       hash
//!     u8       level
//!     u64 LE   records in it and below it
//!     u32 LE   length of its frame
//! ```
//!
//! The bytes of the links without their hashes are the bits, and the other 21 bytes of each link. Each node has exactly
//! one form (I12), so no bit of it can change unnoticed.

use std::ops::Range;

use super::fields::{Field, FieldKind, Trace, Untraced};
use super::{FRAME_PREFIX, Frame, Link, Node, NodeError, RecordSpan, Records, SubtreeSummary, Uniform, take_varint};
use crate::node::dialect::PAGE;
use crate::node::hash::NodeHash;
use crate::node::level::MAX_LEVEL;

/// The length of a node's check, in bytes.
pub const CHECK_BYTES: usize = 8;

/// The most keys in one node of our own files. A key's level depends on its hash, so no set of honest keys comes near
/// this limit; a set that was chosen to crowd one node is refused.
pub const MAX_NODE_KEYS: usize = 1 << 20;

/// The start of the expectation that a node with no key, or with more keys than it has room for, fails.
pub(crate) const KEY_COUNT: &str = "a key count of";
/// The start of the expectation that a link with too high a level fails.
pub(crate) const CHILD_LEVEL: &str = "the level of a child, below";

/// The length of a link, in bytes.
pub(super) const LINK_BYTES: usize = 53;
/// The parts of a link: offset, hash, level, records, frame length.
const LINK: [Range<usize>; 5] = [0..8, 8..40, 40..41, 41..49, 49..LINK_BYTES];

/// Offsets are below this: the upper 16 bits are reserved for version 2, whose trees may consist of several files.
pub(crate) const MAX_OFFSET: u64 = 1 << 48;

/// The node has at least one child.
pub(super) const HAS_LINKS: u8 = 1;
/// All keys have one length, which is stored once.
pub(super) const UNIFORM_KEYS: u8 = 2;
/// All values have one length, which is stored once.
pub(super) const UNIFORM_VALUES: u8 = 4;

/// The check that a node carries (I6). It covers the node's hash, and `checked`: the bytes of its links without the
/// children's hashes, which the node's own hash covers already.
pub(super) fn check_of(hash: &NodeHash, checked: &[u8]) -> [u8; CHECK_BYTES] {
    let first = |hash: &NodeHash| hash.as_bytes().first_chunk::<CHECK_BYTES>().copied().unwrap_or_default();
    if checked.is_empty() {
        return first(hash);
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(hash.as_bytes()).update(checked);
    first(&hasher.finalize().into())
}

/// Appends a link to `to`, and to `checked` its bytes without the hash.
pub(super) fn push_link(to: &mut Vec<u8>, checked: &mut Vec<u8>, link: &Link) {
    let SubtreeSummary { level, length, records } =
        link.summary.unwrap_or(SubtreeSummary { level: 0, length: 0, records: 0 });
    let start = checked.len();
    checked.extend_from_slice(&link.offset.to_le_bytes());
    let after_offset = checked.len();
    checked.push(level);
    checked.extend_from_slice(&records.to_le_bytes());
    checked.extend_from_slice(&length.to_le_bytes());
    to.extend_from_slice(checked.get(start..after_offset).unwrap_or_default());
    to.extend_from_slice(link.hash.as_bytes());
    to.extend_from_slice(checked.get(after_offset..).unwrap_or_default());
}

impl Node {
    /// Reads a node of our own files from its frame and recomputes its hash.
    ///
    /// # Errors
    /// [`NodeError::Malformed`], with the offending byte.
    pub(super) fn parse_mst1(frame: Frame) -> Result<Self, NodeError> {
        let unhashed = Unhashed::parse(frame)?;
        let hash = unhashed.node.recomputed_hash().unwrap_or_default();
        Ok(unhashed.with_hash(hash))
    }
}

/// A node of our own files that was read, but whose hash is not computed yet: nothing in it may be believed.
pub(crate) struct Unhashed {
    node: Node,
    check: [u8; CHECK_BYTES],
    /// The bytes of the links without the hashes.
    checked: Vec<u8>,
}

impl Unhashed {
    /// Reads a node from its frame.
    ///
    /// # Errors
    /// [`NodeError::Malformed`], with the offending byte.
    pub(crate) fn parse(frame: Frame) -> Result<Self, NodeError> {
        let mut reader = Reader::new(&frame, Untraced);
        let Parts { check, level, records, children, checked } = reader.node()?;
        let records_below = records.and_below(&children);
        let mut node = Node {
            frame,
            level,
            records,
            children,
            stored_hash: NodeHash::EMPTY,
            hash: None,
            records_below,
            rises: true,
            linked: Default::default(),
        };
        node.rises = node.first_disorder().is_none();
        Ok(Self { node, check, checked })
    }

    /// Appends the message that the node's hash is computed over.
    pub(crate) fn push_message(&self, to: &mut Vec<u8>) {
        self.node.push_message(to);
    }

    /// The node, whose message has this hash.
    pub(crate) fn with_hash(self, hash: NodeHash) -> Node {
        let Self { mut node, check, checked } = self;
        node.hash = Some(hash);
        node.stored_hash = if check_of(&hash, &checked) == check {
            hash
        } else {
            // The 8 bytes of a check that does not hold are never equal to a hash: the other 24 are zeros.
            let mut shown = [0; 32];
            shown.iter_mut().zip(check).for_each(|(to, from)| *to = from);
            shown.into()
        };
        node
    }
}

impl Node {
    /// Reads a frame that this process has just encoded, and whose hash it therefore knows.
    ///
    /// # Errors
    /// [`NodeError::Malformed`], which would be a bug of the encoder.
    pub(crate) fn from_encoded(frame: Frame, hash: NodeHash) -> Result<Self, NodeError> {
        let mut reader = Reader::new(&frame, Untraced);
        let Parts { level, records, children, .. } = reader.node()?;
        let records_below = records.and_below(&children);
        Ok(Self {
            frame,
            level,
            records,
            children,
            stored_hash: hash,
            hash: Some(hash),
            records_below,
            rises: true,
            linked: Default::default(),
        })
    }
}

impl Node {
    /// Records the fields of a frame of ours, as far as it can be read.
    pub(super) fn trace_mst1(frame: &Frame, fields: &mut Vec<Field>) {
        let mut reader = Reader::new(frame, std::mem::take(fields));
        // The caller parses the frame as well, and gets the error there.
        let _ = reader.node();
        *fields = reader.trace;
    }
}

struct Parts {
    check: [u8; CHECK_BYTES],
    level: u8,
    records: Records,
    children: Vec<Link>,
    /// The bytes of the links without the hashes.
    checked: Vec<u8>,
}

/// The least length at which `count` keys of one length can all differ.
fn least_length(count: usize) -> usize {
    let bits = usize::BITS - count.saturating_sub(1).leading_zeros();
    bits.div_ceil(8) as usize
}

/// The least total length of `count` different keys: one key of no bytes, 256 keys of one byte, and so on.
fn least_bytes(count: usize) -> usize {
    let (mut bytes, mut left, mut of_this_length) = (0_usize, count, 1_usize);
    for length in 0.. {
        let taken = left.min(of_this_length);
        bytes = bytes.saturating_add(taken.saturating_mul(length));
        left -= taken;
        if left == 0 {
            break;
        }
        of_this_length = of_this_length.saturating_mul(256);
    }
    bytes
}

/// Reads the fields of a frame in order. Positions count from the frame's start.
struct Reader<'a, T> {
    offset: u64,
    bytes: &'a [u8],
    at: usize,
    trace: T,
}

impl<'a, T: Trace> Reader<'a, T> {
    fn new(frame: &'a Frame, trace: T) -> Self {
        Self { offset: frame.offset(), bytes: frame.bytes(), at: FRAME_PREFIX, trace }
    }

    /// Records the bytes from `start` to here as a field.
    fn field(&mut self, start: usize, kind: FieldKind, number: Option<u64>) {
        self.trace.field(start..self.at, kind, number);
    }

    fn malformed(&self, at: usize, expected: impl Into<String>, found: impl Into<String>) -> NodeError {
        let at = self.offset + at as u64;
        NodeError::Malformed { offset: self.offset, at, expected: expected.into(), found: found.into() }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, length: usize, what: &str) -> Result<Range<usize>, NodeError> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.bytes.len());
        let Some(end) = end else {
            return Err(self.malformed(self.at, format!("{length} bytes of {what}"), "the end of the node"));
        };
        let start = std::mem::replace(&mut self.at, end);
        Ok(start..end)
    }

    fn byte(&mut self, what: &str) -> Result<u8, NodeError> {
        let span = self.take(1, what)?;
        Ok(self.bytes.get(span.start).copied().unwrap_or_default())
    }

    fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], NodeError> {
        let span = self.take(N, what)?;
        Ok(self.bytes.get(span).and_then(|bytes| bytes.first_chunk()).copied().unwrap_or([0; N]))
    }

    fn varint(&mut self, what: &str) -> Result<u64, NodeError> {
        let Some((value, length)) = take_varint(self.rest()) else {
            return Err(self.malformed(self.at, format!("{what}, as a shortest varint"), "other bytes"));
        };
        self.at += length;
        Ok(value)
    }

    /// A varint that counts the bytes or items that follow, at most `max`.
    fn count(&mut self, what: &str, max: usize, kind: FieldKind) -> Result<usize, NodeError> {
        let at = self.at;
        let value = self.varint(what)?;
        self.field(at, kind, Some(value));
        match usize::try_from(value).ok().filter(|value| *value <= max) {
            Some(value) => Ok(value),
            None => Err(self.malformed(at, format!("{what} of at most {max}"), value.to_string())),
        }
    }

    fn level(&mut self, what: &str, kind: FieldKind) -> Result<u8, NodeError> {
        let at = self.at;
        let level = self.byte(what)?;
        self.field(at, kind, Some(u64::from(level)));
        if level > MAX_LEVEL {
            return Err(self.malformed(at, format!("{what} of 0 to {MAX_LEVEL}"), level.to_string()));
        }
        Ok(level)
    }

    fn node(&mut self) -> Result<Parts, NodeError> {
        let check_at = self.at;
        let check = self.array("check")?;
        self.field(check_at, FieldKind::Check, None);
        let level = self.level("the level", FieldKind::Level)?;
        let flags_at = self.at;
        let flags = self.byte("flags")?;
        self.field(flags_at, FieldKind::Flags, Some(u64::from(flags)));
        if flags & !(HAS_LINKS | UNIFORM_KEYS | UNIFORM_VALUES) != 0 {
            return Err(self.malformed(flags_at, "flags of 0 to 7", flags.to_string()));
        }
        let count_at = self.at;
        // Keys differ, so all but one of them take at least one byte: the rest of the frame bounds the count.
        let count = self.count("a key count", self.rest().len().min(MAX_NODE_KEYS), FieldKind::KeyCount)?;
        if count == 0 {
            return Err(self.malformed(count_at, format!("{KEY_COUNT} at least 1"), "0"));
        }
        let max = self.rest().len();
        let mut width = |flag, what, kind| (flags & flag != 0).then(|| self.count(what, max, kind)).transpose();
        let key_length = width(UNIFORM_KEYS, "a key length", FieldKind::KeyWidth)?;
        let value_length = width(UNIFORM_VALUES, "a value length", FieldKind::ValueWidth)?;
        // Nothing is allocated for keys that cannot all differ.
        let room = self.rest().len();
        let differ = match key_length {
            Some(length) => least_length(count) <= length,
            None => least_bytes(count).saturating_add(count) <= room,
        };
        if !differ {
            let expected = format!("{KEY_COUNT} as many as can differ in the {room} bytes that follow");
            return Err(self.malformed(count_at, expected, count.to_string()));
        }
        let records = self.records(count, key_length, value_length)?;
        let (children, checked) = if flags & HAS_LINKS != 0 { self.links(level, count)? } else { Default::default() };
        if !self.rest().is_empty() {
            let found = format!("{} more bytes", self.rest().len());
            return Err(self.malformed(self.at, "the end of the node", found));
        }
        Ok(Parts { check, level, records, children, checked })
    }

    fn records(&mut self, count: usize, key: Option<usize>, value: Option<usize>) -> Result<Records, NodeError> {
        if let (Some(key_length), Some(value_length)) = (key, value) {
            let keys = self.take(count.saturating_mul(key_length), "keys")?;
            self.fields_of_one_length(&keys, count, key_length, FieldKind::Key);
            let values = self.take(count.saturating_mul(value_length), "values")?;
            self.fields_of_one_length(&values, count, value_length, FieldKind::Value);
            let (keys_at, values_at) = (keys.start, values.start);
            return Ok(Records::Uniform(Uniform { count, keys_at, key_length, values_at, value_length }));
        }
        let start = self.at;
        let mut spans = Vec::with_capacity(count);
        for index in 0..count {
            let span = self.item("key", key, FieldKind::KeyLength(index), FieldKind::Key(index))?;
            spans.push(RecordSpan::of_key(&span, span.start));
        }
        for (index, span) in spans.iter_mut().enumerate() {
            span.set_value(&self.item("value", value, FieldKind::ValueLength(index), FieldKind::Value(index))?);
        }
        let one_length = |length: fn(&RecordSpan) -> usize| {
            spans.windows(2).all(|pair| match pair {
                [left, right] => length(left) == length(right),
                _ => true,
            })
        };
        if key.is_none() && one_length(|span| span.key().len())
            || value.is_none() && one_length(|span| span.value().len())
        {
            // I12: the flag for one length must be set whenever it is true.
            return Err(self.malformed(start, "one length for all, since all are equal", "a length for each"));
        }
        Ok(Records::Delimited(spans))
    }

    /// Records items that stand one after the other in `span`, without a length before each.
    fn fields_of_one_length(&mut self, span: &Range<usize>, count: usize, length: usize, kind: fn(usize) -> FieldKind) {
        for index in 0..if T::ON { count } else { 0 } {
            let start = span.start + index * length;
            self.trace.field(start..start + length, kind(index), None);
        }
    }

    fn item(
        &mut self,
        what: &str,
        length: Option<usize>,
        length_kind: FieldKind,
        kind: FieldKind,
    ) -> Result<Range<usize>, NodeError> {
        let length = match length {
            Some(length) => length,
            None => self.count(what, self.rest().len(), length_kind)?,
        };
        let span = self.take(length, what)?;
        self.field(span.start, kind, None);
        Ok(span)
    }

    fn links(&mut self, level: u8, count: usize) -> Result<(Vec<Link>, Vec<u8>), NodeError> {
        let bits_at = self.at;
        let bits = self.take((count + 1).div_ceil(8), "child bits")?;
        self.field(bits_at, FieldKind::ChildBits, None);
        let bits = self.bytes.get(bits).unwrap_or_default();
        let is_present = |index: usize| bits.get(index / 8).is_some_and(|byte| byte >> (index % 8) & 1 != 0);
        if bits.iter().all(|byte| *byte == 0) || (count + 1..bits.len() * 8).any(is_present) {
            return Err(self.malformed(bits_at, "at least one child bit, and none past the last child", "other bits"));
        }
        let present: usize = bits.iter().map(|byte| byte.count_ones() as usize).sum();
        // The bytes of the links are taken before anything is allocated for them.
        let table = self.take(present.saturating_mul(LINK_BYTES), "links")?;
        let rows = self.bytes.get(table.clone()).unwrap_or_default().chunks_exact(LINK_BYTES);
        let mut rows = (table.start..).step_by(LINK_BYTES).zip(rows);
        let mut children = Vec::with_capacity(count + 1);
        let mut checked = Vec::with_capacity(bits.len() + present * (LINK_BYTES - LINK[1].len()));
        checked.extend_from_slice(bits);
        for index in 0..=count {
            let row = if is_present(index) { rows.next() } else { None };
            children.push(match row {
                Some((at, row)) => self.link(level, index, at, row, &mut checked)?,
                None => Link::EMPTY,
            });
        }
        Ok((children, checked))
    }

    /// The link whose bytes are `row`, which begins at `at`. Its bytes without the hash are added to `checked`.
    fn link(
        &mut self,
        parent_level: u8,
        index: usize,
        at: usize,
        row: &[u8],
        checked: &mut Vec<u8>,
    ) -> Result<Link, NodeError> {
        let [offset, hash, level, records, length] = LINK.map(|span| row.get(span).unwrap_or_default());
        checked.extend_from_slice(offset);
        checked.extend_from_slice(row.get(LINK[2].start..).unwrap_or_default());
        let hash = NodeHash::from(hash.first_chunk().copied().unwrap_or_default());
        let [offset, level, records, length] = [offset, level, records, length].map(number);
        if T::ON {
            let kinds = [
                (FieldKind::LinkOffset(index), Some(offset)),
                (FieldKind::LinkHash(index), None),
                (FieldKind::LinkLevel(index), Some(level)),
                (FieldKind::LinkRecords(index), Some(records)),
                (FieldKind::LinkLength(index), Some(length)),
            ];
            for ((kind, number), span) in kinds.into_iter().zip(LINK) {
                self.trace.field(at + span.start..at + span.end, kind, number);
            }
        }
        // A child may stand before or after its parent: each frame goes where it fills a page best. Links still form no
        // loop, since levels fall (I9).
        if offset < PAGE {
            return Err(self.malformed(at, "the offset of a child, after page 0", offset.to_string()));
        }
        if offset >= MAX_OFFSET {
            return Err(self.malformed(at, "the offset of a child, below 2^48", offset.to_string()));
        }
        if hash.is_empty() {
            return Err(self.malformed(at + LINK[1].start, "the hash of a child", "zeros"));
        }
        let low = u8::try_from(level).ok().filter(|level| *level < parent_level);
        let Some(level) = low else {
            let expected = format!("{CHILD_LEVEL} {parent_level}");
            return Err(self.malformed(at + LINK[2].start, expected, level.to_string()));
        };
        let summary = SubtreeSummary { level, length: u32::try_from(length).unwrap_or(u32::MAX), records };
        Ok(Link { offset, hash, summary: Some(summary) })
    }
}

/// The number of up to eight bytes, the lowest first.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::{Codec, NodeImage, push_varint};

    /// The frame of a node: flags, key count, the one length of keys, of values, and what follows.
    fn frame(flags: u8, count: usize, lengths: [Option<u64>; 2], rest: &[u8]) -> Frame {
        let mut bytes = vec![0; FRAME_PREFIX + CHECK_BYTES];
        bytes.extend([1, flags]);
        push_varint(&mut bytes, count as u64);
        lengths.into_iter().flatten().for_each(|length| push_varint(&mut bytes, length));
        bytes.extend_from_slice(rest);
        let follow = (bytes.len() - FRAME_PREFIX) as u32;
        drop(bytes.splice(..FRAME_PREFIX, follow.to_le_bytes()));
        Frame::from_bytes(4096, bytes)
    }

    fn refused(frame: Frame) -> String {
        Node::parse(frame, &Codec::MST1).unwrap_err().to_string()
    }

    /// A node of level 1 with two records and its second child, and where the link begins in the frame.
    fn with_a_child(change: impl FnOnce(&mut Vec<u8>, usize)) -> Result<Node, NodeError> {
        let child = Link {
            summary: Some(SubtreeSummary { level: 0, length: 100, records: 1 }),
            ..Link::new(4096, [7; 32].into())
        };
        let mut image = NodeImage::default();
        image.reset(1);
        image.push(None, b"one", b"1");
        image.push(Some(child), b"two", b"2");
        let hash = image.close(None);
        let mut bytes = Vec::new();
        image.encode(&hash, &mut bytes).unwrap();
        let link = bytes.len() - LINK_BYTES;
        change(&mut bytes, link);
        let follow = (bytes.len() - FRAME_PREFIX) as u32;
        drop(bytes.splice(..FRAME_PREFIX, follow.to_le_bytes()));
        Node::parse(Frame::from_bytes(8192, bytes), &Codec::MST1)
    }

    fn put(bytes: &mut [u8], at: usize, what: &[u8]) {
        bytes.iter_mut().skip(at).zip(what).for_each(|(to, from)| *to = *from);
    }

    /// Values that no link may have are refused before any check is computed.
    #[test]
    fn a_link_leads_to_a_node_after_page_0_that_has_a_hash_and_a_lower_level() {
        assert!(with_a_child(|_, _| {}).is_ok());
        let refused = |change: &dyn Fn(&mut Vec<u8>, usize)| with_a_child(change).unwrap_err().to_string();
        for offset in [0, 1, 4095_u64] {
            let error = refused(&|bytes, link| put(bytes, link, &offset.to_le_bytes()));
            assert!(error.contains("after page 0"), "{error}");
        }
        // The upper 16 bits have no meaning yet.
        for bit in 48..64 {
            let offset = 4096 | 1_u64 << bit;
            let error = refused(&|bytes, link| put(bytes, link, &offset.to_le_bytes()));
            assert!(error.contains("below 2^48"), "{error}");
        }
        assert!(with_a_child(|bytes, link| put(bytes, link, &(MAX_OFFSET - 1).to_le_bytes())).is_ok());
        let error = refused(&|bytes, link| put(bytes, link + 8, &[0; 32]));
        assert!(error.contains("the hash of a child"), "{error}");
        for level in [1, 2, 64, 65, 255] {
            let error = refused(&|bytes, link| put(bytes, link + 40, &[level]));
            assert!(error.contains("below 1"), "{error}");
        }
    }

    /// A node has one form (I12): no byte after its links, exactly as many links as bits, no bit past the last child.
    #[test]
    fn a_node_ends_with_its_last_link() {
        let refused = |change: &dyn Fn(&mut Vec<u8>, usize)| with_a_child(change).unwrap_err().to_string();
        let error = refused(&|bytes, _| bytes.push(0));
        assert!(error.contains("the end of the node"), "{error}");
        let error = refused(&|bytes, _| bytes.extend([1; LINK_BYTES]));
        assert!(error.contains("the end of the node"), "{error}");
        let error = refused(&|bytes, _| bytes.truncate(bytes.len() - 1));
        assert!(error.contains("53 bytes of links"), "{error}");
        for (bits, words) in [(0b011, "106 bytes of links"), (0, "child bit"), (0b1010, "child bit")] {
            let error = refused(&|bytes, link| put(bytes, link - 1, &[bits]));
            assert!(error.contains(words), "{error}");
        }
    }

    /// A node has one form (I12): a length that all items share is stored once.
    #[test]
    fn flags_are_set_where_they_are_true() {
        let of_one_length = "one length for all";
        // Two keys and two values of one byte each, or of none and one.
        for (flags, lengths, rest, sound) in [
            (UNIFORM_KEYS | UNIFORM_VALUES, [Some(1), Some(1)], &b"abxy"[..], true),
            (UNIFORM_VALUES, [None, Some(1)], b"\x01a\x01bxy", false),
            (UNIFORM_KEYS, [Some(1), None], b"ab\x01x\x01y", false),
            (0, [None, None], b"\x01a\x01b\x01x\x01y", false),
            (UNIFORM_KEYS, [Some(1), None], b"ab\x00\x01y", true),
            (UNIFORM_VALUES, [None, Some(1)], b"\x01a\x02bcxy", true),
            (0, [None, None], b"\x01a\x02bc\x00\x01y", true),
            (0, [None, None], b"\x01a\x02bc\x01x\x01y", false),
        ] {
            match Node::parse(frame(flags, 2, lengths, rest), &Codec::MST1) {
                Ok(node) => assert!(sound, "{flags} {rest:?}: {} keys", node.key_count()),
                Err(error) => assert!(!sound && error.to_string().contains(of_one_length), "{flags} {rest:?}: {error}"),
            }
        }
        // One record has one length each.
        assert!(refused(frame(0, 1, [None, None], b"\x01a\x01x")).contains(of_one_length));
        assert!(refused(frame(8, 1, [None, None], b"\x01a\x01x")).contains("flags"));
    }

    #[test]
    fn different_keys_need_a_least_number_of_bytes() {
        assert_eq!([0, 1, 2, 256, 257, 65_536, 65_537].map(least_length), [0, 0, 1, 1, 2, 2, 3]);
        assert_eq!([0, 1, 2, 257, 258, 300].map(least_bytes), [0, 0, 1, 256, 258, 256 + 2 * 43]);
        assert_eq!(least_bytes(MAX_NODE_KEYS), 256 + 2 * 65_536 + 3 * (MAX_NODE_KEYS - 65_793));
    }

    /// A node's memory depends on its counts, so impossible counts are refused before anything is allocated for them.
    #[test]
    fn counts_of_keys_that_take_no_bytes_are_refused() {
        let bytes = vec![0; 3 << 20];
        let most = MAX_NODE_KEYS;
        for (flags, count, lengths) in [
            // All keys and values are empty, but for a bit of links each.
            (HAS_LINKS | UNIFORM_KEYS | UNIFORM_VALUES, most, [Some(0), Some(0)]),
            (UNIFORM_KEYS, most, [Some(0), None]),
            (UNIFORM_KEYS, most, [Some(2), None]),
            (0, most, [None, None]),
            (UNIFORM_VALUES, most, [None, Some(0)]),
            (UNIFORM_VALUES, 2 << 20, [None, Some(0)]),
            (HAS_LINKS | UNIFORM_KEYS | UNIFORM_VALUES, most + 1, [Some(3), Some(0)]),
        ] {
            let error = refused(frame(flags, count, lengths, &bytes));
            assert!(error.contains(KEY_COUNT), "{flags} {count} {lengths:?}: {error}");
        }
    }

    #[test]
    fn a_million_keys_in_one_node_are_read_in_a_few_bytes_each() {
        let mut image = NodeImage::default();
        image.reset(1);
        let child = Link {
            summary: Some(SubtreeSummary { level: 0, length: 100, records: 1 }),
            ..Link::new(4096, [7; 32].into())
        };
        for number in 0..MAX_NODE_KEYS as u32 {
            let [_, key @ ..] = number.to_be_bytes();
            let value = if number == 0 { &b"x"[..] } else { b"" };
            image.push((number == 5).then_some(child), &key, value);
        }
        let hash = image.close(None);
        let mut bytes = Vec::new();
        image.encode(&hash, &mut bytes).unwrap();
        let node = Node::parse(Frame::from_bytes(8192, bytes), &Codec::MST1).unwrap();
        assert_eq!((node.key_count(), node.hash()), (MAX_NODE_KEYS, Some(hash)));
        assert_eq!(node.record(MAX_NODE_KEYS - 1).unwrap().key, [0x0f, 0xff, 0xff]);
        // No node has fewer bytes in the file for its memory: three bytes of key, one of value, one bit of links.
        let each = size_of::<RecordSpan>() + size_of::<Link>();
        assert_eq!(node.weight(), size_of::<Node>() + node.bytes().len() + MAX_NODE_KEYS * each + size_of::<Link>());
        assert!(each <= 84 && node.weight() < 22 * node.bytes().len(), "{} of {}", node.weight(), node.bytes().len());
    }
}
