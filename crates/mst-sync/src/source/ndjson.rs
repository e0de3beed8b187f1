//! Files with one JSON object per line. The columns are its members; numbers keep their spelling.

use std::borrow::Cow;
use std::fmt;
use std::io::BufRead;
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::encoding::NO_UTF_8;
use super::file::{self, Opened};
use super::{BrokenRow, Cell, Row, Source, SourceError, SourceInfo, TextEncoding, Visit, Wanted, json_cell};

/// The white space of JSON.
const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];
/// The maximum length of a line, in bytes.
const MAX_LINE: u64 = 64 << 20;

pub(super) struct NdjsonSource {
    info: SourceInfo,
    reader: Box<dyn BufRead>,
}

impl NdjsonSource {
    /// The columns are those requested: the others are unknown until everything is read.
    pub(super) fn open(
        path: Option<&Path>,
        encoding: Option<&TextEncoding>,
        wanted: &Wanted,
    ) -> Result<Self, SourceError> {
        let Opened { name, reader, gauge } = file::open(path, encoding)?;
        let columns = wanted.columns.clone().unwrap_or_default();
        Ok(Self { info: SourceInfo { name, columns, gauge, is_filtered: false }, reader })
    }

    fn broken(&self, row: u64, message: String) -> BrokenRow {
        BrokenRow { name: self.info.name.clone(), unit: "line", row, message }
    }
}

/// The message about a line, with the column. The parser sees each line as line 1, so its line number is removed.
fn message_of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let message = text.split(" at line ").next().unwrap_or(&text);
    if error.column() == 0 { message.to_owned() } else { format!("{message} at column {}", error.column()) }
}

impl Source for NdjsonSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn each(&mut self, visit: &mut Visit<'_>) -> Result<(), SourceError> {
        use std::io::Read;
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let read = (&mut self.reader).take(MAX_LINE + 1).read_until(b'\n', &mut line);
            let read = read.map_err(|source| SourceError::Io { path: self.info.name.clone().into(), source })?;
            if read == 0 {
                break;
            }
            if read as u64 > MAX_LINE {
                let message = format!("longer than {MAX_LINE} bytes");
                return Err(SourceError::Line { name: self.info.name.clone(), line: number, message });
            }
            let text = match std::str::from_utf8(&line) {
                Ok(text) => text.trim_matches(BLANKS),
                Err(_) => {
                    let message = NO_UTF_8.to_owned();
                    return Err(SourceError::Line { name: self.info.name.clone(), line: number, message });
                }
            };
            if text.is_empty() {
                continue;
            }
            let cells = cells(text, &self.info.columns);
            let row = match &cells {
                Ok(cells) => Ok(Row { number, cells, raw: Some(text) }),
                Err(error) => Err(self.broken(number, message_of(error))),
            };
            if visit(row).is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// The members with these names; a missing member is null.
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
                Some((_, Some(_))) => return Err(A::Error::custom(format_args!("duplicate member {name:?}"))),
                Some((_, slot)) => *slot = Some(map.next_value()?),
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
}

/// A member's name, borrowed if it has no escapes.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
