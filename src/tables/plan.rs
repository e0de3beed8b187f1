//! A draft made into a contract and two mappings.

use std::path::Path;

use anyhow::{Context, anyhow, bail};
use mst_sync::condition::{Now, RowCondition};
use mst_sync::contract::Contract;
use mst_sync::draft::{
    Draft, DraftOptions, KeyCandidate, KeyError, KeyFault, Rendered, Table, key_candidates, parse_key,
};
use mst_sync::mapping::Mapping;
use mst_sync::source::{EmptyValue, Settings, Wanted};
use mst_types::escape_text;

use super::{TableOptions, Tables};
use crate::model::text::quoted;

impl Tables {
    /// The settings under which a side is read as a table.
    pub(super) fn settings(&self, side: usize) -> Settings {
        let [left, right] = &self.sides;
        if side == 0 { left.settings() } else { right.settings() }
    }

    /// The columns of a side that the user named as its key.
    pub(super) fn key_columns(&self, side: usize) -> Vec<String> {
        let pairs = self.options.key.as_deref().map(parse_key).unwrap_or_default();
        pairs.into_iter().map(|(left, right)| if side == 0 { left } else { right }).collect()
    }

    /// The condition of a side.
    fn condition(&self, side: usize) -> Option<&str> {
        self.options.conditions.get(side)?.as_deref()
    }

    /// The part of a side that is read.
    pub(super) fn wanted(&self, side: usize) -> anyhow::Result<Wanted> {
        wanted(&self.settings(side), self.condition(side), self.now)
    }

    /// The section `[source]` of a side's mapping, in a folder.
    fn source_text(&self, side: usize, draft: &Draft, folder: &Path) -> String {
        let empty = draft.csv_empty.get(side).copied().flatten();
        source_text(self.settings(side), self.condition(side), empty, folder)
    }

    /// The texts of a draft, whose files are or would be in `folder`.
    ///
    /// # Errors
    /// The source of a side cannot be written as text, or rows are to be counted and no columns are compared.
    pub(crate) fn rendered(&self, draft: &Draft, folder: &Path) -> anyhow::Result<Rendered> {
        if draft.is_multiset() && draft.pairs.is_empty() {
            let undecided = draft.undecided.iter().map(|it| {
                let name = escape_text(&it.proposal.field.field.name);
                format!("\n  {name}: {}", escape_text(&it.reasons.join("; ")))
            });
            bail!("no columns are compared, so there are no rows to count{}", undecided.collect::<String>());
        }
        Ok(draft.render(&self.source_text(0, draft, folder), &self.source_text(1, draft, folder)))
    }

    /// The mappings of a draft. They are the ones that its written files would give.
    pub(super) fn mappings(&self, draft: &Draft, folder: &Path) -> anyhow::Result<[Mapping; 2]> {
        let Rendered { contract, left, right } = self.rendered(draft, folder)?;
        let contract = Contract::parse(&contract, &folder.join("contract.toml"))?;
        let mapping = |text: &str, file: &str| Mapping::parse_under(text, &folder.join(file), contract.clone());
        Ok([mapping(&left, "left.toml")?, mapping(&right, "right.toml")?])
    }
}

/// The rows of a source that fulfil a condition.
pub(super) fn wanted(settings: &Settings, condition: Option<&str>, now: Now) -> anyhow::Result<Wanted> {
    let parse = |text: &str| {
        RowCondition::parse(text, settings.is_database()).with_context(|| format!("the condition {}", quoted(text)))
    };
    Ok(Wanted { rows: condition.map(parse).transpose()?, now, ..Wanted::default() })
}

/// The section `[source]` of a mapping in a folder; `empty` is the meaning of empty values in a CSV file.
pub(super) fn source_text(
    mut settings: Settings,
    condition: Option<&str>,
    empty: Option<EmptyValue>,
    folder: &Path,
) -> String {
    if let (Settings::Csv { format, .. }, Some(empty)) = (&mut settings, empty) {
        format.empty = empty;
    }
    let text = settings.to_toml(folder);
    match condition {
        Some(condition) => format!("{}\nwhere = {}\n", text.trim_end(), toml_text(condition)),
        None => text,
    }
}

/// The options of a draft: what the user says of the key and the columns.
pub(super) fn draft_options(options: &TableOptions) -> DraftOptions {
    DraftOptions {
        key: options.key.as_deref().map(parse_key),
        columns: options.columns.clone(),
        except: options.except.clone(),
        multiset: options.multiset,
    }
}

/// A text as a string of TOML. JSON's strings are also TOML's basic strings.
fn toml_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The error of a draft that found no key, with the commands to type.
pub(super) fn no_key(error: &KeyError, tables: &Tables, [left, right]: [&Table; 2]) -> anyhow::Error {
    let key = |candidate: &KeyCandidate| {
        let part = |(left, right): (&String, &String)| {
            if left == right { left.clone() } else { format!("{left}={right}") }
        };
        candidate.left.iter().zip(&candidate.right).map(part).collect::<Vec<_>>().join(",")
    };
    let (mut keys, faults): (Vec<String>, &[KeyFault]) = match error {
        KeyError::None { unproven, faults } => (unproven.iter().map(key).collect(), faults),
        KeyError::Several { candidates } => (candidates.iter().map(key).collect(), &[]),
        KeyError::NoRows { sides, .. } => return no_rows(error, tables, *sides),
        _ => return anyhow!("{error}"),
    };
    let is_faulty = |column: &str| faults.iter().any(|fault| fault.names(column));
    // Columns of a table with equal rows are no key.
    let with_equal_rows = [left, right].into_iter().filter(|table| table.has_equal_rows()).count();
    if keys.is_empty() && with_equal_rows < 2 {
        // Few rows prove nothing; a column that both sides call alike may be the key.
        let is_shared = |name: &&String| right.columns.iter().any(|column| column.name == **name);
        let names: Vec<String> = left.columns.iter().map(|column| column.name.clone()).collect();
        let likely = key_candidates(&names, &[]);
        keys.extend(likely.into_iter().filter_map(|index| names.get(index)).filter(is_shared).take(3).cloned());
    }
    keys.retain(|key| !key.split(',').all(is_faulty));
    let [left, right] = tables.names.each_ref().map(|name| quoted(name));
    let mut text = error.to_string();
    for fault in faults {
        text += &format!("\n  {fault}");
    }
    for key in keys.iter().take(8) {
        text += &format!("\n  try: mst-tui compare {left} {right} --key {}", quoted(key));
    }
    if keys.is_empty() && with_equal_rows < 2 {
        text += &format!("\n  name its columns: mst-tui compare {left} {right} --key LEFT_COLUMN=RIGHT_COLUMN");
    }
    if matches!(error, KeyError::None { .. }) && with_equal_rows > 0 {
        text += &format!("\n  try: mst-tui compare {left} {right} --multiset");
    }
    anyhow!(text)
}

/// The error of a table without rows. If a condition leaves none of its rows, it is the condition that is to be changed.
fn no_rows(error: &KeyError, tables: &Tables, sides: [bool; 2]) -> anyhow::Error {
    let mut text = error.to_string();
    for (side, name) in tables.names.iter().enumerate().filter(|(side, _)| sides.get(*side) == Some(&true)) {
        if let Some(condition) = tables.condition(side) {
            text += &format!("\n  no row of {} meets the condition {}", escape_text(name), escape_text(condition));
        }
    }
    if sides == [true, true] {
        text += "\n  both sides are empty";
    }
    anyhow!(text)
}
