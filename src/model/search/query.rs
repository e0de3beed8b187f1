//! What a user looks for: a text or a pattern, in keys, in values, or in one field.

use mst_types::{ItemType, LogicalType, Payload, Shape, Type, Value, ValueKind, escape_text};
use regex::{Regex, RegexBuilder};

use crate::model::item::{self, ItemFormat};

/// The most bytes that a compiled pattern may take.
const MAX_COMPILED: usize = 1 << 20;

/// The bytes of a key or a value as a tree stores them, and their type if it is known.
pub(crate) type Item<'a> = (&'a [u8], Option<&'a ItemType>);

/// A query. Capitals count only if it has some.
///
/// | query | finds |
/// |---|---|
/// | `paid` | the text in a key or a value |
/// | `/^INV-20(25\|26)/`, `re:^INV` | a pattern of the crate `regex` in a key, a value or a part of one |
/// | `key:INV`, `value:paid` | either in keys only, or in values only |
/// | `status:paid`, `address.city:/^B/`, `.key:x` | either in a field of the value, at any depth |
#[derive(Clone, Debug)]
pub(crate) struct Query {
    /// As it was typed.
    text: String,
    pub(super) part: Part,
    pub(super) pattern: Regex,
    /// The text, if it is one.
    literal: Option<String>,
    /// Whether a part of a value may match where its whole text does not.
    pub(super) by_parts: bool,
}

/// The part of records that a query is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Part {
    Anywhere,
    Key,
    Value,
    /// A field, by the end of its path.
    Field(Vec<String>),
}

impl Query {
    /// Parses a query. A name before a colon is a field only if one of the types of `values` has it; otherwise the colon
    /// is part of the text.
    pub(crate) fn parse(text: &str, values: &[Option<&ItemType>]) -> Result<Self, String> {
        let text = text.trim();
        let (part, rest) = part_of(text, values).unwrap_or((Part::Anywhere, text));
        if rest.is_empty() {
            return Err(format!("nothing to look for in {text:?}"));
        }
        let slashes = rest.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|inner| !inner.is_empty());
        let expression = slashes.or_else(|| rest.strip_prefix("re:").filter(|rest| !rest.is_empty()));
        let (source, capitals) = match expression {
            Some(expression) => (expression.to_owned(), has_capitals(expression)),
            None => (regex::escape(rest), rest.chars().any(char::is_uppercase)),
        };
        let pattern = RegexBuilder::new(&source)
            .case_insensitive(!capitals)
            .size_limit(MAX_COMPILED)
            .dfa_size_limit(MAX_COMPILED)
            .build()
            .map_err(|error| format!("{source:?} is no pattern: {}", reason(&error)))?;
        let by_parts = match expression {
            Some(expression) => expression.contains(['^', '$', '\\', '"', '\'', 'z', 'A']),
            None => rest.contains(['\\', '"', '\'']),
        };
        let literal = expression.is_none().then(|| rest.to_owned());
        Ok(Self { text: text.to_owned(), part, pattern, literal, by_parts })
    }

    /// The query as it was typed.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The text that a key may begin with, or be: none for a pattern, and where keys do not matter.
    pub(crate) fn key_text(&self) -> Option<&str> {
        self.literal.as_deref().filter(|_| matches!(self.part, Part::Anywhere | Part::Key))
    }

    #[allow(dead_code, reason = "the search through differences uses it next")]
    /// Whether a text that is neither a key nor a value has it, such as a message.
    pub(crate) fn has_text(&self, text: &str) -> bool {
        self.part == Part::Anywhere && self.pattern.is_match(text)
    }

    /// Whether a record matches; `value` is none where it is not known.
    pub(crate) fn has_record(&self, key: Item, value: Option<Item>) -> bool {
        self.has_key(key) || value.is_some_and(|value| self.has_value(value))
    }

    fn has_key(&self, (stored, ty): Item) -> bool {
        matches!(self.part, Part::Anywhere | Part::Key)
            && (self.pattern.is_match(&item::key(stored, ty)) || self.has_shown((stored, ty)))
    }

    /// Whether an item has it as a line shows it: bytes as the text or number that they look like, digits in groups.
    fn has_shown(&self, (stored, ty): Item) -> bool {
        let differs = match ty.map(|ty| ty.ty.wire()) {
            Some(ty) if ty.is_bytes() => true,
            Some(Type::String) | None => false,
            Some(_) => self.text.contains(','),
        };
        differs && self.pattern.is_match(&item::line(stored, ty, ItemFormat::Auto, usize::MAX))
    }

    fn has_value(&self, (stored, ty): Item) -> bool {
        match &self.part {
            Part::Key => false,
            Part::Anywhere | Part::Value => {
                let value = ty.and_then(|ty| ty.decode(stored).ok());
                self.pattern.is_match(&item::plain_value(stored, value.as_ref()))
                    || self.has_shown((stored, ty))
                    || value.is_some_and(|value| self.by_parts && self.has_part(&value))
            }
            Part::Field(path) => {
                let value = ty.and_then(|ty| ty.decode(stored).ok());
                value.is_some_and(|value| self.has_field(&value, path, &mut Vec::new()))
            }
        }
    }

    /// Whether a scalar in a value matches.
    fn has_part(&self, value: &Value) -> bool {
        let mut any = false;
        let parts = visit_parts(&value.kind, &mut |_, part| any = any || self.has_part(part));
        any || parts.is_none() && self.has_scalar(&value.kind)
    }

    /// Whether a scalar matches, as it is written or as the text that it is.
    fn has_scalar(&self, kind: &ValueKind) -> bool {
        if let ValueKind::String(text) = kind.plain()
            && self.pattern.is_match(text)
        {
            return true;
        }
        match kind {
            ValueKind::String(text) => self.pattern.is_match(&escape_text(text)),
            ValueKind::Bytes(bytes) if self.pattern.is_match(&String::from_utf8_lossy(bytes)) => true,
            kind => self.pattern.is_match(&kind.to_string()),
        }
    }

    /// Whether a field with this path, or a part of it, matches. `names` are those of the fields around `value`.
    fn has_field(&self, value: &Value, path: &[String], names: &mut Vec<String>) -> bool {
        if names.ends_with(path) && (self.has_part(value) || self.pattern.is_match(&value.as_field().to_string())) {
            return true;
        }
        let mut any = false;
        let parts = visit_parts(&value.kind, &mut |name, part| {
            names.extend(name.map(str::to_owned));
            any = any || self.has_field(part, path, names);
            if name.is_some() {
                names.pop();
            }
        });
        if let (None, ValueKind::As(plain, LogicalType::Json)) = (parts, &value.kind)
            && let ValueKind::String(text) = plain.plain()
            && let Ok(document) = serde_json::from_str(text)
        {
            return self.has_json_field(&document, path, names);
        }
        any
    }

    fn has_json_field(&self, value: &serde_json::Value, path: &[String], names: &mut Vec<String>) -> bool {
        let is_match = || match value {
            serde_json::Value::String(text) => self.pattern.is_match(text),
            other => self.pattern.is_match(&other.to_string()),
        };
        if names.ends_with(path) && is_match() {
            return true;
        }
        match value {
            serde_json::Value::Array(items) => items.iter().any(|item| self.has_json_field(item, path, names)),
            serde_json::Value::Object(fields) => fields.iter().any(|(name, field)| {
                names.push(name.clone());
                let has = self.has_json_field(field, path, names);
                names.pop();
                has
            }),
            _ => false,
        }
    }
}

/// Shows each part of a value, with the name of a field or the text of a map's key. None if it is a scalar.
fn visit_parts(kind: &ValueKind, visit: &mut dyn FnMut(Option<&str>, &Value)) -> Option<()> {
    match kind {
        ValueKind::Some(inner) => visit(None, inner),
        ValueKind::Seq(items) | ValueKind::Tuple(items) => items.iter().for_each(|item| visit(None, item)),
        ValueKind::Struct(fields) => fields.iter().for_each(|(name, field)| visit(Some(name), field)),
        ValueKind::Map(entries) => entries.iter().for_each(|(key, value)| visit(Some(&scalar_text(&key.kind)), value)),
        ValueKind::Variant { payload: Payload::Tuple(items), .. } if !items.is_empty() => {
            items.iter().for_each(|item| visit(None, item));
        }
        ValueKind::Variant { payload: Payload::Struct(fields), .. } if !fields.is_empty() => {
            fields.iter().for_each(|(name, field)| visit(Some(name), field));
        }
        _ => return None,
    }
    Some(())
}

fn scalar_text(kind: &ValueKind) -> String {
    match kind {
        ValueKind::String(text) => text.clone(),
        kind => kind.to_string(),
    }
}

/// The part that a query names before a colon, and the rest of the query.
fn part_of<'a>(text: &'a str, values: &[Option<&ItemType>]) -> Option<(Part, &'a str)> {
    let (name, rest) = text.split_once(':')?;
    if rest.starts_with("//") {
        return None;
    }
    let rest = rest.trim_start();
    match name {
        "key" => return Some((Part::Key, rest)),
        "value" => return Some((Part::Value, rest)),
        "re" => return None,
        _ => {}
    }
    let path: Vec<String> = name.strip_prefix('.').unwrap_or(name).split('.').map(str::to_owned).collect();
    let is_plain = path.iter().all(|name| !name.is_empty() && !name.contains([' ', '/']));
    let has = |name: &String| values.iter().flatten().any(|ty| has_name(&ty.ty, name));
    (is_plain && path.iter().all(has)).then_some((Part::Field(path), rest))
}

/// Whether values of a type can have a field of this name. Maps and documents can have any.
fn has_name(ty: &Type, name: &str) -> bool {
    let fields =
        |fields: &[mst_types::Field]| fields.iter().any(|field| &*field.name == name || has_name(&field.ty, name));
    match ty {
        Type::Struct(named) => fields(named),
        Type::Enum(variants) => variants.iter().any(|variant| match &variant.shape {
            Shape::Unit => false,
            Shape::Tuple(items) => items.iter().any(|item| has_name(item, name)),
            Shape::Struct(named) => fields(named),
        }),
        Type::Tuple(items) => items.iter().any(|item| has_name(item, name)),
        Type::Vec(item) | Type::Array(item, _) | Type::Option(item) | Type::Named(_, item) => has_name(item, name),
        // A time of day and an address have colons too.
        Type::Map(..) | Type::As(_, LogicalType::Json) => name.starts_with(|c: char| c.is_alphabetic() || c == '_'),
        _ => false,
    }
}

/// Whether a pattern has a capital that stands for itself: `\W` and `\p{Lu}` are classes.
fn has_capitals(pattern: &str) -> bool {
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                let is_class = matches!(letters.next(), Some('p' | 'P')) && letters.clone().next() == Some('{');
                if is_class {
                    letters.by_ref().find(|letter| *letter == '}');
                }
            }
            letter if letter.is_uppercase() => return true,
            _ => {}
        }
    }
    false
}

/// Why a pattern is wrong, in one line.
fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default().trim();
            last.strip_prefix("error: ").unwrap_or(last).to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The types of keys and values.
    type Types = (ItemType, ItemType);

    fn types(key: &str, value: &str) -> Types {
        (ItemType::ordered(key.parse().unwrap()), ItemType::postcard(value.parse().unwrap()))
    }

    fn finds(query: &str, (key_type, value_type): &Types, key: &str, value: &str) -> bool {
        let (key, value) = (key_type.parse_key(key).unwrap(), value_type.parse(value).unwrap());
        let query = Query::parse(query, &[Some(value_type)]).unwrap();
        query.has_record((&key, Some(key_type)), Some((&value, Some(value_type))))
    }

    const ORDER: &str = "{status: enum {Open, Paid(u32)}, amount: u64, note: String, \
                         address: Option<{city: String}>, tags: Vec<{tag: String}>, more: json}";

    #[test]
    fn texts_patterns_and_fields_are_found() {
        let types = types("String", ORDER);
        let value = r#"{"status": {"Paid": 7}, "amount": 206031, "note": "say \"hi\" at 12:30", "address": {"city": "Berlin"},
                        "tags": [{"tag": "new"}, {"tag": "rush"}], "more": "{\"a\": {\"b\": \"deep\", \"n\": 5}}"}"#;
        for (query, expected) in [
            ("inv", true),
            ("Inv", false),
            ("INV-7", true),
            ("berlin", true),
            ("206031", true),
            ("paid(7)", true),
            ("12:30", true),
            ("say \"hi\"", true),
            ("absent", false),
            ("/inv-[0-9]$/", true),
            ("/^inv-[8-9]$/", false),
            ("re:^berlin$", true),
            ("/^BERLIN$/", false),
            ("/\\Werlin/", false),
            ("/\\werlin/", true),
            ("/usr/bin", false),
            ("key:inv", true),
            ("key:berlin", false),
            ("value:berlin", true),
            ("value:INV-7", false),
            ("status:paid", true),
            ("status: Paid", true),
            ("status:/^open/", false),
            ("note:berlin", false),
            ("city:berlin", true),
            ("address.city:/^Ber/", true),
            ("address.amount:2", false),
            ("amount:/^206/", true),
            ("tag:rush", true),
            ("tags.tag:/^new$/", true),
            ("more.a.b:deep", true),
            (".b:/^deep$/", true),
            ("a.n:5", true),
            ("a.n:6", false),
        ] {
            assert_eq!(finds(query, &types, "INV-7", value), expected, "{query}");
        }
    }

    #[test]
    fn bytes_and_numbers_are_found_as_they_are_shown() {
        let bytes = types("Vec<u8>", "Vec<u8>");
        assert!(finds("10,000", &bytes, "0000000000002710", "00"));
        assert!(finds("2710", &bytes, "0000000000002710", "00"));
        assert!(finds("order-7", &bytes, "00", &hex::encode("order-7")));
        let numbers = types("u64", "u64");
        assert!(finds("10,000", &numbers, "10000", "7"));
        assert!(finds("10000", &numbers, "10000", "7"));
        assert!(finds("1,234,567", &numbers, "1", "1234567"));
    }

    #[test]
    fn an_unknown_name_before_a_colon_is_text() {
        let types = types("String", "{url: String}");
        assert!(finds("http://x", &types, "a", r#"{"url": "http://x.org"}"#));
        assert!(finds("url:http://x", &types, "a", r#"{"url": "http://x.org"}"#));
        assert!(!finds("uri:http", &types, "a", r#"{"url": "http://x.org"}"#));
    }

    #[test]
    fn what_is_wrong_is_said_in_one_line() {
        let types = types("String", ORDER);
        let refused = |text: &str| Query::parse(text, &[Some(&types.1)]).unwrap_err();
        assert_eq!(refused("/a(/"), "\"a(\" is no pattern: unclosed group");
        assert_eq!(refused("status:"), "nothing to look for in \"status:\"");
        assert_eq!(refused("  "), "nothing to look for in \"\"");
        assert!(refused("/(a{1000}){1000}/").ends_with("it is too large"));
    }

    #[test]
    fn only_texts_can_be_the_beginning_of_a_key() {
        let types = types("String", ORDER);
        let key_text = |text: &str| Query::parse(text, &[Some(&types.1)]).unwrap().key_text().map(str::to_owned);
        assert_eq!(key_text("INV-1").as_deref(), Some("INV-1"));
        assert_eq!(key_text("key:INV-1").as_deref(), Some("INV-1"));
        assert_eq!(key_text("/INV/"), None);
        assert_eq!(key_text("status:open"), None);
    }
}
