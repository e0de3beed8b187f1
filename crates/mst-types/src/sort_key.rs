//! Keys as bytes whose order is the order of the values, as [`MerkleKey`](crate::MerkleKey) encodes them.

use super::ty::{Shape, Type};
use super::value::{Payload, Value, ValueKind};
use super::{DecodeOptions, compare, encode};

/// Appends `value` as the bytes of a whole key. None where it is no value of the type.
///
/// Numbers are big-endian, signed ones with their sign bit flipped; text and bytes stand as they are. Tuples and structs
/// are their parts one behind the other, each ending by itself; what has no [`MerkleKey`](crate::MerkleKey) of its own
/// (options, lists, enums, maps, floats) follows the same idea.
pub fn push_sort_key(ty: &Type, value: &ValueKind, out: &mut Vec<u8>) -> Option<()> {
    match value.plain() {
        ValueKind::String(text) => out.extend_from_slice(text.as_bytes()),
        ValueKind::Bytes(bytes) => out.extend_from_slice(bytes),
        value => push_part(ty, value, out)?,
    }
    Some(())
}

/// Appends a part of a key, so that it ends by itself.
fn push_part(ty: &Type, value: &ValueKind, out: &mut Vec<u8>) -> Option<()> {
    match (ty.wire(), value.plain()) {
        (_, ValueKind::Unit) => {}
        (_, ValueKind::None) => out.push(0),
        (_, ValueKind::Bool(v)) => out.push(u8::from(*v)),
        (ty, ValueKind::Uint(v)) => push_low(*v, ty.int()?.bits, out),
        (ty, ValueKind::Int(v)) => {
            let bits = ty.int()?.bits;
            push_low(v.cast_unsigned() ^ 1 << (bits - 1), bits, out);
        }
        // The total order of floats: the sign bit flipped, or all bits of negative ones.
        (_, ValueKind::F32(v)) => {
            let bits = v.to_bits();
            let flip = if bits >> 31 == 1 { u32::MAX } else { 1 << 31 };
            out.extend_from_slice(&(bits ^ flip).to_be_bytes());
        }
        (_, ValueKind::F64(v)) => {
            let bits = v.to_bits();
            let flip = if bits >> 63 == 1 { u64::MAX } else { 1 << 63 };
            out.extend_from_slice(&(bits ^ flip).to_be_bytes());
        }
        (_, ValueKind::Char(v)) => out.extend_from_slice(&u32::from(*v).to_be_bytes()),
        (_, ValueKind::String(text)) => push_escaped(text.as_bytes(), out),
        (Type::Array(..), ValueKind::Bytes(bytes)) => out.extend_from_slice(bytes),
        (_, ValueKind::Bytes(bytes)) => push_escaped(bytes, out),
        (Type::Option(item), ValueKind::Some(value)) => {
            out.push(1);
            push_part(item, &value.kind, out)?;
        }
        (Type::Vec(item), ValueKind::Seq(values)) => {
            for value in values {
                out.push(1);
                push_part(item, &value.kind, out)?;
            }
            out.push(0);
        }
        (Type::Array(item, _), ValueKind::Seq(values)) => push_parts(values.iter().map(|value| (&**item, value)), out)?,
        (Type::Tuple(types), ValueKind::Tuple(values)) => push_parts(types.iter().zip(values), out)?,
        (Type::Struct(fields), ValueKind::Struct(values)) => {
            push_parts(fields.iter().map(|field| &field.ty).zip(values.iter().map(|(_, value)| value)), out)?;
        }
        (Type::Enum(variants), ValueKind::Variant { index, payload, .. }) => {
            out.extend_from_slice(&index.to_be_bytes());
            match (&variants.get(usize::try_from(*index).ok()?)?.shape, payload) {
                (Shape::Unit, Payload::Unit) => {}
                (Shape::Tuple(types), Payload::Tuple(values)) => push_parts(types.iter().zip(values), out)?,
                (Shape::Struct(fields), Payload::Struct(values)) => {
                    push_parts(fields.iter().map(|field| &field.ty).zip(values.iter().map(|(_, value)| value)), out)?;
                }
                _ => return None,
            }
        }
        (Type::Map(key, item), ValueKind::Map(entries)) => push_map(key, item, entries, out)?,
        _ => return None,
    }
    Some(())
}

fn push_parts<'a>(parts: impl Iterator<Item = (&'a Type, &'a Value)>, out: &mut Vec<u8>) -> Option<()> {
    for (ty, value) in parts {
        push_part(ty, &value.kind, out)?;
    }
    Some(())
}

/// The entries sorted by key, as maps are ordered.
fn push_map(key: &Type, item: &Type, entries: &[(Value, Value)], out: &mut Vec<u8>) -> Option<()> {
    let mut sorted = Vec::with_capacity(entries.len());
    for (entry_key, value) in entries {
        let bytes = encode(key, entry_key).ok()?;
        sorted.push((bytes, entry_key, value));
    }
    let options = DecodeOptions::default();
    sorted.sort_by(|(a, ..), (b, ..)| compare(key, a, b, &options).unwrap_or_else(|_| a.cmp(b)));
    for (_, entry_key, value) in sorted {
        out.push(1);
        push_part(key, &entry_key.kind, out)?;
        push_part(item, &value.kind, out)?;
    }
    out.push(0);
    Some(())
}

/// The lowest `bits` bits, big-endian.
fn push_low(number: u128, bits: u32, out: &mut Vec<u8>) {
    let bytes = number.to_be_bytes();
    out.extend(bytes.iter().skip(bytes.len() - (bits / 8) as usize));
}

fn push_escaped(bytes: &[u8], out: &mut Vec<u8>) {
    for &byte in bytes {
        out.push(byte);
        if byte == 0 {
            out.push(0xff);
        }
    }
    out.extend_from_slice(&[0, 0]);
}
