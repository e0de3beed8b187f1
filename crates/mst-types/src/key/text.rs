//! Keys in their printed form, and back.
//!
//! A key that is a text is printed as it is, with escapes, and in quotes if it is empty or begins with a quote, so that
//! a quote at the beginning always means quotes. Any other key is printed as [`Value`] displays it, except that JSON
//! and CBOR inside it are written as in [`Value`]'s JSON: a text in quotes, and hex digits.

use std::borrow::Cow;

use crate::escape::{escape_text, write_quoted};
use crate::postcard_bytes::encode::encode;
use crate::types::logical_type::LogicalType;
use crate::types::ty::{Field, Shape, Type};
use crate::value::kinds::{Payload, Value, ValueKind};
use crate::value::literal::{LiteralError, is_scalar, looks_like_json, read_json, read_scalar};
use crate::value::logical;
use crate::value::printed::{from_printed, quoted_text, unescaped};

/// The printed form of a key.
pub(crate) fn key_text(value: &Value) -> String {
    match plain_documents(&value.kind) {
        ValueKind::String(text) if text.is_empty() || text.starts_with('"') => {
            let mut quoted = String::new();
            // Writing to a String does not fail.
            let _ = write_quoted(&mut quoted, &text, '"');
            quoted
        }
        ValueKind::String(text) => escape_text(&text).into_owned(),
        kind => kind.to_string(),
    }
}

/// Reads a key in its printed form, as shown on the screen (`12,345`), or as JSON.
pub(crate) fn read_key(ty: &Type, text: &str) -> Result<Value, LiteralError> {
    match ty {
        Type::Named(_, ty) => read_key(ty, text),
        Type::As(_, LogicalType::Json) => {
            read_text(text).map(|text| Value::new(ValueKind::As(Box::new(ValueKind::String(text)), LogicalType::Json)))
        }
        Type::String => read_text(text).map(|text| Value::new(ValueKind::String(text))),
        ty if ty.int().is_some() => read_scalar(ty, &without_groups(text)),
        ty if is_scalar(ty) => read_scalar(ty, text),
        ty => match from_printed(ty, text) {
            Ok(value) => Ok(value),
            Err(printed) => read_json(ty, text).map_err(|json| if looks_like_json(text) { json } else { printed }),
        },
    }
}

fn read_text(text: &str) -> Result<String, LiteralError> {
    if text.starts_with('"') { quoted_text(text) } else { unescaped(text) }
}

/// Removes the thousands separators that the screen shows.
fn without_groups(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    let digits = trimmed.strip_prefix('-').unwrap_or(trimmed);
    let mut groups = digits.split(',');
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()) && is_digits(group));
    if first && digits.contains(',') && groups.all(|group| group.len() == 3 && is_digits(group)) {
        return Cow::Owned(trimmed.replace(',', ""));
    }
    Cow::Borrowed(text)
}

/// The value with JSON and CBOR as plain text and bytes.
fn plain_documents(kind: &ValueKind) -> ValueKind {
    match kind {
        ValueKind::As(plain, LogicalType::Json | LogicalType::Cbor) => plain_documents(plain),
        kind => kind.map_parts(&|part| Value::new(plain_documents(&part.kind))),
    }
}

/// The printed form of an example key of this type, to show how one is written.
pub(crate) fn key_example(ty: &Type) -> String {
    key_text(&Value::new(example(ty)))
}

/// The maximum number of items of an array in an example.
const MAX_EXAMPLE_ITEMS: usize = 64;

fn example(ty: &Type) -> ValueKind {
    use ValueKind as V;
    let one = |ty: &Type| Value::new(example(ty));
    let fields = |fields: &[Field]| fields.iter().map(|field| (field.name.clone(), one(&field.ty))).collect::<Vec<_>>();
    match ty {
        Type::Named(_, ty) => example(ty),
        Type::As(wire, logical) => {
            let parsed = logical::example(*logical).and_then(|text| logical::parse(*logical, wire, text));
            let fits = |kind: &ValueKind| encode(wire, &Value::new(kind.clone())).is_ok();
            V::As(Box::new(parsed.filter(fits).unwrap_or_else(|| example(wire))), *logical)
        }
        Type::Bool => V::Bool(true),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::I128 => V::Int(1),
        Type::F32 => V::F32(1.5),
        Type::F64 => V::F64(1.5),
        Type::Char => V::Char('a'),
        Type::String => V::String("text".to_owned()),
        Type::Unit => V::Unit,
        Type::Array(item, count) if **item == Type::U8 => V::Bytes(vec![0xab; (*count).min(MAX_EXAMPLE_ITEMS)]),
        Type::Vec(item) if **item == Type::U8 => V::Bytes(vec![0xab; 2]),
        Type::Vec(item) => V::Seq(vec![one(item)]),
        Type::Array(item, count) => V::Seq(vec![one(item); (*count).min(MAX_EXAMPLE_ITEMS)]),
        Type::Option(inner) => V::Some(Box::new(one(inner))),
        Type::Tuple(types) => V::Tuple(types.iter().map(one).collect()),
        Type::Struct(all) => V::Struct(fields(all)),
        Type::Enum(variants) => match variants.first() {
            None => V::Unit,
            Some(variant) => V::Variant {
                index: 0,
                name: variant.name.clone(),
                payload: match &variant.shape {
                    Shape::Unit => Payload::Unit,
                    Shape::Tuple(types) => Payload::Tuple(types.iter().map(one).collect()),
                    Shape::Struct(all) => Payload::Struct(fields(all)),
                },
            },
        },
        Type::Map(key, value) => V::Map(vec![(one(key), one(value))]),
        Type::U8 | Type::U16 | Type::U32 | Type::U64 | Type::U128 => V::Uint(1),
    }
}
