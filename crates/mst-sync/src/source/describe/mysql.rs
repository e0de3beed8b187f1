//! The declarations of a table in MySQL or MariaDB.

use super::Catalogue;
use crate::draft::Column;
use crate::source::sql::Quote;
use crate::source::tables::catalogue;
use crate::source::{Settings, SourceError};

/// The columns and the columns of unique indexes; an index of an expression has none. Values of different collations
/// cannot be in one column of a union, so each has its own.
const QUERY: &str = "SELECT 'column' AS what, TABLE_NAME AS t, COLUMN_NAME AS n, COLUMN_TYPE AS a, IS_NULLABLE AS b, \
    NULL AS i, ORDINAL_POSITION AS o FROM information_schema.COLUMNS WHERE CONDITION \
    UNION ALL SELECT 'key', TABLE_NAME, COLUMN_NAME, NULL, NULL, INDEX_NAME, SEQ_IN_INDEX \
    FROM information_schema.STATISTICS WHERE NON_UNIQUE = 0 AND CONDITION";

/// The declarations of a table or view.
pub(super) fn declared(settings: &Settings, table: &str) -> Result<Catalogue, SourceError> {
    let mut parts = Quote('`').parts(table);
    let table = parts.pop().unwrap_or_default();
    let schema = parts.pop().map_or_else(|| "DATABASE()".to_owned(), |schema| literal(&schema));
    let condition = format!("TABLE_SCHEMA = {schema} AND TABLE_NAME = {}", literal(&table));
    let mut rows = catalogue(settings, &QUERY.replace("CONDITION", &condition))?;
    // The catalogue compares names without case, but two tables may differ only in it.
    let is_exact = |row: &[Option<String>]| matches!(row, [_, Some(name), ..] if *name == table);
    if rows.iter().any(|row| is_exact(row)) {
        rows.retain(|row| is_exact(row));
    }
    // A union has no order of its own; indexes come first, in the order of their columns.
    let place = |row: &Vec<Option<String>>| match row.as_slice() {
        [what, .., index, order] => {
            (what.clone(), index.clone(), order.as_ref().and_then(|order| order.parse::<u64>().ok()))
        }
        _ => (None, None, None),
    };
    rows.sort_by_cached_key(place);
    let mut found = Catalogue::default();
    let mut last = None;
    for row in &rows {
        match row.as_slice() {
            [_, _, Some(name), declared @ Some(_), Some(nullable), None, _] => {
                let not_null = nullable == "NO";
                found.columns.push(Column { name: name.clone(), declared: declared.clone(), not_null });
            }
            [_, _, name, _, _, Some(index), _] => {
                found.push_key(&mut last, index, index == "PRIMARY", name.as_deref());
            }
            _ => {}
        }
    }
    Ok(found)
}

/// A text as hex digits, so that no mode of the server can change its meaning.
fn literal(text: &str) -> String {
    format!("_utf8mb4 X'{}'", hex::encode(text))
}
