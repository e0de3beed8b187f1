//! The content of a proof, as text and as JSON.

use std::ops::Bound;

use file_mst::NodeHash;
use file_mst::proof::{Answer, KeyOrder, Neighbour, Proved, Question};
use mst_types::{ItemType, Type, escape_text, read_schema};
use serde_json::{Value as Json, json};

use crate::model::item::{self, JsonParts, ValueFormat, formatted};

/// Formats the keys and values of a proof.
pub(crate) struct ProofFormat {
    pub(crate) key: Option<ItemType>,
    pub(crate) value: Option<ItemType>,
    /// Whether a type is only claimed by the proof, not given by the user.
    pub(crate) noted: bool,
    format: ValueFormat,
}

impl ProofFormat {
    /// Uses the types that are given, otherwise those that the proof notes.
    pub(crate) fn new(
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

    pub(crate) fn key(&self, key: &[u8]) -> String {
        key_text(key, self.key.as_ref())
    }

    pub(crate) fn value(&self, value: &[u8]) -> String {
        formatted(value, self.value.as_ref(), self.format)
    }

    pub(crate) fn record(&self, key: &[u8], value: &[u8]) -> Json {
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

/// A whole key; a key of unknown type is shown as text if its bytes are printable text.
pub(crate) fn key_text(key: &[u8], ty: Option<&ItemType>) -> String {
    match (ty, std::str::from_utf8(key)) {
        (None, Ok(text)) if !key.is_empty() && !text.chars().any(char::is_control) => escape_text(text).into_owned(),
        _ => item::key(key, ty),
    }
}

/// The proved content as one JSON object. The records of a range are only counted.
pub(crate) fn summary(root: &NodeHash, answer: &Answer<'_>, format: &ProofFormat, bytes: usize) -> Json {
    let mut all = match &answer.proved {
        Proved::Record { key, value } => format.record(key, value),
        Proved::Absent { key } => json!({ "key_hex": hex::encode(key) }),
        Proved::Range { records } => json!({ "records": records.len() }),
    };
    if let (Proved::Absent { key }, Some(ty)) = (&answer.proved, &format.key) {
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
    all["types_noted"] = json!(format.noted);
    all
}
