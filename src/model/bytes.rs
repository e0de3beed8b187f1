//! The bytes of a node field by field, and what they say.

use std::ops::Range;
use std::sync::Arc;

use file_mst::NodeError;
use file_mst::inspect::dialect::{Dialect, PAGE};
use file_mst::inspect::node::{Codec, Field, FieldKind, Frame, HashInput, HashInputKind, Node, NodeFields};
use file_mst::inspect::store::NodeStore;
use file_mst::storage::ReadAt;
use mst_types::ItemType;

use crate::model::item::{plain, redacted};
use crate::model::text::{count, cut, offset, thousands};

/// The widest item in a line, in columns.
const ITEM: usize = 60;

/// The kind of a field; each kind has a colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Class {
    /// Lengths, counts, levels, flags.
    Structure,
    Key,
    Value,
    Link,
    Hash,
    Padding,
    /// The bytes that could not be read.
    Wrong,
}

/// A field, and what it says.
#[derive(Clone, Debug)]
pub(crate) struct FieldLine {
    /// Its bytes, counted from the start of the frame.
    pub(crate) span: Range<usize>,
    pub(crate) class: Class,
    /// Its name: `key 3`.
    pub(crate) name: String,
    /// Its content.
    pub(crate) text: String,
    /// The field; none for padding.
    pub(crate) field: Option<Field>,
}

/// The types of keys and values, as far as they are known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Types {
    pub(crate) key: Option<ItemType>,
    pub(crate) value: Option<ItemType>,
}

/// A node as bytes.
#[derive(Clone, Debug)]
pub(crate) struct NodeBytes {
    pub(crate) offset: u64,
    /// The bytes of the frame, and the zeros after it.
    pub(crate) bytes: Vec<u8>,
    pub(crate) lines: Vec<FieldLine>,
    /// The inputs of its hash.
    pub(crate) hash_inputs: Vec<HashInput>,
    /// The node; why there is none where it could not be read.
    pub(crate) node: Result<Node, NodeError>,
    /// Whether the check or the hash in the node is that of its content. None where that cannot be told.
    pub(crate) holds: Option<bool>,
}

impl NodeBytes {
    /// Reads what stands at an offset. Where the length cannot be true, what is left of the page is taken for the node.
    ///
    /// # Errors
    /// If the file cannot be read there.
    pub(crate) fn read(store: &NodeStore, at: u64, types: &Types) -> Result<Self, NodeError> {
        let storage = &**store.storage();
        let (frame, broken) = match Frame::read(storage, at) {
            Ok(frame) => (frame, None),
            Err(error @ (NodeError::Io { .. } | NodeError::PastEnd { .. })) => return Err(error),
            Err(error) => (Frame::in_memory(at, rest_of_page(storage, at)?), Some(error)),
        };
        let end = frame.end();
        let after = if broken.is_some() || end.is_multiple_of(PAGE) { Vec::new() } else { rest_of_page(storage, end)? };
        let padding = if after.iter().all(|byte| *byte == 0) { after.len() } else { 0 };
        let mut bytes = Self::new(frame, padding, store.codec(), types);
        if let Some(error) = broken {
            bytes.node = Err(error);
        }
        Ok(bytes)
    }

    /// The line of the field that has the byte `at` of the frame.
    pub(crate) fn line_at(&self, at: usize) -> usize {
        self.lines.partition_point(|line| line.span.end <= at).min(self.lines.len().saturating_sub(1))
    }

    /// Takes a frame apart. `padding` are the zeros after it.
    fn new(frame: Frame, padding: usize, codec: &Codec, types: &Types) -> Self {
        let offset = frame.offset();
        let mut bytes = frame.bytes().to_vec();
        let NodeFields { fields, node } = NodeFields::of(frame, codec);
        let holds = node.as_ref().ok().and_then(|node| node.hash().map(|hash| hash == node.stored_hash()));
        let hash_inputs = node.as_ref().map(Node::hash_inputs).unwrap_or_default();
        let context = Context { codec, types, bytes: &bytes, node: &node, holds };
        let mut lines: Vec<_> = fields.into_iter().map(|field| context.line(field)).collect();
        if padding > 0 {
            let span = bytes.len()..bytes.len() + padding;
            let text = format!("{} to the end of the page", count(padding as u64, "zero"));
            lines.push(FieldLine { span, class: Class::Padding, name: "padding".to_owned(), text, field: None });
            bytes.resize(bytes.len() + padding, 0);
        }
        Self { offset, bytes, lines, hash_inputs, node, holds }
    }

    /// Whether bytes of values may stand in a field, for those who may not see them. Where no hash proves where values
    /// end, that is so of all fields.
    pub(crate) fn may_hold_values(&self, line: &FieldLine) -> bool {
        let kind = line.field.as_ref().map(|field| field.kind);
        let is_value = matches!(kind, Some(FieldKind::Value(_) | FieldKind::Items | FieldKind::Rest));
        is_value || kind.is_some() && self.holds != Some(true)
    }

    /// The same of a piece of what its hash is taken of.
    pub(crate) fn may_hash_values(&self, piece: &HashInput) -> bool {
        matches!(piece.kind, HashInputKind::Value(_)) || self.holds != Some(true)
    }

    /// The content of a field, with a value as `value` shows it; a hidden value is redacted.
    pub(crate) fn text(&self, line: &FieldLine, hidden: bool, value: impl Fn(&[u8]) -> String) -> String {
        match line.field.as_ref().map(|field| field.kind) {
            _ if hidden && self.may_hold_values(line) => redacted(self.bytes_of(line)),
            Some(FieldKind::Value(_)) => cut(&value(self.bytes_of(line)), ITEM),
            _ => line.text.clone(),
        }
    }

    pub(crate) fn bytes_of(&self, line: &FieldLine) -> &[u8] {
        self.bytes.get(line.span.clone()).unwrap_or_default()
    }

    /// One line on whether the node is what it says.
    pub(crate) fn verdict(&self) -> String {
        match (&self.node, self.holds) {
            (Err(error), _) => error.to_string(),
            (Ok(node), _) if node.is_empty() => "an empty node: an absent child, its hash is zeros".to_owned(),
            (Ok(node), None) => {
                let keys = count(node.key_count() as u64, "key");
                format!("{keys} of unknown types, so no hash can be recomputed: give --key and --value")
            }
            (Ok(node), Some(true)) => format!("hash {} recomputed, it is the node's", node.hash().unwrap_or_default()),
            (Ok(node), Some(false)) => {
                let hash = node.hash().unwrap_or_default();
                format!("the content has the hash {hash}: the node says otherwise, it is damaged")
            }
        }
    }
}

fn rest_of_page(storage: &dyn ReadAt, at: u64) -> Result<Vec<u8>, NodeError> {
    let mut bytes = vec![0; (PAGE - at % PAGE) as usize];
    let read = storage.read_up_to(at, &mut bytes);
    bytes.truncate(read.map_err(|source| NodeError::Io { offset: at, source: Arc::new(source) })?);
    Ok(bytes)
}

/// Whether a node is part of the shown tree, in words.
pub(crate) fn part(reachable: Option<bool>) -> &'static str {
    match reachable {
        Some(true) => "part of this tree",
        Some(false) => "no part of this tree: of another version, or dead",
        None => "whether it is part of this tree is not known",
    }
}

struct Context<'a> {
    codec: &'a Codec,
    types: &'a Types,
    bytes: &'a [u8],
    node: &'a Result<Node, NodeError>,
    holds: Option<bool>,
}

impl Context<'_> {
    fn line(&self, field: Field) -> FieldLine {
        let (class, name) = name(field.kind);
        FieldLine { span: field.span.clone(), class, name, text: self.text(&field), field: Some(field) }
    }

    fn text(&self, field: &Field) -> String {
        let bytes = self.bytes.get(field.span.clone()).unwrap_or_default();
        let number = field.number.unwrap_or_default();
        let ours = self.codec.dialect == Dialect::Mst1;
        let key_type = self.types.key.as_ref();
        let value_type = self.types.value.as_ref();
        match field.kind {
            FieldKind::Length => format!("u32, little-endian: {} follow", count(number, "byte")),
            FieldKind::Check => {
                let of = match self.node {
                    Err(_) => "the node's hash, or of one over that and its links",
                    Ok(node) if node.children().is_empty() => "the node's hash",
                    Ok(_) => "a hash over the node's hash and its links",
                };
                format!("the first bytes of {of}{}", self.mark())
            }
            FieldKind::Level | FieldKind::LinkLevel(_) if ours => number.to_string(),
            FieldKind::Flags => flags(number),
            FieldKind::KeyLength(_) | FieldKind::ValueLength(_) => varint(bytes, number, "byte"),
            FieldKind::KeyWidth => format!("{} for each key", varint(bytes, number, "byte")),
            FieldKind::ValueWidth => format!("{} for each value", varint(bytes, number, "byte")),
            FieldKind::KeyCount => varint(bytes, number, "key"),
            FieldKind::ValueCount => varint(bytes, number, "value"),
            FieldKind::ChildCount => match number {
                0 => "varint: no children".to_owned(),
                _ => format!("{}, absent ones included", varint(bytes, number, "link")),
            },
            FieldKind::LinkRecords(_) => format!("u64, little-endian: {} in and below it", count(number, "record")),
            FieldKind::LinkLength(_) => format!("u32, little-endian: {} of frame", count(number, "byte")),
            FieldKind::LinkOffset(_) if ours => format!("u64, little-endian: {}", offset(number)),
            FieldKind::LinkOffset(_) => format!("{} ({})", offset(number), varint(bytes, number, "byte")),
            FieldKind::Level | FieldKind::LinkLevel(_) => format!("varint: {number}"),
            FieldKind::Key(index) => {
                // The type sees a key as it is stored, its length included.
                let stored = self.node.as_ref().ok().and_then(|node| node.stored_key(index)).unwrap_or(bytes);
                cut(&plain(stored, key_type), ITEM)
            }
            FieldKind::Value(_) => cut(&plain(bytes, value_type), ITEM),
            FieldKind::Values => "values: their type is unknown".to_owned(),
            FieldKind::Items => "keys, value count and values: their types are unknown".to_owned(),
            FieldKind::ChildBits => bits(bytes),
            FieldKind::LinkHash(_) if bytes.iter().all(|byte| *byte == 0) => "zeros: there is no child".to_owned(),
            FieldKind::LinkHash(_) => "the child's hash".to_owned(),
            FieldKind::Hash => format!("the node's own hash{}", self.mark()),
            FieldKind::Rest => match self.node {
                Err(error) => format!("not read: {error}"),
                Ok(_) => "not read".to_owned(),
            },
        }
    }

    fn mark(&self) -> &'static str {
        match self.holds {
            Some(true) => ": recomputed ✓",
            Some(false) => ": ✗ it does not hold",
            None => "",
        }
    }
}

fn name(kind: FieldKind) -> (Class, String) {
    use FieldKind as K;
    match kind {
        K::Length => (Class::Structure, "length".into()),
        K::Check => (Class::Hash, "check".into()),
        K::Level => (Class::Structure, "level".into()),
        K::Flags => (Class::Structure, "flags".into()),
        K::KeyCount => (Class::Structure, "keys".into()),
        K::KeyWidth => (Class::Structure, "key length".into()),
        K::ValueWidth => (Class::Structure, "value length".into()),
        K::KeyLength(index) => (Class::Structure, format!("length of key {index}")),
        K::Key(index) => (Class::Key, format!("key {index}")),
        K::ValueCount => (Class::Structure, "values".into()),
        K::ValueLength(index) => (Class::Structure, format!("length of value {index}")),
        K::Value(index) => (Class::Value, format!("value {index}")),
        K::Values => (Class::Value, "all values".into()),
        K::Items => (Class::Value, "items".into()),
        K::ChildCount => (Class::Structure, "children".into()),
        K::ChildBits => (Class::Structure, "children".into()),
        K::LinkOffset(index) => (Class::Link, format!("child {index} offset")),
        K::LinkHash(index) => (Class::Hash, format!("child {index} hash")),
        K::LinkLevel(index) => (Class::Link, format!("child {index} level")),
        K::LinkRecords(index) => (Class::Link, format!("child {index} records")),
        K::LinkLength(index) => (Class::Link, format!("child {index} length")),
        K::Hash => (Class::Hash, "hash".into()),
        K::Rest => (Class::Wrong, "rest".into()),
    }
}

/// A varint and how its bytes make it: `varint 2c + 2·128: 300 bytes`.
fn varint(bytes: &[u8], number: u64, thing: &str) -> String {
    let said = count(number, thing);
    if bytes.len() < 2 {
        return format!("varint: {said}");
    }
    let part = |(place, byte): (usize, &u8)| match place {
        0 => (byte & 0x7f).to_string(),
        _ => format!("{}·{}", byte & 0x7f, thousands(1_u128 << (7 * place))),
    };
    let parts: Vec<_> = bytes.iter().take(10).enumerate().map(part).collect();
    format!("varint {}: {said}", parts.join(" + "))
}

fn flags(flags: u64) -> String {
    let names = [(1, "links"), (2, "keys of one length"), (4, "values of one length")];
    let set: Vec<_> = names.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| *name).collect();
    if set.is_empty() { "none".to_owned() } else { set.join(", ") }
}

fn bits(bytes: &[u8]) -> String {
    let set: u64 = bytes.iter().map(|byte| u64::from(byte.count_ones())).sum();
    let first: Vec<_> = bytes.iter().take(4).map(|byte| format!("{:08b}", byte.reverse_bits())).collect();
    let more = if bytes.len() > 4 { " …" } else { "" };
    format!(
        "a bit for each child, the first one first: {}{more}, {}",
        first.join(" "),
        if set == 1 { "1 child".to_owned() } else { format!("{set} children") }
    )
}

/// The name of a piece of the hashed message.
pub(crate) fn hash_input_name(kind: HashInputKind) -> String {
    match kind {
        HashInputKind::Level => "level".into(),
        HashInputKind::KeyCount => "key count".into(),
        HashInputKind::Child(index) => format!("child {index}"),
        HashInputKind::KeyLength(index) => format!("length of key {index}"),
        HashInputKind::Key(index) => format!("key {index}"),
        HashInputKind::ValueLength(index) => format!("length of value {index}"),
        HashInputKind::Value(index) => format!("value {index}"),
    }
}

/// Whether the keys and values of a node cannot be told apart.
pub(crate) fn is_opaque(node: &Node) -> bool {
    !node.records().are_delimited()
}
