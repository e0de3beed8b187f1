//! Keys that a person types, and keys as they can be typed.

use std::ops::Bound;

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

/// The start and the end of a range, as stored bytes.
pub(crate) type KeyRange = (Bound<Vec<u8>>, Bound<Vec<u8>>);

/// Reads a range, `A..B`, `A..=B`, `A..`, `..B` or `..`, whose keys are of type `ty`. A key may contain `..` itself:
/// the range is split at the first `..` that leaves a valid key on either side. Text that contains `..` must be quoted.
pub(crate) fn read_range(range: &str, ty: &ItemType) -> Result<KeyRange, String> {
    let mut first_error = None;
    for (at, _) in range.char_indices().filter(|(at, _)| range.get(*at..).is_some_and(|rest| rest.starts_with(".."))) {
        let (start, end) = (range.get(..at).unwrap_or_default(), range.get(at + 2..).unwrap_or_default());
        match ends(start, end, ty) {
            Ok(range) => return Ok(range),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    Err(first_error.unwrap_or_else(|| "a range is A..B, A..=B, A.. or ..B".to_owned()))
}

fn ends(start: &str, end: &str, ty: &ItemType) -> Result<KeyRange, String> {
    let start = if start.is_empty() { Bound::Unbounded } else { Bound::Included(read_key(ty, start)?) };
    let end = match end.strip_prefix('=') {
        Some(end) if !end.is_empty() => Bound::Included(read_key(ty, end)?),
        _ if end.is_empty() || end == "=" => Bound::Unbounded,
        _ => Bound::Excluded(read_key(ty, end)?),
    };
    Ok((start, end))
}
