//! The entry of a table in the catalogue of its database.

use super::{Description, Unreadable};
use crate::draft::{Column, UniqueKey};

/// The declarations of a table.
#[derive(Clone, Debug, Default)]
pub(in crate::source) struct Catalogue {
    pub(in crate::source) columns: Vec<Column>,
    pub(in crate::source) unique: Vec<UniqueKey>,
}

impl Catalogue {
    /// Adds a column to the index of this name, which is the last one or a new one. A part that is no column makes the
    /// index useless.
    #[cfg(any(feature = "postgres", feature = "mysql", feature = "sqlite"))]
    pub(super) fn push_key(&mut self, last: &mut Option<String>, index: &str, is_primary: bool, column: Option<&str>) {
        if last.as_deref() != Some(index) {
            *last = Some(index.to_owned());
            self.unique.push(UniqueKey { columns: Vec::new(), is_primary });
        }
        if let Some(key) = self.unique.last_mut() {
            key.columns.push(column.unwrap_or_default().to_owned());
        }
    }

    /// The description of a source that gives the columns `have`.
    pub(super) fn description(mut self, have: &[String], is_case_blind: bool) -> Description {
        let is_same = |left: &str, right: &str| left == right || is_case_blind && left.eq_ignore_ascii_case(right);
        let is_twice = |name: &str| have.iter().filter(|other| is_same(other, name)).count() > 1;
        let mut unreadable: Vec<Unreadable> = Vec::new();
        let mut columns = Vec::new();
        for name in have {
            if is_twice(name) {
                if !unreadable.iter().any(|known| is_same(&known.name, name)) {
                    let why = "ambiguous, because several columns have this name".to_owned();
                    unreadable.push(Unreadable { name: name.clone(), why });
                }
                continue;
            }
            let declared = self.columns.iter().find(|column| column.name == *name).cloned();
            columns.push(declared.unwrap_or_else(|| Column::named(name)));
        }
        let is_read = |name: &str| columns.iter().any(|column| column.name == *name);
        for column in self.columns.iter().filter(|column| !have.contains(&column.name)) {
            unreadable.push(Unreadable { name: column.name.clone(), why: String::new() });
        }
        self.unique.retain(|key| !key.columns.is_empty() && key.columns.iter().all(|column| is_read(column)));
        self.unique.sort_by_key(|key| !key.is_primary);
        self.unique.dedup();
        Description { columns, unique: self.unique, rows: None, unreadable }
    }
}
