//! `infer`: the types of a tree's keys and values, as far as its bytes prove them.

use std::sync::Arc;

use anyhow::anyhow;
use file_mst::open::{OpenOptions, Opened, Typing, TypingSource, open};
use serde_json::{Value as Json, json};

use super::Outcome;
use super::support::output::{Output, columns};
use super::support::progress::Progress;
use super::support::tree_args::TreeArgs;
use crate::model::text::count;

#[derive(clap::Args, Debug)]
pub(super) struct InferArgs {
    #[command(flatten)]
    tree: TreeArgs,
    /// Print one JSON object: the types, the alternatives, the number of nodes that prove them, and what was ruled out
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &InferArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let target = args.tree.target()?;
    let given = &args.tree.options;
    let (storage, options) = target.source(given)?;
    // Types from a schema file are no evidence, so only those of --key and --value are used.
    let options = OpenOptions { key: given.key_type()?, value: given.value.clone(), thorough: true, ..options };
    let looking = || "looking for types that explain the bytes …".to_owned();
    let opened = Progress::watching(looking, || open(Arc::new(storage), &options))
        .map_err(|error| anyhow!("cannot open {}: {error}", target.name()))?;
    if args.json {
        output.json(&json(&opened))?;
    } else {
        output.text(&text(&opened))?;
    }
    Ok(if opened.typing.source == TypingSource::Unknown { Outcome::Unknown } else { Outcome::Good })
}

/// The source of the types, as JSON names it.
pub(super) fn source_name(typing: &Typing) -> &'static str {
    match typing.source {
        TypingSource::Given => "given",
        TypingSource::File => "file",
        TypingSource::Guessed => "guessed",
        TypingSource::Unknown => "unknown",
    }
}

fn json(Opened { tree, typing, .. }: &Opened) -> Json {
    let pair = |key: &dyn ToString, value: &dyn ToString| json!({"key": key.to_string(), "value": value.to_string()});
    let alternatives: Vec<_> = typing.alternatives.iter().map(|(key, value)| pair(key, value)).collect();
    let ruled_out: Vec<_> = typing
        .ruled_out
        .iter()
        .map(|out| json!({"key": out.key.to_string(), "value": out.value.to_string(), "why": out.why}))
        .collect();
    json!({
        "dialect": tree.store().codec().dialect.to_string(),
        "key": typing.key.as_ref().map(ToString::to_string),
        "value": typing.value.as_ref().map(ToString::to_string),
        "source": source_name(typing),
        "proved_by": typing.proved,
        "sampled": typing.sampled,
        "alternatives": alternatives,
        "ruled_out": ruled_out,
    })
}

fn text(Opened { tree, typing, .. }: &Opened) -> String {
    let name = |ty: Option<String>| ty.unwrap_or_else(|| "unknown".to_owned());
    let mut rows = vec![
        ("dialect", tree.store().codec().dialect.to_string()),
        ("key", name(typing.key.as_ref().map(ToString::to_string))),
        ("value", name(typing.value.as_ref().map(ToString::to_string))),
        ("source", source_name(typing).to_owned()),
        ("proved by", format!("{} of {} examined", count(typing.proved as u64, "node"), typing.sampled)),
    ];
    let mut list = |title, lines: Vec<String>| {
        for (index, line) in lines.into_iter().enumerate() {
            rows.push((if index == 0 { title } else { "" }, line));
        }
    };
    list("or", typing.alternatives.iter().map(|(key, value)| format!("{key} → {value}")).collect());
    list("not", typing.ruled_out.iter().map(|out| format!("{} → {}: {}", out.key, out.value, out.why)).collect());
    columns(&rows)
}
