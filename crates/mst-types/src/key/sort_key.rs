//! Sort keys: bytes whose order is the order of the values, in the encoding of [`MerkleKey`](crate::MerkleKey).

use crate::types::ty::{Shape, Type};
use crate::value::kinds::{Payload, Value, ValueKind};
use crate::{DecodeOptions, compare, encode};

/// Appends `value` as the bytes of a whole key; `None` if it is not a value of the type.
///
/// Numbers are big-endian, signed ones with their sign bit flipped; text and bytes are unchanged. Tuples and structs
/// are the concatenation of their parts, each of which marks its own end. Types that are no
/// [`MerkleKey`](crate::MerkleKey) (options, lists, enums, maps, floats) follow the same idea.
pub fn push_sort_key(ty: &Type, value: &ValueKind, out: &mut Vec<u8>) -> Option<()> {
    match value.plain() {
        ValueKind::String(text) => out.extend_from_slice(text.as_bytes()),
        ValueKind::Bytes(bytes) => out.extend_from_slice(bytes),
        value => push_part(ty, value, out)?,
    }
    Some(())
}

/// Appends a part of a key with a marked end, so that another part can follow.
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
        (_, ValueKind::F32(v)) => push_f32(*v, out),
        (_, ValueKind::F64(v)) => push_f64(*v, out),
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

/// Appends the entries sorted by key, because that is how maps are ordered.
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

/// Appends the lowest `bits` bits, big-endian.
fn push_low(number: u128, bits: u32, out: &mut Vec<u8>) {
    let bytes = number.to_be_bytes();
    out.extend(bytes.iter().skip(bytes.len() - (bits / 8) as usize));
}

/// Appends a float so that the bytes sort by the total order of floats, in which any two different bit patterns differ:
/// with the sign bit flipped, or all bits of a negative one.
pub(crate) fn push_f32(value: f32, out: &mut Vec<u8>) {
    let bits = value.to_bits();
    let flip = if bits >> 31 == 1 { u32::MAX } else { 1 << 31 };
    out.extend_from_slice(&(bits ^ flip).to_be_bytes());
}

/// Like [`push_f32`], for eight bytes.
pub(crate) fn push_f64(value: f64, out: &mut Vec<u8>) {
    let bits = value.to_bits();
    let flip = if bits >> 63 == 1 { u64::MAX } else { 1 << 63 };
    out.extend_from_slice(&(bits ^ flip).to_be_bytes());
}

/// Appends bytes of any length with a marked end: a zero byte is followed by 0xff, and two zero bytes end it, so that
/// a shorter byte string sorts before a longer one that begins with it.
pub(crate) fn push_escaped(bytes: &[u8], out: &mut Vec<u8>) {
    for &byte in bytes {
        out.push(byte);
        if byte == 0 {
            out.push(0xff);
        }
    }
    out.extend_from_slice(&[0, 0]);
}
