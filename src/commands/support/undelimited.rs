//! Keys of unknown value type, whose values cannot be told apart within their nodes, as commands print them.

use file_mst::NodeKey;
use file_mst::open::Typing;
use mst_types::Value;
use serde::Serialize;

use super::output::Output;
use crate::model::item;

/// A key as one JSON object, with the members of a record and what is known of the value.
#[derive(Serialize)]
struct KeyJson {
    key: Option<Value>,
    value: Option<Value>,
    /// The bytes of the key from which its level and the node hash are computed.
    key_hex: String,
    value_hex: Option<String>,
    #[serde(rename = "undivided")]
    undelimited: UndelimitedJson,
}

/// The values of the node, one of which is the key's.
#[derive(Serialize)]
struct UndelimitedJson {
    values: usize,
    bytes: usize,
}

/// Prints a key, and how many bytes contain its value.
pub(crate) fn print(key: &NodeKey, typing: &Typing, json: bool, output: &mut Output) -> anyhow::Result<()> {
    if json {
        let (values, bytes) = (key.node().key_count(), item::undelimited_bytes(key.node()));
        return output.json(&KeyJson {
            key: typing.key.as_ref().and_then(|ty| ty.decode(key.stored()).ok()),
            value: None,
            key_hex: hex::encode(key.hashed()),
            value_hex: None,
            undelimited: UndelimitedJson { values, bytes },
        });
    }
    let shown = item::key(key.stored(), typing.key.as_ref());
    output.line(&format!("{shown}  ({})", item::undelimited(key.node())))
}
