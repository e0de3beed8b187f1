//! The meaning of the values of a column.

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::data_type::Int96;
use parquet::schema::types::ColumnDescriptor;

use super::decimal::digits;
use crate::source::Cell;
use mst_types::civil::{DAY, NANOS};

/// A cell, or the reason why its row cannot be parsed.
pub(super) type Value = Result<Cell<'static>, String>;

/// The Julian day number of 1970-01-01.
const JULIAN_1970: i128 = 2_440_588;

/// The meaning of the values of a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// The plain meaning of the physical type.
    Plain,
    /// Unsigned whole numbers.
    Unsigned,
    /// Numbers with this many digits after the point.
    Decimal(i32),
    /// Dates.
    Date,
    /// Counts since midnight, in units of this many nanoseconds.
    Time(i128),
    /// Counts since 1970 in units of this many nanoseconds, in UTC or local time.
    Timestamp { nanos: i128, utc: bool },
    /// Text.
    Text,
    /// JSON texts.
    Json,
    /// Floating-point numbers of two bytes.
    Half,
    /// Only nulls.
    Null,
}

impl Kind {
    /// The meaning of the values of a column, or the name of a type that is not supported.
    pub(super) fn of(column: &ColumnDescriptor) -> Result<Self, String> {
        let nanos = |unit: &TimeUnit| match unit {
            TimeUnit::MILLIS => NANOS / 1000,
            TimeUnit::MICROS => NANOS / 1_000_000,
            TimeUnit::NANOS => 1,
        };
        let unsupported = |ty: &str| Err(format!("of the type {ty}, which is not supported"));
        let Some(logical) = column.logical_type_ref() else {
            return Ok(match column.converted_type() {
                ConvertedType::NONE => Self::Plain,
                ConvertedType::UTF8 | ConvertedType::ENUM => Self::Text,
                ConvertedType::JSON => Self::Json,
                ConvertedType::DECIMAL => Self::Decimal(column.type_scale()),
                ConvertedType::DATE => Self::Date,
                ConvertedType::TIME_MILLIS => Self::Time(NANOS / 1000),
                ConvertedType::TIME_MICROS => Self::Time(NANOS / 1_000_000),
                // The format defines these as adjusted to UTC.
                ConvertedType::TIMESTAMP_MILLIS => Self::Timestamp { nanos: NANOS / 1000, utc: true },
                ConvertedType::TIMESTAMP_MICROS => Self::Timestamp { nanos: NANOS / 1_000_000, utc: true },
                ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64 => {
                    Self::Unsigned
                }
                ConvertedType::INT_8 | ConvertedType::INT_16 | ConvertedType::INT_32 | ConvertedType::INT_64 => {
                    Self::Plain
                }
                other => return unsupported(&other.to_string()),
            });
        };
        Ok(match logical {
            LogicalType::String | LogicalType::Enum => Self::Text,
            LogicalType::Json => Self::Json,
            LogicalType::Decimal(decimal) => Self::Decimal(decimal.scale),
            LogicalType::Date => Self::Date,
            LogicalType::Time(time) => Self::Time(nanos(&time.unit)),
            LogicalType::Timestamp(time) => {
                Self::Timestamp { nanos: nanos(&time.unit), utc: time.is_adjusted_to_u_t_c }
            }
            LogicalType::Integer(integer) if integer.is_signed => Self::Plain,
            LogicalType::Integer(_) => Self::Unsigned,
            LogicalType::Unknown => Self::Null,
            LogicalType::Uuid if column.physical_type() == Physical::FIXED_LEN_BYTE_ARRAY => Self::Plain,
            LogicalType::Float16 => Self::Half,
            other => return unsupported(&format!("{other:?}")),
        })
    }

    pub(super) fn int32(self, value: i32) -> Value {
        match self {
            Self::Unsigned => Ok(Cell::Int(value.cast_unsigned().into())),
            Self::Date => Ok(Cell::Date(value)),
            other => other.int64(value.into()),
        }
    }

    pub(super) fn int64(self, value: i64) -> Value {
        Ok(match self {
            Self::Unsigned => Cell::Int(value.cast_unsigned().into()),
            Self::Decimal(scale) => {
                let shift = scale.checked_neg().ok_or_else(|| "a scale that is out of range".to_owned())?;
                Cell::Number { text: value.to_string().into(), shift }
            }
            Self::Time(unit) => time_of_day(i128::from(value) * unit)?,
            Self::Timestamp { nanos, utc: true } => Cell::Instant(i128::from(value) * nanos),
            Self::Timestamp { nanos, utc: false } => Cell::Local(i128::from(value) * nanos),
            Self::Null => Cell::Null,
            _ => Cell::Int(value.into()),
        })
    }

    pub(super) fn bytes(self, bytes: &[u8]) -> Value {
        let text = || std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| "text that is not UTF-8".to_owned());
        Ok(match self {
            Self::Text => Cell::Text(text()?.into()),
            Self::Json => Cell::Json(text()?.into()),
            Self::Decimal(scale) => {
                let shift = scale.checked_neg().ok_or_else(|| "a scale that is out of range".to_owned())?;
                Cell::Number { text: digits(bytes).into(), shift }
            }
            Self::Half => match bytes {
                [low, high] => Cell::Float32(half(u16::from_le_bytes([*low, *high]))),
                _ => return Err("a float of two bytes with another length".to_owned()),
            },
            Self::Null => Cell::Null,
            _ => Cell::Bytes(bytes.to_vec().into()),
        })
    }
}

/// A time of day, within one day.
fn time_of_day(nanos: i128) -> Value {
    if !(0..DAY).contains(&nanos) {
        return Err("a time of day that does not exist".to_owned());
    }
    Ok(Cell::Time(nanos))
}

/// A time of 96 bits: nanoseconds of a day, and the Julian day number. Some writers mean UTC and some local time, so it
/// denotes no moment until the mapping names a zone.
pub(super) fn int96(value: &Int96) -> Value {
    let [low, high, day] = <[u32; 3]>::try_from(value.data()).map_err(|_| "not a time of 96 bits".to_owned())?;
    let nanos = i128::from(high) << 32 | i128::from(low);
    if !(0..DAY).contains(&nanos) {
        return Err("a time of day that does not exist".to_owned());
    }
    // Days before the year -4713 are negative, so the day is signed.
    Ok(Cell::Local((i128::from(day.cast_signed()) - JULIAN_1970) * DAY + nanos))
}

/// Converts a float of two bytes to four bytes, which is exact.
fn half(bits: u16) -> f32 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let fraction = f32::from(bits & 0x3ff);
    sign * match i32::from(bits >> 10 & 0x1f) {
        0 => fraction * 2_f32.powi(-24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        exponent => (1.0 + fraction / 1024.0) * 2_f32.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_exact() {
        for (bits, expected) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_5e-8),
            (0x2e66, 0.099_975_586),
            (0x7c00, f32::INFINITY),
            (0xfc00, f32::NEG_INFINITY),
        ] {
            assert_eq!(half(bits), expected, "{bits:04x}");
        }
        assert!(half(0x7e00).is_nan());
    }

    #[test]
    fn times_of_96_bits_keep_their_nanoseconds() {
        let mut time = Int96::new();
        let nanos: u64 = (3 * 3600 + 4 * 60 + 5) * 1_000_000_000 + 123_456_789;
        time.set_data(nanos as u32, (nanos >> 32) as u32, 2_440_588 + 1);
        assert_eq!(int96(&time), Ok(Cell::Local(DAY + i128::from(nanos))));
        time.set_data(u32::MAX, u32::MAX, 2_440_588);
        assert!(int96(&time).is_err());
    }
}
