//! Values without parts: the kind of thing each stands for.

use crate::types::logical_type::{LogicalType, TimeUnit};
use crate::types::ty::Type;

/// The meaning of a value without parts. Different kinds are never compared: a plain number does not say whether it
/// counts days or cents.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Bool,
    Whole,
    F32,
    F64,
    Char,
    Text,
    Bytes,
    Unit,
    Decimal,
    Moment,
    TimeOfDay,
    Duration,
    Date,
    Uuid,
    Hash,
    Json,
    Cbor,
    Ipv4,
    Ipv6,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Bool => "a bool",
            Self::Whole => "a whole number",
            Self::F32 => "a float of 32 bits",
            Self::F64 => "a float of 64 bits",
            Self::Char => "a character",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Unit => "nothing",
            Self::Decimal => "a decimal number",
            Self::Moment => "a moment",
            Self::TimeOfDay => "a time of day",
            Self::Duration => "a duration",
            Self::Date => "a date",
            Self::Uuid => "a UUID",
            Self::Hash => "a hash",
            Self::Json => "JSON",
            Self::Cbor => "CBOR",
            Self::Ipv4 => "an IPv4 address",
            Self::Ipv6 => "an IPv6 address",
        }
    }

    /// How two types of this kind can differ if their encodings do.
    pub(super) fn nuance(self) -> &'static str {
        match self {
            Self::Decimal => "digits after the point, or width",
            Self::Moment | Self::TimeOfDay | Self::Duration => "unit of time, or width",
            Self::Whole | Self::Date => "width, or sign",
            _ => "different storage",
        }
    }

    /// Whether its values are bytes, whatever type stores them.
    pub(super) fn is_bytes(self) -> bool {
        matches!(self, Self::Bytes | Self::Uuid | Self::Hash | Self::Cbor | Self::Ipv4 | Self::Ipv6)
    }
}

/// A type without parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Leaf {
    pub(super) kind: Kind,
    /// Numbers count units of ten to the power of minus `digits`.
    pub(super) digits: u8,
}

/// The number of digits after the point of a second that a unit has.
fn digits_of(unit: TimeUnit) -> u8 {
    match unit {
        TimeUnit::Second => 0,
        TimeUnit::Milli => 3,
        TimeUnit::Micro => 6,
        TimeUnit::Nano => 9,
    }
}

/// The kind of a type without parts; `None` if it has parts.
pub(super) fn leaf(ty: &Type) -> Option<Leaf> {
    let (wire, logical) = (ty.wire(), ty.logical_type());
    let mut digits = 0;
    let kind = match (logical, wire) {
        (Some(LogicalType::Timestamp(unit)), _) => {
            digits = digits_of(unit);
            Kind::Moment
        }
        (Some(LogicalType::Time(unit)), _) => {
            digits = digits_of(unit);
            Kind::TimeOfDay
        }
        (Some(LogicalType::Duration(unit)), _) => {
            digits = digits_of(unit);
            Kind::Duration
        }
        (Some(LogicalType::Decimal(scale)), _) => {
            digits = scale;
            Kind::Decimal
        }
        (Some(LogicalType::Date), _) => Kind::Date,
        (Some(LogicalType::Uuid), _) => Kind::Uuid,
        (Some(LogicalType::Hash), _) => Kind::Hash,
        (Some(LogicalType::Json), _) => Kind::Json,
        (Some(LogicalType::Cbor), _) => Kind::Cbor,
        (Some(LogicalType::Ip), Type::Array(_, 4) | Type::U32) => Kind::Ipv4,
        (Some(LogicalType::Ip), _) => Kind::Ipv6,
        (None, Type::Bool) => Kind::Bool,
        (None, Type::F32) => Kind::F32,
        (None, Type::F64) => Kind::F64,
        (None, Type::Char) => Kind::Char,
        (None, Type::String) => Kind::Text,
        (None, Type::Unit) => Kind::Unit,
        (None, Type::Tuple(types)) if types.is_empty() => Kind::Unit,
        (None, wire) if wire.is_bytes() => Kind::Bytes,
        (None, wire) if wire.int().is_some() => Kind::Whole,
        (None, _) => return None,
    };
    Some(Leaf { kind, digits })
}
