//! The cells of a key column that become given keys, so that a database can be asked for their rows alone.

use std::collections::BTreeSet;

use super::model::{Cast, FieldMap, Input, Mapping, Part};
use super::record::Mapper;
use super::strip::Strip;
use crate::contract::{Case, Empty, Field, FieldType};
use crate::source::{Cell, Filter, Row, Settings};
use mst_types::{ItemType, ValueKind};

/// The longest key whose digits are tried, in bytes.
const MAX_TRIED: usize = 256;
/// The most characters of a whole number of 64 bits, with its sign.
const MAX_NUMBER: usize = 20;

/// How keys lead back to the cells of the one column that they are made from.
#[derive(Debug)]
pub(crate) struct KeyFilter<'m> {
    mapping: &'m Mapping,
    map: &'m FieldMap,
    field: &'m Field,
    /// The index of the column in [`Mapping::columns`].
    column: usize,
    /// The constant texts before and after the column's value.
    around: (String, String),
    /// Whether a filtered read also delivers every row whose key cannot be read. Then a key that it does not deliver has
    /// no row, as surely as after a full read.
    pub(crate) is_total: bool,
}

impl Mapping {
    /// How keys lead back to cells; `None` if more than one column makes the key, or by functions that have no inverse.
    pub(crate) fn key_filter(&self) -> Option<KeyFilter<'_>> {
        let ([field], Some(map)) = (self.contract.key.as_slice(), self.fields.first()) else { return None };
        let (column, around) = match &map.input {
            Input::Column(column) => (*column, (String::new(), String::new())),
            Input::Concat(parts) => parts_around(parts)?,
            Input::Constant(_) | Input::Coalesce(_) => return None,
        };
        let is_invertible = self.source.is_database()
            && map.path.is_none()
            && map.decode.is_none()
            && map.uuid.is_none()
            && map.values.is_none()
            && map.unit.is_none()
            && map.time.is_none()
            && map.scale == 0
            && map.default.is_none()
            && field.rules.default.is_none()
            && !field.rules.nullable
            && !self.contract.multiset;
        let has_text_steps =
            matches!(map.input, Input::Concat(_)) || map.strip != Strip::default() || map.cast.is_some();
        let is_covered = match field.ty {
            // The text of a number has many spellings.
            FieldType::Int { .. } | FieldType::Uuid => !has_text_steps,
            FieldType::Text => {
                matches!(map.cast, None | Some(Cast::Text))
                    && (matches!(map.input, Input::Column(_)) || map.strip == Strip::default())
            }
            _ => false,
        };
        if !is_invertible || !is_covered {
            return None;
        }
        // Cells that stand for null, have no prefix, or are empty where that is refused, have no readable key. A filtered
        // read does not deliver them, nor rows on which a condition cannot decide, nor text in SQLite that is not UTF-8.
        let is_total = self.rows.is_none()
            && self.null.is_empty()
            && map.null.is_empty()
            && map.strip == Strip::default()
            && field.rules.empty == Empty::Keep
            && !(field.ty == FieldType::Text && matches!(self.source, Settings::Sqlite { .. }));
        Some(KeyFilter { mapping: self, map, field, column, around, is_total })
    }
}

impl KeyFilter<'_> {
    /// The filter for the rows with these keys: all cells that become one of them. `None` if a key cannot be led back.
    pub(crate) fn filter(&self, keys: &[Vec<u8>]) -> Option<Filter> {
        let column = self.mapping.columns.get(self.column)?.clone();
        let none = Filter { column, ints: None, range: None, texts: None, uuids: None };
        let ty = ItemType::ordered(self.mapping.contract.key_type());
        match self.field.ty {
            FieldType::Int { signed, bits } => {
                let number = |key: &Vec<u8>| match ty.decode(key).ok()?.kind {
                    ValueKind::Uint(number) => i128::try_from(number).ok(),
                    ValueKind::Int(number) => Some(number),
                    _ => None,
                };
                let range = if signed {
                    (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1)
                } else {
                    (0, (1_i128 << bits) - 1)
                };
                let ints = keys.iter().map(number).collect::<Option<_>>()?;
                Some(Filter { ints: Some(ints), range: Some(range), ..none })
            }
            FieldType::Uuid => {
                let uuids = keys.iter().map(|key| key.as_slice().try_into().ok()).collect::<Option<_>>()?;
                Some(Filter { uuids: Some(uuids), ..none })
            }
            FieldType::Text => {
                let texts: Vec<&str> = keys.iter().map(|key| std::str::from_utf8(key).ok()).collect::<Option<_>>()?;
                if texts.iter().any(|text| text.len() > MAX_TRIED) {
                    return None;
                }
                let mapper = Mapper::new(self.mapping, "", &self.mapping.columns).ok()?;
                let ints = texts.iter().flat_map(|text| self.ints(&mapper, text)).collect();
                Some(Filter { ints: Some(ints), texts: self.texts(&mapper, &texts), ..none })
            }
            _ => None,
        }
    }

    /// All whole numbers of 64 bits that become this text. Neither trimming nor case nor normal form C changes ASCII
    /// digits, so what remains of the number's digits is a part of the text. Each part is tried.
    fn ints(&self, mapper: &Mapper<'_>, key: &str) -> BTreeSet<i128> {
        let Strip { prefix, suffix } = &self.map.strip;
        let (prefix, suffix) = (prefix.as_deref().unwrap_or_default(), suffix.as_deref().unwrap_or_default());
        let is_digit = |byte: &u8| byte.is_ascii_digit() || *byte == b'-';
        let mut found = BTreeSet::new();
        for from in 0..=key.len() {
            let rest = key.as_bytes().get(from..).unwrap_or_default();
            let digits = rest.iter().take(MAX_NUMBER).take_while(|byte| is_digit(byte)).count();
            for length in 0..=digits {
                let Some(part) = key.get(from..from + length) else { continue };
                let text = format!("{prefix}{part}{suffix}");
                let number = text.parse::<i128>().ok().filter(|number| number.to_string() == text);
                found.extend(number.filter(|number| self.becomes(mapper, &Cell::Int(*number), key)));
            }
        }
        found
    }

    /// The texts that become these keys; `None` if the contract gives several texts one key.
    fn texts(&self, mapper: &Mapper<'_>, keys: &[&str]) -> Option<Vec<String>> {
        let rules = &self.field.rules;
        if rules.trim || rules.nfc || rules.case != Case::Keep {
            return None;
        }
        let Strip { prefix, suffix } = &self.map.strip;
        let (prefix, suffix) = (prefix.as_deref().unwrap_or_default(), suffix.as_deref().unwrap_or_default());
        let (before, after) = &self.around;
        let text = |key: &&str| Some(key.strip_prefix(before.as_str())?.strip_suffix(after.as_str())?.to_owned());
        let texts = keys.iter().filter_map(|key| Some((key, format!("{prefix}{}{suffix}", text(key)?))));
        let becomes = |(key, text): &(&&str, String)| self.becomes(mapper, &Cell::Text(text.as_str().into()), key);
        Some(texts.filter(becomes).map(|(_, text)| text).collect())
    }

    /// Whether a row with this cell has this key.
    fn becomes(&self, mapper: &Mapper<'_>, cell: &Cell<'_>, key: &str) -> bool {
        let mut cells = vec![Cell::Null; self.mapping.columns.len()];
        if let Some(own) = cells.get_mut(self.column) {
            *own = cell.borrowed();
        }
        let mut made = Vec::new();
        mapper.key(Row { number: 0, cells: &cells, raw: None }, &mut made).is_ok() && made == key.as_bytes()
    }
}

/// The only column among the parts of a text, and the constant texts before and after it.
fn parts_around(parts: &[Part]) -> Option<(usize, (String, String))> {
    let is_column = |part: &Part| matches!(part, Part::Column(_));
    let at = parts.iter().position(is_column)?;
    let (before, rest) = parts.split_at_checked(at)?;
    let (Part::Column(column), after) = rest.split_first()? else { return None };
    let text = |parts: &[Part]| {
        let texts = parts.iter().map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Column(_) => None,
        });
        texts.collect::<Option<String>>()
    };
    Some((*column, (text(before)?, text(after)?)))
}
