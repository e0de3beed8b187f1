//! Queries, narrowed to what is wanted.

use super::{Select, SourceError, Wanted};

/// How a database writes names.
#[derive(Clone, Copy)]
pub(super) struct Quote(pub(super) char);

impl Quote {
    pub(super) fn name(self, name: &str) -> String {
        let Self(quote) = self;
        let doubled = name.replace(quote, &format!("{quote}{quote}"));
        format!("{quote}{doubled}{quote}")
    }

    /// The whole of what is selected, as a query.
    pub(super) fn all(self, select: &Select) -> String {
        match select {
            Select::Table(table) => format!("SELECT * FROM {}", self.table(table)),
            Select::Query(query) => query.clone(),
        }
    }

    fn table(self, table: &str) -> String {
        table.split('.').map(|part| self.name(part)).collect::<Vec<_>>().join(".")
    }

    /// What is wanted of it, as a query; the columns must be there.
    pub(super) fn narrowed(self, select: &Select, wanted: &Wanted) -> String {
        let columns = match &wanted.columns {
            None => "*".to_owned(),
            Some(columns) if columns.is_empty() => "1".to_owned(),
            Some(columns) => columns.iter().map(|column| self.name(column)).collect::<Vec<_>>().join(", "),
        };
        let from = match select {
            Select::Table(table) => self.table(table),
            // A comment may end the query.
            Select::Query(query) => format!("(\n{query}\n) AS mst_source"),
        };
        let filter = wanted.filter.as_ref().map_or_else(String::new, |filter| {
            let values: Vec<_> = filter.values.iter().map(|value| literal(value)).collect();
            format!(" WHERE {} IN ({})", self.name(&filter.column), values.join(", "))
        });
        format!("SELECT {columns} FROM {from}{filter}")
    }
}

/// A number bare, everything else in quotes.
fn literal(value: &str) -> String {
    let digits = value.strip_prefix('-').unwrap_or(value);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        value.to_owned()
    } else {
        format!("'{}'", value.replace(['\'', '\\'], ""))
    }
}

/// The columns that rows will have; refuses what the source does not have.
pub(super) fn checked(name: &str, have: Vec<String>, wanted: &Wanted) -> Result<Vec<String>, SourceError> {
    let Some(columns) = &wanted.columns else { return Ok(have) };
    match columns.iter().find(|column| !have.contains(column)) {
        Some(column) => Err(SourceError::Column { name: name.to_owned(), column: column.clone(), have }),
        None => Ok(columns.clone()),
    }
}

/// What a selection is called: where it is, and the table.
pub(super) fn name(place: &str, select: &Select) -> String {
    format!("{place}, {}", select.name())
}
