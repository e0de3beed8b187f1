//! The declarations of a table in SQLite.

use super::Catalogue;
use crate::draft::{Column, UniqueKey};
use crate::source::sql::Quote;
use crate::source::tables::catalogue;
use crate::source::{Settings, SourceError};

/// The declarations of a table or view.
pub(super) fn declared(settings: &Settings, table: &str) -> Result<Catalogue, SourceError> {
    let mut parts = Quote('"').parts(table);
    let name = literal(&parts.pop().unwrap_or_default());
    let schema = literal(&parts.pop().unwrap_or_else(|| "main".to_owned()));
    // Hidden columns of virtual tables are not in rows.
    let query = format!(
        "SELECT 'column' AS what, name AS n, type AS a, \"notnull\" AS b, pk AS c, cid AS o \
         FROM pragma_table_xinfo({name}, {schema}) WHERE hidden <> 1 \
         UNION ALL SELECT 'key', i.name, l.name, l.origin, l.seq, i.seqno FROM pragma_index_list({name}, {schema}) AS l \
         JOIN pragma_index_info(l.name, {schema}) AS i WHERE l.\"unique\" AND NOT l.partial ORDER BY 1, 5, 6"
    );
    let rows = catalogue(settings, &query)?;
    let mut found = Catalogue::default();
    let mut primary: Vec<(u32, usize)> = Vec::new();
    let mut last = None;
    let mut has_primary_index = false;
    for row in &rows {
        let [Some(what), name, Some(a), Some(b), Some(c), _] = row.as_slice() else { continue };
        match (what.as_str(), name) {
            ("column", Some(name)) => {
                let declared = (!a.is_empty()).then(|| a.clone());
                if let Some(place) = c.parse().ok().filter(|place| *place > 0) {
                    primary.push((place, found.columns.len()));
                }
                found.columns.push(Column { name: name.clone(), declared, not_null: b == "1" });
            }
            ("key", name) => {
                has_primary_index |= b == "pk";
                found.push_key(&mut last, a, b == "pk", name.as_deref());
            }
            _ => {}
        }
    }
    primary.sort_unstable();
    // A single INTEGER PRIMARY KEY without an index is the number of the row, and never null. Other columns of a
    // primary key may be null in SQLite.
    if let ([(_, column)], false) = (primary.as_slice(), has_primary_index)
        && let Some(column) = found.columns.get_mut(*column)
        && column.declared.as_ref().is_some_and(|declared| declared.eq_ignore_ascii_case("INTEGER"))
    {
        column.not_null = true;
        found.unique.push(UniqueKey { columns: vec![column.name.clone()], is_primary: true });
    }
    Ok(found)
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
