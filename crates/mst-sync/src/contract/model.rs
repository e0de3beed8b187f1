//! The content of a contract.

use std::fmt;

use file_mst::diff::{GivenTolerances, Measure, Tolerance};
use mst_types::{Field as SchemaField, LogicalType, Shape, TimeUnit as Unit, Type, Variant, escape_text};

/// The agreement of two services: which records they share, and which fields must match.
#[derive(Clone, PartialEq, Debug)]
pub struct Contract {
    /// The name of the contract.
    pub name: String,
    /// The oldest version of Unicode whose tables a program may have, if normal forms or cases matter.
    pub unicode: Option<[u64; 3]>,
    /// The oldest version of the time zone database that a program may have.
    pub tzdb: Option<String>,
    /// The part of a record that the tree stores.
    pub values: Values,
    /// Whether rows are compared as how many there are of each. All fields are then fields of the key, and the value of
    /// a record is the count of its rows.
    pub multiset: bool,
    /// The fields that identify a record, at least one.
    pub key: Vec<Field>,
    /// The fields that must match.
    pub fields: Vec<Field>,
}

/// The part of a record besides its key that a tree stores.
///
/// The enum is closed on purpose: see the [crate](crate#open-and-closed-enums).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Values {
    /// The canonical fields.
    Fields,
    /// 32 bytes: this digest of the canonical bytes of the fields.
    Fingerprint(Digest),
}

/// A hash function with a digest of 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Digest {
    /// BLAKE3.
    Blake3,
    /// SHA-256.
    Sha256,
}

/// A field of a contract: a type, and the rules that make a value of it canonical.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// The name of the field, in every view.
    pub name: String,
    /// The type of its values.
    pub ty: FieldType,
    /// The rules that make them canonical.
    pub rules: Rules,
}

/// The type of a field.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum FieldType {
    /// A whole number.
    Int {
        /// Whether it can be negative.
        signed: bool,
        /// 8, 16, 32 or 64.
        bits: u32,
    },
    /// A decimal number with this many digits after the point, exact, of at most 38 digits in all.
    Decimal {
        /// The number of digits after the point, 0 to 38.
        scale: u32,
    },
    /// Text.
    Text,
    /// A truth value.
    Bool,
    /// Bytes.
    Bytes,
    /// A moment, as a whole number of units since 1970-01-01T00:00:00Z in 64 bits.
    Timestamp(Unit),
    /// A day.
    Date,
    /// A time of day, as a whole number of units since midnight, before 24:00:00.
    Time(Unit),
    /// A duration, as a whole number of units in 64 bits.
    Duration(Unit),
    /// A UUID.
    Uuid,
    /// One of these names.
    Enum(Vec<String>),
    /// A JSON value.
    Json,
}

/// How the values of a field are made canonical.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rules {
    /// Whether white space at both ends of text is removed.
    pub trim: bool,
    /// The case of letters.
    pub case: Case,
    /// Whether text is brought into Unicode's normal form C.
    pub nfc: bool,
    /// The meaning of empty text.
    pub empty: Empty,
    /// Whether a record may lack a value here. In the key, null is then a value of its own, before all others.
    pub nullable: bool,
    /// How a number or time with too many digits is rounded.
    pub rounding: Rounding,
    /// Whether a binary floating-point number may be used for a decimal one.
    pub floats: Floats,
    /// The canonical bytes of the value that replaces a missing one.
    pub default: Option<Vec<u8>>,
    /// How far two values may lie apart without being drift. Canonical bytes and the contract's hash do not depend on it.
    pub tolerance: Option<Tolerance>,
}

/// The case that letters are converted to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Case {
    /// Letters are unchanged.
    #[default]
    Keep,
    /// Lower case.
    Lower,
    /// Upper case.
    Upper,
}

/// The meaning of empty text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Empty {
    /// It is empty text.
    #[default]
    Keep,
    /// It is no value.
    Null,
    /// It violates the contract.
    Refuse,
}

/// How digits beyond the precision of a field are handled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Rounding {
    /// The value violates the contract.
    #[default]
    Refuse,
    /// They are cut off.
    Down,
    /// The value is rounded to the nearest one, a half away from zero.
    HalfUp,
    /// The value is rounded to the nearest one, a half to the even one.
    HalfEven,
}

/// How a binary floating-point number is handled in a decimal field.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Floats {
    /// It violates the contract.
    #[default]
    Refuse,
    /// It is the shortest decimal number that reads back as the same float.
    Shortest,
}

impl FieldType {
    /// The name of the type in messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Int { .. } => "whole number",
            Self::Decimal { .. } => "decimal number",
            Self::Text => "text",
            Self::Bool => "bool",
            Self::Bytes => "bytes",
            Self::Timestamp(_) => "timestamp",
            Self::Date => "date",
            Self::Time(_) => "time of day",
            Self::Duration(_) => "duration",
            Self::Uuid => "uuid",
            Self::Enum(_) => "enum",
            Self::Json => "json",
        }
    }

    /// Whether its values have an order, so that they can be keys.
    pub fn can_be_key(&self) -> bool {
        !matches!(self, Self::Enum(_) | Self::Json)
    }

    /// Whether a rule about rounding applies to it.
    pub fn has_rounding(&self) -> bool {
        matches!(self, Self::Int { .. } | Self::Decimal { .. } | Self::Timestamp(_) | Self::Time(_) | Self::Duration(_))
    }

    /// Whether its values can be made from numbers, so that a rule about floats applies to it.
    pub fn has_floats(&self) -> bool {
        self.has_rounding() || *self == Self::Date
    }

    /// Whether a rule about letters applies to it.
    pub fn has_letters(&self) -> bool {
        matches!(self, Self::Text | Self::Enum(_))
    }

    /// How the distance of two values is measured, for a tolerance; `None` if there is none.
    pub fn measure(&self) -> Option<Measure> {
        match self {
            Self::Int { .. } | Self::Decimal { .. } => Some(Measure::Number),
            Self::Timestamp(_) | Self::Time(_) | Self::Duration(_) => Some(Measure::Time),
            Self::Date => Some(Measure::Days),
            Self::Text | Self::Bool | Self::Bytes | Self::Uuid | Self::Enum(_) | Self::Json => None,
        }
    }

    /// The type that views show, in whose postcard encoding values are stored.
    fn schema(&self) -> Type {
        match self {
            Self::Int { signed: false, bits: 8 } => Type::U8,
            Self::Int { signed: false, bits: 16 } => Type::U16,
            Self::Int { signed: false, bits: 32 } => Type::U32,
            Self::Int { signed: false, .. } => Type::U64,
            Self::Int { signed: true, bits: 8 } => Type::I8,
            Self::Int { signed: true, bits: 16 } => Type::I16,
            Self::Int { signed: true, bits: 32 } => Type::I32,
            Self::Int { signed: true, .. } => Type::I64,
            Self::Decimal { scale } => {
                Type::I128.with_logical(LogicalType::Decimal(u8::try_from(*scale).unwrap_or(u8::MAX)))
            }
            Self::Timestamp(unit) => Type::I64.with_logical(LogicalType::Timestamp(*unit)),
            Self::Text => Type::String,
            Self::Json => Type::String.with_logical(LogicalType::Json),
            Self::Bool => Type::Bool,
            Self::Bytes => Type::Vec(Box::new(Type::U8)),
            Self::Date => Type::I32.with_logical(LogicalType::Date),
            Self::Time(unit) => Type::U64.with_logical(LogicalType::Time(*unit)),
            Self::Duration(unit) => Type::I64.with_logical(LogicalType::Duration(*unit)),
            Self::Uuid => Type::Array(Box::new(Type::U8), 16).with_logical(LogicalType::Uuid),
            Self::Enum(names) => {
                Type::Enum(names.iter().map(|name| Variant::new(name.as_str(), Shape::Unit)).collect())
            }
        }
    }
}

/// The notation of contracts, with the names of an enum in parentheses.
impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int { signed, bits } => write!(f, "{}{bits}", if *signed { 'i' } else { 'u' }),
            Self::Decimal { scale } => write!(f, "decimal({scale})"),
            Self::Timestamp(unit) => write!(f, "timestamp({})", unit.name()),
            Self::Time(unit) => write!(f, "time({})", unit.name()),
            Self::Duration(unit) => write!(f, "duration({})", unit.name()),
            Self::Enum(names) => {
                let quoted: Vec<_> = names.iter().map(|name| format!("\"{}\"", escape_text(name))).collect();
                write!(f, "enum({})", quoted.join(", "))
            }
            Self::Text | Self::Bool | Self::Bytes | Self::Date | Self::Uuid | Self::Json => f.write_str(self.kind()),
        }
    }
}

impl Digest {
    /// The digest of `bytes`.
    pub fn of(self, bytes: &[u8]) -> [u8; 32] {
        match self {
            Self::Blake3 => *blake3::hash(bytes).as_bytes(),
            Self::Sha256 => {
                use sha2::Digest as _;
                sha2::Sha256::digest(bytes).into()
            }
        }
    }
}

impl Contract {
    /// The type of a tree's keys: that of the only key field, or a struct of several.
    pub fn key_type(&self) -> Type {
        match self.key.as_slice() {
            [only] => only.schema(),
            several => struct_of(several),
        }
    }

    /// The type of a tree's values: a struct of the fields, or 32 bytes.
    pub fn value_type(&self) -> Type {
        match self.values {
            Values::Fields => self.record_type(),
            Values::Fingerprint(_) => Type::Array(Box::new(Type::U8), 32).with_logical(LogicalType::Hash),
        }
    }

    /// The struct of the fields, whatever the tree stores; for a multiset the count of rows.
    pub fn record_type(&self) -> Type {
        if self.multiset {
            return Type::Struct(vec![SchemaField::new(COUNT, Type::U64)]);
        }
        struct_of(&self.fields)
    }

    /// The tolerances of the fields, which a commit notes beside the contract.
    pub fn tolerances(&self) -> GivenTolerances {
        let mut given = GivenTolerances::default();
        for field in &self.fields {
            if let Some(tolerance) = &field.rules.tolerance {
                // The names of fields differ.
                let _ = given.push(&field.name, tolerance.clone());
            }
        }
        given
    }

    /// All fields, those of the key first.
    pub fn all_fields(&self) -> impl Iterator<Item = &Field> {
        self.key.iter().chain(&self.fields)
    }
}

/// The name of the only part of a multiset's values.
const COUNT: &str = "count";

impl Field {
    /// The type that views show: an option if the field may be null.
    pub(super) fn schema(&self) -> Type {
        let ty = self.ty.schema();
        if self.rules.nullable { Type::Option(Box::new(ty)) } else { ty }
    }
}

fn struct_of(fields: &[Field]) -> Type {
    let field = |field: &Field| SchemaField::new(field.name.as_str(), field.schema());
    Type::Struct(fields.iter().map(field).collect())
}
