//! What a mapping says.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::tz::TimeZone;

use crate::contract::{Contract, Unit};
use crate::source::{Cell, Settings};

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

/// How a field is made from a row.
#[derive(Clone, Debug)]
pub(super) struct FieldMap {
    pub(super) input: Input,
    /// Texts that stand for no value.
    pub(super) null: Vec<String>,
    /// The way into a JSON value, as the names and numbers of a JSON pointer.
    pub(super) path: Option<Vec<String>>,
    pub(super) decode: Option<Decode>,
    /// What stands for what, and what becomes of the rest.
    pub(super) values: Option<(BTreeMap<String, String>, Otherwise)>,
    pub(super) time: Option<TimeRule>,
    pub(super) cast: Option<Cast>,
    /// A power of ten to multiply with.
    pub(super) scale: i32,
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
    #[serde(rename = "utf-8")]
    Utf8,
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
