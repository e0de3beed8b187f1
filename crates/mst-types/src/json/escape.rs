//! JSON without hidden characters.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter};

use crate::escape::is_hidden;

/// Writes a value as one line of JSON in which every character that [`escape_text`](crate::escape_text) escapes is
/// written as `\u` and four hex digits (two such escapes beyond 16 bits). A reader of the JSON gets the same text.
///
/// # Errors
/// Errors of the writer, and of a value that JSON cannot represent.
pub fn write_json<W: Write, T: Serialize + ?Sized>(out: W, value: &T) -> serde_json::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(out, Escaping))
}

/// The text that [`write_json`] writes.
///
/// ```
/// use mst_types::json_text;
/// assert_eq!(json_text("a\u{202e}b\n\u{e0041}")?, r#""a\u202eb\n\udb40\udc41""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
/// The value cannot be represented in JSON.
pub fn json_text<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<String> {
    let mut out = Vec::new();
    write_json(&mut out, value)?;
    String::from_utf8(out).map_err(serde::ser::Error::custom)
}

struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_hidden(*c)) {
            let (before, after) = rest.split_at(at);
            CompactFormatter.write_string_fragment(writer, before)?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = after.get(c.len_utf8()..).unwrap_or_default();
        }
        CompactFormatter.write_string_fragment(writer, rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_survives_a_round_trip_and_none_is_hidden() {
        let all: String = ('\0'..=char::MAX).collect();
        let json = json_text(&all).unwrap();
        assert!(!json.contains(is_hidden));
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), all);
        // Names of members are escaped too.
        let object = serde_json::json!({ "a\u{9b}": "\u{7f}" });
        assert_eq!(json_text(&object).unwrap(), r#"{"a\u009b":"\u007f"}"#);
    }
}
