//! A record as commands print it.

use file_mst::open::Typing;
use file_mst::schema::{ItemType, Value};
use file_mst::tree::NodeRecord;
use serde::Serialize;

use super::Outcome;
use super::lenient::{Lenient, RemarksJson};
use super::output::{Output, complain};
use crate::model::item::{self, JsonParts, ValueFormat};

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
    /// What lenient decoding let pass.
    #[serde(flatten)]
    remarks: Option<RemarksJson>,
}

/// How a command prints records.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) format: ValueFormat,
    pub(super) lenient: bool,
    pub(super) json: bool,
    /// Whether keys stand before values.
    pub(super) keys: bool,
}

impl Style {
    /// Prints a record; what lenient decoding let pass is said on standard error, or in the JSON. A record that is not of the
    /// types that the file names is shown as its bytes, which is said too: then the outcome is unknown.
    pub(super) fn print(self, record: &NodeRecord, typing: &Typing, output: &mut Output) -> anyhow::Result<Outcome> {
        let lenient = if self.lenient { Lenient::of(record, typing, self.format) } else { None };
        let outcome = self.fits(record, typing);
        if self.json {
            let mut json = RecordJson::new(record, typing, self.format);
            if let Some(lenient) = lenient {
                json.remarks = Some(lenient.json());
                json.value = lenient.value;
            }
            output.json(&json)?;
            return Ok(outcome);
        }
        let (key, mut value) = text(record, typing, self.format);
        if let Some(lenient) = lenient {
            value = lenient.text(record, self.format);
            lenient.complain(&key);
        }
        output.line(&if self.keys { format!("{key}  {value}") } else { value })?;
        Ok(outcome)
    }

    /// Whether a record is of the types; says so where it is not.
    fn fits(self, record: &NodeRecord, typing: &Typing) -> Outcome {
        let bytes = record.bytes();
        let key = || item::plain(bytes.stored_key, typing.key.as_ref());
        let mut outcome = Outcome::Good;
        if let Some(Err(error)) = typing.key.as_ref().map(|ty| ty.decode(bytes.stored_key)) {
            complain(&format!("the key {} is shown as its bytes: {error}", key()));
            outcome = Outcome::Unknown;
        }
        let seen = !self.lenient && self.format != ValueFormat::Redacted;
        if let Some(Err(error)) = typing.value.as_ref().filter(|_| seen).map(|ty| ty.decode(bytes.value)) {
            complain(&format!("the value of {} is shown as its bytes: {error}", key()));
            outcome = Outcome::Unknown;
        }
        outcome
    }
}

impl RecordJson {
    pub(super) fn new(record: &NodeRecord, typing: &Typing, format: ValueFormat) -> Self {
        let bytes = record.bytes();
        let decoded = |ty: &Option<ItemType>, stored| ty.as_ref()?.decode(stored).ok();
        let JsonParts { value, hex, redacted } = JsonParts::new(bytes.value, typing.value.as_ref(), format);
        let key = decoded(&typing.key, bytes.stored_key);
        Self { key, value, key_hex: hex::encode(bytes.key), value_hex: hex, redacted, remarks: None }
    }
}

/// Key and value of a record as text, whole.
pub(super) fn text(record: &NodeRecord, typing: &Typing, format: ValueFormat) -> (String, String) {
    let bytes = record.bytes();
    let key = item::key(bytes.stored_key, typing.key.as_ref());
    (key, item::formatted(bytes.value, typing.value.as_ref(), format))
}
