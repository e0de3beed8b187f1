//! The columns of the outline: where records' keys end and how wide their fields are.
//!
//! The widths grow with what comes into sight and do not shrink, so that nothing jumps while the user scrolls.

use file_mst::NodeKey;
use mst_types::ItemType;
use unicode_width::UnicodeWidthStr;

use super::{TreeScreen, draw};
use crate::model::columns::{Column, Columns};
use crate::model::fields;
use crate::model::item::ItemFormat;
use crate::model::outline::Row;

/// The widest field, in columns, where others follow.
const WIDEST: usize = 28;
/// The columns before the indentation of a row: a mark, the level, a space.
pub(crate) const GUTTER: usize = 4;
/// The columns between the indentation and a key.
pub(crate) const BEFORE_KEY: usize = 2;

/// The columns of records in the outline.
#[derive(Clone, Debug, Default)]
pub(crate) struct RecordColumns {
    /// The fields; one without a name where the values have none.
    pub(crate) fields: Columns,
    /// The column, counted from the left edge, in which the longest key ends.
    pub(crate) key_end: usize,
    pub(crate) widths: Vec<usize>,
    formats: (ItemFormat, ItemFormat),
    pane: usize,
}

impl RecordColumns {
    pub(crate) fn new(ty: Option<&ItemType>) -> Self {
        Self { fields: Columns::of(&[ty]), ..Self::default() }
    }

    pub(crate) fn has_fields(&self) -> bool {
        fields::has_fields(&self.fields)
    }

    /// Begins anew where keys or values look different than before, or the pane has another width.
    fn begin(&mut self, formats: (ItemFormat, ItemFormat), pane: usize) {
        if (self.formats, self.pane) == (formats, pane) && !self.widths.is_empty() {
            return;
        }
        let name = |column: &Column| column.title().width().min(WIDEST);
        (self.formats, self.pane, self.key_end) = (formats, pane, 0);
        self.widths = self.fields.all().iter().map(name).collect();
    }
}

/// How far a row of this depth is indented in a pane of this width. Deep rows would leave a narrow one otherwise.
pub(crate) fn indent(depth: usize, width: usize) -> usize {
    (2 * depth).min(width / 3)
}

impl TreeScreen {
    /// Makes the columns as wide as the visible records need them.
    pub(super) fn fit_columns(&mut self) {
        let pane = usize::from(self.areas.outline_inside().width);
        let mut columns = std::mem::take(&mut self.columns);
        columns.begin((self.shared.key_format, self.shared.value_format), pane);
        let window = self.cursor.window(self.outline.rows().len());
        for row in self.outline.rows().get(window).unwrap_or_default() {
            let (Row::Record(..), Some(key)) = (row, self.outline.key(*row)) else { continue };
            let start = GUTTER + indent(self.outline.depth(*row), pane) + BEFORE_KEY;
            let end = start + draw::key(self, &key, pane / 2).width();
            columns.key_end = columns.key_end.max(end.min(2 * pane / 3));
            let cells = self.record_cells(&columns, &key);
            for (width, cell) in columns.widths.iter_mut().zip(cells.iter().flatten()) {
                *width = (*width).max(cell.width().min(WIDEST));
            }
        }
        self.columns = columns;
    }

    /// The fields of a record; none where its value is shown as one.
    pub(crate) fn record_cells(&self, columns: &RecordColumns, key: &NodeKey) -> Option<Vec<String>> {
        let format = self.shared.value_format;
        if !columns.has_fields() || format == ItemFormat::Redacted {
            return None;
        }
        fields::cells(key.record()?.bytes().value, self.typing.value.as_ref(), &columns.fields, format)
    }
}
