//! The items of a diff, as JSON. Serialised as they are, so that numbers beyond 64 bits stay numbers.

use std::collections::BTreeMap;

use file_mst::diff::{Answer, Comparison, Conclusion, Counts, FieldChange, FieldTypes, Keyless, Reason, SideCounts};
use mst_types::Value;
use serde::Serialize;

use crate::model::diff::basis::{Basis, Unconfirmed};
use crate::model::diff::summary::Fields;
use crate::model::item::JsonParts;

/// An item as one JSON object.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum ItemJson {
    Record(RecordJson),
    Damage(DamageJson),
    NotCompared(NotComparedJson),
}

/// A key that was not compared.
#[derive(Serialize)]
pub(crate) struct NotComparedJson {
    kind: &'static str,
    key: Option<Value>,
    key_hex: String,
    /// The sides that left it out, or may have.
    sides: Vec<&'static str>,
    /// Why, for each of these sides.
    reasons: Vec<&'static str>,
    /// The records that the trees have under the key all the same, where they are not alike on both sides.
    left: Option<Value>,
    right: Option<Value>,
    left_hex: Option<String>,
    right_hex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redacted: Option<[Option<String>; 2]>,
}

impl NotComparedJson {
    pub(crate) fn new(
        (key, key_hex): (Option<Value>, String),
        (sides, reasons): (Vec<&'static str>, Vec<&'static str>),
        (left, right): (JsonParts, JsonParts),
    ) -> Self {
        let is_redacted = left.redacted.is_some() || right.redacted.is_some();
        Self {
            kind: "not_compared",
            key,
            key_hex,
            sides,
            reasons,
            left: left.value,
            right: right.value,
            left_hex: left.hex,
            right_hex: right.hex,
            redacted: is_redacted.then_some([left.redacted, right.redacted]),
        }
    }
}

/// A record that differs.
#[derive(Serialize)]
pub(crate) struct RecordJson {
    pub(crate) kind: &'static str,
    pub(crate) key: Option<Value>,
    /// The key in the form that is common to all dialects.
    pub(crate) key_hex: String,
    pub(crate) left: Option<Value>,
    pub(crate) right: Option<Value>,
    pub(crate) left_hex: Option<String>,
    pub(crate) right_hex: Option<String>,
    pub(crate) fields: Vec<FieldJson>,
    /// The texts that replace hidden values, left and right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) redacted: Option<[Option<String>; 2]>,
}

#[derive(Serialize)]
pub(crate) struct FieldJson {
    path: String,
    left: Option<Value>,
    right: Option<Value>,
}

impl FieldJson {
    pub(crate) fn new(FieldChange { path, left, right }: FieldChange) -> Self {
        Self { path, left, right }
    }

    /// That the field differs, and nothing of what it holds.
    pub(crate) fn redacted(path: String) -> Self {
        Self { path, left: None, right: None }
    }
}

/// A place that could not be compared.
#[derive(Serialize)]
pub(crate) struct DamageJson {
    pub(crate) kind: &'static str,
    pub(crate) side: &'static str,
    pub(crate) error: String,
    pub(crate) offset: u64,
    pub(crate) path: Vec<u64>,
    pub(crate) after: Option<Value>,
    pub(crate) after_hex: Option<String>,
    pub(crate) before: Option<Value>,
    pub(crate) before_hex: Option<String>,
}

/// The last line.
#[derive(Debug, Serialize)]
pub(crate) struct SummaryJson {
    kind: &'static str,
    verdict: &'static str,
    /// Why the verdict may not be the whole truth.
    reasons: Vec<Reason>,
    /// `roots` where the root hashes are equal and nothing below them was read, `records` where their bytes were
    /// compared,
    /// `values` where they were decoded, `nothing` where nothing could be compared.
    compared: &'static str,
    /// The fields whose types differ.
    types: Vec<FieldTypes>,
    /// Further remarks on the comparison.
    notes: Vec<String>,
    only_left: u64,
    only_right: u64,
    changed: u64,
    /// Records that differ by no more than the tolerances of their fields.
    within_tolerance: u64,
    /// The tolerances that apply, by field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tolerances: BTreeMap<String, String>,
    nodes_read_left: u64,
    nodes_read_right: u64,
    skipped: u64,
    /// Null where it is not known, and where not all of each record is compared.
    equal: Option<u64>,
    /// Keys that a side left out, or may have left out, when its tree was built.
    not_compared: u64,
    /// Records that differ in the trees, and agree in the rows that were fetched anew.
    agree_now: u64,
    /// Whether what differs was held against rows that were fetched anew.
    rechecked: bool,
    /// How many keys and rows were left out on either side.
    left_out_left: u64,
    left_out_right: u64,
    /// How many of these are rows whose key could not be read.
    rows_without_key_left: u64,
    rows_without_key_right: u64,
    damaged: u64,
    /// Places that are sound, yet the guessed types do not fit them.
    misfits: u64,
    keyless_left: Vec<KeylessJson>,
    keyless_right: Vec<KeylessJson>,
    /// Whether it stopped at the limit.
    stopped: bool,
    /// The contracts that the trees follow; null where one follows none.
    contract_left: Option<String>,
    contract_right: Option<String>,
    /// The versions of the time zone database, where they differ and a zone was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zones: Option<ZonesJson>,
    /// Which fields differ in changed records, the most frequent first; an empty path is the whole value.
    fields: Vec<FieldCountJson>,
    /// The drafted rules that nobody confirmed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unconfirmed: Vec<Unconfirmed>,
    /// The columns that are not compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    columns_not_compared: Option<ColumnsJson>,
}

#[derive(Debug, Serialize)]
struct ColumnsJson {
    left: Vec<String>,
    right: Vec<String>,
}

impl ColumnsJson {
    /// The columns that are not compared; none if all are.
    fn of(basis: &Basis) -> Option<Self> {
        let [left, right] = basis.not_compared.clone();
        (!left.is_empty() || !right.is_empty()).then_some(Self { left, right })
    }
}

#[derive(Debug, Serialize)]
struct FieldCountJson {
    path: String,
    records: u64,
}

#[derive(Debug, Serialize)]
struct ZonesJson {
    left: String,
    right: String,
    zones: Vec<String>,
}

impl ZonesJson {
    fn of(reason: &Reason) -> Option<Self> {
        let Reason::TimeZones { left, right, zones } = reason.clone() else { return None };
        Some(Self { left, right, zones })
    }
}

/// The hashes of the contracts that the trees follow.
pub(crate) struct Followed {
    pub(crate) left: Option<[u8; 32]>,
    pub(crate) right: Option<[u8; 32]>,
}

#[derive(Debug, Serialize)]
struct KeylessJson {
    offset: u64,
    level: u8,
    phantom: bool,
}

impl SummaryJson {
    /// The counts of a diff, and what they come to.
    pub(crate) fn new(
        counts: &Counts,
        (comparison, conclusion): (&Comparison, &Conclusion),
        (stopped, misfits): (bool, u64),
        contracts: &Followed,
        fields: &Fields,
        basis: &Basis,
    ) -> Self {
        let field = |(path, records): &(String, u64)| FieldCountJson { path: path.clone(), records: *records };
        let Counts { only_left, only_right, changed, skipped, damaged, left, right, .. } = counts;
        let keyless = |side: &SideCounts| -> Vec<KeylessJson> {
            let one = |node: &Keyless| KeylessJson { offset: node.offset, level: node.level, phantom: node.phantom };
            side.keyless_nodes.iter().map(one).collect()
        };
        Self {
            kind: "summary",
            verdict: conclusion.answer.name(),
            reasons: conclusion.reasons.clone(),
            compared: match comparison.method() {
                "bytes" if conclusion.answer == Answer::Same => "roots",
                "bytes" => "records",
                method => method,
            },
            types: comparison.types.clone(),
            notes: comparison.notes.clone(),
            only_left: *only_left,
            only_right: *only_right,
            changed: *changed,
            within_tolerance: counts.within_tolerance,
            tolerances: comparison
                .tolerances()
                .fields()
                .map(|(path, field)| (path.to_owned(), field.tolerance.to_string()))
                .collect(),
            nodes_read_left: left.nodes_read,
            nodes_read_right: right.nodes_read,
            skipped: *skipped,
            equal: (counts.equal_is_exact && comparison.is_whole()).then_some(counts.equal),
            not_compared: counts.not_compared,
            agree_now: counts.agree_now,
            rechecked: counts.rechecked,
            left_out_left: counts.left_out().0,
            left_out_right: counts.left_out().1,
            rows_without_key_left: left.rows_without_key,
            rows_without_key_right: right.rows_without_key,
            damaged: damaged.saturating_sub(misfits),
            misfits,
            keyless_left: keyless(left),
            keyless_right: keyless(right),
            stopped,
            contract_left: contracts.left.map(hex::encode),
            contract_right: contracts.right.map(hex::encode),
            time_zones: conclusion.reasons.iter().find_map(ZonesJson::of),
            fields: fields.fields.iter().map(field).collect(),
            unconfirmed: basis.unconfirmed.clone(),
            columns_not_compared: ColumnsJson::of(basis),
        }
    }
}
