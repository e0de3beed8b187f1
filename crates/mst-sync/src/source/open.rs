//! Opened sources: their columns and rows.

use std::ops::ControlFlow;

use super::batch::Batches;
use super::selected::Selected;
use super::{BrokenRow, Cell, FileHasher, Gauge, Settings, SourceError};
use crate::condition::{Now, RowCondition};

/// A row of a source.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The number of the row: its line in a text file, otherwise counted from 1 in the order of the source.
    pub number: u64,
    /// A cell for each column.
    pub cells: &'a [Cell<'a>],
    /// The row as written in the source, if that is text.
    pub raw: Option<&'a str>,
}

/// The callback for each row, or for a row that cannot be parsed; it can end the reading.
pub type Visit<'v> = dyn FnMut(Result<Row<'_>, BrokenRow>) -> ControlFlow<()> + 'v;

/// The name, the columns and the progress of an opened source.
#[derive(Clone, Debug)]
pub struct SourceInfo {
    /// The name of the source in messages: a table or a file.
    pub name: String,
    /// The columns of the rows, in their order.
    pub columns: Vec<String>,
    /// The progress of reading.
    pub gauge: Gauge,
    /// Whether [`Wanted::filter`] is applied. If not, all rows are delivered.
    pub is_filtered: bool,
}

/// An opened source.
pub trait Source {
    /// The name, the columns and the progress.
    fn info(&self) -> &SourceInfo;

    /// The name of the source in messages: a table or a file.
    fn name(&self) -> &str {
        &self.info().name
    }

    /// The columns of the rows, in their order.
    fn columns(&self) -> &[String] {
        &self.info().columns
    }

    /// The progress of reading.
    fn gauge(&self) -> Gauge {
        self.info().gauge.clone()
    }

    /// Reads all rows, holding one at a time. A row that cannot be parsed is passed to `visit`, and reading continues.
    ///
    /// # Errors
    /// [`SourceError`], after which nothing more can be read.
    fn each(&mut self, visit: &mut Visit<'_>) -> Result<(), SourceError>;

    /// The same rows in batches, if the source reads them so.
    #[doc(hidden)]
    fn batches(&mut self) -> Option<&mut dyn Batches> {
        None
    }
}

/// A request for a part of a source. Sources that can do so read only this part.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Only these columns; all of them if `None`.
    pub columns: Option<Vec<String>>,
    /// Only the rows that match. A source may deliver others as well.
    pub filter: Option<Filter>,
    /// Only the rows that this condition takes, and no others. Columns that only the condition needs are not delivered.
    pub rows: Option<RowCondition>,
    /// The moment that `now` stands for in the condition. The default is the moment at which this is made.
    pub now: Now,
    /// Texts that mean null to the condition.
    pub null: Vec<String>,
    /// Columns without which the reading ends with an error, also in a source whose columns nobody knows before all
    /// rows are read.
    pub must_exist: Vec<String>,
    /// Hashes the bytes of a text file as they are read.
    #[doc(hidden)]
    pub hasher: Option<FileHasher>,
}

impl Wanted {
    /// The condition that the database itself has to evaluate.
    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    pub(super) fn sql(&self) -> Option<&str> {
        match &self.rows {
            Some(RowCondition::Sql(sql)) => Some(sql),
            Some(RowCondition::Checked(_)) | None => None,
        }
    }
}

/// A filter for rows with one of these values in a column. Rows without a value there always match, and so do rows with a
/// value of a kind for which the filter has no list. A source for which it is not certain that it would deliver every
/// matching row delivers all rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Filter {
    /// The column.
    pub column: String,
    /// Whole numbers.
    pub ints: Option<Vec<i128>>,
    /// Whole numbers outside this range, ends included, match as well.
    pub range: Option<(i128, i128)>,
    /// Texts.
    pub texts: Option<Vec<String>>,
    /// UUIDs.
    pub uuids: Option<Vec<[u8; 16]>>,
}

/// Opens a source. Relative paths have already been resolved in the settings.
///
/// A row on which the condition of `wanted` cannot decide is delivered as a broken row.
///
/// # Errors
/// See [`SourceError`].
pub fn open(settings: &Settings, wanted: &Wanted) -> Result<Box<dyn Source>, SourceError> {
    open_within(settings, wanted, 0)
}

/// [`open`], for a source that is read within `depth` mappings.
pub(super) fn open_within(settings: &Settings, wanted: &Wanted, depth: usize) -> Result<Box<dyn Source>, SourceError> {
    match &wanted.rows {
        Some(RowCondition::Checked(condition)) => Ok(Box::new(Selected::open(settings, wanted, condition, depth)?)),
        Some(RowCondition::Sql(_)) if !settings.is_database() => Err(SourceError::SqlOfFile { name: settings.name() }),
        Some(RowCondition::Sql(_)) | None => open_all(settings, wanted, depth),
    }
}

/// Opens a source without regard to a condition that is not in SQL.
#[cfg_attr(
    not(any(feature = "ndjson", feature = "sqlite", feature = "postgres", feature = "mysql", feature = "parquet")),
    allow(unused_variables)
)]
pub(super) fn open_all(settings: &Settings, wanted: &Wanted, depth: usize) -> Result<Box<dyn Source>, SourceError> {
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
        Settings::Tree(tree) => Ok(Box::new(super::tree::TreeSource::open(tree, wanted)?)),
        Settings::Mapping { path } => Ok(Box::new(super::mapped::MappedSource::open(path, wanted, depth)?)),
        #[cfg(feature = "csv")]
        Settings::Csv { path, format, encoding } => {
            Ok(Box::new(super::csv::CsvSource::open(path.as_deref(), format, encoding.as_ref(), wanted)?))
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
