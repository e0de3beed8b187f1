//! What a diff finds, as JSON. Serialised as it stands, so that numbers beyond 64 bits stay numbers.

use file_mst::schema::Value;
use serde::Serialize;

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
