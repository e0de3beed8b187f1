//! Keys that a person types, and keys as they can be typed.

use mst_types::{ItemType, Type, Value, ValueKind};

use crate::model::item;

/// The stored bytes of a key as it is printed, or as JSON; the error says how a key of the type is written.
pub(crate) fn read_key(ty: &ItemType, text: &str) -> Result<Vec<u8>, String> {
    ty.parse_key(text).map_err(|error| {
        let example = ty.key_example();
        format!("{text:?} is not a key of type {ty}, which is written like {example}: {error}")
    })
}

/// The same for what was read on the screen, which shows bytes that are printable as the text that they are. Hex digits
/// come first.
pub(crate) fn read_shown_key(ty: &ItemType, text: &str) -> Result<Vec<u8>, String> {
    read_key(ty, text).or_else(|error| {
        let is_bytes = matches!(ty.ty.wire(), Type::Vec(item) | Type::Array(item, _) if **item == Type::U8);
        let bytes = || ty.encode(&Value::new(ValueKind::Bytes(text.as_bytes().to_vec()))).ok();
        is_bytes.then(bytes).flatten().ok_or(error)
    })
}

/// A key as it can stand at an end of a range: a text is in quotes where `..` or `=` in it could be taken for the
/// range's.
pub(crate) fn range_end(stored: &[u8], ty: Option<&ItemType>) -> String {
    let text = item::key(stored, ty);
    let is_text = ty.is_some_and(|ty| *ty.ty.wire() == Type::String);
    if is_text && !text.starts_with('"') && (text.contains("..") || text.starts_with(['=', '.']) || text.ends_with('.'))
    {
        // A quote within needs an escape between quotes; the others are written already.
        return format!("\"{}\"", text.replace('"', "\\\""));
    }
    text
}
