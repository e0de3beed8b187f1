//! Nodes of the published dialects: a frame that holds postcard.
//!
//! ```text
//! u32 LE   length of what follows
//! varint   level
//! varint   key count, then each key
//! varint   value count (the same), then each value
//! varint   child count (keys + 1, or 0 in an empty node), then each: varint offset, 32 bytes of hash
//! 32       the node's own hash
//! ```
//!
//! The bytes do not say where a key or a value ends: that takes the types ([`Codec::items`]). Without them the links
//! are found from the other end of the frame ([`Skeleton`]).

use std::ops::Range;

use super::fields::{Field, FieldKind, Trace, Untraced};
use super::mst1::KEY_COUNT;
use super::undelimited::Undelimited;
use super::{
    Codec, Delimit, DelimitError, FRAME_PREFIX, Frame, ItemForms, KeySpan, Link, Node, NodeError, RecordSpan, Records,
};
use crate::node::dialect::Dialect;
use crate::node::hash::NodeHash;
use crate::node::level::MAX_LEVEL;

const HASH: usize = 32;
const LONGEST_VARINT: usize = 10;
const LONGEST_LINK: usize = LONGEST_VARINT + HASH;

/// The start of the expectation that a node fails whose child count is neither one more than its key count, nor 0 in an
/// empty node.
pub(crate) const CHILD_COUNT: &str = "a child count of";

/// The length of an empty node's frame. The published dialects write one for each absent child.
pub(crate) const EMPTY_NODE_BYTES: usize = 40;
/// An empty node's frame: a length of 36, level 0, no keys, no values, no children, 32 zeros of hash.
pub(crate) const EMPTY_NODE: [u8; EMPTY_NODE_BYTES] = {
    let mut bytes = [0; EMPTY_NODE_BYTES];
    bytes[0] = 36;
    bytes
};

/// The most candidates that are kept for the place where a node's links begin.
const MAX_PLACES: usize = 8;

/// The child links of a node, and where they stand in its frame.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Links {
    /// The links.
    pub links: Vec<Link>,
    /// Their bytes, the child count included.
    pub span: Range<usize>,
}

/// The parts of a frame that can be read without knowing the types: level, key count, links, stored hash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Skeleton {
    /// The level of the node.
    pub level: u8,
    /// The number of keys that it states.
    pub key_count: usize,
    /// Where keys, value count and values stand, one after the other, in bytes from the frame's start. Their end is a
    /// guess: the likeliest range comes first, and `links` begin where it ends.
    pub items: Vec<Range<usize>>,
    /// The child links.
    pub links: Links,
    /// The hash in the node's own bytes.
    pub stored_hash: NodeHash,
}

impl Skeleton {
    /// Reads a frame whose types are unknown.
    ///
    /// ```text
    /// length level count | keys, value count, values | child count, links | hash
    ///                    ^ known                     ^ searched for       ^ known: the last 32 bytes
    /// ```
    ///
    /// The links begin where the bytes up to the hash read as a child count of `keys + 1` and exactly that many links.
    /// In a small node several places may do. The likeliest is the first place whose links all lead to nodes before
    /// this one, since writers append children first.
    ///
    /// # Errors
    /// [`NodeError::Malformed`].
    pub fn parse(frame: &Frame) -> Result<Self, NodeError> {
        let mut reader = Reader::new(frame, Untraced);
        let (level, key_count) = reader.head()?;
        let items_start = reader.at;
        let hash_at = reader.bytes.len().checked_sub(HASH).filter(|&at| at >= items_start);
        let Some(hash_at) = hash_at else {
            return Err(reader.malformed(reader.bytes.len(), "32 bytes of hash", "the end of the node"));
        };
        let empty = key_count == 0 && reader.bytes.get(items_start..hash_at) == Some(&[0, 0]);
        // The candidates for the place of the child count, the likeliest first.
        let places =
            if empty { vec![items_start + 1] } else { reader.places_of_links(items_start, hash_at, key_count + 1) };
        let items = places.iter().map(|at| items_start..*at).collect();
        let count = if empty { 0 } else { key_count + 1 };
        let Some(links) = places.first().and_then(|at| reader.links_at(*at, hash_at, count)) else {
            let expected = format!("{} child links before the node's hash", key_count + 1);
            return Err(reader.malformed(items_start, expected, "other bytes"));
        };
        reader.at = hash_at;
        let stored_hash = reader.hash()?;
        Ok(Self { level, key_count, items, links, stored_hash })
    }
}

impl Node {
    /// Reads a node of a published dialect from its frame, and recomputes its hash if the types are known.
    ///
    /// # Errors
    /// [`NodeError::Malformed`], with the offending byte.
    pub fn parse_published(frame: Frame, codec: &Codec) -> Result<Self, NodeError> {
        let (level, records, children, stored_hash) = match &codec.items {
            Some(items) => Reader::new(&frame, Untraced).node(codec.dialect, items)?,
            None => {
                let skeleton = Skeleton::parse(&frame)?;
                let records = Records::Opaque { count: skeleton.key_count };
                (skeleton.level, records, skeleton.links.links, skeleton.stored_hash)
            }
        };
        let records_below = records.and_below(&children);
        let mut node = Self {
            frame,
            level,
            records,
            children,
            stored_hash,
            hash: None,
            records_below,
            rises: true,
            linked: Default::default(),
        };
        node.hash = node.recomputed_hash();
        Ok(node)
    }
}

impl Node {
    /// Records the fields of a frame of a published dialect, as far as it can be read.
    pub(super) fn trace_published(frame: &Frame, codec: &Codec, fields: &mut Vec<Field>) {
        let mut reader = Reader::new(frame, std::mem::take(fields));
        // The caller parses the frame as well, and gets the error there.
        let _ = match &codec.items {
            Some(items) => reader.node(codec.dialect, items).map(drop),
            None => reader.untyped(frame),
        };
        *fields = reader.trace;
    }
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

    /// Reads a node whose keys and values cannot be delimited.
    fn untyped(&mut self, frame: &Frame) -> Result<(), NodeError> {
        self.head()?;
        let skeleton = Skeleton::parse(frame)?;
        let items_at = std::mem::replace(&mut self.at, skeleton.links.span.start);
        self.field(items_at, FieldKind::Items, None);
        self.links(skeleton.key_count)?;
        self.own_hash().map(drop)
    }

    fn malformed(&self, at: usize, expected: impl Into<String>, found: impl Into<String>) -> NodeError {
        let at = self.offset + at as u64;
        NodeError::Malformed { offset: self.offset, at, expected: expected.into(), found: found.into() }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn varint(&mut self, what: &str) -> Result<u64, NodeError> {
        let rest = self.rest();
        match postcard::take_from_bytes::<u64>(rest) {
            Ok((value, after)) => {
                self.at += rest.len() - after.len();
                Ok(value)
            }
            Err(_) if rest.len() < 10 => Err(self.malformed(self.bytes.len(), what, "the end of the node")),
            Err(_) => Err(self.malformed(self.at, what, "a varint of more than 64 bits")),
        }
    }

    /// Level and key count. A key may take no byte, but its link takes at least 33, which bounds the count.
    fn head(&mut self) -> Result<(u8, usize), NodeError> {
        let level_at = self.at;
        let level = self.varint("the level")?;
        self.field(level_at, FieldKind::Level, Some(level));
        let Some(level) = u8::try_from(level).ok().filter(|level| *level <= MAX_LEVEL) else {
            return Err(self.malformed(level_at, format!("a level of 0 to {MAX_LEVEL}"), level.to_string()));
        };
        let count_at = self.at;
        let count = self.varint("the key count")?;
        self.field(count_at, FieldKind::KeyCount, Some(count));
        let max = self.bytes.len() / (HASH + 1);
        match usize::try_from(count).ok().filter(|count| *count <= max) {
            Some(count) => Ok((level, count)),
            None => {
                Err(self.malformed(count_at, format!("{KEY_COUNT} at most {max}, each with a link"), count.to_string()))
            }
        }
    }

    fn node(&mut self, dialect: Dialect, items: &ItemForms) -> Result<Parts, NodeError> {
        let (level, count) = self.head()?;
        let mut spans = Vec::with_capacity(count);
        for index in 0..count {
            let stored_key = self.item(&*items.key, "key", index, count)?;
            let framing = match dialect {
                Dialect::FileMst02 => items.key.framing(self.bytes.get(stored_key.clone()).unwrap_or_default()),
                Dialect::FileMstGit | Dialect::Mst1 => 0,
            };
            let key = stored_key.start + framing..stored_key.end;
            if framing > 0 {
                self.trace.field(stored_key.start..key.start, FieldKind::KeyLength(index), Some(key.len() as u64));
            }
            self.trace.field(key.clone(), FieldKind::Key(index), None);
            spans.push(RecordSpan::of_key(&stored_key, key.start));
        }
        let count_at = self.at;
        let values = self.varint("the value count")?;
        self.field(count_at, FieldKind::ValueCount, Some(values));
        if values != count as u64 {
            return Err(self.malformed(count_at, format!("a value count of {count}, as of keys"), values.to_string()));
        }
        let records = match &items.value {
            Some(form) => {
                for (index, span) in spans.iter_mut().enumerate() {
                    let value = self.item(&**form, "value", index, count)?;
                    span.set_value(&value);
                    self.trace.field(value, FieldKind::Value(index), None);
                }
                Records::Delimited(spans)
            }
            None if spans.is_empty() => Records::Delimited(spans),
            None => self.values_of(level, spans)?,
        };
        let children = self.links(count)?;
        let stored_hash = self.own_hash()?;
        if !self.rest().is_empty() {
            let found = format!("{} more bytes", self.rest().len());
            return Err(self.malformed(self.at, "the end of the node", found));
        }
        Ok((level, records, children, stored_hash))
    }

    /// The records with these keys, whose values begin here and are of unknown type. The values are delimited if the
    /// node's hash confirms some ends.
    fn values_of(&mut self, level: u8, mut spans: Vec<RecordSpan>) -> Result<Records, NodeError> {
        let start = self.at;
        let links = spans.len() + 1;
        let hash_at = self.bytes.len().checked_sub(HASH).filter(|at| *at >= start);
        let places = hash_at.map(|hash_at| self.places_of_links(start, hash_at, links)).unwrap_or_default();
        let (Some(hash_at), Some(likeliest)) = (hash_at, places.first()) else {
            return Err(self.malformed(start, format!("{links} child links before the node's hash"), "other bytes"));
        };
        let bytes_of = |span: Range<usize>| self.bytes.get(span).unwrap_or_default();
        let keys: Vec<&[u8]> = spans.iter().map(|span| bytes_of(span.key())).collect();
        let hash = Reader { offset: self.offset, bytes: self.bytes, at: hash_at, trace: Untraced }.hash()?;
        let ends = places.iter().find_map(|place| {
            let children = self.links_at(*place, hash_at, links)?.links;
            let values = bytes_of(start..*place);
            Undelimited { level, keys: &keys, children: &children, values, hash }.ends()
        });
        let Some(ends) = ends else {
            self.at = *likeliest;
            self.field(start, FieldKind::Values, None);
            return Ok(Records::Keyed { keys: spans.into_iter().map(KeySpan).collect(), values: start..*likeliest });
        };
        for (index, (span, end)) in spans.iter_mut().zip(ends).enumerate() {
            let value = self.at..start + end;
            self.at = value.end;
            self.field(value.start, FieldKind::Value(index), None);
            span.set_value(&value);
        }
        Ok(Records::Delimited(spans))
    }

    /// The child count of a node of `count` keys, and the links.
    fn links(&mut self, count: usize) -> Result<Vec<Link>, NodeError> {
        let count_at = self.at;
        let links = self.varint("the child count")?;
        self.field(count_at, FieldKind::ChildCount, Some(links));
        if links != count as u64 + 1 && !(count == 0 && links == 0) {
            let expected = format!("{CHILD_COUNT} {}, one more than keys", count + 1);
            return Err(self.malformed(count_at, expected, links.to_string()));
        }
        let mut children = Vec::with_capacity(links as usize);
        for index in 0..links as usize {
            children.push(self.link(index)?);
        }
        Ok(children)
    }

    fn item(
        &mut self,
        form: &(impl Delimit + ?Sized),
        what: &str,
        index: usize,
        count: usize,
    ) -> Result<Range<usize>, NodeError> {
        let rest = self.rest();
        let length = form.end(rest).map_err(|DelimitError { at, expected, found }| {
            let expected = format!("{expected} ({what} {} of {count})", index + 1);
            self.malformed(self.at + at, expected, found)
        })?;
        let start = self.at;
        self.at += length.min(rest.len());
        Ok(start..self.at)
    }

    fn link(&mut self, index: usize) -> Result<Link, NodeError> {
        let at = self.at;
        let offset = self.varint("the offset of a child")?;
        self.field(at, FieldKind::LinkOffset(index), Some(offset));
        let at = self.at;
        let hash = self.hash()?;
        self.field(at, FieldKind::LinkHash(index), None);
        Ok(Link::new(offset, hash))
    }

    fn own_hash(&mut self) -> Result<NodeHash, NodeError> {
        let at = self.at;
        let hash = self.hash()?;
        self.field(at, FieldKind::Hash, None);
        Ok(hash)
    }

    fn hash(&mut self) -> Result<NodeHash, NodeError> {
        let Some((hash, _)) = self.rest().split_first_chunk::<HASH>() else {
            return Err(self.malformed(self.bytes.len(), "32 bytes of hash", "the end of the node"));
        };
        self.at += HASH;
        Ok((*hash).into())
    }

    /// The places from `start` on where a child count of `count` and that many links fill the bytes up to `end`
    /// exactly. Places whose links all lead to nodes before this one come first; within each group, the first in the
    /// frame.
    fn places_of_links(&self, start: usize, end: usize, count: usize) -> Vec<usize> {
        let first = start.max(end.saturating_sub(count * LONGEST_LINK + LONGEST_VARINT));
        // Backwards, so that each place is looked at once whatever the bytes are: the chain of links that follows a
        // place is known when the place is reached. A link takes at most `LONGEST_LINK` bytes, so a ring of that many
        // chains is enough.
        let mut chains = [None; LONGEST_LINK + 1];
        let chain_at = |chains: &[Option<Chain>], at: usize| chains.get(at % chains.len()).copied().flatten();
        let (mut back, mut ahead) = (Vec::new(), Vec::new());
        for at in (first..=end).rev() {
            let number = self.varint_at(at, end);
            if let Some((_, after)) = number.filter(|(number, _)| *number == count as u64)
                && let Some(chain) = chain_at(&chains, after).filter(|chain| chain.links == count)
            {
                let places = if chain.leads_back { &mut back } else { &mut ahead };
                places.insert(0, at);
                places.truncate(MAX_PLACES);
            }
            let chain = match number {
                _ if at == end => Some(Chain { links: 0, leads_back: true }),
                Some((offset, after)) if after + HASH <= end => chain_at(&chains, after + HASH)
                    .map(|rest| Chain { links: rest.links + 1, leads_back: rest.leads_back && offset < self.offset }),
                _ => None,
            };
            let kept = at % chains.len();
            if let Some(slot) = chains.get_mut(kept) {
                *slot = chain;
            }
        }
        back.append(&mut ahead);
        back
    }

    /// The child count at `at`, which is `count`, and as many links after it, up to `end`.
    fn links_at(&self, at: usize, end: usize, count: usize) -> Option<Links> {
        let mut reader = Reader { offset: self.offset, bytes: self.bytes.get(..end)?, at, trace: Untraced };
        reader.varint("the child count").ok()?;
        let links = (0..count).map(|index| reader.link(index).ok()).collect::<Option<_>>()?;
        Some(Links { links, span: at..end })
    }

    /// The varint at `at` and where it ends, which is not after `end`.
    fn varint_at(&self, at: usize, end: usize) -> Option<(u64, usize)> {
        let bytes = self.bytes.get(at..end)?;
        let (number, rest) = postcard::take_from_bytes::<u64>(bytes).ok()?;
        Some((number, end - rest.len()))
    }
}

/// The links between some place and the end of a node's links.
#[derive(Clone, Copy)]
struct Chain {
    /// The number of links.
    links: usize,
    /// Whether all of them lead to places before their node.
    leads_back: bool,
}

type Parts = (u8, Records, Vec<Link>, NodeHash);
