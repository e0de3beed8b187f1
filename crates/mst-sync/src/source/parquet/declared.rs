//! The schema of a Parquet file.

use std::path::Path;

use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::{Type, TypePtr};

use crate::draft::Column;
use crate::source::SourceError;
use crate::source::describe::Catalogue;

/// The columns of a file, with the names of their types. A file has no keys.
pub(in crate::source) fn declared(path: &Path) -> Result<Catalogue, SourceError> {
    let io = |source| SourceError::Io { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(io)?;
    let reader = super::guarded(|| SerializedFileReader::new(file))
        .map_err(|error| SourceError::Database { name: path.display().to_string(), message: error.to_string() })?;
    let fields = reader.metadata().file_metadata().schema().get_fields();
    let column = |field: &TypePtr| {
        let not_null = !field.get_basic_info().has_repetition() || !field.is_optional();
        Column { name: field.name().to_owned(), declared: Some(type_name(field)), not_null }
    };
    Ok(Catalogue { columns: fields.iter().map(column).collect(), unique: Vec::new() })
}

/// The name of a column's type, in lower case.
fn type_name(field: &Type) -> String {
    let Type::PrimitiveType { basic_info, physical_type, precision, scale, .. } = field else {
        return "group".to_owned();
    };
    let unit = |unit: &TimeUnit| match unit {
        TimeUnit::MILLIS => "ms",
        TimeUnit::MICROS => "us",
        TimeUnit::NANOS => "ns",
    };
    let zone = |is_utc: bool| if is_utc { "utc" } else { "local" };
    match basic_info.logical_type_ref() {
        Some(LogicalType::Decimal(decimal)) => format!("decimal({},{})", decimal.precision, decimal.scale),
        Some(LogicalType::Integer(integer)) => {
            format!("{}int{}", if integer.is_signed { "" } else { "u" }, integer.bit_width)
        }
        Some(LogicalType::Timestamp(time)) => {
            format!("timestamp({}, {})", unit(&time.unit), zone(time.is_adjusted_to_u_t_c))
        }
        Some(LogicalType::Time(time)) => format!("time({})", unit(&time.unit)),
        Some(other) => format!("{other:?}").to_ascii_lowercase(),
        None => match basic_info.converted_type() {
            ConvertedType::NONE => format!("{physical_type}").to_ascii_lowercase(),
            ConvertedType::UTF8 => "string".to_owned(),
            ConvertedType::DECIMAL => format!("decimal({precision},{scale})"),
            other => format!("{other}").to_ascii_lowercase(),
        },
    }
}
