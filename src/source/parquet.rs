//! A Parquet file of flat columns.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parquet::basic::{LogicalType, TimeUnit};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::{Type, TypePtr};

use super::{Cell, Gauge, Row, Source, SourceError, Visit, Wanted};
use crate::civil::{DAY, NANOS};

pub(super) struct ParquetSource {
    path: PathBuf,
    name: String,
    reader: SerializedFileReader<File>,
    columns: Vec<String>,
    /// The columns in the order of the file, and where each goes.
    projection: Type,
    places: Vec<usize>,
    forms: Vec<Form>,
    gauge: Gauge,
}

/// What a number in a column stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    /// A count of so many nanoseconds since 1970, in UTC or of some clock.
    Time {
        nanos: i128,
        utc: bool,
    },
    /// A count of so many nanoseconds since midnight.
    TimeOfDay {
        nanos: i128,
    },
    /// Bytes that are a JSON text.
    Json,
}

impl Form {
    fn of(ty: &Type) -> Self {
        match ty.get_basic_info().logical_type_ref() {
            Some(LogicalType::Timestamp(time)) => {
                Self::Time { nanos: size(&time.unit), utc: time.is_adjusted_to_u_t_c }
            }
            Some(LogicalType::Time(time)) => Self::TimeOfDay { nanos: size(&time.unit) },
            Some(LogicalType::Json) => Self::Json,
            _ => Self::Plain,
        }
    }
}

/// The nanoseconds of a unit.
fn size(unit: &TimeUnit) -> i128 {
    match unit {
        TimeUnit::MILLIS => NANOS / 1000,
        TimeUnit::MICROS => NANOS / 1_000_000,
        TimeUnit::NANOS => 1,
    }
}

/// A time of day; a count that is none stays a number.
fn time_of_day(count: i64, nanos: i128) -> Cell<'static> {
    match i128::from(count) * nanos {
        nanos if (0..DAY).contains(&nanos) => Cell::Time(nanos),
        _ => Cell::Int(count.into()),
    }
}

impl ParquetSource {
    pub(super) fn open(path: &Path, wanted: &Wanted) -> Result<Self, SourceError> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|source| SourceError::Io { path: path.to_owned(), source })?;
        let wrong = |error: parquet::errors::ParquetError| SourceError::Database {
            name: name.clone(),
            message: error.to_string(),
        };
        let reader = SerializedFileReader::new(file).map_err(wrong)?;
        let meta = reader.metadata().file_metadata();
        let root = meta.schema();
        let have: Vec<String> = root.get_fields().iter().map(|field| field.name().to_owned()).collect();
        let columns = match &wanted.columns {
            None => have.clone(),
            Some(columns) => columns.clone(),
        };
        if let Some(column) = columns.iter().find(|column| !have.contains(column)) {
            return Err(SourceError::Column { name, column: column.clone(), have });
        }
        let fields: Vec<TypePtr> = root
            .get_fields()
            .iter()
            .filter(|field| columns.iter().any(|column| column == field.name()))
            .map(Arc::clone)
            .collect();
        let place = |field: &TypePtr| columns.iter().position(|column| column == field.name()).unwrap_or(0);
        let places = fields.iter().map(place).collect();
        let forms = fields.iter().map(|field| Form::of(field)).collect();
        let projection = Type::group_type_builder(root.name()).with_fields(fields).build().map_err(wrong)?;
        let gauge = Gauge::new(u64::try_from(meta.num_rows()).ok());
        Ok(Self { path: path.to_owned(), name, reader, columns, projection, places, forms, gauge })
    }

    fn wrong(&self, line: u64, message: String) -> SourceError {
        SourceError::Row { name: self.path.display().to_string(), line, message }
    }
}

impl Source for ParquetSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn gauge(&self) -> Gauge {
        self.gauge.clone()
    }

    fn each(&mut self, visit: &mut Visit<'_>) -> Result<(), SourceError> {
        let rows = self.reader.get_row_iter(Some(self.projection.clone()));
        let rows = rows.map_err(|error| self.wrong(0, error.to_string()))?;
        for (row, number) in rows.zip(1..) {
            let row = row.map_err(|error| self.wrong(number, error.to_string()))?;
            self.gauge.add(1);
            let mut cells = vec![Cell::Null; self.columns.len()];
            for (((_, field), place), form) in row.get_column_iter().zip(&self.places).zip(&self.forms) {
                if let Some(slot) = cells.get_mut(*place) {
                    *slot = cell(field, *form).map_err(|message| self.wrong(number, message))?;
                }
            }
            if visit(Row { number, cells: &cells, raw: None }).is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn cell(field: &Field, form: Form) -> Result<Cell<'_>, String> {
    let time = |count: i64, nanos: i128, utc: bool| {
        let nanos = i128::from(count) * nanos;
        if utc { Cell::Instant(nanos) } else { Cell::Local(nanos) }
    };
    let utc = !matches!(form, Form::Time { utc: false, .. });
    Ok(match field {
        Field::Null => Cell::Null,
        Field::Bool(v) => Cell::Bool(*v),
        Field::Byte(v) => Cell::Int((*v).into()),
        Field::Short(v) => Cell::Int((*v).into()),
        Field::Int(v) => Cell::Int((*v).into()),
        Field::Long(v) => match form {
            Form::Time { nanos, utc } => time(*v, nanos, utc),
            Form::TimeOfDay { nanos } => time_of_day(*v, nanos),
            _ => Cell::Int((*v).into()),
        },
        Field::UByte(v) => Cell::Int((*v).into()),
        Field::UShort(v) => Cell::Int((*v).into()),
        Field::UInt(v) => Cell::Int((*v).into()),
        Field::ULong(v) => Cell::Int((*v).into()),
        Field::Float(v) => Cell::Float32(*v),
        Field::Double(v) => Cell::Float64(*v),
        Field::Decimal(v) => Cell::Number { text: digits(v.data()).into(), shift: -v.scale() },
        Field::Str(v) if form == Form::Json => Cell::Json(v.into()),
        Field::Str(v) => Cell::Text(v.into()),
        Field::Bytes(v) => match (form, v.as_utf8()) {
            (Form::Json, Ok(text)) => Cell::Json(text.into()),
            _ => Cell::Bytes(v.data().into()),
        },
        Field::Date(v) => Cell::Date(*v),
        Field::TimeMillis(v) => time_of_day((*v).into(), NANOS / 1000),
        Field::TimeMicros(v) => time_of_day(*v, NANOS / 1_000_000),
        Field::TimestampMillis(v) => time(*v, NANOS / 1000, utc),
        Field::TimestampMicros(v) => time(*v, NANOS / 1_000_000, utc),
        other => return Err(format!("a column of a kind that cannot be compared: {other}")),
    })
}

/// Big-endian two's complement of any width in decimal digits.
fn digits(bytes: &[u8]) -> String {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    if bytes.len() <= 16 {
        let start = if negative { -1_i128 } else { 0 };
        return bytes.iter().fold(start, |number, byte| number << 8 | i128::from(*byte)).to_string();
    }
    // Wider than any decimal of a contract: by hand, digit by digit.
    let mut magnitude: Vec<u8> = if negative {
        let mut carry = true;
        let mut flipped: Vec<u8> = bytes
            .iter()
            .rev()
            .map(|byte| {
                let (sum, over) = (!byte).overflowing_add(u8::from(carry));
                carry = over;
                sum
            })
            .collect();
        flipped.reverse();
        flipped
    } else {
        bytes.to_vec()
    };
    let mut out = Vec::new();
    while magnitude.iter().any(|byte| *byte != 0) {
        let mut rest = 0_u32;
        for byte in &mut magnitude {
            let value = rest << 8 | u32::from(*byte);
            *byte = (value / 10) as u8;
            rest = value % 10;
        }
        out.push(b'0' + rest as u8);
    }
    if out.is_empty() {
        out.push(b'0');
    }
    if negative {
        out.push(b'-');
    }
    out.iter().rev().map(|digit| char::from(*digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::digits;

    #[test]
    fn decimals_of_any_width() {
        assert_eq!(digits(&[0xff]), "-1");
        assert_eq!(digits(&[0x01, 0x00]), "256");
        for number in [0_i128, 1, -1, 255, -256, i128::MAX, i128::MIN] {
            let mut wide = vec![if number < 0 { 0xff } else { 0 }; 4];
            wide.extend(number.to_be_bytes());
            assert_eq!(digits(&wide), number.to_string());
        }
    }
}
