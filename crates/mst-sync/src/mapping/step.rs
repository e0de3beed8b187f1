//! A field's way from a source's value to its bytes, compiled once.
//!
//! A step handles the plain spellings of a value, such as `12.50` for a decimal number or `2026-03-29T00:30:00Z` for a
//! moment, without any memory of its own. It refuses everything else, above all every value that violates the contract:
//! [`FieldMap::cell`](super::model::FieldMap) and [`Field::canonical`] then decide, and word the error.

use std::collections::HashMap;

use super::model::{FieldMap, Input, Mapping};
use super::strip::Strip;
use crate::contract::{Case, Empty, Field, FieldType, Unit};
use crate::source::Cell;
use mst_types::MerkleKey;
use mst_types::civil::days;
use mst_types::varint::push_varint;

/// A value of a row, as far as steps know it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Plain<'a> {
    /// Text.
    Text(&'a str),
    /// A whole number.
    Int(i64),
    /// A decimal number: its digits, and how many of them are after the point.
    Decimal(i64, u32),
    /// A moment: a count since 1970 in units of so many nanoseconds.
    Instant(i64, i64),
    /// A date, in days since 1970-01-01.
    Date(i32),
    /// Anything else.
    Other,
}

impl<'a> Plain<'a> {
    /// A cell, if it is plain.
    pub(crate) fn of(cell: &'a Cell<'_>) -> Self {
        match cell {
            // No step is compiled for JSON, and in other fields such text is text.
            Cell::Text(text) | Cell::TextOrJson(text) => Self::Text(text),
            Cell::Int(number) => i64::try_from(*number).map_or(Self::Other, Self::Int),
            Cell::Number { text, shift: 0 } => match decimal_parts(text.as_bytes()) {
                Some((number, digits)) => Self::Decimal(number, digits),
                None => Self::Other,
            },
            Cell::Instant(nanos) => i64::try_from(*nanos).map_or(Self::Other, |nanos| Self::Instant(nanos, 1)),
            Cell::Date(days) => Self::Date(*days),
            _ => Self::Other,
        }
    }
}

/// The compiled way of one field.
#[derive(Clone, Debug)]
pub(super) struct Step {
    /// The position of the column in a row.
    pub(super) position: usize,
    read: Read,
    write: Write,
    /// Whether a 1 goes before the value, since the field may be null.
    is_optional: bool,
    /// Texts that mean null. A null is no plain value.
    null: Vec<String>,
}

/// How a plain value is read.
#[derive(Clone, Debug)]
enum Read {
    /// No value is plain.
    Nothing,
    /// A whole number in this range, ends included.
    Int(i64, i64),
    /// A number with this many digits after the point.
    Decimal(u32),
    /// Text that its rules leave as it is.
    Text(TextRule),
    /// One of these texts, whose bytes were made when the step was compiled.
    Known(Known),
    /// A moment in units of so many nanoseconds.
    Moment(i64),
    Date,
}

/// Which texts the rules of a field leave as they are.
#[derive(Clone, Copy, Debug)]
struct TextRule {
    trim: bool,
    /// Whether only ASCII is certain to stay as it is.
    ascii: bool,
    case: Case,
    may_be_empty: bool,
}

/// Texts and the bytes of the values that they become.
#[derive(Clone, Debug)]
enum Known {
    Few(Vec<(String, Vec<u8>)>),
    Many(HashMap<String, Vec<u8>>),
}

/// How a value is written.
#[derive(Clone, Copy, Debug)]
enum Write {
    /// In a key: big-endian in this many bytes, with the sign bit flipped if it has a sign.
    Ordered { bytes: usize, signed: bool },
    /// Text of a key of one field.
    KeyText,
    /// Text of a key of several fields.
    KeyPart,
    /// In a value: one byte.
    Byte,
    /// In a value: a varint of the number itself.
    Varint,
    /// In a value: a varint of the zigzag form.
    Zigzag,
    /// In a value: text after its length.
    Text,
}

/// The largest number of texts that are searched one after the other.
const FEW: usize = 8;
/// The largest number of digits that always fit into 64 bits.
const MAX_DIGITS: usize = 18;
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse it")]
const POWERS: [i64; MAX_DIGITS + 1] = {
    let mut powers = [1; MAX_DIGITS + 1];
    let mut at = 1;
    while at <= MAX_DIGITS {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// The role of a field in its record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// The only field of the key.
    Key,
    /// One of several fields of the key.
    KeyPart,
    Value,
}

impl Step {
    /// Compiles a field. `make` makes the bytes of a text in the general way; it is asked for texts that are likely.
    pub(super) fn compile(
        mapping: &Mapping,
        map: &FieldMap,
        field: &Field,
        role: Role,
        position: usize,
        make: impl Fn(&str) -> Option<Vec<u8>>,
    ) -> Self {
        let null = mapping.null.iter().chain(&map.null).cloned().collect();
        let rules = &field.rules;
        let is_column = matches!(map.input, Input::Column(_)) && !map.is_json;
        let is_direct = is_column
            && map.path.is_none()
            && map.decode.is_none()
            && map.strip == Strip::default()
            && map.values.is_none()
            && map.uuid.is_none()
            && map.time.is_none()
            && map.unit.is_none()
            && map.cast.is_none()
            && map.scale == 0;
        let known = |texts: Vec<String>| {
            let made: Vec<_> = texts.into_iter().filter_map(|text| make(&text).map(|bytes| (text, bytes))).collect();
            Read::Known(if made.len() <= FEW { Known::Few(made) } else { Known::Many(made.into_iter().collect()) })
        };
        let read = match &field.ty {
            _ if !is_column => Read::Nothing,
            FieldType::Json => Read::Nothing,
            _ if !is_direct => match &map.values {
                Some((values, _)) => known(values.keys().cloned().collect()),
                None => Read::Nothing,
            },
            FieldType::Int { signed: true, bits: 64 } => Read::Int(i64::MIN, i64::MAX),
            FieldType::Int { signed: true, bits } => Read::Int(-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
            // A number of more than 63 bits is not plain.
            FieldType::Int { signed: false, bits: 64 } => Read::Int(0, i64::MAX),
            FieldType::Int { signed: false, bits } => Read::Int(0, (1 << bits) - 1),
            FieldType::Decimal { scale } => Read::Decimal(*scale),
            FieldType::Text => Read::Text(TextRule {
                trim: rules.trim,
                ascii: rules.trim || rules.nfc || rules.case != Case::Keep,
                case: rules.case,
                may_be_empty: rules.empty == Empty::Keep,
            }),
            FieldType::Enum(names) => known(names.clone()),
            FieldType::Bool => {
                let words = ["true", "t", "yes", "y", "on", "1", "false", "f", "no", "n", "off", "0"];
                let shouted = words.iter().map(|word| word.to_ascii_uppercase());
                known(words.iter().map(|word| (*word).to_owned()).chain(shouted).collect())
            }
            FieldType::Timestamp(unit) => Read::Moment(nanos_of(*unit)),
            FieldType::Date => Read::Date,
            FieldType::Bytes | FieldType::Time(_) | FieldType::Duration(_) | FieldType::Uuid => Read::Nothing,
        };
        let is_key = role != Role::Value;
        let write = match &field.ty {
            FieldType::Text if role == Role::Key && !rules.nullable => Write::KeyText,
            FieldType::Text if is_key => Write::KeyPart,
            FieldType::Int { signed, bits } if is_key => Write::Ordered { bytes: (bits / 8) as usize, signed: *signed },
            FieldType::Date if is_key => Write::Ordered { bytes: 4, signed: true },
            FieldType::Timestamp(_) if is_key => Write::Ordered { bytes: 8, signed: true },
            _ if is_key => Write::Ordered { bytes: 16, signed: true },
            FieldType::Text => Write::Text,
            FieldType::Int { bits: 8, .. } => Write::Byte,
            FieldType::Int { signed: false, .. } => Write::Varint,
            _ => Write::Zigzag,
        };
        Self { position, read, write, is_optional: rules.nullable, null }
    }

    /// A step for which no value is plain.
    pub(super) fn nothing() -> Self {
        Self { position: 0, read: Read::Nothing, write: Write::Byte, is_optional: false, null: Vec::new() }
    }

    /// Whether there are plain values at all.
    pub(super) fn is_nothing(&self) -> bool {
        matches!(self.read, Read::Nothing)
    }

    /// Appends the bytes of a plain value; returns false, with nothing appended, if the value is not plain.
    #[inline]
    pub(super) fn put(&self, value: Plain<'_>, out: &mut Vec<u8>) -> bool {
        if !self.null.is_empty() {
            match value {
                Plain::Text(text) if self.null.iter().all(|null| null != text) => {}
                // A number has many spellings, so that the general way compares it with the texts that mean null.
                _ => return false,
            }
        }
        let number = match (&self.read, value) {
            (Read::Text(rule), Plain::Text(text)) => return rule.allows(text) && self.put_text(text, out),
            (Read::Known(known), Plain::Text(text)) => {
                return known.get(text).is_some_and(|bytes| {
                    out.extend_from_slice(bytes);
                    true
                });
            }
            (Read::Int(least, most), value) => {
                let number = match value {
                    Plain::Int(number) | Plain::Decimal(number, 0) => Some(number),
                    Plain::Text(text) => decimal(text.as_bytes(), 0),
                    _ => None,
                };
                number.filter(|number| (*least..=*most).contains(number))
            }
            (Read::Decimal(scale), value) => match value {
                Plain::Text(text) => decimal(text.as_bytes(), *scale),
                Plain::Int(number) => in_scale(number, 0, *scale),
                Plain::Decimal(number, digits) => in_scale(number, digits, *scale),
                _ => None,
            },
            (Read::Moment(unit), Plain::Text(text)) => moment(text.as_bytes(), *unit),
            (Read::Moment(unit), Plain::Instant(count, from)) => in_unit(count, from, *unit),
            (Read::Date, Plain::Text(text)) => date(text.as_bytes()).map(i64::from),
            (Read::Date, Plain::Date(days)) => Some(days.into()),
            _ => None,
        };
        number.is_some_and(|number| {
            self.put_number(number, out);
            true
        })
    }

    fn put_number(&self, number: i64, out: &mut Vec<u8>) {
        if self.is_optional {
            out.push(1);
        }
        match self.write {
            Write::Ordered { bytes: 8, signed } => {
                let flip = if signed { 1 << 63 } else { 0 };
                out.extend_from_slice(&(number.cast_unsigned() ^ flip).to_be_bytes());
            }
            Write::Ordered { bytes, signed } => {
                let flip = if signed { 1 << (bytes * 8 - 1) } else { 0_u128 };
                let all = (i128::from(number).cast_unsigned() ^ flip).to_be_bytes();
                out.extend_from_slice(all.get(16 - bytes..).unwrap_or_default());
            }
            Write::Byte => out.push(number as u8),
            Write::Varint => push_varint(out, number.cast_unsigned()),
            // Only numbers get here.
            Write::Zigzag | Write::KeyText | Write::KeyPart | Write::Text => {
                push_varint(out, (number << 1 ^ number >> 63).cast_unsigned());
            }
        }
    }

    fn put_text(&self, text: &str, out: &mut Vec<u8>) -> bool {
        if self.is_optional {
            out.push(1);
        }
        match self.write {
            Write::KeyText => out.extend_from_slice(text.as_bytes()),
            Write::KeyPart => str::encode_part(text, out),
            _ => {
                push_varint(out, text.len() as u64);
                out.extend_from_slice(text.as_bytes());
            }
        }
        true
    }
}

impl TextRule {
    fn allows(&self, text: &str) -> bool {
        if text.is_empty() {
            return self.may_be_empty;
        }
        if !self.ascii {
            return true;
        }
        let bytes = text.as_bytes();
        let is_bare = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
        (!self.trim || is_bare(bytes.first()) && is_bare(bytes.last()))
            && text.is_ascii()
            && match self.case {
                Case::Keep => true,
                Case::Lower => !bytes.iter().any(u8::is_ascii_uppercase),
                Case::Upper => !bytes.iter().any(u8::is_ascii_lowercase),
            }
    }
}

impl Known {
    fn get(&self, text: &str) -> Option<&[u8]> {
        match self {
            Self::Few(known) => known.iter().find(|(known, _)| known == text).map(|(_, bytes)| bytes.as_slice()),
            Self::Many(known) => known.get(text).map(Vec::as_slice),
        }
    }
}

fn nanos_of(unit: Unit) -> i64 {
    match unit {
        Unit::Second => 1_000_000_000,
        Unit::Milli => 1_000_000,
        Unit::Micro => 1_000,
        Unit::Nano => 1,
    }
}

fn power(digits: u32) -> Option<i64> {
    POWERS.get(digits as usize).copied()
}

/// A number of `digits` after the point in units of 10^-`scale`, if nothing is rounded.
fn in_scale(number: i64, digits: u32, scale: u32) -> Option<i64> {
    if digits <= scale {
        return number.checked_mul(power(scale - digits)?);
    }
    let unit = power(digits - scale)?;
    (number % unit == 0).then_some(number / unit)
}

/// A count of units of `from` nanoseconds in units of `to` nanoseconds, if nothing is rounded.
fn in_unit(count: i64, from: i64, to: i64) -> Option<i64> {
    if from >= to {
        return count.checked_mul(from / to);
    }
    let unit = to / from;
    (count % unit == 0).then_some(count / unit)
}

/// The digits of a number as a whole number, and how many are after the point, if there are few.
fn decimal_parts(text: &[u8]) -> Option<(i64, u32)> {
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        text => (false, text),
    };
    let (mut number, mut digits, mut after) = (0_i64, 0_usize, None);
    for byte in text {
        match byte {
            b'0'..=b'9' => {
                number = number.wrapping_mul(10).wrapping_add(i64::from(byte - b'0'));
                digits += 1;
            }
            b'.' if after.is_none() => after = Some(digits),
            _ => return None,
        }
    }
    // The number did not wrap if its digits are few.
    if digits == 0 || digits > MAX_DIGITS {
        return None;
    }
    let after = after.map_or(0, |before| digits - before);
    Some((if negative { -number } else { number }, after as u32))
}

/// A number in units of 10^-`scale`, if it is written plainly.
fn decimal(text: &[u8], scale: u32) -> Option<i64> {
    let (number, digits) = decimal_parts(text)?;
    in_scale(number, digits, scale)
}

fn two(tens: u8, ones: u8) -> Option<u32> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
}

/// The days of `2026-03-29`.
fn date(text: &[u8]) -> Option<i32> {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = text else { return None };
    let year = two(*y0, *y1)? * 100 + two(*y2, *y3)?;
    days(year.into(), two(*m0, *m1)?, two(*d0, *d1)?)
}

/// `2026-03-29T00:30:00.5Z` in units of so many nanoseconds, if nothing is rounded.
fn moment(text: &[u8], unit: i64) -> Option<i64> {
    let (day, rest) = text.split_at_checked(10)?;
    let [b'T' | b' ', h0, h1, b':', m0, m1, b':', s0, s1, rest @ ..] = rest else { return None };
    let (hour, minute, second) = (two(*h0, *h1)?, two(*m0, *m1)?, two(*s0, *s1)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let nanos = match rest {
        [b'Z'] => 0,
        [b'.', digits @ .., b'Z'] if (1..=9).contains(&digits.len()) => {
            let (number, _) = decimal_parts(digits).filter(|_| digits.iter().all(u8::is_ascii_digit))?;
            number * power(9 - digits.len() as u32)?
        }
        _ => return None,
    };
    if nanos % unit != 0 {
        return None;
    }
    let seconds = i64::from(date(day)?) * 86_400 + i64::from(hour * 3600 + minute * 60 + second);
    seconds.checked_mul(1_000_000_000 / unit)?.checked_add(nanos / unit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::mapping::{Mapper, Mapping, Plain};
    use crate::source::{Cell, Row};

    /// Types with rules, as lines of a contract after the name.
    const TYPES: [&str; 34] = [
        "i8",
        "i16",
        "i32",
        "i64",
        "u8",
        "u16",
        "u32",
        "u64",
        "i32|rounding = \"half-even\"",
        "u64|floats = \"shortest\"",
        "decimal(0)",
        "decimal(2)",
        "decimal(2)|rounding = \"half-up\"",
        "decimal(9)|trim = true",
        "decimal(38)",
        "text",
        "text|trim = true",
        "text|case = \"lower\"",
        "text|case = \"upper\"\ntrim = true\nempty = \"refuse\"",
        "text|nfc = true\nempty = \"null\"",
        "bool",
        "bool|trim = true",
        "bytes",
        "timestamp(s)",
        "timestamp(ms)|rounding = \"down\"",
        "timestamp(us)",
        "timestamp(ns)",
        "date",
        "time(s)",
        "duration(ms)",
        "uuid",
        "enum|names = [\"open\", \"paid\", \"1\"]",
        "enum|names = [\"Open\", \"PAID\"]\ncase = \"lower\"\ntrim = true",
        "json",
    ];

    /// The lines that a mapping may have for a field, after its column.
    const MAPPED: [&str; 4] = ["", "null = [\"-\", \"0\"]", "default = \"1\"", "map = { a = \"1\", b = \"open\" }"];

    /// A mapping whose key and only field have these types, or none if they cannot be together.
    fn mapping(key: &str, second: Option<&str>, field: &str, optional: bool, mapped: &str) -> Option<Mapping> {
        let lines = |name: &str, ty: &str, more: &str| {
            let (ty, rules) = ty.split_once('|').unwrap_or((ty, ""));
            format!("name = \"{name}\"\ntype = \"{ty}\"\n{rules}\n{more}\n")
        };
        let null = if optional { "null = \"allow\"" } else { "" };
        let key_null = if optional { "null = \"key\"" } else { "" };
        let mut contract =
            format!("version = 1\nname = \"c\"\nunicode = \"15\"\n[[key]]\n{}", lines("k", key, key_null));
        if let Some(second) = second {
            contract += &format!("[[key]]\n{}", lines("l", second, ""));
        }
        contract += &format!("[[field]]\n{}", lines("f", field, null));
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("contract.toml"), contract).unwrap();
        let text = format!(
            "version = 1\ncontract = \"contract.toml\"\n[source]\nkind = \"csv\"\npath = \"x\"\n[field.f]\ncolumn = \"f\"\n{mapped}\n"
        );
        Mapping::parse(&text, &folder.path().join("mapping.toml")).ok()
    }

    fn cell() -> impl Strategy<Value = Cell<'static>> {
        let text = prop_oneof![
            "[-+]?[0-9]{0,20}",
            "[-+]?[0-9]{0,5}[.]?[0-9]{0,12}",
            "[0-9]{1,3}e[-+]?[0-9]",
            "(19|20|99|00)[0-9]{2}-[01][0-9]-[0-3][0-9]",
            "(19|20)[0-9]{2}-(0[1-9]|1[0-2])-[0-2][0-9][T t][0-2][0-9]:[0-6][0-9]:[0-6][0-9]([.,][0-9]{1,11})?(Z|z|[+]02:00|)",
            "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]([.][0-9]{1,10})?",
            "(PT[0-9]{1,4}S|-?[0-9]{1,3}:[0-5][0-9])",
            "[ \\t]?(open|OPEN|Open|paid|a|b|-|0|1|true|T|yes|N|off)[ \\u{a0}]?",
            "(0x)?[0-9a-fA-F]{0,8}",
            "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            "[\\[\\]{}\":, 0-9a-c]{0,8}",
            "[a-zA-Zäß\\u{308} \\x00]{0,6}",
            ".{0,4}",
        ];
        prop_oneof![
            8 => text.prop_map(|text| Cell::Text(text.into())),
            1 => "[-+]?[0-9]{0,20}[.]?[0-9]{0,3}".prop_map(|text| Cell::Number { text: text.into(), shift: 0 }),
            1 => ("[0-9]{1,4}", -4..4_i32).prop_map(|(text, shift)| Cell::Number { text: text.into(), shift }),
            1 => any::<i64>().prop_map(|number| Cell::Int(number.into())),
            1 => (-300..300_i128).prop_map(Cell::Int),
            1 => any::<i128>().prop_map(Cell::Int),
            1 => Just(Cell::Null),
            1 => Just(Cell::Empty),
            1 => any::<bool>().prop_map(Cell::Bool),
            1 => any::<f64>().prop_map(Cell::Float64),
            1 => any::<f32>().prop_map(Cell::Float32),
            1 => any::<Vec<u8>>().prop_map(|bytes| Cell::Bytes(bytes.into())),
            1 => any::<i32>().prop_map(Cell::Date),
            1 => any::<i64>().prop_map(|nanos| Cell::Instant(nanos.into())),
            1 => (-9_000_000_000..9_000_000_000_i128).prop_map(|s| Cell::Instant(s * 1_000_000_000)),
            1 => any::<i64>().prop_map(|nanos| Cell::Local(nanos.into())),
            1 => (0..86_400_i128).prop_map(|s| Cell::Time(s * 1_000_000_000)),
            1 => any::<i32>().prop_map(|nanos| Cell::Duration(nanos.into())),
            1 => Just(Cell::Json("[1.0]".into())),
            1 => "[0-9a-z]{0,3}".prop_map(|text| Cell::TextOrJson(text.into())),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// The bytes and the violations of the general way, whatever the types, the rules and the values.
        #[test]
        fn compiled_steps_make_the_bytes_of_the_general_way(
            types in (0..TYPES.len(), proptest::option::of(0..TYPES.len()), 0..TYPES.len()),
            optional: bool,
            mapped in 0..MAPPED.len(),
            rows in proptest::collection::vec([cell(), cell(), cell()], 1..40),
        ) {
            let (key, second, field) = types;
            let made = mapping(TYPES[key], second.map(|at| TYPES[at]), TYPES[field], optional, MAPPED[mapped]);
            let Some(mapping) = made else { return Ok(()) };
            let mapper = Mapper::new(&mapping, "t", &["k", "l", "f"].map(str::to_owned)).unwrap();
            for cells in &rows {
                let row = Row { number: 7, cells, raw: None };
                let general = |key: &mut Vec<u8>, value: &mut Vec<u8>| {
                    mapper.key(row, key).map_err(|violation| (violation, false))?;
                    mapper.value(row, key, value).map_err(|violation| (violation, true))
                };
                let (mut key, mut value) = (Vec::new(), Vec::new());
                let expected = general(&mut key, &mut value);
                let (mut same_key, mut same_value) = (Vec::new(), Vec::new());
                let found = mapper.record(&row, &mut same_key, &mut same_value);
                let found = found.map_err(|broken| (broken.violation, broken.has_key));
                prop_assert_eq!(&found, &expected, "{:?}", cells);
                if expected.is_ok() {
                    prop_assert_eq!((same_key, same_value), (key, value), "{:?}", cells);
                }
            }
        }

        /// Counts in other units and decimals with other digits, as files of columns have them.
        #[test]
        fn counts_are_those_of_cells(
            unit in prop_oneof![Just(1_i64), Just(1000), Just(1_000_000)],
            number in prop_oneof![any::<i64>(), -2000..2000_i64, (-10..10_i64).prop_map(|n| n * 1_000_000)],
            digits in 0..12_u32,
        ) {
            let at = |plain: Plain<'_>, cell: Cell<'static>, ty: &str| {
                let mapping = mapping("i64", None, ty, false, "").unwrap();
                let mapper = Mapper::new(&mapping, "t", &["k", "f"].map(str::to_owned)).unwrap();
                let mut found = Vec::new();
                if mapper.steps[1].put(plain, &mut found) {
                    let cells = [Cell::Int(1), cell];
                    let mut expected = Vec::new();
                    mapper.fields(Row { number: 1, cells: &cells, raw: None }, &[], &mut expected).unwrap();
                    assert_eq!(found, expected, "{plain:?} {ty}");
                }
            };
            for ty in ["timestamp(s)", "timestamp(ms)", "timestamp(us)", "timestamp(ns)"] {
                at(Plain::Instant(number, unit), Cell::Instant(i128::from(number) * i128::from(unit)), ty);
            }
            for ty in ["decimal(0)", "decimal(2)", "decimal(11)", "i64"] {
                let text = number.to_string().into();
                at(Plain::Decimal(number, digits), Cell::Number { text, shift: -(digits as i32) }, ty);
            }
        }
    }

    #[test]
    fn every_type_is_in_the_test() {
        for ty in TYPES {
            let is_key = !ty.starts_with("enum") && ty != "json" && !ty.contains("empty = \"null\"");
            let key = if is_key { ty } else { "i32" };
            assert!(mapping(key, Some("text"), ty, false, "").is_some(), "{ty}");
        }
    }
}
