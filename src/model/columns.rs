//! The columns of a table of records: one for each field of the values, in the order, width and choice of the user.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use mst_types::{ItemType, LogicalType, Type, Value, ValueKind, escape_text};

use crate::model::item::{self, ItemFormat};

/// The blank columns of the screen between two columns of a table.
pub(crate) const GAP: usize = 2;
/// A column is at least and at most so wide, in columns of the screen.
const NARROWEST: usize = 3;
const WIDEST: usize = 400;
/// A column whose width nobody chose is at most so wide.
const WIDEST_UNASKED: usize = 32;
/// The columns of the screen by which one key makes a column wider.
const STEP: isize = 2;

/// The cell of a field that is not to be seen.
pub(crate) const HIDDEN: &str = "(hidden)";

/// The columns of all tables that the user wants hidden or of a width from the start, by the names of their fields.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct ColumnChoice {
    pub(crate) hidden: BTreeSet<String>,
    pub(crate) widths: BTreeMap<String, usize>,
}

/// The choice of this process, as all tables begin with it.
static CHOICE: OnceLock<ColumnChoice> = OnceLock::new();

impl ColumnChoice {
    /// The widths that a column can have.
    pub(crate) const WIDTHS: RangeInclusive<usize> = NARROWEST..=WIDEST;

    /// Makes this the choice of the process. Only the first one counts.
    pub(crate) fn take_effect(self) {
        let _ = CHOICE.set(self);
    }
}

/// A column of a table of records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Column {
    /// The name of the field as a path has it; empty for the whole value.
    pub(crate) name: String,
    /// Whether its cells are numbers, which stand at the right end of the column.
    pub(crate) is_number: bool,
    /// The width that the user chose; none as long as the cells decide.
    pub(crate) width: Option<usize>,
    pub(crate) is_hidden: bool,
}

impl Column {
    fn new(name: String, ty: Option<&Type>) -> Self {
        Self { name, is_number: ty.is_some_and(is_number), width: None, is_hidden: false }
    }

    /// The head of the column.
    pub(crate) fn title(&self) -> &str {
        if self.name.is_empty() { "value" } else { &self.name }
    }

    /// The part of a decoded value that belongs to this column.
    pub(crate) fn of<'a>(&self, value: &'a Value) -> Option<&'a Value> {
        if self.name.is_empty() {
            return Some(value);
        }
        match value.kind.plain() {
            ValueKind::Struct(fields) => {
                fields.iter().find(|(name, _)| *escape_text(name) == *self.name).map(|(_, value)| value)
            }
            ValueKind::Tuple(items) => items.get(self.name.parse::<usize>().ok()?),
            _ => None,
        }
    }
}

/// Whether values of a type are numbers to the reader; a time or a date is none.
fn is_number(ty: &Type) -> bool {
    if let Type::Option(inner) = ty.wire() {
        return is_number(inner);
    }
    let is_plain = matches!(ty.logical_type(), None | Some(LogicalType::Decimal(_)));
    is_plain
        && matches!(
            ty.wire(),
            Type::U8
                | Type::U16
                | Type::U32
                | Type::U64
                | Type::U128
                | Type::I8
                | Type::I16
                | Type::I32
                | Type::I64
                | Type::I128
                | Type::F32
                | Type::F64
        )
}

/// The text of a cell: as the screen shows values, but that a text has no quotes where none are needed. The bytes are
/// those that the whole value was decoded from.
pub(crate) fn cell_text(value: &Value, stored: &[u8], format: ItemFormat, width: usize) -> String {
    let value = match &value.kind {
        ValueKind::Some(inner) if !matches!(inner.kind, ValueKind::Some(_) | ValueKind::None) => inner,
        _ => value,
    };
    let own = stored.get(value.span.clone()).unwrap_or_default();
    match (format, &value.kind) {
        // A field has few values, so that a hash of it would be guessed at once.
        (ItemFormat::Redacted, _) => HIDDEN.to_owned(),
        (ItemFormat::Auto, ValueKind::None) => "null".to_owned(),
        // A text that could be taken for something else keeps its quotes.
        (ItemFormat::Auto, ValueKind::String(text)) if text.is_empty() || text == "null" || text.starts_with('"') => {
            crate::model::text::cut(&value.to_string(), width)
        }
        _ => item::value_in(value, own, format, width),
    }
}

/// A column in its place on the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct PlacedColumn {
    /// Which column it is.
    pub(crate) column: usize,
    /// The first of its columns on the screen, counted from the left end of the table.
    pub(crate) from: usize,
    pub(crate) width: usize,
}

/// The columns of a table, in the order in which they are shown.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Columns {
    all: Vec<Column>,
}

impl Columns {
    /// One column for each field of the values of these types, in the order of the first type that has it; one for the
    /// whole value where they have no fields.
    pub(crate) fn of(types: &[Option<&ItemType>]) -> Self {
        let mut columns = Self::default();
        for ty in types.iter().flatten() {
            match ty.ty.wire() {
                Type::Struct(fields) => {
                    fields.iter().for_each(|field| columns.add(escape_text(&field.name).into_owned(), Some(&field.ty)));
                }
                Type::Tuple(items) => {
                    items.iter().enumerate().for_each(|(at, ty)| columns.add(at.to_string(), Some(ty)));
                }
                ty => columns.add(String::new(), Some(ty)),
            }
        }
        if columns.all.is_empty() {
            columns.add(String::new(), None);
        }
        match CHOICE.get() {
            Some(choice) => columns.under(choice),
            None => columns,
        }
    }

    /// The same columns, hidden and as wide as the user wants them from the start. At least one stays.
    fn under(mut self, choice: &ColumnChoice) -> Self {
        for column in &mut self.all {
            column.width = choice.widths.get(&column.name).copied();
        }
        for at in 0..self.all.len() {
            if choice.hidden.contains(&self.all[at].name) {
                self.toggle(at);
            }
        }
        self
    }

    fn add(&mut self, name: String, ty: Option<&Type>) {
        if !self.all.iter().any(|column| column.name == name) {
            self.all.push(Column::new(name, ty));
        }
    }

    /// The same columns with the order, the widths and the choice of others, as far as these have a column of the name.
    /// Columns that the others lack come last.
    pub(crate) fn like(mut self, others: &Self) -> Self {
        for column in &mut self.all {
            if let Some(other) = others.all.iter().find(|other| other.name == column.name) {
                (column.width, column.is_hidden) = (other.width, other.is_hidden);
            }
        }
        let place = |column: &Column| others.all.iter().position(|other| other.name == column.name);
        self.all.sort_by_key(|column| place(column).unwrap_or(usize::MAX));
        if self.all.iter().all(|column| column.is_hidden) {
            self.all.iter_mut().for_each(|column| column.is_hidden = false);
        }
        self
    }

    /// All of them, hidden or not.
    pub(crate) fn all(&self) -> &[Column] {
        &self.all
    }

    pub(crate) fn get(&self, at: usize) -> Option<&Column> {
        self.all.get(at)
    }

    /// Those that are shown, each with its number among all.
    pub(crate) fn shown(&self) -> impl Iterator<Item = (usize, &Column)> {
        self.all.iter().enumerate().filter(|(_, column)| !column.is_hidden)
    }

    /// The number of the first, second, … shown column among all.
    pub(crate) fn nth_shown(&self, shown: usize) -> Option<usize> {
        self.shown().nth(shown).map(|(at, _)| at)
    }

    /// How many are shown.
    pub(crate) fn count_shown(&self) -> usize {
        self.shown().count()
    }

    /// Hides a column, or shows it again. False if it is the last one that is shown: one always stays.
    pub(crate) fn toggle(&mut self, at: usize) -> bool {
        let is_last = self.count_shown() == 1;
        match self.all.get_mut(at) {
            Some(column) if column.is_hidden || !is_last => {
                column.is_hidden = !column.is_hidden;
                true
            }
            _ => false,
        }
    }

    /// Moves a column by one place to the right, or to the left; its new place.
    pub(crate) fn shift(&mut self, at: usize, to_right: bool) -> usize {
        let to = if to_right { at + 1 } else { at.saturating_sub(1) };
        if at < self.all.len() && to < self.all.len() {
            self.all.swap(at, to);
            return to;
        }
        at
    }

    /// Makes a column wider or narrower, that is now `width` wide on the screen.
    pub(crate) fn widen(&mut self, at: usize, wider: bool, width: usize) {
        if let Some(column) = self.all.get_mut(at) {
            let step = if wider { STEP } else { -STEP };
            column.width = Some(width.saturating_add_signed(step).clamp(NARROWEST, WIDEST));
        }
    }

    /// Shows all columns in their first widths; the order stays.
    pub(crate) fn reset(&mut self) {
        self.all.iter_mut().for_each(|column| (column.width, column.is_hidden) = (None, false));
    }

    /// The width of a column whose widest visible cell, or head, is so wide.
    pub(crate) fn width(&self, at: usize, widest: usize) -> usize {
        let unasked = widest.clamp(NARROWEST, WIDEST_UNASKED);
        self.all.get(at).and_then(|column| column.width).unwrap_or(unasked)
    }

    /// The places of the shown columns from the `first` shown one on, as far as they begin within `room`. `widest` says
    /// how wide the visible cells and the head of a column are. The last one may be cut short by the end of the room.
    pub(crate) fn places(&self, first: usize, room: usize, widest: impl Fn(usize) -> usize) -> Vec<PlacedColumn> {
        let mut from = 0;
        let mut placed = Vec::new();
        for (column, _) in self.shown().skip(first) {
            if from + NARROWEST > room && !placed.is_empty() || from >= room {
                break;
            }
            let width = self.width(column, widest(column)).min(room - from);
            placed.push(PlacedColumn { column, from, width });
            from += width + GAP;
        }
        self.widen_cut_column(&mut placed, room, widest);
        placed
    }

    /// Gives the room that is left to the last column, if its cells are wider than it and nobody chose its width.
    fn widen_cut_column(&self, placed: &mut [PlacedColumn], room: usize, widest: impl Fn(usize) -> usize) {
        let Some(last) = placed.last_mut() else { return };
        let is_chosen = self.all.get(last.column).is_some_and(|column| column.width.is_some());
        if !is_chosen {
            last.width = last.width.max(widest(last.column).min(room - last.from));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value_type(text: &str) -> ItemType {
        ItemType::postcard(text.parse().unwrap())
    }

    fn titles(columns: &Columns) -> Vec<&str> {
        columns.shown().map(|(_, column)| column.title()).collect()
    }

    #[test]
    fn fields_are_columns_and_other_values_are_one() {
        for (left, right, expected) in [
            (Some("{a: u8, b: String}"), None, &["a", "b"][..]),
            (Some("{a: u8, b: String}"), Some("{b: String, c: bool}"), &["a", "b", "c"]),
            (Some("Order{a: u8}"), Some("{a: u8}"), &["a"]),
            (Some("(u8, u8)"), None, &["0", "1"]),
            (Some("u64"), Some("String"), &["value"]),
            (None, None, &["value"]),
            (Some("{}"), None, &["value"]),
        ] {
            let (left, right) = (left.map(value_type), right.map(value_type));
            let columns = Columns::of(&[left.as_ref(), right.as_ref()]);
            assert_eq!(titles(&columns), expected);
            for (_, column) in columns.shown() {
                let is_number = matches!(column.name.as_str(), "0" | "1") || left == Some(value_type("u64"));
                assert_eq!(column.is_number, is_number || column.name == "a", "{column:?}");
            }
        }
    }

    #[test]
    fn cells_are_the_fields_of_a_value() {
        let ty = value_type("{name: String, amount: i64 as decimal(2), note: Option<String>, count: u32}");
        let stored = ty.parse(r#"{"name": "paid", "amount": "12345.67", "note": null, "count": 1234}"#).unwrap();
        let value = ty.decode(&stored).unwrap();
        let columns = Columns::of(&[Some(&ty)]);
        let cells = |format| -> Vec<String> {
            let text = |column: &Column| cell_text(column.of(&value).unwrap(), &stored, format, 40);
            columns.shown().map(|(_, column)| text(column)).collect()
        };
        assert_eq!(cells(ItemFormat::Auto), ["paid", "12345.67", "null", "1,234"]);
        assert_eq!(cells(ItemFormat::Hex)[0], "70616964");
        assert_eq!(cells(ItemFormat::Redacted), [HIDDEN; 4]);
        assert!(columns.shown().all(|(_, column)| column.is_number == matches!(column.title(), "amount" | "count")));
        for (text, shown) in [("", "\"\""), ("null", "\"null\""), ("\"a", "\"\\\"a\""), ("a\nb", "a\\nb")] {
            let value = Value::new(ValueKind::String(text.to_owned()));
            assert_eq!(cell_text(&value, &[], ItemFormat::Auto, 40), shown);
        }
    }

    #[test]
    fn columns_are_hidden_moved_and_widened_and_found_again() {
        let ty = value_type("{a: u8, b: u8, c: u8}");
        let mut columns = Columns::of(&[Some(&ty)]);
        assert!(columns.toggle(0) && columns.toggle(2));
        assert!(!columns.toggle(1), "one column stays");
        assert_eq!(titles(&columns), ["b"]);
        assert!(columns.toggle(0));
        assert_eq!((columns.shift(0, true), columns.shift(2, true), columns.shift(0, false)), (1, 2, 0));
        assert_eq!(titles(&columns), ["b", "a"]);
        columns.widen(0, true, 10);
        assert_eq!((columns.width(0, 5), columns.width(1, 5), columns.width(1, 500)), (12, 5, WIDEST_UNASKED));
        columns.widen(0, false, 4);
        assert_eq!(columns.width(0, 5), NARROWEST);
        // Another tree of the same kind has one more field, and lacks one.
        let other = Columns::of(&[Some(&value_type("{a: u8, b: u8, d: u8}"))]).like(&columns);
        assert_eq!(titles(&other), ["b", "a", "d"]);
        assert_eq!(other.width(0, 5), NARROWEST);
        // What would hide everything hides nothing.
        assert_eq!(titles(&Columns::of(&[Some(&value_type("{c: u8}"))]).like(&columns)), ["c"]);
        columns.reset();
        assert_eq!(titles(&columns), ["b", "a", "c"]);
    }

    #[test]
    fn the_last_column_takes_the_room_that_is_left() {
        let mut columns = Columns::of(&[Some(&value_type("{a: String, b: String}"))]);
        let widths = |columns: &Columns, room| -> Vec<usize> {
            columns.places(0, room, |_| 64).iter().map(|placed| placed.width).collect()
        };
        assert_eq!(widths(&columns, 80), [WIDEST_UNASKED, 80 - WIDEST_UNASKED - GAP]);
        assert_eq!(widths(&columns, 200), [WIDEST_UNASKED, 64]);
        columns.widen(1, false, 12);
        assert_eq!(widths(&columns, 200), [WIDEST_UNASKED, 10], "the user chose the width");
    }

    #[test]
    fn columns_begin_as_the_user_wants_them() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let choice = ColumnChoice { hidden: names(&["b"]), widths: [("c".to_owned(), 20)].into() };
        let columns = Columns::of(&[Some(&value_type("{a: u8, b: u8, c: u8}"))]).under(&choice);
        assert_eq!((titles(&columns), columns.width(2, 5)), (vec!["a", "c"], 20));
        let choice = ColumnChoice { hidden: names(&["a", "b"]), ..ColumnChoice::default() };
        assert_eq!(titles(&Columns::of(&[Some(&value_type("{a: u8, b: u8}"))]).under(&choice)), ["b"]);
    }

    #[test]
    fn columns_stand_side_by_side_within_the_room() {
        let columns = Columns::of(&[Some(&value_type("{a: u8, b: u8, c: u8, d: u8}"))]);
        let places = |first, room| -> Vec<(usize, usize, usize)> {
            let placed = columns.places(first, room, |column| 4 + column);
            placed.into_iter().map(|place| (place.column, place.from, place.width)).collect()
        };
        assert_eq!(places(0, 100), [(0, 0, 4), (1, 6, 5), (2, 13, 6), (3, 21, 7)]);
        assert_eq!(places(2, 100), [(2, 0, 6), (3, 8, 7)]);
        assert_eq!(places(0, 10), [(0, 0, 4), (1, 6, 4)]);
        assert_eq!(places(0, 8), [(0, 0, 4)]);
        assert_eq!(places(0, 1), [(0, 0, 1)]);
        assert_eq!(places(0, 0), []);
        assert_eq!(places(9, 50), []);
    }
}
