//! The types of keys and values stored in a commit: the text of a struct type with the fields `key` and `value`.

use serde_json::Value as Json;

use crate::json::types::read_type;
use crate::{Field, Type, TypeJsonError, TypeParseError, type_of};

/// Why a text does not give the types of keys and values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The text of a type does not parse.
    #[error(transparent)]
    Text(#[from] TypeParseError),
    /// The JSON form of a type is wrong.
    #[error("in the member {member}: {error}")]
    Json {
        /// `key` or `value`.
        member: &'static str,
        /// The error in it.
        error: TypeJsonError,
    },
    /// The text is a type, but not one of keys and values.
    #[error("expected {{key: TYPE, value: TYPE}} or the same as JSON, found another type")]
    NotBoth,
}

/// Parses the types of keys and values, either in the form stored in commits or as a JSON object whose members `key`
/// and `value` are types in their JSON form. Other members of the object are ignored.
///
/// # Errors
/// See [`SchemaError`].
///
/// ```
/// use mst_types::parse_schema;
/// let types = parse_schema("{key: String, value: {paid: bool}}")?;
/// let json = r#"{"key": "String", "value": {"struct": [{"name": "paid", "type": "bool"}]}}"#;
/// assert_eq!(parse_schema(json)?, types);
/// # Ok::<(), mst_types::SchemaError>(())
/// ```
pub fn parse_schema(text: &str) -> Result<(Type, Type), SchemaError> {
    if let Ok(Json::Object(members)) = serde_json::from_str(text) {
        let read = |member| {
            read_type(members.get(member).unwrap_or(&Json::Null)).map_err(|error| SchemaError::Json { member, error })
        };
        return Ok((read("key")?, read("value")?));
    }
    both(text.parse()?).ok_or(SchemaError::NotBoth)
}

/// The bytes a commit stores for keys and values of these types: `{key: String, value: u64}`.
pub fn schema_bytes(key: &Type, value: &Type) -> Vec<u8> {
    let fields = vec![Field::new("key", key.clone()), Field::new("value", value.clone())];
    Type::Struct(fields).to_string().into_bytes()
}

/// The types of keys and values that a commit stores; `None` if its bytes are something else.
pub fn read_schema(schema: &[u8]) -> Option<(Type, Type)> {
    both(std::str::from_utf8(schema).ok()?.parse().ok()?)
}

fn both(ty: Type) -> Option<(Type, Type)> {
    let Type::Struct(fields) = ty else { return None };
    match <[Field; 2]>::try_from(fields).ok()? {
        [key, value] if &*key.name == "key" && &*value.name == "value" => Some((key.ty, value.ty)),
        _ => None,
    }
}

/// The bytes a commit stores for keys and values of these Rust types, if [`type_of`] knows both.
pub fn schema_of<K: ?Sized, V: ?Sized>() -> Option<Vec<u8>> {
    type_of::<K>().zip(type_of::<V>()).map(|(key, value)| schema_bytes(&key, &value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_survive_a_round_trip() {
        let types = ("(u32, String)".parse().unwrap(), "{amount: u64}".parse().unwrap());
        let stored = schema_bytes(&types.0, &types.1);
        assert_eq!(stored, b"{key: (u32, String), value: {amount: u64}}");
        assert_eq!(read_schema(&stored), Some(types));
        assert_eq!(schema_of::<String, Vec<u8>>().as_deref(), Some(&b"{key: String, value: Vec<u8>}"[..]));
        assert_eq!(schema_of::<String, std::time::Duration>(), None);
        for other in [&b"\xff"[..], b"String", b"{key: u8}", b"{value: u8, key: u8}", b"{key: u8, value: u8, more: u8}"]
        {
            assert_eq!(read_schema(other), None);
        }
    }
}
