//! The value that replaces a missing one.

use super::broken::Broken;
use super::canonical::Canonical;
use super::model::{Field, FieldType};
use crate::source::Cell;

impl Field {
    /// The canonical value of a default, or the reason why it is not valid.
    pub(super) fn default_value<'a>(&self, cell: Cell<'a>) -> Result<Canonical<'a>, String> {
        match self.canonical(cell) {
            Ok(Canonical::Null) | Err(Broken::Null) => Err("a default must be a value, not null".to_owned()),
            // The advice in these messages is for sources and does not apply to defaults.
            Err(Broken::Kind { .. } | Broken::Form { .. }) => {
                Err(format!("the default is not of the type {}: write it as {}", self.ty.kind(), example(&self.ty)))
            }
            Err(broken) => Err(format!("the default: {broken}")),
            Ok(value) => Ok(value),
        }
    }

    /// Checks whether a cell can replace a missing value.
    pub(crate) fn check_default(&self, cell: Cell<'_>) -> Result<(), String> {
        self.default_value(cell).map(|_| ())
    }
}

/// An example of a value of a type in a contract.
fn example(ty: &FieldType) -> String {
    let spelled = match ty {
        FieldType::Int { .. } => "7",
        FieldType::Decimal { .. } => "\"0\"",
        FieldType::Text => "\"text\"",
        FieldType::Enum(names) => return format!("{:?}", names.first().map_or("", String::as_str)),
        FieldType::Bool => "true",
        FieldType::Bytes => "\"00ff\"",
        FieldType::Timestamp(_) => "\"2026-03-29T00:30:00Z\"",
        FieldType::Date => "\"2026-03-29\"",
        FieldType::Time(_) => "\"10:00:00\"",
        FieldType::Duration(_) => "\"PT1H30M\"",
        FieldType::Uuid => "\"00112233-4455-6677-8899-aabbccddeeff\"",
        FieldType::Json => "\"[1]\"",
    };
    spelled.to_owned()
}
