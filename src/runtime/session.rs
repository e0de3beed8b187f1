//! What a run of the program remembers of the tables it has shown, for the next screen of the same trees.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::model::columns::Columns;

/// How a table of records was shown last.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct TableView {
    pub(crate) columns: Columns,
    /// The filter as it was typed; empty for none.
    pub(crate) filter: String,
    /// The column by which the records are sorted, by its name, and whether the greatest comes first; none for the order
    /// of the keys.
    pub(crate) sort: Option<(String, bool)>,
    /// Whether the table is shown, and not the other views of the screen.
    pub(crate) is_shown: bool,
}

/// The views of this run by what they show. Screens share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    tables: Arc<Mutex<BTreeMap<String, TableView>>>,
}

impl Session {
    /// How the table of these trees was shown last. Their name is that of the file or files, without commits.
    pub(crate) fn table(&self, of: &str) -> Option<TableView> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner).get(of).cloned()
    }

    pub(crate) fn keep_table(&self, of: &str, view: TableView) {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner).insert(of.to_owned(), view);
    }
}
