//! The parts of a printed value: the names of its fields, its texts, and the rest, so that they can have colours.

use crate::model::item::ValueFormat;

/// What a part is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tint {
    /// The name of a field, with its colon.
    Name,
    /// A text in quotes.
    Text,
    Plain,
}

/// The parts of a value as it is printed; together they are the same text.
pub(crate) fn parts(text: &str, format: ValueFormat) -> Vec<(Tint, &str)> {
    if !matches!(format, ValueFormat::Auto | ValueFormat::Json) {
        return vec![(Tint::Plain, text)];
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((tint, len)) = first_part(rest) {
        let (part, after) = rest.split_at(len);
        parts.push((tint, part));
        rest = after;
    }
    parts
}

/// The first part, and its length in bytes; none of an empty text.
fn first_part(text: &str) -> Option<(Tint, usize)> {
    let first = text.chars().next()?;
    let len = match first {
        '"' => quoted_len(text),
        first if is_of_name(first) => text.find(|c| !is_of_name(c)).unwrap_or(text.len()),
        _ => {
            let len = text.find(|c| c == '"' || is_of_name(c)).unwrap_or(text.len());
            return Some((Tint::Plain, len));
        }
    };
    // A colon between digits is that of a time.
    let is_name = text[len..].starts_with(": ") || first == '"' && text[len..].starts_with(':');
    Some(match (is_name, first) {
        (true, _) => (Tint::Name, len + 1),
        (false, '"') => (Tint::Text, len),
        (false, _) => (Tint::Plain, len),
    })
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a text in quotes, with both of them.
fn quoted_len(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let is_end = *c == '"' && !is_escaped;
        is_escaped = *c == '\\' && !is_escaped;
        is_end
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_are_told_from_the_rest() {
        let shown = |text: &str| -> String {
            let parts = parts(text, ValueFormat::Auto);
            assert_eq!(parts.iter().map(|(_, part)| *part).collect::<String>(), text);
            let sign = |(tint, part): &(Tint, &str)| match tint {
                Tint::Name => format!("<{part}>"),
                Tint::Text => format!("[{part}]"),
                Tint::Plain => (*part).to_owned(),
            };
            parts.iter().map(sign).collect()
        };
        for (text, expected) in [
            (
                "{a: \"x: y\", b_1: 12, at: 2026-01-01T10:00:00Z}",
                "{<a:> [\"x: y\"], <b_1:> 12, <at:> 2026-01-01T10:00:00Z}",
            ),
            ("{\"a\":\"b\\\"c\",\"d\":[1,null]}", "{<\"a\":>[\"b\\\"c\"],<\"d\":>[1,null]}"),
            ("\"not closed", "[\"not closed]"),
            ("größe: 1 — x", "<größe:> 1 — x"),
            ("", ""),
        ] {
            assert_eq!(shown(text), expected);
        }
        assert_eq!(parts("a: \"b\"", ValueFormat::Text), [(Tint::Plain, "a: \"b\"")]);
    }
}
