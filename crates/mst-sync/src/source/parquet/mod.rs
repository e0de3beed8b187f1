//! Parquet files of flat columns, read column by column, because the row reader of the crate rounds times.

mod decimal;
mod declared;
mod kind;

use std::fs::File;
use std::path::Path;

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};

pub(super) use self::declared::declared;
use self::kind::{Kind, Value};
use super::{BrokenRow, Cell, Gauge, Row, Source, SourceError, SourceInfo, Visit, Wanted};

/// The number of rows read at once.
const BATCH: usize = 1024;

pub(super) struct ParquetSource {
    info: SourceInfo,
    reader: SerializedFileReader<File>,
    leaves: Vec<Leaf>,
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
        Ok(Self { info: SourceInfo { name, columns, gauge, is_filtered: false }, reader, leaves })
    }

    /// Reads the rows of a row group, whose first row has the number `first`; returns false if the visitor ends the
    /// reading.
    fn group(&self, group: usize, first: u64, visit: &mut Visit<'_>) -> Result<bool, ParquetError> {
        let group = guarded(|| self.reader.get_row_group(group))?;
        let mut left = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        let mut readers = Vec::new();
        for leaf in &self.leaves {
            let values: Vec<Value> = Vec::new();
            readers.push((guarded(|| group.get_column_reader(leaf.index))?, leaf, values));
        }
        let mut row = first;
        while left > 0 {
            let rows = left.min(BATCH);
            for (reader, leaf, values) in &mut readers {
                values.clear();
                guarded(|| read(reader, leaf, rows, values))?;
                if values.len() != rows {
                    return Err(ParquetError::EOF(format!("a column ends before row {}", row + values.len() as u64)));
                }
            }
            for index in 0..rows {
                self.info.gauge.add(1);
                let values = readers.iter().map(|(_, _, values)| match values.get(index) {
                    Some(Ok(cell)) => Ok(cell.borrowed()),
                    Some(Err(message)) => Err(message.clone()),
                    None => Ok(Cell::Null),
                });
                let cells: Result<Vec<_>, _> = values.collect();
                let broken = |message| BrokenRow { name: self.info.name.clone(), unit: "row", row, message };
                let made = match &cells {
                    Ok(cells) => Ok(Row { number: row, cells, raw: None }),
                    Err(message) => Err(broken(message.clone())),
                };
                if visit(made).is_break() {
                    return Ok(false);
                }
                row += 1;
            }
            left -= rows;
        }
        Ok(true)
    }
}

impl Source for ParquetSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn each(&mut self, visit: &mut Visit<'_>) -> Result<(), SourceError> {
        let mut first = 1;
        for group in 0..self.reader.num_row_groups() {
            let wrong = |error: ParquetError| SourceError::Database {
                name: self.info.name.clone(),
                message: format!("from row {first} on: {error}"),
            };
            if !self.group(group, first, visit).map_err(wrong)? {
                return Ok(());
            }
            first += u64::try_from(self.reader.metadata().row_group(group).num_rows()).unwrap_or(0);
        }
        Ok(())
    }
}

/// Calls the crate, which panics on some damaged files, and converts a panic to an error.
fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    // Nothing is used again after a panic, because every error ends the reading.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(ParquetError::General("the file is damaged".to_owned())))
}

/// Reads this many values of a column.
fn read(reader: &mut ColumnReader, leaf: &Leaf, rows: usize, out: &mut Vec<Value>) -> Result<(), ParquetError> {
    let kind = leaf.kind;
    match reader {
        ColumnReader::BoolColumnReader(reader) => typed(reader, leaf, rows, out, |v| Ok(Cell::Bool(v))),
        ColumnReader::Int32ColumnReader(reader) => typed(reader, leaf, rows, out, |v| kind.int32(v)),
        ColumnReader::Int64ColumnReader(reader) => typed(reader, leaf, rows, out, |v| kind.int64(v)),
        ColumnReader::Int96ColumnReader(reader) => typed(reader, leaf, rows, out, |v| kind::int96(&v)),
        ColumnReader::FloatColumnReader(reader) => typed(reader, leaf, rows, out, |v| Ok(Cell::Float32(v))),
        ColumnReader::DoubleColumnReader(reader) => typed(reader, leaf, rows, out, |v| Ok(Cell::Float64(v))),
        ColumnReader::ByteArrayColumnReader(reader) => typed(reader, leaf, rows, out, |v| kind.bytes(v.data())),
        ColumnReader::FixedLenByteArrayColumnReader(reader) => typed(reader, leaf, rows, out, |v| kind.bytes(v.data())),
    }
}

fn typed<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    leaf: &Leaf,
    rows: usize,
    out: &mut Vec<Value>,
    value: impl Fn(T::T) -> Value,
) -> Result<(), ParquetError> {
    let (mut levels, mut values, mut got) = (Vec::new(), Vec::new(), 0);
    while got < rows {
        let (records, ..) = reader.read_records(rows - got, Some(&mut levels), None, &mut values)?;
        if records == 0 {
            break;
        }
        got += records;
    }
    let mut values = values.into_iter();
    if !leaf.optional {
        out.extend(values.map(value));
        return Ok(());
    }
    for level in levels {
        if level == 0 {
            out.push(Ok(Cell::Null));
        } else if let Some(next) = values.next() {
            out.push(value(next));
        }
    }
    Ok(())
}
