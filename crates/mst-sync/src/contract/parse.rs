//! Parsing contracts from TOML.

use std::collections::BTreeSet;
use std::path::Path;

use file_mst::diff::{Tolerance, ToleranceError};
use serde::Deserialize;
use toml::Spanned;

use super::Unit;
use super::model::{Case, Contract, Digest, Empty, Field, FieldType, Floats, Rounding, Rules, Values};
use super::short::RawFields;
use super::text::{self, unicode_version, version_text};
use super::zones::{parse_version, zone_database};
use crate::cell::Cell;
use crate::source_span::{SettingsError, Text, read_settings};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawContract {
    version: Spanned<u32>,
    name: Spanned<String>,
    /// For human readers only.
    #[serde(default, rename = "description")]
    _description: Option<String>,
    unicode: Option<Spanned<String>>,
    tzdb: Option<Spanned<String>>,
    values: Option<Spanned<RawValues>>,
    fingerprint: Option<Spanned<RawDigest>>,
    #[serde(default)]
    multiset: bool,
    #[serde(default)]
    key: RawFields,
    #[serde(default)]
    fields: RawFields,
    #[serde(default)]
    field: RawFields,
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
pub(super) struct RawField {
    /// The name; empty with an empty span if the text does not give it here.
    #[serde(default = "no_name")]
    pub(super) name: Spanned<String>,
    #[serde(rename = "type")]
    ty: Spanned<String>,
    #[serde(default, rename = "description")]
    _description: Option<String>,
    names: Option<Spanned<Vec<String>>>,
    trim: Option<bool>,
    case: Option<Spanned<Case>>,
    nfc: Option<Spanned<bool>>,
    empty: Option<Spanned<Empty>>,
    null: Option<Spanned<Null>>,
    rounding: Option<Spanned<Rounding>>,
    floats: Option<Spanned<Floats>>,
    default: Option<Spanned<toml::Value>>,
    tolerance: Option<Spanned<String>>,
}

fn no_name() -> Spanned<String> {
    Spanned::new(0..0, String::new())
}

impl RawField {
    /// A field of this type without rules.
    pub(super) fn of_type(name: Spanned<String>, ty: Spanned<String>) -> Self {
        Self {
            name,
            ty,
            _description: None,
            names: None,
            trim: None,
            case: None,
            nfc: None,
            empty: None,
            null: None,
            rounding: None,
            floats: None,
            default: None,
            tolerance: None,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Null {
    Refuse,
    Allow,
    Key,
}

/// The part of a record that a field belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Key,
    Value,
    /// A row of a multiset, all of whose fields are the key of its tree.
    Row,
}

/// The version of contracts that this program reads.
const VERSION: u32 = 1;

impl Contract {
    /// Reads a contract from a file.
    ///
    /// # Errors
    /// The file cannot be read, or is not a contract; the error has the line and column.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        Self::parse(&read_settings(path)?, path)
    }

    /// Parses a contract from a text; `path` is used in messages.
    ///
    /// # Errors
    /// The same as for [`Contract::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, SettingsError> {
        let text = Text { path, text };
        let raw: RawContract = text.toml()?;
        if *raw.version.get_ref() != VERSION {
            let found = raw.version.get_ref();
            let message = format!("a contract of version {found}; this program knows version {VERSION}");
            return Err(text.error(raw.version.span(), message));
        }
        let mut fields = raw.fields.0;
        fields.extend(raw.field.0);
        let key = raw.key.0;
        if raw.multiset && key.is_empty() && fields.is_empty() {
            return Err(text.error(raw.name.span(), "a contract has at least one field: fields = { id = \"u64\" }"));
        }
        if key.is_empty() && !raw.multiset {
            return Err(text.error(
                raw.name.span(),
                "a contract has at least one field of the key: key = { id = \"u64\" }, or [[key]] (multiset = true compares \
                 rows that have no key)",
            ));
        }
        let unicode = raw.unicode.as_ref().map(|version| parse_unicode(&text, version)).transpose()?;
        let tzdb = raw.tzdb.as_ref().map(|version| parse_tzdb(&text, version)).transpose()?;
        let values = match (raw.values.as_ref().map(|values| *values.get_ref()), &raw.fingerprint) {
            (Some(RawValues::Fingerprint), None) => Values::Fingerprint(Digest::Blake3),
            (Some(RawValues::Fingerprint), Some(digest)) => Values::Fingerprint(match digest.get_ref() {
                RawDigest::Blake3 => Digest::Blake3,
                RawDigest::Sha256 => Digest::Sha256,
            }),
            (_, Some(digest)) => {
                return Err(text.error(digest.span(), "has no effect without values = \"fingerprint\""));
            }
            (_, None) => Values::Fields,
        };
        if let (true, Some(setting), Values::Fingerprint(_)) = (raw.multiset, &raw.values, values) {
            let message = "has no effect with multiset = true, whose trees hold counts: omit it";
            return Err(text.error(setting.span(), message));
        }
        let mut names = BTreeSet::new();
        for field in key.iter().chain(&fields) {
            let name = field.name.get_ref();
            if name.is_empty() || !names.insert(name) {
                let what = if name.is_empty() { "the field has no name" } else { "duplicate field name" };
                return Err(text.error(field.name.span(), what));
            }
        }
        let all = |fields: &[RawField], part: Part| {
            fields.iter().map(|field| parse_field(&text, field, part, unicode.is_some())).collect::<Result<Vec<_>, _>>()
        };
        let (mut key, mut fields) = match raw.multiset {
            true => (all(&key, Part::Row)?, all(&fields, Part::Row)?),
            false => (all(&key, Part::Key)?, all(&fields, Part::Value)?),
        };
        if raw.multiset {
            key.append(&mut fields);
        }
        Ok(Self { name: raw.name.into_inner(), unicode, tzdb, values, multiset: raw.multiset, key, fields })
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

/// Parses the oldest acceptable version of the time zone database; this program's must not be older.
fn parse_tzdb(text: &Text<'_>, version: &Spanned<String>) -> Result<String, SettingsError> {
    let wanted = version.get_ref();
    let Some(parsed) = parse_version(wanted) else {
        let message = "a version of the time zone database is a year and a letter, as in \"2025b\"";
        return Err(text.error(version.span(), message));
    };
    match zone_database() {
        Some(known) if parse_version(known) >= Some(parsed) => Ok(wanted.clone()),
        Some(known) => {
            let message = format!("this program has the time zone database {known} and nothing newer");
            Err(text.error(version.span(), message))
        }
        None => Err(text.error(version.span(), "the version of this program's time zone database is unknown")),
    }
}

fn parse_field(text: &Text<'_>, raw: &RawField, part: Part, unicode: bool) -> Result<Field, SettingsError> {
    let ty = parse_type(text, raw)?;
    let is_key = part == Part::Key;
    if is_key && !ty.can_be_key() {
        return Err(text.error(raw.ty.span(), format!("{} has no order, so it cannot be in the key", ty.kind())));
    }
    let case = raw.case.as_ref().map_or(Case::Keep, |case| *case.get_ref());
    let nfc = raw.nfc.as_ref().is_some_and(|nfc| *nfc.get_ref());
    let null = raw.null.as_ref().map_or(Null::Refuse, |null| *null.get_ref());
    let no_use = |span, what: &str| Err(text.error(span, format!("{what} has no effect on {}", ty.kind())));
    let letters =
        raw.case.as_ref().map(|case| ("case", case.span())).or(raw.nfc.as_ref().map(|nfc| ("nfc", nfc.span())));
    if let Some((what, span)) = letters {
        if !ty.has_letters() {
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
        (Some(rounding), ..) if !ty.has_rounding() => return no_use(rounding.span(), "rounding"),
        (_, Some(floats), _) if !ty.has_floats() => {
            return no_use(floats.span(), "floats");
        }
        (_, _, Some(default)) if is_key => {
            let message = "a field of the key has no default: null = \"key\" makes null a value of its own, and a mapping can give a \
                           replacement for null: default = …";
            return Err(text.error(default.span(), message));
        }
        _ => {}
    }
    if let Some(setting) = raw.null.as_ref().filter(|_| is_key && null == Null::Allow) {
        return Err(text.error(
            setting.span(),
            "a field of the key takes null with null = \"key\": it is then a value of its own, before all others",
        ));
    }
    if let Some(setting) = raw.null.as_ref().filter(|_| part == Part::Value && null == Null::Key) {
        return Err(text.error(setting.span(), "this field is not in the key: it takes null with null = \"allow\""));
    }
    let empty = raw.empty.as_ref().map_or(Empty::Keep, |empty| *empty.get_ref());
    if let Some(setting) = raw.empty.as_ref().filter(|_| is_key && empty == Empty::Null && null != Null::Key) {
        let message = "empty text would be null, which the key refuses: add null = \"key\", or set empty = \"refuse\"";
        return Err(text.error(setting.span(), message));
    }
    let rules = Rules {
        trim: raw.trim.unwrap_or_default(),
        case,
        nfc,
        empty,
        nullable: null != Null::Refuse,
        rounding: raw.rounding.as_ref().map_or(Rounding::Refuse, |rounding| *rounding.get_ref()),
        floats: raw.floats.as_ref().map_or(Floats::Refuse, |floats| *floats.get_ref()),
        default: None,
        tolerance: raw.tolerance.as_ref().map(|it| parse_tolerance(text, raw, it, &ty, part)).transpose()?,
    };
    let ty = match ty {
        FieldType::Enum(names) => FieldType::Enum(canonical_names(text, raw, &names, &rules)?),
        ty => ty,
    };
    let mut field = Field { name: raw.name.get_ref().clone(), ty, rules };
    if let Some(default) = &raw.default {
        field.rules.default = Some(parse_default(text, &field, default)?);
    }
    Ok(field)
}

/// A tolerance, which must measure what the field has.
fn parse_tolerance(
    text: &Text<'_>,
    raw: &RawField,
    tolerance: &Spanned<String>,
    ty: &FieldType,
    part: Part,
) -> Result<Tolerance, SettingsError> {
    let error = |message: String| Err(text.error(tolerance.span(), message));
    match part {
        Part::Value => {}
        Part::Key => return error("a field of the key identifies a record and has no tolerance: omit it".to_owned()),
        Part::Row => {
            return error("rows of a multiset are counted by their exact fields: omit the tolerance".to_owned());
        }
    }
    let Some(measure) = ty.measure() else {
        return error(format!("{} has no distance for a tolerance; numbers, times and dates have one", ty.kind()));
    };
    let parsed: Result<Tolerance, ToleranceError> = tolerance.get_ref().parse();
    match parsed.and_then(|parsed| parsed.check(raw.name.get_ref(), measure).map(|()| parsed)) {
        Ok(parsed) => Ok(parsed),
        Err(wrong) => error(wrong.to_string()),
    }
}

/// The canonical bytes of a default.
fn parse_default(text: &Text<'_>, field: &Field, raw: &Spanned<toml::Value>) -> Result<Vec<u8>, SettingsError> {
    let cell = match raw.get_ref() {
        toml::Value::String(value) => Cell::Text(value.into()),
        toml::Value::Integer(value) => Cell::Int(i128::from(*value)),
        toml::Value::Boolean(value) => Cell::Bool(*value),
        _ => return Err(text.error(raw.span(), "a default is text in quotes, a whole number, true or false")),
    };
    let value = field.default_value(cell).map_err(|message| text.error(raw.span(), message))?;
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
        ("timestamp" | "time" | "duration", Some(unit)) => {
            let Some(unit) = Unit::ALL.into_iter().find(|known| known.name() == unit) else {
                return Err(text.error(raw.ty.span(), format!("the unit of a {base} is s, ms, us or ns")));
            };
            match base {
                "timestamp" => FieldType::Timestamp(unit),
                "time" => FieldType::Time(unit),
                _ => FieldType::Duration(unit),
            }
        }
        ("date", None) => FieldType::Date,
        ("uuid", None) => FieldType::Uuid,
        ("json", None) => FieldType::Json,
        ("enum", None) => return parse_enum(text, raw),
        _ => {
            let message = format!(
                "unknown type {name:?}; the types are i8 to i64, u8 to u64, decimal(scale), text, bool, bytes, timestamp(s|ms|us|ns), \
                 date, time(s|ms|us|ns), duration(s|ms|us|ns), uuid, enum, json"
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

/// The names of an enum under the field's own rules, so that canonical values match them; no two names may become
/// equal.
fn canonical_names(
    text: &Text<'_>,
    raw: &RawField,
    names: &[String],
    rules: &Rules,
) -> Result<Vec<String>, SettingsError> {
    let span = raw.names.as_ref().map_or(raw.ty.span(), Spanned::span);
    let mut canonical: Vec<String> = Vec::new();
    for name in names {
        let made = text::canonical(name.as_str().into(), rules)
            .map_err(|broken| text.error(span.clone(), format!("the name {name:?}: {broken}")))?;
        if made.is_empty() {
            return Err(text.error(span, format!("nothing is left of the name {name:?} under trim = true")));
        }
        if let Some((other, _)) = names.iter().zip(&canonical).find(|(_, known)| **known == made) {
            return Err(text.error(
                span,
                format!("the names {other:?} and {name:?} are the same under the rules of the field: {made:?}"),
            ));
        }
        canonical.push(made.into_owned());
    }
    Ok(canonical)
}
