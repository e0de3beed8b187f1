//! Values decoded leniently, and what is to be said of them.

use file_mst::open::Typing;
use file_mst::schema::{DecodeError, ItemError, Remarks, Value};
use file_mst::tree::NodeRecord;
use serde::Serialize;

use super::output::complain;
use crate::model::item::{self, ValueFormat};

#[derive(clap::Args, Clone, Copy, Debug)]
pub(super) struct LenientArgs {
    /// Show values that break rules of postcard as far as sense can be made of them, and say what is wrong with each
    #[arg(long)]
    pub(super) lenient: bool,
}

/// The value of a record, decoded as far as that goes.
pub(super) struct Lenient {
    pub(super) value: Option<Value>,
    pub(super) remarks: Remarks,
    /// Why there is no value.
    error: Option<ItemError>,
}

impl Lenient {
    /// None where the type is not known or the value is not to be seen, so that there is nothing to decode.
    pub(super) fn of(record: &NodeRecord, typing: &Typing, format: ValueFormat) -> Option<Self> {
        let ty = typing.value.as_ref().filter(|_| format != ValueFormat::Redacted)?;
        Some(match ty.decode_lenient(record.bytes().value) {
            Ok((value, remarks)) => Self { value: Some(value), remarks, error: None },
            Err(error) => Self { value: None, remarks: Remarks::default(), error: Some(error) },
        })
    }

    /// Says on standard error what is wrong with the value of this key.
    pub(super) fn complain(&self, key: &str) {
        for remark in &self.remarks.first {
            complain(&format!("the value of {key}: {remark}"));
        }
        if self.remarks.more > 0 {
            complain(&format!("the value of {key}: {} more of the kind", self.remarks.more));
        }
        if let Some(error) = &self.error {
            complain(&format!("the value of {key} is shown as hex digits: {error}"));
        }
    }

    pub(super) fn json(&self) -> RemarksJson {
        let decode_error = match &self.error {
            Some(ItemError::Decode(error)) => Some(error),
            _ => None,
        };
        let remarks = self.remarks.first.iter().chain(decode_error).map(RemarkJson::new).collect();
        RemarksJson { remarks, remarks_left_out: self.remarks.more }
    }

    /// The value whole, in the format that is asked for.
    pub(super) fn text(&self, record: &NodeRecord, format: ValueFormat) -> String {
        item::formatted_value(record.bytes().value, self.value.as_ref(), format)
    }
}

/// What is remarked of a value, in the order of its bytes.
#[derive(Serialize)]
pub(super) struct RemarksJson {
    remarks: Vec<RemarkJson>,
    #[serde(skip_serializing_if = "is_zero")]
    remarks_left_out: u64,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

#[derive(Serialize)]
struct RemarkJson {
    /// In bytes from the start of the value.
    offset: usize,
    /// The path of the part, empty for the whole value.
    at: String,
    remark: String,
}

impl RemarkJson {
    fn new(remark: &DecodeError) -> Self {
        Self { offset: remark.offset(), at: remark.at().to_owned(), remark: remark.to_string() }
    }
}
