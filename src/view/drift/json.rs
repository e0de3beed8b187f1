//! What a diff finds, as JSON. Serialised as it stands, so that numbers beyond 64 bits stay numbers.

use file_mst::schema::Value;
use serde::Serialize;

use super::pair::Stored;
use crate::view::item::redacted;

/// An item as one JSON object.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum ItemJson {
    Record(RecordJson),
    Damage(DamageJson),
}

/// A record that differs.
#[derive(Serialize)]
pub(crate) struct RecordJson {
    pub(super) kind: &'static str,
    pub(super) key: Option<Value>,
    /// The key in the form that is common to all dialects.
    pub(super) key_hex: String,
    pub(super) left: Option<Value>,
    pub(super) right: Option<Value>,
    pub(super) left_hex: Option<String>,
    pub(super) right_hex: Option<String>,
    pub(super) fields: Vec<FieldJson>,
    /// What is said of the values, left and right, where they are not to be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) redacted: Option<[Option<String>; 2]>,
}

impl RecordJson {
    /// The same without the values: which fields differ is told, but not what they hold.
    pub(crate) fn redacted(self, left: Option<Stored>, right: Option<Stored>) -> Self {
        let length = |side: Option<Stored>| side.map(|(_, value)| redacted(value));
        let hidden = |field: FieldJson| FieldJson { left: None, right: None, ..field };
        Self {
            left: None,
            right: None,
            left_hex: None,
            right_hex: None,
            fields: self.fields.into_iter().map(hidden).collect(),
            redacted: Some([length(left), length(right)]),
            ..self
        }
    }
}

#[derive(Serialize)]
pub(super) struct FieldJson {
    pub(super) path: String,
    pub(super) left: Option<Value>,
    pub(super) right: Option<Value>,
}

/// A place that could not be compared.
#[derive(Serialize)]
pub(crate) struct DamageJson {
    pub(super) kind: &'static str,
    pub(super) side: &'static str,
    pub(super) error: String,
    pub(super) offset: u64,
    pub(super) path: Vec<u64>,
    pub(super) after: Option<Value>,
    pub(super) after_hex: Option<String>,
    pub(super) before: Option<Value>,
    pub(super) before_hex: Option<String>,
}
