//! Checks the records that differ against the rows that they were made from, fetched again from both sources.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use file_mst::NodeRecord;
use file_mst::diff::{Counts, Drift, FieldChange, Item, Side};
use mst_sync::ingest::Fetched;
use mst_sync::mapping::Mapping;
use mst_types::Value;
use serde::Serialize;

use super::{Kind as Asked, print};
use crate::commands::support::output::Output;
use crate::model::diff::entry::Kind;
use crate::model::diff::pair::Pair;
use crate::model::diff::report::{Report, Row};
use crate::model::diff::summary::Counter;
use crate::model::diff::text::{Parts, Tint, change};
use crate::model::item;
use crate::model::rows::compared::{RowsNow, RowsOutcome, SideNow, Unclear};
use crate::model::rows::fetch::{check, fetch_all};

/// The mappings by which a diff finds the rows that records were made from.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct RecheckArgs {
    /// The mapping that LEFT was built from: fetch the rows of differing records from its source again, and show their
    /// fields
    #[arg(long, value_name = "MAPPING", requires = "right_mapping")]
    pub(crate) left_mapping: Option<PathBuf>,
    /// The mapping that RIGHT was built from
    #[arg(long, value_name = "MAPPING", requires = "left_mapping")]
    pub(crate) right_mapping: Option<PathBuf>,
}

impl RecheckArgs {
    /// Reads the mappings; none if none are given.
    pub(crate) fn read(&self) -> anyhow::Result<Option<Arc<[Mapping; 2]>>> {
        let (Some(left), Some(right)) = (&self.left_mapping, &self.right_mapping) else { return Ok(None) };
        Ok(Some(Arc::new([Mapping::read(left)?, Mapping::read(right)?])))
    }
}

/// The number of records that are fetched at once.
const BATCH: usize = 10_000;

/// A record that differs in the trees, or that was not compared.
struct Difference {
    drift: Drift,
    /// The kind of difference in the trees, as JSON names it.
    in_trees: &'static str,
    /// How many records a report has before it.
    at: u64,
}

impl Difference {
    fn of(item: &Item, pair: &Pair) -> Option<Self> {
        if let Item::NotCompared(found) = item {
            let value = |record: &Option<NodeRecord>| Some(record.as_ref()?.bytes().value.to_vec());
            let drift = Drift { key: found.key.clone(), left: value(&found.left), right: value(&found.right) };
            return Some(Self { drift, in_trees: "not_compared", at: 0 });
        }
        let drift = Drift::of(item, &pair.left.tree, &pair.right.tree)?;
        let in_trees = match (&drift.left, &drift.right) {
            (Some(_), Some(_)) if matches!(item, Item::WithinTolerance(..)) => "within_tolerance",
            (Some(_), Some(_)) => "changed",
            (Some(_), None) => "only_left",
            (None, _) => "only_right",
        };
        Some(Self { drift, in_trees, at: 0 })
    }
}

/// Collects records that differ, and fetches their rows in batches.
pub(super) struct Rechecker {
    mappings: Arc<[Mapping; 2]>,
    pending: Vec<Difference>,
    json: bool,
    only: Option<Asked>,
    /// How the rows that were fetched again compare.
    now: Counts,
    fields: Counter,
}

impl Rechecker {
    /// Fails if a tree does not follow the contract of its mapping.
    pub(super) fn open(
        mappings: &Arc<[Mapping; 2]>,
        pair: &Pair,
        json: bool,
        only: Option<Asked>,
    ) -> anyhow::Result<Self> {
        check(pair, mappings).map_err(anyhow::Error::msg)?;
        let (pending, now, fields) = (Vec::new(), Counts::default(), Counter::default());
        Ok(Self { mappings: Arc::clone(mappings), pending, json, only, now, fields })
    }

    /// Adds a difference, or a key that was not compared.
    pub(super) fn add(
        &mut self,
        item: &Item,
        pair: &Pair,
        report: Option<&mut Report>,
        output: &mut Output,
    ) -> anyhow::Result<()> {
        let mut report = report;
        let at = report.as_deref_mut().map_or(0, |report| {
            let at = report.position();
            report.pass(1);
            at
        });
        self.pending.extend(Difference::of(item, pair).map(|difference| Difference { at, ..difference }));
        if self.pending.len() >= BATCH { self.flush(pair, report, output) } else { Ok(()) }
    }

    /// Prints the pending records as the sources have them now, or adds them to the report if there is one.
    pub(super) fn flush(
        &mut self,
        pair: &Pair,
        mut report: Option<&mut Report>,
        output: &mut Output,
    ) -> anyhow::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        let keys: BTreeSet<Vec<u8>> = pending.iter().map(|difference| difference.drift.key.clone()).collect();
        let mut rows = fetch_all(&self.mappings, &keys, &|_, _| ControlFlow::Continue(()))?;
        for difference in &pending {
            let drift = &difference.drift;
            let stored = [drift.left.as_deref(), drift.right.as_deref()];
            let tolerances = pair.comparison.tolerances();
            let now = RowsNow::new(&self.mappings, &mut rows, &drift.key, stored, tolerances);
            add(&now, &mut self.now);
            if now.outcome == RowsOutcome::Changed {
                self.fields.add_paths(now.changes().into_iter().map(|change| change.path));
            }
            let is_asked_for = match (self.only, kind_of(now.outcome)) {
                (only, kind @ Some(Asked::WithinTolerance)) => only == kind,
                (only, kind) => only.is_none() || only == kind,
            };
            if !is_asked_for {
                continue;
            }
            if let Some(report) = report.as_deref_mut() {
                report.extend(difference.at, row(pair, drift, &now));
            } else if self.json {
                output.json(&json(pair, difference, now))?;
            } else {
                print::parts(&text(pair, drift, &now), output)?;
            }
        }
        Ok(())
    }

    /// The counts of the diff with the results of the rows instead of those of the trees, and the fields that differ.
    pub(super) fn finish(self, mut counts: Counts) -> (Counts, Counter) {
        let now = self.now;
        (counts.only_left, counts.only_right, counts.changed) = (now.only_left, now.only_right, now.changed);
        counts.within_tolerance = now.within_tolerance;
        (counts.not_compared, counts.agree_now) = (now.not_compared, now.agree_now);
        (counts.left.left_out, counts.right.left_out) = (now.left.left_out, now.right.left_out);
        counts.rechecked = true;
        (counts, self.fields)
    }
}

/// Counts how the rows of a key compare.
fn add(now: &RowsNow, counts: &mut Counts) {
    match now.outcome {
        RowsOutcome::Agree => counts.agree_now += 1,
        RowsOutcome::OnlyLeft => counts.only_left += 1,
        RowsOutcome::OnlyRight => counts.only_right += 1,
        RowsOutcome::Changed => counts.changed += 1,
        RowsOutcome::WithinTolerance => counts.within_tolerance += 1,
        RowsOutcome::NotCompared => {
            counts.not_compared += 1;
            let [left, right] = now.sides.each_ref().map(|side| side.unclear().is_some());
            let nobody = !left && !right;
            counts.left.left_out += u64::from(left || nobody);
            counts.right.left_out += u64::from(right || nobody);
        }
    }
}

/// The filter that lets an outcome through.
fn kind_of(outcome: RowsOutcome) -> Option<Asked> {
    match outcome {
        RowsOutcome::Agree => None,
        RowsOutcome::OnlyLeft => Some(Asked::Left),
        RowsOutcome::OnlyRight => Some(Asked::Right),
        RowsOutcome::Changed => Some(Asked::Changed),
        RowsOutcome::WithinTolerance => Some(Asked::WithinTolerance),
        RowsOutcome::NotCompared => Some(Asked::NotCompared),
    }
}

fn text(pair: &Pair, drift: &Drift, now: &RowsNow) -> Parts {
    let key = item::key(&drift.key, pair.typing(Side::Left).key.as_ref());
    let [left, right] = &now.sides;
    let value = |found: &SideNow| found.value.as_ref().map_or_else(String::new, |value| format!("  {value}"));
    let (kind, sign, rest) = match now.outcome {
        RowsOutcome::Agree if now.is_gone() => (Kind::Equal, '=', "  agrees now: no side has it".to_owned()),
        RowsOutcome::Agree => (Kind::Equal, '=', "  agrees now".to_owned()),
        RowsOutcome::OnlyLeft => (Kind::OnlyLeft, '-', value(left)),
        RowsOutcome::OnlyRight => (Kind::OnlyRight, '+', value(right)),
        RowsOutcome::Changed => (Kind::Changed, '~', String::new()),
        RowsOutcome::WithinTolerance => (Kind::WithinTolerance, '≈', String::new()),
        RowsOutcome::NotCompared => {
            let reasons = now.reasons(Unclear::words);
            let why: Vec<_> = reasons.iter().map(|(side, why)| format!("{}: {why}", side.name())).collect();
            (Kind::NotCompared, '?', format!("  not compared: {}", why.join("; ")))
        }
    };
    let mut parts = vec![(Tint::Head(kind), format!("{sign} {key}")), (Tint::Plain, rest + "\n")];
    if matches!(now.outcome, RowsOutcome::Changed | RowsOutcome::WithinTolerance) {
        for found in now.changes() {
            parts.push((Tint::Plain, "    ".to_owned()));
            parts.extend(change(&found));
            parts.push((Tint::Plain, "\n".to_owned()));
        }
    }
    parts.push((Tint::Plain, side_text(left, "left") + &side_text(right, "right")));
    parts
}

/// The row of a report; none if both sides agree now.
fn row(pair: &Pair, drift: &Drift, now: &RowsNow) -> Option<Row> {
    let kind = now.outcome.kind()?;
    let [left, right] = now.sides.each_ref().map(|side| side.value.as_ref().map(ToString::to_string));
    let stale = now.sides.iter().any(|side| side.is_stale);
    let mut notes: Vec<String> = Vec::new();
    if now.outcome == RowsOutcome::NotCompared {
        let reasons = now.reasons(Unclear::words);
        notes.extend(reasons.iter().map(|(side, why)| format!("{}: {why}", side.name())));
    }
    if stale {
        notes.push("changed since the tree was built".to_owned());
    }
    let row = Row {
        kind,
        key: item::key(&drift.key, pair.typing(Side::Left).key.as_ref()),
        left,
        right,
        changes: Vec::new(),
        note: (!notes.is_empty()).then(|| notes.join("; ")),
    };
    let is_changed = matches!(now.outcome, RowsOutcome::Changed | RowsOutcome::WithinTolerance);
    Some(if is_changed { row.with_changes(&now.changes()) } else { row })
}

fn side_text(side: &SideNow, name: &str) -> String {
    let stale = if side.is_stale { " (changed since the tree was built)" } else { "" };
    match &side.row {
        None if !side.is_stale => String::new(),
        None => format!("    {name} row: none{stale}\n"),
        Some(row) => {
            let broken = row.fields.as_ref().err().map_or_else(String::new, |rule| format!("    {name}: {rule}\n"));
            let number = row.row.map_or_else(String::new, |number| format!(" {number}"));
            format!("{broken}    {name} row{number}{stale}: {}\n", row.line())
        }
    }
}

#[derive(Serialize)]
struct RecheckJson {
    /// How the rows compare now.
    kind: &'static str,
    key: Option<Value>,
    key_hex: String,
    left: Option<Value>,
    right: Option<Value>,
    left_hex: Option<String>,
    right_hex: Option<String>,
    fields: Vec<ChangeJson>,
    left_row: Option<String>,
    right_row: Option<String>,
    /// Whether a row has changed since its tree was built.
    stale: bool,
    /// The kind of difference in the trees.
    in_trees: &'static str,
    /// The sides that could not be compared, each with its reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sides: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<String>,
}

#[derive(Serialize)]
struct ChangeJson {
    path: String,
    left: Option<Value>,
    right: Option<Value>,
}

fn json(pair: &Pair, difference: &Difference, now: RowsNow) -> RecheckJson {
    let drift = &difference.drift;
    let changes = now.changes().into_iter();
    let fields = changes.map(|FieldChange { path, left, right }| ChangeJson { path, left, right }).collect();
    let why = if now.outcome == RowsOutcome::NotCompared { now.reasons(Unclear::words) } else { Vec::new() };
    let (names, reasons) = why.into_iter().map(|(side, why)| (side.name(), why)).unzip();
    let kind = now.outcome.name();
    let [left, right] = now.sides;
    RecheckJson {
        kind,
        key: pair.typing(Side::Left).key.as_ref().and_then(|ty| ty.decode(&drift.key).ok()),
        key_hex: hex::encode(&drift.key),
        left_hex: drift.left.as_ref().map(hex::encode),
        right_hex: drift.right.as_ref().map(hex::encode),
        fields,
        left_row: left.row.as_ref().map(Fetched::line),
        right_row: right.row.as_ref().map(Fetched::line),
        stale: left.is_stale || right.is_stale,
        in_trees: difference.in_trees,
        sides: names,
        reasons,
        left: left.value,
        right: right.value,
    }
}
