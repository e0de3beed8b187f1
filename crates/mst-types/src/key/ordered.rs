//! Order-preserving key bytes of values, for a [`Type`] instead of a Rust type.
//!
//! The bytes of each type are those that [`MerkleKey`] gives the Rust type of that name; a struct is encoded as a tuple
//! of its fields, and an enum of variants without content as their `u32` numbers.

use crate::MerkleKey;
use crate::key::sort_key::push_sort_key;
use crate::types::ty::{Shape, Variant};
use crate::value::kinds::Payload;
use crate::{Type, Value, ValueKind};

/// Why a value or bytes are not a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OrderedError {
    /// The type has no order-preserving encoding.
    #[error("{ty} cannot be the type of a key: use text, bytes, integers, bool, char, options of these, or tuples")]
    NoOrder {
        /// The type.
        ty: String,
    },
    /// The bytes or the value are not of the type.
    #[error("not a key of type {ty}")]
    Mismatch {
        /// The type.
        ty: String,
    },
}

fn mismatch(ty: &Type) -> OrderedError {
    OrderedError::Mismatch { ty: ty.to_string() }
}

/// The types of the parts of a key, or `None` for a key without parts.
fn parts(ty: &Type) -> Option<Vec<&Type>> {
    match ty.wire() {
        Type::Tuple(types) => Some(types.iter().collect()),
        Type::Struct(fields) => Some(fields.iter().map(|field| &field.ty).collect()),
        _ => None,
    }
}

/// Applies a macro to each type that is a [`MerkleKey`] in Rust under the same name.
macro_rules! for_scalar {
    ($ty:expr, $scalar:ident, $else:expr) => {
        match $ty {
            Type::Bool => $scalar!(bool, Bool, bool),
            Type::U8 => $scalar!(u8, Uint, u128),
            Type::U16 => $scalar!(u16, Uint, u128),
            Type::U32 => $scalar!(u32, Uint, u128),
            Type::U64 => $scalar!(u64, Uint, u128),
            Type::U128 => $scalar!(u128, Uint, u128),
            Type::I8 => $scalar!(i8, Int, i128),
            Type::I16 => $scalar!(i16, Int, i128),
            Type::I32 => $scalar!(i32, Int, i128),
            Type::I64 => $scalar!(i64, Int, i128),
            Type::I128 => $scalar!(i128, Int, i128),
            Type::Char => $scalar!(char, Char, char),
            Type::String => $scalar!(String, String, String),
            Type::Vec(item) if **item == Type::U8 => $scalar!(Vec<u8>, Bytes, Vec<u8>),
            _ => $else,
        }
    };
}

/// Encodes a value as a key.
///
/// # Errors
/// See [`OrderedError`].
pub(crate) fn encode(ty: &Type, value: &Value) -> Result<Vec<u8>, OrderedError> {
    if !is_key(ty) {
        return Err(OrderedError::NoOrder { ty: ty.to_string() });
    }
    // `push_sort_key` does not check the value against the type; `encode` does.
    crate::encode(ty, value).map_err(|_| mismatch(ty))?;
    let mut bytes = Vec::new();
    push_sort_key(ty, &value.kind, &mut bytes).ok_or_else(|| mismatch(ty))?;
    Ok(bytes)
}

/// Whether the Rust type of this name is a [`MerkleKey`].
fn is_key(ty: &Type) -> bool {
    macro_rules! known {
        ($rust:ty, $kind:ident, $wide:ty) => {
            true
        };
    }
    match (ty.wire(), parts(ty)) {
        (_, Some(types)) => types.into_iter().all(is_key),
        (wire @ Type::Array(..), None) => wire.is_bytes(),
        (Type::Option(item), None) => is_key(item),
        (Type::Enum(variants), None) => is_plain(variants),
        (ty, None) => for_scalar!(ty, known, false),
    }
}

/// Whether no variant has content, so that a number tells it.
fn is_plain(variants: &[Variant]) -> bool {
    variants.iter().all(|variant| variant.shape == Shape::Unit)
}

/// Decodes a key; all bytes must belong to it.
///
/// # Errors
/// See [`OrderedError`].
pub(crate) fn decode(ty: &Type, bytes: &[u8]) -> Result<Value, OrderedError> {
    if let Type::As(wire, logical) = ty {
        return decode(wire, bytes).map(|value| value.with_logical(*logical));
    }
    let ty = ty.wire();
    let span = 0..bytes.len();
    let kind = match ty {
        Type::Array(item, width) if **item == Type::U8 => {
            if bytes.len() != *width {
                return Err(mismatch(ty));
            }
            ValueKind::Bytes(bytes.to_vec())
        }
        // Their bytes as a whole key are those of a part.
        _ if parts(ty).is_some() || matches!(ty, Type::Option(_) | Type::Enum(_)) => {
            let mut rest = bytes;
            let value = decode_part(ty, &mut rest, bytes.len())?;
            if !rest.is_empty() {
                return Err(mismatch(ty));
            }
            return Ok(value);
        }
        _ => {
            macro_rules! whole {
                ($rust:ty, $kind:ident, $wide:ty) => {
                    <$rust as MerkleKey>::decode(bytes).map(|value| ValueKind::$kind(<$wide>::from(value)))
                };
            }
            let kind = for_scalar!(ty, whole, return Err(OrderedError::NoOrder { ty: ty.to_string() }));
            kind.ok_or_else(|| mismatch(ty))?
        }
    };
    Ok(Value { kind, span })
}

/// Takes a part from the front of `bytes`; `end` is the position of the end of `bytes` in the whole key.
fn decode_part(ty: &Type, bytes: &mut &[u8], end: usize) -> Result<Value, OrderedError> {
    if let Type::As(wire, logical) = ty {
        return decode_part(wire, bytes, end).map(|value| value.with_logical(*logical));
    }
    let ty = ty.wire();
    let start = end - bytes.len();
    let kind = match (ty, parts(ty)) {
        (Type::Struct(fields), _) => {
            let mut values = Vec::new();
            for field in fields {
                values.push((field.name.clone(), decode_part(&field.ty, bytes, end)?));
            }
            ValueKind::Struct(values)
        }
        (_, Some(types)) => {
            let values: Result<_, _> = types.into_iter().map(|ty| decode_part(ty, bytes, end)).collect();
            ValueKind::Tuple(values?)
        }
        (Type::Option(item), None) => match bytes.split_first() {
            Some((0, rest)) => {
                *bytes = rest;
                ValueKind::None
            }
            Some((1, rest)) => {
                *bytes = rest;
                ValueKind::Some(Box::new(decode_part(item, bytes, end)?))
            }
            _ => return Err(mismatch(ty)),
        },
        (Type::Enum(variants), None) if is_plain(variants) => {
            let index = <u32 as MerkleKey>::decode_part(bytes).ok_or_else(|| mismatch(ty))?;
            let variant = usize::try_from(index).ok().and_then(|index| variants.get(index));
            let name = variant.ok_or_else(|| mismatch(ty))?.name.clone();
            ValueKind::Variant { index, name, payload: Payload::Unit }
        }
        (Type::Array(item, width), None) if **item == Type::U8 => {
            let (content, rest) = bytes.split_at_checked(*width).ok_or_else(|| mismatch(ty))?;
            *bytes = rest;
            ValueKind::Bytes(content.to_vec())
        }
        _ => {
            macro_rules! part {
                ($rust:ty, $kind:ident, $wide:ty) => {
                    <$rust as MerkleKey>::decode_part(bytes).map(|value| ValueKind::$kind(<$wide>::from(value)))
                };
            }
            let kind = for_scalar!(ty, part, return Err(OrderedError::NoOrder { ty: ty.to_string() }));
            kind.ok_or_else(|| mismatch(ty))?
        }
    };
    Ok(Value { kind, span: start..end - bytes.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ItemType;

    /// The key bytes for a type equal those of the Rust type, and decode to the same value.
    fn assert_same<K: MerkleKey>(key: K, ty: &str, literal: &str) {
        let item = ItemType::ordered(ty.parse().unwrap());
        let bytes = item.parse(literal).unwrap();
        assert_eq!(bytes, key.encode().into_owned(), "{ty} {literal}");
        let value = item.decode(&bytes).unwrap();
        assert_eq!(item.encode(&value).unwrap(), bytes, "{ty} {value}");
        assert_eq!(value.span, 0..bytes.len());
    }

    #[test]
    fn keys_are_those_of_the_rust_types() {
        assert_same("a\0b".to_owned(), "String", "a\0b");
        assert_same(vec![0_u8, 255], "Vec<u8>", "00ff");
        assert_same([7_u8; 4], "[u8; 4]", "07070707");
        assert_same([1_u8, 2, 3, 4], "[u8; 4] as ip", "1.2.3.4");
        assert_same(([0xab_u8; 32], 7_u16), "(hash, u16)", &format!("[\"{}\", 7]", "ab".repeat(32)));
        assert_same(true, "bool", "true");
        assert_same('ä', "char", "ä");
        assert_same(300_u16, "u16", "300");
        assert_same(u128::MAX, "u128", "340282366920938463463374607431768211455");
        assert_same(-5_i64, "i64", "-5");
        assert_same(i128::MIN, "i128", "-170141183460469231731687303715884105728");
        assert_same(None::<u16>, "Option<u16>", "null");
        assert_same(Some(7_u16), "Option<u16>", "7");
        assert_same(Some("a\0".to_owned()), "Option<String>", "\"a\\u0000\"");
        assert_same((None::<i64>, Some(vec![7_u8])), "(Option<i64>, Option<Vec<u8>>)", "[null, \"07\"]");
        assert_same((7_u32, "a\0".to_owned(), -1_i8), "(u32, String, i8)", "[7, \"a\\u0000\", -1]");
        assert_same(([1_u8, 2], vec![0_u8]), "([u8; 2], Vec<u8>)", "[\"0102\", \"00\"]");
        assert_same((7_u32, (true, 'x')), "{id: u32, rest: (bool, char)}", r#"{"id": 7, "rest": [true, "x"]}"#);
    }

    #[test]
    fn anything_but_a_key_is_refused() {
        let decode = |ty: &str, bytes: &[u8]| ItemType::ordered(ty.parse().unwrap()).decode(bytes);
        for (ty, bytes) in [
            ("u32", &b"abc"[..]),
            ("String", b"\xff"),
            ("bool", b"\x02"),
            ("(u8, u8)", b"\x01"),
            ("(u8,)", b"\x01\x02"),
            ("Option<u8>", b""),
            ("Option<u8>", b"\x02\x01"),
            ("Option<u8>", b"\x01"),
            ("Option<u8>", b"\x00\x00"),
            ("enum {A, B}", b"\x00\x00\x00\x02"),
            ("enum {A, B}", b"\x00\x00\x00"),
        ] {
            assert!(decode(ty, bytes).is_err(), "{ty} {bytes:?}");
        }
        assert!(decode("f64", &[0; 8]).unwrap_err().to_string().contains("cannot be the type of a key"));
    }

    /// The order of the bytes is that of the values, with null first, alone and among other parts.
    #[test]
    fn the_bytes_of_options_and_enums_sort_as_their_values() {
        let texts = ["null", "\"\"", "\"\\u0000\"", "\"\\u0000\\u0000\"", "\"a\"", "\"a\\u0000\"", "\"aa\"", "\"b\""];
        let numbers = ["null", "-128", "-1", "0", "127"];
        let names = ["\"B\"", "\"A\"", "\"C\""];
        let check = |ty: &str, literals: &[String]| {
            let item = ItemType::ordered(ty.parse().unwrap());
            let keys: Vec<_> = literals.iter().map(|literal| item.parse_json(literal).unwrap()).collect();
            assert!(keys.is_sorted_by(|a, b| a < b), "{ty}: {keys:02x?}");
            for key in keys {
                let value = item.decode(&key).unwrap();
                assert_eq!(item.encode(&value).unwrap(), key, "{ty} {value}");
                let text = item.key_text(&key).unwrap();
                assert_eq!(item.parse_key(&text).unwrap(), key, "{ty}: {text} is read back");
            }
        };
        let owned = |literals: &[&str]| literals.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        check("Option<String>", &owned(&texts));
        check("Option<i8>", &owned(&numbers));
        check("enum {B, A, C}", &owned(&names));
        let mut both = Vec::new();
        for a in texts {
            for b in numbers {
                both.extend(names.map(|c| format!("{{\"a\": {a}, \"b\": {b}, \"c\": {c}}}")));
            }
        }
        check("{a: Option<String>, b: Option<i8>, c: enum {B, A, C}}", &both);
    }
}
