//! CSV files. All cells are text.

mod records;

use std::path::Path;

use self::records::{Next, Record, Records};
use super::file::{self, Opened};
use super::format::{CsvFormat, EmptyValue, Header};
use super::{BrokenRow, Cell, Row, Source, SourceError, SourceInfo, TextEncoding, Visit};

pub(super) struct CsvSource {
    info: SourceInfo,
    records: Records,
    /// A row that was read to count the columns, and is delivered first.
    ahead: Option<(u64, Record)>,
    empty: EmptyValue,
}

impl CsvSource {
    pub(super) fn open(
        path: Option<&Path>,
        format: &CsvFormat,
        encoding: Option<&TextEncoding>,
    ) -> Result<Self, SourceError> {
        let Opened { name, reader, gauge } = file::open(path, encoding)?;
        let mut records = Records::new(reader, format);
        let io = |source| SourceError::Io { path: name.clone().into(), source };
        records.skip(format.skip_lines).map_err(io)?;
        let (mut columns, mut ahead) = (Vec::new(), None);
        if let Header::Names(names) = &format.header {
            columns.clone_from(names);
        } else {
            let mut record = Record::default();
            match records.next(&mut record).map_err(io)? {
                Next::Record(line) if format.header == Header::Numbers => {
                    columns = (1..=record.len()).map(|number| number.to_string()).collect();
                    ahead = Some((line, record));
                }
                Next::Record(_) => columns = record.values().map(|(name, _)| name.to_owned()).collect(),
                Next::Broken(line, message) | Next::Stop(line, message) => {
                    let message = format!("the first line is not a record: {message}");
                    return Err(SourceError::Line { name, line, message });
                }
                Next::End => {}
            }
        }
        records.one_column = columns.len() == 1;
        let info = SourceInfo { name, columns, gauge, is_filtered: false };
        Ok(Self { info, records, ahead, empty: format.empty })
    }
}

impl Source for CsvSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn each(&mut self, visit: &mut Visit<'_>) -> Result<(), SourceError> {
        let (mut next, mut record) = match self.ahead.take() {
            Some((line, record)) => (Some(Next::Record(line)), record),
            None => (None, Record::default()),
        };
        let width = self.info.columns.len();
        loop {
            let read = match next.take() {
                Some(next) => next,
                None => {
                    let wrong = |source| SourceError::Io { path: self.info.name.clone().into(), source };
                    self.records.next(&mut record).map_err(wrong)?
                }
            };
            let broken = |row, message| BrokenRow { name: self.info.name.clone(), unit: "line", row, message };
            let flow = match read {
                Next::End => return Ok(()),
                Next::Stop(line, message) => {
                    return Err(SourceError::Line { name: self.info.name.clone(), line, message });
                }
                Next::Broken(line, message) => visit(Err(broken(line, message))),
                Next::Record(line) if record.len() != width => {
                    let found = record.len();
                    visit(Err(broken(line, format!("expected {width} values, found {found}"))))
                }
                Next::Record(number) => {
                    let cell = |(text, quoted): (_, bool)| self.cell(text, quoted);
                    let cells: Vec<_> = record.values().map(cell).collect();
                    visit(Ok(Row { number, cells: &cells, raw: None }))
                }
            };
            if flow.is_break() {
                return Ok(());
            }
        }
    }
}

impl CsvSource {
    /// A value as a cell. An empty value without quotes depends on a setting, or on the rule of the field.
    fn cell<'a>(&self, text: &'a str, quoted: bool) -> Cell<'a> {
        match self.empty {
            EmptyValue::Unsaid if text.is_empty() && !quoted => Cell::Empty,
            EmptyValue::Null if text.is_empty() && !quoted => Cell::Null,
            _ => Cell::Text(text.into()),
        }
    }
}
