//! Fetching the rows with given keys again from a source.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::error::BuildError;
use crate::condition::Now;
use crate::mapping::{Mapper, Mapping};
use crate::source::{self, Filter, Row, Wanted};
use mst_types::escape_text;
use mst_types::varint::push_varint;

/// The current row in the source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fetched {
    /// The canonical bytes of the contract's fields, or the rule that the row violates.
    pub fields: Result<Vec<u8>, String>,
    /// The row as the source has it, on one line.
    pub raw: String,
    /// The row's number, in the count of the source.
    pub row: u64,
    /// The number of rows with the key. If there are several, this is the first, and it is ambiguous which one is
    /// meant. In a multiset it is 1, and `fields` has the count.
    pub rows: u64,
}

/// The current rows of a source for given keys.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FetchedRows {
    /// The rows by key. Keys that the source does not have are missing.
    pub found: BTreeMap<Vec<u8>, Fetched>,
    /// The number of rows whose key could not be read: a missing key may belong to one of them.
    pub rows_without_key: u64,
}

/// Fetches the rows with these keys. Keys that the source does not have are missing in the result.
///
/// If the key is a plain column of whole numbers or UUIDs in a database, only these rows are queried; otherwise all
/// rows are read and the requested ones are picked out.
///
/// # Errors
/// The source cannot be read.
pub fn fetch(mapping: &Mapping, keys: &BTreeSet<Vec<u8>>) -> Result<FetchedRows, BuildError> {
    if keys.is_empty() {
        return Ok(FetchedRows::default());
    }
    if let Some((column, values)) = mapping.key_filter(keys) {
        let mut found = BTreeMap::new();
        let mut all_queried = true;
        for values in values.chunks(MAX_QUERIED) {
            let filter = Filter { column: column.clone(), values: values.to_vec() };
            match pick(mapping, keys, Some(filter)) {
                Ok(more) => found.extend(more.found),
                Err(_) => all_queried = false,
            }
        }
        // The database may store a key in a spelling other than the one queried, so missing keys need a full read.
        if all_queried && found.len() == keys.len() {
            return Ok(FetchedRows { found, rows_without_key: 0 });
        }
    }
    pick(mapping, keys, None)
}

/// The maximum number of keys in one query.
const MAX_QUERIED: usize = 1000;

fn pick(mapping: &Mapping, keys: &BTreeSet<Vec<u8>>, filter: Option<Filter>) -> Result<FetchedRows, BuildError> {
    let columns = mapping.source.needs_columns().then(|| mapping.columns.clone());
    let mut source = source::open(&mapping.source, &Wanted { columns, filter, ..mapping.wanted(Now::default()) })?;
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
    if mapping.contract.multiset {
        found.values_mut().for_each(|row| count(row, rows_without_key));
    }
    Ok(FetchedRows { found, rows_without_key })
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

/// A row on one line: as its source writes it, or each column with its value.
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
