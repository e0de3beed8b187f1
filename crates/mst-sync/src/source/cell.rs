//! The values that sources deliver: cells, as exact as they are stored.

use std::borrow::Cow;
use std::fmt;

use mst_types::civil::{
    Iso, Rest, parse_iso_exact, parse_postgres, write_date, write_duration, write_time, write_time_of_day,
};

/// One value of a row, as exact as in the source. Nothing is rounded, trimmed or converted before the contract gets it,
/// so that the values of all sources are canonicalized in one place.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell<'a> {
    /// No value.
    Null,
    /// An empty value of a CSV file without quotes, which could be null or empty text.
    Empty,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A number as decimal text (sign, digits, point, exponent), times 10^`shift`.
    Number {
        /// The digits, as written in the source.
        text: Cow<'a, str>,
        /// The power of ten.
        shift: i32,
    },
    /// A binary floating-point number of four bytes.
    Float32(f32),
    /// A binary floating-point number of eight bytes.
    Float64(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// Text of a source that may be a JSON text or a string, and does not say which.
    TextOrJson(Cow<'a, str>),
    /// Bytes.
    Bytes(Cow<'a, [u8]>),
    /// A date, in days since 1970-01-01.
    Date(i32),
    /// A local time, in nanoseconds since a clock showed 1970-01-01 00:00:00. It denotes a moment only together with a
    /// zone.
    Local(i128),
    /// A moment, in nanoseconds since 1970-01-01T00:00:00Z.
    Instant(i128),
    /// A time of day, in nanoseconds since midnight, before 24:00:00.
    Time(i128),
    /// A duration, in nanoseconds.
    Duration(i128),
    /// A time with more digits than nanoseconds: a count of nanoseconds, and the rest.
    Finer {
        /// The kind of time.
        clock: Clock,
        /// The count, rounded down.
        nanos: i128,
        /// The rest.
        rest: Rest,
    },
    /// A JSON text.
    Json(Cow<'a, str>),
}

/// A kind of time that is counted in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Clock {
    /// The kind of [`Cell::Local`].
    Local,
    /// The kind of [`Cell::Instant`].
    Instant,
    /// The kind of [`Cell::Time`].
    Time,
    /// The kind of [`Cell::Duration`].
    Duration,
}

impl Cell<'_> {
    /// The name of this kind of cell in messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Empty => "an empty value without quotes",
            Self::Bool(_) => "a truth value",
            Self::Int(_) => "a whole number",
            Self::Number { .. } => "a number",
            Self::Float32(_) | Self::Float64(_) => "a floating-point number",
            Self::Text(_) => "text",
            Self::TextOrJson(_) => "text that may be JSON or a string",
            Self::Bytes(_) => "bytes",
            Self::Date(_) => "a date",
            Self::Local(_) | Self::Finer { clock: Clock::Local, .. } => "a time without zone",
            Self::Instant(_) | Self::Finer { clock: Clock::Instant, .. } => "a moment",
            Self::Time(_) | Self::Finer { clock: Clock::Time, .. } => "a time of day",
            Self::Duration(_) | Self::Finer { clock: Clock::Duration, .. } => "a duration",
            Self::Json(_) => "JSON",
        }
    }

    /// The same cell with nothing borrowed.
    pub fn into_owned(self) -> Cell<'static> {
        match self {
            Self::Null => Cell::Null,
            Self::Empty => Cell::Empty,
            Self::Bool(v) => Cell::Bool(v),
            Self::Int(v) => Cell::Int(v),
            Self::Number { text, shift } => Cell::Number { text: text.into_owned().into(), shift },
            Self::Float32(v) => Cell::Float32(v),
            Self::Float64(v) => Cell::Float64(v),
            Self::Text(v) => Cell::Text(v.into_owned().into()),
            Self::TextOrJson(v) => Cell::TextOrJson(v.into_owned().into()),
            Self::Bytes(v) => Cell::Bytes(v.into_owned().into()),
            Self::Date(v) => Cell::Date(v),
            Self::Local(v) => Cell::Local(v),
            Self::Instant(v) => Cell::Instant(v),
            Self::Time(v) => Cell::Time(v),
            Self::Duration(v) => Cell::Duration(v),
            Self::Finer { clock, nanos, rest } => Cell::Finer { clock, nanos, rest },
            Self::Json(v) => Cell::Json(v.into_owned().into()),
        }
    }

    /// The same cell, borrowed.
    pub fn borrowed(&self) -> Cell<'_> {
        match self {
            Self::Null => Cell::Null,
            Self::Empty => Cell::Empty,
            Self::Bool(v) => Cell::Bool(*v),
            Self::Int(v) => Cell::Int(*v),
            Self::Number { text, shift } => Cell::Number { text: Cow::Borrowed(text), shift: *shift },
            Self::Float32(v) => Cell::Float32(*v),
            Self::Float64(v) => Cell::Float64(*v),
            Self::Text(v) => Cell::Text(Cow::Borrowed(v)),
            Self::TextOrJson(v) => Cell::TextOrJson(Cow::Borrowed(v)),
            Self::Bytes(v) => Cell::Bytes(Cow::Borrowed(v)),
            Self::Date(v) => Cell::Date(*v),
            Self::Local(v) => Cell::Local(*v),
            Self::Instant(v) => Cell::Instant(*v),
            Self::Time(v) => Cell::Time(*v),
            Self::Duration(v) => Cell::Duration(*v),
            Self::Finer { clock, nanos, rest } => Cell::Finer { clock: *clock, nanos: *nanos, rest: *rest },
            Self::Json(v) => Cell::Json(Cow::Borrowed(v)),
        }
    }
}

impl Cell<'static> {
    /// Reads an ISO 8601 date, time or moment; `None` if the text is something else.
    pub(crate) fn of_iso(text: &str) -> Option<Self> {
        let (iso, rest) = parse_iso_exact(text)?;
        Some(match iso {
            Iso::Date(days) => Self::Date(days),
            Iso::Local(nanos) => Self::of_clock(Clock::Local, nanos, rest),
            Iso::Instant(nanos) => Self::of_clock(Clock::Instant, nanos, rest),
        })
    }

    /// Reads a date, time or moment in PostgreSQL's notation; `None` for anything else, such as `infinity`.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code))]
    pub(crate) fn of_postgres(text: &str) -> Option<Self> {
        Some(match parse_postgres(text)? {
            Iso::Date(days) => Self::Date(days),
            Iso::Local(nanos) => Self::Local(nanos),
            Iso::Instant(nanos) => Self::Instant(nanos),
        })
    }

    /// A time from a count of nanoseconds and the rest.
    pub(crate) fn of_clock(clock: Clock, nanos: i128, rest: Rest) -> Self {
        match (rest, clock) {
            (Rest::None, Clock::Local) => Self::Local(nanos),
            (Rest::None, Clock::Instant) => Self::Instant(nanos),
            (Rest::None, Clock::Time) => Self::Time(nanos),
            (Rest::None, Clock::Duration) => Self::Duration(nanos),
            (rest, clock) => Self::Finer { clock, nanos, rest },
        }
    }
}

impl Cell<'_> {
    /// The kind, the count of nanoseconds, and the rest of a time.
    pub(crate) fn clock(&self) -> Option<(Clock, i128, Rest)> {
        Some(match self {
            Self::Local(nanos) => (Clock::Local, *nanos, Rest::None),
            Self::Instant(nanos) => (Clock::Instant, *nanos, Rest::None),
            Self::Time(nanos) => (Clock::Time, *nanos, Rest::None),
            Self::Duration(nanos) => (Clock::Duration, *nanos, Rest::None),
            Self::Finer { clock, nanos, rest } => (*clock, *nanos, *rest),
            _ => return None,
        })
    }
}

/// For messages: text in quotes, everything else bare.
impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Empty => f.write_str("(empty)"),
            Self::Bool(v) => v.fmt(f),
            Self::Int(v) => v.fmt(f),
            Self::Number { text, shift: 0 } => f.write_str(text),
            Self::Number { text, shift } => write!(f, "{text} × 10^{shift}"),
            Self::Float32(v) => v.fmt(f),
            Self::Float64(v) => v.fmt(f),
            Self::Text(v) | Self::TextOrJson(v) => write!(f, "\"{}\"", mst_types::escape_text(v)),
            Self::Bytes(v) => write!(f, "0x{}", hex::encode(v)),
            Self::Date(v) => write_date(f, i64::from(*v)),
            Self::Local(v) => write_time(f, *v),
            Self::Instant(v) => write_time(f, *v).and_then(|()| f.write_str("Z")),
            Self::Time(v) => write_time_of_day(f, *v),
            Self::Duration(v) => write_duration(f, *v),
            Self::Finer { clock, nanos, .. } => {
                write!(f, "{}… (more digits than nanoseconds)", Cell::of_clock(*clock, *nanos, Rest::None))
            }
            Self::Json(v) => f.write_str(&mst_types::escape_text(v)),
        }
    }
}
