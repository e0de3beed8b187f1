//! Records as commands print them.

use anyhow::Context;
use file_mst::NodeRecord;
use file_mst::open::{Opened, Typing};
use mst_types::{ItemType, Value};
use serde::Serialize;

use super::colour::Colour;
use super::field_choice::{FieldChoice, check_format};
use super::lenient::{LenientValue, RemarksJson};
use super::open_tree::OpenTree;
use super::output::{Output, warn};
use super::tree_args::TreeArgs;
use super::value_text::{self, Tint};
use crate::commands::Outcome;
use crate::model::item::{self, JsonParts, ValueFormat};

/// A record as one JSON object. Key and value are null if their types are unknown.
#[derive(Serialize)]
pub(crate) struct RecordJson {
    key: Option<Value>,
    value: Option<Value>,
    /// The bytes of the key from which its level and the node hash are computed.
    key_hex: String,
    /// The bytes of the value; null if they are redacted, or if only some fields are printed.
    value_hex: Option<String>,
    /// The text that replaces a redacted value.
    #[serde(skip_serializing_if = "Option::is_none")]
    redacted: Option<String>,
    /// The rules that the value breaks, if it was decoded leniently.
    #[serde(flatten)]
    remarks: Option<RemarksJson>,
}

/// How a command prints records.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct RecordArgs {
    /// Print only these fields of the values, separated by commas, such as status,address.city
    #[arg(long, value_name = "FIELDS", value_delimiter = ',', conflicts_with = "lenient")]
    fields: Vec<String>,
    /// How to print values; in JSON only redacted has an effect
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    format_value: ValueFormat,
    /// Show values that break rules of postcard as far as they can be decoded, and say what is wrong with each
    #[arg(long)]
    lenient: bool,
    /// Print one JSON object for each record: key, value, key_hex, value_hex; remarks if lenient
    #[arg(long)]
    json: bool,
}

impl RecordArgs {
    /// Opens the tree whose records are to be printed. If values are decoded leniently or redacted, the first ones need
    /// not match their type.
    pub(crate) fn open(&self, tree: &TreeArgs) -> anyhow::Result<Opened> {
        let OpenTree { opened, .. } =
            tree.open_for_values(self.lenient || self.format_value == ValueFormat::Redacted)?;
        Ok(opened)
    }

    /// Prints the records of a tree with their keys (`keys`), or only values.
    pub(crate) fn printer(&self, keys: bool, opened: &Opened) -> anyhow::Result<RecordPrinter> {
        let Self { format_value: format, lenient, json, .. } = *self;
        let fields = if self.fields.is_empty() {
            None
        } else {
            check_format(matches!(format, ValueFormat::Auto | ValueFormat::Json))?;
            let ty = opened.typing.value.as_ref().context("the type of the values is unknown: give --value")?;
            Some(FieldChoice::new(&self.fields, &ty.ty)?)
        };
        Ok(RecordPrinter { format, lenient, json, keys, fields })
    }
}

/// Prints records in the form that a command asks for.
#[derive(Clone)]
pub(crate) struct RecordPrinter {
    format: ValueFormat,
    lenient: bool,
    pub(crate) json: bool,
    /// Whether the text has the key before the value.
    keys: bool,
    /// The fields of the value that are printed, if not all are.
    fields: Option<FieldChoice>,
}

impl RecordPrinter {
    /// Prints a record. The remarks of lenient decoding go to standard error, or into the JSON. A record that does not
    /// match its types is shown as bytes, with a message; the outcome is then unknown.
    pub(crate) fn print(&self, record: &NodeRecord, typing: &Typing, output: &mut Output) -> anyhow::Result<Outcome> {
        let lenient = if self.lenient { LenientValue::decode(record, typing, self.format) } else { None };
        let outcome = self.check_types(record, typing);
        let picked = self.picked(record, typing);
        if self.json {
            let mut json = RecordJson::new(record, typing, self.format);
            if let Some(picked) = picked {
                (json.value, json.value_hex) = (Some(picked), None);
            }
            if let Some(lenient) = lenient {
                json.remarks = Some(lenient.json());
                json.value = lenient.value;
            }
            output.json(&json)?;
            return Ok(outcome);
        }
        let (key, mut value) = text(record, typing, self.format);
        if let Some(picked) = picked {
            value = item::formatted_value(record.bytes().value, Some(&picked), self.format);
        }
        if let Some(lenient) = lenient {
            value = lenient.text(record, self.format);
            lenient.warn(&key);
        }
        if !output.has_colours() {
            output.line(&if self.keys { format!("{key}  {value}") } else { value })?;
            return Ok(outcome);
        }
        if self.keys {
            output.coloured(Some(Colour::Cyan), &key)?;
            output.text("  ")?;
        }
        for (tint, part) in value_text::parts(&value, self.format) {
            let colour = match tint {
                Tint::Name => Some(Colour::Dim),
                Tint::Text => Some(Colour::Green),
                Tint::Plain => None,
            };
            output.coloured(colour, part)?;
        }
        output.line("")?;
        Ok(outcome)
    }

    /// The value with the chosen fields only; none if all are printed, or if it does not match its type.
    fn picked(&self, record: &NodeRecord, typing: &Typing) -> Option<Value> {
        let fields = self.fields.as_ref()?;
        Some(fields.pick(&typing.value.as_ref()?.decode(record.bytes().value).ok()?))
    }

    /// Checks that a record matches its types, and says so if it does not.
    fn check_types(&self, record: &NodeRecord, typing: &Typing) -> Outcome {
        let bytes = record.bytes();
        let key = || item::plain(bytes.stored_key, typing.key.as_ref());
        let mut outcome = Outcome::Good;
        if let Some(Err(error)) = typing.key.as_ref().map(|ty| ty.decode(bytes.stored_key)) {
            warn(&format!("the key {} is shown as its bytes: {error}", key()));
            outcome = Outcome::Unknown;
        }
        let strict = !self.lenient && self.format != ValueFormat::Redacted;
        if let Some(Err(error)) = typing.value.as_ref().filter(|_| strict).map(|ty| ty.decode(bytes.value)) {
            warn(&format!("the value of {} is shown as its bytes: {error}", key()));
            outcome = Outcome::Unknown;
        }
        outcome
    }
}

impl RecordJson {
    pub(crate) fn new(record: &NodeRecord, typing: &Typing, format: ValueFormat) -> Self {
        let bytes = record.bytes();
        let decoded = |ty: &Option<ItemType>, stored| ty.as_ref()?.decode(stored).ok();
        let JsonParts { value, hex, redacted } = JsonParts::new(bytes.value, typing.value.as_ref(), format);
        let key = decoded(&typing.key, bytes.stored_key);
        Self { key, value, key_hex: hex::encode(bytes.key), value_hex: hex, redacted, remarks: None }
    }
}

/// The whole key and value of a record as text.
pub(crate) fn text(record: &NodeRecord, typing: &Typing, format: ValueFormat) -> (String, String) {
    let bytes = record.bytes();
    let key = item::key(bytes.stored_key, typing.key.as_ref());
    (key, item::formatted(bytes.value, typing.value.as_ref(), format))
}
