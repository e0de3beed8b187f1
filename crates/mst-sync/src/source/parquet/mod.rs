//! Parquet files of flat columns, read column by column, because the row reader of the crate rounds times.

mod column;
mod decimal;
mod declared;
mod kind;

use std::fs::File;
use std::path::Path;

use parquet::column::reader::ColumnReader;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};

use self::column::Column;
pub(super) use self::column::ColumnRows;
pub(super) use self::declared::declared;
use self::kind::Kind;
use super::batch::{Batch, Batches, Rows};
use super::{Gauge, Source, SourceError, SourceInfo, Visit, Wanted};

/// The number of rows read at once.
const BATCH: usize = 4096;

pub(super) struct ParquetSource {
    info: SourceInfo,
    reader: SerializedFileReader<File>,
    leaves: Vec<Leaf>,
    /// The next row group, and the readers of the columns of the one that is being read.
    group: usize,
    readers: Vec<ColumnReader>,
    /// The rows of the group that are left, and the number of the first of them.
    left: usize,
    first: u64,
    /// The number of the first row of the next group, and of this one.
    next_first: u64,
    this_first: u64,
}

/// A column of the file.
#[derive(Clone, Copy)]
struct Leaf {
    /// Its index among all columns, including those inside groups.
    index: usize,
    kind: Kind,
    /// Whether a value may be missing.
    optional: bool,
}

impl ParquetSource {
    pub(super) fn open(path: &Path, wanted: &Wanted) -> Result<Self, SourceError> {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|source| SourceError::Io { path: path.to_owned(), source })?;
        let database = |message: String| SourceError::Database { name: name.clone(), message };
        let reader = guarded(|| SerializedFileReader::new(file)).map_err(|error| database(error.to_string()))?;
        let meta = reader.metadata().file_metadata();
        let gauge = Gauge::new(u64::try_from(meta.num_rows()).ok());
        let all = meta.schema().get_fields();
        let have: Vec<String> = all.iter().map(|field| field.name().to_owned()).collect();
        let leaf = |column: &str| -> Result<Leaf, String> {
            let leaves = meta.schema_descr().columns().iter().zip(0..);
            let found = leaves.into_iter().find(|(leaf, _)| matches!(leaf.path().parts(), [name] if name == column));
            let Some((leaf, index)) = found.filter(|(leaf, _)| leaf.max_rep_level() == 0) else {
                return Err("a list, a map or a struct, which is not supported".to_owned());
            };
            Ok(Leaf { index, kind: Kind::of(leaf)?, optional: leaf.max_def_level() > 0 })
        };
        let (mut columns, mut leaves) = (Vec::new(), Vec::new());
        for column in wanted.columns.as_ref().unwrap_or(&have) {
            let (name, column) = (name.clone(), column.clone());
            match have.iter().filter(|known| **known == column).count() {
                0 => return Err(SourceError::Column { name, column, have }),
                1 => {}
                _ => return Err(SourceError::Columns { name, column }),
            }
            match leaf(&column) {
                Ok(leaf) => {
                    columns.push(column);
                    leaves.push(leaf);
                }
                Err(why) if wanted.columns.is_some() => {
                    return Err(database(format!("the column {column:?} is {why}")));
                }
                // The column was not requested.
                Err(_) => {}
            }
        }
        let info = SourceInfo { name, columns, gauge, is_filtered: false };
        let (readers, left) = (Vec::new(), 0);
        Ok(Self { info, reader, leaves, group: 0, readers, left, first: 1, next_first: 1, this_first: 1 })
    }

    /// Reads the next rows of the group that is being read; the next group's if that has ended. `None` at the end.
    fn next(&mut self, memory: Vec<Column>) -> Result<Option<ColumnRows>, ParquetError> {
        while self.left == 0 {
            if self.group >= self.reader.num_row_groups() {
                return Ok(None);
            }
            self.this_first = self.next_first;
            let group = guarded(|| self.reader.get_row_group(self.group))?;
            self.readers.clear();
            for leaf in &self.leaves {
                self.readers.push(guarded(|| group.get_column_reader(leaf.index))?);
            }
            self.left = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            self.group += 1;
            self.first = self.next_first;
            self.next_first += self.left as u64;
        }
        let rows = self.left.min(BATCH);
        let mut memory = memory.into_iter();
        let mut columns = Vec::with_capacity(self.leaves.len());
        for (reader, leaf) in self.readers.iter_mut().zip(&self.leaves) {
            let mut column = memory.next().unwrap_or_default();
            guarded(|| column.read(reader, leaf, rows))?;
            if column.len() != rows {
                let row = self.first + column.len() as u64;
                return Err(ParquetError::EOF(format!("a column ends before row {row}")));
            }
            columns.push(column);
        }
        let first = self.first;
        self.first += rows as u64;
        self.left -= rows;
        self.info.gauge.add(rows as u64);
        Ok(Some(ColumnRows::new(columns, first, rows, self.info.name.clone())))
    }
}

impl Source for ParquetSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn each(&mut self, visit: &mut Visit<'_>) -> Result<(), SourceError> {
        self.each_row(visit)
    }

    fn batches(&mut self) -> Option<&mut dyn Batches> {
        Some(self)
    }
}

impl Batches for ParquetSource {
    fn read(&mut self, rows: &mut Rows) -> Result<Batch, SourceError> {
        let memory = match std::mem::take(rows) {
            Rows::Columns(rows) => rows.into_memory(),
            Rows::Text(_) => Vec::new(),
        };
        match self.next(memory) {
            Ok(Some(made)) => {
                *rows = Rows::Columns(made);
                Ok(Batch::Rows)
            }
            Ok(None) => Ok(Batch::End),
            Err(error) => Err(SourceError::Database {
                name: self.info.name.clone(),
                message: format!("from row {} on: {error}", self.this_first),
            }),
        }
    }
}

/// Calls the crate, which panics on some damaged files, and converts a panic to an error.
fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    // Nothing is used again after a panic, because every error ends the reading.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(ParquetError::General("the file is damaged".to_owned())))
}
