//! Fetching the rows with given keys again from a source.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::error::BuildError;
use crate::condition::Now;
use crate::mapping::{Explained, Mapper, Mapping};
use crate::source::{self, Cell, Row, Source, SourceError, Wanted};
use mst_types::escape_text;
use mst_types::varint::push_varint;

/// The current row in the source.
#[derive(Clone, PartialEq, Debug)]
pub struct Fetched {
    /// The canonical bytes of the contract's fields, or the rule that the row violates.
    pub fields: Result<Vec<u8>, String>,
    /// The row's number, in the count of the source; `None` if only some rows were queried, of which none has a number.
    pub row: Option<u64>,
    /// The number of rows with the key. If there are several, this is the first, and it is ambiguous which one is
    /// meant. In a multiset it is 1, and `fields` has the count.
    pub rows: u64,
    columns: Arc<[String]>,
    /// The cells of the row; none if there was no room to keep them.
    cells: Vec<Cell<'static>>,
    /// The row as written in the source, if that is text.
    text: Option<String>,
}

impl Fetched {
    /// All columns of the row with their cells, in the order of the source. Of very many rows at once not all cells are
    /// kept, and then there are none.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Cell<'static>)> {
        self.columns.iter().map(String::as_str).zip(&self.cells)
    }

    /// The row on one line: as its source writes it, or each column with its value. Text is escaped.
    pub fn line(&self) -> String {
        if let Some(text) = &self.text {
            return escape_text(text).into_owned();
        }
        if self.cells.is_empty() && !self.columns.is_empty() {
            return "(not kept, since too many rows were fetched at once)".to_owned();
        }
        let columns = self.columns().map(|(column, cell)| format!("{}: {cell}", escape_text(column)));
        format!("{{{}}}", columns.collect::<Vec<_>>().join(", "))
    }

    /// Explains every field of the row, step by step; nothing if its cells were not kept.
    ///
    /// # Errors
    /// The row is not one of the mapping's source: a column is missing.
    pub fn explain(&self, mapping: &Mapping) -> Result<Vec<Explained>, SourceError> {
        if self.cells.is_empty() {
            return Ok(Vec::new());
        }
        let mapper = Mapper::new(mapping, &mapping.source.name(), &self.columns)?;
        Ok(mapper.explain(Row { number: self.row.unwrap_or_default(), cells: &self.cells, raw: self.text.as_deref() }))
    }
}

/// The current rows of a source for given keys.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FetchedRows {
    /// The rows by key. Keys that the source does not have are missing.
    pub found: BTreeMap<Vec<u8>, Fetched>,
    /// The number of rows whose key could not be read: a missing key may belong to one of them.
    pub rows_without_key: u64,
}

/// Receives the number of rows read so far, every thousand rows or so. A break ends the reading with
/// [`BuildError::Stopped`].
pub type TellRows<'t> = &'t mut dyn FnMut(u64) -> ControlFlow<()>;

/// Fetches the rows with these keys. Keys that the source does not have are missing in the result.
///
/// Only these rows are queried if [`fetch_by_query`] can do so; otherwise all rows are read and the requested ones are
/// picked out.
///
/// # Errors
/// The source cannot be read, or `tell` stopped it.
pub fn fetch(mapping: &Mapping, keys: &BTreeSet<Vec<u8>>, tell: TellRows<'_>) -> Result<FetchedRows, BuildError> {
    if let Some(rows) = fetch_by_query(mapping, keys, tell)? {
        return Ok(rows);
    }
    if mapping.source.is_standard_input() {
        return Err(SourceError::StandardInput.into());
    }
    let mut source = open(mapping, None)?;
    pick(mapping, keys, &mut *source, &mut 0, tell)
}

/// Queries only the rows with these keys, if the source is a database, its column of the key is a whole number, text or
/// UUID, and the mapping can be followed back from the key to all values of that column that have this key. `None` if all
/// rows must be read instead, also to be certain that a key has no row.
///
/// # Errors
/// `tell` stopped it. A query that fails gives `None`.
pub fn fetch_by_query(
    mapping: &Mapping,
    keys: &BTreeSet<Vec<u8>>,
    tell: TellRows<'_>,
) -> Result<Option<FetchedRows>, BuildError> {
    if keys.is_empty() {
        return Ok(Some(FetchedRows::default()));
    }
    let Some(inverse) = mapping.key_filter() else { return Ok(None) };
    let all: Vec<Vec<u8>> = keys.iter().cloned().collect();
    let mut rows = FetchedRows::default();
    let (mut read, mut kept) = (0, 0);
    for keys in all.chunks(MAX_QUERIED) {
        let Some(filter) = inverse.filter(keys) else { return Ok(None) };
        let Ok(mut source) = open(mapping, Some(filter)) else { return Ok(None) };
        if !source.info().is_filtered {
            return Ok(None);
        }
        let keys = keys.iter().cloned().collect();
        let (before, mut last) = (read, 0);
        let mut tell = |rows| {
            last = rows;
            tell(before + rows)
        };
        match pick(mapping, &keys, &mut *source, &mut kept, &mut tell) {
            Ok(more) => {
                rows.found.extend(more.found);
                // Each query delivers all of these rows.
                rows.rows_without_key = rows.rows_without_key.max(more.rows_without_key);
            }
            Err(BuildError::Stopped) => return Err(BuildError::Stopped),
            Err(_) => return Ok(None),
        }
        read = before + last;
    }
    let is_certain = inverse.is_total || rows.found.len() == keys.len();
    Ok(is_certain.then_some(rows))
}

/// The maximum number of keys in one query.
const MAX_QUERIED: usize = 1000;
/// The number of rows between progress reports.
const ROWS_PER_REPORT: u64 = 1 << 10;
/// The approximate memory for cells that one call keeps, in bytes.
const MAX_KEPT: usize = 64 << 20;

fn open(mapping: &Mapping, filter: Option<source::Filter>) -> Result<Box<dyn Source>, SourceError> {
    let columns = mapping.source.needs_columns().then(|| mapping.columns.clone());
    source::open(&mapping.source, &Wanted { columns, filter, ..mapping.wanted(Now::default()) })
}

/// Reads a source and picks the rows with these keys. Adds the memory of their cells to `kept`, in bytes.
fn pick(
    mapping: &Mapping,
    keys: &BTreeSet<Vec<u8>>,
    source: &mut dyn Source,
    kept: &mut usize,
    tell: TellRows<'_>,
) -> Result<FetchedRows, BuildError> {
    let columns: Arc<[String]> = source.columns().into();
    let is_filtered = source.info().is_filtered;
    let mapper = Mapper::new(mapping, source.name(), &columns)?;
    let mut picked = FetchedRows::default();
    let (mut key, mut read, mut stopped) = (Vec::new(), 0_u64, false);
    source.each(&mut |row| {
        read += 1;
        if read.is_multiple_of(ROWS_PER_REPORT) && tell(read).is_break() {
            stopped = true;
            return ControlFlow::Break(());
        }
        key.clear();
        let Some(row) = row.ok().filter(|row| mapper.key(*row, &mut key).is_ok()) else {
            picked.rows_without_key += 1;
            return ControlFlow::Continue(());
        };
        if let Some(before) = picked.found.get_mut(&key) {
            before.rows += 1;
        } else if keys.contains(&key) {
            let mut fields = Vec::new();
            let made = mapper.fields(row, &key, &mut fields);
            let fields = made.map(|()| fields).map_err(|violation| violation.to_string());
            *kept += row.cells.iter().map(size).sum::<usize>() + row.raw.map_or(0, str::len);
            let is_kept = *kept <= MAX_KEPT;
            let cells =
                if is_kept { row.cells.iter().map(|cell| cell.borrowed().into_owned()).collect() } else { Vec::new() };
            let text = row.raw.filter(|_| is_kept).map(str::to_owned);
            let columns = Arc::clone(&columns);
            let number = (!is_filtered).then_some(row.number);
            picked.found.insert(key.clone(), Fetched { fields, row: number, rows: 1, columns, cells, text });
        }
        ControlFlow::Continue(())
    })?;
    if stopped || tell(read).is_break() {
        return Err(BuildError::Stopped);
    }
    if mapping.contract.multiset {
        let without_key = picked.rows_without_key;
        picked.found.values_mut().for_each(|row| count(row, without_key));
    }
    Ok(picked)
}

/// Makes the count of a multiset's rows their only field.
fn count(row: &mut Fetched, rows_without_key: u64) {
    row.fields = match rows_without_key {
        0 => {
            let mut count = Vec::new();
            push_varint(&mut count, row.rows);
            Ok(count)
        }
        broken => Err(format!("{} rows of it were seen, and {broken} rows could not be read", row.rows)),
    };
    // They are one record.
    row.rows = 1;
}

/// The approximate memory that a cell takes, in bytes.
fn size(cell: &Cell<'_>) -> usize {
    let content = match cell {
        Cell::Text(text) | Cell::TextOrJson(text) | Cell::Json(text) | Cell::Number { text, .. } => text.len(),
        Cell::Bytes(bytes) => bytes.len(),
        _ => 0,
    };
    size_of::<Cell<'_>>() + content
}
