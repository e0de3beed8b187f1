//! The fields in which two values differ.

use std::sync::Arc;

use mst_types::{Payload, Value, ValueKind, escape_text};

/// A part of a value that differs: its path, and its value on each side.
#[derive(Clone, PartialEq, Debug)]
pub struct FieldChange {
    /// The path, such as `status`, `items[3].price`, `1`; empty for the whole value.
    pub path: String,
    /// The value on the left; `None` if the left has no such part.
    pub left: Option<Value>,
    /// The value on the right; `None` if the right has no such part.
    pub right: Option<Value>,
}

/// The smallest parts in which two values of one type differ, in their order. Structs, tuples, options, variants, lists
/// and maps are compared part by part: lists item by item, maps key by key. Floats are compared by their bits.
///
/// ```
/// use file_mst::diff::fields;
/// use mst_types::{DecodeOptions, Type, decode};
///
/// let ty: Type = "{status: String, tags: Vec<u8>, at: Option<(u8, u8)>}".parse()?;
/// let value = |bytes: &[u8]| decode(&ty, bytes, &DecodeOptions::default());
/// let changes = fields(&value(b"\x04paid\x00\x01\x01\x02")?, &value(b"\x04open\x00\x01\x01\x03")?);
/// let text: Vec<_> = changes.iter().map(ToString::to_string).collect();
/// assert_eq!(text, [r#"status: "paid" → "open""#, "at.1: 2 → 3"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn fields(left: &Value, right: &Value) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    compare(&mut String::new(), left, right, &mut changes);
    changes
}

impl std::fmt::Display for FieldChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        let side = |value: &Option<Value>| value.as_ref().map_or_else(|| "(none)".to_owned(), ToString::to_string);
        write!(f, "{} → {}", side(&self.left), side(&self.right))
    }
}

/// The recursion is as deep as the values nest, which decoding bounds.
fn compare(path: &mut String, left: &Value, right: &Value, changes: &mut Vec<FieldChange>) {
    match (&left.kind, &right.kind) {
        (ValueKind::Struct(a), ValueKind::Struct(b)) => structs(path, a, b, changes),
        (ValueKind::Tuple(a), ValueKind::Tuple(b)) => items(path, a, b, dotted, changes),
        (ValueKind::Seq(a), ValueKind::Seq(b)) => items(path, a, b, |index| format!("[{index}]"), changes),
        (ValueKind::Some(a), ValueKind::Some(b)) => compare(path, a, b, changes),
        (ValueKind::Variant { index: a, payload: x, .. }, ValueKind::Variant { index: b, payload: y, .. })
            if a == b =>
        {
            match (x, y) {
                (Payload::Struct(x), Payload::Struct(y)) => structs(path, x, y, changes),
                (Payload::Tuple(x), Payload::Tuple(y)) => match (x.as_slice(), y.as_slice()) {
                    ([x], [y]) => compare(path, x, y, changes),
                    (x, y) => items(path, x, y, dotted, changes),
                },
                _ => {}
            }
        }
        (ValueKind::Map(a), ValueKind::Map(b)) => maps(path, a, b, changes),
        (a, b) if same_leaf(a, b) => {}
        _ => push(path, Some(left), Some(right), changes),
    }
}

fn same_leaf(a: &ValueKind, b: &ValueKind) -> bool {
    match (a, b) {
        (ValueKind::F32(a), ValueKind::F32(b)) => a.to_bits() == b.to_bits(),
        (ValueKind::F64(a), ValueKind::F64(b)) => a.to_bits() == b.to_bits(),
        (a, b) => a == b,
    }
}

fn push(path: &str, left: Option<&Value>, right: Option<&Value>, changes: &mut Vec<FieldChange>) {
    changes.push(FieldChange { path: path.to_owned(), left: left.cloned(), right: right.cloned() });
}

fn dotted(index: usize) -> String {
    format!(".{index}")
}

/// Runs `action` with `part` at the end of the path.
fn within(path: &mut String, part: &str, action: impl FnOnce(&mut String)) {
    let length = path.len();
    path.push_str(if length == 0 { part.trim_start_matches('.') } else { part });
    action(path);
    path.truncate(length);
}

fn one(path: &mut String, left: Option<&Value>, right: Option<&Value>, changes: &mut Vec<FieldChange>) {
    match (left, right) {
        (Some(left), Some(right)) => compare(path, left, right, changes),
        (None, None) => {}
        (left, right) => push(path, left, right, changes),
    }
}

fn items(path: &mut String, a: &[Value], b: &[Value], name: fn(usize) -> String, changes: &mut Vec<FieldChange>) {
    for index in 0..a.len().max(b.len()) {
        within(path, &name(index), |path| one(path, a.get(index), b.get(index), changes));
    }
}

fn structs(path: &mut String, a: &[(Arc<str>, Value)], b: &[(Arc<str>, Value)], changes: &mut Vec<FieldChange>) {
    let find = |fields: &'_ [(Arc<str>, Value)], name: &str| fields.iter().position(|(other, _)| **other == *name);
    let value =
        |fields: &'_ [(Arc<str>, Value)], index: Option<usize>| fields.get(index?).map(|(_, value)| value.clone());
    for (name, left) in a {
        let right = value(b, find(b, name));
        let part = format!(".{}", escape_text(name));
        within(path, &part, |path| one(path, Some(left), right.as_ref(), changes));
    }
    for (name, right) in b.iter().filter(|(name, _)| find(a, name).is_none()) {
        within(path, &format!(".{}", escape_text(name)), |path| one(path, None, Some(right), changes));
    }
}

/// Compares the entries whose keys have the same text.
fn maps(path: &mut String, a: &[(Value, Value)], b: &[(Value, Value)], changes: &mut Vec<FieldChange>) {
    let names = |entries: &[(Value, Value)]| -> std::collections::BTreeMap<String, Value> {
        entries.iter().map(|(key, value)| (key.to_string(), value.clone())).collect()
    };
    let (a, b) = (names(a), names(b));
    let all: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    for name in all {
        within(path, &format!("[{name}]"), |path| one(path, a.get(name), b.get(name), changes));
    }
}
