//! A contract for a single table: its key, and for each column a type that holds its values exactly.

use std::collections::HashSet;
use std::fmt::Write;

use super::model::{KeyCandidate, KeyError, KeyEvidence, Steps};
use super::one_type::column_type;
use super::options::no_column;
use super::render::{comment, field, quoted, toml_key, unicode, write_steps};
use super::sampler::ENDINGS;
use super::spelling::key_text;
use super::table::Table;
use crate::cell::Cell;
use crate::contract::Field;
use crate::source::EmptyValue;

/// A contract that was drafted for one table.
#[derive(Clone, PartialEq, Debug)]
pub struct OneTable {
    /// The name of the table.
    pub table: String,
    /// The fields of the key.
    pub key: Vec<OneField>,
    /// Why these columns are the key.
    pub key_reason: &'static str,
    /// The other columns, all of them.
    pub fields: Vec<OneField>,
    /// The setting `empty` that the source has to have, if it is a CSV file.
    pub csv_empty: Option<EmptyValue>,
}

/// A column, and the field that it becomes.
#[derive(Clone, PartialEq, Debug)]
pub struct OneField {
    /// The name of the column, which is also that of the field.
    pub column: String,
    /// The field of the contract.
    pub field: Field,
    /// The steps of the mapping.
    pub steps: Steps,
    /// Why it has its type, in words.
    pub reason: String,
}

/// The texts of the draft of one table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RenderedTable {
    /// `contract.toml`.
    pub contract: String,
    /// The mapping.
    pub mapping: String,
}

/// Drafts a contract for a single table. The key is the given one, or else the primary key, the only declared unique
/// key that is never null, or a column that is unique and never null in the sampled rows: the only one, or the only one
/// whose name is that of a key.
///
/// Types are wide enough for rows that were not sampled, as far as that can be told: whole numbers have 64 bits, a
/// declared number of digits is kept, and times have microseconds. A text of a CSV file is a number, a day, a moment or
/// a UUID only if all sampled texts are, each in its one spelling; whatever is in doubt stays text. A later row that
/// has another kind of value breaks the contract, and is told when it is read.
///
/// # Errors
/// [`KeyError::Column`], [`KeyError::Several`], [`KeyError::NoneOfOne`].
pub fn draft_one(table: &Table, key: Option<&[String]>) -> Result<OneTable, KeyError> {
    let (key, key_reason) = match key.filter(|names| !names.is_empty()) {
        Some(names) => {
            let index = |name: &String| table.column_index(name).ok_or_else(|| no_column(name, &[table]));
            (names.iter().map(index).collect::<Result<_, _>>()?, "it was given")
        }
        None => find_key(table)?,
    };
    let rows = table.rows();
    let one = |column: usize, is_key: bool| {
        let cells: Vec<&Cell<'static>> = rows.iter().filter_map(|row| row.cells.get(column)).collect();
        let name = table.column_name(column).to_owned();
        let found = column_type(table.columns.get(column), &cells, table.empty_is_open, is_key);
        let field = Field { name: name.clone(), ty: found.ty, rules: found.rules };
        OneField { column: name, field, steps: found.steps, reason: found.reason }
    };
    let rest = (0..table.columns.len()).filter(|column| !key.contains(column));
    Ok(OneTable {
        table: table.name.clone(),
        fields: rest.map(|column| one(column, false)).collect(),
        key: key.iter().map(|column| one(*column, true)).collect(),
        key_reason,
        csv_empty: table.empty_is_open.then_some(EmptyValue::Null),
    })
}

/// The columns of the key, and why they are.
fn find_key(table: &Table) -> Result<(Vec<usize>, &'static str), KeyError> {
    let columns = |names: &[String]| names.iter().map(|name| table.column_index(name)).collect::<Option<Vec<_>>>();
    let primary = table.unique.iter().find(|key| key.is_primary).and_then(|key| columns(&key.columns));
    if let Some(primary) = primary.filter(|columns| !columns.is_empty()) {
        return Ok((primary, "it is the primary key"));
    }
    let declared = table.unique.iter().filter_map(|key| columns(&key.columns));
    let declared: Vec<Vec<usize>> =
        declared.filter(|key| !key.is_empty() && key.iter().all(|column| is_never_null(table, *column))).collect();
    if let [key] = declared.as_slice() {
        return Ok((key.clone(), "it is the only declared unique key that is never null"));
    }
    let unique: Vec<usize> = table.sample.sketches.keys().copied().filter(|column| is_unique(table, *column)).collect();
    if let [column] = unique.as_slice() {
        return Ok((vec![*column], "it is the only column that is unique and never null in the sampled rows"));
    }
    let rank = |column: &usize| name_rank(table.column_name(*column), &table.name);
    let best = unique.iter().filter_map(rank).min();
    let named: Vec<usize> = unique.iter().copied().filter(|column| best.is_some() && rank(column) == best).collect();
    match (named.as_slice(), unique.as_slice()) {
        ([column], _) => {
            Ok((vec![*column], "it is unique and never null in the sampled rows, and its name is that of a key"))
        }
        (_, []) => Err(KeyError::NoneOfOne {
            table: table.name.clone(),
            columns: table.columns.iter().map(|column| column.name.clone()).collect(),
        }),
        (named, unique) => {
            // Those whose names are right come first.
            let rest = unique.iter().filter(|column| !named.contains(column));
            let rows = usize::try_from(table.sample.count).unwrap_or(usize::MAX);
            let candidate = |column: &usize| KeyCandidate {
                left: vec![table.column_name(*column).to_owned()],
                right: Vec::new(),
                evidence: KeyEvidence { joined: rows, of: rows, bits: 0.0, reason: "it is unique and never null" },
            };
            Err(KeyError::Several { candidates: named.iter().chain(rest).map(candidate).collect() })
        }
    }
}

fn is_never_null(table: &Table, column: usize) -> bool {
    let is_seen = || table.sample.sketches.get(&column).is_some_and(|sketch| sketch.without_key == 0);
    table.columns.get(column).is_some_and(|column| column.not_null) || is_seen()
}

/// Whether no two sampled rows have one value in the column, and none lacks it. The sample has all rows of each value.
fn is_unique(table: &Table, column: usize) -> bool {
    let Some(sketch) = table.sample.sketches.get(&column).filter(|sketch| sketch.without_key == 0) else {
        return false;
    };
    // A sketch that dropped all of its rows had very many rows for few values.
    if sketch.fine.rows.is_empty() && sketch.fine.limit.is_some() {
        return false;
    }
    let mut seen = HashSet::new();
    let rows = sketch.fine.rows.values().flatten();
    rows.filter_map(|row| key_text(row.cells.get(column)?)).all(|text| seen.insert(text))
}

/// How much a name looks like that of a key: 0 the most; `None` if it does not.
fn name_rank(name: &str, table: &str) -> Option<u32> {
    let (lower, table) = (name.to_lowercase(), table.to_lowercase());
    let table = table.rsplit(['.', '/', '#']).next().unwrap_or_default();
    let words: Vec<&str> = lower.split(['_', '-', ' ', '.']).collect();
    match words.as_slice() {
        ["id" | "key" | "uuid" | "guid" | "pk"] => Some(0),
        [of, "id" | "no" | "nr" | "number" | "key" | "uuid" | "guid"] if table.starts_with(of) => Some(1),
        [.., last] if ENDINGS.contains(last) => Some(2),
        _ if ENDINGS.iter().any(|ending| lower.ends_with(ending)) => Some(3),
        _ => None,
    }
}

impl OneTable {
    /// The texts of the contract and the mapping. The source is the section `[source]` of the mapping, with its header;
    /// the contract's path in the mapping is `contract.toml`.
    pub fn render(&self, source: &str) -> RenderedTable {
        RenderedTable { contract: self.contract(), mapping: self.mapping(source) }
    }

    fn contract(&self) -> String {
        let mut out = String::new();
        comment(&mut out, &format!("Drafted from rows of {}. Each part says why it is there.", self.table));
        out.push_str("version = 1\n");
        let _ = writeln!(out, "name = {}", quoted(&self.table));
        unicode(&mut out, self.all().map(|one| &one.field));
        for (one, is_key) in self.key.iter().map(|one| (one, true)).chain(self.fields.iter().map(|one| (one, false))) {
            out.push('\n');
            if is_key {
                comment(&mut out, &format!("The key: {}.", self.key_reason));
            }
            comment(&mut out, &format!("{}: {}.", one.column, one.reason));
            out.push_str(if is_key { "[[key]]\n" } else { "[[field]]\n" });
            field(&mut out, &one.field, is_key);
        }
        out
    }

    fn mapping(&self, source: &str) -> String {
        let mut out = String::new();
        comment(&mut out, &format!("How {} makes the fields of the contract.", self.table));
        out.push_str("version = 1\ncontract = \"contract.toml\"\n\n");
        out.push_str(source.trim_end());
        out.push('\n');
        for one in self.all() {
            let _ = writeln!(out, "\n[field.{}]", toml_key(&one.field.name));
            write_steps(&mut out, &one.column, &one.steps);
        }
        out
    }

    fn all(&self) -> impl Iterator<Item = &OneField> {
        self.key.iter().chain(&self.fields)
    }
}
