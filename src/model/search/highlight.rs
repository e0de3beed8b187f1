//! The places in a shown line that a query matches.

use std::iter;
use std::ops::Range;

use super::query::{Part, Query};

/// The most places that are marked in a line.
const MAX_MARKED: usize = 64;

/// The part of a record that a shown text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum ShownAs {
    Key,
    Value,
}

impl Query {
    /// The places in a text of a record that match, in bytes and in order; a text that is cut off matches as far as it
    /// goes.
    pub(crate) fn places(&self, text: &str, shown: ShownAs) -> Vec<Range<usize>> {
        let is_in = match (&self.part, shown) {
            (Part::Anywhere, _) | (Part::Key, ShownAs::Key) | (Part::Value, ShownAs::Value) => {
                iter::once(0..text.len()).collect()
            }
            (Part::Field(path), ShownAs::Value) => {
                let name = path.last().map_or("", String::as_str);
                fields(text).into_iter().filter(|(field, _)| *field == name).map(|(_, place)| place).collect()
            }
            _ => Vec::new(),
        };
        let found = |place: Range<usize>| {
            let (start, part) = (place.start, text.get(place).unwrap_or_default());
            let matches = self.pattern.find_iter(part).filter(|found| !found.is_empty()).take(MAX_MARKED);
            matches.map(move |found| start + found.start()..start + found.end()).collect::<Vec<_>>()
        };
        let places: Vec<_> = is_in.into_iter().flat_map(found).collect();
        if places.is_empty() && self.by_parts && self.part != Part::Key && shown == ShownAs::Value {
            return fields(text).into_iter().flat_map(|(_, place)| found(place)).take(MAX_MARKED).collect();
        }
        places
    }
}

/// The fields in the text of a value: the name of each, and where its content is, without quotes.
fn fields(text: &str) -> Vec<(&str, Range<usize>)> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut quoted = false;
    let mut escaped = false;
    let mut piece = |start: usize, end: usize| {
        let raw = text.get(start..end).unwrap_or_default();
        let content = raw.trim_start_matches([' ', '{', '[', '(']);
        let (name, value) = content.split_once(": ").unwrap_or(("", content));
        let value = value.trim_start_matches(['{', '[', '(', '"']);
        let at = end - value.len();
        let value = value.trim_end_matches(['}', ']', ')', '"', '…']);
        if !value.is_empty() {
            found.push((name, at..at + value.len()));
        }
    };
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ',' | '{' | '[' if !quoted => {
                piece(start, at);
                start = at + 1;
            }
            _ => {}
        }
    }
    piece(start, text.len());
    found
}

#[cfg(test)]
mod tests {
    use mst_types::ItemType;

    use super::*;

    fn marked(query: &str, text: &str, shown: ShownAs) -> Vec<String> {
        let ty = ItemType::postcard("{status: String, note: String, a: {city: String}}".parse().unwrap());
        let query = Query::parse(query, &[Some(&ty)]).unwrap();
        query.places(text, shown).into_iter().map(|place| text[place].to_owned()).collect()
    }

    #[test]
    fn matches_are_marked_where_they_are() {
        const TEXT: &str = r#"{status: "Paid", note: "paid, \"late\"", a: {city: "Paidheim"}}"#;
        let value = |query: &str| marked(query, TEXT, ShownAs::Value);
        assert_eq!(value("paid"), ["Paid", "paid", "Paid"]);
        assert_eq!(value("Paid"), ["Paid", "Paid"]);
        assert_eq!(value("status:paid"), ["Paid"]);
        assert_eq!(value("note:paid"), ["paid"]);
        assert_eq!(value("city:/^paid/"), ["Paid"]);
        assert_eq!(value("/^paid$/"), ["Paid"]);
        assert_eq!(value("key:paid"), [""; 0]);
        assert_eq!(marked("key:paid", "paid-1", ShownAs::Key), ["paid"]);
        assert_eq!(marked("status:paid", "paid-1", ShownAs::Key), [""; 0]);
        assert_eq!(marked("/x*/", "abc", ShownAs::Key), [""; 0]);
    }
}
