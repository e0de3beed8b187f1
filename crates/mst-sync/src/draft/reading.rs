//! The ways in which a column of sampled rows can be read.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::decimal::Decimal;
use super::spelling::uuid_digits;
use super::time_text::{self, TimeText};
use crate::cell::{Cell, Clock};
use crate::contract::{Canonical, Case, Field, FieldType, Rules, Unit};
use mst_types::civil::Rest;

/// Texts that often stand for null.
pub(super) const NULL_TEXTS: [&str; 10] = ["", "-", "NULL", "null", "N/A", "n/a", "none", "None", "nil", "\\N"];

/// The share of values that a reading must take.
const MIN_READ: f64 = 0.98;

/// The meaning of a column's values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Number,
    Uuid(Option<&'static str>),
    /// A moment, in nanoseconds.
    Moment(TimeText),
    /// A time without zone, in nanoseconds.
    Local(TimeText),
    /// A day.
    Date(TimeText),
    Time,
    /// A duration, in nanoseconds.
    Duration,
    Bool,
    Bytes,
    Json,
}

/// A value under a reading.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Value {
    Null,
    /// The reading does not take it.
    Bad,
    Count(i128),
    Number(Decimal),
    /// The hash of a value that is only compared.
    Hash(u64),
}

/// A column under one reading.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub(super) kind: Kind,
    pub(super) values: Vec<Value>,
    /// The number of values that the reading does not take.
    pub(super) bad: usize,
}

/// The side of a table, so that what cannot be read never equals anything of the other side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    Left,
    Right,
}

/// The code of null.
pub(super) const NULL: u64 = 0;

/// The code of something that equals nothing on the other side.
pub(super) fn bad_code(side: Side, row: usize) -> u64 {
    u64::MAX - (row as u64 * 2 + u64::from(side == Side::Left))
}

/// The code of a value; equal values have equal codes.
pub(super) fn code(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    // The upper half is for values that equal nothing, and zero is null.
    (hasher.finish() >> 1).max(1)
}

/// The text rules that are tried, the strict ones first.
pub(super) const TEXT_RULES: [(bool, bool, bool); 6] = [
    (false, false, false),
    (true, false, false),
    (false, true, false),
    (false, false, true),
    (true, false, true),
    (true, true, true),
];

/// Rules of a text field: trim, normal form, case.
pub(super) fn text_rules((trim, nfc, upper): (bool, bool, bool)) -> Rules {
    Rules { trim, nfc, case: if upper { Case::Upper } else { Case::Keep }, nullable: true, ..Rules::default() }
}

/// A column in the joined rows of one side, under all its readings.
#[derive(Clone, Debug)]
pub(super) struct ColumnView {
    pub(super) side: Side,
    /// The text of each cell; `None` for null.
    pub(super) texts: Vec<Option<String>>,
    /// Whether a cell was neither text nor a whole number, so that it is text only by a cast.
    pub(super) needs_cast: bool,
    /// Whether a cell was a floating-point number.
    pub(super) has_floats: bool,
    /// Whether a cell was text.
    pub(super) has_text: bool,
    /// Whether a value is a whole number with superfluous zeros in front.
    pub(super) has_leading_zeros: bool,
    /// Whether the values are typed numbers, or texts with a point.
    pub(super) is_plainly_numeric: bool,
    /// Two texts of one number, such as the versions 1.1 and 1.10.
    pub(super) spellings: Option<[String; 2]>,
    /// Whether a cell was a truth value.
    pub(super) has_bools: bool,
    /// The different texts, if they are at most [`MAX_CLASSES`].
    pub(super) classes: Option<usize>,
    /// Codes of the texts, for each of [`TEXT_RULES`].
    pub(super) text_codes: Vec<Vec<u64>>,
    pub(super) readings: Vec<Reading>,
    /// A constant text at both ends of all texts.
    pub(super) affix: (String, String),
}

/// The maximum number of different values of a column whose values are mapped.
pub(super) const MAX_CLASSES: usize = 40;

/// The text of a cell; `None` for null and for an empty value without quotes.
pub(super) fn text_of<'c>(cell: &'c Cell<'_>) -> Option<Cow<'c, str>> {
    Some(match cell {
        Cell::Null | Cell::Empty => return None,
        Cell::Text(text) | Cell::TextOrJson(text) | Cell::Json(text) => Cow::Borrowed(text),
        Cell::Number { text, shift: 0 } => Cow::Borrowed(text),
        cell => cell.to_string().into(),
    })
}

impl ColumnView {
    pub(super) fn new(side: Side, cells: &[&Cell<'static>]) -> Self {
        let texts: Vec<Option<String>> = cells.iter().map(|cell| text_of(cell).map(Cow::into_owned)).collect();
        let any = |test: fn(&Cell<'_>) -> bool| cells.iter().any(|cell| test(cell));
        let live = || texts.iter().flatten();
        let is_zero_led = |text: &String| {
            let digits = text.strip_prefix('-').unwrap_or(text);
            digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
        };
        let distinct: HashSet<&String> = live().collect();
        let mut view = Self {
            side,
            needs_cast: any(|cell| {
                !matches!(cell, Cell::Null | Cell::Empty | Cell::Text(_) | Cell::TextOrJson(_) | Cell::Int(_))
            }),
            has_floats: any(|cell| matches!(cell, Cell::Float32(_) | Cell::Float64(_))),
            has_text: any(|cell| matches!(cell, Cell::Text(_) | Cell::TextOrJson(_))),
            has_leading_zeros: live().any(is_zero_led),
            is_plainly_numeric: any(|cell| matches!(cell, Cell::Int(_) | Cell::Number { .. } | Cell::Float64(_)))
                || live().any(|text| text.contains('.')),
            spellings: spellings(cells),
            has_bools: any(|cell| matches!(cell, Cell::Bool(_))),
            classes: Some(distinct.len()).filter(|count| *count <= MAX_CLASSES),
            text_codes: Vec::new(),
            readings: Vec::new(),
            affix: affix(live().map(String::as_str)),
            texts: Vec::new(),
        };
        // A rule that changes no text has the codes of the rule without it.
        let is_trimmed = live().all(|text| text.trim().len() == text.len());
        let is_ascii = live().all(|text| text.is_ascii());
        let mut known: Vec<((bool, bool, bool), Vec<u64>)> = Vec::new();
        for (trim, nfc, case) in TEXT_RULES {
            let rules = (trim && !is_trimmed, nfc && !is_ascii, case);
            let codes = known.iter().find(|(known, _)| *known == rules).map(|(_, codes)| codes.clone());
            let codes = codes.unwrap_or_else(|| codes_of_texts(side, &texts, rules));
            known.push((rules, codes.clone()));
            view.text_codes.push(codes);
        }
        view.readings = readings(cells);
        view.texts = texts;
        view
    }

    pub(super) fn reading_codes(&self, reading: &Reading) -> Vec<u64> {
        let of = |(row, value): (usize, &Value)| match value {
            Value::Null => NULL,
            Value::Bad => bad_code(self.side, row),
            Value::Count(count) => code(count),
            Value::Number(number) => code(number),
            Value::Hash(hash) => *hash,
        };
        reading.values.iter().enumerate().map(|(row, value)| of((row, value))).collect()
    }
}

/// Two texts of the column that are one number.
fn spellings(cells: &[&Cell<'static>]) -> Option<[String; 2]> {
    let mut texts: HashMap<Decimal, &str> = HashMap::new();
    for cell in cells {
        if let Cell::Text(text) = cell
            && let Some(number) = Decimal::of(cell)
            && let Some(other) = texts.insert(number, text)
            && other != text
        {
            return Some([other.to_owned(), text.clone().into_owned()]);
        }
    }
    None
}

fn codes_of_texts(side: Side, texts: &[Option<String>], rules: (bool, bool, bool)) -> Vec<u64> {
    let of = |(row, text): (usize, &Option<String>)| match text {
        None => NULL,
        Some(text) => text_code(text, rules).unwrap_or_else(|| bad_code(side, row)),
    };
    texts.iter().enumerate().map(|(row, text)| of((row, text))).collect()
}

/// The code of a text under these rules; `None` if the contract refuses it.
pub(super) fn text_code(text: &str, rules: (bool, bool, bool)) -> Option<u64> {
    let field = Field { name: String::new(), ty: FieldType::Text, rules: text_rules(rules) };
    match field.canonical(Cell::Text(Cow::Borrowed(text))) {
        Ok(Canonical::Text(text)) => Some(code(&text)),
        _ => None,
    }
}

/// The constant texts at the start and the end of nearly all texts, which do not cut through a number. A few texts may
/// be without them, because they drifted.
pub(super) fn affix<'t>(texts: impl Iterator<Item = &'t str>) -> (String, String) {
    let mut texts: Vec<&str> = texts.filter(|text| !NULL_TEXTS.contains(text)).collect();
    texts.sort_unstable();
    let prefix = common_start(&texts).trim_end_matches(|c: char| c.is_ascii_digit());
    let mut reversed: Vec<String> = texts.iter().map(|text| text.chars().rev().collect()).collect();
    reversed.sort_unstable();
    let reversed: Vec<&str> = reversed.iter().map(String::as_str).collect();
    let suffix: String = common_start(&reversed).chars().rev().collect();
    (prefix.to_owned(), suffix.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned())
}

/// The start that all of these sorted texts have, without the first and the last ones; empty if they do not differ
/// after it.
fn common_start<'t>(sorted: &[&'t str]) -> &'t str {
    let outliers = (sorted.len() as f64 * (1.0 - MIN_READ)) as usize;
    let ends = sorted.get(outliers).zip(sorted.iter().rev().nth(outliers));
    let Some((first, last)) = ends else { return "" };
    let same = first.chars().zip(last.chars()).take_while(|(a, b)| a == b).map(|(c, _)| c.len_utf8()).sum::<usize>();
    if same == first.len() || same == last.len() { "" } else { first.get(..same).unwrap_or_default() }
}

fn readings(cells: &[&Cell<'static>]) -> Vec<Reading> {
    let mut all = Vec::new();
    let mut add = |kind: Kind, read: &dyn Fn(&Cell<'static>) -> Option<Value>| {
        all.extend(reading(cells, kind, read));
    };
    add(Kind::Number, &|cell| Decimal::of(cell).map(Value::Number));
    add(Kind::Uuid(None), &|cell| match cell {
        Cell::Text(text) => uuid_digits(text).map(|digits| Value::Hash(code(&digits))),
        Cell::Bytes(bytes) if bytes.len() == 16 => Some(Value::Hash(code(&hex::encode(bytes)))),
        _ => None,
    });
    for (order, places) in [
        ("time-swapped", [4, 5, 6, 7, 2, 3, 0, 1, 8, 9, 10, 11, 12, 13, 14, 15]),
        ("little-endian", [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]),
    ] {
        add(Kind::Uuid(Some(order)), &|cell| match cell {
            Cell::Bytes(bytes) if bytes.len() == 16 => {
                let ordered: Vec<u8> = places.iter().filter_map(|place: &usize| bytes.get(*place).copied()).collect();
                Some(Value::Hash(code(&hex::encode(ordered))))
            }
            _ => None,
        });
    }
    for format in time_text::MOMENTS {
        add(Kind::Moment(format), &|cell| count_of(format.read(cell)?, Clock::Instant));
    }
    for format in time_text::LOCALS {
        add(Kind::Local(format), &|cell| count_of(format.read(cell)?, Clock::Local));
    }
    for format in time_text::DATES {
        add(Kind::Date(format), &|cell| match format.read(cell)? {
            Cell::Date(days) => Some(Value::Count(days.into())),
            _ => None,
        });
    }
    add(Kind::Time, &|cell| match cell {
        Cell::Text(text) => count_of(Cell::of_time(text)?, Clock::Time),
        cell => count_of(cell.clone(), Clock::Time),
    });
    let duration = Field { name: String::new(), ty: FieldType::Duration(Unit::Nano), rules: Rules::default() };
    add(Kind::Duration, &|cell| {
        // A text of digits is no duration, and most texts are none.
        let is_tried = match cell {
            Cell::Text(text) => text.starts_with(['-', 'P']) || text.contains(':'),
            cell => matches!(cell, Cell::Duration(_)),
        };
        match duration.canonical(is_tried.then(|| cell.borrowed())?).ok()? {
            Canonical::Int(count) => Some(Value::Count(count)),
            _ => None,
        }
    });
    for (kind, ty) in [(Kind::Bool, FieldType::Bool), (Kind::Json, FieldType::Json), (Kind::Bytes, FieldType::Bytes)] {
        let field = Field { name: String::new(), ty, rules: Rules { nullable: true, ..Rules::default() } };
        add(kind, &|cell| {
            let is_tried = match (kind, cell) {
                (Kind::Json, Cell::Text(text)) => text.starts_with(['{', '[']),
                (Kind::Json, Cell::Json(_)) | (Kind::Bytes, Cell::Bytes(_)) => true,
                (kind, _) => kind == Kind::Bool,
            };
            Some(match field.canonical(is_tried.then(|| cell.borrowed())?).ok()? {
                Canonical::Bool(truth) => Value::Count(truth.into()),
                Canonical::Text(text) => Value::Hash(code(&text)),
                Canonical::Bytes(bytes) => Value::Hash(code(&bytes)),
                _ => return None,
            })
        });
    }
    all
}

/// The count of nanoseconds of a time of this kind.
fn count_of(cell: Cell<'_>, wanted: Clock) -> Option<Value> {
    match cell.clock()? {
        (clock, nanos, Rest::None) if clock == wanted => Some(Value::Count(nanos)),
        _ => None,
    }
}

fn reading(cells: &[&Cell<'static>], kind: Kind, read: &dyn Fn(&Cell<'static>) -> Option<Value>) -> Option<Reading> {
    let is_null_like = |cell: &Cell<'_>| matches!(cell, Cell::Text(text) if NULL_TEXTS.contains(&&**text));
    let live = cells.iter().filter(|cell| !matches!(cell, Cell::Null | Cell::Empty) && !is_null_like(cell)).count();
    // In a few rows every reading would fit: a value that does not is no reading at all.
    let allowed = (live as f64 * (1.0 - MIN_READ)) as usize;
    let (mut bad, mut values) = (0, Vec::with_capacity(cells.len()));
    for cell in cells {
        values.push(match cell {
            Cell::Null | Cell::Empty => Value::Null,
            cell => match read(cell) {
                Some(value) => value,
                None => {
                    bad += usize::from(!is_null_like(cell));
                    if bad > allowed {
                        return None;
                    }
                    Value::Bad
                }
            },
        });
    }
    (live > 0).then_some(Reading { kind, values, bad })
}
