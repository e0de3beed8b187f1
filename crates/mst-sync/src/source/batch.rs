//! Rows in batches, which one thread reads while another maps them.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::format::EmptyValue;
#[cfg(feature = "parquet")]
use super::parquet::ColumnRows;
use super::{BrokenRow, Cell, Row, SourceError, Visit};
use crate::mapping::{Plain, RowView};

/// A source that reads its rows in batches.
pub trait Batches: Send {
    /// Reads on: into `rows`, or up to a row that cannot be parsed.
    ///
    /// # Errors
    /// [`SourceError`], after which nothing more can be read.
    fn read(&mut self, rows: &mut Rows) -> Result<Batch, SourceError>;

    /// Passes the rows to a visitor, one at a time.
    ///
    /// # Errors
    /// [`SourceError`].
    fn each_row(&mut self, visit: &mut Visit<'_>) -> Result<(), SourceError> {
        let mut rows = Rows::default();
        loop {
            match self.read(&mut rows)? {
                Batch::End => return Ok(()),
                Batch::Broken(broken) => {
                    if visit(Err(broken)).is_break() {
                        return Ok(());
                    }
                }
                Batch::Rows => {
                    let mut cells = Vec::new();
                    for index in 0..rows.len() {
                        let flow = match rows.row(index) {
                            Ok(row) => {
                                cells.clear();
                                row.push_cells(&mut cells);
                                visit(Ok(Row { number: row.number(), cells: &cells, raw: None }))
                            }
                            Err(broken) => visit(Err(broken)),
                        };
                        if let ControlFlow::Break(()) = flow {
                            return Ok(());
                        }
                    }
                }
            }
        }
    }
}

/// The outcome of reading on.
pub enum Batch {
    /// Rows, at least one.
    Rows,
    /// A row that cannot be parsed, after all rows before it.
    Broken(BrokenRow),
    /// Nothing is left.
    End,
}

/// Rows of one batch. The memory is meant to be used again for another one.
pub enum Rows {
    /// Rows of text.
    Text(TextRows),
    /// Columns of values.
    #[cfg(feature = "parquet")]
    Columns(ColumnRows),
}

impl Default for Rows {
    fn default() -> Self {
        Self::Text(TextRows::default())
    }
}

impl Rows {
    /// The number of rows.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text(rows) => rows.lines.len(),
            #[cfg(feature = "parquet")]
            Self::Columns(rows) => rows.len(),
        }
    }

    /// A row; the reason why it cannot be parsed.
    pub(crate) fn row(&self, index: usize) -> Result<BatchRow<'_>, BrokenRow> {
        #[cfg(feature = "parquet")]
        if let Self::Columns(rows) = self {
            rows.check(index)?;
        }
        Ok(BatchRow { rows: self, index })
    }
}

/// A row of a batch.
#[derive(Clone, Copy)]
pub(crate) struct BatchRow<'r> {
    rows: &'r Rows,
    index: usize,
}

impl RowView for BatchRow<'_> {
    fn number(&self) -> u64 {
        match self.rows {
            Rows::Text(rows) => rows.lines.get(self.index).copied().unwrap_or_default(),
            #[cfg(feature = "parquet")]
            Rows::Columns(rows) => rows.number(self.index),
        }
    }

    #[inline]
    fn plain(&self, position: usize) -> Plain<'_> {
        match self.rows {
            Rows::Text(rows) => rows.plain(self.index, position),
            #[cfg(feature = "parquet")]
            Rows::Columns(rows) => rows.plain(self.index, position),
        }
    }

    fn cells(&self) -> Cow<'_, [Cell<'_>]> {
        let mut cells = Vec::new();
        self.push_cells(&mut cells);
        cells.into()
    }
}

impl<'r> BatchRow<'r> {
    fn push_cells(&self, cells: &mut Vec<Cell<'r>>) {
        match self.rows {
            Rows::Text(rows) => cells.extend((0..rows.width).map(|position| rows.cell(self.index, position))),
            #[cfg(feature = "parquet")]
            Rows::Columns(rows) => cells.extend(rows.cells(self.index)),
        }
    }
}

/// Rows of text: their text, and where each value is in it.
#[derive(Default)]
pub struct TextRows {
    text: String,
    spans: Vec<Span>,
    /// The number of each row.
    lines: Vec<u64>,
    /// The number of values of a row.
    width: usize,
    empty: EmptyValue,
}

/// Where a value is, and whether it was in quotes. A batch is far smaller than 2 GiB.
#[derive(Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
    quoted: bool,
}

impl TextRows {
    fn span(&self, row: usize, position: usize) -> Option<Span> {
        (position < self.width).then(|| self.spans.get(row * self.width + position).copied())?
    }

    fn text(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    fn plain(&self, row: usize, position: usize) -> Plain<'_> {
        match self.span(row, position) {
            Some(span) if span.start < span.end || span.quoted => Plain::Text(self.text(span)),
            Some(span) if self.empty == EmptyValue::Text => Plain::Text(self.text(span)),
            _ => Plain::Other,
        }
    }

    /// A value as a cell. An empty value without quotes depends on a setting, or on the rule of the field.
    fn cell(&self, row: usize, position: usize) -> Cell<'_> {
        let Some(span) = self.span(row, position) else { return Cell::Null };
        match self.empty {
            EmptyValue::Unsaid if span.start == span.end && !span.quoted => Cell::Empty,
            EmptyValue::Null if span.start == span.end && !span.quoted => Cell::Null,
            _ => Cell::Text(self.text(span).into()),
        }
    }
}

/// Rows of text that are being read. The text is checked once, when all of it is there.
#[cfg(feature = "csv")]
pub(super) struct TextRowsBuilder {
    text: Vec<u8>,
    spans: Vec<Span>,
    lines: Vec<u64>,
    width: usize,
    /// Where the row begins that is being added.
    row_start: usize,
    empty: EmptyValue,
}

/// The number of rows and bytes of a batch that is full.
#[cfg(feature = "csv")]
const FULL: (usize, usize) = (1 << 13, 1 << 18);

#[cfg(feature = "csv")]
impl TextRowsBuilder {
    /// Takes the memory of another batch.
    pub(super) fn new(rows: &mut Rows, width: usize, empty: EmptyValue) -> Self {
        let (mut text, mut spans, mut lines) = match std::mem::take(rows) {
            Rows::Text(TextRows { text, spans, lines, .. }) => (text.into_bytes(), spans, lines),
            #[cfg(feature = "parquet")]
            Rows::Columns(_) => (Vec::new(), Vec::new(), Vec::new()),
        };
        text.clear();
        spans.clear();
        lines.clear();
        Self { text, spans, lines, width, row_start: 0, empty }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        let (rows, bytes) = FULL;
        self.lines.len() >= rows || self.text.len() >= bytes
    }

    /// The number of rows for which there is room.
    pub(super) fn room(&self) -> usize {
        FULL.0.saturating_sub(self.lines.len())
    }

    /// The number of bytes so far.
    pub(super) fn length(&self) -> usize {
        self.text.len()
    }

    /// Adds a value of the next row, whose text is added later.
    #[inline]
    pub(super) fn push_value(&mut self, start: usize, end: usize) {
        self.spans.push(Span { start: start as u32, end: end as u32, quoted: false });
    }

    /// Ends the row that is being added; returns false, without the row, if it has another number of values.
    #[inline]
    pub(super) fn end_row(&mut self, line: u64) -> bool {
        if self.spans.len() - self.row_start != self.width {
            self.drop_row();
            return false;
        }
        self.row_start = self.spans.len();
        self.lines.push(line);
        true
    }

    /// Drops the values of the row that is being added.
    pub(super) fn drop_row(&mut self) {
        self.spans.truncate(self.row_start);
    }

    /// Adds the text of the rows that were added.
    pub(super) fn push_text(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    /// Adds a row with its text.
    pub(super) fn push_row<'v>(&mut self, line: u64, values: impl Iterator<Item = (&'v str, bool)>) {
        for (value, quoted) in values {
            let start = self.text.len() as u32;
            self.text.extend_from_slice(value.as_bytes());
            self.spans.push(Span { start, end: self.text.len() as u32, quoted });
        }
        self.end_row(line);
    }

    /// The batch. If a row is not UTF-8, the rows before it, and its line.
    pub(super) fn finish(self) -> (Rows, Option<u64>) {
        let Self { text, mut spans, mut lines, width, empty, .. } = self;
        let (text, wrong) = match String::from_utf8(text) {
            Ok(text) => (text, None),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                // The last row that begins before it. Between two values is a delimiter or the beginning of a text that
                // was checked, so that no character reaches from one into another.
                let starts = spans.iter().step_by(width.max(1));
                let row = starts.take_while(|span| span.start as usize <= valid).count().saturating_sub(1);
                let line = lines.get(row).copied();
                lines.truncate(row);
                spans.truncate(row * width);
                let mut bytes = error.into_bytes();
                bytes.truncate(valid);
                (String::from_utf8(bytes).unwrap_or_default(), line)
            }
        };
        (Rows::Text(TextRows { text, spans, lines, width, empty }), wrong)
    }
}
