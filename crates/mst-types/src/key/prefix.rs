//! Key prefixes, and the keys that have them.

use std::cmp::Ordering;

use crate::value::literal::hex_bytes;
use crate::{
    DecodeOptions, ItemError, ItemType, LiteralError, Payload, Type, Value, ValueKind, compare, encode, parse_literal,
};

/// A prefix of keys of a type: the first characters of a text, the first bytes of a byte string, or the first fields of
/// a struct or a tuple. Keys with the same prefix are adjacent in the order of keys.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyPrefix {
    key: ItemType,
    prefix: Prefix,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Prefix {
    /// The first bytes of a text or of a byte string.
    Bytes(Vec<u8>),
    /// The first fields, as a tuple type and its postcard bytes.
    Fields(Type, Vec<u8>),
}

/// Why a text is not a key prefix.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrefixError {
    /// Keys of the type have no prefixes: numbers, options, lists, enums.
    #[error("keys of type {ty} have no prefix: only texts, bytes, tuples and structs have one")]
    None {
        /// The type.
        ty: Box<Type>,
    },
    /// The array has fewer bytes than the prefix.
    #[error("a key of type {ty} does not have {found} bytes")]
    TooLong {
        /// The type.
        ty: Box<Type>,
        /// The number of bytes given.
        found: usize,
    },
    /// The text is not a prefix of such keys.
    #[error(transparent)]
    Literal(#[from] LiteralError),
}

impl KeyPrefix {
    /// Parses a prefix: the first characters of a text, hex digits of the first bytes; for a struct or a tuple its
    /// first field alone, or JSON of the first fields.
    ///
    /// # Errors
    /// See [`PrefixError`].
    ///
    /// ```
    /// use std::cmp::Ordering;
    /// use mst_types::{ItemType, KeyPrefix};
    /// let keys = ItemType::postcard("(String, u64)".parse()?);
    /// let prefix = KeyPrefix::parse(&keys, "eu")?;
    /// assert_eq!(prefix.compare_key(&keys.parse(r#"["eu", 7]"#)?)?, Ordering::Equal);
    /// assert_eq!(prefix.compare_key(&keys.parse(r#"["europe", 7]"#)?)?, Ordering::Greater);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(key: &ItemType, text: &str) -> Result<Self, PrefixError> {
        let new = |prefix| Self { key: key.clone(), prefix };
        match bare(&key.ty) {
            Type::String => Ok(new(Prefix::Bytes(text.as_bytes().to_vec()))),
            ty if ty.is_bytes() => {
                let bytes = hex_bytes(text.trim()).map_err(LiteralError::from)?;
                match ty {
                    Type::Array(_, length) if bytes.len() > *length => {
                        Err(PrefixError::TooLong { ty: Box::new(key.ty.clone()), found: bytes.len() })
                    }
                    _ => Ok(new(Prefix::Bytes(bytes))),
                }
            }
            ty @ (Type::Tuple(_) | Type::Struct(_)) => fields(ty, text).map(new),
            _ => Err(PrefixError::None { ty: Box::new(key.ty.clone()) }),
        }
    }

    /// The position of a key relative to the keys with this prefix: less, equal (it has the prefix) or greater.
    ///
    /// # Errors
    /// The bytes are not a key of the type.
    pub fn compare_key(&self, stored: &[u8]) -> Result<Ordering, ItemError> {
        let value = self.key.decode(stored)?;
        match &self.prefix {
            Prefix::Bytes(prefix) => {
                let content = match value.kind.plain() {
                    ValueKind::String(text) => text.as_bytes(),
                    ValueKind::Bytes(bytes) => bytes,
                    _ => &[],
                };
                Ok(content.get(..prefix.len()).unwrap_or(content).cmp(prefix))
            }
            Prefix::Fields(ty, prefix) => {
                let first = encode(ty, &first_fields(value, ty)).map_err(LiteralError::Value)?;
                Ok(compare(ty, &first, prefix, &DecodeOptions::default())?)
            }
        }
    }
}

/// The type without its name and logical type.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Named(_, inner) | Type::As(inner, _) => bare(inner),
        ty => ty,
    }
}

/// Parses the first fields of a tuple or a struct.
fn fields(ty: &Type, text: &str) -> Result<Prefix, PrefixError> {
    let types: Vec<&Type> = match ty {
        Type::Tuple(types) => types.iter().collect(),
        Type::Struct(fields) => fields.iter().map(|field| &field.ty).collect(),
        _ => Vec::new(),
    };
    let tuple = |count: usize| Type::Tuple(types.iter().take(count).copied().cloned().collect());
    // Try JSON of as many fields as possible: whatever a struct of only the first `count` fields would accept.
    for count in (1..=types.len()).rev() {
        let cut = match ty {
            Type::Struct(fields) => Type::Struct(fields.iter().take(count).cloned().collect()),
            _ => tuple(count),
        };
        if let Ok(bytes) = parse_literal(&cut, text) {
            // A struct adds no bytes of its own, so its fields are encoded as those of a tuple.
            return Ok(Prefix::Fields(tuple(count), bytes));
        }
    }
    let first = types.first().ok_or_else(|| PrefixError::None { ty: Box::new(ty.clone()) })?;
    Ok(Prefix::Fields(tuple(1), parse_literal(first, text)?))
}

/// The first fields of a key, as a tuple of type `ty`.
fn first_fields(value: Value, ty: &Type) -> Value {
    let count = match ty {
        Type::Tuple(types) => types.len(),
        _ => 0,
    };
    let parts: Vec<Value> = match value.kind {
        ValueKind::Tuple(parts) => parts,
        ValueKind::Struct(fields) => fields.into_iter().map(|(_, part)| part).collect(),
        ValueKind::Variant { payload: Payload::Tuple(parts), .. } => parts,
        _ => Vec::new(),
    };
    Value::new(ValueKind::Tuple(parts.into_iter().take(count).collect()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn position_of(ty: &str, prefix: &str, key: &str) -> Ordering {
        let positions = [ItemType::postcard, ItemType::ordered].map(|of: fn(Type) -> ItemType| {
            let item = of(ty.parse().unwrap());
            KeyPrefix::parse(&item, prefix).unwrap().compare_key(&item.parse(key).unwrap()).unwrap()
        });
        assert_eq!(positions[0], positions[1], "{ty}: {key} under {prefix}");
        positions[0]
    }

    #[test]
    fn texts_bytes_and_first_fields_have_prefixes() {
        use Ordering::{Equal, Greater, Less};
        let cases = [
            ("String", "mä", "märz", Equal),
            ("String", "mä", "mz", Less),
            ("String", "mä", "m", Less),
            ("String", "mä", "n", Greater),
            ("String", "", "", Equal),
            ("Vec<u8>", "ff", "ff", Equal),
            ("Vec<u8>", "ff", "ff00", Equal),
            ("Vec<u8>", "00ff", "0100", Greater),
            ("[u8; 4]", "0x0102", "01020000", Equal),
            ("[u8; 4]", "0102", "0101ffff", Less),
            ("uuid", "67e5", "67e55044-10b1-426f-9247-bb680e5fe0c8", Equal),
            ("(String, u64)", "eu", r#"["eu", 900]"#, Equal),
            ("(String, u64)", "eu", r#"["e", 900]"#, Less),
            ("(u64, String, u8)", "[300, \"a\"]", r#"[300, "a", 9]"#, Equal),
            ("(u64, String, u8)", "[300, \"a\"]", r#"[256, "b", 9]"#, Less),
            ("(u64, String, u8)", "300", r#"[300, "b", 9]"#, Equal),
            ("(i64, u8)", "-5", "[-6, 1]", Less),
            ("{region: String, id: u64}", "eu", r#"{"region": "eu", "id": 7}"#, Equal),
            ("{region: String, id: u64}", r#"{"region": "eu"}"#, r#"{"region": "ez", "id": 7}"#, Greater),
        ];
        for (ty, prefix, key, expected) in cases {
            assert_eq!(position_of(ty, prefix, key), expected, "{ty}: {key} under {prefix}");
        }
    }

    #[test]
    fn anything_but_a_prefix_is_refused() {
        let refused = |ty: &str, text: &str| {
            KeyPrefix::parse(&ItemType::postcard(ty.parse().unwrap()), text).unwrap_err().to_string()
        };
        assert!(refused("u64", "12").contains("u64 have no prefix"));
        assert!(refused("Option<String>", "a").contains("have no prefix"));
        assert!(refused("[u8; 2]", "010203").contains("does not have 3 bytes"));
        assert!(refused("Vec<u8>", "0").contains("even number"));
        assert!(refused("(u64, String)", "x").contains("u64"));
    }

    proptest! {
        /// The keys with a prefix are exactly those that begin with it, and they are adjacent.
        #[test]
        fn keys_with_a_prefix_are_adjacent(mut keys in prop::collection::vec("[abé]{0,4}", 0..30), prefix in "[abé]{0,2}") {
            keys.sort_unstable();
            let item = ItemType::postcard(Type::String);
            let wanted = KeyPrefix::parse(&item, &prefix).unwrap();
            let positions: Vec<Ordering> =
                keys.iter().map(|key| wanted.compare_key(&item.parse(key).unwrap()).unwrap()).collect();
            prop_assert!(positions.is_sorted());
            for (key, position) in keys.iter().zip(positions) {
                prop_assert_eq!(position.is_eq(), key.starts_with(&prefix));
            }
        }
    }
}
