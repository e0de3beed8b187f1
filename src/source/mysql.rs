//! A table of a MySQL or MariaDB database, through the binary protocol, in which every value has its type.

use mysql::consts::{ColumnFlags, ColumnType};
use mysql::prelude::Queryable;
use mysql::{Column, Conn, Opts, OptsBuilder, Value};

use super::sql::{Quote, checked, name};
use super::{Cell, Gauge, Location, Row, Select, Source, SourceError, Visit, Wanted, secret};
use crate::civil::{days, nanos};

const QUOTE: Quote = Quote('`');
/// The number of the character set of bytes that are no text.
const BINARY: u16 = 63;

/// Moments are given in UTC, text in UTF-8, and all is read from one state of the data.
const SESSION: [&str; 4] = [
    "SET NAMES utf8mb4",
    "SET time_zone = '+00:00'",
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
];

pub(super) struct MysqlSource {
    name: String,
    connection: Conn,
    query: String,
    columns: Vec<String>,
    gauge: Gauge,
}

impl MysqlSource {
    pub(super) fn open(location: &Location, select: &Select, wanted: &Wanted) -> Result<Self, SourceError> {
        // The error of a URL would show the password in it.
        let options = Opts::from_url(&location.url()?).map_err(|_| SourceError::Database {
            name: "mysql".to_owned(),
            message: "not a URL such as mysql://user@host:3306/database".to_owned(),
        })?;
        let place = format!(
            "mysql {}:{}/{}",
            options.get_ip_or_hostname(),
            options.get_tcp_port(),
            options.get_db_name().unwrap_or_default()
        );
        let password = options.get_pass().map(str::to_owned).or_else(secret::mysql);
        let name = name(&place, select);
        let wrong = |error: mysql::Error| database(&name, &error);
        let mut connection = Conn::new(OptsBuilder::from_opts(options).pass(password)).map_err(wrong)?;
        for statement in SESSION {
            connection.query_drop(statement).map_err(wrong)?;
        }
        let all = connection.prep(QUOTE.all(select)).map_err(wrong)?;
        let have = all.columns().iter().map(|column| column.name_str().into_owned()).collect();
        let columns = checked(&name, have, wanted)?;
        let total = match (select, &wanted.filter) {
            (Select::Table(table), None) => connection
                .exec_first(
                    "SELECT TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?",
                    (table,),
                )
                .ok()
                .flatten(),
            _ => None,
        };
        let query = QUOTE.narrowed(select, wanted);
        Ok(Self { name, connection, query, columns, gauge: Gauge::new(total) })
    }
}

fn database(name: &str, error: &mysql::Error) -> SourceError {
    SourceError::Database { name: name.to_owned(), message: error.to_string() }
}

impl Source for MysqlSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn gauge(&self) -> Gauge {
        self.gauge.clone()
    }

    fn each(&mut self, visit: &mut Visit<'_>) -> Result<(), SourceError> {
        let name = &self.name;
        let wrong = |error: mysql::Error| database(name, &error);
        let rows = self.connection.exec_iter(&self.query, ()).map_err(wrong)?;
        let forms: Vec<_> = rows.columns().as_ref().iter().map(Form::of).collect();
        for (row, number) in rows.zip(1..) {
            let row = row.map_err(wrong)?;
            self.gauge.add(1);
            let width = self.columns.len();
            let cells: Result<Vec<_>, _> = (0..width)
                .map(|index| match (row.as_ref(index), forms.get(index)) {
                    (Some(value), Some(form)) => form.cell(value),
                    _ => Ok(Cell::Null),
                })
                .collect();
            let cells = cells.map_err(|message| SourceError::Row { name: name.clone(), line: number, message })?;
            if visit(Row { number, cells: &cells, raw: None }).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// What the values of a column stand for.
#[derive(Clone, Copy)]
enum Form {
    Number,
    Bits,
    Date,
    Local,
    Instant,
    Bytes,
    Text,
}

impl Form {
    fn of(column: &Column) -> Self {
        match column.column_type() {
            ColumnType::MYSQL_TYPE_DECIMAL | ColumnType::MYSQL_TYPE_NEWDECIMAL => Self::Number,
            ColumnType::MYSQL_TYPE_BIT => Self::Bits,
            ColumnType::MYSQL_TYPE_DATE | ColumnType::MYSQL_TYPE_NEWDATE => Self::Date,
            ColumnType::MYSQL_TYPE_DATETIME | ColumnType::MYSQL_TYPE_DATETIME2 => Self::Local,
            ColumnType::MYSQL_TYPE_TIMESTAMP | ColumnType::MYSQL_TYPE_TIMESTAMP2 => Self::Instant,
            _ if column.character_set() == BINARY && column.flags().contains(ColumnFlags::BINARY_FLAG) => Self::Bytes,
            _ => Self::Text,
        }
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
                let text = std::str::from_utf8(bytes).map_err(|_| "a text that is no UTF-8".to_owned())?;
                match form {
                    Self::Number => Cell::Number { text: text.into(), shift: 0 },
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
                    // There is no such day, as 0000-00-00.
                    (Self::Date, ..) => Cell::Text(format!("{year:04}-{month:02}-{day:02}").into()),
                    _ => Cell::Text(format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}").into()),
                }
            }
            (_, Value::Time(negative, days, hours, minutes, seconds, micros)) => {
                let sign = if *negative { "-" } else { "" };
                let hours = days * 24 + u32::from(*hours);
                // The spelling that a time of day has everywhere: no zeros at the end of the fraction.
                let digits = format!(".{micros:06}");
                let fraction = digits.trim_end_matches('0').trim_end_matches('.');
                // It may be a time of day or a duration: the contract says which.
                Cell::Text(format!("{sign}{hours:02}:{minutes:02}:{seconds:02}{fraction}").into())
            }
        })
    }
}
