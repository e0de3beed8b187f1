//! Values of a known type read from JSON, in the shape in which they are written.
//!
//! Read token by token rather than through `serde_json::Value`, which would sort the entries of a map, drop repeated
//! keys and lose integers above 64 bits.

use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::value::RawValue;

use super::json::SOME;
use super::literal::{float, hex_bytes};
use super::read_value;
use super::reading::Reading;
use super::ty::{Field, Shape, Type};
use super::value::{Payload, Value, ValueKind};

/// Reads one value of this type; nothing may follow it.
pub(super) fn from_json(ty: &Type, text: &str) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Want::Type(ty).deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// What is to be read next.
#[derive(Clone, Copy)]
enum Want<'t> {
    /// A value of a type.
    Type(&'t Type),
    /// What a tuple variant holds.
    Items(&'t [Type]),
    /// What a struct variant holds.
    Fields(&'t [Field]),
    /// An entry of a map, as an array of two.
    Entry(&'t Type, &'t Type),
    /// A wrapped item of an option.
    Some(&'t Type),
}

impl<'de> DeserializeSeed<'de> for Want<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        let Want::Type(ty) = self else {
            return reader.deserialize_any(self);
        };
        match ty {
            Type::Named(_, ty) => return Want::Type(ty).deserialize(reader),
            Type::As(wire, reading) => {
                let raw: Box<RawValue> = serde::Deserialize::deserialize(reader)?;
                let kind = read_as(*reading, wire, raw.get())
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

impl<'de> Visitor<'de> for Want<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Want::Type(ty) => write!(f, "{ty}"),
            Want::Items(types) => write!(f, "an array of {}", types.len()),
            Want::Fields(fields) => write!(f, "an object of {} members", fields.len()),
            Want::Entry(..) => f.write_str("an array of a key and its value"),
            Want::Some(_) => write!(f, "an object with the member {SOME:?}"),
        }
    }

    fn visit_bool<E: Error>(self, v: bool) -> Result<Value, E> {
        match self {
            Want::Type(Type::Bool) => Ok(Value::new(ValueKind::Bool(v))),
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
            Want::Type(Type::String) => Some(ValueKind::String(v.to_owned())),
            Want::Type(Type::Char) => single_char(v).map(ValueKind::Char),
            Want::Type(Type::Enum(variants)) => {
                variants.iter().zip(0..).find(|(variant, _)| &*variant.name == v && variant.shape == Shape::Unit).map(
                    |(variant, index)| ValueKind::Variant { index, name: variant.name.clone(), payload: Payload::Unit },
                )
            }
            Want::Type(ty) if ty.is_bytes() => Some(ValueKind::Bytes(hex_bytes(v).map_err(E::custom)?)),
            _ => None,
        };
        kind.map(Value::new).ok_or_else(|| E::invalid_value(Unexpected::Str(v), &self))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        match self {
            Want::Type(Type::Unit) => Ok(Value::new(ValueKind::Unit)),
            _ => Err(E::invalid_type(Unexpected::Unit, &self)),
        }
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::new(ValueKind::None))
    }

    fn visit_some<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        let Want::Type(Type::Option(inner)) = self else {
            return Err(D::Error::invalid_type(Unexpected::Option, &self));
        };
        match **inner {
            Type::Unit | Type::Option(_) => Want::Some(inner).deserialize(reader),
            _ => Ok(some(Want::Type(inner).deserialize(reader)?)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let kind = match self {
            Want::Type(ty @ (Type::Vec(item) | Type::Array(item, _))) if !ty.is_bytes() => {
                ValueKind::Seq(all(seq, Want::Type(item))?)
            }
            Want::Type(Type::Map(key, value)) => {
                let entries = all(seq, Want::Entry(key, value))?;
                let pairs = entries.into_iter().filter_map(|entry| match entry.kind {
                    ValueKind::Tuple(pair) => <[Value; 2]>::try_from(pair).ok(),
                    _ => None,
                });
                ValueKind::Map(pairs.map(|[key, value]| (key, value)).collect())
            }
            Want::Type(Type::Tuple(types)) => each(&mut seq, types, &self)?,
            Want::Items(types) => each(&mut seq, types, &self)?,
            Want::Entry(key, value) => each(&mut seq, [key, value], &self)?,
            _ => return Err(A::Error::invalid_type(Unexpected::Seq, &self)),
        };
        Ok(Value::new(kind))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let kind = match self {
            Want::Type(Type::Struct(fields)) => ValueKind::Struct(members(map, fields)?),
            Want::Fields(fields) => ValueKind::Struct(members(map, fields)?),
            Want::Type(Type::Map(key, value)) if **key == Type::String => {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key()? {
                    let key = Value::new(ValueKind::String(key));
                    entries.push((key, map.next_value_seed(Want::Type(value))?));
                }
                ValueKind::Map(entries)
            }
            Want::Type(Type::Map(..)) => match map.next_key::<IgnoredAny>()? {
                None => ValueKind::Map(Vec::new()),
                Some(_) => return Err(A::Error::invalid_type(Unexpected::Map, &self)),
            },
            Want::Type(Type::Enum(variants)) => {
                let name: String = map.next_key()?.unwrap_or_default();
                let found = variants.iter().zip(0..).find(|(v, _)| *v.name == *name);
                let Some((variant, index)) = found else {
                    return Err(A::Error::invalid_value(Unexpected::Str(&name), &self));
                };
                let payload = match &variant.shape {
                    Shape::Tuple(types) => match types.as_slice() {
                        [only] => Payload::Tuple(vec![map.next_value_seed(Want::Type(only))?]),
                        types => payload(map.next_value_seed(Want::Items(types))?),
                    },
                    Shape::Struct(fields) => payload(map.next_value_seed(Want::Fields(fields))?),
                    Shape::Unit => {
                        return Err(A::Error::invalid_type(Unexpected::NewtypeVariant, &self));
                    }
                };
                ValueKind::Variant { index, name: variant.name.clone(), payload }
            }
            Want::Some(inner) => {
                let name: String = map.next_key()?.unwrap_or_default();
                if name != SOME {
                    return Err(A::Error::invalid_value(Unexpected::Str(&name), &self));
                }
                return map.next_value_seed(Want::Type(inner)).map(some);
            }
            _ => return Err(A::Error::invalid_type(Unexpected::Map, &self)),
        };
        Ok(Value::new(kind))
    }
}

/// The value of JSON that stands for something: a string in the words of the reading, or a number.
fn read_as(reading: Reading, wire: &Type, raw: &str) -> Option<ValueKind> {
    let text = if raw.starts_with('"') { serde_json::from_str(raw).ok()? } else { raw.to_owned() };
    let kind = match reading {
        // Text that is none is kept as it is, so that every value can be written and read back.
        Reading::Json if raw.starts_with('"') => ValueKind::String(text),
        _ => read_value::parse(reading, wire, &text)?,
    };
    Some(ValueKind::As(Box::new(kind), reading))
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

/// The one character of a text.
pub(super) fn single_char(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next().filter(|_| chars.next().is_none())
}

fn all<'de, A: SeqAccess<'de>>(mut seq: A, want: Want<'_>) -> Result<Vec<Value>, A::Error> {
    let mut items = Vec::new();
    while let Some(item) = seq.next_element_seed(want)? {
        items.push(item);
    }
    Ok(items)
}

/// One item of each type.
fn each<'de, 't, A: SeqAccess<'de>>(
    seq: &mut A,
    types: impl IntoIterator<Item = &'t Type>,
    want: &Want<'_>,
) -> Result<ValueKind, A::Error> {
    let mut items = Vec::new();
    for ty in types {
        match seq.next_element_seed(Want::Type(ty))? {
            Some(item) => items.push(item),
            None => return Err(A::Error::invalid_length(items.len(), want)),
        }
    }
    Ok(ValueKind::Tuple(items))
}

/// The fields by their names, in whatever order they stand.
fn members<'de, A: MapAccess<'de>>(mut map: A, fields: &[Field]) -> Result<Vec<(Arc<str>, Value)>, A::Error> {
    let mut found: Vec<Option<Value>> = vec![None; fields.len()];
    while let Some(name) = map.next_key::<String>()? {
        let slot = fields.iter().zip(&mut found).find(|(f, _)| *f.name == *name);
        let Some((field, slot)) = slot else {
            return Err(A::Error::custom(format_args!("unknown field {name:?}")));
        };
        if slot.is_some() {
            return Err(A::Error::custom(format_args!("the field {name:?} twice")));
        }
        *slot = Some(map.next_value_seed(Want::Type(&field.ty))?);
    }
    let fields = fields.iter().zip(found).map(|(field, value)| match value {
        Some(value) => Ok((field.name.clone(), value)),
        None => Err(A::Error::custom(format_args!("no field {:?}", field.name))),
    });
    fields.collect()
}
