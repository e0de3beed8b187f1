//! LogicalType values of a known type from the JSON that values are written as.
//!
//! The JSON is read token by token rather than through `serde_json::Value`, which would sort the entries of a map, drop
//! repeated keys and lose integers above 64 bits.

use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::value::RawValue;

use crate::json::write::SOME;
use crate::types::logical_type::LogicalType;
use crate::types::ty::{Field, Shape, Type};
use crate::value::kinds::{Payload, Value, ValueKind};
use crate::value::literal::{float, hex_bytes};
use crate::value::logical;

/// Reads one value of this type; nothing may follow it.
pub(crate) fn from_json(ty: &Type, text: &str) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Expected::Type(ty).deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// The value expected next.
#[derive(Clone, Copy)]
enum Expected<'t> {
    /// A value of a type.
    Type(&'t Type),
    /// The items of a tuple variant.
    Items(&'t [Type]),
    /// The fields of a struct variant.
    Fields(&'t [Field]),
    /// An entry of a map, as an array of two.
    Entry(&'t Type, &'t Type),
    /// The wrapped item of an option.
    Some(&'t Type),
}

impl<'de> DeserializeSeed<'de> for Expected<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        let Expected::Type(ty) = self else {
            return reader.deserialize_any(self);
        };
        match ty {
            Type::Named(_, ty) => return Expected::Type(ty).deserialize(reader),
            Type::As(wire, logical) => {
                let raw: Box<RawValue> = serde::Deserialize::deserialize(reader)?;
                let kind = read_logical(*logical, wire, raw.get())
                    .ok_or_else(|| D::Error::invalid_value(Unexpected::Other(raw.get()), &self))?;
                return Ok(Value::new(kind));
            }
            _ => {}
        }
        match (ty, ty.int()) {
            (_, Some(int)) if int.signed => reader.deserialize_i128(self),
            (_, Some(_)) => reader.deserialize_u128(self),
            (Type::Option(_), _) => reader.deserialize_option(self),
            (Type::F32 | Type::F64, _) => {
                let raw: Box<RawValue> = serde::Deserialize::deserialize(reader)?;
                let kind =
                    float(ty, raw.get()).ok_or_else(|| D::Error::invalid_value(Unexpected::Other(raw.get()), &self))?;
                Ok(Value::new(kind))
            }
            _ => reader.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Expected<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expected::Type(ty) => write!(f, "{ty}"),
            Expected::Items(types) => write!(f, "an array of {}", types.len()),
            Expected::Fields(fields) => write!(f, "an object of {} members", fields.len()),
            Expected::Entry(..) => f.write_str("an array of a key and its value"),
            Expected::Some(_) => write!(f, "an object with the member {SOME:?}"),
        }
    }

    fn visit_bool<E: Error>(self, v: bool) -> Result<Value, E> {
        match self {
            Expected::Type(Type::Bool) => Ok(Value::new(ValueKind::Bool(v))),
            _ => Err(E::invalid_type(Unexpected::Bool(v), &self)),
        }
    }

    fn visit_u128<E: Error>(self, v: u128) -> Result<Value, E> {
        Ok(Value::new(ValueKind::Uint(v)))
    }

    fn visit_i128<E: Error>(self, v: i128) -> Result<Value, E> {
        Ok(Value::new(ValueKind::Int(v)))
    }

    fn visit_str<E: Error>(self, v: &str) -> Result<Value, E> {
        let kind = match self {
            Expected::Type(Type::String) => Some(ValueKind::String(v.to_owned())),
            Expected::Type(Type::Char) => single_char(v).map(ValueKind::Char),
            Expected::Type(Type::Enum(variants)) => {
                variants.iter().zip(0..).find(|(variant, _)| &*variant.name == v && variant.shape == Shape::Unit).map(
                    |(variant, index)| ValueKind::Variant { index, name: variant.name.clone(), payload: Payload::Unit },
                )
            }
            Expected::Type(ty) if ty.is_bytes() => Some(ValueKind::Bytes(hex_bytes(v).map_err(E::custom)?)),
            _ => None,
        };
        kind.map(Value::new).ok_or_else(|| E::invalid_value(Unexpected::Str(v), &self))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        match self {
            Expected::Type(Type::Unit) => Ok(Value::new(ValueKind::Unit)),
            _ => Err(E::invalid_type(Unexpected::Unit, &self)),
        }
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::new(ValueKind::None))
    }

    fn visit_some<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        let Expected::Type(Type::Option(inner)) = self else {
            return Err(D::Error::invalid_type(Unexpected::Option, &self));
        };
        match **inner {
            Type::Unit | Type::Option(_) => Expected::Some(inner).deserialize(reader),
            _ => Ok(some(Expected::Type(inner).deserialize(reader)?)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let kind = match self {
            Expected::Type(ty @ (Type::Vec(item) | Type::Array(item, _))) if !ty.is_bytes() => {
                ValueKind::Seq(all(seq, Expected::Type(item))?)
            }
            Expected::Type(Type::Map(key, value)) => {
                let entries = all(seq, Expected::Entry(key, value))?;
                let pairs = entries.into_iter().filter_map(|entry| match entry.kind {
                    ValueKind::Tuple(pair) => <[Value; 2]>::try_from(pair).ok(),
                    _ => None,
                });
                ValueKind::Map(pairs.map(|[key, value]| (key, value)).collect())
            }
            Expected::Type(Type::Tuple(types)) => each(&mut seq, types, &self)?,
            Expected::Items(types) => each(&mut seq, types, &self)?,
            Expected::Entry(key, value) => each(&mut seq, [key, value], &self)?,
            _ => return Err(A::Error::invalid_type(Unexpected::Seq, &self)),
        };
        Ok(Value::new(kind))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let kind = match self {
            Expected::Type(Type::Struct(fields)) => ValueKind::Struct(members(map, fields)?),
            Expected::Fields(fields) => ValueKind::Struct(members(map, fields)?),
            Expected::Type(Type::Map(key, value)) if **key == Type::String => {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key()? {
                    let key = Value::new(ValueKind::String(key));
                    entries.push((key, map.next_value_seed(Expected::Type(value))?));
                }
                ValueKind::Map(entries)
            }
            Expected::Type(Type::Map(..)) => match map.next_key::<IgnoredAny>()? {
                None => ValueKind::Map(Vec::new()),
                Some(_) => return Err(A::Error::invalid_type(Unexpected::Map, &self)),
            },
            Expected::Type(Type::Enum(variants)) => {
                let name: String = map.next_key()?.unwrap_or_default();
                let found = variants.iter().zip(0..).find(|(v, _)| *v.name == *name);
                let Some((variant, index)) = found else {
                    return Err(A::Error::invalid_value(Unexpected::Str(&name), &self));
                };
                let payload = match &variant.shape {
                    Shape::Tuple(types) => match types.as_slice() {
                        [only] => Payload::Tuple(vec![map.next_value_seed(Expected::Type(only))?]),
                        types => payload(map.next_value_seed(Expected::Items(types))?),
                    },
                    Shape::Struct(fields) => payload(map.next_value_seed(Expected::Fields(fields))?),
                    Shape::Unit => {
                        return Err(A::Error::invalid_type(Unexpected::NewtypeVariant, &self));
                    }
                };
                ValueKind::Variant { index, name: variant.name.clone(), payload }
            }
            Expected::Some(inner) => {
                let name: String = map.next_key()?.unwrap_or_default();
                if name != SOME {
                    return Err(A::Error::invalid_value(Unexpected::Str(&name), &self));
                }
                return map.next_value_seed(Expected::Type(inner)).map(some);
            }
            _ => return Err(A::Error::invalid_type(Unexpected::Map, &self)),
        };
        Ok(Value::new(kind))
    }
}

/// Reads a value with a logical type: a string in its notation, or a number.
fn read_logical(logical: LogicalType, wire: &Type, raw: &str) -> Option<ValueKind> {
    let text = if raw.starts_with('"') { serde_json::from_str(raw).ok()? } else { raw.to_owned() };
    let kind = match logical {
        // A JSON string whose content is not JSON itself is kept, so that every value can be written and read back.
        LogicalType::Json if raw.starts_with('"') => ValueKind::String(text),
        _ => logical::parse(logical, wire, &text)?,
    };
    Some(ValueKind::As(Box::new(kind), logical))
}

fn some(inner: Value) -> Value {
    Value::new(ValueKind::Some(Box::new(inner)))
}

fn payload(parts: Value) -> Payload {
    match parts.kind {
        ValueKind::Tuple(items) => Payload::Tuple(items),
        ValueKind::Struct(fields) => Payload::Struct(fields),
        _ => Payload::Unit,
    }
}

/// The only character of a text; `None` if it has more or fewer.
pub(crate) fn single_char(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

fn all<'de, A: SeqAccess<'de>>(mut seq: A, want: Expected<'_>) -> Result<Vec<Value>, A::Error> {
    let mut items = Vec::new();
    while let Some(item) = seq.next_element_seed(want)? {
        items.push(item);
    }
    Ok(items)
}

/// Reads one item of each type.
fn each<'de, 't, A: SeqAccess<'de>>(
    seq: &mut A,
    types: impl IntoIterator<Item = &'t Type>,
    want: &Expected<'_>,
) -> Result<ValueKind, A::Error> {
    let mut items = Vec::new();
    for ty in types {
        match seq.next_element_seed(Expected::Type(ty))? {
            Some(item) => items.push(item),
            None => return Err(A::Error::invalid_length(items.len(), want)),
        }
    }
    Ok(ValueKind::Tuple(items))
}

/// Reads the fields by name, in any order.
fn members<'de, A: MapAccess<'de>>(mut map: A, fields: &[Field]) -> Result<Vec<(Arc<str>, Value)>, A::Error> {
    let mut found: Vec<Option<Value>> = vec![None; fields.len()];
    while let Some(name) = map.next_key::<String>()? {
        let slot = fields.iter().zip(&mut found).find(|(f, _)| *f.name == *name);
        let Some((field, slot)) = slot else {
            return Err(A::Error::custom(format_args!("unknown field {name:?}")));
        };
        if slot.is_some() {
            return Err(A::Error::custom(format_args!("duplicate field {name:?}")));
        }
        *slot = Some(map.next_value_seed(Expected::Type(&field.ty))?);
    }
    let fields = fields.iter().zip(found).map(|(field, value)| match value {
        Some(value) => Ok((field.name.clone(), value)),
        None => Err(A::Error::custom(format_args!("missing field {:?}", field.name))),
    });
    fields.collect()
}
