//! The fields of a record as the cells of a line.

use std::borrow::Cow;

use mst_types::ItemType;
use unicode_width::UnicodeWidthStr;

use crate::model::columns::{Columns, cell_text};
use crate::model::item::{self, ItemFormat};
use crate::model::text::cut;

/// Values longer than this are not decoded for a line, in bytes: that would be felt.
const LONGEST: usize = 16 << 10;
/// The longest text of a cell, in columns.
const CELL: usize = 400;

/// Whether values of these columns have fields.
pub(crate) fn has_fields(columns: &Columns) -> bool {
    columns.all().iter().any(|column| !column.name.is_empty())
}

/// The cells of a value, one for each column, hidden or not. None where the value cannot be decoded, or not in a moment.
pub(crate) fn cells(
    stored: &[u8],
    ty: Option<&ItemType>,
    columns: &Columns,
    format: ItemFormat,
) -> Option<Vec<String>> {
    if !has_fields(columns) {
        return Some(vec![item::line(stored, ty, format, CELL)]);
    }
    if stored.len() > LONGEST {
        return None;
    }
    let value = ty?.decode(stored).ok()?;
    let cell = |part| cell_text(part, stored, format, CELL);
    Some(columns.all().iter().map(|column| column.of(&value).map(cell).unwrap_or_default()).collect())
}

/// A text of the width of its column: cut, or with blanks before it or after it.
pub(crate) fn aligned(text: &str, width: usize, at_right: bool) -> String {
    let text: Cow<'_, str> = if text.width() > width { cut(text, width).into() } else { text.into() };
    let blanks = " ".repeat(width.saturating_sub(text.width()));
    if at_right { format!("{blanks}{text}") } else { format!("{text}{blanks}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_column_has_a_cell() {
        let ty = ItemType::postcard("{id: u32, note: Option<String>, total: decimal(2)}".parse().unwrap());
        let stored = ty.parse(r#"{"id": 12345, "note": "a\nb", "total": 1.5}"#).unwrap();
        let columns = Columns::of(&[Some(&ty)]);
        let cells = |stored, format| cells(stored, Some(&ty), &columns, format);
        assert_eq!(cells(&stored, ItemFormat::Auto).unwrap(), ["12,345", "a\\nb", "1.50"]);
        assert_eq!(cells(&stored[..2], ItemFormat::Auto), None);
        let number = ItemType::postcard("u8".parse().unwrap());
        let columns = Columns::of(&[Some(&number)]);
        assert_eq!(super::cells(&[7], Some(&number), &columns, ItemFormat::Auto).unwrap(), ["7"]);
    }

    #[test]
    fn texts_are_aligned_by_columns() {
        assert_eq!(aligned("7", 3, true), "  7");
        assert_eq!(aligned("日", 3, false), "日 ");
        assert_eq!(aligned("abcd", 3, true), "ab…");
    }
}
