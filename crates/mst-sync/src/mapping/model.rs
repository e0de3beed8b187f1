//! The content of a mapping.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use file_mst::diff::TOLERANCE_NOTE;
use jiff::tz::TimeZone;

use super::strip::Strip;
use crate::condition::{Now, RowCondition};
use crate::contract::{Contract, Unit, zone_database};
use crate::source::{Cell, Settings, Wanted};

/// The note of a commit with the version of the time zone database that its records were made with.
pub const TZDB_NOTE: &str = "tzdb";
/// The note of a commit with the zones in which times were read, one per line.
pub const ZONES_NOTE: &str = "zones";
/// The note of a commit with the condition on the rows that its records were made from.
pub const WHERE_NOTE: &str = "where";
/// The note of a commit with the moment that `now` stood for in that condition.
pub const NOW_NOTE: &str = "now";

/// How the rows of one service become records of a contract.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The path of the mapping's file.
    pub path: PathBuf,
    /// The contract.
    pub contract: Contract,
    /// The source of the rows.
    pub source: Settings,
    /// The condition on the rows that become records; all rows do if there is none.
    pub rows: Option<RowCondition>,
    /// The columns that fields are made from, each once.
    pub columns: Vec<String>,
    /// The fields that the mapping does not mention: each is made from the column of its own name.
    pub filled_in: Vec<String>,
    /// Texts that mean null, in every column.
    pub(super) null: Vec<String>,
    /// How each field of the contract is made, the fields of the key first.
    pub(super) fields: Vec<FieldMap>,
}

impl Mapping {
    /// A request for the columns and the rows that records are made from; `now` in the condition is this moment.
    pub fn wanted(&self, now: Now) -> Wanted {
        Wanted {
            columns: Some(self.columns.clone()),
            filter: None,
            rows: self.rows.clone(),
            now,
            null: self.null.clone(),
            must_exist: self.filled_in.clone(),
            hasher: None,
        }
    }

    /// A hash of everything that decides which records rows become: the contract, the source with its settings, the
    /// condition, the fields, and this version of the program. Mappings with one fingerprint make the same records of the
    /// same rows; the reverse does not hold.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        let Self { path: _, contract, source, rows, columns, filled_in, null, fields } = self;
        let parts = (source, rows, columns, filled_in, null, fields);
        let program = (env!("CARGO_PKG_VERSION"), crate::contract::unicode_version(), zone_database());
        let text = format!("{program:?}\n{}\n{:?}\n{parts:?}", contract.canonical_text(), contract.tolerances().note());
        *blake3::hash(text.as_bytes()).as_bytes()
    }

    /// The names of the time zones in which fields are read, each once and sorted; fixed offsets are not included. If
    /// the rows are those of a tree or of another mapping, the zones with which these were made are included.
    pub fn zones(&self) -> BTreeSet<String> {
        self.own_zones().chain(self.source.time_notes().zones).collect()
    }

    /// The names of the zones that this mapping itself names.
    pub(crate) fn own_zones(&self) -> impl Iterator<Item = String> {
        self.fields.iter().filter_map(|field| field.time.as_ref()?.zone.as_ref()?.iana_name()).map(str::to_owned)
    }

    /// The notes of a commit of records made by this mapping: the contract, its tolerances, the version of the time zone
    /// database, the zones looked up in it, one per line, and the condition on rows.
    pub fn notes(&self) -> BTreeMap<String, Vec<u8>> {
        // The text that the contract's hash covers, for comparisons with trees under another contract.
        let text = self.contract.canonical_text().into_bytes();
        let mut notes = BTreeMap::from([("contract".to_owned(), text)]);
        if let Some(note) = self.contract.tolerances().note() {
            notes.insert(TOLERANCE_NOTE.to_owned(), note);
        }
        let made = self.source.time_notes();
        // Times from a tree may have been made with another version.
        let mut versions = made.versions;
        versions.extend(zone_database().map(str::to_owned));
        if !versions.is_empty() {
            let versions: Vec<_> = versions.into_iter().collect();
            notes.insert(TZDB_NOTE.to_owned(), versions.join(" and ").into_bytes());
        }
        let zones: Vec<_> =
            made.zones.into_iter().chain(self.own_zones()).collect::<BTreeSet<_>>().into_iter().collect();
        if !zones.is_empty() {
            notes.insert(ZONES_NOTE.to_owned(), zones.join("\n").into_bytes());
        }
        if let Some(rows) = &self.rows {
            notes.insert(WHERE_NOTE.to_owned(), rows.to_string().into_bytes());
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

impl FieldMap {
    /// A field that is a column as it is.
    pub(super) fn of_column(column: usize, is_json: bool) -> Self {
        Self {
            input: Input::Column(column),
            null: Vec::new(),
            path: None,
            decode: None,
            is_json,
            strip: Strip::default(),
            values: None,
            uuid: None,
            time: None,
            unit: None,
            cast: None,
            scale: 0,
            default: None,
        }
    }
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
pub(crate) struct TimeRule {
    pub(crate) format: TimeFormat,
    pub(crate) zone: Option<TimeZone>,
    pub(crate) fold: Fold,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum TimeFormat {
    Iso,
    Unix(Unit),
    Pattern(String),
}

/// Which of two moments is meant when a clock was put back and showed a time twice.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fold {
    #[default]
    Refuse,
    Earlier,
    Later,
}
