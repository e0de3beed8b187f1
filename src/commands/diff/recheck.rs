//! Checks the records that differ against the rows that they were made from, fetched again from both sources.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use file_mst::NodeHash;
use file_mst::NodeRecord;
use file_mst::diff::{Counts, Drift, FieldChange, Item, Side, Tolerances, fields};
use mst_sync::contract::Values;
use mst_sync::ingest::{Fetched, FetchedRows, fetch};
use mst_sync::mapping::Mapping;
use mst_types::{ItemType, Value};
use serde::Serialize;

use super::Kind;
use crate::commands::support::output::Output;
use crate::model::diff::pair::Pair;
use crate::model::diff::summary::Counter;
use crate::model::item;
use crate::model::text::count;

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
}

impl Difference {
    fn of(item: &Item, pair: &Pair) -> Option<Self> {
        if let Item::NotCompared(found) = item {
            let value = |record: &Option<NodeRecord>| Some(record.as_ref()?.bytes().value.to_vec());
            let drift = Drift { key: found.key.clone(), left: value(&found.left), right: value(&found.right) };
            return Some(Self { drift, in_trees: "not_compared" });
        }
        let drift = Drift::of(item, &pair.left.tree, &pair.right.tree)?;
        let in_trees = match (&drift.left, &drift.right) {
            (Some(_), Some(_)) if matches!(item, Item::WithinTolerance(..)) => "within_tolerance",
            (Some(_), Some(_)) => "changed",
            (Some(_), None) => "only_left",
            (None, _) => "only_right",
        };
        Some(Self { drift, in_trees })
    }
}

/// Collects records that differ, and fetches their rows in batches.
pub(super) struct Rechecker {
    mappings: Arc<[Mapping; 2]>,
    pending: Vec<Difference>,
    json: bool,
    only: Option<Kind>,
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
        only: Option<Kind>,
    ) -> anyhow::Result<Self> {
        for (mapping, side) in mappings.iter().zip([Side::Left, Side::Right]) {
            if pair.opened(side).contract() != Some(mapping.contract.hash()) {
                let wants = NodeHash::from(mapping.contract.hash()).short();
                bail!("{} does not follow the contract {wants} of its mapping", pair.file(side));
            }
        }
        let (pending, now, fields) = (Vec::new(), Counts::default(), Counter::default());
        Ok(Self { mappings: Arc::clone(mappings), pending, json, only, now, fields })
    }

    /// Adds a difference, or a key that was not compared.
    pub(super) fn add(&mut self, item: &Item, pair: &Pair, output: &mut Output) -> anyhow::Result<()> {
        self.pending.extend(Difference::of(item, pair));
        if self.pending.len() >= BATCH { self.flush(pair, output) } else { Ok(()) }
    }

    /// Prints the pending records as the sources have them now.
    pub(super) fn flush(&mut self, pair: &Pair, output: &mut Output) -> anyhow::Result<()> {
        let pending = std::mem::take(&mut self.pending);
        let keys: BTreeSet<Vec<u8>> = pending.iter().map(|difference| difference.drift.key.clone()).collect();
        let mappings = Arc::clone(&self.mappings);
        let [left, right] = &*mappings;
        let (left_rows, right_rows) = std::thread::scope(|scope| {
            let left = scope.spawn(|| fetch(left, &keys));
            let right = fetch(right, &keys);
            (left.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), right)
        });
        let left_rows = left_rows.with_context(|| format!("cannot fetch the rows of {}", left.source.name()))?;
        let right_rows = right_rows.with_context(|| format!("cannot fetch the rows of {}", right.source.name()))?;
        let one_contract = left.contract.hash() == right.contract.hash();
        for difference in &pending {
            let sides = [
                CurrentRow::new(left, &left_rows, &difference.drift, difference.drift.left.as_deref()),
                CurrentRow::new(right, &right_rows, &difference.drift, difference.drift.right.as_deref()),
            ];
            let outcome = RecheckOutcome::of(&sides, one_contract, pair.comparison.tolerances());
            outcome.count(&sides, &mut self.now);
            if outcome == RecheckOutcome::Changed {
                self.fields.add_paths(changes(&sides).into_iter().map(|change| change.path));
            }
            let is_asked_for = match (self.only, outcome.kind()) {
                (only, kind @ Some(Kind::WithinTolerance)) => only == kind,
                (only, kind) => only.is_none() || only == kind,
            };
            if !is_asked_for {
                continue;
            }
            if self.json {
                output.json(&json(pair, difference, outcome, sides))?;
            } else {
                output.text(&text(pair, &difference.drift, outcome, &sides))?;
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

/// How the rows of a key compare now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum RecheckOutcome {
    /// Both sources have the same fields, or neither has the key.
    Agrees,
    OnlyLeft,
    OnlyRight,
    Changed,
    /// The fields that differ are within their tolerances.
    WithinTolerance,
    /// A source has no row that could be compared, but it is not certain that it lacks the key.
    NotCompared,
}

impl RecheckOutcome {
    fn of([left, right]: &[CurrentRow<'_>; 2], one_contract: bool, tolerances: &Tolerances) -> Self {
        let is_tolerated = matches!((&left.value, &right.value), (Some(a), Some(b)) if tolerances.cover_values(a, b));
        match (&left.now, &right.now) {
            (CurrentValue::Unclear(_), _) | (_, CurrentValue::Unclear(_)) => Self::NotCompared,
            (CurrentValue::Gone, CurrentValue::Gone) => Self::Agrees,
            (CurrentValue::Fields(_), CurrentValue::Gone) => Self::OnlyLeft,
            (CurrentValue::Gone, CurrentValue::Fields(_)) => Self::OnlyRight,
            (CurrentValue::Fields(left), CurrentValue::Fields(right)) if one_contract => match left == right {
                true => Self::Agrees,
                false if is_tolerated => Self::WithinTolerance,
                false => Self::Changed,
            },
            // Under different contracts, equal bytes may mean different things.
            (CurrentValue::Fields(_), CurrentValue::Fields(_)) => {
                if is_tolerated {
                    Self::WithinTolerance
                } else if matches!((&left.value, &right.value), (Some(a), Some(b)) if !fields(a, b).is_empty()) {
                    Self::Changed
                } else {
                    Self::NotCompared
                }
            }
        }
    }

    fn kind(self) -> Option<Kind> {
        match self {
            Self::Agrees => None,
            Self::OnlyLeft => Some(Kind::Left),
            Self::OnlyRight => Some(Kind::Right),
            Self::Changed => Some(Kind::Changed),
            Self::WithinTolerance => Some(Kind::WithinTolerance),
            Self::NotCompared => Some(Kind::NotCompared),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Agrees => "agrees_now",
            Self::OnlyLeft => "only_left",
            Self::OnlyRight => "only_right",
            Self::Changed => "changed",
            Self::WithinTolerance => "within_tolerance",
            Self::NotCompared => "not_compared",
        }
    }

    fn count(self, [left, right]: &[CurrentRow<'_>; 2], counts: &mut Counts) {
        match self {
            Self::Agrees => counts.agree_now += 1,
            Self::OnlyLeft => counts.only_left += 1,
            Self::OnlyRight => counts.only_right += 1,
            Self::Changed => counts.changed += 1,
            Self::WithinTolerance => counts.within_tolerance += 1,
            Self::NotCompared => {
                counts.not_compared += 1;
                let is_unclear = |found: &CurrentRow<'_>| matches!(found.now, CurrentValue::Unclear(_));
                let nobody = !is_unclear(left) && !is_unclear(right);
                counts.left.left_out += u64::from(is_unclear(left) || nobody);
                counts.right.left_out += u64::from(is_unclear(right) || nobody);
            }
        }
    }
}

/// The row of a key that a source has now.
struct CurrentRow<'f> {
    now: CurrentValue,
    /// Its fields; none without a row, or if the row breaks the contract.
    value: Option<Value>,
    row: Option<&'f Fetched>,
    /// Whether the row differs from the one that the tree was built from.
    stale: bool,
}

/// The state of a key in a source.
enum CurrentValue {
    /// The canonical bytes of the fields of its only row.
    Fields(Vec<u8>),
    /// It has no row.
    Gone,
    /// Neither is certain, for this reason.
    Unclear(String),
}

impl<'f> CurrentRow<'f> {
    fn new(mapping: &Mapping, rows: &'f FetchedRows, drift: &Drift, stored: Option<&[u8]>) -> Self {
        let row = rows.found.get(&drift.key);
        let now = match row {
            Some(row) if row.rows > 1 => CurrentValue::Unclear(format!("{} rows have this key", row.rows)),
            Some(Fetched { fields: Ok(bytes), .. }) => CurrentValue::Fields(bytes.clone()),
            Some(Fetched { fields: Err(rule), .. }) => CurrentValue::Unclear(rule.clone()),
            None if rows.rows_without_key > 0 => {
                let rows = count(rows.rows_without_key, "row");
                CurrentValue::Unclear(format!("no row of it was seen, and the keys of {rows} could not be read"))
            }
            None => CurrentValue::Gone,
        };
        let bytes = match &now {
            CurrentValue::Fields(bytes) => Some(bytes),
            CurrentValue::Gone | CurrentValue::Unclear(_) => None,
        };
        let stored_now = bytes.map(|bytes| match mapping.contract.values {
            Values::Fields => bytes.clone(),
            Values::Fingerprint(digest) => digest.of(bytes).to_vec(),
        });
        let value = bytes.and_then(|bytes| ItemType::postcard(mapping.contract.record_type()).decode(bytes).ok());
        let stale = stored_now.as_deref() != stored;
        Self { now, value, row, stale }
    }

    fn text(&self, name: &str) -> String {
        let stale = if self.stale { " (changed since the tree was built)" } else { "" };
        match self.row {
            None if !self.stale => String::new(),
            None => format!("    {name} row: none{stale}\n"),
            Some(row) => {
                let broken = row.fields.as_ref().err().map_or_else(String::new, |rule| format!("    {name}: {rule}\n"));
                format!("{broken}    {name} row {}{stale}: {}\n", row.row, row.raw)
            }
        }
    }

    /// The reason why the row cannot be compared, if there is one.
    fn unclear(&self) -> Option<&str> {
        match &self.now {
            CurrentValue::Unclear(why) => Some(why),
            CurrentValue::Fields(_) | CurrentValue::Gone => None,
        }
    }
}

/// The fields that differ between two rows.
fn changes(sides: &[CurrentRow<'_>; 2]) -> Vec<FieldChange> {
    match sides {
        [CurrentRow { value: Some(left), .. }, CurrentRow { value: Some(right), .. }] => fields(left, right),
        _ => Vec::new(),
    }
}

/// The reasons why a key was not compared, with their sides.
fn unclear_reasons(sides: &[CurrentRow<'_>; 2]) -> Vec<(Side, String)> {
    let named = sides.iter().zip([Side::Left, Side::Right]);
    let reasons: Vec<_> = named.filter_map(|(row, side)| Some((side, row.unclear()?.to_owned()))).collect();
    if reasons.is_empty() {
        let both = [Side::Left, Side::Right];
        return both.map(|side| (side, "rows of different contracts are not compared".to_owned())).to_vec();
    }
    reasons
}

fn text(pair: &Pair, drift: &Drift, outcome: RecheckOutcome, sides: &[CurrentRow<'_>; 2]) -> String {
    let key = item::key(&drift.key, pair.typing(Side::Left).key.as_ref());
    let [left, right] = sides;
    let value = |found: &CurrentRow<'_>| found.value.as_ref().map_or_else(String::new, |value| format!("  {value}"));
    let head = match outcome {
        RecheckOutcome::Agrees if matches!(left.now, CurrentValue::Gone) => {
            format!("= {key}  agrees now: no side has it\n")
        }
        RecheckOutcome::Agrees => format!("= {key}  agrees now\n"),
        RecheckOutcome::OnlyLeft => format!("- {key}{}\n", value(left)),
        RecheckOutcome::OnlyRight => format!("+ {key}{}\n", value(right)),
        RecheckOutcome::Changed | RecheckOutcome::WithinTolerance => {
            let lines: String = changes(sides).iter().map(|change| format!("    {change}\n")).collect();
            let sign = if outcome == RecheckOutcome::Changed { '~' } else { '≈' };
            format!("{sign} {key}\n{lines}")
        }
        RecheckOutcome::NotCompared => {
            let why: Vec<_> =
                unclear_reasons(sides).iter().map(|(side, why)| format!("{}: {why}", side.name())).collect();
            format!("? {key}  not compared: {}\n", why.join("; "))
        }
    };
    format!("{head}{}{}", left.text("left"), right.text("right"))
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

fn json(pair: &Pair, difference: &Difference, outcome: RecheckOutcome, sides: [CurrentRow<'_>; 2]) -> RecheckJson {
    let drift = &difference.drift;
    let changes = changes(&sides).into_iter();
    let fields = changes.map(|FieldChange { path, left, right }| ChangeJson { path, left, right }).collect();
    let why = if outcome == RecheckOutcome::NotCompared { unclear_reasons(&sides) } else { Vec::new() };
    let (names, reasons) = why.into_iter().map(|(side, why)| (side.name(), why)).unzip();
    let [left, right] = sides;
    RecheckJson {
        kind: outcome.name(),
        key: pair.typing(Side::Left).key.as_ref().and_then(|ty| ty.decode(&drift.key).ok()),
        key_hex: hex::encode(&drift.key),
        left_hex: drift.left.as_ref().map(hex::encode),
        right_hex: drift.right.as_ref().map(hex::encode),
        fields,
        left_row: left.row.map(|row| row.raw.clone()),
        right_row: right.row.map(|row| row.raw.clone()),
        stale: left.stale || right.stale,
        in_trees: difference.in_trees,
        sides: names,
        reasons,
        left: left.value,
        right: right.value,
    }
}
