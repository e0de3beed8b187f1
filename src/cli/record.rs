//! A record as commands print it.

use file_mst::open::Typing;
use file_mst::schema::{DecodeOptions, Type, Value, decode};
use file_mst::tree::NodeRecord;
use serde::Serialize;

use crate::view::item;

/// A record as one JSON object. Key and value are null where their types are unknown.
#[derive(Serialize)]
pub(super) struct RecordJson {
    key: Option<Value>,
    value: Option<Value>,
    /// The bytes of the key that the level and the node hash see.
    key_hex: String,
    /// The bytes of the value.
    value_hex: String,
}

impl RecordJson {
    pub(super) fn new(record: &NodeRecord, typing: &Typing) -> Self {
        let bytes = record.bytes();
        let decoded = |ty: Option<&Type>, stored| decode(ty?, stored, &DecodeOptions::default()).ok();
        Self {
            key: decoded(typing.key(), bytes.stored_key),
            value: decoded(typing.value(), bytes.value),
            key_hex: hex::encode(bytes.key),
            value_hex: hex::encode(bytes.value),
        }
    }
}

/// Key and value of a record as text, whole.
pub(super) fn text(record: &NodeRecord, typing: &Typing) -> (String, String) {
    let bytes = record.bytes();
    let plain = |ty: Option<&Type>, stored| ty.map_or_else(|| hex::encode(stored), |ty| item::plain(stored, ty));
    (plain(typing.key(), bytes.stored_key), plain(typing.value(), bytes.value))
}
