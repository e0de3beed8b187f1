//! Why columns are no key.

use mst_types::escape_text;

use super::spelling::key_text;
use super::table::Table;

/// Why a column cannot be the key.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFault {
    /// It has no value in some rows, or one that cannot be a key, such as a float.
    #[error("{} of {} has no value that can be a key in {}", escape_text(column), escape_text(table), rows(*number))]
    WithoutKey {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The number of such rows.
        number: u64,
    },
    /// It has the same value in several rows.
    #[error("{} of {} has {} in {}", escape_text(column), escape_text(table), escape_text(value), rows(*number))]
    Repeated {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// One such value.
        value: String,
        /// How many of the sampled rows have it.
        number: u64,
    },
    /// The columns have no value in common, in none of the notations that are known.
    #[error(
        "{} of {} and {} of {} have no value in common",
        escape_text(&columns[0]),
        escape_text(&tables[0]),
        escape_text(&columns[1]),
        escape_text(&tables[1])
    )]
    Disjoint {
        /// The left and the right table.
        tables: [String; 2],
        /// Their columns.
        columns: [String; 2],
    },
}

fn rows(number: u64) -> String {
    if number == 1 { "1 row".to_owned() } else { format!("{number} rows") }
}

impl KeyFault {
    /// Whether it is about a column of this name.
    pub fn names(&self, name: &str) -> bool {
        match self {
            Self::WithoutKey { column, .. } | Self::Repeated { column, .. } => column == name,
            Self::Disjoint { columns, .. } => columns.iter().any(|column| column == name),
        }
    }

    /// What is wrong with a column by itself.
    pub(super) fn of(table: &Table, column: usize) -> Option<Self> {
        let sketch = table.sample.sketches.get(&column)?;
        let (name, column_name) = (table.name.clone(), table.column_name(column).to_owned());
        if sketch.without_key > 0 {
            return Some(Self::WithoutKey { table: name, column: column_name, number: sketch.without_key });
        }
        // Values that only look alike have one hash too, so their texts decide.
        sketch.fine.rows.values().find_map(|rows| {
            let texts: Vec<_> = rows.iter().filter_map(|row| key_text(row.cells.get(column)?)).collect();
            texts.iter().find_map(|text| {
                let number = texts.iter().filter(|other| *other == text).count() as u64;
                let (table, column) = (name.clone(), column_name.clone());
                (number > 1).then(|| Self::Repeated { table, column, value: text.to_string(), number })
            })
        })
    }
}
