//! A mapping read from TOML.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use serde::Deserialize;
use toml::Spanned;

use super::model::{Cast, Decode, FieldMap, Fold, Input, Mapping, Otherwise, Part, TimeFormat, TimeRule};
use crate::contract::{Contract, SettingsError, Text, Unit, read_settings};
use crate::source::{Cell, RawSource};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMapping {
    version: Spanned<u32>,
    contract: Spanned<String>,
    /// For people only.
    #[serde(default, rename = "description")]
    _description: Option<String>,
    source: RawSource,
    field: BTreeMap<String, Spanned<RawField>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawField {
    column: Option<String>,
    constant: Option<Spanned<toml::Value>>,
    concat: Option<Spanned<Vec<RawPart>>>,
    coalesce: Option<Spanned<Vec<String>>>,
    null: Option<Vec<String>>,
    path: Option<Spanned<String>>,
    decode: Option<Decode>,
    map: Option<BTreeMap<String, String>>,
    otherwise: Option<Spanned<Otherwise>>,
    time: Option<Spanned<RawTime>>,
    cast: Option<Cast>,
    scale: Option<Spanned<i32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPart {
    column: Option<String>,
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTime {
    format: Option<String>,
    zone: Option<Spanned<String>>,
    #[serde(default)]
    fold: Fold,
}

/// The version of mappings that this program reads.
const VERSION: u32 = 1;
/// The largest power of ten, either way, that a number can be scaled by.
const MOST_SCALE: i32 = 100;

impl Mapping {
    /// Reads a mapping and its contract from their files. Paths in it are taken from its own folder.
    ///
    /// # Errors
    /// What is wrong, with line and column.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        Self::parse(&read_settings(path)?, path)
    }

    /// Reads a mapping from a text that stands, or could stand, at `path`.
    ///
    /// # Errors
    /// As [`Mapping::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, SettingsError> {
        let text = Text { path, text };
        let folder = path.parent().unwrap_or(Path::new(""));
        let raw: RawMapping = text.toml().map_err(|error| match is_contract(text.text) {
            true => text.error(0..0, "this is a contract; a mapping has a [source] and says contract = \"…\""),
            false => error,
        })?;
        if *raw.version.get_ref() != VERSION {
            let found = raw.version.get_ref();
            let message = format!("a mapping of version {found}; this program knows version {VERSION}");
            return Err(text.error(raw.version.span(), message));
        }
        let contract_path: PathBuf = folder.join(raw.contract.get_ref());
        let contract = Contract::read(&contract_path)?;
        let source = raw.source.settings(&text, folder)?;
        for (name, field) in &raw.field {
            if !contract.all_fields().any(|known| known.name == *name) {
                let names: Vec<_> = contract.all_fields().map(|field| field.name.as_str()).collect();
                let message = format!("the contract has no field {name:?}; it has {}", names.join(", "));
                return Err(text.error(field.span(), message));
            }
        }
        let mut columns = Columns(Vec::new());
        let mut fields = Vec::new();
        for field in contract.all_fields() {
            let Some(raw) = raw.field.get(&field.name) else {
                let message =
                    format!("nothing says what the field {:?} is made from: add [field.{:?}]", field.name, field.name);
                return Err(text.error(0..0, message));
            };
            fields.push(parse_field(&text, raw, &mut columns)?);
        }
        let null = raw.source.null.clone().unwrap_or_default();
        Ok(Self { path: path.to_owned(), contract, source, columns: columns.0, null, fields })
    }
}

/// Whether a text looks like a contract.
fn is_contract(text: &str) -> bool {
    let table: Option<toml::Table> = toml::from_str(text).ok();
    table.is_some_and(|table| table.contains_key("key") && !table.contains_key("source"))
}

/// The columns that were named so far.
struct Columns(Vec<String>);

impl Columns {
    fn place(&mut self, name: &str) -> usize {
        match self.0.iter().position(|known| known == name) {
            Some(place) => place,
            None => {
                self.0.push(name.to_owned());
                self.0.len() - 1
            }
        }
    }
}

fn parse_field(text: &Text<'_>, spanned: &Spanned<RawField>, columns: &mut Columns) -> Result<FieldMap, SettingsError> {
    let raw = spanned.get_ref();
    let input = match (&raw.column, &raw.constant, &raw.concat, &raw.coalesce) {
        (Some(column), None, None, None) => Input::Column(columns.place(column)),
        (None, Some(constant), None, None) => Input::Constant(match constant.get_ref() {
            toml::Value::String(value) => Cell::Text(value.clone().into()),
            toml::Value::Integer(value) => Cell::Int((*value).into()),
            toml::Value::Boolean(value) => Cell::Bool(*value),
            _ => return Err(text.error(constant.span(), "a constant is text in quotes, a whole number, true or false")),
        }),
        (None, None, Some(parts), None) => {
            let part = |part: &RawPart| match (&part.column, &part.text) {
                (Some(column), None) => Ok(Part::Column(columns.place(column))),
                (None, Some(text)) => Ok(Part::Text(text.clone())),
                _ => Err(text.error(parts.span(), "a part is { column = \"…\" } or { text = \"…\" }")),
            };
            Input::Concat(parts.get_ref().iter().map(part).collect::<Result<_, _>>()?)
        }
        (None, None, None, Some(names)) => {
            Input::Coalesce(names.get_ref().iter().map(|name| columns.place(name)).collect())
        }
        _ => {
            let message = "a field is made from one of column, constant, concat and coalesce";
            return Err(text.error(spanned.span(), message));
        }
    };
    let values = match (&raw.map, &raw.otherwise) {
        (Some(map), otherwise) => {
            Some((map.clone(), otherwise.as_ref().map_or(Otherwise::Refuse, |otherwise| *otherwise.get_ref())))
        }
        (None, Some(otherwise)) => return Err(text.error(otherwise.span(), "otherwise says nothing without map")),
        (None, None) => None,
    };
    let scale = match &raw.scale {
        Some(scale) if scale.get_ref().abs() > MOST_SCALE => {
            return Err(
                text.error(scale.span(), format!("a scale is a power of ten from -{MOST_SCALE} to {MOST_SCALE}"))
            );
        }
        scale => scale.as_ref().map_or(0, |scale| *scale.get_ref()),
    };
    Ok(FieldMap {
        input,
        null: raw.null.clone().unwrap_or_default(),
        path: raw.path.as_ref().map(|path| pointer(text, path)).transpose()?,
        decode: raw.decode,
        values,
        time: raw.time.as_ref().map(|time| parse_time(text, time)).transpose()?,
        cast: raw.cast,
        scale,
    })
}

/// A JSON pointer (RFC 6901) taken apart.
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
    let zone = raw.zone.as_ref().map(|zone| {
        // The zones that are built in, so that every machine has the same ones.
        jiff::tz::TimeZoneDatabase::bundled().get(zone.get_ref()).map_err(|_| {
            let message = format!("no time zone {:?}; a zone is UTC or as Europe/Berlin", zone.get_ref());
            text.error(zone.span(), message)
        })
    });
    let zone: Option<TimeZone> = zone.transpose()?;
    Ok(TimeRule { format, zone, fold: raw.fold })
}
