//! What differs, with the rows that it was made from, fetched anew from both sources.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail};
use file_mst::build::{Fetched, fetch};
use file_mst::contract::Values;
use file_mst::diff::{Drift, FieldChange, Item, Side, fields};
use file_mst::hash::NodeHash;
use file_mst::mapping::Mapping;
use file_mst::schema::{ItemType, Value};
use serde::Serialize;

use super::output::Output;
use super::source_args::RowsArgs;
use crate::view::drift::pair::Pair;
use crate::view::item;

/// So many records are fetched at once.
const BATCH: usize = 10_000;

/// Holds what differs until enough of it has come together to ask the sources.
pub(super) struct Rows {
    mappings: [Mapping; 2],
    held: Vec<Drift>,
    json: bool,
}

impl Rows {
    /// None where no mappings are named.
    pub(super) fn open(args: &RowsArgs, pair: &Pair, json: bool) -> anyhow::Result<Option<Self>> {
        let (Some(left), Some(right)) = (&args.left_mapping, &args.right_mapping) else { return Ok(None) };
        let mappings = [Mapping::read(left)?, Mapping::read(right)?];
        for (mapping, side) in mappings.iter().zip([Side::Left, Side::Right]) {
            if pair.opened(side).contract() != Some(mapping.contract.hash()) {
                let wants = NodeHash::from(mapping.contract.hash()).short();
                bail!("{} does not follow the contract {wants} of its mapping", pair.file(side));
            }
        }
        Ok(Some(Self { mappings, held: Vec::new(), json }))
    }

    /// Takes in a difference.
    pub(super) fn hold(&mut self, item: &Item, pair: &Pair, output: &mut Output) -> anyhow::Result<()> {
        self.held.extend(Drift::of(item, &pair.left.tree, &pair.right.tree));
        if self.held.len() >= BATCH { self.flush(pair, output) } else { Ok(()) }
    }

    /// Prints what is held.
    pub(super) fn flush(&mut self, pair: &Pair, output: &mut Output) -> anyhow::Result<()> {
        let held = std::mem::take(&mut self.held);
        let keys: BTreeSet<Vec<u8>> = held.iter().map(|drift| drift.key.clone()).collect();
        let [left, right] = &self.mappings;
        let (left_rows, right_rows) = std::thread::scope(|scope| {
            let left = scope.spawn(|| fetch(left, &keys));
            let right = fetch(right, &keys);
            (left.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), right)
        });
        let left_rows = left_rows.with_context(|| format!("cannot fetch the rows of {}", left.source.name()))?;
        let right_rows = right_rows.with_context(|| format!("cannot fetch the rows of {}", right.source.name()))?;
        for drift in &held {
            let sides = [
                Found::new(left, &left_rows, drift, drift.left.as_deref()),
                Found::new(right, &right_rows, drift, drift.right.as_deref()),
            ];
            if self.json {
                output.json(&json(pair, drift, sides))?;
            } else {
                output.text(&text(pair, drift, &sides))?;
            }
        }
        Ok(())
    }
}

/// What a source has of a record now.
struct Found<'f> {
    /// Its fields; none without a row, or where the row breaks the contract.
    value: Option<Value>,
    row: Option<&'f Fetched>,
    /// Whether the row is no more the one that the tree was built from.
    stale: bool,
}

impl<'f> Found<'f> {
    fn new(mapping: &Mapping, rows: &'f BTreeMap<Vec<u8>, Fetched>, drift: &Drift, stored: Option<&[u8]>) -> Self {
        let row = rows.get(&drift.key);
        let bytes = row.and_then(|row| row.fields.as_ref().ok());
        let now = bytes.map(|bytes| match mapping.contract.values {
            Values::Fields => bytes.clone(),
            Values::Fingerprint(digest) => digest.of(bytes).to_vec(),
        });
        let value = bytes.and_then(|bytes| ItemType::postcard(mapping.contract.record_type()).decode(bytes).ok());
        Self { value, row, stale: now.as_deref() != stored }
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
}

/// What differs in the fields of two rows.
fn changes(sides: &[Found<'_>; 2]) -> Vec<FieldChange> {
    match sides {
        [Found { value: Some(left), .. }, Found { value: Some(right), .. }] => fields(left, right),
        _ => Vec::new(),
    }
}

fn text(pair: &Pair, drift: &Drift, sides: &[Found<'_>; 2]) -> String {
    let key = item::key(&drift.key, pair.typing(Side::Left).key.as_ref());
    let [left, right] = sides;
    let value = |found: &Found<'_>| found.value.as_ref().map_or_else(String::new, |value| format!("  {value}"));
    let head = match (&drift.left, &drift.right) {
        (Some(_), None) => format!("- {key}{}\n", value(left)),
        (None, _) => format!("+ {key}{}\n", value(right)),
        (Some(_), Some(_)) => {
            let lines: String = changes(sides).iter().map(|change| format!("    {change}\n")).collect();
            format!("~ {key}\n{lines}")
        }
    };
    format!("{head}{}{}", left.text("left"), right.text("right"))
}

#[derive(Serialize)]
struct RowsJson {
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
}

#[derive(Serialize)]
struct ChangeJson {
    path: String,
    left: Option<Value>,
    right: Option<Value>,
}

fn json(pair: &Pair, drift: &Drift, sides: [Found<'_>; 2]) -> RowsJson {
    let kind = match (&drift.left, &drift.right) {
        (Some(_), Some(_)) => "changed",
        (Some(_), None) => "only_left",
        (None, _) => "only_right",
    };
    let changes = changes(&sides).into_iter();
    let fields = changes.map(|FieldChange { path, left, right }| ChangeJson { path, left, right }).collect();
    let [left, right] = sides;
    RowsJson {
        kind,
        key: pair.typing(Side::Left).key.as_ref().and_then(|ty| ty.decode(&drift.key).ok()),
        key_hex: hex::encode(&drift.key),
        left_hex: drift.left.as_ref().map(hex::encode),
        right_hex: drift.right.as_ref().map(hex::encode),
        fields,
        left_row: left.row.map(|row| row.raw.clone()),
        right_row: right.row.map(|row| row.raw.clone()),
        stale: left.stale || right.stale,
        left: left.value,
        right: right.value,
    }
}
