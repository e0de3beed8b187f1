//! Values whose maps hide their keys: for output that may tell where two values differ, but not what they hold.

use mst_types::{Payload, Value, ValueKind};

use crate::model::item::redacted;

/// The same value with the key of each entry of a map replaced by what may be told of it. Equal keys stay equal.
/// Recursion no deeper than values nest, which decoding bounds.
pub(crate) fn hide_keys(value: &mut Value) {
    match &mut value.kind {
        ValueKind::Some(inner) => hide_keys(inner),
        ValueKind::Seq(items) | ValueKind::Tuple(items) => items.iter_mut().for_each(hide_keys),
        ValueKind::Struct(fields) => fields.iter_mut().for_each(|(_, value)| hide_keys(value)),
        ValueKind::Variant { payload: Payload::Tuple(items), .. } => items.iter_mut().for_each(hide_keys),
        ValueKind::Variant { payload: Payload::Struct(fields), .. } => {
            fields.iter_mut().for_each(|(_, value)| hide_keys(value));
        }
        ValueKind::Map(entries) => {
            for (key, value) in entries {
                *key = Value::new(ValueKind::String(redacted(key.to_string().as_bytes())));
                hide_keys(value);
            }
        }
        _ => {}
    }
}
