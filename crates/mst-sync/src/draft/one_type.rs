//! The narrowest type of a contract that holds a column's values exactly, with room for rows that were not sampled.

use super::decimal::Decimal;
use super::model::Steps;
use super::room::{finer, finest_unit, float_digits};
use super::spelling::uuid_digits;
use super::table::Column;
use crate::cell::{Cell, Clock};
use crate::contract::{FieldType, Floats, Rules, Unit};

/// A type, with the rules and steps that it needs, and the reason in words.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Found {
    pub(super) ty: FieldType,
    pub(super) rules: Rules,
    pub(super) steps: Steps,
    pub(super) reason: String,
}

/// 64 bits: a table that counts to 100 today may count to a million tomorrow.
const WHOLE: FieldType = FieldType::Int { signed: true, bits: 64 };
/// The digits of a decimal number of which nothing is known.
const UNKNOWN_SCALE: u32 = 10;

/// The declaration of a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Declared {
    Nothing,
    Whole,
    /// Whole numbers from 0 to 2^64 - 1.
    LargeWhole,
    Decimal(Option<u32>),
    Float,
    Bool,
    Date,
    Moment,
    Local,
    Time,
    Uuid,
    Json,
    Bytes,
    /// Text, and everything that is read as text.
    Text,
}

impl Declared {
    fn of(column: Option<&Column>) -> Self {
        let Some(text) = column.and_then(|column| column.declared.as_deref()) else { return Self::Nothing };
        let text = text.trim().to_ascii_lowercase();
        let is = |words: &[&str]| words.iter().any(|word| text.starts_with(word));
        match () {
            () if text.is_empty() => Self::Nothing,
            () if text.ends_with(']') => Self::Json,
            () if is(&["bool"]) => Self::Bool,
            () if is(&["interval", "point", "character", "text", "enum", "set"]) => Self::Text,
            () if text.contains("int") && text.contains("big") && text.contains("unsigned") => Self::LargeWhole,
            () if text.contains("int") || is(&["serial", "bigserial", "smallserial"]) => Self::Whole,
            () if is(&["numeric", "decimal", "dec"]) => {
                // With a precision alone there are no digits after the point.
                let scale = column.and_then(Column::declared_scale);
                Self::Decimal(scale.or((text.contains('(') && !text.contains(',')).then_some(0)))
            }
            () if is(&["real", "float", "double"]) => Self::Float,
            () if is(&["uuid"]) => Self::Uuid,
            () if is(&["json"]) => Self::Json,
            () if is(&["bytea", "blob", "binary", "varbinary", "longblob", "mediumblob", "tinyblob"]) => Self::Bytes,
            () if is(&["timestamptz"]) || text.contains("with time zone") && is(&["timestamp"]) => Self::Moment,
            () if is(&["timestamp", "datetime"]) => Self::Local,
            () if text == "date" => Self::Date,
            () if is(&["time"]) && !text.contains("with time zone") => Self::Time,
            () => Self::Text,
        }
    }
}

/// The type of a column with these cells. Texts of a source that has nothing but texts are read as what they all are.
pub(super) fn column_type(
    column: Option<&Column>,
    cells: &[&Cell<'static>],
    has_only_texts: bool,
    is_key: bool,
) -> Found {
    let declared = Declared::of(column);
    let live: Vec<&Cell<'static>> =
        cells.iter().copied().filter(|cell| !matches!(cell, Cell::Null | Cell::Empty)).collect();
    let all = |test: fn(&Cell<'_>) -> bool| live.iter().all(|cell| test(cell));
    let any = |test: fn(&Cell<'_>) -> bool| live.iter().any(|cell| test(cell));
    let is_text = |cell: &Cell<'_>| matches!(cell, Cell::Text(_) | Cell::TextOrJson(_));
    let mut found = match () {
        () if live.is_empty() => of_nothing(declared),
        () if all(|cell| matches!(cell, Cell::Int(_) | Cell::Number { .. } | Cell::Float32(_) | Cell::Float64(_))) => {
            numbers(&live, declared)
        }
        () if all(|cell| matches!(cell, Cell::Bool(_))) => plain(FieldType::Bool, "truth values"),
        () if all(|cell| matches!(cell, Cell::Date(_))) => plain(FieldType::Date, "days"),
        () if all(|cell| is_clock(cell, Clock::Instant)) => {
            plain(FieldType::Timestamp(finer(finest_unit(&live), Unit::Micro)), "moments")
        }
        () if all(|cell| is_clock(cell, Clock::Time)) => {
            plain(FieldType::Time(finer(finest_unit(&live), Unit::Micro)), "times of day")
        }
        () if all(|cell| is_clock(cell, Clock::Duration)) => {
            plain(FieldType::Duration(finer(finest_unit(&live), Unit::Micro)), "durations")
        }
        () if all(|cell| matches!(cell, Cell::Bytes(bytes) if bytes.len() == 16)) && declared == Declared::Uuid => {
            plain(FieldType::Uuid, "UUIDs, as declared")
        }
        () if all(|cell| matches!(cell, Cell::Bytes(_))) => plain(FieldType::Bytes, "bytes"),
        () if any(|cell| matches!(cell, Cell::Json(_))) && !is_key => plain(FieldType::Json, "JSON"),
        () if all(|cell| matches!(cell, Cell::Local(_))) => cast("times without zone, which are no moments, as text"),
        () if all(is_text) && has_only_texts => texts(&live),
        () if all(is_text) && declared == Declared::Uuid => plain(FieldType::Uuid, "UUIDs, as declared"),
        () if all(is_text) => plain(FieldType::Text, "text"),
        () => cast("values of several kinds, all as text"),
    };
    found.rules.nullable = !is_key && !column.is_some_and(|column| column.not_null);
    found
}

fn is_clock(cell: &Cell<'_>, wanted: Clock) -> bool {
    cell.clock().is_some_and(|(clock, ..)| clock == wanted)
}

fn plain(ty: FieldType, reason: &str) -> Found {
    Found { ty, rules: Rules::default(), steps: Steps::default(), reason: reason.to_owned() }
}

fn cast(reason: &str) -> Found {
    Found { steps: Steps { cast: Some("text"), ..Steps::default() }, ..plain(FieldType::Text, reason) }
}

/// The type of a column without a value.
fn of_nothing(declared: Declared) -> Found {
    const REASON: &str = "as declared; no sampled row has a value";
    match declared {
        Declared::Whole => plain(WHOLE, REASON),
        Declared::LargeWhole => plain(FieldType::Decimal { scale: 0 }, REASON),
        Declared::Decimal(scale) => plain(FieldType::Decimal { scale: scale.unwrap_or(UNKNOWN_SCALE).min(38) }, REASON),
        Declared::Float => floats(plain(FieldType::Decimal { scale: float_digits(u32::MAX) }, REASON)),
        Declared::Bool => plain(FieldType::Bool, REASON),
        Declared::Date => plain(FieldType::Date, REASON),
        Declared::Moment => plain(FieldType::Timestamp(Unit::Micro), REASON),
        Declared::Time => plain(FieldType::Time(Unit::Micro), REASON),
        Declared::Uuid => plain(FieldType::Uuid, REASON),
        Declared::Json => plain(FieldType::Json, REASON),
        Declared::Bytes => plain(FieldType::Bytes, REASON),
        Declared::Local | Declared::Text | Declared::Nothing => cast("no sampled row has a value"),
    }
}

fn floats(mut found: Found) -> Found {
    found.rules.floats = Floats::Shortest;
    found.reason.push_str(", floating-point numbers read as the shortest decimal that denotes them");
    found
}

fn numbers(live: &[&Cell<'static>], declared: Declared) -> Found {
    let has_floats = live.iter().any(|cell| matches!(cell, Cell::Float32(_) | Cell::Float64(_)));
    let numbers: Vec<Decimal> = live.iter().filter_map(|cell| Decimal::of(cell)).collect();
    let seen = numbers.iter().map(|number| number.digits()).max().unwrap_or(0);
    let are_whole = seen == 0 && live.iter().all(|cell| matches!(cell, Cell::Int(_)));
    let is_truth = |cell: &&Cell<'_>| matches!(cell, Cell::Int(0 | 1));
    match declared {
        Declared::Bool if live.iter().all(is_truth) => plain(FieldType::Bool, "truth values, as declared"),
        Declared::LargeWhole if are_whole => plain(FieldType::Decimal { scale: 0 }, "whole numbers above 64 bits"),
        Declared::Decimal(Some(scale)) => {
            let scale = scale.max(seen).min(38);
            let found = plain(FieldType::Decimal { scale }, "decimal numbers with the declared digits");
            if has_floats { floats(found) } else { found }
        }
        _ if has_floats || declared == Declared::Float => {
            let scale = float_digits(seen);
            floats(plain(FieldType::Decimal { scale }, "numbers"))
        }
        Declared::Decimal(None) => {
            let scale = seen.clamp(2, 38);
            plain(FieldType::Decimal { scale }, "decimal numbers with the most digits that were seen")
        }
        _ if are_whole && numbers.iter().all(|number| number.fits_i64()) => plain(WHOLE, "whole numbers"),
        _ if are_whole => plain(FieldType::Decimal { scale: 0 }, "whole numbers above 64 bits"),
        _ => {
            let scale = seen.clamp(2, 38);
            plain(FieldType::Decimal { scale }, "decimal numbers with the most digits that were seen")
        }
    }
}

/// The type of texts that nothing is declared of. Each must be in the one spelling of its value, so that nothing gets
/// lost: `007`, `1e3` and `12.5` beside `12.50` stay text.
fn texts(live: &[&Cell<'static>]) -> Found {
    let texts: Vec<&str> = live
        .iter()
        .filter_map(|cell| match cell {
            Cell::Text(text) | Cell::TextOrJson(text) => Some(&**text),
            _ => None,
        })
        .collect();
    let is_whole = |text: &&str| text.parse::<i64>().is_ok_and(|number| number.to_string() == **text);
    let digits = |text: &str| {
        let (whole, digits) = text.split_once('.')?;
        let all = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_plain = is_whole(&whole) || whole == "-0";
        let is_zero = !text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        (is_plain && all(digits) && text.len() <= 30 && !(is_zero && whole == "-0")).then_some(digits.len())
    };
    let first_digits = texts.first().and_then(|text| digits(text));
    let is_iso = |wanted: fn(&Cell<'_>) -> bool| {
        let is_wanted = |text: &&str| Cell::of_iso(text).is_some_and(|cell| wanted(&cell));
        texts.iter().all(is_wanted)
    };
    match () {
        () if texts.iter().all(is_whole) => plain(WHOLE, "whole numbers, each sampled text in its one spelling"),
        () if first_digits.is_some() && texts.iter().all(|text| digits(text) == first_digits) => {
            let scale = u32::try_from(first_digits.unwrap_or(0)).unwrap_or(38).min(38);
            plain(FieldType::Decimal { scale }, "decimal numbers, all sampled texts with as many digits")
        }
        () if texts.iter().all(|text| matches!(*text, "true" | "false")) => plain(FieldType::Bool, "truth values"),
        () if texts.iter().all(|text| uuid_digits(text).is_some() && text.len() == 36) => {
            plain(FieldType::Uuid, "UUIDs")
        }
        () if is_iso(|cell| matches!(cell, Cell::Date(_))) => plain(FieldType::Date, "days"),
        // A spelling without a zone is no moment.
        () if texts.iter().all(|text| text.ends_with('Z')) && is_iso(|cell| matches!(cell, Cell::Instant(_))) => {
            let cells: Vec<Cell<'static>> = texts.iter().filter_map(|text| Cell::of_iso(text)).collect();
            let unit = finer(finest_unit(&cells.iter().collect::<Vec<_>>()), Unit::Micro);
            plain(FieldType::Timestamp(unit), "moments")
        }
        () => plain(FieldType::Text, "text"),
    }
}
