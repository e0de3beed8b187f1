//! Serializing values as JSON, or in whatever other self-describing format a serializer writes.

use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::types::logical_type::LogicalType;
use crate::value::kinds::{Payload, Value, ValueKind};

/// The member that wraps an option's item if that item would itself be written as null or wrapped: `Some(None)` is
/// `{"some": null}`.
pub(crate) const SOME: &str = "some";

/// Natural JSON: numbers as numbers of any width; floats that JSON lacks as `"NaN"`, `"inf"` and `"-inf"`; bytes as
/// lower-case hex; `()` and `None` as null; an option's item as itself (or as `{"some": ...}` if it is an option or
/// `()` itself); structs as objects in declared order; a variant as `"Name"` or `{"Name": payload}`; a map as an object
/// if its keys are strings, otherwise as an array of `[key, value]`. An empty map has no keys to decide by and is an
/// empty object.
///
/// A value with a logical type is a string in the notation of that type, except that JSON is its text and CBOR the hex
/// digits of its bytes, so that nothing is lost.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.kind.serialize(serializer)
    }
}

impl Serialize for ValueKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            ValueKind::As(plain, LogicalType::Json | LogicalType::Cbor) => plain.serialize(serializer),
            ValueKind::As(plain, _) => match self.logical_text() {
                Some(text) => serializer.serialize_str(&text),
                None => plain.serialize(serializer),
            },
            ValueKind::Bool(v) => serializer.serialize_bool(*v),
            ValueKind::Uint(v) => match u64::try_from(*v) {
                Ok(v) => serializer.serialize_u64(v),
                Err(_) => serializer.serialize_u128(*v),
            },
            ValueKind::Int(v) => match i64::try_from(*v) {
                Ok(v) => serializer.serialize_i64(v),
                Err(_) => serializer.serialize_i128(*v),
            },
            ValueKind::F32(v) if v.is_finite() => serializer.serialize_f32(*v),
            ValueKind::F32(v) => serializer.collect_str(v),
            ValueKind::F64(v) if v.is_finite() => serializer.serialize_f64(*v),
            ValueKind::F64(v) => serializer.collect_str(v),
            ValueKind::Char(v) => serializer.serialize_char(*v),
            ValueKind::String(v) => serializer.serialize_str(v),
            ValueKind::Bytes(v) => serializer.serialize_str(&hex::encode(v)),
            ValueKind::Unit | ValueKind::None => serializer.serialize_unit(),
            ValueKind::Some(inner) => match inner.kind {
                ValueKind::Unit | ValueKind::None | ValueKind::Some(_) => single(serializer, SOME, inner),
                _ => inner.serialize(serializer),
            },
            ValueKind::Seq(items) | ValueKind::Tuple(items) => serializer.collect_seq(items),
            ValueKind::Struct(fields) => Fields(fields).serialize(serializer),
            ValueKind::Variant { name, payload, .. } => match payload {
                Payload::Unit => serializer.serialize_str(name),
                Payload::Tuple(items) => match items.as_slice() {
                    [only] => single(serializer, name, only),
                    items => single(serializer, name, items),
                },
                Payload::Struct(fields) => single(serializer, name, &Fields(fields)),
            },
            ValueKind::Map(entries) => {
                let named: Option<Vec<_>> = entries
                    .iter()
                    .map(|(key, value)| match &key.kind {
                        ValueKind::String(key) => Some((key, value)),
                        _ => None,
                    })
                    .collect();
                match named {
                    Some(named) => serializer.collect_map(named),
                    None => serializer.collect_seq(entries),
                }
            }
        }
    }
}

fn single<S: Serializer, T: Serialize + ?Sized>(serializer: S, name: &str, value: &T) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(name, value)?;
    map.end()
}

struct Fields<'a>(&'a [(Arc<str>, Value)]);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (&**name, value)))
    }
}
