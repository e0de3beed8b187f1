//! The declarations of a source: its columns with their types, and its keys.

mod catalogue;
#[cfg(feature = "mysql")]
mod mysql;
mod names;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use super::tables::tables;
use super::{Select, Settings, Source, SourceError, Wanted, open};
use crate::draft::{Column, UniqueKey};
use crate::similar::nearest_first;
pub(super) use catalogue::Catalogue;

/// What a source declares about its rows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Description {
    /// The columns that can be read, in the order of the source. To read just these, name them in
    /// [`Wanted::columns`](super::Wanted::columns).
    pub columns: Vec<Column>,
    /// The primary key and the unique indexes that hold for all rows and consist of readable columns, the primary key
    /// first. A unique index allows several rows with null unless its columns are declared to be never null.
    pub unique: Vec<UniqueKey>,
    /// The number of rows, often an estimate; `None` if it is unknown without reading them.
    pub rows: Option<u64>,
    /// The columns that cannot be read.
    pub unreadable: Vec<Unreadable>,
}

/// A column that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unreadable {
    /// The name of the column.
    pub name: String,
    /// The reason, in words.
    pub why: String,
}

/// The maximum number of columns whose reason is asked for.
const MAX_REASONS: usize = 20;

/// Describes a source. Tables are not read: databases are asked for their catalogues, and of files the schema or the
/// first line is read. The exception is NDJSON, which declares nothing: all lines are read for the names of their
/// members, because a member that occurs in a few lines only would not be compared otherwise.
///
/// Only what holds for every row is declared. In particular, these are left out: partial indexes, indexes of
/// expressions, indexes that are not valid yet, keys of tables of PostgreSQL from which others inherit, and what a
/// foreign table of PostgreSQL says of itself. If a database hides its catalogue, there are only the columns.
///
/// # Errors
/// [`SourceError::Table`] if the table does not exist, [`SourceError::StandardInput`] if the source can be read only
/// once, and everything that [`open`](super::open) returns.
pub fn describe(settings: &Settings) -> Result<Description, SourceError> {
    let catalogue = match settings {
        Settings::Csv { path: None, .. } | Settings::Ndjson { path: None, .. } => {
            return Err(SourceError::StandardInput);
        }
        #[cfg(feature = "ndjson")]
        Settings::Ndjson { path: Some(_), .. } => return names::ndjson(settings),
        #[cfg(feature = "parquet")]
        Settings::Parquet { path } => super::parquet::declared(path)?,
        Settings::Tree(tree) => {
            let source = super::tree::TreeSource::open(tree, &Wanted::default())?;
            let (rows, count) = (source.rows(), source.gauge().rows(settings));
            let (columns, unique) = (rows.columns.clone(), rows.unique());
            return Ok(Description { columns, unique, rows: count, unreadable: Vec::new() });
        }
        Settings::Mapping { path } => {
            let rows = super::mapped::rows(&super::mapped::read(path)?.contract);
            let unique = rows.unique();
            return Ok(Description { columns: rows.columns, unique, ..Description::default() });
        }
        _ => Catalogue::default(),
    };
    let source = open(settings, &Wanted::default()).map_err(|error| no_table(settings, error))?;
    let (have, rows) = (source.columns().to_vec(), source.gauge().rows(settings));
    drop(source);
    // A server of another make may not have these catalogues.
    let catalogue = match settings {
        #[cfg(feature = "sqlite")]
        Settings::Sqlite { select: Select::Table(table), .. } => sqlite::declared(settings, table).unwrap_or_default(),
        #[cfg(feature = "postgres")]
        Settings::Postgres { select: Select::Table(table), .. } => {
            postgres::declared(settings, table).unwrap_or_default()
        }
        #[cfg(feature = "mysql")]
        Settings::Mysql { select: Select::Table(table), .. } => mysql::declared(settings, table).unwrap_or_default(),
        _ => catalogue,
    };
    let is_case_blind = matches!(settings, Settings::Sqlite { .. } | Settings::Mysql { .. });
    let mut description = catalogue.description(&have, is_case_blind);
    description.rows = rows;
    for column in description.unreadable.iter_mut().filter(|column| column.why.is_empty()).take(MAX_REASONS) {
        column.why = why_unreadable(settings, &column.name);
    }
    for column in description.unreadable.iter_mut().filter(|column| column.why.is_empty()) {
        column.why = "of a type that is not supported".to_owned();
    }
    Ok(description)
}

/// Why a column cannot be read, in the words with which it is refused.
fn why_unreadable(settings: &Settings, column: &str) -> String {
    let wanted = Wanted { columns: Some(vec![column.to_owned()]), ..Wanted::default() };
    match open(settings, &wanted) {
        Err(SourceError::Database { message, .. }) => {
            let prefix = format!("the column {column:?} is ");
            message.strip_prefix(&prefix).map_or(message.clone(), str::to_owned)
        }
        Err(error) => error.to_string(),
        Ok(_) => String::new(),
    }
}

/// The error of a table that does not exist, with those that do; any other error stays.
fn no_table(settings: &Settings, error: SourceError) -> SourceError {
    let (SourceError::Database { name, message }, Some(table)) = (&error, settings.table()) else { return error };
    // The codes of PostgreSQL and MySQL, and the words of SQLite.
    let is_missing = ["(42P01)", "42S02)", "no such table"].iter().any(|code| message.contains(code));
    match tables(settings) {
        // A view may name a table that does not exist any more.
        Ok(have) if is_missing && !have.iter().any(|known| known == table) => {
            let as_name = |known: String| {
                let select = Select::Table(known.clone());
                settings.with_select(select).and_then(|found| found.to_name()).unwrap_or(known)
            };
            let have = nearest_first(table, have).into_iter().map(as_name).collect();
            let suffix = format!(", table {table}");
            let name = name.strip_suffix(&suffix).unwrap_or(name).to_owned();
            SourceError::Table { name, table: table.to_owned(), have }
        }
        _ => error,
    }
}

impl Settings {
    /// The table of a database, if it is selected by its name.
    fn table(&self) -> Option<&str> {
        match self {
            Self::Sqlite { select: Select::Table(table), .. }
            | Self::Postgres { select: Select::Table(table), .. }
            | Self::Mysql { select: Select::Table(table), .. } => Some(table),
            _ => None,
        }
    }
}
