//! The fields of a difference: those of both records held against each other, or those of the only one.

use file_mst::diff::{FieldChange, Side};
use mst_types::Value;

use crate::model::diff::around::around;
use crate::model::diff::changes::{is_in, marked_parts};
use crate::model::diff::entry::Entry;
use crate::model::diff::marks::{MarkedText, by_middle};
use crate::model::diff::pair::Pair;
use crate::model::item::{self, ItemFormat};
use crate::model::record::{self, Field, FieldText, HIDDEN, MAX_TEXT, bounded, part_text, parts, type_of};

/// The fields of the records of an entry, as their format shows them. Values that are not compared are not held against
/// each other: then these are the fields of `side`.
pub(crate) fn fields(pair: &Pair, entry: &Entry, format: ItemFormat, side: Side) -> Vec<Field> {
    let one = |stored: &[u8], side: Side| record::fields(stored, pair.typing(side).value.as_ref(), format);
    match (entry, entry.sides()) {
        (Entry::NotCompared(_), (left, right)) => {
            let own = if side == Side::Left { left } else { right };
            own.map(|(_, stored)| one(stored, side)).unwrap_or_default()
        }
        (Entry::Same(_), (Some((_, stored)), _)) => {
            // Under two types equal values have two forms, of which that of the left was read.
            let same = |field: Field| match field.text {
                FieldText::One(text) => Field { text: FieldText::Same(text), ..field },
                _ => field,
            };
            one(stored, Side::Left).into_iter().map(same).collect()
        }
        (_, (Some((_, left)), Some((_, right)))) => compared(pair, left, right, format),
        (_, (Some((_, left)), None)) => one(left, Side::Left),
        (_, (None, Some((_, right)))) => one(right, Side::Right),
        (_, (None, None)) => Vec::new(),
    }
}

/// The fields of two records: those that both have alike, and the parts of the others that differ.
fn compared(pair: &Pair, left: &[u8], right: &[u8], format: ItemFormat) -> Vec<Field> {
    let ty = |side| pair.typing(side).value.as_ref();
    let values = (pair.value(left, Side::Left), pair.value(right, Side::Right));
    let changes = match format {
        ItemFormat::Redacted => pair.paths(left, right).map(|paths| paths.into_iter().map(without_values).collect()),
        _ => pair.fields(left, right),
    };
    let (Some(left_value), Some(right_value), Some(changes)) = (&values.0, &values.1, changes) else {
        return vec![whole(pair, left, right, format)];
    };
    let changes: Vec<FieldChange> = changes;
    let (Some(left_parts), Some(right_parts)) = (parts(left_value), parts(right_value)) else {
        return match changes.as_slice() {
            [change] if change.path.is_empty() && format != ItemFormat::Redacted => vec![changed(pair, change, format)],
            changes if changes.iter().all(|change| !change.path.is_empty()) => {
                bounded(changes.iter().map(|change| changed(pair, change, format)))
            }
            _ => vec![whole(pair, left, right, format)],
        };
    };
    let only_right = right_parts.iter().filter(|(name, _)| !left_parts.iter().any(|(other, _)| other == name));
    let names: Vec<(&String, &Value, Side)> = left_parts
        .iter()
        .map(|(name, value)| (name, *value, Side::Left))
        .chain(only_right.map(|(name, value)| (name, *value, Side::Right)))
        .collect();
    let mut listed = Vec::new();
    for (name, value, side) in names {
        let mut inside = changes.iter().filter(|change| is_in(&change.path, name)).peekable();
        if inside.peek().is_none() {
            let ty = ty(side).and_then(|ty| type_of(&ty.ty, name)).unwrap_or_default();
            listed.push(Field { path: name.clone(), ty, text: FieldText::Same(part_text(value, format)) });
        }
        listed.extend(inside.map(|change| changed(pair, change, format)));
    }
    bounded(listed.into_iter())
}

/// A path alone, where no value is to be seen.
fn without_values(path: String) -> FieldChange {
    FieldChange { path, left: None, right: None }
}

/// A part that differs.
fn changed(pair: &Pair, change: &FieldChange, format: ItemFormat) -> Field {
    let ty = |side| pair.typing(side).value.as_ref().and_then(|ty| type_of(&ty.ty, &change.path));
    let ty = ty(Side::Left).or(ty(Side::Right)).unwrap_or_default();
    let (left, right) = match format {
        ItemFormat::Redacted => {
            let hidden = || Some(vec![(HIDDEN.to_owned(), false)]);
            (hidden(), hidden())
        }
        _ => marked_parts(change),
    };
    Field { path: change.path.clone(), ty, text: FieldText::Differs(left, right) }
}

/// Two values as a whole, where they have no fields or cannot be decoded.
fn whole(pair: &Pair, left: &[u8], right: &[u8], format: ItemFormat) -> Field {
    let text = |stored, side| item::line(stored, pair.typing(side).value.as_ref(), format, MAX_TEXT);
    let (left, right) = by_middle(&text(left, Side::Left), &text(right, Side::Right));
    let (left, right) = around(left, right, (MAX_TEXT, MAX_TEXT));
    let ty = pair.typing(Side::Left).value.as_ref().map(|ty| ty.ty.to_string()).unwrap_or_default();
    Field { path: String::new(), ty, text: FieldText::Differs(Some(left), Some(right)) }
}

/// A field that has a text on either side.
pub(crate) fn two(name: &str, left: Option<String>, right: Option<String>) -> Field {
    let whole = |text: Option<String>| text.map(|text| -> Vec<MarkedText> { vec![(text, false)] });
    let text = match (left, right) {
        (Some(left), Some(right)) if left == right => FieldText::Same(left),
        (left, right) => FieldText::Differs(whole(left), whole(right)),
    };
    Field { path: name.to_owned(), ty: String::new(), text }
}

/// A field that has one text.
pub(crate) fn said(name: &str, text: String) -> Field {
    Field { path: name.to_owned(), ty: String::new(), text: FieldText::One(text) }
}
