//! Tables of SQLite files. In SQLite each cell has its own type.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::sql::{Quote, checked, name};
use super::{Cell, Gauge, Row, Select, Source, SourceError, SourceInfo, Visit, Wanted};

const QUOTE: Quote = Quote('"');

pub(super) struct SqliteSource {
    info: SourceInfo,
    connection: Connection,
    query: String,
}

impl SqliteSource {
    pub(super) fn open(path: &Path, select: &Select, wanted: &Wanted) -> Result<Self, SourceError> {
        let name = name(&path.display().to_string(), select);
        let wrong = |error: rusqlite::Error| database(&name, &error);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(wrong)?;
        // A transaction, so that all reads see one state of the data.
        connection.execute_batch("BEGIN").map_err(wrong)?;
        let have = {
            let statement = connection.prepare(&QUOTE.all(select)).map_err(wrong)?;
            statement.column_names().map(str::to_owned).collect()
        };
        let columns = checked(&name, have, wanted, true)?;
        let total = match (select, &wanted.filter) {
            // Row numbers begin at 1 and rarely have gaps, so the last one estimates the number of rows.
            (Select::Table(table), None) if wanted.sql().is_none() => {
                let last = format!("SELECT max(_rowid_) FROM {}", QUOTE.table(table));
                connection
                    .query_row(&last, [], |row| row.get::<_, Option<i64>>(0))
                    .ok()
                    .flatten()
                    .and_then(|last| u64::try_from(last).ok())
            }
            _ => None,
        };
        let query = QUOTE.narrowed(select, wanted);
        let info = SourceInfo { name, columns, gauge: Gauge::new(total) };
        Ok(Self { info, connection, query })
    }
}

fn database(name: &str, error: &rusqlite::Error) -> SourceError {
    SourceError::Database { name: name.to_owned(), message: error.to_string() }
}

impl Source for SqliteSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn each(&mut self, visit: &mut Visit<'_>) -> Result<(), SourceError> {
        let wrong = |error: rusqlite::Error| database(&self.info.name, &error);
        let mut statement = self.connection.prepare(&self.query).map_err(wrong)?;
        let mut rows = statement.query([]).map_err(wrong)?;
        let width = self.info.columns.len();
        for number in 1.. {
            let Some(row) = rows.next().map_err(wrong)? else { break };
            self.info.gauge.add(1);
            let cells: Result<Vec<_>, _> = (0..width).map(|index| row.get_ref(index).map(cell)).collect();
            if visit(Ok(Row { number, cells: &cells.map_err(wrong)?, raw: None })).is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn cell(value: ValueRef<'_>) -> Cell<'_> {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Int(number.into()),
        ValueRef::Real(float) => Cell::Float64(float),
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Cell::Text(text.into()),
            Err(_) => Cell::Bytes(bytes.into()),
        },
        ValueRef::Blob(bytes) => Cell::Bytes(bytes.into()),
    }
}
