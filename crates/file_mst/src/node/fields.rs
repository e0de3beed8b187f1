//! The bytes of a node split into fields, as far as they can be read.

use std::ops::Range;

use super::{Codec, FRAME_PREFIX, Frame, Node, NodeError};
use crate::node::dialect::Dialect;

/// The meaning of a field of a node. Indices count from 0.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum FieldKind {
    /// The length of what follows, `u32` little-endian.
    Length,
    /// The first bytes of the node's hash, or of a hash over that and the links (our own files).
    Check,
    /// The level.
    Level,
    /// Flags: has links, keys of one length, values of one length (our own files).
    Flags,
    /// The number of keys.
    KeyCount,
    /// The length of each key (our own files).
    KeyWidth,
    /// The length of each value (our own files).
    ValueWidth,
    /// The length of the key at this index.
    KeyLength(usize),
    /// The key at this index.
    Key(usize),
    /// The number of values (the published dialects).
    ValueCount,
    /// The length of the value at this index (our own files; elsewhere it is a part of the value).
    ValueLength(usize),
    /// The value at this index.
    Value(usize),
    /// All values, which cannot be separated because their type is unknown.
    Values,
    /// Keys, value count and values, which cannot be separated because their types are unknown.
    Items,
    /// The number of children (the published dialects).
    ChildCount,
    /// One bit for each child: set if it is present (our own files).
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
    /// The bytes after the place where reading failed.
    Rest,
}

/// A field of a node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// Its bytes, counted from the frame's start.
    pub span: Range<usize>,
    /// Its meaning.
    pub kind: FieldKind,
    /// Its value, if that is a number.
    pub number: Option<u64>,
}

/// A node field by field. The fields follow one another without a gap and cover the frame.
#[derive(Clone, Debug)]
pub struct NodeFields {
    /// The fields.
    pub fields: Vec<Field>,
    /// The node, or the reason why it could not be read.
    pub node: Result<Node, NodeError>,
}

/// Records the fields while a frame is parsed. [`Untraced`] compiles to nothing.
pub(super) trait Trace {
    /// Whether fields are recorded.
    const ON: bool;

    fn field(&mut self, span: Range<usize>, kind: FieldKind, number: Option<u64>);
}

/// Records no fields.
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
    /// Reads a frame field by field; bytes after the first error become [`FieldKind::Rest`]. Allocates an entry for
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
        // A field with a wrong value is recorded before it is refused, so the rest begins after the last field.
        let read = fields.last().map_or(0, |field| field.span.end);
        if read < end {
            fields.push(Field { span: read..end, kind: FieldKind::Rest, number: None });
        }
        Self { fields, node: Node::parse(frame, codec) }
    }
}
