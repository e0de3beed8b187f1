//! Decoded values.

use std::ops::Range;
use std::sync::Arc;

use crate::types::logical_type::LogicalType;
use crate::types::ty::Shape;
use crate::value::logical;

/// A decoded value, and the byte range it was decoded from.
///
/// `Display` writes one line much as Rust does, without any character that could disturb a terminal; `Serialize` writes
/// natural JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// The value itself.
    pub kind: ValueKind,
    /// Its bytes, as offsets into the decoded slice; `0..0` if it was not decoded from bytes.
    pub span: Range<usize>,
}

/// The kind and content of a value. Its variants are those of postcard's data model.
///
/// The enum is closed on purpose: see the [crate](crate#open-and-closed-enums).
#[derive(Clone, Debug, PartialEq)]
pub enum ValueKind {
    /// A `bool`.
    Bool(bool),
    /// A `u8` to `u128`.
    Uint(u128),
    /// An `i8` to `i128`.
    Int(i128),
    /// An `f32`.
    F32(f32),
    /// An `f64`.
    F64(f64),
    /// A `char`.
    Char(char),
    /// A `String`.
    String(String),
    /// A `Vec<u8>` or `[u8; N]`.
    Bytes(Vec<u8>),
    /// A `()`.
    Unit,
    /// An option without an item.
    None,
    /// An option with an item.
    Some(Box<Value>),
    /// A list or an array.
    Seq(Vec<Value>),
    /// A tuple.
    Tuple(Vec<Value>),
    /// A struct: its fields in declared order.
    Struct(Vec<(Arc<str>, Value)>),
    /// A variant of an enum.
    Variant {
        /// Its number in the bytes.
        index: u32,
        /// Its name.
        name: Arc<str>,
        /// Its payload.
        payload: Payload,
    },
    /// A map: its entries in the order of the bytes.
    Map(Vec<(Value, Value)>),
    /// A number, a text or bytes, with a logical type.
    As(Box<ValueKind>, LogicalType),
}

/// The payload of a variant of an enum.
///
/// The enum is closed on purpose: see the [crate](crate#open-and-closed-enums).
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// Nothing.
    Unit,
    /// Items without names; one for a newtype variant.
    Tuple(Vec<Value>),
    /// Named fields in declared order.
    Struct(Vec<(Arc<str>, Value)>),
}

impl Value {
    /// A value that was not decoded from bytes.
    pub fn new(kind: ValueKind) -> Self {
        Self { kind, span: 0..0 }
    }

    /// The same value with a logical type.
    pub(crate) fn with_logical(self, logical: LogicalType) -> Self {
        Self { kind: ValueKind::As(Box::new(self.kind), logical), span: self.span }
    }
}

impl ValueKind {
    /// The number, text or bytes without the logical type; any other value unchanged.
    pub fn plain(&self) -> &Self {
        match self {
            ValueKind::As(plain, _) => plain.plain(),
            kind => kind,
        }
    }

    /// The same value with each of its parts replaced by what `part` makes of it; a value without parts is cloned.
    pub(crate) fn map_parts(&self, part: &dyn Fn(&Value) -> Value) -> Self {
        let all = |items: &[Value]| items.iter().map(part).collect();
        let named = |fields: &[(Arc<str>, Value)]| {
            fields.iter().map(|(name, value)| (name.clone(), part(value))).collect::<Vec<_>>()
        };
        match self {
            Self::Some(inner) => Self::Some(Box::new(part(inner))),
            Self::Seq(items) => Self::Seq(all(items)),
            Self::Tuple(items) => Self::Tuple(all(items)),
            Self::Struct(fields) => Self::Struct(named(fields)),
            Self::Map(entries) => Self::Map(entries.iter().map(|(key, value)| (part(key), part(value))).collect()),
            Self::Variant { index, name, payload } => Self::Variant {
                index: *index,
                name: name.clone(),
                payload: match payload {
                    Payload::Unit => Payload::Unit,
                    Payload::Tuple(items) => Payload::Tuple(all(items)),
                    Payload::Struct(fields) => Payload::Struct(named(fields)),
                },
            },
            scalar => scalar.clone(),
        }
    }

    /// The value in the notation of its logical type, such as `2026-11-21T09:18:04Z`; `None` without a logical type, or
    /// if its notation cannot express the value.
    pub fn logical_text(&self) -> Option<String> {
        match self {
            ValueKind::As(plain, logical) => logical::show(*logical, plain.plain()),
            _ => None,
        }
    }

    /// The moment, in nanoseconds since 1970-01-01T00:00:00Z, of a value whose logical type is a timestamp and that
    /// lies within the years -999999 to 999999.
    pub fn unix_nanos(&self) -> Option<i128> {
        match self {
            ValueKind::As(plain, LogicalType::Timestamp(unit)) => logical::moment(*unit, plain.plain()),
            _ => None,
        }
    }

    /// The kind of value, for messages.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            ValueKind::Bool(_) => "a bool",
            ValueKind::Uint(_) => "an unsigned integer",
            ValueKind::Int(_) => "a signed integer",
            ValueKind::F32(_) => "an f32",
            ValueKind::F64(_) => "an f64",
            ValueKind::Char(_) => "a char",
            ValueKind::String(_) => "a string",
            ValueKind::Bytes(_) => "bytes",
            ValueKind::Unit => "()",
            ValueKind::None | ValueKind::Some(_) => "an option",
            ValueKind::Seq(_) => "a list",
            ValueKind::Tuple(_) => "a tuple",
            ValueKind::Struct(_) => "a struct",
            ValueKind::Variant { .. } => "a variant of an enum",
            ValueKind::Map(_) => "a map",
            ValueKind::As(plain, _) => plain.describe(),
        }
    }
}

impl Payload {
    /// The kind of payload, for messages.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Payload::Unit => NOTHING,
            Payload::Tuple(_) => ITEMS,
            Payload::Struct(_) => FIELDS,
        }
    }
}

impl Shape {
    /// The kind of payload, for messages.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Shape::Unit => NOTHING,
            Shape::Tuple(_) => ITEMS,
            Shape::Struct(_) => FIELDS,
        }
    }
}

const NOTHING: &str = "a variant without content";
const ITEMS: &str = "a variant with items in parentheses";
const FIELDS: &str = "a variant with named fields";
