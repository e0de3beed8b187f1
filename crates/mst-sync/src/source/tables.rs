//! The tables of a database.

use std::ops::ControlFlow;

use super::{Cell, Select, Settings, SourceError, Wanted, open};

/// Tables, views and virtual tables, without those that belong to SQLite itself.
const SQLITE: &str = "SELECT NULL AS s, name AS t FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow' AND \
    name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

/// Tables, views and foreign tables that the user may see, without partitions.
const POSTGRES: &str = "SELECT n.nspname::text AS s, c.relname::text AS t FROM pg_catalog.pg_class c \
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition \
    AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND has_schema_privilege(n.oid, 'USAGE')";

/// The tables and views of the database, or of all of them if the URL names none.
const MYSQL: &str = "SELECT IF(DATABASE() IS NULL, TABLE_SCHEMA, NULL) AS s, TABLE_NAME AS t \
    FROM information_schema.TABLES WHERE TABLE_SCHEMA = COALESCE(DATABASE(), TABLE_SCHEMA) \
    AND TABLE_SCHEMA NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys')";

/// The names of all tables and views of a database, as a selection takes them, sorted. The selection of `settings` does
/// not matter. Sources that are no databases have none.
///
/// # Errors
/// The database cannot be read.
pub fn tables(settings: &Settings) -> Result<Vec<String>, SourceError> {
    let (query, quote) = match settings {
        Settings::Sqlite { .. } => (SQLITE, '"'),
        Settings::Postgres { .. } => (POSTGRES, '"'),
        Settings::Mysql { .. } => (MYSQL, '`'),
        _ => return Ok(Vec::new()),
    };
    let mut names: Vec<String> = catalogue(settings, query)?
        .into_iter()
        .filter_map(|row| {
            let mut parts = row.into_iter();
            let (schema, table) = (parts.next()?, parts.next()??);
            let schema = schema.map_or_else(String::new, |schema| format!("{}.", part(&schema, quote)));
            Some(format!("{schema}{}", part(&table, quote)))
        })
        .collect();
    names.sort();
    Ok(names)
}

/// A part of a table's name, in quotes if it could be read in another way.
fn part(name: &str, quote: char) -> String {
    if name.contains('.') || name.starts_with(quote) {
        format!("{quote}{}{quote}", name.replace(quote, &format!("{quote}{quote}")))
    } else {
        name.to_owned()
    }
}

/// Whether a name that a user gave selects this table of an SQLite file, which ignores case.
pub(super) fn selects(settings: &Settings, given: &str, known: &str) -> bool {
    let bare = |name: &str| {
        let main = name.get(..5).filter(|schema| schema.eq_ignore_ascii_case("main."));
        let name = main.and_then(|_| name.get(5..)).unwrap_or(name);
        let inner = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
        inner.map_or_else(|| name.to_owned(), |inner| inner.replace("\"\"", "\"")).to_ascii_lowercase()
    };
    let is_own_table = |name: &str| name.starts_with("sqlite_") && matches!(settings, Settings::Sqlite { .. });
    bare(given) == bare(known) || is_own_table(&bare(given))
}

/// The rows of a query about the database itself, as texts.
pub(super) fn catalogue(settings: &Settings, query: &str) -> Result<Vec<Vec<Option<String>>>, SourceError> {
    let Some(settings) = settings.with_select(Select::Query(query.to_owned())) else { return Ok(Vec::new()) };
    let mut source = open(&settings, &Wanted::default())?;
    let mut rows = Vec::new();
    let mut broken = None;
    source.each(&mut |row| match row {
        Ok(row) => {
            rows.push(row.cells.iter().map(text).collect());
            ControlFlow::Continue(())
        }
        Err(row) => {
            broken = Some(SourceError::Database { name: row.name, message: row.message });
            ControlFlow::Break(())
        }
    })?;
    broken.map_or(Ok(rows), Err)
}

fn text(cell: &Cell<'_>) -> Option<String> {
    match cell {
        Cell::Null => None,
        Cell::Text(text) | Cell::TextOrJson(text) => Some(text.clone().into_owned()),
        // Old versions of MySQL give names as bytes.
        Cell::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        cell => Some(cell.to_string()),
    }
}
