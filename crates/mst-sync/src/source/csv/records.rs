//! Strict parsing of CSV records.
//!
//! Existing parsers accept every file somehow: a quote that is never closed swallows the rest, one inside a value is
//! kept or dropped, and an empty value with quotes looks like one without. Here a record that could be read in two ways
//! is an error with its line.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

use crate::source::batch::TextRowsBuilder;
use crate::source::encoding::NO_UTF_8;
use crate::source::format::{CsvFormat, EmptyValue, Escape, LineEnd};

/// The maximum length of a record, in bytes.
const MAX_RECORD: usize = 64 << 20;

/// A record: its values joined, and the end of each.
#[derive(Default)]
pub(super) struct Record {
    text: String,
    ends: Vec<End>,
}

struct End {
    at: usize,
    quoted: bool,
}

impl Record {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Each value, and whether it was quoted.
    pub(super) fn values(&self) -> impl Iterator<Item = (&str, bool)> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let value = self.text.get(start..end.at).unwrap_or_default();
            start = end.at;
            (value, end.quoted)
        })
    }
}

/// The result of reading on in a file.
pub(super) enum Next {
    /// A record that begins in this line.
    Record(u64),
    /// The record that begins in this line cannot be parsed. The next lines can still be read.
    Broken(u64, String),
    /// Nothing can be read from this line on.
    Stop(u64, String),
    /// The end of the file.
    End,
}

/// The special characters of the dialect.
#[derive(Clone, Copy)]
struct Signs {
    delimiter: u8,
    quote: Option<u8>,
    escape: Escape,
    line_end: LineEnd,
}

/// Reads records from UTF-8 text.
pub(super) struct Records {
    reader: Box<dyn BufRead + Send>,
    signs: Signs,
    comment: Option<u8>,
    empty: EmptyValue,
    /// The buffer of the previous line, for reuse.
    spare: Vec<u8>,
    /// The number of the next line, from 1.
    line: u64,
    /// Lines that were read as part of a record that could not be parsed, and are read again.
    again: VecDeque<Vec<u8>>,
    /// Whether rows have one value, so that an empty line could be a row.
    pub(super) one_column: bool,
}

/// The position of a byte within a record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before a value.
    Start,
    /// In a value without quotes.
    Bare,
    /// Inside quotes.
    Quoted,
    /// After a backslash inside quotes.
    Escaped,
    /// After the closing quote.
    Closed,
    /// After `\N`, which is a whole value.
    Whole,
}

impl Records {
    pub(super) fn new(reader: Box<dyn BufRead + Send>, format: &CsvFormat) -> Self {
        let CsvFormat { delimiter, quote, escape, line_end, comment, empty, .. } = *format;
        let signs = Signs { delimiter, quote, escape, line_end };
        Self { reader, signs, comment, empty, spare: Vec::new(), line: 1, again: VecDeque::new(), one_column: false }
    }

    /// The same records from a reader that gives only so many bytes at once.
    #[cfg(test)]
    pub(super) fn in_pieces(self, size: usize) -> Self {
        Self { reader: Box::new(io::BufReader::with_capacity(size, self.reader)), ..self }
    }

    /// Skips lines, whatever they contain.
    pub(super) fn skip(&mut self, lines: u64) -> io::Result<()> {
        for _ in 0..lines {
            self.next_line()?;
        }
        Ok(())
    }

    /// The next line with its end; empty at the end of the file.
    fn next_line(&mut self) -> io::Result<Vec<u8>> {
        let line = match self.again.pop_front() {
            Some(line) => line,
            None => {
                let end = match self.signs.line_end {
                    LineEnd::Lf => b'\n',
                    LineEnd::Cr => b'\r',
                };
                let mut line = std::mem::take(&mut self.spare);
                line.clear();
                (&mut self.reader).take(MAX_RECORD as u64 + 1).read_until(end, &mut line)?;
                line
            }
        };
        if !line.is_empty() {
            self.line += 1;
        }
        Ok(line)
    }

    /// Adds the rows that can be read without a parser: whole lines in the reader's memory, without quotes and without
    /// anything else that has a meaning. Stops before the first line that is different.
    pub(super) fn plain_rows(&mut self, rows: &mut TextRowsBuilder) -> io::Result<()> {
        let Signs { delimiter, quote, escape, line_end } = self.signs;
        if line_end != LineEnd::Lf || escape == Escape::Backslash || !self.again.is_empty() {
            return Ok(());
        }
        let chunk = self.reader.fill_buf()?;
        // Both are rare, and looked for in each line only if they are there.
        let is_odd = |bytes: &[u8]| memchr::memchr2(0, b'\r', bytes).is_some();
        let has_odd = is_odd(chunk);
        // Where the value and the line begin, and where the text of the rows goes.
        let (mut start, mut line_start, base) = (0, 0, rows.length());
        let mut room = rows.room();
        for at in memchr::memchr3_iter(delimiter, b'\n', quote.unwrap_or(delimiter), chunk) {
            let byte = chunk.get(at).copied();
            if byte == Some(delimiter) {
                rows.push_value(base + start, base + at);
                start = at + 1;
                continue;
            }
            if byte != Some(b'\n') {
                break;
            }
            let line = chunk.get(line_start..at).unwrap_or_default();
            let line = if has_odd { line.strip_suffix(b"\r").unwrap_or(line) } else { line };
            let is_plain = !line.is_empty()
                && (self.comment.is_none() || line.first().copied() != self.comment)
                && !(has_odd && is_odd(line));
            if !is_plain {
                break;
            }
            rows.push_value(base + start, base + line_start + line.len());
            if !rows.end_row(self.line) {
                break;
            }
            self.line += 1;
            (start, line_start) = (at + 1, at + 1);
            room -= 1;
            if room == 0 {
                break;
            }
        }
        rows.drop_row();
        rows.push_text(chunk.get(..line_start).unwrap_or_default());
        self.reader.consume(line_start);
        Ok(())
    }

    /// Reads the next record. Empty lines and comments are skipped.
    pub(super) fn next(&mut self, record: &mut Record) -> io::Result<Next> {
        loop {
            let first = self.line;
            let line = self.next_line()?;
            if line.is_empty() {
                return Ok(Next::End);
            }
            let is_comment = self.comment.is_some() && line.first().copied() == self.comment;
            if is_comment {
                continue;
            }
            if matches!(line.as_slice(), [b'\n' | b'\r'] | [b'\r', b'\n']) {
                match (self.one_column, self.empty) {
                    (false, _) => continue,
                    (true, EmptyValue::Unsaid) => {
                        let message = "an empty line, which could be an empty value or no row (define empty values: empty \
                                                               = \"text\" or \"null\")";
                        return Ok(Next::Broken(first, message.to_owned()));
                    }
                    (true, _) => {}
                }
            }
            return self.record(first, line, record);
        }
    }

    /// Parses a record that begins with a line.
    fn record(&mut self, first: u64, line: Vec<u8>, record: &mut Record) -> io::Result<Next> {
        let mut parser = Parser::new(self.signs, std::mem::take(record), first);
        // The lines of the record after the first.
        let mut rest: Vec<Vec<u8>> = Vec::new();
        let mut length = 0;
        loop {
            let line = rest.last().unwrap_or(&line);
            length += line.len();
            if length > MAX_RECORD {
                let message = format!("a record of more than {MAX_RECORD} bytes, or a quote that is never closed");
                return Ok(Next::Stop(parser.opened, message));
            }
            match parser.line(line) {
                Ok(false) => {}
                Ok(true) => break,
                Err(message) => {
                    // Only the first line is known to be wrong: each line after it may begin a record of its own.
                    self.line -= rest.len() as u64;
                    for line in rest.into_iter().rev() {
                        self.again.push_front(line);
                    }
                    return Ok(Next::Broken(first, message));
                }
            }
            parser.line += 1;
            let next = self.next_line()?;
            if next.is_empty() {
                return Ok(Next::Stop(parser.opened, "this quote is never closed".to_owned()));
            }
            rest.push(next);
        }
        let (text, ends) = (parser.text, parser.ends);
        match String::from_utf8(text) {
            // Values that are joined may have a character in common that neither of them has.
            Ok(text) if ends.iter().all(|end| text.is_char_boundary(end.at)) => {
                *record = Record { text, ends };
                self.spare = line;
                Ok(Next::Record(first))
            }
            _ => {
                let mut lines = std::iter::once(&line).chain(&rest).zip(first..);
                let found = lines.find(|(line, _)| std::str::from_utf8(line).is_err());
                Ok(Next::Stop(found.map_or(first, |(_, line)| line), NO_UTF_8.to_owned()))
            }
        }
    }
}

struct Parser {
    signs: Signs,
    text: Vec<u8>,
    ends: Vec<End>,
    state: State,
    /// The start of the current value in `text`.
    start: usize,
    /// The current line, and the line of the last opening quote.
    line: u64,
    opened: u64,
}

impl Parser {
    /// A parser that reuses the memory of another record.
    fn new(signs: Signs, record: Record, line: u64) -> Self {
        let (mut text, mut ends) = (record.text.into_bytes(), record.ends);
        text.clear();
        ends.clear();
        Self { signs, text, ends, state: State::Start, start: 0, line, opened: line }
    }

    /// Parses a line; returns true if the record ends with it.
    fn line(&mut self, line: &[u8]) -> Result<bool, String> {
        if line.contains(&0) {
            return Err("a NUL byte, which is not text (if the file is UTF-16, set encoding = \"utf-16le\")".to_owned());
        }
        let mut bytes = line.iter().copied().peekable();
        while let Some(byte) = bytes.next() {
            match self.state {
                State::Quoted if self.signs.quote == Some(byte) => self.state = State::Closed,
                State::Quoted if byte == b'\\' && self.signs.escape == Escape::Backslash => self.state = State::Escaped,
                State::Quoted => self.text.push(byte),
                State::Escaped if byte == b'\\' || self.signs.quote == Some(byte) => {
                    self.text.push(byte);
                    self.state = State::Quoted;
                }
                State::Escaped => {
                    return Err(self.in_column("a backslash that is not followed by a quote or a backslash"));
                }
                State::Closed if self.signs.quote == Some(byte) && self.signs.escape != Escape::Backslash => {
                    self.text.push(byte);
                    self.state = State::Quoted;
                }
                _ if byte == self.signs.delimiter => self.end()?,
                _ if byte == b'\n' || byte == b'\r' => {
                    let is_end = match self.signs.line_end {
                        LineEnd::Lf => byte == b'\n' || bytes.next_if_eq(&b'\n').is_some(),
                        LineEnd::Cr => byte == b'\r',
                    };
                    if !is_end {
                        return Err(self.in_column(match self.signs.line_end {
                            LineEnd::Lf => {
                                "a carriage return without a line feed (if lines end this way, set line-end = \"cr\")"
                            }
                            LineEnd::Cr => "a line feed outside quotes, although lines end with a carriage return",
                        }));
                    }
                    self.end()?;
                    return Ok(true);
                }
                State::Closed => return Err(self.in_column("characters after the closing quote")),
                State::Whole => return Err(self.in_column("a backslash outside quotes")),
                State::Start if self.signs.quote == Some(byte) => {
                    self.state = State::Quoted;
                    self.opened = self.line;
                }
                _ if self.signs.quote == Some(byte) => {
                    return Err(self.in_column("a quote in a value that does not begin with one"));
                }
                _ if byte == b'\\' && self.signs.escape == Escape::Backslash => {
                    // MySQL writes a missing value as `\N`.
                    if self.state != State::Start || bytes.next_if_eq(&b'N').is_none() {
                        return Err(self.in_column("a backslash outside quotes"));
                    }
                    self.text.extend_from_slice(b"\\N");
                    self.state = State::Whole;
                }
                _ => {
                    self.text.push(byte);
                    self.state = State::Bare;
                }
            }
        }
        match self.state {
            // A backslash does not escape the end of a line.
            State::Escaped => Err(self.in_column("a backslash that is not followed by a quote or a backslash")),
            State::Quoted => Ok(false),
            // The last line of a file may have no end.
            _ => self.end().map(|()| true),
        }
    }

    /// Ends the current value.
    fn end(&mut self) -> Result<(), String> {
        let quoted = self.state == State::Closed;
        if quoted
            && self.signs.escape == Escape::Unsaid
            && self.text.get(self.start..).is_some_and(|text| text.ends_with(b"\\"))
        {
            return Err(self.in_column(
                "a backslash before the closing quote, which could be an escaped quote (set escape = \"doubled\" or \
                 \"backslash\")",
            ));
        }
        self.ends.push(End { at: self.text.len(), quoted });
        self.start = self.text.len();
        self.state = State::Start;
        Ok(())
    }

    fn in_column(&self, message: &str) -> String {
        format!("value {}: {message}", self.ends.len() + 1)
    }
}
