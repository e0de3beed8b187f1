//! Values that are decoded leniently, and the remarks about what is wrong with them.

use file_mst::NodeRecord;
use file_mst::open::Typing;
use mst_types::{DecodeError, ItemError, Remarks, Value};
use serde::Serialize;

use super::output::warn;
use crate::model::item::{self, ValueFormat};

/// The value of a record, decoded as far as possible.
pub(crate) struct LenientValue {
    pub(crate) value: Option<Value>,
    pub(crate) remarks: Remarks,
    /// Why there is no value.
    error: Option<ItemError>,
}

impl LenientValue {
    /// Decodes the value. None if its type is unknown or the value is redacted.
    pub(crate) fn decode(record: &NodeRecord, typing: &Typing, format: ValueFormat) -> Option<Self> {
        let ty = typing.value.as_ref().filter(|_| format != ValueFormat::Redacted)?;
        Some(match ty.decode_lenient(record.bytes().value) {
            Ok((value, remarks)) => Self { value: Some(value), remarks, error: None },
            Err(error) => Self { value: None, remarks: Remarks::default(), error: Some(error) },
        })
    }

    /// Says on standard error what is wrong with the value of `key`.
    pub(crate) fn warn(&self, key: &str) {
        for remark in &self.remarks.first {
            warn(&format!("the value of {key}: {remark}"));
        }
        if self.remarks.more > 0 {
            warn(&format!("the value of {key}: {} more remarks like these", self.remarks.more));
        }
        if let Some(error) = &self.error {
            warn(&format!("the value of {key} is shown as hex digits: {error}"));
        }
    }

    pub(crate) fn json(&self) -> RemarksJson {
        let decode_error = match &self.error {
            Some(ItemError::Decode(error)) => Some(error),
            _ => None,
        };
        let remarks = self.remarks.first.iter().chain(decode_error).map(RemarkJson::new).collect();
        RemarksJson { remarks, remarks_left_out: self.remarks.more }
    }

    /// The whole value as text.
    pub(crate) fn text(&self, record: &NodeRecord, format: ValueFormat) -> String {
        item::formatted_value(record.bytes().value, self.value.as_ref(), format)
    }
}

/// Remarks about a value, in the order of its bytes.
#[derive(Serialize)]
pub(crate) struct RemarksJson {
    remarks: Vec<RemarkJson>,
    #[serde(skip_serializing_if = "is_zero")]
    remarks_left_out: u64,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

#[derive(Serialize)]
struct RemarkJson {
    /// The offset in bytes from the start of the value.
    offset: usize,
    /// The path of the part concerned; empty for the whole value.
    at: String,
    remark: String,
}

impl RemarkJson {
    fn new(remark: &DecodeError) -> Self {
        Self { offset: remark.offset(), at: remark.at().to_owned(), remark: remark.to_string() }
    }
}
