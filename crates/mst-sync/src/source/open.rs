//! A source opened: its columns and its rows.

use std::ops::ControlFlow;

use super::{BrokenRow, Cell, Gauge, Settings, SourceError};

/// A row of a source.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Which one it is: its line in a text file, else counted from 1 in the order in which the source gives rows.
    pub number: u64,
    /// A cell for each column.
    pub cells: &'a [Cell<'a>],
    /// The row as the source writes it, where it is a text.
    pub raw: Option<&'a str>,
}

/// What is called with each row, or with what is wrong with it; it may end the reading.
pub type Visit<'v> = dyn FnMut(Result<Row<'_>, BrokenRow>) -> ControlFlow<()> + 'v;

/// An opened source.
pub trait Source {
    /// What it is called in messages: a table or a file.
    fn name(&self) -> &str;

    /// The columns that rows have, in their order.
    fn columns(&self) -> &[String];

    /// How far it is read.
    fn gauge(&self) -> Gauge;

    /// Reads all rows, holding one at a time. A broken row is handed on, and reading goes on after it.
    ///
    /// # Errors
    /// [`SourceError`], after which nothing more can be read.
    fn each(&mut self, visit: &mut Visit<'_>) -> Result<(), SourceError>;
}

/// What is wanted of a source. Less is less to read, where the source can tell.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// These columns; all of them without it.
    pub columns: Option<Vec<String>>,
    /// Only rows in question. A source may give others too.
    pub filter: Option<Filter>,
}

/// Only rows with one of these values in a column.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The column.
    pub column: String,
    /// Whole numbers or UUIDs, as databases read them.
    pub values: Vec<String>,
}

/// Opens a source. Relative paths are those that the settings have been given.
///
/// # Errors
/// [`SourceError`].
#[cfg_attr(
    not(any(feature = "ndjson", feature = "sqlite", feature = "postgres", feature = "mysql", feature = "parquet")),
    allow(unused_variables)
)]
pub fn open(settings: &Settings, wanted: &Wanted) -> Result<Box<dyn Source>, SourceError> {
    #[cfg(not(all(
        feature = "csv",
        feature = "ndjson",
        feature = "sqlite",
        feature = "postgres",
        feature = "mysql",
        feature = "parquet"
    )))]
    let missing = |kind| Err(SourceError::NotBuilt { kind });
    match settings {
        #[cfg(feature = "csv")]
        Settings::Csv { path, format, encoding } => {
            Ok(Box::new(super::csv::CsvSource::open(path.as_deref(), format, encoding.as_ref())?))
        }
        #[cfg(not(feature = "csv"))]
        Settings::Csv { .. } => missing("csv"),
        #[cfg(feature = "ndjson")]
        Settings::Ndjson { path, encoding } => {
            Ok(Box::new(super::ndjson::NdjsonSource::open(path.as_deref(), encoding.as_ref(), wanted)?))
        }
        #[cfg(not(feature = "ndjson"))]
        Settings::Ndjson { .. } => missing("ndjson"),
        #[cfg(feature = "sqlite")]
        Settings::Sqlite { path, select } => Ok(Box::new(super::sqlite::SqliteSource::open(path, select, wanted)?)),
        #[cfg(not(feature = "sqlite"))]
        Settings::Sqlite { .. } => missing("sqlite"),
        #[cfg(feature = "postgres")]
        Settings::Postgres { location, select } => {
            Ok(Box::new(super::postgres::PostgresSource::open(location, select, wanted)?))
        }
        #[cfg(not(feature = "postgres"))]
        Settings::Postgres { .. } => missing("postgres"),
        #[cfg(feature = "mysql")]
        Settings::Mysql { location, select } => {
            Ok(Box::new(super::mysql::MysqlSource::open(location, select, wanted)?))
        }
        #[cfg(not(feature = "mysql"))]
        Settings::Mysql { .. } => missing("mysql"),
        #[cfg(feature = "parquet")]
        Settings::Parquet { path } => Ok(Box::new(super::parquet::ParquetSource::open(path, wanted)?)),
        #[cfg(not(feature = "parquet"))]
        Settings::Parquet { .. } => missing("parquet"),
    }
}
