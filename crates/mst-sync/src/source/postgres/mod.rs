//! Tables of PostgreSQL databases, read through COPY: the server's own text form of every value, which is exact for
//! every type and the fastest way to read.

mod connect;
mod conninfo;
mod keywords;
mod parameters;
mod pgpass;
mod plan;
mod service;
mod ssl;
mod stream;

use std::borrow::Cow;
use std::io::BufRead;

use postgres::Client;
use postgres::types::{Kind, Type};

use super::environment::Environment;
use super::sql::{Quote, checked, conditions, text_literal};
use super::{
    BrokenRow, Cell, Filter, Gauge, Location, Rest, Row, Select, Source, SourceError, SourceInfo, Visit, Wanted,
};
use mst_types::civil::parse_time_of_day;
use plan::Plan;

const QUOTE: Quote = Quote('"');

/// Every value is written in one notation, whatever the settings of the server or the user, and everything is read from
/// one state of the data.
const SESSION: &str = "SET client_encoding = 'UTF8'; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; \
    SET extra_float_digits = 1; SET bytea_output = 'hex'; SET IntervalStyle = 'iso_8601'; \
    SET standard_conforming_strings = on; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

pub(super) struct PostgresSource {
    info: SourceInfo,
    client: Client,
    query: String,
    types: Vec<Form>,
}

/// The meaning of the text of a column's values.
#[derive(Clone, Copy)]
enum Form {
    Bool,
    Int,
    Number,
    Float32,
    Float64,
    Bytes,
    Time,
    Bits,
    TimeOfDay,
    Json,
    Text,
}

impl Form {
    /// The meaning of a type's values, or the reason why they cannot be compared.
    fn of(ty: &Type) -> Result<Self, &'static str> {
        match ty.kind() {
            Kind::Domain(base) => return Self::of(base),
            // The query converts them to JSON.
            Kind::Array(_) | Kind::Composite(_) => return Ok(Self::Json),
            _ => {}
        }
        Ok(match *ty {
            Type::BOOL => Self::Bool,
            Type::INT2 | Type::INT4 | Type::INT8 | Type::OID => Self::Int,
            Type::NUMERIC => Self::Number,
            Type::FLOAT4 => Self::Float32,
            Type::FLOAT8 => Self::Float64,
            Type::BYTEA => Self::Bytes,
            Type::DATE | Type::TIMESTAMP | Type::TIMESTAMPTZ => Self::Time,
            Type::TIME => Self::TimeOfDay,
            Type::JSON | Type::JSONB => Self::Json,
            Type::BIT => Self::Bits,
            Type::VARBIT => {
                return Err(
                    "of the type bit varying, whose leading zeros are significant: select it as text, or as bit(n), in a query",
                );
            }
            Type::MONEY => {
                return Err("of the type money, whose spelling depends on the server: select it as numeric in a query");
            }
            _ => Self::Text,
        })
    }

    /// The expression that selects a column.
    fn expression(ty: &Type, column: String) -> String {
        match ty.kind() {
            Kind::Domain(base) => Self::expression(base, column),
            Kind::Array(_) | Kind::Composite(_) => format!("to_json({column}) AS {column}"),
            _ => column,
        }
    }

    /// The cell for a text. Special values of a type, such as `infinity`, stay text.
    fn cell<'a>(self, text: Cow<'a, str>) -> Result<Cell<'a>, String> {
        Ok(match self {
            // The same limit as that of the type BIT in MySQL.
            Self::Bits if text.len() > 64 => {
                return Err(format!("a bit string of {} bits, more than 64", text.len()));
            }
            Self::Bits => i128::from_str_radix(&text, 2).map_or(Cell::Text(text), Cell::Int),
            Self::Bool => Cell::Bool(text == "t"),
            Self::Int => text.parse().map_or(Cell::Text(text), Cell::Int),
            Self::Number => Cell::Number { text, shift: 0 },
            Self::Float32 => text.parse().map_or(Cell::Text(text), Cell::Float32),
            Self::Float64 => text.parse().map_or(Cell::Text(text), Cell::Float64),
            Self::Bytes => match text.strip_prefix("\\x").map(hex::decode) {
                Some(Ok(bytes)) => Cell::Bytes(bytes.into()),
                _ => Cell::Text(text),
            },
            Self::Time => Cell::of_postgres(&text).unwrap_or(Cell::Text(text)),
            // PostgreSQL allows the time 24:00:00, which is not a time of day here.
            Self::TimeOfDay => match parse_time_of_day(&text) {
                Some((nanos, Rest::None)) => Cell::Time(nanos),
                _ => Cell::Text(text),
            },
            Self::Json => Cell::Json(text),
            Self::Text => Cell::Text(text),
        })
    }
}

impl PostgresSource {
    pub(super) fn open(location: &Location, select: &Select, wanted: &Wanted) -> Result<Self, SourceError> {
        let plan = Plan::of(&location.url()?, &Environment::default())
            .map_err(|error| SourceError::Connection { name: "postgres".to_owned(), error: error.into() })?;
        let (mut client, name) = plan.connect(select)?;
        let wrong = |error: postgres::Error| database(&name, &error);
        client.batch_execute(SESSION).map_err(wrong)?;
        let all = client.prepare(&QUOTE.all(select)).map_err(wrong)?;
        let have = all.columns().iter().map(|column| column.name().to_owned()).collect();
        let mut columns = Vec::new();
        let (mut types, mut expressions) = (Vec::new(), Vec::new());
        for column in checked(&name, have, wanted, false)? {
            let found = all.columns().iter().find(|found| found.name() == column);
            let ty = found.map_or(&Type::TEXT, |found| found.type_());
            match Form::of(ty) {
                Ok(form) => {
                    expressions.push(Form::expression(ty, QUOTE.name(&column)));
                    types.push(form);
                    columns.push(column);
                }
                Err(why) if wanted.columns.is_some() => {
                    return Err(SourceError::Database { name, message: format!("the column {column:?} is {why}") });
                }
                // The column was not requested.
                Err(_) => {}
            }
        }
        let condition = wanted.filter.as_ref().and_then(|filter| {
            let column = all.columns().iter().find(|found| found.name() == filter.column)?;
            condition(column.type_(), filter)
        });
        let query = QUOTE.query(select, &expressions.join(", "), conditions(wanted, condition.as_deref()).as_deref());
        client.prepare(&query).map_err(wrong)?;
        let total = estimate(&mut client, &query);
        let info = SourceInfo { name, columns, gauge: Gauge::new(total), is_filtered: condition.is_some() };
        Ok(Self { info, client, query, types })
    }
}

/// The condition for the rows that match a filter; none for columns of types whose equality is not that of their text.
fn condition(ty: &Type, filter: &Filter) -> Option<String> {
    if let Kind::Domain(base) = ty.kind() {
        return condition(base, filter);
    }
    match *ty {
        Type::INT2 | Type::INT4 | Type::INT8 => QUOTE.int_condition(filter, i64::MAX.into()),
        // The collation of a column may take more texts for equal, and never fewer.
        Type::TEXT | Type::VARCHAR | Type::BPCHAR => {
            let literals = filter.texts.as_ref()?.iter().map(|text| text_literal(text)).collect::<Option<_>>()?;
            Some(QUOTE.literal_condition(&filter.column, literals))
        }
        Type::UUID => {
            let literals = filter.uuids.as_ref()?.iter().map(|uuid| format!("'{}'", hex::encode(uuid))).collect();
            Some(QUOTE.literal_condition(&filter.column, literals))
        }
        _ => None,
    }
}

/// The planner's estimate of the number of rows. The savepoint keeps a failure from ending the transaction.
fn estimate(client: &mut Client, query: &str) -> Option<u64> {
    client.batch_execute("SAVEPOINT mst_plan").ok()?;
    let plan = client.query_one(&format!("EXPLAIN {query}"), &[]);
    client.batch_execute("ROLLBACK TO SAVEPOINT mst_plan").ok()?;
    let plan: String = plan.ok()?.try_get(0).ok()?;
    let (_, rows) = plan.split_once("rows=")?;
    rows.split(' ').next()?.parse().ok()
}

/// The server's message with its details, which the error's own text leaves out.
fn message(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => {
            let mut text = format!("{} ({})", db.message(), db.code().code());
            for (what, more) in [("detail", db.detail()), ("hint", db.hint()), ("where", db.where_())] {
                if let Some(more) = more {
                    text.push_str(&format!("; {what}: {more}"));
                }
            }
            text
        }
        None => {
            let mut text = error.to_string();
            let mut source = std::error::Error::source(error);
            while let Some(inner) = source {
                text.push_str(&format!(": {inner}"));
                source = inner.source();
            }
            text
        }
    }
}

fn database(name: &str, error: &postgres::Error) -> SourceError {
    SourceError::Database { name: name.to_owned(), message: message(error) }
}

impl Source for PostgresSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn each(&mut self, visit: &mut Visit<'_>) -> Result<(), SourceError> {
        let (name, types) = (&self.info.name, &self.types);
        let broken = |error: std::io::Error| {
            let db = error.get_ref().and_then(|inner| inner.downcast_ref::<postgres::Error>());
            SourceError::Database { name: name.clone(), message: db.map_or_else(|| error.to_string(), message) }
        };
        let copy = format!("COPY ({}) TO STDOUT (FORMAT text)", self.query);
        let mut reader = self.client.copy_out(&copy).map_err(|error| database(name, &error))?;
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            if reader.read_until(b'\n', &mut line).map_err(broken)? == 0 {
                break;
            }
            self.info.gauge.add(1);
            // The server was asked for UTF-8 and validates what it sends.
            let text = std::str::from_utf8(&line).map_err(|_| SourceError::Database {
                name: name.clone(),
                message: format!("row {number} is not UTF-8"),
            })?;
            let text = text.strip_suffix('\n').unwrap_or(text);
            let cells: Result<Vec<_>, _> = text.split('\t').zip(types).map(|(text, form)| cell(*form, text)).collect();
            let broken = |message| BrokenRow { name: name.clone(), unit: "row", row: number, message };
            let row = match &cells {
                Ok(cells) => Ok(Row { number, cells, raw: None }),
                Err(message) => Err(broken(message.clone())),
            };
            if visit(row).is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn cell(form: Form, text: &str) -> Result<Cell<'_>, String> {
    if text == "\\N" {
        return Ok(Cell::Null);
    }
    form.cell(if text.contains('\\') { unescaped(text).into() } else { text.into() })
}

/// Removes the escapes of COPY.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        out.push(match chars.next() {
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('v') => '\u{b}',
            Some(other) => other,
            None => '\\',
        });
    }
    out
}
