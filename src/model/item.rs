//! Keys and values as one line of text, under a type and a chosen format.

use file_mst::inspect::node::{Node, Records};
use mst_types::{ItemType, Type, Value, ValueKind, escape_text, json_text};

use crate::model::text::{count, cut, group};

/// How keys or values are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum ItemFormat {
    /// The form that the type asks for; bytes in the form that they look like.
    #[default]
    Auto,
    /// A big-endian number.
    Number,
    /// Escaped text.
    Text,
    /// Hex digits.
    Hex,
    /// Only the length and a short hash, for what others are shown. Never keys.
    Redacted,
}

impl ItemFormat {
    /// The next format of keys in the cycle.
    pub(crate) fn next_of_keys(self) -> Self {
        match self {
            Self::Auto => Self::Number,
            Self::Number => Self::Text,
            Self::Text => Self::Hex,
            Self::Hex | Self::Redacted => Self::Auto,
        }
    }

    /// The next format of values in the cycle.
    pub(crate) fn next_of_values(self) -> Self {
        match self {
            Self::Hex => Self::Redacted,
            format => format.next_of_keys(),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Number => "number",
            Self::Text => "text",
            Self::Hex => "hex",
            Self::Redacted => "redacted",
        }
    }
}

/// An item whole: text as it is but for escapes, bytes as hex.
pub(crate) fn plain(stored: &[u8], ty: Option<&ItemType>) -> String {
    plain_value(stored, ty.and_then(|ty| ty.decode(stored).ok()).as_ref())
}

/// A key whole, as it is printed: it can be typed wherever a key is asked for.
pub(crate) fn key(stored: &[u8], ty: Option<&ItemType>) -> String {
    ty.and_then(|ty| ty.key_text(stored)).unwrap_or_else(|| hex::encode(stored))
}

/// A key in at most `width` columns: as [`key`] prints it, but that numbers have groups of digits and bytes show as
/// what they look like.
pub(crate) fn key_line(stored: &[u8], ty: Option<&ItemType>, format: ItemFormat, width: usize) -> String {
    let shown = line(stored, ty, format, width);
    let is_text = ty.is_some_and(|ty| *ty.ty.wire() == Type::String);
    if is_text && format == ItemFormat::Auto && (shown.is_empty() || shown.starts_with('"')) && stored.len() <= PREVIEW
    {
        return cut(&key(stored, ty), width);
    }
    shown
}

/// A value as it is copied for other programs: whole, unless it is not to be seen.
pub(crate) fn copied(stored: &[u8], ty: Option<&ItemType>, format: ItemFormat) -> String {
    if format == ItemFormat::Redacted { redacted(stored) } else { plain(stored, ty) }
}

pub(crate) fn plain_value(stored: &[u8], value: Option<&Value>) -> String {
    match value {
        Some(Value { kind: ValueKind::String(text), .. }) => escape_text(text).into_owned(),
        Some(value) => value.to_string(),
        None => hex::encode(stored),
    }
}

/// How commands print values.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub(crate) enum ValueFormat {
    /// In the form that the type suggests
    #[default]
    Auto,
    /// Escaped text
    Text,
    /// As JSON
    Json,
    /// Hex digits of the stored bytes
    Hex,
    /// Only the length and a short hash, for what others are shown
    Redacted,
}

/// A value whole, in the format that is asked for.
pub(crate) fn formatted(stored: &[u8], ty: Option<&ItemType>, format: ValueFormat) -> String {
    let value = match format {
        ValueFormat::Auto | ValueFormat::Text | ValueFormat::Json => ty.and_then(|ty| ty.decode(stored).ok()),
        ValueFormat::Hex | ValueFormat::Redacted => None,
    };
    formatted_value(stored, value.as_ref(), format)
}

/// The same of a value that is decoded already, if it could be.
pub(crate) fn formatted_value(stored: &[u8], value: Option<&Value>, format: ValueFormat) -> String {
    match format {
        ValueFormat::Auto => plain_value(stored, value),
        ValueFormat::Hex => hex::encode(stored),
        ValueFormat::Redacted => redacted(stored),
        ValueFormat::Text => match value.map(|value| value.kind.plain()) {
            Some(ValueKind::String(text)) => escape_text(text).into_owned(),
            Some(ValueKind::Bytes(bytes)) => escape_text(&String::from_utf8_lossy(bytes)).into_owned(),
            _ => escape_text(&String::from_utf8_lossy(stored)).into_owned(),
        },
        ValueFormat::Json => {
            value.and_then(|value| json_text(value).ok()).unwrap_or_else(|| format!("\"{}\"", hex::encode(stored)))
        }
    }
}

/// The parts of a value in JSON.
#[derive(Default)]
pub(crate) struct JsonParts {
    pub(crate) value: Option<Value>,
    pub(crate) hex: Option<String>,
    /// The text that replaces a hidden value.
    pub(crate) redacted: Option<String>,
}

impl JsonParts {
    /// The value as its type says and in hex, whatever the format, unless the format hides the value.
    pub(crate) fn new(stored: &[u8], ty: Option<&ItemType>, format: ValueFormat) -> Self {
        match format {
            ValueFormat::Redacted => Self { value: None, hex: None, redacted: Some(redacted(stored)) },
            _ => {
                Self { value: ty.and_then(|ty| ty.decode(stored).ok()), hex: Some(hex::encode(stored)), redacted: None }
            }
        }
    }
}

/// The text that replaces hidden bytes: their length, and the start of their blake3 hash. Somebody who can guess a
/// value can still confirm it by the hash.
pub(crate) fn redacted(stored: &[u8]) -> String {
    let hash: String = blake3::hash(stored).to_hex().chars().take(8).collect();
    format!("({} bytes, {hash})", group(&stored.len().to_string()))
}

/// The text that replaces a value which cannot be told from the others of its node.
pub(crate) fn undelimited(node: &Node) -> String {
    let bytes = count(undelimited_bytes(node) as u64, "byte");
    format!("one of {} in {bytes}", count(node.key_count() as u64, "value"))
}

/// How many bytes the values of a node take that cannot be told apart.
pub(crate) fn undelimited_bytes(node: &Node) -> usize {
    match node.records() {
        Records::Keyed { values, .. } => values.len(),
        _ => 0,
    }
}

/// Items longer than this are shown by their first bytes only, in bytes: a line has no room for more, and decoding
/// megabytes for it would be felt.
const PREVIEW: usize = 4096;

/// An item in at most `width` columns.
///
/// `stored` are the bytes as the file has them; what cannot be decoded is shown as bytes.
pub(crate) fn line(stored: &[u8], ty: Option<&ItemType>, format: ItemFormat, width: usize) -> String {
    if format == ItemFormat::Redacted {
        return cut(&redacted(stored), width);
    }
    if stored.len() > PREVIEW {
        let size = format!(" ({} bytes)", group(&stored.len().to_string()));
        let start = stored.get(..PREVIEW).unwrap_or_default();
        let start = if ty.is_some_and(ItemType::has_length) { content(start) } else { start };
        let text = match ty.map(|ty| ty.ty.wire()) {
            Some(Type::String) => escape_text(&String::from_utf8_lossy(start)).into_owned(),
            _ => hex::encode(start),
        };
        return cut(&text, width.saturating_sub(size.len())) + &size;
    }
    let value =
        ty.and_then(|ty| ty.decode(stored).ok()).unwrap_or_else(|| Value::new(ValueKind::Bytes(stored.to_vec())));
    cut(&value_line(&value, stored, format), width)
}

/// The bytes after the length that an item begins with.
fn content(stored: &[u8]) -> &[u8] {
    let length = stored.iter().position(|byte| byte & 0x80 == 0).map_or(0, |last| last + 1);
    stored.get(length..).unwrap_or_default()
}

/// A decoded value in at most `width` columns; `stored` are its own bytes.
pub(crate) fn value_in(value: &Value, stored: &[u8], format: ItemFormat, width: usize) -> String {
    cut(&value_line(value, stored, format), width)
}

fn value_line(value: &Value, stored: &[u8], format: ItemFormat) -> String {
    let bytes: &[u8] = match value.kind.plain() {
        ValueKind::Bytes(bytes) => bytes,
        ValueKind::String(text) => text.as_bytes(),
        _ => stored,
    };
    if format == ItemFormat::Auto && value.kind.logical_text().is_some() {
        return value.to_string();
    }
    match (format, value.kind.plain()) {
        (ItemFormat::Auto, ValueKind::Bytes(bytes)) => bytes_line(bytes),
        (ItemFormat::Auto | ItemFormat::Text, ValueKind::String(text)) => escape_text(text).into_owned(),
        (ItemFormat::Auto | ItemFormat::Number, ValueKind::Uint(number)) => group(&number.to_string()),
        (ItemFormat::Auto | ItemFormat::Number, ValueKind::Int(number)) => signed(*number),
        (ItemFormat::Auto, _) => value.to_string(),
        (ItemFormat::Number, _) => number(bytes).map_or_else(|| value.to_string(), |number| group(&number.to_string())),
        (ItemFormat::Text, _) => escape_text(&String::from_utf8_lossy(bytes)).into_owned(),
        (ItemFormat::Hex, _) => hex::encode(bytes),
        (ItemFormat::Redacted, _) => redacted(stored),
    }
}

/// A whole number with thousands separators.
pub(crate) fn signed(number: i128) -> String {
    let digits = group(&number.unsigned_abs().to_string());
    if number < 0 { format!("-{digits}") } else { digits }
}

/// Bytes in a format that shows them.
pub(crate) fn bytes_as(bytes: &[u8], format: ItemFormat) -> String {
    match format {
        ItemFormat::Auto => bytes_line(bytes),
        ItemFormat::Number => number(bytes).map_or_else(|| hex::encode(bytes), |number| group(&number.to_string())),
        ItemFormat::Text => escape_text(&String::from_utf8_lossy(bytes)).into_owned(),
        ItemFormat::Hex => hex::encode(bytes),
        ItemFormat::Redacted => redacted(bytes),
    }
}

/// Bytes as what they look like: printable text, a small big-endian number, else hex.
fn bytes_line(bytes: &[u8]) -> String {
    match bytes {
        [] => "(empty)".to_owned(),
        _ if bytes.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ') => {
            String::from_utf8_lossy(bytes).into_owned()
        }
        [0, ..] if matches!(bytes.len(), 4 | 8 | 16) => {
            number(bytes).map_or_else(|| hex::encode(bytes), |number| group(&number.to_string()))
        }
        _ => hex::encode(bytes),
    }
}

fn number(bytes: &[u8]) -> Option<u128> {
    (1..=16).contains(&bytes.len()).then(|| bytes.iter().fold(0, |number, byte| number << 8 | u128::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn postcard(ty: Type) -> Option<ItemType> {
        Some(ItemType::postcard(ty))
    }

    #[test]
    fn bytes_show_as_what_they_look_like() {
        let show = |bytes: &[u8], format| {
            let mut stored = vec![bytes.len() as u8];
            stored.extend(bytes);
            line(&stored, postcard("Vec<u8>".parse().unwrap()).as_ref(), format, 40)
        };
        let id = 10_000_u64.to_be_bytes();
        assert_eq!(show(&id, ItemFormat::Auto), "10,000");
        assert_eq!(show(&id, ItemFormat::Hex), "0000000000002710");
        assert_eq!(show(b"order-7", ItemFormat::Auto), "order-7");
        assert_eq!(show(b"AB", ItemFormat::Number), "16,706");
        assert_eq!(show(&[0xff, 0x00], ItemFormat::Auto), "ff00");
        assert_eq!(show(b"", ItemFormat::Auto), "(empty)");
    }

    #[test]
    fn typed_items_and_escapes() {
        assert_eq!(line(&[0xac, 0x02], postcard(Type::U64).as_ref(), ItemFormat::Auto, 40), "300");
        assert_eq!(line(&[3], postcard(Type::I64).as_ref(), ItemFormat::Auto, 40), "-2");
        assert_eq!(line(b"\x03a\nb", postcard(Type::String).as_ref(), ItemFormat::Auto, 40), "a\\nb");
        assert_eq!(
            line(&[9], postcard(Type::Bool).as_ref(), ItemFormat::Auto, 40),
            "09",
            "what does not decode shows as hex"
        );
    }

    #[test]
    fn long_items_are_cut_with_their_size() {
        let mut stored = vec![0x90, 0x4e];
        stored.resize(10_002, b'x');
        let shown = line(&stored, postcard(Type::String).as_ref(), ItemFormat::Auto, 30);
        assert_eq!(shown, "xxxxxxxxxxxxxx… (10,002 bytes)");
    }
}
