//! Text from files made safe to show: nothing in it can move the cursor, hide or reorder the text around it.

use std::borrow::Cow;
use std::fmt::{self, Write};
use std::path::Path;

/// Escapes every character that a terminal would obey, hide or reorder others by: control characters, line and
/// paragraph separators, bidirectional marks and overrides, zero-width and invisible characters. They are written as
/// `\n`, `\r`, `\t` or `\u{202e}`, and a backslash as `\\`, so that no two texts look alike.
///
/// Quotes are not escaped. Text without anything to escape is not copied.
///
/// ```
/// use mst_types::escape_text;
/// assert_eq!(escape_text("a\u{202e}b\n"), r"a\u{202e}b\n");
/// ```
pub fn escape_text(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| c == '\\' || is_hidden(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    // Writing to a String does not fail.
    let _ = write_escaped(&mut out, text);
    Cow::Owned(out)
}

/// Escapes every character that [`escape_text`] escapes, except line ends and backslashes: for text assembled from
/// parts that are already escaped. It changes nothing if all of them are.
///
/// ```
/// use mst_types::escape_hidden;
/// assert_eq!(escape_hidden("a\u{1b}[31m\n\\n"), "a\\u{1b}[31m\n\\n");
/// ```
pub fn escape_hidden(text: &str) -> Cow<'_, str> {
    let is_wrong = |c: char| c != '\n' && is_hidden(c);
    if !text.contains(is_wrong) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_wrong(c) {
            // Writing to a String does not fail.
            let _ = write_char(&mut out, c);
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// A path for messages, escaped by [`escape_text`].
pub fn escape_path(path: &Path) -> String {
    escape_text(&path.to_string_lossy()).into_owned()
}

/// Writes the text that [`escape_text`] returns.
///
/// # Errors
/// Errors of the writer.
pub fn write_escaped<W: Write + ?Sized>(out: &mut W, text: &str) -> fmt::Result {
    text.chars().try_for_each(|c| write_char(out, c))
}

/// Writes the text escaped and between two `quote` characters; a `quote` inside the text is escaped too.
pub(crate) fn write_quoted<W: Write + ?Sized>(out: &mut W, text: &str, quote: char) -> fmt::Result {
    out.write_char(quote)?;
    for c in text.chars() {
        if c == quote {
            out.write_char('\\')?;
            out.write_char(c)?;
        } else {
            write_char(out, c)?;
        }
    }
    out.write_char(quote)
}

/// Writes the name of a field or variant: bare if it is an identifier, otherwise in quotes.
pub(crate) fn write_name<W: Write + ?Sized>(out: &mut W, name: &str) -> fmt::Result {
    let mut chars = name.chars();
    if chars.next().is_some_and(is_name_start) && chars.all(is_name_part) {
        out.write_str(name)
    } else {
        write_quoted(out, name, '"')
    }
}

/// Whether a name without quotes can begin with this character.
pub(crate) fn is_name_start(c: char) -> bool {
    c == '_' || (c.is_alphabetic() && !is_hidden(c))
}

/// Whether a name without quotes can continue with this character.
pub(crate) fn is_name_part(c: char) -> bool {
    c == '_' || (c.is_alphanumeric() && !is_hidden(c))
}

fn write_char<W: Write + ?Sized>(out: &mut W, c: char) -> fmt::Result {
    match c {
        '\n' => out.write_str("\\n"),
        '\r' => out.write_str("\\r"),
        '\t' => out.write_str("\\t"),
        '\\' => out.write_str("\\\\"),
        c if is_hidden(c) => write!(out, "\\u{{{:x}}}", u32::from(c)),
        c => out.write_char(c),
    }
}

/// Whether a terminal obeys this character, hides it or reorders others by it: controls, separators of lines and
/// paragraphs, and everything that Unicode calls ignorable by default, including noncharacters. Joiners and variation
/// selectors are included although some scripts and emoji use them: no key may look like another, and any text can be
/// hidden in a row of them.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(escape_text("zażółć \"1\" 'é' 日本"), Cow::Borrowed(_)));
    }

    #[test]
    fn every_hiding_character_is_escaped() {
        for code in (0x202a..=0x202e)
            .chain(0x2066..=0x2069)
            .chain(0x200b..=0x200f)
            .chain([0, 0x1b, 0x7f, 0x9b, 0x2060, 0xfeff])
            .chain([0xfe00, 0xfe0f, 0xe0001, 0xe0041, 0xe0100, 0xe01ef, 0xfffe, 0x10_ffff])
        {
            let c = char::from_u32(code).unwrap();
            assert_eq!(escape_text(&format!("a{c}b")), format!("a\\u{{{code:x}}}b"));
        }
        assert_eq!(escape_text("\r\n\t\\n"), r"\r\n\t\\n");
    }

    #[test]
    fn quotes_are_escaped_only_within_quotes_of_their_kind() {
        let mut out = String::new();
        write_quoted(&mut out, "a\"'b", '"').unwrap();
        assert_eq!(out, r#""a\"'b""#);
        assert_eq!(escape_text("a\"'b"), "a\"'b");
    }
}
