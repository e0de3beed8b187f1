//! Fields of a contract in their two notations: tables (`[[field]]`), and one line a field (`fields = { … }`).

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use super::parse::RawField;

/// Fields in the order of the text.
#[derive(Default)]
pub(super) struct RawFields(pub(super) Vec<RawField>);

impl<'de> Deserialize<'de> for RawFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = RawFields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("tables with name and type, or one table { NAME = \"TYPE\", … }")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, tables: A) -> Result<RawFields, A::Error> {
        let fields: Vec<Spanned<RawField>> = Vec::deserialize(SeqAccessDeserializer::new(tables))?;
        let fields = fields.into_iter().map(|spanned| {
            let span = spanned.span();
            let mut field = spanned.into_inner();
            if field.name.get_ref().is_empty() && field.name.span().is_empty() {
                field.name = Spanned::new(span, String::new());
            }
            field
        });
        Ok(RawFields(fields.collect()))
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<RawFields, A::Error> {
        let entries: BTreeMap<Spanned<String>, Spanned<Entry>> =
            BTreeMap::deserialize(MapAccessDeserializer::new(entries))?;
        let mut entries: Vec<_> = entries.into_iter().collect();
        // A table of TOML has no order, but the fields of a contract do: that of the text.
        entries.sort_by_key(|(name, _)| name.span().start);
        let field = |(name, entry): (Spanned<String>, Spanned<Entry>)| {
            let span = entry.span();
            match entry.into_inner() {
                Entry::Type(ty) => Ok(RawField::of_type(name, Spanned::new(span, ty))),
                Entry::Rules(mut field) if field.name.span().is_empty() => {
                    field.name = name;
                    Ok(*field)
                }
                Entry::Rules(_) => Err(A::Error::custom(format!(
                    "the field {:?} has its name before the equals sign: remove name = … after it",
                    name.get_ref()
                ))),
            }
        };
        Ok(RawFields(entries.into_iter().map(field).collect::<Result<_, _>>()?))
    }
}

/// The part of a field after its name.
enum Entry {
    /// `amount = "decimal(2)"`
    Type(String),
    /// `amount = { type = "decimal(2)", null = "allow" }`
    Rules(Box<RawField>),
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EntryVisitor)
    }
}

struct EntryVisitor;

impl<'de> Visitor<'de> for EntryVisitor {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a type such as \"text\", or { type = \"text\" } with rules")
    }

    fn visit_str<E: Error>(self, ty: &str) -> Result<Entry, E> {
        Ok(Entry::Type(ty.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, rules: A) -> Result<Entry, A::Error> {
        RawField::deserialize(MapAccessDeserializer::new(rules)).map(|field| Entry::Rules(Box::new(field)))
    }
}
