//! `contract`: checks contracts and mappings, and explains what becomes of a row.

use std::ops::ControlFlow;

use anyhow::bail;
use file_mst::hash::NodeHash;
use file_mst::schema::{ItemType, escape_text};
use mst_sync::contract::{Contract, SettingsError};
use mst_sync::mapping::{Explained, Mapper, Mapping, Step};
use mst_sync::source::{self, Wanted};
use serde_json::json;

use super::Outcome;
use super::output::Output;
use super::source_args::{ContractArgs, ContractCheckArgs, ContractCommand, ExplainArgs};
use crate::model::key::read_key;

pub(super) fn run(args: &ContractArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    match &args.command {
        ContractCommand::Check(args) => check(args, output),
        ContractCommand::Explain(args) => explain(args, output),
    }
}

fn check(args: &ContractCheckArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::Good;
    let mut say = |path: &std::path::Path, found: Result<String, String>, more: serde_json::Value| {
        let name = escape_text(&path.to_string_lossy()).into_owned();
        if found.is_err() {
            outcome = Outcome::Bad;
        }
        if args.json {
            let (valid, error) = (found.is_ok(), found.err());
            return output.json(&json!({"file": name, "valid": valid, "error": error, "contract": more}));
        }
        // An error names the file itself.
        output.line(&found.map_or_else(|error| error, |text| format!("{name}: {text}")))
    };
    let contract = match Contract::read(&args.contract) {
        Ok(contract) => contract,
        Err(error) => {
            say(&args.contract, Err(error.to_string()), serde_json::Value::Null)?;
            return Ok(outcome);
        }
    };
    let hash = NodeHash::from(contract.hash());
    let types = format!("{} → {}", contract.key_type(), contract.value_type());
    let details = json!({
        "name": contract.name,
        "hash": hash.to_string(),
        "key": contract.key_type().to_string(),
        "value": contract.value_type().to_string(),
    });
    say(&args.contract, Ok(format!("contract {:?}, hash {hash}\n  {types}", contract.name)), details)?;
    for path in &args.mappings {
        let found = Mapping::read(path).map_err(|error: SettingsError| error.to_string()).and_then(|mapping| {
            let other = NodeHash::from(mapping.contract.hash());
            if other == hash {
                Ok(format!("a mapping of it from {}", mapping.source.name()))
            } else {
                let name = escape_text(&path.to_string_lossy()).into_owned();
                Err(format!("{name}: a mapping of another contract: {:?}, hash {other}", mapping.contract.name))
            }
        });
        say(path, found, serde_json::Value::Null)?;
    }
    Ok(outcome)
}

fn explain(args: &ExplainArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let mapping = Mapping::read(&args.mapping)?;
    let key_type = ItemType::ordered(mapping.contract.key_type());
    let wanted = args.row.as_ref().map(|text| read_key(&key_type, text)).transpose().map_err(anyhow::Error::msg)?;
    let columns = Some(mapping.columns.clone());
    let mut source = source::open(&mapping.source, &Wanted { columns, filter: None })?;
    let mapper = Mapper::new(&mapping, source.name(), source.columns())?;
    let mut found: Option<(u64, Vec<Explained>)> = None;
    let mut key = Vec::new();
    let mut broken = None;
    source.each(&mut |row| {
        let row = match row {
            Ok(row) => row,
            // The row in question may stand behind it.
            Err(_) if wanted.is_some() => return ControlFlow::Continue(()),
            Err(row) => {
                broken = Some(row);
                return ControlFlow::Break(());
            }
        };
        key.clear();
        let is_wanted = match &wanted {
            Some(wanted) => mapper.key(row, &mut key).is_ok() && key == *wanted,
            None => true,
        };
        if !is_wanted {
            return ControlFlow::Continue(());
        }
        found = Some((row.number, mapper.explain(row)));
        ControlFlow::Break(())
    })?;
    if let Some(broken) = broken {
        return Err(broken.into());
    }
    let Some((row, fields)) = found else {
        match &args.row {
            Some(key) => bail!("{} has no row with the key {key:?}", source.name()),
            None => bail!("{} has no rows", source.name()),
        }
    };
    if args.json {
        for field in &fields {
            output.json(&field_json(row, field))?;
        }
    } else {
        output.line(&format!("{}, row {row}", source.name()))?;
        for field in &fields {
            output.text(&field_text(field))?;
        }
    }
    let broken = fields.iter().any(|field| field.bytes.is_err());
    Ok(if broken { Outcome::Bad } else { Outcome::Good })
}

fn field_text(field: &Explained) -> String {
    let what = if field.is_key { "key" } else { "field" };
    let mut text = format!("{what} {}: {}\n", escape_text(&field.field), field.ty);
    for step in &field.steps {
        let column = if step.function == "column" { format!(" {}", escape_text(&field.column)) } else { String::new() };
        text += &format!("    {}{column} → {} ({})\n", step.function, step.cell, step.cell.kind());
    }
    text + &match &field.bytes {
        Ok(bytes) => {
            format!("    bytes → {}\n", if bytes.is_empty() { "(none)".to_owned() } else { hex::encode(bytes) })
        }
        Err(rule) => format!("    broken: {rule}\n"),
    }
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
