//! Canonicalization: the one value that all spellings of a cell have, and its bytes.

use std::borrow::Cow;

use super::model::{Empty, Field, FieldType, Floats};
use super::number::{NumberError, plain, scaled};
use super::rule_violation::RuleViolation;
use super::{json, text};
use crate::cell::{Cell, Clock};
use mst_types::varint::push_varint;
use mst_types::{ItemType, MerkleKey, Type, ValueKind, push_sort_key};

/// The canonical value of a field.
///
/// The enum is closed on purpose: see the [crate](crate#open-and-closed-enums).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Canonical<'a> {
    /// No value.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number: itself, a number of units of a decimal's last digit, or a count of days or units of time.
    Int(i128),
    /// Text, or JSON in its canonical spelling.
    Text(Cow<'a, str>),
    /// Bytes.
    Bytes(Cow<'a, [u8]>),
    /// A UUID.
    Uuid([u8; 16]),
    /// A name of an enum, by its index.
    Name(u32),
}

impl Field {
    /// The canonical value of a cell. A null is not replaced by the default.
    ///
    /// # Errors
    /// The rule that the cell violates.
    pub fn canonical<'a>(&self, cell: Cell<'a>) -> Result<Canonical<'a>, RuleViolation> {
        let cell = match (cell, self.rules.empty) {
            // The value may be empty text or missing; under this rule both are null.
            (Cell::Empty, Empty::Null) => Cell::Null,
            (Cell::Empty, Empty::Refuse) => return Err(RuleViolation::Empty),
            (cell, _) => cell,
        };
        let cell = match cell {
            Cell::Text(found) => {
                let found = text::canonical(found, &self.rules)?;
                match (found.is_empty(), self.rules.empty) {
                    (true, Empty::Null) => Cell::Null,
                    (true, Empty::Refuse) => return Err(RuleViolation::Empty),
                    _ => Cell::Text(found),
                }
            }
            cell => cell,
        };
        let value = match cell {
            Cell::Null => Canonical::Null,
            cell => self.of(cell)?,
        };
        match value {
            Canonical::Null if !self.rules.nullable && self.rules.default.is_none() => Err(RuleViolation::Null),
            value => Ok(value),
        }
    }

    /// The canonical value of a cell that is not null.
    fn of<'a>(&self, cell: Cell<'a>) -> Result<Canonical<'a>, RuleViolation> {
        let wrong = |found: &Cell<'_>| RuleViolation::Kind { expected: self.ty.kind(), found: found.kind() };
        Ok(match (&self.ty, cell) {
            (FieldType::Int { signed, bits }, cell) => {
                let number = self.number(&cell, 0)?;
                let fits = if *signed {
                    (-(1_i128 << (bits - 1))..1_i128 << (bits - 1)).contains(&number)
                } else {
                    (0..1_i128 << bits).contains(&number)
                };
                Canonical::Int(if fits { number } else { return Err(self.range()) })
            }
            (FieldType::Decimal { scale }, cell) => Canonical::Int(self.number(&cell, *scale)?),
            (FieldType::Text, Cell::Text(found)) => Canonical::Text(found),
            // A whole number and a time of day have one spelling only, so they can be text without a cast.
            (FieldType::Text, cell @ (Cell::Int(_) | Cell::Time(_))) => Canonical::Text(cell.to_string().into()),
            (FieldType::Bool, cell) => Canonical::Bool(truth(&cell).ok_or_else(|| match cell {
                Cell::Text(_) | Cell::Int(_) => RuleViolation::Form {
                    expected: "a truth value: true or false, t or f, yes or no, y or n, on or off, 1 or 0",
                },
                cell => wrong(&cell),
            })?),
            (FieldType::Bytes, Cell::Bytes(found)) => Canonical::Bytes(found),
            (FieldType::Bytes, Cell::Text(found)) => {
                let digits = found.strip_prefix("0x").or_else(|| found.strip_prefix("\\x")).unwrap_or(&found);
                let bytes = hex::decode(digits)
                    .map_err(|_| RuleViolation::Form { expected: "an even number of hex digits" })?;
                Canonical::Bytes(bytes.into())
            }
            (FieldType::Timestamp(unit), cell) => self.clock(*unit, Clock::Instant, &cell)?,
            (FieldType::Time(unit), cell) => self.clock(*unit, Clock::Time, &cell)?,
            (FieldType::Duration(unit), cell) => self.clock(*unit, Clock::Duration, &cell)?,
            (FieldType::Date, Cell::Date(days)) => Canonical::Int(days.into()),
            (FieldType::Date, Cell::Text(found)) => match Cell::of_iso(&found) {
                Some(Cell::Date(days)) => Canonical::Int(days.into()),
                Some(cell) => return Err(wrong(&cell)),
                None => return Err(RuleViolation::Form { expected: "a day that exists, written YYYY-MM-DD" }),
            },
            (FieldType::Uuid, Cell::Bytes(found)) => Canonical::Uuid(
                <[u8; 16]>::try_from(&*found)
                    .map_err(|_| RuleViolation::Form { expected: "the 16 bytes of a UUID" })?,
            ),
            (FieldType::Uuid, Cell::Text(found)) => {
                Canonical::Uuid(uuid(&found).ok_or(RuleViolation::Form { expected: "the 32 hex digits of a UUID" })?)
            }
            (FieldType::Enum(names), Cell::Text(found)) => {
                match names.iter().zip(0..).find(|(name, _)| **name == found) {
                    Some((_, index)) => Canonical::Name(index),
                    None => return Err(RuleViolation::Name { names: names.join(", ") }),
                }
            }
            (FieldType::Json, Cell::Json(found) | Cell::Text(found)) => json_text(&found)?,
            (FieldType::Json, cell @ (Cell::Int(_) | Cell::Bool(_))) => json_text(&cell.to_string())?,
            (FieldType::Json, Cell::Number { text, shift }) => {
                let text = plain(&text, shift).ok_or(RuleViolation::Form { expected: "a decimal number" })?;
                json_text(&text)?
            }
            (_, cell) => return Err(wrong(&cell)),
        })
    }

    pub(super) fn range(&self) -> RuleViolation {
        RuleViolation::Range { ty: self.ty.to_string() }
    }

    /// A number in units of 10^-`scale`.
    fn number(&self, cell: &Cell<'_>, scale: u32) -> Result<i128, RuleViolation> {
        let exact = |text: &str, shift| {
            scaled(text, shift, scale, self.rules.rounding).map_err(|error| match error {
                NumberError::Form => RuleViolation::Form { expected: "a decimal number" },
                NumberError::Inexact => RuleViolation::Rounding { to: digits(scale) },
                NumberError::Range => self.range(),
            })
        };
        match cell {
            Cell::Int(number) => {
                let unit = 10_i128.checked_pow(scale);
                unit.and_then(|unit| number.checked_mul(unit)).ok_or_else(|| self.range())
            }
            Cell::Number { text, shift } => exact(text, *shift),
            Cell::Text(text) => exact(text, 0),
            Cell::Float32(float) if self.rules.floats == Floats::Shortest => exact(&float.to_string(), 0),
            Cell::Float64(float) if self.rules.floats == Floats::Shortest => exact(&float.to_string(), 0),
            cell => Err(RuleViolation::Kind { expected: self.ty.kind(), found: cell.kind() }),
        }
    }

    /// Appends the field to a record's canonical bytes in postcard; an optional field begins with 0 or 1.
    pub fn push_value(&self, value: &Canonical<'_>, out: &mut Vec<u8>) {
        match (value, &self.rules.default) {
            (Canonical::Null, Some(default)) => out.extend_from_slice(default),
            (Canonical::Null, None) => out.push(0),
            (value, _) => {
                if self.rules.nullable {
                    out.push(1);
                }
                self.push_present(value, out);
            }
        }
    }

    /// Appends a value that is not null, in postcard.
    fn push_present(&self, value: &Canonical<'_>, out: &mut Vec<u8>) {
        match value {
            Canonical::Null => {}
            Canonical::Bool(v) => out.push(u8::from(*v)),
            Canonical::Int(v) => match self.ty {
                FieldType::Int { bits: 8, .. } => out.push(*v as u8),
                FieldType::Int { signed: false, .. } | FieldType::Time(_) => push_wide(v.cast_unsigned(), out),
                _ => push_wide((v << 1 ^ v >> 127).cast_unsigned(), out),
            },
            Canonical::Text(v) => {
                push_varint(out, v.len() as u64);
                out.extend_from_slice(v.as_bytes());
            }
            Canonical::Bytes(v) => {
                push_varint(out, v.len() as u64);
                out.extend_from_slice(v);
            }
            Canonical::Uuid(v) => out.extend_from_slice(v),
            Canonical::Name(v) => push_varint(out, u64::from(*v)),
        }
    }

    /// Appends the field to a key in the order-preserving encoding of [`MerkleKey`]; `part` if the key has other
    /// fields. A field that may be null begins with 0 for null, or 1 before the value.
    pub fn push_key(&self, value: &Canonical<'_>, part: bool, out: &mut Vec<u8>) {
        match (value, &self.rules.default) {
            (Canonical::Null, Some(default)) => self.push_default_key(default, part, out),
            (Canonical::Null, None) => out.push(0),
            (value, _) if self.rules.nullable => {
                out.push(1);
                self.push_present_key(value, true, out);
            }
            (value, _) => self.push_present_key(value, part, out),
        }
    }

    /// Appends a default, given by its bytes in a value, to a key.
    fn push_default_key(&self, default: &[u8], part: bool, out: &mut Vec<u8>) {
        let ty = self.schema();
        // The bytes were made for this type when the contract was read.
        let Ok(value) = ItemType::postcard(ty.clone()).decode(default) else { return };
        let _ = match part {
            true => push_sort_key(&Type::Tuple(vec![ty]), &ValueKind::Tuple(vec![value]), out),
            false => push_sort_key(&ty, &value.kind, out),
        };
    }

    /// Appends a value that is not null to a key.
    fn push_present_key(&self, value: &Canonical<'_>, part: bool, out: &mut Vec<u8>) {
        match value {
            Canonical::Text(v) if part => str::encode_part(v, out),
            Canonical::Text(v) => out.extend_from_slice(v.as_bytes()),
            Canonical::Bytes(v) if part => <[u8]>::encode_part(v, out),
            Canonical::Bytes(v) => out.extend_from_slice(v),
            Canonical::Uuid(v) => out.extend_from_slice(v),
            Canonical::Bool(v) => out.push(u8::from(*v)),
            Canonical::Int(v) => {
                let (signed, bytes) = match self.ty {
                    FieldType::Int { signed, bits } => (signed, (bits / 8) as usize),
                    FieldType::Date => (true, 4),
                    FieldType::Timestamp(_) | FieldType::Duration(_) => (true, 8),
                    FieldType::Time(_) => (false, 8),
                    _ => (true, 16),
                };
                let flip = if signed { 1 << (bytes * 8 - 1) } else { 0_u128 };
                let all = (v.cast_unsigned() ^ flip).to_be_bytes();
                out.extend(all.iter().skip(16 - bytes));
            }
            Canonical::Name(index) => out.extend_from_slice(&index.to_be_bytes()),
            Canonical::Null => {}
        }
    }
}

fn push_wide(mut number: u128, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn digits(scale: u32) -> String {
    match scale {
        0 => "a whole number".to_owned(),
        1 => "1 digit after the point".to_owned(),
        scale => format!("{scale} digits after the point"),
    }
}

fn json_text<'a>(text: &str) -> Result<Canonical<'a>, RuleViolation> {
    Ok(json::canonical(text)?.map_or(Canonical::Null, |text| Canonical::Text(text.into())))
}

pub(crate) fn truth(cell: &Cell<'_>) -> Option<bool> {
    const YES: [&str; 6] = ["true", "t", "yes", "y", "on", "1"];
    const NO: [&str; 6] = ["false", "f", "no", "n", "off", "0"];
    match cell {
        Cell::Bool(truth) => Some(*truth),
        Cell::Int(0) => Some(false),
        Cell::Int(1) => Some(true),
        Cell::Text(text) if YES.iter().any(|yes| text.eq_ignore_ascii_case(yes)) => Some(true),
        Cell::Text(text) if NO.iter().any(|no| text.eq_ignore_ascii_case(no)) => Some(false),
        _ => None,
    }
}

/// Reads a UUID with hyphens in the usual places or with none, optionally in braces or after `urn:uuid:`, in either
/// case.
fn uuid(text: &str) -> Option<[u8; 16]> {
    let text = text.strip_prefix("urn:uuid:").unwrap_or(text);
    let text = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    let mut digits = [0_u8; 32];
    let mut count = 0;
    let hyphens = text.len() == 36;
    for (at, byte) in text.bytes().enumerate() {
        if hyphens && matches!(at, 8 | 13 | 18 | 23) {
            if byte != b'-' {
                return None;
            }
            continue;
        }
        *digits.get_mut(count)? = byte;
        count += 1;
    }
    let mut uuid = [0; 16];
    (count == 32).then(|| hex::decode_to_slice(digits, &mut uuid).ok())??;
    Some(uuid)
}
