//! The parts in which two values differ in meaning.

use std::sync::Arc;

use super::Hand;
use super::normal::push;
use super::pairing::{Member, Part};
use crate::escape::escape_text;
use crate::value::kinds::{Payload, Value, ValueKind};

/// A part that differs: the path, and the value on either side.
type Change = (String, Option<Value>, Option<Value>);

/// Appends the smallest parts that differ. Skipped parts are ignored.
pub(super) fn collect(part: &Part, path: &mut String, left: &Value, right: &Value, out: &mut Vec<Change>) {
    if equal(part, left, right) {
        return;
    }
    match (part, left.kind.plain(), right.kind.plain()) {
        (Part::Option(item), ValueKind::Some(a), ValueKind::Some(b)) => collect(item, path, a, b, out),
        (Part::Optional { left: true, item }, ValueKind::Some(a), _) => collect(item, path, a, right, out),
        (Part::Optional { left: false, item }, _, ValueKind::Some(b)) => collect(item, path, left, b, out),
        (Part::List(item), ValueKind::Seq(a), ValueKind::Seq(b)) => {
            for index in 0..a.len().max(b.len()) {
                within(path, &format!("[{index}]"), |path| one(item, path, a.get(index), b.get(index), out));
            }
        }
        (Part::Tuple(parts), ValueKind::Tuple(a), ValueKind::Tuple(b)) => tuples(parts, path, a, b, out),
        (Part::Struct(members), ValueKind::Struct(a), ValueKind::Struct(b)) => structs(members, path, a, b, out),
        (
            Part::Enum(choice),
            ValueKind::Variant { index: m, payload: x, .. },
            ValueKind::Variant { index: n, payload: y, .. },
        ) => {
            let number = |numbers: &[usize], index: u32| numbers.get(usize::try_from(index).ok()?).copied();
            let same = number(&choice.left, *m).filter(|it| number(&choice.right, *n) == Some(*it));
            match (same.and_then(|number| choice.payloads.get(number)), x, y) {
                (Some(Part::Tuple(parts)), Payload::Tuple(a), Payload::Tuple(b)) => {
                    match (parts.as_slice(), a.as_slice(), b.as_slice()) {
                        ([part], [a], [b]) => collect(part, path, a, b, out),
                        (parts, a, b) => tuples(parts, path, a, b, out),
                    }
                }
                (Some(Part::Struct(members)), Payload::Struct(a), Payload::Struct(b)) => {
                    structs(members, path, a, b, out)
                }
                _ => out.push((path.clone(), Some(left.clone()), Some(right.clone()))),
            }
        }
        _ => out.push((path.clone(), Some(left.clone()), Some(right.clone()))),
    }
}

fn equal(part: &Part, left: &Value, right: &Value) -> bool {
    let form = |hand, value: &Value| {
        let mut out = Vec::new();
        push(part, hand, &value.kind, &mut out).map(|()| out)
    };
    let (left, right) = (form(Hand::Left, left), form(Hand::Right, right));
    left.is_some() && left == right
}

/// Runs `action` with `part` at the end of the path.
fn within(path: &mut String, part: &str, action: impl FnOnce(&mut String)) {
    let length = path.len();
    path.push_str(if length == 0 { part.trim_start_matches('.') } else { part });
    action(path);
    path.truncate(length);
}

fn one(part: &Part, path: &mut String, left: Option<&Value>, right: Option<&Value>, out: &mut Vec<Change>) {
    match (left, right) {
        (Some(left), Some(right)) => collect(part, path, left, right, out),
        (None, None) => {}
        (left, right) => out.push((path.clone(), left.cloned(), right.cloned())),
    }
}

fn tuples(parts: &[Part], path: &mut String, a: &[Value], b: &[Value], out: &mut Vec<Change>) {
    for (index, part) in parts.iter().enumerate() {
        within(path, &format!(".{index}"), |path| one(part, path, a.get(index), b.get(index), out));
    }
}

type Fields = [(Arc<str>, Value)];

fn structs(members: &[Member], path: &mut String, a: &Fields, b: &Fields, out: &mut Vec<Change>) {
    for Member { name, left, right, part } in members {
        let value = |fields: &'_ Fields, place: usize| fields.get(place).map(|(_, value)| value.clone());
        let (left, right) = (value(a, *left), value(b, *right));
        within(path, &format!(".{}", escape_text(name)), |path| one(part, path, left.as_ref(), right.as_ref(), out));
    }
}
