//! The differences as records: a cell for each field, with both values where they differ, and the order by a field.

use std::cmp::Ordering;
use std::sync::Arc;
use std::sync::atomic::{self, AtomicBool};

use file_mst::diff::{Side, fields};
use mst_types::{ItemType, Type, Value, escape_text, push_sort_key};

use crate::model::columns::{Column, HIDDEN, cell_text};
use crate::model::diff::entry::Entry;
use crate::model::diff::pair::{Pair, Stored};
use crate::model::item::{self, ItemFormat};

/// Between the value on the left and the one on the right of a cell.
pub(crate) const ARROW: &str = "→";
/// Cells are made as long as one can widen a column, in columns of the screen.
const LONGEST: usize = 400;

/// A cell: the value that both sides have, or the two that differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Cell {
    /// Both sides have it, or the only side that has the record.
    One(String),
    Two(String, String),
    /// Something that is not a value: why a record is not compared.
    Said(String),
    Nothing,
}

impl Cell {
    pub(crate) fn text(&self) -> String {
        match self {
            Self::One(text) | Self::Said(text) => text.clone(),
            Self::Two(left, right) => format!("{left}{ARROW}{right}"),
            Self::Nothing => String::new(),
        }
    }
}

/// The cells of a difference, one for each column.
pub(crate) fn cells(pair: &Pair, entry: &Entry, columns: &[Column], format: ItemFormat) -> Vec<Cell> {
    if let Entry::Damage(why) | Entry::Misfit(why) = entry {
        return said(why, columns.len());
    }
    let (left, right) = entry.sides();
    if let (Entry::NotCompared(found), None, None) = (entry, left, right) {
        return said(&found.why, columns.len());
    }
    let left = left.map(|record| Decoded::new(pair, record, Side::Left));
    let right = right.map(|record| Decoded::new(pair, record, Side::Right));
    columns.iter().map(|column| cell(column, left.as_ref(), right.as_ref(), format)).collect()
}

fn said(why: &str, columns: usize) -> Vec<Cell> {
    let first = std::iter::once(Cell::Said(why.to_owned()));
    first.chain(std::iter::repeat_n(Cell::Nothing, columns.saturating_sub(1))).collect()
}

/// A value, decoded if it can be.
struct Decoded<'a> {
    stored: &'a [u8],
    value: Option<Value>,
}

impl<'a> Decoded<'a> {
    fn new(pair: &Pair, (_, stored): Stored<'a>, side: Side) -> Self {
        Self { stored, value: pair.value(stored, side) }
    }

    fn of(&self, column: &Column) -> Option<&Value> {
        column.of(self.value.as_ref()?)
    }

    /// The text in a column. What cannot be decoded stands in the column of the whole value, or the first one.
    fn text(&self, column: &Column, format: ItemFormat) -> String {
        match self.of(column) {
            Some(value) => cell_text(value, self.stored, format, LONGEST),
            None if self.value.is_none() => item::line(self.stored, None, format, LONGEST),
            None => String::new(),
        }
    }
}

fn cell(column: &Column, left: Option<&Decoded<'_>>, right: Option<&Decoded<'_>>, format: ItemFormat) -> Cell {
    let (Some(left), Some(right)) = (left, right) else {
        return left.or(right).map_or(Cell::Nothing, |one| Cell::One(one.text(column, format)));
    };
    let is_same = match (left.of(column), right.of(column)) {
        (Some(a), Some(b)) => fields(a, b).is_empty(),
        (None, None) if left.value.is_some() && right.value.is_some() => true,
        (None, None) => left.stored == right.stored,
        _ => false,
    };
    let (a, b) = (left.text(column, format), right.text(column, format));
    match is_same {
        true => Cell::One(a),
        // Two hidden values that differ look alike, and are still two.
        false if format == ItemFormat::Redacted => Cell::Two(HIDDEN.to_owned(), HIDDEN.to_owned()),
        false => Cell::Two(a, b),
    }
}

/// Sorts differences by the values of a column, the left one first: by what they mean, and not as texts. Records without
/// the field come last; equal values keep the order of keys. None if `stopped` was set.
pub(crate) fn sorted(
    pair: &Pair,
    entries: &[(usize, Arc<Entry>)],
    column: &Column,
    descending: bool,
    stopped: &AtomicBool,
) -> Option<Vec<usize>> {
    let types = [Side::Left, Side::Right].map(|side| field_type(pair.typing(side).value.as_ref(), column));
    let mut keyed = Vec::with_capacity(entries.len());
    for (place, entry) in entries {
        if stopped.load(atomic::Ordering::Relaxed) {
            return None;
        }
        let (left, right) = entry.sides();
        let key = |record: Option<Stored>, side: Side| {
            let [on_left, on_right] = &types;
            let ty = if side == Side::Left { on_left } else { on_right };
            let (_, stored) = record?;
            let value = pair.value(stored, side)?;
            let mut key = Vec::new();
            push_sort_key(ty.as_ref()?, &column.of(&value)?.kind, &mut key)?;
            Some(key)
        };
        let (a, b) = (key(left, Side::Left), key(right, Side::Right));
        // A record of one side counts as if it were the same on both, so that any two records have an order.
        let both = a.clone().or_else(|| b.clone()).zip(b.or(a));
        keyed.push((both, *place));
    }
    keyed.sort_by(|(a, _), (b, _)| match (a, b) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(a), Some(b)) if descending => b.cmp(a),
        (Some(a), Some(b)) => a.cmp(b),
    });
    Some(keyed.into_iter().map(|(_, place)| place).collect())
}

/// The type of a column.
fn field_type(value: Option<&ItemType>, column: &Column) -> Option<Type> {
    let ty = value?.ty.wire();
    if column.name.is_empty() {
        return Some(ty.clone());
    }
    match ty {
        Type::Struct(fields) => {
            fields.iter().find(|field| *escape_text(&field.name) == *column.name).map(|field| field.ty.clone())
        }
        Type::Tuple(items) => items.get(column.name.parse::<usize>().ok()?).cloned(),
        _ => None,
    }
}
