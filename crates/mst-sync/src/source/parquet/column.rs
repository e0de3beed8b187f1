//! The values of a column in a batch of rows.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;

use super::Leaf;
use super::kind::{self, Kind, Value};
use crate::mapping::Plain;
use crate::source::{BrokenRow, Cell};

/// The rows of a batch, as columns.
pub struct ColumnRows {
    columns: Vec<Column>,
    /// The number of the first row.
    first: u64,
    rows: usize,
    /// The name of the file.
    name: String,
    /// Whether a value may be none, so that its row cannot be parsed.
    may_be_broken: bool,
}

impl ColumnRows {
    pub(super) fn new(columns: Vec<Column>, first: u64, rows: usize, name: String) -> Self {
        let is_broken = |column: &Column| match &column.values {
            Values::Other(values) => values.iter().any(Result::is_err),
            _ => false,
        };
        let may_be_broken = columns.iter().any(is_broken);
        Self { columns, first, rows, name, may_be_broken }
    }

    /// The columns, whose memory can be used again.
    pub(super) fn into_memory(self) -> Vec<Column> {
        self.columns
    }

    pub(in crate::source) fn len(&self) -> usize {
        self.rows
    }

    pub(in crate::source) fn number(&self, row: usize) -> u64 {
        self.first + row as u64
    }

    /// Refuses a row with a value that is none.
    pub(in crate::source) fn check(&self, row: usize) -> Result<(), BrokenRow> {
        if !self.may_be_broken {
            return Ok(());
        }
        let broken = self.columns.iter().find_map(|column| column.cell(row).err()).map(|message| BrokenRow {
            name: self.name.clone(),
            unit: "row",
            row: self.number(row),
            message,
        });
        broken.map_or(Ok(()), Err)
    }

    #[inline]
    pub(in crate::source) fn plain(&self, row: usize, position: usize) -> Plain<'_> {
        self.columns.get(position).map_or(Plain::Other, |column| column.plain(row))
    }

    /// The cells of a row that [`ColumnRows::check`] does not refuse.
    pub(in crate::source) fn cells(&self, row: usize) -> impl Iterator<Item = Cell<'_>> {
        self.columns.iter().map(move |column| column.cell(row).unwrap_or(Cell::Null))
    }
}

/// The values of a column.
#[derive(Default)]
pub(super) struct Column {
    kind: Option<Kind>,
    values: Values,
    /// For each row the place of its value, or [`MISSING`]; empty if no value is missing.
    places: Vec<u32>,
    /// Memory for levels: 0 where a value is missing.
    levels: Vec<i16>,
    /// Memory for texts.
    arrays: Vec<ByteArray>,
}

/// The place of a value that is missing.
const MISSING: u32 = u32::MAX;

/// Values of one physical type whose kind always makes a cell of them; else cells, or why there is none.
enum Values {
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    /// The texts joined, and the end of each.
    Text(String, Vec<u32>),
    Other(Vec<Value>),
}

impl Default for Values {
    fn default() -> Self {
        Self::Other(Vec::new())
    }
}

impl Column {
    /// The number of rows.
    pub(super) fn len(&self) -> usize {
        match &self.values {
            _ if !self.places.is_empty() => self.places.len(),
            Values::Int32(values) => values.len(),
            Values::Int64(values) => values.len(),
            Values::Text(_, ends) => ends.len(),
            Values::Other(values) => values.len(),
        }
    }

    /// Reads this many rows of a column.
    pub(super) fn read(&mut self, reader: &mut ColumnReader, leaf: &Leaf, rows: usize) -> Result<(), ParquetError> {
        let kind = leaf.kind;
        self.kind = Some(kind);
        self.places.clear();
        // Decimals whose scale is out of range, and times of day, are not always values.
        let always = matches!(kind, Kind::Plain | Kind::Unsigned | Kind::Timestamp { .. } | Kind::Decimal(0..=38));
        match reader {
            ColumnReader::Int32ColumnReader(reader) if always || kind == Kind::Date => {
                let mut values = match std::mem::take(&mut self.values) {
                    Values::Int32(values) => values,
                    _ => Vec::new(),
                };
                self.typed(reader, leaf, rows, &mut values)?;
                self.values = Values::Int32(values);
            }
            ColumnReader::Int64ColumnReader(reader) if always => {
                let mut values = match std::mem::take(&mut self.values) {
                    Values::Int64(values) => values,
                    _ => Vec::new(),
                };
                self.typed(reader, leaf, rows, &mut values)?;
                self.values = Values::Int64(values);
            }
            ColumnReader::ByteArrayColumnReader(reader) if kind == Kind::Text => {
                let (text, ends) = match std::mem::take(&mut self.values) {
                    Values::Text(text, ends) => (text, ends),
                    _ => Default::default(),
                };
                let mut arrays = std::mem::take(&mut self.arrays);
                self.typed(reader, leaf, rows, &mut arrays)?;
                self.values = texts(&arrays, text.into_bytes(), ends);
                arrays.clear();
                self.arrays = arrays;
            }
            ColumnReader::BoolColumnReader(reader) => self.others(reader, leaf, rows, |v| Ok(Cell::Bool(v)))?,
            ColumnReader::Int32ColumnReader(reader) => self.others(reader, leaf, rows, |v| kind.int32(v))?,
            ColumnReader::Int64ColumnReader(reader) => self.others(reader, leaf, rows, |v| kind.int64(v))?,
            ColumnReader::Int96ColumnReader(reader) => self.others(reader, leaf, rows, |v| kind::int96(&v))?,
            ColumnReader::FloatColumnReader(reader) => self.others(reader, leaf, rows, |v| Ok(Cell::Float32(v)))?,
            ColumnReader::DoubleColumnReader(reader) => self.others(reader, leaf, rows, |v| Ok(Cell::Float64(v)))?,
            ColumnReader::ByteArrayColumnReader(reader) => {
                self.others(reader, leaf, rows, |v: ByteArray| kind.bytes(v.data()))?;
            }
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                self.others(reader, leaf, rows, |v| kind.bytes(v.data()))?;
            }
        }
        Ok(())
    }

    fn others<T: DataType>(
        &mut self,
        reader: &mut ColumnReaderImpl<T>,
        leaf: &Leaf,
        rows: usize,
        value: impl Fn(T::T) -> Value,
    ) -> Result<(), ParquetError> {
        let mut read = Vec::new();
        self.typed(reader, leaf, rows, &mut read)?;
        self.values = Values::Other(read.into_iter().map(value).collect());
        Ok(())
    }

    /// Reads values, and the places of those that are not missing.
    fn typed<T: DataType>(
        &mut self,
        reader: &mut ColumnReaderImpl<T>,
        leaf: &Leaf,
        rows: usize,
        values: &mut Vec<T::T>,
    ) -> Result<(), ParquetError> {
        values.clear();
        self.levels.clear();
        let mut got = 0;
        while got < rows {
            let (records, ..) = reader.read_records(rows - got, Some(&mut self.levels), None, values)?;
            if records == 0 {
                break;
            }
            got += records;
        }
        if leaf.optional && values.len() < self.levels.len() {
            let mut place = 0;
            self.places.extend(self.levels.iter().map(|level| match level {
                0 => MISSING,
                _ => {
                    place += 1;
                    place - 1
                }
            }));
        }
        Ok(())
    }

    /// The place of a row's value; `None` if it is missing.
    #[inline]
    fn place(&self, row: usize) -> Option<usize> {
        if self.places.is_empty() {
            return Some(row);
        }
        self.places.get(row).filter(|place| **place != MISSING).map(|place| *place as usize)
    }

    fn plain(&self, row: usize) -> Plain<'_> {
        let Some(place) = self.place(row) else { return Plain::Other };
        let number = |number: i64| match self.kind {
            Some(Kind::Plain) => Plain::Int(number),
            Some(Kind::Decimal(digits)) => {
                u32::try_from(digits).map_or(Plain::Other, |digits| Plain::Decimal(number, digits))
            }
            Some(Kind::Timestamp { nanos, utc: true }) => {
                i64::try_from(nanos).map_or(Plain::Other, |nanos| Plain::Instant(number, nanos))
            }
            _ => Plain::Other,
        };
        match &self.values {
            Values::Int32(values) => match (self.kind, values.get(place)) {
                (Some(Kind::Date), Some(days)) => Plain::Date(*days),
                (Some(Kind::Unsigned), Some(value)) => Plain::Int(value.cast_unsigned().into()),
                (_, Some(value)) => number((*value).into()),
                (_, None) => Plain::Other,
            },
            Values::Int64(values) => values.get(place).map_or(Plain::Other, |value| number(*value)),
            Values::Text(text, ends) => text_at(text, ends, place).map_or(Plain::Other, Plain::Text),
            Values::Other(_) => Plain::Other,
        }
    }

    fn cell(&self, row: usize) -> Result<Cell<'_>, String> {
        let (Some(place), Some(kind)) = (self.place(row), self.kind) else { return Ok(Cell::Null) };
        let missing = Ok(Cell::Null);
        match &self.values {
            Values::Int32(values) => values.get(place).map_or(missing, |value| kind.int32(*value)),
            Values::Int64(values) => values.get(place).map_or(missing, |value| kind.int64(*value)),
            Values::Text(text, ends) => {
                Ok(text_at(text, ends, place).map_or(Cell::Null, |text| Cell::Text(text.into())))
            }
            Values::Other(values) => match values.get(place) {
                Some(Ok(cell)) => Ok(cell.borrowed()),
                Some(Err(message)) => Err(message.clone()),
                None => missing,
            },
        }
    }
}

fn text_at<'t>(text: &'t str, ends: &[u32], place: usize) -> Option<&'t str> {
    let start = match place {
        0 => 0,
        place => *ends.get(place - 1)? as usize,
    };
    text.get(start..*ends.get(place)? as usize)
}

/// Texts, joined and checked at once; each for itself if one is not UTF-8, or if all are very long.
fn texts(arrays: &[ByteArray], mut joined: Vec<u8>, mut ends: Vec<u32>) -> Values {
    joined.clear();
    ends.clear();
    for array in arrays {
        joined.extend_from_slice(array.data());
        ends.push(u32::try_from(joined.len()).unwrap_or(u32::MAX));
    }
    if u32::try_from(joined.len()).is_ok()
        && let Ok(text) = String::from_utf8(joined)
        // Two texts that are joined may have a character in common that neither of them has.
        && ends.iter().all(|end| text.is_char_boundary(*end as usize))
    {
        return Values::Text(text, ends);
    }
    Values::Other(arrays.iter().map(|array| Kind::Text.bytes(array.data())).collect())
}
