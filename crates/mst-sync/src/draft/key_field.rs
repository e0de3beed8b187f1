//! The fields of a drafted key: from the spelling of the columns to type and steps.

use super::key::{FoundKey, KeyLink};
use super::key_spelling::KeySpelling;
use super::model::{DraftedField, Steps};
use super::table::Table;
use crate::cell::Cell;
use crate::contract::FieldType;

/// The fields of the key, in the order of its columns.
pub(super) fn key_fields(left: &Table, right: &Table, key: &FoundKey) -> Vec<DraftedField> {
    key.links.iter().map(|link| key_field(left, right, key, link)).collect()
}

fn key_field(left: &Table, right: &Table, key: &FoundKey, link: &KeyLink) -> DraftedField {
    let of_left: Vec<&Cell<'static>> = key.joined.iter().filter_map(|(l, _)| l.cells.get(link.left)).collect();
    let of_right: Vec<&Cell<'static>> = key.joined.iter().filter_map(|(_, r)| r.cells.get(link.right)).collect();
    let all = |test: fn(&Cell<'_>) -> bool| of_left.iter().chain(&of_right).all(|cell| test(cell));
    let any = |test: fn(&Cell<'_>) -> bool| of_left.iter().chain(&of_right).any(|cell| test(cell));
    // Texts of digits stay texts unless one side says that they are numbers. All sampled rows count, not only those
    // that the key joins: a key that is no number would break its row.
    let are_whole = |table: &Table, column: usize| {
        table.rows().iter().filter_map(|row| row.cells.get(column)).all(|cell| is_whole_number(cell) || is_none(cell))
    };
    let is_whole = any(|cell| matches!(cell, Cell::Int(_)))
        && all(is_whole_number)
        && are_whole(left, link.left)
        && are_whole(right, link.right);
    let is_day = any(|cell| matches!(cell, Cell::Date(_)));
    let (left_name, right_name) = (left.column_name(link.left), right.column_name(link.right));
    let (mut field, mut left_steps, mut right_steps, marks) = link.spelling.field("", is_whole, is_day);
    if link.spelling == KeySpelling::Exact && any(|cell| matches!(cell, Cell::Bytes(_))) {
        field.ty = FieldType::Bytes;
    }
    if field.ty == FieldType::Text {
        cast_to_text(&of_left, &mut left_steps);
        cast_to_text(&of_right, &mut right_steps);
    }
    field.name = field_name(left_name, &left_steps, right_name, &right_steps);
    let (left, right) = (left_name.to_owned(), right_name.to_owned());
    DraftedField { left, right, field, left_steps, right_steps, marks, turned_off: Vec::new(), drafted: None }
}

/// The name of the column that needs fewer steps: its values are those of the field.
pub(super) fn field_name(left: &str, left_steps: &Steps, right: &str, right_steps: &Steps) -> String {
    let is_plain = |steps: &Steps| *steps == Steps { null: steps.null.clone(), ..Steps::default() };
    if !is_plain(left_steps) && is_plain(right_steps) { right.to_owned() } else { left.to_owned() }
}

fn is_none(cell: &Cell<'_>) -> bool {
    matches!(cell, Cell::Null | Cell::Empty)
}

fn is_whole_number(cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Int(number) => i64::try_from(*number).is_ok(),
        Cell::Text(text) => text.parse::<i64>().is_ok_and(|number| number.to_string() == **text),
        _ => false,
    }
}

fn cast_to_text(cells: &[&Cell<'static>], steps: &mut Steps) {
    let is_text = |cell: &&Cell<'_>| matches!(cell, Cell::Text(_) | Cell::TextOrJson(_) | Cell::Int(_) | Cell::Time(_));
    if !cells.iter().all(is_text) && steps.before.is_none() && steps.after.is_none() {
        steps.cast = Some("text");
    }
}
