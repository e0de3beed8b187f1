//! The rows of some keys, fetched again from a source.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::error::BuildError;
use crate::mapping::{Mapper, Mapping};
use crate::schema::escape_text;
use crate::source::{self, Filter, Row, Wanted};

/// A row as its source has it now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fetched {
    /// The canonical bytes of the contract's fields, or the rule that the row breaks.
    pub fields: Result<Vec<u8>, String>,
    /// The row as the source has it, in one line.
    pub raw: String,
    /// Which row, as the source counts.
    pub row: u64,
}

/// The rows of these keys, by key. A key that the source does not have is left out; of several rows the last counts.
///
/// Where the key is a plain column of whole numbers or UUIDs in a database, only these rows are asked for; else all
/// rows are read and those that are wanted picked out.
///
/// # Errors
/// If the source cannot be read.
pub fn fetch(mapping: &Mapping, keys: &BTreeSet<Vec<u8>>) -> Result<BTreeMap<Vec<u8>, Fetched>, BuildError> {
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    if let Some((column, values)) = mapping.key_filter(keys) {
        let mut found = BTreeMap::new();
        let mut asked = true;
        for values in values.chunks(MOST_ASKED) {
            let filter = Filter { column: column.clone(), values: values.to_vec() };
            match pick(mapping, keys, Some(filter)) {
                Ok(more) => found.extend(more),
                Err(_) => asked = false,
            }
        }
        // A key may be stored in another spelling than the one that was asked for.
        if asked && found.len() == keys.len() {
            return Ok(found);
        }
    }
    pick(mapping, keys, None)
}

/// How many keys are asked for at once.
const MOST_ASKED: usize = 1000;

fn pick(
    mapping: &Mapping,
    keys: &BTreeSet<Vec<u8>>,
    filter: Option<Filter>,
) -> Result<BTreeMap<Vec<u8>, Fetched>, BuildError> {
    let columns = mapping.source.needs_columns().then(|| mapping.columns.clone());
    let mut source = source::open(&mapping.source, &Wanted { columns, filter })?;
    let columns = source.columns().to_vec();
    let mapper = Mapper::new(mapping, source.name(), &columns)?;
    let mut found = BTreeMap::new();
    let mut key = Vec::new();
    source.each(&mut |row| {
        // A row whose key cannot be told is none of those that are wanted, as far as anybody knows.
        let Ok(row) = row else { return ControlFlow::Continue(()) };
        key.clear();
        if mapper.key(row, &mut key).is_ok() && keys.contains(&key) {
            let mut fields = Vec::new();
            let made = mapper.fields(row, &key, &mut fields);
            let fields = made.map(|()| fields).map_err(|violation| violation.to_string());
            found.insert(key.clone(), Fetched { fields, raw: raw(row, &columns), row: row.number });
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
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
