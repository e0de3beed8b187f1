//! Records as lines of JSON, in the form in which `ls --json` prints them.

use anyhow::{Context, anyhow};
use file_mst::schema::{ItemError, ItemType, LiteralError};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// One line: a key and a value, each as JSON of its type or as the hex digits of its stored bytes.
///
/// Where both are there, as `ls --json` prints them, the JSON counts: the bytes of a key depend on the dialect. A null
/// beside hex digits stands for what `ls` could not decode.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line<'a> {
    #[serde(borrow, default, deserialize_with = "present")]
    key: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    value: Option<&'a RawValue>,
    key_hex: Option<String>,
    value_hex: Option<String>,
}

/// A member that is there, be it null.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<&'de RawValue>, D::Error> {
    Deserialize::deserialize(from).map(Some)
}

impl<'a> Line<'a> {
    pub(super) fn parse(text: &'a str) -> anyhow::Result<Self> {
        serde_json::from_str(text).map_err(|error| {
            let reason = error.to_string();
            let place = format!(" at line {} column {}", error.line(), error.column());
            anyhow!("column {}: {}", error.column(), reason.strip_suffix(&place).unwrap_or(&reason))
        })
    }

    /// The bytes of key and value.
    pub(super) fn bytes(&self, key: &ItemType, value: &ItemType) -> anyhow::Result<(Vec<u8>, Vec<u8>)> {
        Ok((
            item("key", self.key, self.key_hex.as_deref(), key)?,
            item("value", self.value, self.value_hex.as_deref(), value)?,
        ))
    }
}

fn item(what: &str, json: Option<&RawValue>, hex: Option<&str>, ty: &ItemType) -> anyhow::Result<Vec<u8>> {
    match (json.map(RawValue::get), hex) {
        (Some("null") | None, Some(digits)) => {
            let bytes = hex::decode(digits).with_context(|| format!("{what}_hex"))?;
            ty.decode(&bytes).with_context(|| format!("{what}_hex is no {ty}"))?;
            Ok(bytes)
        }
        (Some(json), _) => ty.parse_json(json).map_err(|error| match error {
            // The line and column would be those within the value.
            ItemError::Literal(LiteralError::Json { expected, reason, .. }) => {
                anyhow!("{what}: expected JSON of {expected}: {reason}")
            }
            error => anyhow!("{what}: {error}"),
        }),
        (None, None) => Err(anyhow!("there is neither {what} nor {what}_hex")),
    }
}
