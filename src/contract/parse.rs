//! A contract read from TOML.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::Unit;
use super::canonical::{has_letters, has_rounding};
use super::model::{Case, Contract, Digest, Empty, Field, FieldType, Floats, Rounding, Rules, Values};
use super::place::{SettingsError, Text, read_settings};
use super::text::{unicode_version, version_text};
use crate::source::Cell;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawContract {
    version: Spanned<u32>,
    name: Spanned<String>,
    /// For people only.
    #[serde(default, rename = "description")]
    _description: Option<String>,
    unicode: Option<Spanned<String>>,
    values: Option<Spanned<RawValues>>,
    fingerprint: Option<Spanned<RawDigest>>,
    #[serde(default)]
    key: Vec<RawField>,
    #[serde(default)]
    field: Vec<RawField>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawValues {
    Fields,
    Fingerprint,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawDigest {
    Blake3,
    Sha256,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawField {
    name: Spanned<String>,
    #[serde(rename = "type")]
    ty: Spanned<String>,
    #[serde(default, rename = "description")]
    _description: Option<String>,
    names: Option<Spanned<Vec<String>>>,
    trim: Option<bool>,
    case: Option<Spanned<Case>>,
    nfc: Option<Spanned<bool>>,
    empty: Option<Empty>,
    null: Option<Spanned<Null>>,
    rounding: Option<Spanned<Rounding>>,
    floats: Option<Spanned<Floats>>,
    default: Option<Spanned<toml::Value>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Null {
    Refuse,
    Allow,
}

/// The version of contracts that this program reads.
const VERSION: u32 = 1;

impl Contract {
    /// Reads a contract from a file.
    ///
    /// # Errors
    /// What is wrong, with line and column.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        Self::parse(&read_settings(path)?, path)
    }

    /// Reads a contract from a text; `path` is for messages.
    ///
    /// # Errors
    /// As [`Contract::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, SettingsError> {
        let text = Text { path, text };
        let raw: RawContract = text.toml()?;
        if *raw.version.get_ref() != VERSION {
            let found = raw.version.get_ref();
            let message = format!("a contract of version {found}; this program knows version {VERSION}");
            return Err(text.error(raw.version.span(), message));
        }
        if raw.key.is_empty() {
            return Err(text.error(raw.name.span(), "a contract has at least one field of the key: [[key]]"));
        }
        let unicode = raw.unicode.as_ref().map(|version| parse_unicode(&text, version)).transpose()?;
        let values = match (raw.values.as_ref().map(|values| *values.get_ref()), &raw.fingerprint) {
            (Some(RawValues::Fingerprint), None) => Values::Fingerprint(Digest::Blake3),
            (Some(RawValues::Fingerprint), Some(digest)) => Values::Fingerprint(match digest.get_ref() {
                RawDigest::Blake3 => Digest::Blake3,
                RawDigest::Sha256 => Digest::Sha256,
            }),
            (_, Some(digest)) => {
                return Err(text.error(digest.span(), "says nothing without values = \"fingerprint\""));
            }
            (_, None) => Values::Fields,
        };
        let mut names = BTreeSet::new();
        for field in raw.key.iter().chain(&raw.field) {
            let name = field.name.get_ref();
            if name.is_empty() || !names.insert(name) {
                let what = if name.is_empty() { "a field without a name" } else { "a second field of this name" };
                return Err(text.error(field.name.span(), what));
            }
        }
        let all = |fields: &[RawField], is_key| {
            fields
                .iter()
                .map(|field| parse_field(&text, field, is_key, unicode.is_some()))
                .collect::<Result<Vec<_>, _>>()
        };
        let (key, fields) = (all(&raw.key, true)?, all(&raw.field, false)?);
        Ok(Self { name: raw.name.into_inner(), unicode, values, key, fields })
    }
}

fn parse_unicode(text: &Text<'_>, version: &Spanned<String>) -> Result<[u64; 3], SettingsError> {
    let parts: Option<Vec<u64>> = version.get_ref().split('.').map(|part| part.parse().ok()).collect();
    let parsed = match parts.as_deref() {
        Some([major]) => [*major, 0, 0],
        Some([major, minor]) => [*major, *minor, 0],
        Some([major, minor, patch]) => [*major, *minor, *patch],
        _ => return Err(text.error(version.span(), "a version of Unicode is written as in \"15.1.0\"")),
    };
    let known = unicode_version();
    if parsed > known {
        let message = format!("this program knows Unicode {} and nothing newer", version_text(known));
        return Err(text.error(version.span(), message));
    }
    Ok(parsed)
}

fn parse_field(text: &Text<'_>, raw: &RawField, is_key: bool, unicode: bool) -> Result<Field, SettingsError> {
    let ty = parse_type(text, raw)?;
    if is_key && !ty.can_be_key() {
        return Err(text.error(raw.ty.span(), format!("{} has no order, so it cannot be in the key", ty.kind())));
    }
    let case = raw.case.as_ref().map_or(Case::Keep, |case| *case.get_ref());
    let nfc = raw.nfc.as_ref().is_some_and(|nfc| *nfc.get_ref());
    let null = raw.null.as_ref().map_or(Null::Refuse, |null| *null.get_ref());
    let no_use = |span, what: &str| Err(text.error(span, format!("{what} says nothing for {}", ty.kind())));
    let letters =
        raw.case.as_ref().map(|case| ("case", case.span())).or(raw.nfc.as_ref().map(|nfc| ("nfc", nfc.span())));
    if let Some((what, span)) = letters {
        if !has_letters(&ty) {
            return no_use(span, what);
        }
        if !unicode && (nfc || case != Case::Keep) {
            let known = version_text(unicode_version());
            return Err(
                text.error(span, format!("{what} depends on the version of Unicode: add unicode = \"{known}\""))
            );
        }
    }
    match (&raw.rounding, &raw.floats, &raw.default) {
        (Some(rounding), ..) if !has_rounding(&ty) => return no_use(rounding.span(), "rounding"),
        (_, Some(floats), _) if !matches!(ty, FieldType::Int { .. } | FieldType::Decimal { .. }) => {
            return no_use(floats.span(), "floats");
        }
        (_, _, Some(default)) if is_key => return Err(text.error(default.span(), "a field of the key has no default")),
        _ => {}
    }
    if let Some(setting) = raw.null.as_ref().filter(|_| is_key && null == Null::Allow) {
        return Err(text.error(setting.span(), "a field of the key is never null"));
    }
    let rules = Rules {
        trim: raw.trim.unwrap_or_default(),
        case,
        nfc,
        empty: raw.empty.unwrap_or_default(),
        nullable: null == Null::Allow,
        rounding: raw.rounding.as_ref().map_or(Rounding::Refuse, |rounding| *rounding.get_ref()),
        floats: raw.floats.as_ref().map_or(Floats::Refuse, |floats| *floats.get_ref()),
        default: None,
    };
    let mut field = Field { name: raw.name.get_ref().clone(), ty, rules };
    if let Some(default) = &raw.default {
        field.rules.default = Some(parse_default(text, &field, default)?);
    }
    Ok(field)
}

/// The canonical bytes of a default.
fn parse_default(text: &Text<'_>, field: &Field, raw: &Spanned<toml::Value>) -> Result<Vec<u8>, SettingsError> {
    let cell = match raw.get_ref() {
        toml::Value::String(value) => Cell::Text(value.into()),
        toml::Value::Integer(value) => Cell::Int(i128::from(*value)),
        toml::Value::Boolean(value) => Cell::Bool(*value),
        _ => return Err(text.error(raw.span(), "a default is text in quotes, a whole number, true or false")),
    };
    let value = field.canonical(cell).map_err(|broken| text.error(raw.span(), format!("the default: {broken}")))?;
    let mut bytes = Vec::new();
    field.push_value(&value, &mut bytes);
    Ok(bytes)
}

fn parse_type(text: &Text<'_>, raw: &RawField) -> Result<FieldType, SettingsError> {
    let name = raw.ty.get_ref().as_str();
    let (base, argument) = match name.strip_suffix(')').and_then(|name| name.split_once('(')) {
        Some((base, argument)) => (base, Some(argument.trim())),
        None => (name, None),
    };
    let ty = match (base, argument) {
        ("i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64", None) => {
            let bits = base.get(1..).and_then(|bits| bits.parse().ok()).unwrap_or(64);
            FieldType::Int { signed: base.starts_with('i'), bits }
        }
        ("decimal", Some(scale)) => match scale.parse() {
            Ok(scale) if scale <= 38 => FieldType::Decimal { scale },
            _ => return Err(text.error(raw.ty.span(), "the scale of a decimal is a number from 0 to 38")),
        },
        ("text", None) => FieldType::Text,
        ("bool", None) => FieldType::Bool,
        ("bytes", None) => FieldType::Bytes,
        ("timestamp", Some("s")) => FieldType::Timestamp(Unit::Second),
        ("timestamp", Some("ms")) => FieldType::Timestamp(Unit::Milli),
        ("timestamp", Some("us")) => FieldType::Timestamp(Unit::Micro),
        ("timestamp", Some("ns")) => FieldType::Timestamp(Unit::Nano),
        ("date", None) => FieldType::Date,
        ("uuid", None) => FieldType::Uuid,
        ("json", None) => FieldType::Json,
        ("enum", None) => return parse_enum(text, raw),
        _ => {
            let message = format!(
                "no type {name:?}: there are i8 to i64, u8 to u64, decimal(scale), text, bool, bytes, timestamp(s|ms|us|ns), \
                 date, uuid, enum, json"
            );
            return Err(text.error(raw.ty.span(), message));
        }
    };
    match &raw.names {
        Some(names) => Err(text.error(names.span(), "only an enum has names")),
        None => Ok(ty),
    }
}

fn parse_enum(text: &Text<'_>, raw: &RawField) -> Result<FieldType, SettingsError> {
    let Some(names) = &raw.names else {
        return Err(text.error(raw.ty.span(), "an enum has names: names = [\"open\", \"paid\"]"));
    };
    let different: BTreeSet<_> = names.get_ref().iter().collect();
    if different.len() < names.get_ref().len()
        || names.get_ref().is_empty()
        || different.iter().any(|name| name.is_empty())
    {
        return Err(text.error(names.span(), "an enum has at least one name, all different and none empty"));
    }
    Ok(FieldType::Enum(names.get_ref().clone()))
}
