//! Records as JSON lines, in the form that `ls --json` prints.

use anyhow::{Context, anyhow};
use mst_types::{ItemError, ItemType, LiteralError};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A key and a value, each as JSON of its type or as the hex digits of its stored bytes.
///
/// If both forms are present, as `ls --json` prints them, the JSON is used, because the bytes of a key depend on the
/// dialect. A null with hex digits stands for a key or value that `ls` could not decode.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordLine<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    key: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    value: Option<&'a RawValue>,
    key_hex: Option<String>,
    value_hex: Option<String>,
}

/// Reads a member that is present, even if it is null.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<&'de RawValue>, D::Error> {
    Deserialize::deserialize(from).map(Some)
}

impl<'a> RecordLine<'a> {
    pub(crate) fn parse(text: &'a str) -> anyhow::Result<Self> {
        serde_json::from_str(text).map_err(|error| {
            let reason = error.to_string();
            let place = format!(" at line {} column {}", error.line(), error.column());
            anyhow!("column {}: {}", error.column(), reason.strip_suffix(&place).unwrap_or(&reason))
        })
    }

    /// The stored bytes of the key and the value.
    pub(crate) fn bytes(&self, key: &ItemType, value: &ItemType) -> anyhow::Result<(Vec<u8>, Vec<u8>)> {
        Ok((
            item("key", self.key, self.key_hex.as_deref(), key)?,
            item("value", self.value, self.value_hex.as_deref(), value)?,
        ))
    }
}

fn item(name: &str, json: Option<&RawValue>, hex: Option<&str>, ty: &ItemType) -> anyhow::Result<Vec<u8>> {
    match (json.map(RawValue::get), hex) {
        (Some("null") | None, Some(digits)) => {
            let bytes = hex::decode(digits).with_context(|| format!("{name}_hex"))?;
            ty.decode(&bytes).with_context(|| format!("{name}_hex is not of type {ty}"))?;
            Ok(bytes)
        }
        (Some(json), _) => ty.parse_json(json).map_err(|error| match error {
            // The error's line and column count from the start of the value, which would mislead here.
            ItemError::Literal(LiteralError::Json { expected, reason, .. }) => {
                anyhow!("{name}: expected JSON of {expected}: {reason}")
            }
            error => anyhow!("{name}: {error}"),
        }),
        (None, None) => Err(anyhow!("there is neither {name} nor {name}_hex")),
    }
}
