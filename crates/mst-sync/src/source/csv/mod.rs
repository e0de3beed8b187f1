//! CSV files. All cells are text.

mod records;

use std::path::Path;

use self::records::{Next, Record, Records};
use super::batch::{Batch, Batches, Rows, TextRowsBuilder};
use super::encoding::NO_UTF_8;
use super::file::{self, Opened};
use super::format::{CsvFormat, EmptyValue, Header};
use super::{BrokenRow, Source, SourceError, SourceInfo, TextEncoding, Visit, Wanted};

pub(super) struct CsvSource {
    info: SourceInfo,
    records: Records,
    /// A row that was read to count the columns, and is delivered first.
    ahead: Option<(u64, Record)>,
    /// The last record that was read by itself.
    record: Record,
    /// What came after the rows of the last batch.
    end: Option<std::io::Result<Next>>,
    empty: EmptyValue,
}

impl CsvSource {
    pub(super) fn open(
        path: Option<&Path>,
        format: &CsvFormat,
        encoding: Option<&TextEncoding>,
        wanted: &Wanted,
    ) -> Result<Self, SourceError> {
        let Opened { name, reader, gauge } = file::open(path, encoding, wanted.hasher.clone())?;
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
        Ok(Self { info, records, ahead, record: Record::default(), end: None, empty: format.empty })
    }
}

impl Source for CsvSource {
    fn info(&self) -> &SourceInfo {
        &self.info
    }

    fn each(&mut self, visit: &mut Visit<'_>) -> Result<(), SourceError> {
        self.each_row(visit)
    }

    fn batches(&mut self) -> Option<&mut dyn Batches> {
        Some(self)
    }
}

impl Batches for CsvSource {
    fn read(&mut self, rows: &mut Rows) -> Result<Batch, SourceError> {
        // What ends a batch is delivered after its rows.
        if self.end.is_none() {
            let mut builder = TextRowsBuilder::new(rows, self.info.columns.len(), self.empty);
            self.fill(&mut builder);
            let is_empty = builder.is_empty();
            let (made, wrong) = builder.finish();
            *rows = made;
            if let Some(line) = wrong {
                self.end = Some(Ok(Next::Stop(line, NO_UTF_8.to_owned())));
            }
            if !is_empty && rows.len() > 0 {
                return Ok(Batch::Rows);
            }
        }
        let name = self.info.name.clone();
        match self.end.take() {
            None | Some(Ok(Next::End)) => Ok(Batch::End),
            Some(Err(source)) => Err(SourceError::Io { path: name.into(), source }),
            Some(Ok(Next::Stop(line, message))) => Err(SourceError::Line { name, line, message }),
            Some(Ok(Next::Broken(row, message))) => Ok(Batch::Broken(BrokenRow { name, unit: "line", row, message })),
            Some(Ok(Next::Record(row))) => {
                let message = format!("expected {} values, found {}", self.info.columns.len(), self.record.len());
                Ok(Batch::Broken(BrokenRow { name, unit: "line", row, message }))
            }
        }
    }
}

impl CsvSource {
    /// Reads rows until the batch is full, or something else than a row of all columns comes.
    fn fill(&mut self, rows: &mut TextRowsBuilder) {
        let width = self.info.columns.len();
        while !rows.is_full() {
            if self.ahead.is_none()
                && let Err(error) = self.records.plain_rows(rows)
            {
                self.end = Some(Err(error));
                return;
            }
            if rows.is_full() {
                return;
            }
            let next = match self.ahead.take() {
                Some((line, record)) => {
                    self.record = record;
                    Ok(Next::Record(line))
                }
                None => self.records.next(&mut self.record),
            };
            match next {
                Ok(Next::Record(line)) if self.record.len() == width => rows.push_row(line, self.record.values()),
                other => {
                    self.end = Some(other);
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::Cell;
    use crate::source::format::{Escape, LineEnd};

    /// The rows, each value with its quotes, and what cannot be parsed; by one record after the other, and in batches.
    fn read(bytes: &[u8], chunk: usize, format: &CsvFormat, batches: bool) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.csv");
        std::fs::write(&path, bytes).unwrap();
        let mut source = match CsvSource::open(Some(&path), format, None, &Wanted::default()) {
            Ok(source) => source,
            Err(error) => return vec![error.to_string().replace(&path.display().to_string(), "rows.csv")],
        };
        source.info.name = "rows.csv".to_owned();
        // Small pieces end within lines.
        let reader = std::mem::replace(&mut source.records, Records::new(Box::new(std::io::empty()), format));
        source.records = reader.in_pieces(chunk);
        let mut found = Vec::new();
        if batches {
            let each = source.each(&mut |row| {
                found.push(match row {
                    Ok(row) => format!("{}: {:?}", row.number, row.cells),
                    Err(broken) => broken.to_string(),
                });
                std::ops::ControlFlow::Continue(())
            });
            found.extend(each.err().map(|error| error.to_string()));
            return found;
        }
        let width = source.info.columns.len();
        let name = source.info.name.clone();
        let mut ahead = source.ahead.take();
        loop {
            let mut record = Record::default();
            let next = match ahead.take() {
                Some((line, first)) => {
                    record = first;
                    Next::Record(line)
                }
                None => source.records.next(&mut record).unwrap(),
            };
            let broken = |row, message| BrokenRow { name: name.clone(), unit: "line", row, message }.to_string();
            match next {
                Next::End => return found,
                Next::Stop(line, message) => {
                    found.push(SourceError::Line { name, line, message }.to_string());
                    return found;
                }
                Next::Broken(line, message) => found.push(broken(line, message)),
                Next::Record(line) if record.len() != width => {
                    found.push(broken(line, format!("expected {width} values, found {}", record.len())));
                }
                Next::Record(line) => {
                    let cells: Vec<_> = record
                        .values()
                        .map(|(text, quoted)| match format.empty {
                            EmptyValue::Unsaid if text.is_empty() && !quoted => Cell::Empty,
                            EmptyValue::Null if text.is_empty() && !quoted => Cell::Null,
                            _ => Cell::Text(text.into()),
                        })
                        .collect();
                    found.push(format!("{line}: {cells:?}"));
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn batches_have_the_rows_that_are_read_one_by_one(
            lines in proptest::collection::vec(
                prop_oneof![
                    6 => "[a-c0-9]{0,3},[a-cä]{0,3}\n",
                    1 => "[a-c\",;\n\r#\\\\]{0,8}\n",
                    1 => "\"[a-c,\n]{0,4}\",[a-c]{0,2}\r?\n",
                    1 => "[a-c]{0,2},[a-c]{0,2}\r\n",
                    1 => "(\n|\r\n|#x,y\n|a\x00,b\n|a\n|a,b,c\n)",
                ].prop_map(String::into_bytes).boxed(),
                0..30,
            ),
            wrong in proptest::option::weighted(0.2, (0..40_usize, prop_oneof![Just(&b"\xff,a\n"[..]), Just(&b"\xc3,\xa9\n"[..])])),
            ends_early: bool,
            chunk in 1..40_usize,
            choice in 0..8_usize,
        ) {
            let mut lines = lines;
            if let Some((at, line)) = wrong {
                lines.insert(at.min(lines.len()), line.to_vec());
            }
            let mut bytes = [b"x,y\n".to_vec(), lines.concat()].concat();
            if ends_early {
                bytes.pop();
            }
            let plain = CsvFormat::default();
            let format = match choice {
                0 => CsvFormat { comment: Some(b'#'), ..plain },
                1 => CsvFormat { quote: None, ..plain },
                2 => CsvFormat { escape: Escape::Backslash, ..plain },
                3 => CsvFormat { delimiter: b';', ..plain },
                4 => CsvFormat { empty: EmptyValue::Null, header: Header::Numbers, ..plain },
                5 => CsvFormat { line_end: LineEnd::Cr, ..plain },
                6 => CsvFormat { empty: EmptyValue::Text, ..plain },
                _ => plain,
            };
            prop_assert_eq!(read(&bytes, chunk, &format, true), read(&bytes, chunk, &format, false));
        }
    }

    #[test]
    fn a_character_does_not_reach_from_one_value_into_the_next() {
        let found = read(b"x,y\na,b\n\"\xc3\",\"\xa9\"\n", 64, &CsvFormat::default(), true);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[1].contains("line 3") && found[1].contains("not UTF-8"), "{found:?}");
    }
}
