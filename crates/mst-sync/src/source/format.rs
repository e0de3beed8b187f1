//! The dialect of CSV files.

/// The dialect of a CSV file. If a file could be read in two ways, one of these settings decides; without it the row is
/// refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CsvFormat {
    /// The character between two values.
    pub delimiter: u8,
    /// The character around values; `None` if quotes are ordinary characters.
    pub quote: Option<u8>,
    /// How a quote inside quotes is written.
    pub escape: Escape,
    /// The end of a line.
    pub line_end: LineEnd,
    /// Lines that begin with this character are not rows.
    pub comment: Option<u8>,
    /// The number of lines before everything else that are skipped.
    pub skip_lines: u64,
    /// Where the names of the columns come from.
    pub header: Header,
    /// The meaning of an empty value without quotes.
    pub empty: EmptyValue,
}

impl Default for CsvFormat {
    /// The format of RFC 4180.
    fn default() -> Self {
        Self {
            delimiter: b',',
            quote: Some(b'"'),
            escape: Escape::Unsaid,
            line_end: LineEnd::Lf,
            comment: None,
            skip_lines: 0,
            header: Header::FirstLine,
            empty: EmptyValue::Unsaid,
        }
    }
}

/// How a quote inside quotes is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Escape {
    /// It is doubled. A value that ends with a backslash before its quote is refused, because it could be an escaped
    /// quote.
    Unsaid,
    /// It is doubled.
    Doubled,
    /// A backslash precedes it. A backslash may also precede another backslash, and nothing else.
    Backslash,
}

/// The end of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LineEnd {
    /// A line feed, which may have a carriage return before it.
    Lf,
    /// A carriage return alone.
    Cr,
}

/// Where the names of the columns come from.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Header {
    /// The first line.
    FirstLine,
    /// These are the names.
    Names(Vec<String>),
    /// The names are `1`, `2` and so on.
    Numbers,
}

/// The meaning of an empty value without quotes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EmptyValue {
    /// Unknown: if it matters, the value is refused.
    #[serde(skip)]
    #[default]
    Unsaid,
    /// Empty text, as with quotes.
    Text,
    /// Null, as PostgreSQL writes it.
    Null,
}
