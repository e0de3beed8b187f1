//! The declarations of a table in PostgreSQL.

use super::Catalogue;
use crate::draft::Column;
use crate::source::sql::Quote;
use crate::source::tables::catalogue;
use crate::source::{Settings, SourceError};

/// The columns with their types, those of domains being their base types, and the columns of unique indexes. A table
/// from which others inherit gives their rows too, which its own declarations do not cover; a foreign table only
/// claims what it declares.
const QUERY: &str = "WITH RECURSIVE t AS (\
    SELECT c.oid, c.relkind NOT IN ('r', 'p', 'm') OR c.relkind = 'r' AND EXISTS \
        (SELECT 1 FROM pg_catalog.pg_inherits h WHERE h.inhparent = c.oid) AS is_open \
    FROM pg_catalog.pg_class c WHERE c.oid = to_regclass(TABLE_NAME)), \
    a AS (SELECT a.attnum AS n, a.attname AS name, a.atttypid AS ty, a.atttypmod AS modifier, \
        a.attnotnull AND NOT t.is_open AS never, t.is_open \
    FROM pg_catalog.pg_attribute a JOIN t ON a.attrelid = t.oid WHERE a.attnum > 0 AND NOT a.attisdropped \
    UNION ALL SELECT a.n, a.name, d.typbasetype, d.typtypmod, a.never OR d.typnotnull AND NOT a.is_open, a.is_open \
    FROM a JOIN pg_catalog.pg_type d ON d.oid = a.ty WHERE d.typtype = 'd') \
    SELECT 'column' AS what, a.name::text AS name, format_type(a.ty, a.modifier) AS a, a.never::text AS b, a.n::int AS c, \
        0 AS o FROM a JOIN pg_catalog.pg_type d ON d.oid = a.ty WHERE d.typtype <> 'd' \
    UNION ALL SELECT 'key', c.attname::text, i.indexrelid::text, i.indisprimary::text, i.indexrelid::int, k.n::int \
    FROM pg_catalog.pg_index i JOIN t ON i.indrelid = t.oid \
    CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n) \
    LEFT JOIN pg_catalog.pg_attribute c ON c.attrelid = i.indrelid AND c.attnum = k.attnum \
    WHERE i.indisunique AND i.indisvalid AND i.indisready AND NOT i.indisexclusion AND i.indpred IS NULL \
        AND i.indexprs IS NULL AND k.n <= i.indnkeyatts AND NOT t.is_open ORDER BY 1, 5, 6";

/// The declarations of a table or view.
pub(super) fn declared(settings: &Settings, table: &str) -> Result<Catalogue, SourceError> {
    let literal = format!("'{}'", Quote('"').table(table).replace('\'', "''"));
    let mut found = Catalogue::default();
    let mut last = None;
    for row in catalogue(settings, &QUERY.replace("TABLE_NAME", &literal))? {
        let [Some(what), name, Some(a), Some(b), ..] = row.as_slice() else { continue };
        match (what.as_str(), name) {
            ("column", Some(name)) => {
                found.columns.push(Column { name: name.clone(), declared: Some(a.clone()), not_null: b == "true" });
            }
            ("key", name) => found.push_key(&mut last, a, b == "true", name.as_deref()),
            _ => {}
        }
    }
    Ok(found)
}
