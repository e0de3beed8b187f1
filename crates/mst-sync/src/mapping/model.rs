//! The content of a mapping.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::tz::TimeZone;

use super::strip::Strip;
use crate::contract::{Contract, Unit, zone_database};
use crate::source::{Cell, Settings};

/// The note of a commit with the version of the time zone database that its records were made with.
pub const TZDB_NOTE: &str = "tzdb";
/// The note of a commit with the zones in which times were read, one per line.
pub const ZONES_NOTE: &str = "zones";

/// How the rows of one service become records of a contract.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The path of the mapping's file.
    pub path: PathBuf,
    /// The contract.
    pub contract: Contract,
    /// The source of the rows.
    pub source: Settings,
    /// The columns that fields are made from, each once.
    pub columns: Vec<String>,
    /// Texts that mean null, in every column.
    pub(super) null: Vec<String>,
    /// How each field of the contract is made, the fields of the key first.
    pub(super) fields: Vec<FieldMap>,
}

impl Mapping {
    /// The names of the time zones in which fields are read, each once and sorted; fixed offsets are not included.
    pub fn zones(&self) -> BTreeSet<String> {
        let zones = self.fields.iter().filter_map(|field| field.time.as_ref()?.zone.as_ref()?.iana_name());
        zones.map(str::to_owned).collect()
    }

    /// The notes of a commit of records made by this mapping: the contract, the version of the time zone database, and
    /// the zones looked up in it, one per line.
    pub fn notes(&self) -> BTreeMap<String, Vec<u8>> {
        // The text that the contract's hash covers, for comparisons with trees under another contract.
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
}

/// How a field is made from a row.
#[derive(Clone, Debug)]
pub(super) struct FieldMap {
    pub(super) input: Input,
    /// Texts that mean null.
    pub(super) null: Vec<String>,
    /// The path into a JSON value: the tokens of a JSON pointer.
    pub(super) path: Option<Vec<String>>,
    pub(super) decode: Option<Decode>,
    /// Whether the field is JSON, so that text is either a JSON text or a string.
    pub(super) is_json: bool,
    /// The constant texts removed from both ends of a value.
    pub(super) strip: Strip,
    /// The value map, and how other values are handled.
    pub(super) values: Option<(BTreeMap<String, String>, Otherwise)>,
    /// The order of the 16 bytes of a UUID.
    pub(super) uuid: Option<UuidOrder>,
    pub(super) time: Option<TimeRule>,
    /// The unit of a number that is a duration.
    pub(super) unit: Option<CountUnit>,
    pub(super) cast: Option<Cast>,
    /// A power of ten to multiply by.
    pub(super) scale: i32,
    /// The value that replaces null, in the notation of the contract.
    pub(super) default: Option<Cell<'static>>,
}

/// The input of a field. Columns are indices into [`Mapping::columns`].
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

/// How text encodes bytes, or bytes encode text.
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
    /// Text is a string, literally.
    String,
}

/// A byte order of UUIDs other than the order of the digits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum UuidOrder {
    /// The last four digits of the time come first, as MySQL's `UUID_TO_BIN(x, 1)` stores it.
    TimeSwapped,
    /// The bytes of each of the first three groups are reversed, as .NET and SQL Server store a GUID.
    LittleEndian,
}

/// The unit that a number counts.
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

/// How a value that is missing in a value map is handled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Otherwise {
    #[default]
    Refuse,
    Keep,
}

/// The kind of cell to convert to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Cast {
    Text,
    Date,
    Timestamp,
    Time,
    Duration,
}

/// How a time is read, and the zone of its clock.
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

/// Which of two moments is meant when a clock was put back and showed a time twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Fold {
    #[default]
    Refuse,
    Earlier,
    Later,
}
