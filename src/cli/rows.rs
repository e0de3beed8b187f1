//! What differs, with the rows that it was made from, fetched anew from both sources.

use std::collections::BTreeSet;

use anyhow::{Context, bail};
use file_mst::diff::{Counts, Drift, FieldChange, Item, Side, fields};
use file_mst::hash::NodeHash;
use file_mst::schema::{ItemType, Value};
use mst_sync::contract::Values;
use mst_sync::ingest::{Fetched, FetchedRows, fetch};
use mst_sync::mapping::Mapping;
use serde::Serialize;

use super::args::Kind;
use super::output::Output;
use super::source_args::RowsArgs;
use crate::model::diff::pair::Pair;
use crate::model::diff::summary::Counter;
use crate::model::item;
use crate::model::text::count;

/// So many records are fetched at once.
const BATCH: usize = 10_000;

/// What differs in the trees, or was not compared.
struct Held {
    drift: Drift,
    /// What it is in the trees, as JSON calls it.
    in_trees: &'static str,
}

impl Held {
    fn of(item: &Item, pair: &Pair) -> Option<Self> {
        if let Item::NotCompared(found) = item {
            let value = |record: &Option<file_mst::tree::NodeRecord>| Some(record.as_ref()?.bytes().value.to_vec());
            let drift = Drift { key: found.key.clone(), left: value(&found.left), right: value(&found.right) };
            return Some(Self { drift, in_trees: "not_compared" });
        }
        let drift = Drift::of(item, &pair.left.tree, &pair.right.tree)?;
        let in_trees = match (&drift.left, &drift.right) {
            (Some(_), Some(_)) => "changed",
            (Some(_), None) => "only_left",
            (None, _) => "only_right",
        };
        Some(Self { drift, in_trees })
    }
}

/// Holds what differs until enough of it has come together to ask the sources.
pub(super) struct Rows {
    mappings: [Mapping; 2],
    held: Vec<Held>,
    json: bool,
    only: Option<Kind>,
    /// What the rows, fetched anew, come to.
    now: Counts,
    fields: Counter,
}

impl Rows {
    /// None where no mappings are named.
    pub(super) fn open(args: &RowsArgs, pair: &Pair, json: bool, only: Option<Kind>) -> anyhow::Result<Option<Self>> {
        let (Some(left), Some(right)) = (&args.left_mapping, &args.right_mapping) else { return Ok(None) };
        let mappings = [Mapping::read(left)?, Mapping::read(right)?];
        for (mapping, side) in mappings.iter().zip([Side::Left, Side::Right]) {
            if pair.opened(side).contract() != Some(mapping.contract.hash()) {
                let wants = NodeHash::from(mapping.contract.hash()).short();
                bail!("{} does not follow the contract {wants} of its mapping", pair.file(side));
            }
        }
        let (held, now, fields) = (Vec::new(), Counts::default(), Counter::default());
        Ok(Some(Self { mappings, held, json, only, now, fields }))
    }

    /// Takes in a difference, or a key that was not compared.
    pub(super) fn hold(&mut self, item: &Item, pair: &Pair, output: &mut Output) -> anyhow::Result<()> {
        self.held.extend(Held::of(item, pair));
        if self.held.len() >= BATCH { self.flush(pair, output) } else { Ok(()) }
    }

    /// Prints what is held, as the sources have it now.
    pub(super) fn flush(&mut self, pair: &Pair, output: &mut Output) -> anyhow::Result<()> {
        let held = std::mem::take(&mut self.held);
        let keys: BTreeSet<Vec<u8>> = held.iter().map(|held| held.drift.key.clone()).collect();
        let [left, right] = &self.mappings;
        let (left_rows, right_rows) = std::thread::scope(|scope| {
            let left = scope.spawn(|| fetch(left, &keys));
            let right = fetch(right, &keys);
            (left.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), right)
        });
        let left_rows = left_rows.with_context(|| format!("cannot fetch the rows of {}", left.source.name()))?;
        let right_rows = right_rows.with_context(|| format!("cannot fetch the rows of {}", right.source.name()))?;
        let one_contract = left.contract.hash() == right.contract.hash();
        for held in &held {
            let sides = [
                Found::new(left, &left_rows, &held.drift, held.drift.left.as_deref()),
                Found::new(right, &right_rows, &held.drift, held.drift.right.as_deref()),
            ];
            let outcome = Recheck::of(&sides, one_contract);
            outcome.count(&sides, &mut self.now);
            if outcome == Recheck::Changed {
                self.fields.add_paths(changes(&sides).into_iter().map(|change| change.path));
            }
            if self.only.is_some_and(|only| outcome.kind() != Some(only)) {
                continue;
            }
            if self.json {
                output.json(&json(pair, held, outcome, sides))?;
            } else {
                output.text(&text(pair, &held.drift, outcome, &sides))?;
            }
        }
        Ok(())
    }

    /// The counts of the comparison with what the rows come to, instead of what the trees had; and which fields differ now.
    pub(super) fn finish(self, mut counts: Counts) -> (Counts, Counter) {
        let now = self.now;
        (counts.only_left, counts.only_right, counts.changed) = (now.only_left, now.only_right, now.changed);
        (counts.not_compared, counts.agree_now) = (now.not_compared, now.agree_now);
        (counts.left.left_out, counts.right.left_out) = (now.left.left_out, now.right.left_out);
        counts.rechecked = true;
        (counts, self.fields)
    }
}

/// What the rows of a key come to now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Recheck {
    /// Both sources have the same fields, or neither has the key.
    Agrees,
    OnlyLeft,
    OnlyRight,
    Changed,
    /// A source has no row that could be compared, and does not lack the key for certain either.
    NotCompared,
}

impl Recheck {
    fn of([left, right]: &[Found<'_>; 2], one_contract: bool) -> Self {
        match (&left.now, &right.now) {
            (Now::Unclear(_), _) | (_, Now::Unclear(_)) => Self::NotCompared,
            (Now::Gone, Now::Gone) => Self::Agrees,
            (Now::Fields(_), Now::Gone) => Self::OnlyLeft,
            (Now::Gone, Now::Fields(_)) => Self::OnlyRight,
            (Now::Fields(left), Now::Fields(right)) if one_contract => {
                if left == right {
                    Self::Agrees
                } else {
                    Self::Changed
                }
            }
            // Bytes of two contracts may mean two things.
            (Now::Fields(_), Now::Fields(_)) => {
                if matches!((&left.value, &right.value), (Some(a), Some(b)) if !fields(a, b).is_empty()) {
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
            Self::NotCompared => Some(Kind::NotCompared),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Agrees => "agrees_now",
            Self::OnlyLeft => "only_left",
            Self::OnlyRight => "only_right",
            Self::Changed => "changed",
            Self::NotCompared => "not_compared",
        }
    }

    fn count(self, [left, right]: &[Found<'_>; 2], counts: &mut Counts) {
        match self {
            Self::Agrees => counts.agree_now += 1,
            Self::OnlyLeft => counts.only_left += 1,
            Self::OnlyRight => counts.only_right += 1,
            Self::Changed => counts.changed += 1,
            Self::NotCompared => {
                counts.not_compared += 1;
                let is_unclear = |found: &Found<'_>| matches!(found.now, Now::Unclear(_));
                let nobody = !is_unclear(left) && !is_unclear(right);
                counts.left.left_out += u64::from(is_unclear(left) || nobody);
                counts.right.left_out += u64::from(is_unclear(right) || nobody);
            }
        }
    }
}

/// What a source has of a record now.
struct Found<'f> {
    now: Now,
    /// Its fields; none without a row, or where the row breaks the contract.
    value: Option<Value>,
    row: Option<&'f Fetched>,
    /// Whether the row is no more the one that the tree was built from.
    stale: bool,
}

/// What can be said of a key in a source.
enum Now {
    /// The canonical bytes of the fields of its only row.
    Fields(Vec<u8>),
    /// It has no row.
    Gone,
    /// Neither of these for certain, and why.
    Unclear(String),
}

impl<'f> Found<'f> {
    fn new(mapping: &Mapping, rows: &'f FetchedRows, drift: &Drift, stored: Option<&[u8]>) -> Self {
        let row = rows.found.get(&drift.key);
        let now = match row {
            Some(row) if row.rows > 1 => Now::Unclear(format!("{} rows have this key", row.rows)),
            Some(Fetched { fields: Ok(bytes), .. }) => Now::Fields(bytes.clone()),
            Some(Fetched { fields: Err(rule), .. }) => Now::Unclear(rule.clone()),
            None if rows.rows_without_key > 0 => {
                let rows = count(rows.rows_without_key, "row");
                Now::Unclear(format!("no row of it was seen, and the keys of {rows} could not be read"))
            }
            None => Now::Gone,
        };
        let bytes = match &now {
            Now::Fields(bytes) => Some(bytes),
            Now::Gone | Now::Unclear(_) => None,
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

    /// Why it cannot be compared, if it cannot.
    fn unclear(&self) -> Option<&str> {
        match &self.now {
            Now::Unclear(why) => Some(why),
            Now::Fields(_) | Now::Gone => None,
        }
    }
}

/// What differs in the fields of two rows.
fn changes(sides: &[Found<'_>; 2]) -> Vec<FieldChange> {
    match sides {
        [Found { value: Some(left), .. }, Found { value: Some(right), .. }] => fields(left, right),
        _ => Vec::new(),
    }
}

/// Why a key was not compared, for each side.
fn unclear(sides: &[Found<'_>; 2]) -> Vec<(Side, String)> {
    let named = sides.iter().zip([Side::Left, Side::Right]);
    let why: Vec<_> = named.filter_map(|(found, side)| Some((side, found.unclear()?.to_owned()))).collect();
    if why.is_empty() {
        let both = [Side::Left, Side::Right];
        return both.map(|side| (side, "rows of two contracts are not compared".to_owned())).to_vec();
    }
    why
}

fn text(pair: &Pair, drift: &Drift, outcome: Recheck, sides: &[Found<'_>; 2]) -> String {
    let key = item::key(&drift.key, pair.typing(Side::Left).key.as_ref());
    let [left, right] = sides;
    let value = |found: &Found<'_>| found.value.as_ref().map_or_else(String::new, |value| format!("  {value}"));
    let head = match outcome {
        Recheck::Agrees if matches!(left.now, Now::Gone) => format!("= {key}  agrees now: no side has it\n"),
        Recheck::Agrees => format!("= {key}  agrees now\n"),
        Recheck::OnlyLeft => format!("- {key}{}\n", value(left)),
        Recheck::OnlyRight => format!("+ {key}{}\n", value(right)),
        Recheck::Changed => {
            let lines: String = changes(sides).iter().map(|change| format!("    {change}\n")).collect();
            format!("~ {key}\n{lines}")
        }
        Recheck::NotCompared => {
            let why: Vec<_> = unclear(sides).iter().map(|(side, why)| format!("{}: {why}", side.name())).collect();
            format!("? {key}  not compared: {}\n", why.join("; "))
        }
    };
    format!("{head}{}{}", left.text("left"), right.text("right"))
}

#[derive(Serialize)]
struct RowsJson {
    /// What the rows come to now.
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
    /// What the record is in the trees.
    in_trees: &'static str,
    /// The sides that could not be compared, and why.
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

fn json(pair: &Pair, held: &Held, outcome: Recheck, sides: [Found<'_>; 2]) -> RowsJson {
    let drift = &held.drift;
    let changes = changes(&sides).into_iter();
    let fields = changes.map(|FieldChange { path, left, right }| ChangeJson { path, left, right }).collect();
    let why = if outcome == Recheck::NotCompared { unclear(&sides) } else { Vec::new() };
    let (names, reasons) = why.into_iter().map(|(side, why)| (side.name(), why)).unzip();
    let [left, right] = sides;
    RowsJson {
        kind: outcome.name(),
        key: pair.typing(Side::Left).key.as_ref().and_then(|ty| ty.decode(&drift.key).ok()),
        key_hex: hex::encode(&drift.key),
        left_hex: drift.left.as_ref().map(hex::encode),
        right_hex: drift.right.as_ref().map(hex::encode),
        fields,
        left_row: left.row.map(|row| row.raw.clone()),
        right_row: right.row.map(|row| row.raw.clone()),
        stale: left.stale || right.stale,
        in_trees: held.in_trees,
        sides: names,
        reasons,
        left: left.value,
        right: right.value,
    }
}
