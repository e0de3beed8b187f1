//! The types that a key or a value can have.

use std::sync::Arc;

use crate::types::logical_type::LogicalType;

/// The type of a key or a value, in as much detail as postcard's bytes depend on.
///
/// Its text form is read with [`str::parse`] and written with `Display`:
///
/// | text | meaning |
/// |---|---|
/// | `bool`, `u8` to `u128`, `i8` to `i128`, `f32`, `f64`, `char`, `String`, `()` | as in Rust |
/// | `usize`, `isize` | `u64`, `i64` |
/// | `str`, `&str` | `String` |
/// | `Vec<T>`, `[T; N]`, `Option<T>`, `(A, B)`, `(A,)` | as in Rust; `bytes` is `Vec<u8>` |
/// | `Box<T>` | `T` |
/// | `Map<K, V>`, `HashMap<K, V>`, `BTreeMap<K, V>` | a map |
/// | `{name: T, other: U}` | a struct; a name that is not an identifier is in quotes |
/// | `enum {A, B(T, U), C{name: T}}` | an enum, its variants numbered from 0 |
/// | `Order{name: T}`, `enum Status {A, B}` | the same with the name of the type |
/// | `timestamp(ms)`, `uuid`, `i64 as decimal(2)`, ... | a logical type: see [`LogicalType`] |
///
/// Names within one struct or enum must differ, and the text form enforces it. An empty [`Type::Tuple`] has the bytes
/// and the text of [`Type::Unit`] and is read back as that.
///
/// The enum is closed on purpose: see the [crate](crate#open-and-closed-enums).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// One byte, 0 or 1.
    Bool,
    /// One byte.
    U8,
    /// A varint of up to 3 bytes.
    U16,
    /// A varint of up to 5 bytes.
    U32,
    /// A varint of up to 10 bytes.
    U64,
    /// A varint of up to 19 bytes.
    U128,
    /// One byte, two's complement.
    I8,
    /// A zigzag varint of up to 3 bytes.
    I16,
    /// A zigzag varint of up to 5 bytes.
    I32,
    /// A zigzag varint of up to 10 bytes.
    I64,
    /// A zigzag varint of up to 19 bytes.
    I128,
    /// Four bytes, little-endian IEEE 754.
    F32,
    /// Eight bytes, little-endian IEEE 754.
    F64,
    /// A length (1 to 4) and one UTF-8 character.
    Char,
    /// A length in bytes and UTF-8 text.
    String,
    /// No bytes at all.
    Unit,
    /// A count and the items. `Vec<u8>` is a byte string: one [`ValueKind::Bytes`](crate::ValueKind::Bytes).
    Vec(Box<Type>),
    /// A fixed number of items, without a count. `[u8; N]` is a byte string too.
    Array(Box<Type>, usize),
    /// A byte 0 (none) or 1, then the item.
    Option(Box<Type>),
    /// The items, one after the other.
    Tuple(Vec<Type>),
    /// The fields, one after the other; the names are not in the bytes.
    Struct(Vec<Field>),
    /// The number of the variant (a `u32` varint), then its payload.
    Enum(Vec<Variant>),
    /// A count of entries, then each key and its value.
    Map(Box<Type>, Box<Type>),
    /// The bytes of the type, with a logical type. A type that the logical type does not [fit](LogicalType::fits) is used
    /// without it.
    As(Box<Type>, LogicalType),
    /// A struct or enum and its name, which is not in the bytes.
    Named(Arc<str>, Box<Type>),
}

/// A named field of a struct or of a variant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    /// The name, shared with the values decoded.
    pub name: Arc<str>,
    /// The type of the field.
    pub ty: Type,
}

/// One variant of an enum; its index in the list is its number in the bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Variant {
    /// The name, shared with the values decoded.
    pub name: Arc<str>,
    /// The payload of the variant.
    pub shape: Shape,
}

/// The payload of a variant of an enum.
///
/// The enum is closed on purpose: see the [crate](crate#open-and-closed-enums).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Nothing: `A`.
    Unit,
    /// Items without names: `B(T, U)`. A newtype variant is the case of one item.
    Tuple(Vec<Type>),
    /// Named fields: `C{name: T}`.
    Struct(Vec<Field>),
}

/// The width and sign of an integer type.
#[derive(Clone, Copy)]
pub(crate) struct Int {
    pub(crate) signed: bool,
    pub(crate) bits: u32,
}

impl Type {
    /// The width and sign; `None` if it is not an integer type.
    pub(crate) fn int(&self) -> Option<Int> {
        let (signed, bits) = match self {
            Type::U8 => (false, 8),
            Type::U16 => (false, 16),
            Type::U32 => (false, 32),
            Type::U64 => (false, 64),
            Type::U128 => (false, 128),
            Type::I8 => (true, 8),
            Type::I16 => (true, 16),
            Type::I32 => (true, 32),
            Type::I64 => (true, 64),
            Type::I128 => (true, 128),
            _ => return None,
        };
        Some(Int { signed, bits })
    }

    /// Whether a value of this type is one byte string: `Vec<u8>` and `[u8; N]`.
    pub fn is_bytes(&self) -> bool {
        matches!(self, Type::Vec(item) | Type::Array(item, _) if **item == Type::U8)
    }
}

impl Field {
    /// A field of this name and type.
    pub fn new(name: impl Into<Arc<str>>, ty: Type) -> Self {
        Self { name: name.into(), ty }
    }
}

impl Variant {
    /// A variant of this name with this payload.
    pub fn new(name: impl Into<Arc<str>>, shape: Shape) -> Self {
        Self { name: name.into(), shape }
    }
}
