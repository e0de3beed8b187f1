//! The input of a draft: what is known of a table, and a sample of its rows.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::sampler::{Sample, SampledRow};
use crate::contract::Unit;

/// The number of sampled rows in which the types of columns are looked for.
const MAX_ROWS: usize = 10_000;

/// A column of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its declared type in the words of the database, such as `numeric(10,2)`.
    pub declared: Option<String>,
    /// Whether it is declared to be never null.
    pub not_null: bool,
}

impl Column {
    /// A column of which only the name is known.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), declared: None, not_null: false }
    }

    /// The digits after the point that a declared decimal type keeps, as in `numeric(10,2)`.
    pub(super) fn declared_scale(&self) -> Option<u32> {
        let declared = self.declared.as_ref()?.to_ascii_lowercase();
        let is_decimal = declared.starts_with("numeric") || declared.starts_with("decimal");
        let (_, arguments) = declared.split_once('(').filter(|_| is_decimal)?;
        let (_, scale) = arguments.trim_end_matches(')').split_once(',')?;
        scale.trim().parse().ok()
    }
}

impl Column {
    /// The unit that a declared type of times keeps, as in `timestamp(3) without time zone`.
    pub(super) fn declared_unit(&self) -> Option<Unit> {
        let declared = self.declared.as_ref()?.to_ascii_lowercase();
        let is_time = ["timestamp", "datetime", "time"].iter().any(|name| declared.starts_with(name));
        let (_, arguments) = declared.split_once('(').filter(|_| is_time)?;
        Some(match arguments.split_once(')')?.0.trim().parse().ok()? {
            0_u32 => Unit::Second,
            1..=3 => Unit::Milli,
            4..=6 => Unit::Micro,
            _ => Unit::Nano,
        })
    }
}

/// A declared primary key or unique index.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UniqueKey {
    /// Its columns.
    pub columns: Vec<String>,
    /// Whether it is the primary key.
    pub is_primary: bool,
}

/// A table as the draft sees it.
#[derive(Clone, Debug)]
pub struct Table {
    /// The name in texts.
    pub name: String,
    /// The columns, in the order of the cells of a row.
    pub columns: Vec<Column>,
    /// The declared keys.
    pub unique: Vec<UniqueKey>,
    /// Whether an empty value may be null or empty text, as in a CSV file without quotes.
    pub empty_is_open: bool,
    /// Rows of it.
    pub sample: Sample,
}

impl Table {
    /// The name of a column.
    pub(super) fn column_name(&self, column: usize) -> &str {
        self.columns.get(column).map_or("", |column| &column.name)
    }

    /// The sampled rows, each once, in the order of reading; some of them if they are very many.
    pub(super) fn rows(&self) -> Vec<Arc<SampledRow>> {
        let sketches = self.sample.sketches.values().flat_map(|sketch| [&sketch.fine, &sketch.coarse]);
        let rows: BTreeMap<u64, &Arc<SampledRow>> =
            sketches.flat_map(|sketch| sketch.rows.values().flatten()).map(|row| (row.number, row)).collect();
        let step = rows.len().div_ceil(MAX_ROWS).max(1);
        rows.into_values().step_by(step).cloned().collect()
    }

    /// The sampled rows, and others that are spread over the whole table. A table whose columns all have few values has
    /// only these.
    pub(super) fn all_rows(&self) -> Vec<Arc<SampledRow>> {
        let mut rows: BTreeMap<u64, Arc<SampledRow>> = self.rows().into_iter().map(|row| (row.number, row)).collect();
        rows.extend(self.sample.spread.iter().map(|row| (row.number, Arc::clone(row))));
        rows.into_values().collect()
    }

    /// Whether some of the sampled rows are equal, so that no columns can be a key.
    pub fn has_equal_rows(&self) -> bool {
        let mut seen = HashSet::new();
        self.all_rows().iter().any(|row| !seen.insert(format!("{:?}", row.cells)))
    }

    /// The index of a column.
    pub(super) fn column_index(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}
