//! Tables of SQLite files. In SQLite each cell has its own type.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::sql::{Quote, checked, conditions, name, text_literal};
use super::{Cell, Filter, Gauge, Row, Select, Source, SourceError, SourceInfo, Visit, Wanted};

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
        let condition = wanted.filter.as_ref().and_then(|filter| condition(&connection, select, filter));
        let query =
            QUOTE.narrowed(select, wanted.columns.as_deref(), conditions(wanted, condition.as_deref()).as_deref());
        if wanted.sql().is_some() {
            // Otherwise a misspelt name in double quotes would be text, and the condition false for every row.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false).map_err(wrong)?;
        }
        let info = SourceInfo { name, columns, gauge: Gauge::new(total), is_filtered: condition.is_some() };
        Ok(Self { info, connection, query })
    }
}

/// The condition for the rows that match a filter; none if it would let all rows through. Each cell has its own type, and
/// only the types for which the filter has lists are compared.
fn condition(connection: &Connection, select: &Select, filter: &Filter) -> Option<String> {
    if filter.ints.is_some() && is_rowid(connection, select, &filter.column) {
        return QUOTE.int_condition(filter, i64::MAX.into());
    }
    let column = QUOTE.name(&filter.column);
    let (mut compared, mut parts) = (Vec::new(), Vec::new());
    if filter.ints.is_some() {
        compared.push("'integer'");
        parts.push(format!("(typeof({column}) = 'integer' AND ({}))", QUOTE.int_condition(filter, i64::MAX.into())?));
    }
    if let Some(texts) = &filter.texts {
        compared.push("'text'");
        let literals = texts.iter().map(|text| text_literal(text)).collect::<Option<_>>()?;
        parts.extend(QUOTE.one_of(&filter.column, literals));
    }
    // A column of another type would be delivered whole. The first row tells, mostly; a wrong guess costs only time.
    let of_first = first_type(connection, select, &column);
    if compared.is_empty() || of_first.is_some_and(|found| !compared.contains(&format!("'{found}'").as_str())) {
        return None;
    }
    parts.push(format!("typeof({column}) NOT IN ({})", compared.join(", ")));
    Some(parts.join(" OR "))
}

/// The type of the cell of a column in the first row, if it has a value.
fn first_type(connection: &Connection, select: &Select, column: &str) -> Option<String> {
    let query = QUOTE.query(select, &format!("typeof({column})"), None) + " LIMIT 1";
    let found: String = connection.query_row(&query, [], |row| row.get(0)).ok()?;
    (found != "null").then_some(found)
}

/// Whether a column is the number by which SQLite finds rows, which is a whole number in every row.
fn is_rowid(connection: &Connection, select: &Select, column: &str) -> bool {
    let probe = format!("{} = 1", QUOTE.name(column));
    let plan = format!("EXPLAIN QUERY PLAN {}", QUOTE.query(select, "1", Some(&probe)));
    let steps = || -> Result<Vec<String>, rusqlite::Error> {
        let mut statement = connection.prepare(&plan)?;
        let steps = statement.query_map([], |row| row.get(3))?;
        steps.collect()
    };
    matches!(steps().as_deref(), Ok([step]) if step.ends_with("USING INTEGER PRIMARY KEY (rowid=?)"))
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
