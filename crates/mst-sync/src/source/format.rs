//! How a file of comma-separated values is written.

/// How a file of comma-separated values is written. Where a file could be read in two ways, one of these settings says
/// in which; without it the row is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CsvFormat {
    /// The character between two values.
    pub delimiter: u8,
    /// The character around values; none where quotes are characters as any other.
    pub quote: Option<u8>,
    /// How a quote is written within quotes.
    pub escape: Escape,
    /// The end of a line.
    pub line_end: LineEnd,
    /// Lines that begin with this character are no rows.
    pub comment: Option<u8>,
    /// How many lines stand before everything else.
    pub skip_lines: u64,
    /// The source of the names of the columns.
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

/// How a quote is written within quotes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Escape {
    /// Twice. A value that ends with a backslash before its quote is refused, as it could be an escaped quote.
    Unsaid,
    /// Twice.
    Doubled,
    /// With a backslash before it, which stands before a backslash too, and before nothing else.
    Backslash,
}

/// The end of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineEnd {
    /// A line feed, which may have a carriage return before it.
    Lf,
    /// A carriage return alone.
    Cr,
}

/// The source of the names of the columns.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Header {
    /// The first line.
    FirstLine,
    /// These are the names.
    Names(Vec<String>),
    /// They are called `1`, `2` and so on.
    Numbers,
}

/// The meaning of an empty value without quotes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmptyValue {
    /// That is not known: where it matters, it is refused.
    #[serde(skip)]
    Unsaid,
    /// Empty text, as with quotes.
    Text,
    /// No value, as PostgreSQL writes it.
    Null,
}
