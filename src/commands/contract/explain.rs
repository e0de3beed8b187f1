//! `contract explain`: each step from the columns of one row to canonical bytes.

use std::ops::ControlFlow;
use std::path::PathBuf;

use anyhow::bail;
use mst_sync::condition::Now;
use mst_sync::mapping::{Explained, Mapper, Mapping, Step};
use mst_sync::source::{self, Source};
use mst_types::ItemType;
use serde_json::json;

use crate::commands::Outcome;
use crate::commands::support::keys::parse_key;
use crate::commands::support::output::Output;
use crate::model::rows::steps::step_lines;

#[derive(clap::Args, Debug)]
pub(super) struct ContractExplainArgs {
    /// The mapping
    #[arg(value_name = "MAPPING")]
    mapping: PathBuf,
    /// The key of the row, written as the contract's key type; by default the first row is explained
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    row: Option<String>,
    /// Print one JSON object for each field
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ContractExplainArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let mapping = Mapping::read(&args.mapping)?;
    let key_type = ItemType::ordered(mapping.contract.key_type());
    let key = args.row.as_ref().map(|text| parse_key(&key_type, text)).transpose()?;
    let mut source = source::open(&mapping.source, &mapping.wanted(Now::default()))?;
    let Some((row, fields)) = find_row(&mapping, &mut *source, key.as_deref())? else {
        match &args.row {
            Some(key) => bail!("{} has no row with the key {key:?}{}", source.name(), condition_text(&mapping)),
            None => bail!("{} has no rows{}", source.name(), condition_text(&mapping)),
        }
    };
    if args.json {
        for field in &fields {
            output.json(&field_json(row, field))?;
        }
    } else {
        output.line(&format!("{}, row {row}", source.name()))?;
        for field in &fields {
            for line in step_lines(field) {
                output.line(&line)?;
            }
        }
    }
    let broken = fields.iter().any(|field| field.bytes.is_err());
    Ok(if broken { Outcome::Bad } else { Outcome::Good })
}

/// The condition that a row must fulfil, for a message about a row that was not found.
fn condition_text(mapping: &Mapping) -> String {
    mapping.rows.as_ref().map_or_else(String::new, |rows| format!(" that fulfils: where {rows}"))
}

/// The number and the fields of the row with this key, or of the first row.
fn find_row(
    mapping: &Mapping,
    source: &mut dyn Source,
    wanted: Option<&[u8]>,
) -> anyhow::Result<Option<(u64, Vec<Explained>)>> {
    let mapper = Mapper::new(mapping, source.name(), source.columns())?;
    let mut found = Ok(None);
    let mut key = Vec::new();
    source.each(&mut |row| {
        let row = match row {
            Ok(row) => row,
            // The wanted row may follow an unreadable one.
            Err(_) if wanted.is_some() => return ControlFlow::Continue(()),
            Err(broken) => {
                found = Err(broken.into());
                return ControlFlow::Break(());
            }
        };
        key.clear();
        if wanted.is_some_and(|wanted| mapper.key(row, &mut key).is_err() || key != wanted) {
            return ControlFlow::Continue(());
        }
        found = Ok(Some((row.number, mapper.explain(row))));
        ControlFlow::Break(())
    })?;
    found
}

fn field_json(row: u64, field: &Explained) -> serde_json::Value {
    let step =
        |step: &Step| json!({"function": step.function, "value": step.cell.to_string(), "kind": step.cell.kind()});
    json!({
        "row": row,
        "field": field.field,
        "type": field.ty,
        "key": field.is_key,
        "column": field.column,
        "steps": field.steps.iter().map(step).collect::<Vec<_>>(),
        "bytes": field.bytes.as_ref().ok().map(hex::encode),
        "broken": field.bytes.as_ref().err(),
    })
}
