//! The table of differences: what its visible lines show, and how wide its columns are.

use std::borrow::Cow;
use std::collections::BTreeMap;

use file_mst::diff::Side;
use mst_types::escape_text;
use unicode_width::UnicodeWidthStr;

use super::DiffScreen;
use super::draw::row;
use crate::model::diff::around::width;
use crate::model::diff::changes::{ChangeLine, RecordChanges};
use crate::model::diff::entry::{Entry, Kind};
use crate::model::diff::list::Row;
use crate::model::item::ItemFormat;
use crate::model::rows::compared::RowsOutcome;

/// Below this width a difference stands in one column after its key, in columns.
const COMPACT: usize = 46;
/// The glyph before the key, and the gap between two columns, in columns.
pub(super) const GLYPH: usize = 2;
pub(super) const GAP: usize = 2;
/// No more is kept free for a key, for the value of a field, and for a record that only one side has, in columns.
const MAX_KEY: usize = 64;
const MAX_VALUE: usize = 60;
const MAX_RECORD: usize = 24;
/// The least room for the rest of a record behind what differs, in columns.
const REST: usize = 10;
/// The widest name of a side in the heads, in columns.
const MAX_NAME: usize = 24;

/// The widths that columns would take, and those that they have.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Widths {
    pub(super) key: usize,
    pub(super) field: usize,
    pub(super) left: usize,
    pub(super) right: usize,
}

/// The columns of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Columns {
    /// Key, field, left and right value; behind them what fits of the rest of the record.
    Table { widths: Widths, rest: usize },
    /// The key, and all else in one column.
    Compact { key: usize, text: usize },
}

impl Widths {
    fn widened(self, other: Self) -> Self {
        Self {
            key: self.key.max(other.key),
            field: self.field.max(other.field),
            left: self.left.max(other.left),
            right: self.right.max(other.right),
        }
    }
}

impl Columns {
    /// The columns of a table of `width` columns whose texts would take the `natural` widths. Values get their share
    /// first, since they are the answer.
    pub(super) fn of(natural: Widths, width: usize) -> Self {
        if width < COMPACT {
            let key = natural.key.min(width.saturating_sub(GLYPH) / 3);
            return Self::Compact { key, text: width.saturating_sub(GLYPH + key + 1) };
        }
        let all = width - GLYPH - 3 * GAP;
        let values = (natural.left + natural.right).min(all * 9 / 20);
        let names = all - values;
        let field = natural.field.min((names / 3).max(names.saturating_sub(natural.key)));
        let key = natural.key.min(names - field);
        let values = all - key - field;
        let (left, right) = match (natural.left, natural.right) {
            (left, right) if left + right <= values => (left, right),
            (left, right) if left <= values / 2 => (left, (values - left).min(right)),
            (_, right) if right <= values / 2 => (values - right, right),
            _ => (values / 2, values - values / 2),
        };
        let rest = (values - left - right).saturating_sub(GAP);
        let rest = if rest < REST { 0 } else { rest };
        Self::Table { widths: Widths { key, field, left, right }, rest }
    }
}

/// What the visible lines show. It is made when the state changes, so that drawing decodes nothing.
#[derive(Debug, Default)]
pub(crate) struct VisibleChanges {
    format: ItemFormat,
    changes: BTreeMap<usize, RecordChanges>,
    /// What the columns would take of all that was visible so far: they do not jump while one scrolls.
    natural: Widths,
}

impl VisibleChanges {
    /// Forgets all, after a change of formats, of the width, or of what is known.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

impl DiffScreen {
    /// Makes what the visible lines show.
    pub(super) fn fit_changes(&mut self) {
        let format = self.shared.value_format;
        if self.visible.format != format {
            self.visible.clear();
            self.visible.format = format;
        }
        let window = self.cursor.window(self.list.len());
        let places: Vec<_> = window.clone().filter_map(|line| self.list.row(line)).collect();
        let (Some(first), Some(last)) = (places.first(), places.last()) else { return };
        // A sorted list shows places in any order.
        let visible = |place: &usize| places.iter().any(|row| row.place() == *place);
        if first.place() <= last.place() {
            self.visible.changes.retain(|place, _| visible(place));
        }
        let mut natural = self.visible.natural.widened(self.heads());
        for row in &places {
            let Row::Difference(place) = *row else { continue };
            let Some(entry) = self.list.entry(place) else { continue };
            if !self.visible.changes.contains_key(&place) {
                let changes = self.changes_of_entry(entry);
                natural = natural.widened(self.natural(entry, &changes));
                self.visible.changes.insert(place, changes);
            }
        }
        self.visible.natural = natural;
    }

    /// The lines of a difference in a place.
    pub(super) fn changes_of(&self, place: usize) -> Cow<'_, RecordChanges> {
        match self.visible.changes.get(&place).filter(|_| self.visible.format == self.shared.value_format) {
            Some(changes) => Cow::Borrowed(changes),
            None => Cow::Owned(self.list.entry(place).map(|entry| self.changes_of_entry(entry)).unwrap_or_default()),
        }
    }

    fn changes_of_entry(&self, entry: &Entry) -> RecordChanges {
        if row::shows_rows(self) && matches!(entry.kind(), Kind::Changed | Kind::WithinTolerance) {
            let changes = self.rows_now(entry).filter(|now| now.outcome != RowsOutcome::Agree);
            return changes.map(|now| RecordChanges::of_rows(&now.changes())).unwrap_or_default();
        }
        RecordChanges::new(&self.pair, entry, self.shared.value_format)
    }

    /// The columns as they are now.
    pub(super) fn columns(&self) -> Columns {
        Columns::of(self.visible.natural.widened(self.heads()), usize::from(self.areas.list().width))
    }

    /// The names of the sides as the heads of their columns; `left` and `right` if both have one name.
    pub(super) fn side_names(&self) -> [String; 2] {
        let [left, right] = [Side::Left, Side::Right].map(|side| {
            let name = self.pair.file(side).replace(".mst", "");
            crate::model::text::cut(&escape_text(&name), MAX_NAME)
        });
        if left == right { ["left".to_owned(), "right".to_owned()] } else { [left, right] }
    }

    fn heads(&self) -> Widths {
        let [left, right] = self.side_names().map(|name| name.width());
        Widths { key: "key".len(), field: "(record)".len(), left, right }
    }

    fn natural(&self, entry: &Entry, changes: &RecordChanges) -> Widths {
        let is_record = entry.kind() != Kind::Changed && entry.kind() != Kind::WithinTolerance;
        let most = if is_record { MAX_RECORD } else { MAX_VALUE };
        let widest = |wide: &dyn Fn(&ChangeLine) -> usize| changes.lines.iter().map(wide).max().unwrap_or(0);
        let of = |side: &Option<Vec<_>>| side.as_ref().map_or(1, |pieces| width(pieces));
        let key = row::key_of(self, entry, MAX_KEY).map_or(0, |key| key.width());
        let mark = row::mark_now(self, entry).map_or(0, |mark| mark.content.width());
        Widths {
            key,
            field: mark + widest(&|line| line.path.width()),
            left: widest(&|line| of(&line.left)).min(most),
            right: widest(&|line| of(&line.right)).min(most),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fit_at_every_width() {
        let wide = Widths { key: 64, field: 40, left: 60, right: 60 };
        let small = Widths { key: 11, field: 12, left: 7, right: 7 };
        for natural in [wide, small, Widths { left: 3, ..wide }, Widths { right: 5, ..wide }] {
            for width in 0..200 {
                match Columns::of(natural, width) {
                    Columns::Table { widths: Widths { key, field, left, right }, rest } => {
                        let used = GLYPH + key + GAP + field + GAP + left + GAP + right;
                        let used = used + if rest > 0 { GAP + rest } else { 0 };
                        assert!(used <= width && key > 0 && field > 0 && left > 0 && right > 0, "{natural:?} {width}");
                    }
                    Columns::Compact { key, text } => assert!(GLYPH + key + 1 + text <= width.max(GLYPH + 1)),
                }
            }
        }
        assert_eq!(Columns::of(small, 80), Columns::Table { widths: small, rest: 33 });
        assert_eq!(Columns::of(small, 20), Columns::Compact { key: 6, text: 11 });
    }
}
