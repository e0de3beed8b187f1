//! Comma-separated values. All cells are text, or bytes where they are no UTF-8; a file has no nulls of its own.

use std::io::BufRead;
use std::path::Path;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::file::{self, Opened};
use super::{Cell, Gauge, Row, Source, SourceError, Visit};

pub(super) struct CsvSource {
    name: String,
    reader: Reader<Box<dyn BufRead>>,
    columns: Vec<String>,
    gauge: Gauge,
}

impl CsvSource {
    pub(super) fn open(path: Option<&Path>, delimiter: u8, header: Option<&[String]>) -> Result<Self, SourceError> {
        let Opened { name, reader, gauge } = file::open(path)?;
        let mut reader = ReaderBuilder::new().delimiter(delimiter).has_headers(header.is_none()).from_reader(reader);
        let columns = match header {
            Some(header) => header.to_vec(),
            None => {
                let found = reader.byte_headers().map_err(|error| wrong(&name, error))?;
                found.iter().map(|column| String::from_utf8_lossy(column).into_owned()).collect()
            }
        };
        Ok(Self { name, reader, columns, gauge })
    }
}

fn wrong(name: &str, error: csv::Error) -> SourceError {
    let line = error.position().map_or(0, csv::Position::line);
    let message = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(source) => SourceError::Io { path: name.into(), source },
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            let message = format!("expected {expected_len} values as in the first line, found {len}");
            SourceError::Row { name: name.to_owned(), line, message }
        }
        _ => SourceError::Row { name: name.to_owned(), line, message },
    }
}

impl Source for CsvSource {
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
        let mut record = ByteRecord::new();
        while self.reader.read_byte_record(&mut record).map_err(|error| wrong(&self.name, error))? {
            let number = record.position().map_or(0, csv::Position::line);
            if record.len() != self.columns.len() {
                let message = format!("expected {} values, found {}", self.columns.len(), record.len());
                return Err(SourceError::Row { name: self.name.clone(), line: number, message });
            }
            let cells: Vec<_> = record.iter().map(cell).collect();
            if visit(Row { number, cells: &cells, raw: None }).is_break() {
                break;
            }
        }
        Ok(())
    }
}

fn cell(bytes: &[u8]) -> Cell<'_> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cell::Text(text.into()),
        Err(_) => Cell::Bytes(bytes.into()),
    }
}
