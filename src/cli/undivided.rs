//! Keys whose values cannot be told from the others of their nodes, as commands print them.

use file_mst::open::Typing;
use file_mst::schema::Value;
use file_mst::tree::NodeKey;
use serde::Serialize;

use super::output::Output;
use crate::model::item;

/// Such a key as one JSON object: as that of a record, with what is known of the value.
#[derive(Serialize)]
struct KeyJson {
    key: Option<Value>,
    value: Option<Value>,
    /// The bytes of the key that the level and the node hash see.
    key_hex: String,
    value_hex: Option<String>,
    undivided: Undivided,
}

/// The values among which is that of the key.
#[derive(Serialize)]
struct Undivided {
    values: usize,
    bytes: usize,
}

/// Prints a key, and among which bytes its value is.
pub(super) fn print(key: &NodeKey, typing: &Typing, json: bool, output: &mut Output) -> anyhow::Result<()> {
    if json {
        let (values, bytes) = (key.node().key_count(), item::undivided_bytes(key.node()));
        return output.json(&KeyJson {
            key: typing.key.as_ref().and_then(|ty| ty.decode(key.stored()).ok()),
            value: None,
            key_hex: hex::encode(key.hashed()),
            value_hex: None,
            undivided: Undivided { values, bytes },
        });
    }
    let shown = item::key(key.stored(), typing.key.as_ref());
    output.line(&format!("{shown}  ({})", item::undivided(key.node())))
}
