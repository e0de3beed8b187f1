//! A record as commands print it.

use file_mst::open::Typing;
use file_mst::schema::{ItemType, Value};
use file_mst::tree::NodeRecord;
use serde::Serialize;

use crate::view::item::{self, ValueFormat};

/// A record as one JSON object. Key and value are null where their types are unknown.
#[derive(Serialize)]
pub(super) struct RecordJson {
    key: Option<Value>,
    value: Option<Value>,
    /// The bytes of the key that the level and the node hash see.
    key_hex: String,
    /// The bytes of the value; null where they are not to be seen.
    value_hex: Option<String>,
    /// What is said instead of a value that is not to be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    redacted: Option<String>,
}

impl RecordJson {
    pub(super) fn new(record: &NodeRecord, typing: &Typing, format: ValueFormat) -> Self {
        let bytes = record.bytes();
        let decoded = |ty: &Option<ItemType>, stored| ty.as_ref()?.decode(stored).ok();
        let redacted = (format == ValueFormat::Redacted).then(|| item::redacted(bytes.value));
        let shown = redacted.is_none();
        Self {
            key: decoded(&typing.key, bytes.stored_key),
            value: decoded(&typing.value, bytes.value).filter(|_| shown),
            key_hex: hex::encode(bytes.key),
            value_hex: shown.then(|| hex::encode(bytes.value)),
            redacted,
        }
    }
}

/// Key and value of a record as text, whole.
pub(super) fn text(record: &NodeRecord, typing: &Typing, format: ValueFormat) -> (String, String) {
    let bytes = record.bytes();
    let key = item::plain(bytes.stored_key, typing.key.as_ref());
    (key, item::formatted(bytes.value, typing.value.as_ref(), format))
}
