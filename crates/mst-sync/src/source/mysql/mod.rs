//! Tables of MySQL and MariaDB databases, read through the binary protocol, in which every value has its type.

mod option_file;
mod parameters;
mod plan;
mod ssl;
mod tunnel;

use mysql::consts::{ColumnFlags, ColumnType};
use mysql::prelude::Queryable;
use mysql::{Column, Conn, Value};

use super::environment::Environment;
use super::sql::{Quote, checked, conditions, name};
use super::{BrokenRow, Cell, Filter, Gauge, Location, Row, Select, Source, SourceError, SourceInfo, Visit, Wanted};
use mst_types::civil::{days, nanos};
use plan::{Failure, Plan};
use tunnel::Tunnel;

const QUOTE: Quote = Quote('`');
/// The number of the character set `binary`, which means bytes and not text.
const BINARY: u16 = 63;

/// Moments are sent in UTC and text in UTF-8, and everything is read from one state of the data.
const SESSION: [&str; 5] = [
    "SET NAMES utf8mb4",
    // Blanks that pad a CHAR are not part of its value.
    "SET SESSION sql_mode = REPLACE(@@sql_mode, 'PAD_CHAR_TO_FULL_LENGTH', '')",
    "SET time_zone = '+00:00'",
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
];

pub(super) struct MysqlSource {
    info: SourceInfo,
    // It ends before the tunnel through which it goes.
    connection: Conn,
    tunnel: Option<Tunnel>,
    query: String,
    forms: Vec<Form>,
}

impl MysqlSource {
    pub(super) fn open(location: &Location, select: &Select, wanted: &Wanted) -> Result<Self, SourceError> {
        let plan = Plan::of(&location.url()?, &Environment::default())
            .map_err(|error| SourceError::Connection { name: "mysql".to_owned(), error: error.into() })?;
        let name = name(&plan.address(), select);
        let (mut connection, tunnel) = plan.connect().map_err(|failure| match failure {
            Failure::Server(error) => database(&name, &error),
            Failure::Connection(error) => SourceError::Connection { name: name.clone(), error: error.into() },
        })?;
        let wrong = |error: mysql::Error| database(&name, &error);
        for statement in SESSION {
            connection.query_drop(statement).map_err(wrong)?;
        }
        let all = connection.prep(QUOTE.all(select)).map_err(wrong)?;
        let have = all.columns().iter().map(|column| column.name_str().into_owned()).collect();
        let json = KnownJson::of(&mut connection, select).map_err(wrong)?;
        let mut columns = Vec::new();
        let mut forms = Vec::new();
        let described = all.columns();
        for column in checked(&name, have, wanted, true)? {
            let found = described.iter().find(|found| found.name_str() == column);
            match found.map_or(Ok(Form::Text), |found| Form::of(found, &json)) {
                Ok(form) => {
                    forms.push(form);
                    columns.push(column);
                }
                Err(why) if wanted.columns.is_some() => {
                    return Err(SourceError::Database { name, message: format!("the column {column:?} is {why}") });
                }
                // The column was not requested.
                Err(_) => {}
            }
        }
        let total = match (select, &wanted.filter) {
            (Select::Table(table), None) if wanted.sql().is_none() => {
                let rows = "SELECT TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND \
                            TABLE_NAME = ?";
                // A view has no row count.
                connection.exec_first::<Option<u64>, _, _>(rows, schema_and_table(table)).ok().flatten().flatten()
            }
            _ => None,
        };
        let condition = wanted.filter.as_ref().and_then(|filter| {
            let column = described.iter().find(|found| found.name_str() == filter.column)?;
            condition(column, &json, filter)
        });
        let query = QUOTE.narrowed(select, Some(&columns), conditions(wanted, condition.as_deref()).as_deref());
        let info = SourceInfo { name, columns, gauge: Gauge::new(total), is_filtered: condition.is_some() };
        Ok(Self { info, connection, tunnel, query, forms })
    }
}

/// The condition for the rows that match a filter; none for columns of types whose equality is not that of their text.
fn condition(column: &Column, json: &KnownJson, filter: &Filter) -> Option<String> {
    match column.column_type() {
        ColumnType::MYSQL_TYPE_TINY
        | ColumnType::MYSQL_TYPE_SHORT
        | ColumnType::MYSQL_TYPE_INT24
        | ColumnType::MYSQL_TYPE_LONG
        | ColumnType::MYSQL_TYPE_LONGLONG => QUOTE.int_condition(filter, u64::MAX.into()),
        ColumnType::MYSQL_TYPE_VARCHAR | ColumnType::MYSQL_TYPE_VAR_STRING | ColumnType::MYSQL_TYPE_STRING
            if matches!(Form::of(column, json), Ok(Form::Text))
                && !column.flags().intersects(ColumnFlags::ENUM_FLAG | ColumnFlags::SET_FLAG) =>
        {
            // Digits need no escapes, which depend on the settings of the server. The collation of a column may take
            // more texts for equal, and never fewer.
            let literal = |text: &String| format!("_utf8mb4 X'{}'", hex::encode(text));
            Some(QUOTE.literal_condition(&filter.column, filter.texts.as_ref()?.iter().map(literal).collect()))
        }
        _ => None,
    }
}

/// The name of a table and, if it is given, of its schema.
fn schema_and_table(table: &str) -> (Option<String>, String) {
    let mut parts = QUOTE.parts(table);
    let table = parts.pop().unwrap_or_default();
    (parts.pop(), table)
}

/// How JSON columns are distinguished from text.
enum KnownJson {
    /// MySQL: JSON is a type.
    Typed,
    /// A table of MariaDB, which has no JSON type: these columns have a check that they are JSON.
    Checked(Vec<String>),
    /// A view or a query of MariaDB: checks are not visible.
    Unknown,
}

impl KnownJson {
    fn of(connection: &mut Conn, select: &Select) -> Result<Self, mysql::Error> {
        let version: Option<String> = connection.query_first("SELECT VERSION()")?;
        if !version.is_some_and(|version| version.contains("MariaDB")) {
            return Ok(Self::Typed);
        }
        let Select::Table(table) = select else { return Ok(Self::Unknown) };
        let (schema, table) = schema_and_table(table);
        let kind = "SELECT TABLE_TYPE FROM information_schema.TABLES WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND \
                    TABLE_NAME = ?";
        let kind: Option<String> = connection.exec_first(kind, (&schema, &table))?;
        if !matches!(kind.as_deref(), Some("BASE TABLE" | "SYSTEM VERSIONED")) {
            return Ok(Self::Unknown);
        }
        let checks = "SELECT CONSTRAINT_NAME FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = \
                      COALESCE(?, DATABASE()) AND TABLE_NAME = ? AND CHECK_CLAUSE = CONCAT('json_valid(`', CONSTRAINT_NAME, \
                      '`)')";
        // Old versions do not have this table.
        Ok(connection.exec(checks, (schema, table)).map_or(Self::Unknown, Self::Checked))
    }
}

/// The message of the server or the driver.
fn message(error: &mysql::Error) -> String {
    match error {
        mysql::Error::MySqlError(said) => format!("{} ({}, {})", said.message, said.code, said.state),
        mysql::Error::IoError(error) => error.to_string(),
        mysql::Error::DriverError(error) => error.to_string(),
        mysql::Error::CodecError(error) => error.to_string(),
        other => other.to_string(),
    }
}

fn database(name: &str, error: &mysql::Error) -> SourceError {
    SourceError::Database { name: name.to_owned(), message: message(error) }
}

impl Source for MysqlSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn each(&mut self, visit: &mut Visit<'_>) -> Result<(), SourceError> {
        let name = &self.info.name;
        let tunnel = &self.tunnel;
        let wrong = |error: mysql::Error| match tunnel.as_ref().and_then(Tunnel::failure) {
            Some(reason) => database(name, &mysql::Error::IoError(reason)),
            None => database(name, &error),
        };
        let rows = self.connection.exec_iter(&self.query, ()).map_err(wrong)?;
        let forms = &self.forms;
        for (row, number) in rows.zip(1..) {
            let row = row.map_err(wrong)?;
            self.info.gauge.add(1);
            let width = self.info.columns.len();
            let cells: Result<Vec<_>, _> = (0..width)
                .map(|index| match (row.as_ref(index), forms.get(index)) {
                    (Some(value), Some(form)) => form.cell(value),
                    _ => Ok(Cell::Null),
                })
                .collect();
            let row = match &cells {
                Ok(cells) => Ok(Row { number, cells, raw: None }),
                Err(message) => {
                    Err(BrokenRow { name: name.clone(), unit: "row", row: number, message: message.clone() })
                }
            };
            if visit(row).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// The meaning of the values of a column.
#[derive(Clone, Copy, Debug)]
enum Form {
    Number,
    Bits,
    Date,
    Local,
    Instant,
    Bytes,
    Json,
    Text,
    TextOrJson,
}

impl Form {
    /// The meaning of a column's values, or the reason why they cannot be compared.
    fn of(column: &Column, json: &KnownJson) -> Result<Self, &'static str> {
        let is_binary = column.flags().contains(ColumnFlags::BINARY_FLAG);
        let is_text = column.character_set() != BINARY;
        Ok(match column.column_type() {
            // The character set of JSON is `binary`.
            ColumnType::MYSQL_TYPE_JSON => Self::Json,
            ColumnType::MYSQL_TYPE_GEOMETRY => return Err("of a geometry type, which is not supported"),
            ColumnType::MYSQL_TYPE_VECTOR => return Err("of the type VECTOR, which is not supported"),
            ColumnType::MYSQL_TYPE_DECIMAL | ColumnType::MYSQL_TYPE_NEWDECIMAL => Self::Number,
            ColumnType::MYSQL_TYPE_BIT => Self::Bits,
            ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => Self::Date,
            ColumnType::MYSQL_TYPE_DATETIME | ColumnType::MYSQL_TYPE_DATETIME2 => Self::Local,
            ColumnType::MYSQL_TYPE_TIMESTAMP | ColumnType::MYSQL_TYPE_TIMESTAMP2 => Self::Instant,
            _ if is_binary && !is_text => Self::Bytes,
            _ => match json {
                KnownJson::Checked(names) if names.iter().any(|name| *name == column.name_str()) => Self::Json,
                KnownJson::Unknown => Self::TextOrJson,
                KnownJson::Typed | KnownJson::Checked(_) => Self::Text,
            },
        })
    }

    fn cell<'a>(self, value: &'a Value) -> Result<Cell<'a>, String> {
        Ok(match (self, value) {
            (_, Value::NULL) => Cell::Null,
            (_, Value::Int(number)) => Cell::Int((*number).into()),
            (_, Value::UInt(number)) => Cell::Int((*number).into()),
            (_, Value::Float(float)) => Cell::Float32(*float),
            (_, Value::Double(float)) => Cell::Float64(*float),
            (Self::Bits, Value::Bytes(bytes)) if bytes.len() <= 8 => {
                Cell::Int(bytes.iter().fold(0, |number, byte| number << 8 | i128::from(*byte)))
            }
            (Self::Bytes, Value::Bytes(bytes)) => Cell::Bytes(bytes.as_slice().into()),
            (form, Value::Bytes(bytes)) => {
                let text = std::str::from_utf8(bytes).map_err(|_| "text that is not UTF-8".to_owned())?;
                match form {
                    Self::Number => Cell::Number { text: text.into(), shift: 0 },
                    Self::Json => Cell::Json(text.into()),
                    Self::TextOrJson => Cell::TextOrJson(text.into()),
                    _ => Cell::Text(text.into()),
                }
            }
            (form, Value::Date(year, month, day, hour, minute, second, micros)) => {
                let date = days((*year).into(), (*month).into(), (*day).into());
                let [hour, minute, second] = [*hour, *minute, *second].map(u32::from);
                let time = date.and_then(|date| nanos(date, hour, minute, second, micros * 1000));
                match (form, date, time) {
                    (Self::Date, Some(date), _) => Cell::Date(date),
                    (Self::Instant, _, Some(time)) => Cell::Instant(time),
                    (_, _, Some(time)) => Cell::Local(time),
                    // Dates that do not exist, such as 0000-00-00, become text.
                    (Self::Date, ..) => Cell::Text(format!("{year:04}-{month:02}-{day:02}").into()),
                    _ => Cell::Text(format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}").into()),
                }
            }
            (_, Value::Time(negative, days, hours, minutes, seconds, micros)) => {
                let sign = if *negative { "-" } else { "" };
                let hours = days * 24 + u32::from(*hours);
                // The usual spelling of a time of day has no trailing zeros in the fraction.
                let digits = format!(".{micros:06}");
                let fraction = digits.trim_end_matches('0').trim_end_matches('.');
                // The value may be a time of day or a duration: the contract decides.
                Cell::Text(format!("{sign}{hours:02}:{minutes:02}:{seconds:02}{fraction}").into())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(ty: ColumnType, character_set: u16, flags: ColumnFlags) -> Column {
        Column::new(ty).with_character_set(character_set).with_flags(flags).with_name(b"v")
    }

    /// MySQL sends JSON with the character set of bytes; MariaDB sends it as text.
    #[test]
    fn json_is_distinguished_from_bytes_and_text() {
        let binary = ColumnFlags::BINARY_FLAG | ColumnFlags::BLOB_FLAG;
        let json = column(ColumnType::MYSQL_TYPE_JSON, BINARY, binary);
        let text = column(ColumnType::MYSQL_TYPE_BLOB, 45, binary);
        let bytes = column(ColumnType::MYSQL_TYPE_BLOB, BINARY, binary);
        let value = Value::Bytes(b"\"5\"".to_vec());
        let checked = KnownJson::Checked(vec!["v".to_owned()]);
        for (column, known, expected) in [
            (&json, &KnownJson::Typed, Cell::Json("\"5\"".into())),
            (&text, &KnownJson::Typed, Cell::Text("\"5\"".into())),
            (&text, &checked, Cell::Json("\"5\"".into())),
            (&text, &KnownJson::Checked(Vec::new()), Cell::Text("\"5\"".into())),
            (&text, &KnownJson::Unknown, Cell::TextOrJson("\"5\"".into())),
            (&bytes, &checked, Cell::Bytes(b"\"5\"".into())),
        ] {
            assert_eq!(Form::of(column, known).unwrap().cell(&value), Ok(expected));
        }
        assert!(Form::of(&column(ColumnType::MYSQL_TYPE_GEOMETRY, BINARY, binary), &KnownJson::Typed).is_err());
    }
}
