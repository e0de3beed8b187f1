//! What a proof proves, in words and as JSON.

use std::ops::Bound;

use file_mst::hash::NodeHash;
use file_mst::proof::{Answer, KeyOrder, Neighbour, Proved, Question};
use file_mst::schema::{ItemType, Type, escape_text, read_schema};
use serde_json::{Value as Json, json};

use crate::model::item::{self, JsonParts, ValueFormat, formatted};

/// How keys and values of a proof are shown.
pub(super) struct Shown {
    pub(super) key: Option<ItemType>,
    pub(super) value: Option<ItemType>,
    /// Whether a type is only the proof's word.
    pub(super) noted: bool,
    format: ValueFormat,
}

impl Shown {
    /// By the types that are given, else by those that the proof notes.
    pub(super) fn new(
        order: &KeyOrder,
        note: &[u8],
        (key, value): (Option<&Type>, Option<&Type>),
        format: ValueFormat,
    ) -> Self {
        let (noted_key, noted_value) = read_schema(note).unzip();
        let noted = key.is_none() && noted_key.is_some() || value.is_none() && noted_value.is_some();
        let key = key.cloned().or(noted_key).map(|ty| order.item_type(ty));
        Self { key, value: value.cloned().or(noted_value).map(ItemType::postcard), noted, format }
    }

    pub(super) fn key(&self, key: &[u8]) -> String {
        key_text(key, self.key.as_ref())
    }

    pub(super) fn value(&self, value: &[u8]) -> String {
        formatted(value, self.value.as_ref(), self.format)
    }

    pub(super) fn record(&self, key: &[u8], value: &[u8]) -> Json {
        let JsonParts { value, hex, redacted } = JsonParts::new(value, self.value.as_ref(), self.format);
        let mut record = json!({
            "key": self.key.as_ref().and_then(|ty| ty.decode(key).ok()),
            "value": value,
            "key_hex": hex::encode(key),
            "value_hex": hex,
        });
        if let Some(redacted) = redacted {
            record["redacted"] = json!(redacted);
        }
        record
    }
}

/// A key whole: one without a type as text, if it is text.
pub(super) fn key_text(key: &[u8], ty: Option<&ItemType>) -> String {
    match (ty, std::str::from_utf8(key)) {
        (None, Ok(text)) if !key.is_empty() && !text.chars().any(char::is_control) => escape_text(text).into_owned(),
        _ => item::key(key, ty),
    }
}

/// What is proved, as one JSON object. The records of a range are only counted.
pub(super) fn summary(root: &NodeHash, answer: &Answer<'_>, shown: &Shown, bytes: usize) -> Json {
    let mut all = match &answer.proved {
        Proved::Record { key, value } => shown.record(key, value),
        Proved::Absent { key } => json!({ "key_hex": hex::encode(key) }),
        Proved::Range { records } => json!({ "records": records.len() }),
    };
    if let (Proved::Absent { key }, Some(ty)) = (&answer.proved, &shown.key) {
        all["key"] = json!(ty.decode(key).ok());
    }
    if let Question::Range(start, end) = &answer.question {
        for (name, bound) in [("start", start), ("end", end)] {
            let (key, included) = match bound {
                Bound::Unbounded => continue,
                Bound::Included(key) => (key, true),
                Bound::Excluded(key) => (key, false),
            };
            all[name] = json!({ "key_hex": hex::encode(key), "included": included });
        }
    }
    all["proves"] = json!(match &answer.proved {
        Proved::Record { .. } => "record",
        Proved::Absent { .. } => "absence",
        Proved::Range { .. } => "range",
    });
    all["valid"] = json!(true);
    all["root"] = json!(root.to_string());
    for (name, neighbour) in [("before", answer.before), ("behind", answer.behind)] {
        all[name] = match neighbour {
            Neighbour::Key(key) => json!({ "key_hex": hex::encode(key) }),
            Neighbour::End => json!("end"),
            Neighbour::NotShown => Json::Null,
        };
    }
    all["nodes"] = json!(answer.nodes);
    all["bytes"] = json!(bytes);
    all["types_proved"] = json!(false);
    all["types_noted"] = json!(shown.noted);
    all
}
