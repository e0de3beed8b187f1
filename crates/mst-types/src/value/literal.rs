//! Keys and values typed by a person, turned into bytes.

use thiserror::Error;

use crate::json::read::{from_json, single_char};
use crate::postcard_bytes::encode::{EncodeError, encode};
use crate::types::logical_type::LogicalType;
use crate::types::ty::Type;
use crate::value::kinds::{Value, ValueKind};
use crate::value::logical;
use crate::value::printed::from_printed;

/// Why a text is not a value of a type.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LiteralError {
    /// The text is not a scalar of the type.
    #[error("expected {expected}, found {found:?}")]
    NotScalar {
        /// The type.
        expected: String,
        /// The text.
        found: String,
    },
    /// The byte string is not pairs of hex digits.
    #[error(transparent)]
    Hex(#[from] HexError),
    /// Types with parts are written as JSON, and this is not the JSON of a value of the type.
    #[error("line {line}, column {column}: expected JSON of {expected}: {reason}")]
    Json {
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1; 0 if the error is at the end of the previous line.
        column: usize,
        /// The type.
        expected: String,
        /// The reason given by the JSON reader.
        reason: String,
    },
    /// The text is not in the form in which values of the type are displayed.
    #[error("column {column}: expected {expected}, found {found}")]
    Printed {
        /// The column in characters, from 1.
        column: usize,
        /// The tokens that would be accepted there.
        expected: String,
        /// The text found there.
        found: String,
    },
    /// The text is well formed but its value is not one of the type, such as a number out of range.
    #[error(transparent)]
    Value(#[from] EncodeError),
}

/// Why a text is not the hex form of a byte string.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum HexError {
    /// A character that is not a hex digit.
    #[error("character {position}: expected a hex digit, found {found:?}")]
    Digit {
        /// The position of the character in the text, from 1.
        position: usize,
        /// The character.
        found: char,
    },
    /// The last digit has no pair.
    #[error("expected an even number of hex digits, found {found}")]
    Odd {
        /// The number of digits.
        found: usize,
    },
}

/// Parses a value that a person typed and returns its postcard bytes:
///
/// - `String`: the text itself; `char`: the character itself;
/// - integers: decimal or `0x` hex, with `_` between digits allowed; floats: decimal, `NaN`, `inf` or `-inf`;
/// - `Vec<u8>` and `[u8; N]`: hex digits, with white space and a leading `0x` allowed;
/// - a type with a [`LogicalType`]: its notation, such as `2026-11-21T09:18:04Z` (a time without a zone is UTC, a date
///   alone its start) or `12.50`; a plain number for a timestamp counts its units; CBOR is hex;
/// - everything else: JSON as [`Value`] serializes it, or the text it displays as, such as `(7, "a")`, `{id: 7}`,
///   `Some(1)` and `Paid{at: 2026-11-21}`. A text that is valid as both is read as JSON. A `char`, float or byte string
///   may also be in quotes, as in JSON.
///
/// Keys are read by [`ItemType::parse_key`](crate::ItemType::parse_key), where texts have escapes.
///
/// # Errors
/// The text is not a value of the type.
///
/// ```
/// use mst_types::{Type, parse_literal};
/// assert_eq!(parse_literal(&Type::U32, "0x1_00"), Ok(vec![0x80, 2]));
/// assert_eq!(parse_literal(&"(u8, String)".parse().unwrap(), r#"[7, "a"]"#), Ok(vec![7, 1, b'a']));
/// ```
pub fn parse_literal(ty: &Type, text: &str) -> Result<Vec<u8>, LiteralError> {
    Ok(encode(ty, &read(ty, text)?)?)
}

/// Parses the JSON form of a value, in which [`Value`] is serialized, and returns its postcard bytes.
///
/// # Errors
/// [`LiteralError::Json`], or [`LiteralError::Value`] for a number out of range.
pub(crate) fn parse_json(ty: &Type, text: &str) -> Result<Vec<u8>, LiteralError> {
    Ok(encode(ty, &read_json(ty, text)?)?)
}

fn read(ty: &Type, text: &str) -> Result<Value, LiteralError> {
    match ty {
        Type::Named(_, ty) => read(ty, text),
        ty if is_scalar(ty) => read_scalar(ty, text),
        ty => match read_json(ty, text) {
            Ok(value) => Ok(value),
            Err(json) => from_printed(ty, text).map_err(|printed| if looks_like_json(text) { json } else { printed }),
        },
    }
}

/// Whether values of the type have no parts.
pub(crate) fn is_scalar(ty: &Type) -> bool {
    match ty {
        Type::Named(_, ty) => is_scalar(ty),
        Type::As(..) | Type::Bool | Type::F32 | Type::F64 | Type::Char | Type::String => true,
        ty => ty.is_bytes() || ty.int().is_some(),
    }
}

/// Whether a text that is not a valid value was meant as JSON; this decides which error is reported.
pub(crate) fn looks_like_json(text: &str) -> bool {
    let text = text.trim_start();
    match text.strip_prefix('{') {
        Some(rest) => rest.trim_start().starts_with(['"', '}']),
        None => text == "null" || text.starts_with(|c: char| "[\"-".contains(c) || c.is_ascii_digit()),
    }
}

/// Reads a value without parts.
pub(crate) fn read_scalar(ty: &Type, text: &str) -> Result<Value, LiteralError> {
    let trimmed = text.trim();
    let scalar = match ty {
        Type::Named(_, ty) => return read_scalar(ty, text),
        Type::As(wire, logical) => {
            let bare = trimmed.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
            let bare = bare.filter(|_| *logical != LogicalType::Json).unwrap_or(trimmed);
            logical::parse(*logical, wire, bare).map(|kind| ValueKind::As(Box::new(kind), *logical))
        }
        Type::String => Some(ValueKind::String(text.to_owned())),
        Type::Char if single_char(text).is_some() => single_char(text).map(ValueKind::Char),
        Type::Char if trimmed.starts_with('\'') => return from_printed(ty, trimmed),
        Type::F32 | Type::F64 => float(ty, trimmed),
        ty if ty.is_bytes() && !trimmed.starts_with('"') => Some(ValueKind::Bytes(hex_bytes(trimmed)?)),
        ty => match ty.int() {
            Some(int) => integer(int.signed, trimmed),
            None => return read_json(ty, text),
        },
    };
    scalar.map(Value::new).ok_or_else(|| LiteralError::NotScalar { expected: ty.to_string(), found: text.to_owned() })
}

pub(crate) fn read_json(ty: &Type, text: &str) -> Result<Value, LiteralError> {
    from_json(ty, text).map_err(|error| {
        let reason = error.to_string();
        let location = format!(" at line {} column {}", error.line(), error.column());
        LiteralError::Json {
            line: error.line(),
            column: error.column(),
            expected: ty.to_string(),
            reason: reason.strip_suffix(&location).unwrap_or(&reason).to_owned(),
        }
    })
}

/// Reads an integer in decimal or hex.
pub(crate) fn integer(signed: bool, text: &str) -> Option<ValueKind> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (radix, digits) = match digits.strip_prefix("0x").or(digits.strip_prefix("0X")) {
        Some(digits) => (16, digits),
        None => (10, digits),
    };
    if !digits.starts_with(|c: char| c.is_digit(radix)) {
        return None;
    }
    let magnitude = u128::from_str_radix(&digits.replace('_', ""), radix).ok()?;
    match (signed, negative) {
        (true, true) => 0_i128.checked_sub_unsigned(magnitude).map(ValueKind::Int),
        (true, false) => i128::try_from(magnitude).ok().map(ValueKind::Int),
        (false, negative) => (!negative || magnitude == 0).then_some(ValueKind::Uint(magnitude)),
    }
}

/// Reads a float of the type, bare or in quotes. Digits beyond the range are an error, not infinity.
pub(crate) fn float(ty: &Type, text: &str) -> Option<ValueKind> {
    let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let (kind, finite) = if *ty == Type::F32 {
        let v: f32 = bare.parse().ok()?;
        (ValueKind::F32(v), v.is_finite())
    } else {
        let v: f64 = bare.parse().ok()?;
        (ValueKind::F64(v), v.is_finite())
    };
    (finite || !bare.contains(|c: char| c.is_ascii_digit())).then_some(kind)
}

/// The bytes of pairs of hex digits.
pub(crate) fn hex_bytes(text: &str) -> Result<Vec<u8>, HexError> {
    let skipped = if text.starts_with("0x") { 2 } else { 0 };
    let mut digits = Vec::with_capacity(text.len());
    for (n, c) in text.chars().enumerate().skip(skipped) {
        match c.to_digit(16) {
            Some(digit) => digits.push(digit as u8),
            None if c.is_whitespace() => {}
            None => {
                return Err(HexError::Digit { position: n + 1, found: c });
            }
        }
    }
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(HexError::Odd { found: digits.len() });
    }
    Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}
