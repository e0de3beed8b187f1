//! Nodes of our own files, as `docs/FORMAT.md` lays them out.
//!
//! ```text
//! u32 LE   length of what follows
//! 8        check: the first 8 bytes of the node hash, or, where there are links, of blake3(node hash, what the links say
//!          besides hashes)
//! u8       level
//! u8       flags: 1 has links, 2 keys of one length, 4 values of one length
//! varint   key count n, at least 1
//! varint   the length of each key        if flag 2
//! varint   the length of each value      if flag 4
//!          each key,   before it its length as a varint unless flag 2
//!          each value, before it its length as a varint unless flag 4
//! links, if flag 1:
//!   bits   n + 1, lowest first, in whole bytes: which children there are
//!          for each of them: varint offset, 32 bytes of hash, u8 level, varint records, varint frame length
//! ```
//!
//! Each node has exactly one form, so that no bit of it can change unseen.

use std::ops::Range;

use super::fields::{Field, FieldKind, Trace, Untraced};
use super::{Extent, FRAME_PREFIX, Frame, Link, Node, NodeError, RecordSpan, Records, Uniform, take_varint};
use crate::dialect::PAGE;
use crate::hash::NodeHash;
use crate::level::MAX_LEVEL;

/// How many bytes of check a node carries.
pub const CHECK_BYTES: usize = 8;

/// What is expected where a node has no key, or more than it has room for.
pub(crate) const KEY_COUNT: &str = "a key count of";
/// What is expected where a link says too high a level of a child.
pub(crate) const CHILD_LEVEL: &str = "the level of a child, below";

/// The node has at least one child.
pub(super) const HAS_LINKS: u8 = 1;
/// All keys have one length, which is stored once.
pub(super) const UNIFORM_KEYS: u8 = 2;
/// All values have one length, which is stored once.
pub(super) const UNIFORM_VALUES: u8 = 4;

/// The check that a node carries: of its hash, and of `extents`, the bytes of its links without the children's hashes,
/// which the node's own hash covers.
pub(super) fn check_of(hash: &NodeHash, extents: &[u8]) -> [u8; CHECK_BYTES] {
    let first = |hash: &NodeHash| hash.as_bytes().first_chunk::<CHECK_BYTES>().copied().unwrap_or_default();
    if extents.is_empty() {
        return first(hash);
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(hash.as_bytes()).update(extents);
    first(&hasher.finalize().into())
}

impl Node {
    /// Reads a node of our own files from its frame and recomputes its hash.
    ///
    /// # Errors
    /// [`NodeError::Malformed`], with the byte that broke it.
    pub(super) fn parse_mst1(frame: Frame) -> Result<Self, NodeError> {
        let mut reader = Reader::new(&frame, Untraced);
        let Parts { check, level, records, children, extents } = reader.node()?;
        let records_below = records.and_below(&children);
        let mut node =
            Self { frame, level, records, children, stored_hash: NodeHash::EMPTY, hash: None, records_below };
        node.hash = node.recomputed_hash();
        let hash = node.hash.unwrap_or_default();
        node.stored_hash = if check_of(&hash, &extents) == check {
            hash
        } else {
            let mut shown = [0; 32];
            shown.iter_mut().zip(check).for_each(|(to, from)| *to = from);
            shown.into()
        };
        Ok(node)
    }

    /// Takes in a frame that this process has just encoded, whose hash it therefore knows.
    ///
    /// # Errors
    /// [`NodeError::Malformed`], which would be a fault of the encoder.
    pub(crate) fn from_encoded(frame: Frame, hash: NodeHash) -> Result<Self, NodeError> {
        let mut reader = Reader::new(&frame, Untraced);
        let Parts { level, records, children, .. } = reader.node()?;
        let records_below = records.and_below(&children);
        Ok(Self { frame, level, records, children, stored_hash: hash, hash: Some(hash), records_below })
    }
}

impl Node {
    /// Takes down the fields of a frame of ours, as far as it can be read.
    pub(super) fn trace_mst1(frame: &Frame, fields: &mut Vec<Field>) {
        let mut reader = Reader::new(frame, std::mem::take(fields));
        // What broke it is said by whoever parses the frame.
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
    extents: Vec<u8>,
}

/// Reads fields of a frame one after the other. Positions count from the frame's start.
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

    /// Takes down that the bytes from `start` to here are this field.
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

    /// A varint that says how many bytes or items follow, of which there can be at most `most`.
    fn count(&mut self, what: &str, most: usize, kind: FieldKind) -> Result<usize, NodeError> {
        let at = self.at;
        let value = self.varint(what)?;
        self.field(at, kind, Some(value));
        match usize::try_from(value).ok().filter(|value| *value <= most) {
            Some(value) => Ok(value),
            None => Err(self.malformed(at, format!("{what} of at most {most}"), value.to_string())),
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
        // Keys can be told apart, so but one of them is of at least one byte.
        let count = self.count("a key count", self.rest().len(), FieldKind::KeyCount)?;
        if count == 0 {
            return Err(self.malformed(count_at, format!("{KEY_COUNT} at least 1"), "0"));
        }
        let most = self.rest().len();
        let mut width = |flag, what, kind| (flags & flag != 0).then(|| self.count(what, most, kind)).transpose();
        let key_length = width(UNIFORM_KEYS, "a key length", FieldKind::KeyWidth)?;
        let value_length = width(UNIFORM_VALUES, "a value length", FieldKind::ValueWidth)?;
        let records = self.records(count, key_length, value_length)?;
        let (children, extents) = if flags & HAS_LINKS != 0 { self.links(level, count)? } else { Default::default() };
        if !self.rest().is_empty() {
            let found = format!("{} more bytes", self.rest().len());
            return Err(self.malformed(self.at, "the end of the node", found));
        }
        Ok(Parts { check, level, records, children, extents })
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
        // Little is allocated before the bytes have borne the count out.
        let mut spans = Vec::with_capacity(count.min(1024));
        for index in 0..count {
            let span = self.item("key", key, FieldKind::KeyLength(index), FieldKind::Key(index))?;
            spans.push(RecordSpan { stored_key: span.clone(), key: span, value: 0..0 });
        }
        for (index, span) in spans.iter_mut().enumerate() {
            span.value = self.item("value", value, FieldKind::ValueLength(index), FieldKind::Value(index))?;
        }
        let one_length = |length: fn(&RecordSpan) -> usize| {
            spans.windows(2).all(|pair| match pair {
                [left, right] => length(left) == length(right),
                _ => true,
            })
        };
        if key.is_none() && one_length(|span| span.key.len()) || value.is_none() && one_length(|span| span.value.len())
        {
            return Err(self.malformed(start, "one length for all, since all are equal", "a length for each"));
        }
        Ok(Records::Delimited(spans))
    }

    /// Takes down items that stand one behind the other in `span`, without a length before each.
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
        let present = |index: usize| bits.get(index / 8).is_some_and(|byte| byte >> (index % 8) & 1 != 0);
        if bits.iter().all(|byte| *byte == 0) || (count + 1..bits.len() * 8).any(present) {
            return Err(self.malformed(bits_at, "at least one child bit, and none past the last child", "other bits"));
        }
        let mut children = Vec::with_capacity((count + 1).min(1024));
        let mut extents = Vec::with_capacity((16 * (count + 1)).min(4096));
        for index in 0..=count {
            children.push(if present(index) { self.link(level, index, &mut extents)? } else { Link::EMPTY });
        }
        Ok((children, extents))
    }

    /// A link. Its bytes but for the hash are added to `extents`.
    fn link(&mut self, parent_level: u8, index: usize, extents: &mut Vec<u8>) -> Result<Link, NodeError> {
        let at = self.at;
        let offset = self.varint("the offset of a child")?;
        self.field(at, FieldKind::LinkOffset(index), Some(offset));
        // A child may stand in front of its parent or behind it: each goes where it fills a page best. No link leads in
        // a circle, since levels fall.
        if offset < PAGE {
            return Err(self.malformed(at, "the offset of a child, behind page 0", offset.to_string()));
        }
        let offset_span = at..self.at;
        let hash = NodeHash::from(self.array("hash")?);
        self.field(offset_span.end, FieldKind::LinkHash(index), None);
        if hash.is_empty() {
            return Err(self.malformed(at, "the hash of a child", "zeros"));
        }
        let level_at = self.at;
        let level = self.level("the level of a child", FieldKind::LinkLevel(index))?;
        if level >= parent_level {
            let expected = format!("{CHILD_LEVEL} {parent_level}");
            return Err(self.malformed(level_at, expected, level.to_string()));
        }
        let records_at = self.at;
        let records = self.varint("the record count of a child")?;
        self.field(records_at, FieldKind::LinkRecords(index), Some(records));
        let length_at = self.at;
        let length = self.varint("the frame length of a child")?;
        self.field(length_at, FieldKind::LinkLength(index), Some(length));
        let Ok(length) = u32::try_from(length) else {
            return Err(self.malformed(length_at, "a frame length of 32 bits", length.to_string()));
        };
        for span in [offset_span, level_at..self.at] {
            extents.extend_from_slice(self.bytes.get(span).unwrap_or_default());
        }
        Ok(Link { offset, hash, extent: Some(Extent { level, length, records }) })
    }
}
