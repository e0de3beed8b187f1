//! Decoded values.

use std::ops::Range;
use std::sync::Arc;

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
    /// A whole number that stands for something else.
    Read(i128, Reading),
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
}

impl ValueKind {
    /// What it is called in messages.
    pub(super) fn describe(&self) -> &'static str {
        match self {
            ValueKind::Bool(_) => "a bool",
            ValueKind::Uint(_) => "an unsigned integer",
            ValueKind::Int(_) => "a signed integer",
            ValueKind::Read(_, Reading::Decimal(_)) => "a decimal number",
            ValueKind::Read(_, Reading::Timestamp(_)) => "a timestamp",
            ValueKind::Read(_, Reading::Date) => "a date",
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
