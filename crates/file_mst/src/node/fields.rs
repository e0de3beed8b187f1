//! The bytes of a node field by field, as far as they can be told apart.

use std::ops::Range;

use super::{Codec, FRAME_PREFIX, Frame, Node, NodeError};
use crate::node::dialect::Dialect;

/// What a field of a node says. Indices count from 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FieldKind {
    /// The length of what follows, `u32` little-endian.
    Length,
    /// The first bytes of the node's hash, or of a hash over that and the links (our own files).
    Check,
    /// The level.
    Level,
    /// What the node has: links, keys of one length, values of one length (our own files).
    Flags,
    /// How many keys there are.
    KeyCount,
    /// The length of each key (our own files).
    KeyWidth,
    /// The length of each value (our own files).
    ValueWidth,
    /// The length of the key at this index.
    KeyLength(usize),
    /// The key at this index.
    Key(usize),
    /// How many values there are (the published dialects).
    ValueCount,
    /// The length of the value at this index (our own files; elsewhere it is a part of the value).
    ValueLength(usize),
    /// The value at this index.
    Value(usize),
    /// The values, which cannot be told apart since their type is unknown.
    Values,
    /// Keys, value count and values, which cannot be told apart since their types are unknown.
    Items,
    /// How many children there are (the published dialects).
    ChildCount,
    /// Which children there are, a bit each (our own files).
    ChildBits,
    /// The offset of the child at this index.
    LinkOffset(usize),
    /// The hash of the child at this index.
    LinkHash(usize),
    /// The level of the child at this index (our own files).
    LinkLevel(usize),
    /// The records in and below the child at this index (our own files).
    LinkRecords(usize),
    /// The frame length of the child at this index (our own files).
    LinkLength(usize),
    /// The node's own hash (the published dialects).
    Hash,
    /// Bytes behind the place that could not be read as a node.
    Rest,
}

/// A field of a node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// Its bytes, counted from the frame's start.
    pub span: Range<usize>,
    /// What it is.
    pub kind: FieldKind,
    /// What it says, where that is a number.
    pub number: Option<u64>,
}

/// A node field by field. The fields follow one another without a gap and cover the frame.
#[derive(Clone, Debug)]
pub struct NodeFields {
    /// The fields.
    pub fields: Vec<Field>,
    /// The node; why there is none where it could not be read.
    pub node: Result<Node, NodeError>,
}

/// Takes down the fields that are read. Taking down nothing costs nothing.
pub(super) trait Trace {
    /// Whether anything is taken down.
    const ON: bool;

    fn field(&mut self, span: Range<usize>, kind: FieldKind, number: Option<u64>);
}

/// Takes nothing down.
pub(super) struct Untraced;

impl Trace for Untraced {
    const ON: bool = false;

    #[inline(always)]
    fn field(&mut self, _: Range<usize>, _: FieldKind, _: Option<u64>) {}
}

impl Trace for Vec<Field> {
    const ON: bool = true;

    fn field(&mut self, span: Range<usize>, kind: FieldKind, number: Option<u64>) {
        self.push(Field { span, kind, number });
    }
}

impl NodeFields {
    /// Reads a frame field by field: as far as it is a node, and what is left as [`FieldKind::Rest`]. Takes memory for
    /// each field.
    pub fn of(frame: Frame, codec: &Codec) -> Self {
        let prefix = 0..FRAME_PREFIX.min(frame.bytes().len());
        let length = frame.bytes().first_chunk().map(|prefix| u64::from(u32::from_le_bytes(*prefix)));
        let mut fields = vec![Field { span: prefix, kind: FieldKind::Length, number: length }];
        let end = frame.bytes().len();
        match codec.dialect {
            Dialect::FileMst02 | Dialect::FileMstGit => Node::trace_published(&frame, codec, &mut fields),
            Dialect::Mst1 => Node::trace_mst1(&frame, &mut fields),
        }
        // A field that was read but is wrong is taken down before it is refused.
        let read = fields.last().map_or(0, |field| field.span.end);
        if read < end {
            fields.push(Field { span: read..end, kind: FieldKind::Rest, number: None });
        }
        Self { fields, node: Node::parse(frame, codec) }
    }
}
