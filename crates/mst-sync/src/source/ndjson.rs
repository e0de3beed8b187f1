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
    reader: Box<dyn BufRead + Send>,
    /// The columns of which at least one row must have the member.
    must_exist: Vec<String>,
}

impl NdjsonSource {
    /// The columns are those requested: the others are unknown until everything is read.
    pub(super) fn open(
        path: Option<&Path>,
        encoding: Option<&TextEncoding>,
        wanted: &Wanted,
    ) -> Result<Self, SourceError> {
        let Opened { name, reader, gauge } = file::open(path, encoding, wanted.hasher.clone())?;
        let columns = wanted.columns.clone().unwrap_or_default();
        let must_exist = wanted.must_exist.clone();
        Ok(Self { info: SourceInfo { name, columns, gauge, is_filtered: false }, reader, must_exist })
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
        let mut seen = Seen::new(&self.info.columns, &self.must_exist);
        for number in 1.. {
            line.clear();
            let read = (&mut self.reader).take(MAX_LINE + 1).read_until(b'\n', &mut line);
            let read = read.map_err(|source| SourceError::Io { path: self.info.name.clone().into(), source })?;
            if read == 0 {
                return seen.finish(&self.info.name);
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
            let cells = cells(text, &self.info.columns, &mut seen);
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
fn cells<'a>(text: &'a str, columns: &[String], seen: &mut Seen) -> Result<Vec<Cell<'a>>, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let found = Members(columns).deserialize(&mut reader)?;
    reader.end()?;
    seen.take(text, &found);
    found.into_iter().map(|raw| raw.map_or(Ok(Cell::Null), |raw| json_cell(raw.get()))).collect()
}

/// The columns that must exist and that no row has had so far. A member that is missing is null, so a misspelt name
/// would otherwise be null in every row and look like agreement.
struct Seen {
    /// The missing columns, by their position among the columns.
    missing: Vec<(usize, String)>,
    /// The names of the members of the first row.
    first: Option<Vec<String>>,
}

impl Seen {
    fn new(columns: &[String], must_exist: &[String]) -> Self {
        let missing = columns.iter().cloned().enumerate().filter(|(_, column)| must_exist.contains(column)).collect();
        Self { missing, first: None }
    }

    fn take(&mut self, text: &str, found: &[Option<&RawValue>]) {
        if self.missing.is_empty() {
            return;
        }
        self.missing.retain(|(position, _)| found.get(*position).is_none_or(Option::is_none));
        if self.first.is_none() {
            let row: Option<crate::contract::Members<'_>> = serde_json::from_str(text).ok();
            let names = row.map(|row| row.0.into_iter().map(|(name, _)| name).collect());
            self.first = Some(names.unwrap_or_default());
        }
    }

    /// Refuses a column that no row had, if there were rows.
    fn finish(self, name: &str) -> Result<(), SourceError> {
        match (self.missing.into_iter().next(), self.first) {
            (Some((_, column)), Some(have)) => Err(SourceError::Column { name: name.to_owned(), column, have }),
            _ => Ok(()),
        }
    }
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
