//! The common form of values of two types: equal values have equal bytes, and the bytes sort like the values.

use std::sync::Arc;

use super::Hand;
use super::leaf::Kind;
use super::pairing::{Member, Part};
use crate::key::sort_key::{push_escaped, push_f32, push_f64};
use crate::value::kinds::{Payload, Value, ValueKind};

/// The number of decimal digits after the point that every number is scaled to.
const MAX_DIGITS: u8 = 38;

/// Appends a value of the type of one side; `None` if it is not of that type.
///
/// The recursion is no deeper than the nesting of the value, which decoding limits.
pub(super) fn push(part: &Part, hand: Hand, value: &ValueKind, out: &mut Vec<u8>) -> Option<()> {
    match (part, value.plain()) {
        (Part::Skipped, _) => {}
        (Part::Leaf { kind, left, right }, value) => {
            let digits = if hand == Hand::Left { *left } else { *right };
            leaf(*kind, digits, value, out)?;
        }
        (Part::Option(item), value) => option(item, hand, value, out)?,
        (Part::Optional { left, item }, value) if *left == (hand == Hand::Left) => option(item, hand, value, out)?,
        (Part::Optional { item, .. }, value) => {
            out.push(1);
            push(item, hand, value, out)?;
        }
        (Part::List(item), ValueKind::Seq(values)) => {
            for value in values {
                out.push(1);
                push(item, hand, &value.kind, out)?;
            }
            out.push(0);
        }
        (Part::Map(key, item), ValueKind::Map(entries)) => {
            let mut forms = Vec::with_capacity(entries.len());
            for (entry_key, value) in entries {
                let mut form = Vec::new();
                push(key, hand, &entry_key.kind, &mut form)?;
                push(item, hand, &value.kind, &mut form)?;
                forms.push(form);
            }
            forms.sort_unstable();
            for form in forms {
                out.push(1);
                out.extend(form);
            }
            out.push(0);
        }
        (Part::Tuple(parts), ValueKind::Tuple(values)) => tuple(parts, hand, values, out)?,
        (Part::Struct(members), ValueKind::Struct(fields)) => fields_of(members, hand, fields, out)?,
        (Part::Enum(choice), ValueKind::Variant { index, payload, .. }) => {
            let numbers = if hand == Hand::Left { &choice.left } else { &choice.right };
            let number = *numbers.get(usize::try_from(*index).ok()?)?;
            out.extend_from_slice(&u32::try_from(number).ok()?.to_be_bytes());
            variant_payload(choice.payloads.get(number)?, hand, payload, out)?;
        }
        _ => return None,
    }
    Some(())
}

fn option(item: &Part, hand: Hand, value: &ValueKind, out: &mut Vec<u8>) -> Option<()> {
    match value {
        ValueKind::None => out.push(0),
        ValueKind::Some(value) => {
            out.push(1);
            push(item, hand, &value.kind, out)?;
        }
        _ => return None,
    }
    Some(())
}

fn tuple(parts: &[Part], hand: Hand, values: &[Value], out: &mut Vec<u8>) -> Option<()> {
    if parts.len() != values.len() {
        return None;
    }
    parts.iter().zip(values).try_for_each(|(part, value)| push(part, hand, &value.kind, out))
}

fn fields_of(members: &[Member], hand: Hand, fields: &[(Arc<str>, Value)], out: &mut Vec<u8>) -> Option<()> {
    members.iter().try_for_each(|member| {
        let index = if hand == Hand::Left { member.left } else { member.right };
        push(&member.part, hand, &fields.get(index)?.1.kind, out)
    })
}

/// Appends the payload of a variant.
fn variant_payload(part: &Part, hand: Hand, payload: &Payload, out: &mut Vec<u8>) -> Option<()> {
    match (part, payload) {
        (Part::Skipped, _) => Some(()),
        (Part::Tuple(parts), Payload::Unit) if parts.is_empty() => Some(()),
        (Part::Tuple(parts), Payload::Tuple(values)) => tuple(parts, hand, values, out),
        (Part::Struct(members), Payload::Struct(fields)) => fields_of(members, hand, fields, out),
        _ => None,
    }
}

fn leaf(kind: Kind, digits: u8, value: &ValueKind, out: &mut Vec<u8>) -> Option<()> {
    match value {
        // A UUID and an IP address may be stored as numbers.
        ValueKind::Uint(number) if kind.is_bytes() => {
            let bytes = number.to_be_bytes();
            let from = if kind == Kind::Ipv4 { 12 } else { 0 };
            push_escaped(bytes.get(from..)?, out);
        }
        ValueKind::Uint(number) => {
            let unit = 10_u128.checked_pow(digits.into())?;
            scaled(1, number / unit, number % unit, digits, out)?;
        }
        ValueKind::Int(number) => {
            let unit = 10_i128.checked_pow(digits.into())?;
            let (whole, rest) = (number.div_euclid(unit), number.rem_euclid(unit));
            scaled(u8::from(whole >= 0), whole.cast_unsigned(), rest.cast_unsigned(), digits, out)?;
        }
        ValueKind::Bool(value) => out.push(u8::from(*value)),
        ValueKind::Char(value) => out.extend_from_slice(&u32::from(*value).to_be_bytes()),
        ValueKind::String(text) => push_escaped(text.as_bytes(), out),
        ValueKind::Bytes(bytes) => push_escaped(bytes, out),
        ValueKind::Unit => {}
        ValueKind::Tuple(values) if values.is_empty() => {}
        ValueKind::F32(value) => push_f32(*value, out),
        ValueKind::F64(value) => push_f64(*value, out),
        _ => return None,
    }
    Some(())
}

/// Appends a number: whether it is not negative, its whole part rounded down, and the rest scaled to the smallest unit.
fn scaled(sign: u8, whole: u128, rest: u128, digits: u8, out: &mut Vec<u8>) -> Option<()> {
    out.push(sign);
    out.extend_from_slice(&whole.to_be_bytes());
    let rest = rest.checked_mul(10_u128.checked_pow(MAX_DIGITS.checked_sub(digits)?.into())?)?;
    out.extend_from_slice(&rest.to_be_bytes());
    Some(())
}
