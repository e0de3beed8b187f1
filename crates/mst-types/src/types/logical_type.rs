//! Logical types: the meaning of a number, a text or bytes, such as a moment, a UUID or an amount.

use std::fmt;

use crate::types::ty::{Int, Shape, Type, Variant};

/// The maximum number of digits after the point of a decimal.
pub const MAX_SCALE: u8 = 38;

/// A logical type: what a number, a text or bytes stand for, in addition to the type that determines postcard's bytes.
///
/// A logical type changes how a value is displayed and typed in. The bytes, their order and their hash are those of the
/// underlying type. A value that the notation cannot express (a time after the year 999999, text that is not JSON) is
/// displayed as the underlying type displays it.
///
/// | text | bytes | shown as |
/// |---|---|---|
/// | `timestamp(s)`, `(ms)`, `(us)`, `(ns)` | `i64`, or any other integer: `u64 as timestamp(s)` | `2026-11-21T09:18:04Z` |
/// | `date` | `i32`, or any other integer: `u16 as date` | `2026-11-21` |
/// | `time(s)`, `(ms)`, `(us)`, `(ns)` | `u64`, or any other integer: `u32 as time(ms)` | `09:18:04.5` |
/// | `duration(s)`, `(ms)`, `(us)`, `(ns)` | `i64`, or any other integer: `u32 as duration(s)` | `PT26H0.5S` |
/// | `uuid` | `[u8; 16]`, or `Vec<u8> as uuid`, `u128 as uuid` | `67e55044-10b1-426f-9247-bb680e5fe0c8` |
/// | `decimal(2)` | `i128`, or any other integer: `i64 as decimal(2)` | `12.50` |
/// | `hash` | `[u8; 32]`, or any other byte string: `Vec<u8> as hash` | 64 hex digits |
/// | `json` | `String` | the JSON |
/// | `cbor` | `Vec<u8>` | the diagnostic notation of RFC 8949 |
/// | `ipv4`, `ipv6` | `[u8; 4]`, `[u8; 16]`, or `u32 as ip`, `u128 as ip` | `192.0.2.1`, `2001:db8::1` |
/// | `ip` | `enum {V4(ipv4), V6(ipv6)}`, as serde writes an `IpAddr` | |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogicalType {
    /// A moment: a count of units since 1970-01-01T00:00:00Z. Displayed in UTC.
    Timestamp(TimeUnit),
    /// A date: a count of days since 1970-01-01.
    Date,
    /// A time of day: a count of units since midnight, before 24:00:00.
    Time(TimeUnit),
    /// A duration: a count of units. Displayed in ISO 8601, in hours, minutes and seconds.
    Duration(TimeUnit),
    /// A UUID, whose bytes are in the order of its digits.
    Uuid,
    /// A number with this many digits after the point, at most [`MAX_SCALE`].
    Decimal(u8),
    /// A hash.
    Hash,
    /// JSON in a text.
    Json,
    /// CBOR, RFC 8949.
    Cbor,
    /// An address of the Internet Protocol, big-endian: version 4 from 4 bytes, version 6 from 16.
    Ip,
}

/// The unit of a count of time.
///
/// The enum is closed on purpose: see the [crate](crate#open-and-closed-enums).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    /// Seconds.
    Second,
    /// Milliseconds.
    Milli,
    /// Microseconds.
    Micro,
    /// Nanoseconds.
    Nano,
}

impl TimeUnit {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Second, Self::Milli, Self::Micro, Self::Nano];

    /// `s`, `ms`, `us` or `ns`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Second => "s",
            Self::Milli => "ms",
            Self::Micro => "us",
            Self::Nano => "ns",
        }
    }

    /// The number of nanoseconds in it.
    pub fn nanos(self) -> i128 {
        match self {
            Self::Second => 1_000_000_000,
            Self::Milli => 1_000_000,
            Self::Micro => 1_000,
            Self::Nano => 1,
        }
    }
}

impl LogicalType {
    /// The underlying type if the text form names none.
    pub fn default_wire(self) -> Type {
        let bytes = |count| Type::Array(Box::new(Type::U8), count);
        match self {
            Self::Timestamp(_) => Type::I64,
            Self::Date => Type::I32,
            Self::Time(_) => Type::U64,
            Self::Duration(_) => Type::I64,
            Self::Decimal(_) => Type::I128,
            Self::Uuid => bytes(16),
            Self::Hash => bytes(32),
            Self::Json => Type::String,
            Self::Cbor => Type::Vec(Box::new(Type::U8)),
            Self::Ip => bytes(4),
        }
    }

    /// Whether a type can be the underlying type.
    pub fn fits(self, wire: &Type) -> bool {
        let bytes = |count| matches!(wire, Type::Array(_, n) if wire.is_bytes() && *n == count);
        match self {
            Self::Timestamp(_) | Self::Date | Self::Time(_) | Self::Duration(_) => wire.int().is_some(),
            Self::Decimal(scale) => wire.int().is_some() && scale <= MAX_SCALE,
            Self::Uuid => bytes(16) || *wire == Type::U128 || matches!(wire, Type::Vec(_) if wire.is_bytes()),
            Self::Hash => wire.is_bytes(),
            Self::Json => *wire == Type::String,
            Self::Cbor => wire.is_bytes(),
            Self::Ip => bytes(4) || bytes(16) || matches!(wire, Type::U32 | Type::U128),
        }
    }

    /// The types that [`LogicalType::fits`] accepts, in words.
    pub(crate) fn wires(self) -> &'static str {
        match self {
            Self::Timestamp(_) | Self::Date | Self::Time(_) | Self::Duration(_) | Self::Decimal(_) => "an integer",
            Self::Uuid => "[u8; 16], Vec<u8> or u128",
            Self::Hash | Self::Cbor => "Vec<u8> or [u8; N]",
            Self::Json => "String",
            Self::Ip => "[u8; 4], [u8; 16], u32 or u128",
        }
    }
}

impl Type {
    /// Gives this type a logical type; returns it unchanged if the logical type does not fit.
    pub fn with_logical(self, logical: LogicalType) -> Self {
        if logical.fits(&self) { Self::As(Box::new(self), logical) } else { self }
    }

    /// The type that serde writes for an `IpAddr`.
    pub(crate) fn ip() -> Self {
        let variant = |name: &str, count| {
            Variant::new(name, Shape::Tuple(vec![Self::Array(Box::new(Self::U8), count).with_logical(LogicalType::Ip)]))
        };
        Self::Enum(vec![variant("V4", 4), variant("V6", 16)])
    }

    /// This type without its name and logical type; its parts keep theirs.
    pub fn wire(&self) -> &Self {
        match self {
            Self::As(ty, _) | Self::Named(_, ty) => ty.wire(),
            ty => ty,
        }
    }

    /// The logical type of this type, if it has one.
    pub fn logical_type(&self) -> Option<LogicalType> {
        match self {
            Self::As(ty, logical) => ty.logical_type().or(Some(*logical)),
            Self::Named(_, ty) => ty.logical_type(),
            _ => None,
        }
    }

    /// This type reduced to what determines postcard's bytes: without names of types and without logical types, in all
    /// parts. Names of fields and variants stay.
    pub fn to_wire(&self) -> Self {
        let all = |types: &[Self]| types.iter().map(Self::to_wire).collect::<Vec<_>>();
        let fields = |fields: &[crate::Field]| {
            fields.iter().map(|field| crate::Field::new(field.name.clone(), field.ty.to_wire())).collect::<Vec<_>>()
        };
        match self {
            Self::As(ty, _) | Self::Named(_, ty) => ty.to_wire(),
            Self::Vec(item) => Self::Vec(Box::new(item.to_wire())),
            Self::Array(item, count) => Self::Array(Box::new(item.to_wire()), *count),
            Self::Option(item) => Self::Option(Box::new(item.to_wire())),
            Self::Map(key, value) => Self::Map(Box::new(key.to_wire()), Box::new(value.to_wire())),
            Self::Tuple(types) => Self::Tuple(all(types)),
            Self::Struct(parts) => Self::Struct(fields(parts)),
            Self::Enum(variants) => Self::Enum(
                variants
                    .iter()
                    .map(|variant| {
                        let shape = match &variant.shape {
                            Shape::Unit => Shape::Unit,
                            Shape::Tuple(types) => Shape::Tuple(all(types)),
                            Shape::Struct(parts) => Shape::Struct(fields(parts)),
                        };
                        Variant::new(variant.name.clone(), shape)
                    })
                    .collect(),
            ),
            scalar => scalar.clone(),
        }
    }

    /// Writes this type with a logical type, leaving out the underlying type if it is the default.
    pub(crate) fn write_logical(&self, logical: LogicalType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (logical, self) {
            (LogicalType::Ip, Self::Array(_, 4)) => f.write_str("ipv4"),
            (LogicalType::Ip, Self::Array(_, 16)) => f.write_str("ipv6"),
            _ if logical.default_wire() == *self => write!(f, "{logical}"),
            _ => write!(f, "{self} as {logical}"),
        }
    }
}

impl Int {
    /// The number as a value of this type; `None` for a negative number of an unsigned type.
    pub(crate) fn of(self, number: i128) -> Option<crate::ValueKind> {
        if self.signed {
            return Some(crate::ValueKind::Int(number));
        }
        u128::try_from(number).ok().map(crate::ValueKind::Uint)
    }
}

impl fmt::Display for LogicalType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timestamp(unit) => write!(f, "timestamp({})", unit.name()),
            Self::Date => f.write_str("date"),
            Self::Time(unit) => write!(f, "time({})", unit.name()),
            Self::Duration(unit) => write!(f, "duration({})", unit.name()),
            Self::Uuid => f.write_str("uuid"),
            Self::Decimal(scale) => write!(f, "decimal({scale})"),
            Self::Hash => f.write_str("hash"),
            Self::Json => f.write_str("json"),
            Self::Cbor => f.write_str("cbor"),
            Self::Ip => f.write_str("ip"),
        }
    }
}
