//! What a mapping says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::tz::TimeZone;

use crate::contract::{Contract, FieldType, Unit, zone_database};
use crate::source::{Cell, Settings};
use mst_types::{ItemType, ValueKind};

/// The note of a commit that says which version of the time zone database its records were made with.
pub const TZDB_NOTE: &str = "tzdb";
/// The note of a commit that lists the zones by which times were read, one a line.
pub const ZONES_NOTE: &str = "zones";

/// How one service's rows become records of a contract.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Where the mapping stands.
    pub path: PathBuf,
    /// The contract.
    pub contract: Contract,
    /// Where rows come from.
    pub source: Settings,
    /// The columns that any field is made from, each once.
    pub columns: Vec<String>,
    /// Texts that stand for no value, in every column.
    pub(super) null: Vec<String>,
    /// How each field of the contract is made, those of the key first.
    pub(super) fields: Vec<FieldMap>,
}

impl Mapping {
    /// The names of the time zones that fields are read with, each once and sorted; fixed offsets are none.
    pub fn zones(&self) -> BTreeSet<String> {
        let zones = self.fields.iter().filter_map(|field| field.time.as_ref()?.zone.as_ref()?.iana_name());
        zones.map(str::to_owned).collect()
    }

    /// What a commit of records made by this mapping notes: which time zone database there was, and the zones that were
    /// asked of it, one a line.
    pub fn notes(&self) -> BTreeMap<String, Vec<u8>> {
        // What the contract's hash is of, for those who hold the tree against one under another contract.
        let text = self.contract.canonical_text().into_bytes();
        let mut notes = BTreeMap::from([("contract".to_owned(), text)]);
        if let Some(version) = zone_database() {
            notes.insert(TZDB_NOTE.to_owned(), version.as_bytes().to_vec());
        }
        let zones: Vec<_> = self.zones().into_iter().collect();
        if !zones.is_empty() {
            notes.insert(ZONES_NOTE.to_owned(), zones.join("\n").into_bytes());
        }
        notes
    }

    /// The column that is the key as it stands, and these keys as a database writes them; none where a key is more than
    /// a column of whole numbers or UUIDs.
    pub(crate) fn key_filter(&self, keys: &BTreeSet<Vec<u8>>) -> Option<(String, Vec<String>)> {
        let ([field], Some(map)) = (self.contract.key.as_slice(), self.fields.first()) else { return None };
        let plain = matches!(field.ty, FieldType::Int { .. } | FieldType::Uuid) && self.source.is_database();
        let column = match map {
            FieldMap {
                input: Input::Column(column),
                path: None,
                decode: None,
                uuid: None,
                values: None,
                unit: None,
                time: None,
                cast: None,
                scale: 0,
                ..
            } if plain => self.columns.get(*column)?,
            _ => return None,
        };
        let ty = ItemType::ordered(self.contract.key_type());
        let value = |key: &Vec<u8>| match ty.decode(key).ok()?.kind {
            ValueKind::Uint(number) => Some(number.to_string()),
            ValueKind::Int(number) => Some(number.to_string()),
            ValueKind::Bytes(bytes) => Some(uuid_text(&hex::encode(bytes))),
            _ => None,
        };
        Some((column.clone(), keys.iter().map(value).collect::<Option<_>>()?))
    }
}

/// The digits of a UUID with hyphens.
fn uuid_text(digits: &str) -> String {
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

/// How a field is made from a row.
#[derive(Clone, Debug)]
pub(super) struct FieldMap {
    pub(super) input: Input,
    /// Texts that stand for no value.
    pub(super) null: Vec<String>,
    /// The way into a JSON value, as the names and numbers of a JSON pointer.
    pub(super) path: Option<Vec<String>>,
    pub(super) decode: Option<Decode>,
    /// Whether the field is JSON, so that text is either a JSON text or a string.
    pub(super) is_json: bool,
    /// What stands for what, and what becomes of the rest.
    pub(super) values: Option<(BTreeMap<String, String>, Otherwise)>,
    /// In which order the 16 bytes of a UUID stand.
    pub(super) uuid: Option<UuidOrder>,
    pub(super) time: Option<TimeRule>,
    /// What a number counts that is a duration.
    pub(super) unit: Option<CountUnit>,
    pub(super) cast: Option<Cast>,
    /// A power of ten to multiply with.
    pub(super) scale: i32,
    /// What stands for no value, in the words of the contract.
    pub(super) default: Option<Cell<'static>>,
}

/// What a field is made from. Columns are places in [`Mapping::columns`].
#[derive(Clone, Debug)]
pub(super) enum Input {
    Column(usize),
    Constant(Cell<'static>),
    Concat(Vec<Part>),
    Coalesce(Vec<usize>),
}

/// A part of a text.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Column(usize),
    Text(String),
}

/// How text stands for bytes, or bytes for text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Decode {
    Hex,
    Base64,
    Base64url,
    #[serde(rename = "utf-8")]
    Utf8,
    /// Text is a JSON text.
    Json,
    /// Text is a JSON string as it stands.
    String,
}

/// Another order of the bytes of a UUID than that in which it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum UuidOrder {
    /// The last four digits of its time first, as MySQL's `UUID_TO_BIN(x, 1)` stores it.
    TimeSwapped,
    /// The first three groups with their bytes turned round, as a GUID of .NET or SQL Server stores them.
    LittleEndian,
}

/// What a number counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CountUnit {
    Ns,
    Us,
    Ms,
    S,
    Min,
    H,
    D,
}

/// What becomes of a value that a value map does not name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Otherwise {
    #[default]
    Refuse,
    Keep,
}

/// Another kind of cell.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Cast {
    Text,
    Date,
    Timestamp,
    Time,
    Duration,
}

/// How a time is read, and where its clock hung.
#[derive(Clone, Debug)]
pub(super) struct TimeRule {
    pub(super) format: TimeFormat,
    pub(super) zone: Option<TimeZone>,
    pub(super) fold: Fold,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum TimeFormat {
    Iso,
    Unix(Unit),
    Pattern(String),
}

/// Which of two moments a clock showed that was put back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Fold {
    #[default]
    Refuse,
    Earlier,
    Later,
}
