//! Decoded values.

use std::ops::Range;
use std::sync::Arc;

use super::read_value;
use super::reading::Reading;
use super::ty::Shape;

/// A decoded value, and the bytes it came from.
///
/// `Display` gives one line much as Rust writes it, in which nothing can disturb a terminal; `Serialize` gives natural
/// JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Its bytes, as offsets into the slice that was decoded; `0..0` when it was not decoded from bytes.
    pub span: Range<usize>,
}

/// What a value is.
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
    /// An option with one.
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
        /// What it holds.
        payload: Payload,
    },
    /// A map: its entries as they stand in the bytes.
    Map(Vec<(Value, Value)>),
    /// A number, a text or bytes, and what they stand for.
    As(Box<ValueKind>, Reading),
}

/// What a variant of an enum holds.
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

    /// The same value with what it stands for.
    pub(super) fn read_as(self, reading: Reading) -> Self {
        Self { kind: ValueKind::As(Box::new(self.kind), reading), span: self.span }
    }
}

impl ValueKind {
    /// The number, text or bytes without what they stand for; any other value as it is.
    pub fn plain(&self) -> &Self {
        match self {
            ValueKind::As(plain, _) => plain.plain(),
            kind => kind,
        }
    }

    /// What a value stands for in the words of its reading, such as `2026-11-21T09:18:04Z`; none where it has no reading,
    /// or none that fits it.
    pub fn reading_text(&self) -> Option<String> {
        match self {
            ValueKind::As(plain, reading) => read_value::show(*reading, plain.plain()),
            _ => None,
        }
    }

    /// The moment, in nanoseconds since 1970-01-01T00:00:00Z, of a value that is read as one and lies within the years
    /// -999999 to 999999.
    pub fn unix_nanos(&self) -> Option<i128> {
        match self {
            ValueKind::As(plain, Reading::Timestamp(unit)) => read_value::moment(*unit, plain.plain()),
            _ => None,
        }
    }

    /// What it is called in messages.
    pub(super) fn describe(&self) -> &'static str {
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
    /// What it is called in messages.
    pub(super) fn describe(&self) -> &'static str {
        match self {
            Payload::Unit => NOTHING,
            Payload::Tuple(_) => ITEMS,
            Payload::Struct(_) => FIELDS,
        }
    }
}

impl Shape {
    /// What it is called in messages.
    pub(super) fn describe(&self) -> &'static str {
        match self {
            Shape::Unit => NOTHING,
            Shape::Tuple(_) => ITEMS,
            Shape::Struct(_) => FIELDS,
        }
    }
}

const NOTHING: &str = "a variant that holds nothing";
const ITEMS: &str = "a variant with items in parentheses";
const FIELDS: &str = "a variant with named fields";
