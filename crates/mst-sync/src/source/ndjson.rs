//! One JSON object a line. The columns are its members; numbers stay as they are written.

use std::borrow::Cow;
use std::fmt;
use std::io::BufRead;
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::encoding::NO_UTF_8;
use super::file::{self, Opened};
use super::{BrokenRow, Cell, Gauge, Row, Source, SourceError, TextEncoding, Visit, Wanted, json_cell};

/// The blanks of JSON.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];
/// The longest line, in bytes.
const MOST_LINE: u64 = 64 << 20;

pub(super) struct NdjsonSource {
    name: String,
    reader: Box<dyn BufRead>,
    columns: Vec<String>,
    gauge: Gauge,
}

impl NdjsonSource {
    /// The columns are those that are wanted: which others there are is not known before all is read.
    pub(super) fn open(
        path: Option<&Path>,
        encoding: Option<&TextEncoding>,
        wanted: &Wanted,
    ) -> Result<Self, SourceError> {
        let Opened { name, reader, gauge } = file::open(path, encoding)?;
        Ok(Self { name, reader, columns: wanted.columns.clone().unwrap_or_default(), gauge })
    }

    fn broken(&self, row: u64, message: String) -> BrokenRow {
        BrokenRow { name: self.name.clone(), unit: "line", row, message }
    }
}

/// The message about a line, with the column: the parser itself knows one line only.
fn said(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text);
    if error.column() == 0 { message.to_owned() } else { format!("{message} at column {}", error.column()) }
}

impl Source for NdjsonSource {
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
        use std::io::Read;
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let read = (&mut self.reader).take(MOST_LINE + 1).read_until(b'\n', &mut line);
            let read = read.map_err(|source| SourceError::Io { path: self.name.clone().into(), source })?;
            if read == 0 {
                break;
            }
            if read as u64 > MOST_LINE {
                let message = format!("longer than {MOST_LINE} bytes");
                return Err(SourceError::Line { name: self.name.clone(), line: number, message });
            }
            let text = match std::str::from_utf8(&line) {
                Ok(text) => text.trim_matches(BLANKS),
                Err(_) => {
                    let message = NO_UTF_8.to_owned();
                    return Err(SourceError::Line { name: self.name.clone(), line: number, message });
                }
            };
            if text.is_empty() {
                continue;
            }
            let cells = cells(text, &self.columns);
            let row = match &cells {
                Ok(cells) => Ok(Row { number, cells, raw: Some(text) }),
                Err(error) => Err(self.broken(number, said(error))),
            };
            if visit(row).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// The members of these names; a member that is not there is null.
fn cells<'a>(text: &'a str, columns: &[String]) -> Result<Vec<Cell<'a>>, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let found = Members(columns).deserialize(&mut reader)?;
    reader.end()?;
    found.into_iter().map(|raw| raw.map_or(Ok(Cell::Null), |raw| json_cell(raw.get()))).collect()
}

struct Members<'c>(&'c [String]);

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = Vec<Option<&'de RawValue>>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Vec<Option<&'de RawValue>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = vec![None; self.0.len()];
        while let Some(Name(name)) = map.next_key()? {
            match self.0.iter().zip(&mut found).find(|(column, _)| **column == name) {
                Some((_, Some(_))) => return Err(A::Error::custom(format_args!("the member {name:?} twice"))),
                Some((_, slot)) => *slot = Some(map.next_value()?),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
}

/// A member's name, borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
