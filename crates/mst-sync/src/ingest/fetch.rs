//! The rows of some keys, fetched again from a source.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::error::BuildError;
use crate::mapping::{Mapper, Mapping};
use crate::source::{self, Filter, Row, Wanted};
use mst_types::escape_text;

/// A row as its source has it now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fetched {
    /// The canonical bytes of the contract's fields, or the rule that the row breaks.
    pub fields: Result<Vec<u8>, String>,
    /// The row as the source has it, in one line.
    pub raw: String,
    /// Which row, as the source counts.
    pub row: u64,
    /// How many rows have the key. Where there are several, the others count for nothing: which is meant cannot be told.
    pub rows: u64,
}

/// The rows that a source has now for some keys.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FetchedRows {
    /// The rows by their keys. A key that the source does not have is missing.
    pub found: BTreeMap<Vec<u8>, Fetched>,
    /// How many rows were met whose key cannot be read: a key that is missing may be theirs.
    pub rows_without_key: u64,
}

/// The rows of these keys, by key. A key that the source does not have is left out.
///
/// Where the key is a plain column of whole numbers or UUIDs in a database, only these rows are asked for; else all
/// rows are read and those that are wanted picked out.
///
/// # Errors
/// If the source cannot be read.
pub fn fetch(mapping: &Mapping, keys: &BTreeSet<Vec<u8>>) -> Result<FetchedRows, BuildError> {
    if keys.is_empty() {
        return Ok(FetchedRows::default());
    }
    if let Some((column, values)) = mapping.key_filter(keys) {
        let mut found = BTreeMap::new();
        let mut asked = true;
        for values in values.chunks(MOST_ASKED) {
            let filter = Filter { column: column.clone(), values: values.to_vec() };
            match pick(mapping, keys, Some(filter)) {
                Ok(more) => found.extend(more.found),
                Err(_) => asked = false,
            }
        }
        // A key may be stored in another spelling than the one that was asked for.
        if asked && found.len() == keys.len() {
            return Ok(FetchedRows { found, rows_without_key: 0 });
        }
    }
    pick(mapping, keys, None)
}

/// How many keys are asked for at once.
const MOST_ASKED: usize = 1000;

fn pick(mapping: &Mapping, keys: &BTreeSet<Vec<u8>>, filter: Option<Filter>) -> Result<FetchedRows, BuildError> {
    let columns = mapping.source.needs_columns().then(|| mapping.columns.clone());
    let mut source = source::open(&mapping.source, &Wanted { columns, filter })?;
    let columns = source.columns().to_vec();
    let mapper = Mapper::new(mapping, source.name(), &columns)?;
    let mut found: BTreeMap<Vec<u8>, Fetched> = BTreeMap::new();
    let mut rows_without_key = 0;
    let mut key = Vec::new();
    source.each(&mut |row| {
        key.clear();
        let Some(row) = row.ok().filter(|row| mapper.key(*row, &mut key).is_ok()) else {
            rows_without_key += 1;
            return ControlFlow::Continue(());
        };
        if let Some(before) = found.get_mut(&key) {
            before.rows += 1;
        } else if keys.contains(&key) {
            let mut fields = Vec::new();
            let made = mapper.fields(row, &key, &mut fields);
            let fields = made.map(|()| fields).map_err(|violation| violation.to_string());
            found.insert(key.clone(), Fetched { fields, raw: raw(row, &columns), row: row.number, rows: 1 });
        }
        ControlFlow::Continue(())
    })?;
    Ok(FetchedRows { found, rows_without_key })
}

/// A row in one line: as its source writes it, or each column with its value.
fn raw(row: Row<'_>, columns: &[String]) -> String {
    match row.raw {
        Some(text) => escape_text(text).into_owned(),
        None => {
            let column = |(column, cell): (&String, &source::Cell<'_>)| format!("{}: {cell}", escape_text(column));
            let columns: Vec<_> = columns.iter().zip(row.cells).map(column).collect();
            format!("{{{}}}", columns.join(", "))
        }
    }
}
