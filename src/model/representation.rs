//! The representations of one value: its type chooses one, and a key cycles through the others.

use mst_types::{ItemType, LogicalType, Type, Value, ValueKind, cbor_pretty};
use serde_json::Value as Json;

use crate::model::item::{ItemFormat, redacted};
use crate::model::text::{cut, thousands};
use crate::model::value::{LONGEST_TEXT, Page};
use crate::model::{numeral, pretty_json, typed};

/// The widest type in a note, in columns.
const WIDEST_TYPE: usize = 40;

/// A way to show a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Representation {
    /// The parts of a value with their names and types.
    Tree,
    Text,
    Json,
    Hex,
    Cbor,
    /// A number in several bases.
    Number,
    /// A moment in UTC and in the local time.
    Time,
}

impl Representation {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tree => "tree",
            Self::Text => "text",
            Self::Json => "json",
            Self::Hex => "hex",
            Self::Cbor => "cbor",
            Self::Number => "number",
            Self::Time => "time",
        }
    }
}

/// A value rendered in one representation, with the other ones that make sense for it.
#[derive(Clone, Debug)]
pub(crate) struct RenderedValue {
    pub(crate) page: Page,
    /// How it is laid out; none where it is not to be seen.
    pub(crate) representation: Option<Representation>,
    /// The flaws of its bytes, which are decoded as far as they make sense.
    pub(crate) notes: Vec<String>,
    others: Vec<Representation>,
}

impl RenderedValue {
    /// The value whose stored bytes are `stored`, in the way that was `wanted` of such values if it makes sense for
    /// this one, else as the format of values or its type say.
    pub(crate) fn new(
        stored: &[u8],
        ty: Option<&ItemType>,
        format: ItemFormat,
        wanted: Option<Representation>,
    ) -> Self {
        match format {
            ItemFormat::Redacted => Self::redacted(stored),
            _ => Decoded::new(stored, ty).rendered(format, wanted),
        }
    }

    /// Two values in the same way.
    pub(crate) fn both(
        left: Item<'_>,
        right: Item<'_>,
        format: ItemFormat,
        wanted: Option<Representation>,
    ) -> (Self, Self) {
        if format == ItemFormat::Redacted {
            return (Self::redacted(left.0), Self::redacted(right.0));
        }
        let (mut left, mut right) = (Decoded::new(left.0, left.1), Decoded::new(right.0, right.1));
        // Hex makes sense for all.
        left.representations.retain(|representation| right.representations.contains(representation));
        right.representations.clone_from(&left.representations);
        (left.rendered(format, wanted), right.rendered(format, wanted))
    }

    fn redacted(stored: &[u8]) -> Self {
        Self { page: Page::Text(vec![redacted(stored)]), representation: None, notes: Vec::new(), others: Vec::new() }
    }

    /// The representation that the type of the value asks for.
    pub(crate) fn first(&self) -> Option<Representation> {
        self.others.first().copied()
    }

    /// The next representation of the value.
    pub(crate) fn next(&self) -> Option<Representation> {
        let at = self.others.iter().position(|other| Some(*other) == self.representation)?;
        self.others.get((at + 1) % self.others.len()).copied()
    }
}

/// The stored bytes of a value, and its type if it is known.
pub(crate) type Item<'a> = (&'a [u8], Option<&'a ItemType>);

/// A value decoded as far as that goes.
struct Decoded<'a> {
    stored: &'a [u8],
    ty: Option<&'a ItemType>,
    value: Option<Value>,
    notes: Vec<String>,
    /// The representations that make sense for it.
    representations: Vec<Representation>,
}

impl<'a> Decoded<'a> {
    fn new(stored: &'a [u8], ty: Option<&'a ItemType>) -> Self {
        if stored.len() > LONGEST_TEXT {
            return Self { stored, ty, value: None, notes: Vec::new(), representations: vec![Representation::Hex] };
        }
        let (value, notes) = match ty.map(|ty| (ty, ty.decode(stored))) {
            None => (None, Vec::new()),
            Some((_, Ok(value))) => (Some(value), Vec::new()),
            Some((ty, Err(_))) => lenient(ty, stored),
        };
        let representations = representations(value.as_ref(), stored);
        Self { stored, ty, value, notes, representations }
    }

    fn rendered(self, format: ItemFormat, wanted: Option<Representation>) -> RenderedValue {
        let Self { stored, ty, value, notes, representations } = self;
        let formatted = match format {
            ItemFormat::Number => Some(Representation::Number),
            ItemFormat::Text => Some(Representation::Text),
            ItemFormat::Hex => Some(Representation::Hex),
            ItemFormat::Auto | ItemFormat::Redacted => None,
        };
        let sensible = |representation: &Representation| representations.contains(representation);
        let representation = wanted.filter(sensible).or(formatted.filter(sensible)).unwrap_or_else(|| {
            // Bytes that show as text in a list show as text here.
            representations.first().copied().unwrap_or(Representation::Hex)
        });
        let page = page(stored, ty.map(|ty| &ty.ty).zip(value.as_ref()), representation);
        RenderedValue { page, representation: Some(representation), notes, others: representations }
    }
}

/// A value that breaks rules of its type, as far as sense can be made of it, and what is wrong with it.
fn lenient(ty: &ItemType, stored: &[u8]) -> (Option<Value>, Vec<String>) {
    match ty.decode_lenient(stored) {
        Ok((value, remarks)) => {
            let mut notes: Vec<_> = remarks.first.iter().map(ToString::to_string).collect();
            if remarks.more > 0 {
                notes.push(format!("{} more of the kind", thousands(remarks.more)));
            }
            (Some(value), notes)
        }
        Err(error) => (None, vec![format!("no {}, shown as bytes: {error}", cut(&ty.to_string(), WIDEST_TYPE))]),
    }
}

/// The representations that make sense for a value, the one that its type asks for first.
fn representations(value: Option<&Value>, stored: &[u8]) -> Vec<Representation> {
    use Representation::{Cbor, Hex, Json, Number, Text, Time, Tree};
    let Some(value) = value else { return bytes_representations(stored) };
    match &value.kind {
        ValueKind::As(plain, reading) => match (reading, plain.plain()) {
            (LogicalType::Timestamp(_), _) => vec![Time, Number, Json, Hex],
            (LogicalType::Decimal(_) | LogicalType::Date | LogicalType::Time(_) | LogicalType::Duration(_), _) => {
                vec![Text, Number, Json, Hex]
            }
            (LogicalType::Json, ValueKind::String(text)) if parsed(text).is_some() => vec![Json, Text, Hex],
            (LogicalType::Cbor, ValueKind::Bytes(bytes)) => {
                let mut representations = bytes_representations(bytes);
                representations.sort_by_key(|representation| *representation != Cbor);
                representations
            }
            _ => vec![Text, Json, Hex],
        },
        ValueKind::String(text) if parsed(text).is_some_and(|json| json.is_object() || json.is_array()) => {
            vec![Text, Json, Hex]
        }
        ValueKind::String(_) => vec![Text, Hex],
        ValueKind::Bytes(bytes) => bytes_representations(bytes),
        ValueKind::Uint(_) | ValueKind::Int(_) => vec![Number, Time, Json, Hex],
        ValueKind::Bool(_) | ValueKind::F32(_) | ValueKind::F64(_) | ValueKind::Char(_) | ValueKind::Unit => {
            vec![Json, Hex]
        }
        _ => vec![Tree, Json, Text, Hex],
    }
}

fn bytes_representations(bytes: &[u8]) -> Vec<Representation> {
    let mut representations = vec![Representation::Hex, Representation::Text];
    if (1..=16).contains(&bytes.len()) {
        representations.push(Representation::Number);
    }
    if matches!(bytes.len(), 4 | 8) {
        representations.push(Representation::Time);
    }
    if cbor_pretty(bytes).is_some() {
        representations.push(Representation::Cbor);
    }
    representations
}

fn page(stored: &[u8], value: Option<(&Type, &Value)>, representation: Representation) -> Page {
    let kind = value.map(|(_, value)| value.kind.plain());
    let bytes = match kind {
        Some(ValueKind::Bytes(bytes)) => bytes.as_slice(),
        Some(ValueKind::String(text)) => text.as_bytes(),
        _ => stored,
    };
    match (representation, value) {
        (Representation::Tree, Some((ty, value))) => Page::Text(typed::tree(ty, value)),
        (Representation::Text, Some((_, value))) => match &value.kind {
            ValueKind::As(plain, _) if !matches!(plain.plain(), ValueKind::String(_)) => Page::text(&value.to_string()),
            ValueKind::As(..) | ValueKind::String(_) | ValueKind::Bytes(_) => {
                Page::text(&String::from_utf8_lossy(bytes))
            }
            _ => Page::text(&value.to_string()),
        },
        (Representation::Text, None) => Page::text(&String::from_utf8_lossy(bytes)),
        (Representation::Json, Some((_, value))) => match kind {
            Some(ValueKind::String(text)) if parsed(text).is_some() => {
                Page::Text(pretty_json::lines(&pretty_json::of_text(text)))
            }
            _ => Page::Text(pretty_json::lines(&pretty_json::of_value(value))),
        },
        (Representation::Cbor, _) => match cbor_pretty(bytes) {
            // Its strings are escaped already.
            Some(notation) => Page::Text(notation.split('\n').map(str::to_owned).collect()),
            None => Page::Hex(bytes.to_vec()),
        },
        (Representation::Number, _) => Page::Text(numeral::bases(kind, bytes)),
        (Representation::Time, _) => {
            let moment = value.and_then(|(_, value)| value.kind.unix_nanos());
            Page::Text(numeral::times(moment, kind, bytes, &jiff::tz::TimeZone::system()))
        }
        _ => match kind {
            Some(ValueKind::Bytes(bytes)) => Page::Hex(bytes.clone()),
            // The bytes as they stand in the file, a length before text among them.
            _ => Page::Hex(stored.to_vec()),
        },
    }
}

fn parsed(text: &str) -> Option<Json> {
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(ty: &str, literal: &str, wanted: Option<Representation>) -> (Representation, Vec<String>) {
        let ty = ItemType::postcard(ty.parse().unwrap());
        let rendered = RenderedValue::new(&ty.parse(literal).unwrap(), Some(&ty), ItemFormat::Auto, wanted);
        (rendered.representation.unwrap(), (0..rendered.page.len()).filter_map(|at| rendered.page.line(at)).collect())
    }

    #[test]
    fn the_type_chooses() {
        for (ty, literal, representation) in [
            ("String", "hello", Representation::Text),
            ("json", "{\"b\": [1, {}], \"a\":2}", Representation::Json),
            ("cbor", "a16161f5", Representation::Cbor),
            ("Vec<u8>", "6869", Representation::Hex),
            ("u64", "7", Representation::Number),
            ("timestamp(s)", "0", Representation::Time),
            ("decimal(2)", "1.5", Representation::Text),
            ("{a: u8}", "{\"a\": 7}", Representation::Tree),
            ("bool", "true", Representation::Json),
        ] {
            assert_eq!(rendered(ty, literal, None).0, representation, "{ty}");
        }
        assert_eq!(
            rendered("u64", "7", Some(Representation::Cbor)).0,
            Representation::Number,
            "what makes no sense is not taken"
        );
    }

    #[test]
    fn json_keeps_the_order_and_the_digits_of_its_text() {
        let (_, lines) = rendered("json", "{\"b\": [1, {}], \"a\":1.50, \"x,:\\\"{\" : null}", None);
        assert_eq!(
            lines,
            ["{", "  \"b\": [", "    1,", "    {}", "  ],", "  \"a\": 1.50,", "  \"x,:\\\"{\": null", "}"]
        );
    }

    #[test]
    fn json_stays_json_where_it_is_escaped() {
        let (_, lines) = rendered("{a: String}", "{\"a\": \"\\t\u{202e}\u{e0001}\\\\\"}", Some(Representation::Json));
        assert_eq!(lines[1], r#"  "a": "\t\u202e\udb40\udc01\\""#);
        let back: Json = serde_json::from_str(&lines.concat()).unwrap();
        assert_eq!(back["a"], "\t\u{202e}\u{e0001}\\");
    }

    #[test]
    fn cbor_in_any_bytes_is_offered() {
        let (_, lines) = rendered("Vec<u8>", "a16161f5", Some(Representation::Cbor));
        assert_eq!(lines, ["{", "  \"a\": true", "}"]);
    }

    #[test]
    fn all_ways_come_round() {
        let ty = ItemType::postcard("{a: u8}".parse().unwrap());
        let mut seen = vec![];
        let mut wanted = None;
        for _ in 0..5 {
            let rendered = RenderedValue::new(&[7], Some(&ty), ItemFormat::Auto, wanted);
            seen.push(rendered.representation.unwrap().name());
            wanted = rendered.next();
        }
        assert_eq!(seen, ["tree", "json", "text", "hex", "tree"]);
    }

    #[test]
    fn what_breaks_rules_is_shown_as_far_as_it_makes_sense() {
        let ty = ItemType::postcard("{name: String, paid: bool}".parse().unwrap());
        let lines = |rendered: &RenderedValue| {
            (0..rendered.page.len()).filter_map(|at| rendered.page.line(at)).collect::<Vec<_>>()
        };
        let rendered = RenderedValue::new(&[0x81, 0, b'a', 7, 9], Some(&ty), ItemFormat::Auto, None);
        assert_eq!(lines(&rendered), ["name: String = \"a\"", "paid: bool = true"]);
        assert_eq!(rendered.notes.len(), 3, "{:?}", rendered.notes);
        for (note, part) in rendered.notes.iter().zip(["padded with zeros", "found 7", "found 1 more bytes"]) {
            assert!(note.contains(part), "{note}");
        }
        let rendered = RenderedValue::new(&[9], Some(&ty), ItemFormat::Auto, None);
        assert_eq!((lines(&rendered).len(), rendered.representation), (1, Some(Representation::Hex)));
        assert!(
            rendered.notes[0].contains("shown as bytes: byte 1, .name: expected 9 more bytes"),
            "{:?}",
            rendered.notes
        );
        // Nothing of it is told where it is not to be seen.
        assert!(RenderedValue::new(&[9], Some(&ty), ItemFormat::Redacted, None).notes.is_empty());
    }

    #[test]
    fn two_values_are_looked_at_in_the_same_way() {
        let ty = ItemType::postcard(Type::String);
        let (json, text) = (ty.parse("{\"a\": 1}").unwrap(), ty.parse("hello").unwrap());
        let both = |wanted| {
            let (left, right) = RenderedValue::both((&json, Some(&ty)), (&text, Some(&ty)), ItemFormat::Auto, wanted);
            assert_eq!((left.representation, left.next()), (right.representation, right.next()));
            left.representation.unwrap()
        };
        assert_eq!(both(None), Representation::Text);
        assert_eq!(both(Some(Representation::Json)), Representation::Text, "which makes no sense for one of them");
        assert_eq!(both(Some(Representation::Hex)), Representation::Hex);
        assert_eq!(
            RenderedValue::new(&json, Some(&ty), ItemFormat::Auto, Some(Representation::Json)).representation,
            Some(Representation::Json)
        );
    }

    #[test]
    fn what_is_not_to_be_seen_is_not_seen_in_any_way() {
        let ty = ItemType::postcard(Type::String);
        let rendered = RenderedValue::new(b"\x06secret", Some(&ty), ItemFormat::Redacted, Some(Representation::Hex));
        assert_eq!(rendered.page.len(), 1);
        let line = rendered.page.line(0).unwrap();
        assert!(line.starts_with("(7 bytes, ") && !line.contains("secret"), "{line}");
        assert_eq!(rendered.next(), None);
    }
}
