//! Applying drafted fields to the joined rows with the program's own mapping and contract.
//!
//! The rules are found by readings that only resemble a mapping. What is told of a field, its agreeing rows, the rows
//! that break the contract and the rows that a rule makes equal, is therefore counted as a comparison will see it.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::key::Joined;
use super::model::{DraftedField, Example, Mark, MarkKind, Pair, Steps};
use super::reading::text_of;
use super::render::{field, quoted, toml_key, unicode, write_steps};
use super::sampler::SampledRow;
use super::without::without;
use crate::cell::Cell;
use crate::contract::Contract;
use crate::mapping::{Mapper, Mapping};
use crate::source::Row;

/// The number of rows that are shown for a field and for a rule.
const MAX_EXAMPLES: usize = 3;

/// The joined rows of a draft.
#[derive(Clone, PartialEq, Default)]
pub(super) struct JoinedSample {
    rows: Arc<[JoinedRow]>,
    columns: [Vec<String>; 2],
}

#[derive(PartialEq)]
struct JoinedRow {
    key: String,
    sides: [Arc<SampledRow>; 2],
}

impl fmt::Debug for JoinedSample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows", self.rows.len())
    }
}

/// The outcome of a field in the joined rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Outcome {
    /// The rows whose values are valid and the same.
    pub(super) equal: Vec<bool>,
    /// The number of rows with a value that breaks the contract.
    pub(super) broken: usize,
}

impl Outcome {
    fn agreeing(&self) -> usize {
        self.equal.iter().filter(|equal| **equal).count()
    }
}

impl JoinedSample {
    /// The joined rows of two tables with these columns, under a key of these fields.
    pub(super) fn new(joined: &Joined, columns: [Vec<String>; 2], key: &[DraftedField]) -> Self {
        let names = columns.first().map_or(&[][..], Vec::as_slice);
        let mapping = side_mapping(key.iter().map(|drafted| (drafted, true)), 0);
        let mapper = mapping.as_ref().and_then(|mapping| Mapper::new(mapping, "", names).ok());
        let key_columns: Vec<usize> =
            key.iter().filter_map(|drafted| names.iter().position(|name| *name == drafted.left)).collect();
        let raw_key = |row: &SampledRow| {
            let texts = key_columns.iter().filter_map(|column| text_of(row.cells.get(*column)?));
            texts.collect::<Vec<_>>().join(", ")
        };
        let key_of = |row: &SampledRow| {
            let mut key = Vec::new();
            let mapper = mapper.as_ref()?;
            mapper.key(Row { number: row.number, cells: &row.cells, raw: None }, &mut key).ok()?;
            Some(mapper.key_text(&key))
        };
        let row = |(left, right): &(Arc<SampledRow>, Arc<SampledRow>)| JoinedRow {
            key: key_of(left).unwrap_or_else(|| raw_key(left)),
            sides: [Arc::clone(left), Arc::clone(right)],
        };
        Self { rows: joined.iter().map(row).collect(), columns }
    }

    /// The outcome of a field in the rows; `None` if its texts are no contract and mappings.
    pub(super) fn outcome(&self, drafted: &DraftedField) -> Option<Outcome> {
        let [left, right] = [self.values(drafted, 0)?, self.values(drafted, 1)?];
        let both = left.iter().zip(&right);
        let broken = both.clone().filter(|(left, right)| left.is_none() || right.is_none()).count();
        Some(Outcome { equal: both.map(|(left, right)| left.is_some() && left == right).collect(), broken })
    }

    /// The canonical bytes of a field on one side; `None` in rows that break the contract.
    fn values(&self, drafted: &DraftedField, side: usize) -> Option<Vec<Option<Vec<u8>>>> {
        let name = if side == 0 { &drafted.left } else { &drafted.right };
        let column = self.columns.get(side)?.iter().position(|column| column == name)?;
        let cells = self.rows.iter().map(|row| row.sides.get(side).and_then(|row| row.cells.get(column)));
        values(drafted, side, cells.map(|cell| cell.unwrap_or(&Cell::Null)))
    }

    /// Some of the rows for which this is true.
    fn examples(&self, drafted: &DraftedField, test: impl Fn(usize, &Example) -> bool) -> Vec<Example> {
        let column = |side: usize, name: &str| self.columns.get(side)?.iter().position(|column| column == name);
        let columns = [column(0, &drafted.left), column(1, &drafted.right)];
        let all = self.rows.iter().map(|row| {
            let text = |(side, column): (&Arc<SampledRow>, &Option<usize>)| {
                side.cells.get((*column)?).and_then(text_of).map(|text| text.into_owned())
            };
            let mut texts = row.sides.iter().zip(&columns).map(text);
            let (left, right) = (texts.next().flatten(), texts.next().flatten());
            Example { key: row.key.clone(), left, right }
        });
        all.enumerate()
            .filter(|(row, example)| test(*row, example))
            .map(|(_, found)| found)
            .take(MAX_EXAMPLES)
            .collect()
    }

    /// Counts again what the evidence and the marks of a pair say. False if the pair cannot be evaluated.
    pub(super) fn refresh(&self, pair: &mut Pair) -> bool {
        let Some(outcome) = self.outcome(&pair.field) else { return false };
        pair.evidence.agreeing = outcome.agreeing();
        pair.evidence.broken = outcome.broken;
        pair.evidence.examples =
            self.examples(&pair.field, |row, _| outcome.equal.get(row).is_some_and(|equal| !equal));
        let marks: Vec<Mark> = pair.field.marks.iter().map(|mark| self.counted(&pair.field, mark, &outcome)).collect();
        pair.field.marks = marks;
        true
    }

    /// A mark with the rows that agree only under its rule.
    fn counted(&self, drafted: &DraftedField, mark: &Mark, with: &Outcome) -> Mark {
        let mut mark = mark.clone();
        // Without such a rule nothing can be compared: its examples are rows that look different and agree.
        let strict = without(drafted, mark.kind).iter().find_map(|strict| self.outcome(strict));
        if mark.kind == MarkKind::Name {
            return mark;
        }
        if let Some(strict) = &strict {
            mark.rows = with.agreeing().saturating_sub(count_both(with, strict));
        }
        mark.examples = self.examples(drafted, |row, example| {
            let is_equal = |outcome: &Outcome| outcome.equal.get(row).is_some_and(|equal| *equal);
            is_equal(with) && strict.as_ref().map_or(example.left != example.right, |strict| !is_equal(strict))
        });
        mark
    }

    /// The field without the rules of these kinds; `None` if rows then break the contract that did not before.
    pub(super) fn strict(&self, drafted: &DraftedField, kinds: &[MarkKind]) -> Option<DraftedField> {
        let allowed = self.outcome(drafted)?.broken;
        kinds.iter().try_fold(drafted.clone(), |current, kind| {
            let is_comparable = |strict: &DraftedField| self.outcome(strict).is_some_and(|o| o.broken <= allowed);
            without(&current, *kind).into_iter().find(is_comparable)
        })
    }
}

/// The number of these cells of one side that break the contract; `None` if the texts of the field are no contract and
/// mapping.
pub(super) fn broken<'c>(
    drafted: &DraftedField,
    side: usize,
    cells: impl Iterator<Item = &'c Cell<'static>>,
) -> Option<usize> {
    Some(values(drafted, side, cells)?.iter().filter(|value| value.is_none()).count())
}

fn values<'c>(
    drafted: &DraftedField,
    side: usize,
    cells: impl Iterator<Item = &'c Cell<'static>>,
) -> Option<Vec<Option<Vec<u8>>>> {
    let name = if side == 0 { &drafted.left } else { &drafted.right };
    let mapping = side_mapping(std::iter::once((drafted, false)), side)?;
    let mapper = Mapper::new(&mapping, "", std::slice::from_ref(name)).ok()?;
    let value = |(cell, number): (&Cell<'static>, u64)| {
        // An empty value without quotes is null: that is the setting that a drafted source has.
        let cell = if *cell == Cell::Empty { Cell::Null } else { cell.borrowed() };
        let mut bytes = Vec::new();
        let row = Row { number, cells: std::slice::from_ref(&cell), raw: None };
        mapper.fields(row, &[], &mut bytes).ok().map(|()| bytes)
    };
    Some(cells.zip(1..).map(value).collect())
}

fn count_both(one: &Outcome, other: &Outcome) -> usize {
    one.equal.iter().zip(&other.equal).filter(|(one, other)| **one && **other).count()
}

/// The mapping of one side to a contract of these fields, each of the key or not.
fn side_mapping<'d>(fields: impl Iterator<Item = (&'d DraftedField, bool)> + Clone, side: usize) -> Option<Mapping> {
    let path = Path::new("draft.toml");
    let mut contract = String::from("version = 1\nname = \"draft\"\n");
    // Where texts become JSON is said by the steps, so that the kind of the source does not matter.
    let source = "[source]\nkind = \"sqlite\"\npath = \"draft\"\ntable = \"draft\"\n";
    let mut mapping = format!("version = 1\ncontract = \"contract.toml\"\n{source}");
    unicode(&mut contract, fields.clone().map(|(drafted, _)| &drafted.field));
    if fields.clone().all(|(_, is_key)| !is_key) {
        let names: Vec<&str> = fields.clone().map(|(drafted, _)| drafted.field.name.as_str()).collect();
        let key = if names.contains(&"key") { "key_" } else { "key" };
        contract.push_str(&format!("[[key]]\nname = {}\ntype = \"text\"\n", quoted(key)));
        mapping.push_str(&format!("[field.{key}]\nconstant = \"\"\n"));
    }
    for (drafted, is_key) in fields {
        contract.push_str(if is_key { "[[key]]\n" } else { "[[field]]\n" });
        field(&mut contract, &drafted.field, is_key);
        let (column, steps): (&str, &Steps) = match side {
            0 => (&drafted.left, &drafted.left_steps),
            _ => (&drafted.right, &drafted.right_steps),
        };
        mapping.push_str(&format!("[field.{}]\n", toml_key(&drafted.field.name)));
        write_steps(&mut mapping, column, steps);
    }
    let contract = Contract::parse(&contract, path).ok()?;
    Mapping::parse_under(&mapping, path, contract).ok()
}
