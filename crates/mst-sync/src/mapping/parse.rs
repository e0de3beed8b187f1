//! Parsing mappings from TOML.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::tz::{Offset, TimeZone};
use serde::Deserialize;
use toml::Spanned;

use super::check::check;
use super::model::{
    Cast, CountUnit, Decode, FieldMap, Fold, Input, Mapping, Otherwise, Part, TimeFormat, TimeRule, UuidOrder,
};
use super::strip::Strip;
use crate::contract::{Contract, Field, FieldType, Unit};
use crate::source::{Cell, RawSource};
use crate::source_span::{SettingsError, Text, read_settings};
use mst_types::civil::parse_offset;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMapping {
    version: Spanned<u32>,
    contract: Spanned<String>,
    /// For human readers only.
    #[serde(default, rename = "description")]
    _description: Option<String>,
    source: RawSource,
    /// Fields without an entry are made from the column of their name.
    #[serde(default)]
    field: BTreeMap<String, Spanned<RawField>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawField {
    column: Option<String>,
    constant: Option<Spanned<toml::Value>>,
    concat: Option<Spanned<Vec<RawPart>>>,
    coalesce: Option<Spanned<Vec<String>>>,
    pub(super) null: Option<Spanned<Vec<String>>>,
    pub(super) path: Option<Spanned<String>>,
    pub(super) decode: Option<Spanned<Decode>>,
    pub(super) uuid: Option<Spanned<UuidOrder>>,
    #[serde(rename = "strip-prefix")]
    pub(super) strip_prefix: Option<Spanned<String>>,
    #[serde(rename = "strip-suffix")]
    pub(super) strip_suffix: Option<Spanned<String>>,
    pub(super) map: Option<Spanned<BTreeMap<String, String>>>,
    otherwise: Option<Spanned<Otherwise>>,
    pub(super) unit: Option<Spanned<CountUnit>>,
    pub(super) time: Option<Spanned<RawTime>>,
    pub(super) cast: Option<Spanned<Cast>>,
    pub(super) scale: Option<Spanned<i32>>,
    pub(super) default: Option<Spanned<toml::Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPart {
    column: Option<String>,
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTime {
    format: Option<String>,
    pub(super) zone: Option<Spanned<String>>,
    pub(super) fold: Option<Spanned<Fold>>,
}

/// The version of mappings that this program reads.
const VERSION: u32 = 1;
/// The maximum power of ten, positive or negative, by which a number can be scaled.
const MAX_SCALE: i32 = 100;

impl Mapping {
    /// Reads a mapping and its contract from their files. Paths in it are relative to its own folder.
    ///
    /// # Errors
    /// A file cannot be read, or is wrong; the error has the line and column.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        Self::parse(&read_settings(path)?, path)
    }

    /// Parses a mapping from a text whose file is, or would be, at `path`. Its contract is read from its file.
    ///
    /// # Errors
    /// The same as for [`Mapping::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, SettingsError> {
        let text = Text { path, text };
        let raw = RawMapping::parse(&text)?;
        let contract = Contract::read(&text.folder().join(raw.contract.get_ref()))?;
        Self::under(&text, raw, contract)
    }

    /// Parses a mapping to a contract that is already there; the path that the text gives for it is not read.
    ///
    /// # Errors
    /// The text is wrong; the error has the line and column.
    pub fn parse_under(text: &str, path: &Path, contract: Contract) -> Result<Self, SettingsError> {
        let text = Text { path, text };
        let raw = RawMapping::parse(&text)?;
        Self::under(&text, raw, contract)
    }

    fn under(text: &Text<'_>, raw: RawMapping, contract: Contract) -> Result<Self, SettingsError> {
        let source = raw.source.settings(text, text.folder())?;
        for (name, field) in &raw.field {
            if !contract.all_fields().any(|known| known.name == *name) {
                let names: Vec<_> = contract.all_fields().map(|field| field.name.as_str()).collect();
                let message = format!("the contract has no field {name:?}; it has {}", names.join(", "));
                return Err(text.error(field.span(), message));
            }
        }
        let mut columns = Columns(Vec::new());
        let (mut fields, mut filled_in) = (Vec::new(), Vec::new());
        for field in contract.all_fields() {
            fields.push(match raw.field.get(&field.name) {
                Some(raw) => parse_field(text, raw, field, &mut columns)?,
                None => {
                    filled_in.push(field.name.clone());
                    FieldMap::of_column(columns.index_of(&field.name), field.ty == FieldType::Json)
                }
            });
        }
        let null = raw.source.null.clone().unwrap_or_default();
        let rows = raw.source.rows(text, source.is_database())?;
        Ok(Self { path: text.path.to_owned(), contract, source, rows, columns: columns.0, filled_in, null, fields })
    }
}

impl RawMapping {
    fn parse(text: &Text<'_>) -> Result<Self, SettingsError> {
        let raw: Self = text.toml().map_err(|error| match is_contract(text.text) {
            true => text.error(0..0, "this is a contract; a mapping has a [source] and contract = \"…\""),
            false => error,
        })?;
        if *raw.version.get_ref() != VERSION {
            let found = raw.version.get_ref();
            let message = format!("a mapping of version {found}; this program knows version {VERSION}");
            return Err(text.error(raw.version.span(), message));
        }
        Ok(raw)
    }
}

/// Whether a text looks like a contract.
fn is_contract(text: &str) -> bool {
    let table: Option<toml::Table> = toml::from_str(text).ok();
    table.is_some_and(|table| {
        (table.contains_key("key") || table.contains_key("multiset")) && !table.contains_key("source")
    })
}

/// The columns named so far.
struct Columns(Vec<String>);

impl Columns {
    fn index_of(&mut self, name: &str) -> usize {
        match self.0.iter().position(|known| known == name) {
            Some(index) => index,
            None => {
                self.0.push(name.to_owned());
                self.0.len() - 1
            }
        }
    }
}

fn parse_field(
    text: &Text<'_>,
    spanned: &Spanned<RawField>,
    field: &Field,
    columns: &mut Columns,
) -> Result<FieldMap, SettingsError> {
    let raw = spanned.get_ref();
    let input = match (&raw.column, &raw.constant, &raw.concat, &raw.coalesce) {
        (Some(column), None, None, None) => Input::Column(columns.index_of(column)),
        (None, Some(constant), None, None) => Input::Constant(parse_cell(constant.get_ref()).ok_or_else(|| {
            text.error(constant.span(), "a constant is text in quotes, a whole number, true or false")
        })?),
        (None, None, Some(parts), None) => {
            let part = |part: &RawPart| match (&part.column, &part.text) {
                (Some(column), None) => Ok(Part::Column(columns.index_of(column))),
                (None, Some(text)) => Ok(Part::Text(text.clone())),
                _ => Err(text.error(parts.span(), "a part is { column = \"…\" } or { text = \"…\" }")),
            };
            Input::Concat(parts.get_ref().iter().map(part).collect::<Result<_, _>>()?)
        }
        (None, None, None, Some(names)) => {
            Input::Coalesce(names.get_ref().iter().map(|name| columns.index_of(name)).collect())
        }
        _ => {
            let message = "a field is made from one of column, constant, concat and coalesce";
            return Err(text.error(spanned.span(), message));
        }
    };
    let values = match (&raw.map, &raw.otherwise) {
        (Some(map), otherwise) => Some((
            map.get_ref().clone(),
            otherwise.as_ref().map_or(Otherwise::Refuse, |otherwise| *otherwise.get_ref()),
        )),
        (None, Some(otherwise)) => return Err(text.error(otherwise.span(), "otherwise has no effect without map")),
        (None, None) => None,
    };
    let scale = match &raw.scale {
        Some(scale) if scale.get_ref().abs() > MAX_SCALE => {
            return Err(text.error(scale.span(), format!("a scale is a power of ten from -{MAX_SCALE} to {MAX_SCALE}")));
        }
        scale => scale.as_ref().map_or(0, |scale| *scale.get_ref()),
    };
    let time = raw.time.as_ref().map(|time| parse_time(text, time)).transpose()?;
    check(text, raw, &input, time.as_ref(), &field.ty)?;
    Ok(FieldMap {
        input,
        null: raw.null.as_ref().map(|null| null.get_ref().clone()).unwrap_or_default(),
        path: raw.path.as_ref().map(|path| pointer(text, path)).transpose()?,
        decode: raw.decode.as_ref().map(|decode| *decode.get_ref()),
        is_json: field.ty == FieldType::Json,
        uuid: raw.uuid.as_ref().map(|order| *order.get_ref()),
        strip: Strip {
            prefix: raw.strip_prefix.as_ref().map(|prefix| prefix.get_ref().clone()),
            suffix: raw.strip_suffix.as_ref().map(|suffix| suffix.get_ref().clone()),
        },
        values,
        unit: raw.unit.as_ref().map(|unit| *unit.get_ref()),
        time,
        cast: raw.cast.as_ref().map(|cast| *cast.get_ref()),
        scale,
        default: raw.default.as_ref().map(|default| parse_default(text, field, default)).transpose()?,
    })
}

/// A cell from text, a whole number, true or false.
fn parse_cell(value: &toml::Value) -> Option<Cell<'static>> {
    Some(match value {
        toml::Value::String(value) => Cell::Text(value.clone().into()),
        toml::Value::Integer(value) => Cell::Int((*value).into()),
        toml::Value::Boolean(value) => Cell::Bool(*value),
        _ => return None,
    })
}

/// The value that replaces null; it must be a value of the contract.
fn parse_default(text: &Text<'_>, field: &Field, raw: &Spanned<toml::Value>) -> Result<Cell<'static>, SettingsError> {
    let Some(cell) = parse_cell(raw.get_ref()) else {
        return Err(text.error(raw.span(), "a default is text in quotes, a whole number, true or false"));
    };
    match field.check_default(cell.borrowed()) {
        Ok(()) => Ok(cell),
        Err(message) => Err(text.error(raw.span(), message)),
    }
}

/// The tokens of a JSON pointer (RFC 6901).
fn pointer(text: &Text<'_>, path: &Spanned<String>) -> Result<Vec<String>, SettingsError> {
    let Some(rest) = path.get_ref().strip_prefix('/') else {
        return Err(text.error(path.span(), "a path is a JSON pointer such as /customer/id"));
    };
    Ok(rest.split('/').map(|part| part.replace("~1", "/").replace("~0", "~")).collect())
}

fn parse_time(text: &Text<'_>, time: &Spanned<RawTime>) -> Result<TimeRule, SettingsError> {
    let raw = time.get_ref();
    let format = match raw.format.as_deref() {
        None | Some("iso") => TimeFormat::Iso,
        Some("unix-s") => TimeFormat::Unix(Unit::Second),
        Some("unix-ms") => TimeFormat::Unix(Unit::Milli),
        Some("unix-us") => TimeFormat::Unix(Unit::Micro),
        Some("unix-ns") => TimeFormat::Unix(Unit::Nano),
        Some(pattern) if pattern.contains('%') => TimeFormat::Pattern(pattern.to_owned()),
        Some(_) => {
            let message = "a format is iso, unix-s, unix-ms, unix-us, unix-ns, or a pattern such as %d.%m.%Y %H:%M";
            return Err(text.error(time.span(), message));
        }
    };
    let zone = raw.zone.as_ref();
    let zone = zone.map(|zone| parse_zone(zone.get_ref()).map_err(|message| text.error(zone.span(), message)));
    let zone: Option<TimeZone> = zone.transpose()?;
    if raw.format.is_none() && zone.is_none() && raw.fold.is_none() {
        return Err(text.error(time.span(), "time has no effect without a format or a zone"));
    }
    match (&raw.fold, &zone) {
        (Some(fold), None) => return Err(text.error(fold.span(), "fold has no effect without a zone")),
        (Some(fold), Some(zone)) if zone.to_fixed_offset().is_ok() => {
            return Err(text.error(fold.span(), "fold has no effect in a zone whose clocks are never put back"));
        }
        _ => {}
    }
    Ok(TimeRule { format, zone, fold: raw.fold.as_ref().map_or(Fold::Refuse, |fold| *fold.get_ref()) })
}

/// Reads the zone of a clock: a name of the time zone database, or an offset. The error says what a zone is.
pub(crate) fn parse_zone(name: &str) -> Result<TimeZone, String> {
    if let Some(offset) = parse_offset(name) {
        let outside = |_| "an offset is less than 26 hours".to_owned();
        return Offset::from_seconds(offset).map(TimeZone::fixed).map_err(outside);
    }
    // Only built-in zones are used, so that every machine has the same ones.
    jiff::tz::TimeZoneDatabase::bundled().get(name).map_err(|_| {
        format!(
            "unknown time zone {name:?}; a zone is a name such as UTC or Europe/Berlin, or an offset such as +02:00 \
             with at most 59 minutes"
        )
    })
}
