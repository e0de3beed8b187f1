//! `build`: a tree from a table.

use std::path::PathBuf;

use anyhow::Context;
use file_mst::NodeHash;
use mst_sync::ingest::{Event, Report, build, check};
use mst_sync::mapping::Mapping;
use mst_types::escape_path;
use serde_json::json;

use super::Outcome;
use super::support::commit::CommitJson;
use super::support::ingest::{IngestArgs, ProblemReporter, failed, show_progress};
use super::support::output::Output;
use super::support::progress::Progress;
use crate::model::text::{count, thousands};

#[derive(clap::Args, Debug)]
pub(super) struct BuildArgs {
    /// The mapping: which source to read, and how its rows become records of a contract
    #[arg(value_name = "MAPPING")]
    mapping: PathBuf,
    /// The tree: a new file, or one of the same contract, to which a commit with the changes is added
    #[arg(long, short, value_name = "TREE", required_unless_present = "check")]
    output: Option<PathBuf>,
    /// Map and check all rows, and write nothing
    #[arg(long, conflicts_with = "output")]
    check: bool,
    #[command(flatten)]
    ingest: IngestArgs,
    /// Print JSON: one object for each problem, then one for the result
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &BuildArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let mapping = Mapping::read(&args.mapping)?;
    let options = args.ingest.options(1);
    let mut progress = Progress::new();
    let mut problems = ProblemReporter::new(args.json);
    let mut tell = |event: Event<'_>| {
        show_progress(&mut progress, &event);
        if let Event::Problem(problem) = event {
            progress.clear();
            problems.report(problem, output);
        }
    };
    let built = match &args.output {
        Some(out) => build(&mapping, out, &options, &mut tell),
        None => check(&mapping, &options, &mut tell),
    };
    progress.clear();
    problems.finish()?;
    let report = match built {
        Ok(report) => report,
        Err(error) => {
            let failure = args
                .output
                .as_deref()
                .map_or("cannot check the rows".to_owned(), |out| format!("cannot build {}", escape_path(out)));
            return failed(error, args.json).context(failure);
        }
    };
    if args.json {
        output.json(&summary(&mapping, &report))?;
    } else {
        output.text(&text(&mapping, &report))?;
    }
    Ok(if report.left_out == 0 { Outcome::Good } else { Outcome::Bad })
}

fn summary(mapping: &Mapping, report: &Report) -> serde_json::Value {
    json!({
        "kind": "summary",
        "rows": report.rows,
        "left_out": report.left_out,
        "added": report.changes.added,
        "changed": report.changes.changed,
        "removed": report.changes.removed,
        "contract": NodeHash::from(mapping.contract.hash()).to_string(),
        "committed": report.committed,
        "commit": report.commit.as_ref().map(CommitJson::new),
    })
}

fn text(mapping: &Mapping, report: &Report) -> String {
    let left_out = match report.left_out {
        0 => String::new(),
        rows => format!(", {} left out", thousands(rows)),
    };
    let contract = &mapping.contract;
    let mut text = format!("rows      {}{left_out}\n", thousands(report.rows));
    text += &format!("contract  {} {}\n", contract.name, NodeHash::from(contract.hash()).short());
    let Some(commit) = &report.commit else {
        return text + "checked   nothing was written\n";
    };
    let changes = &report.changes;
    let (added, changed, removed) = (thousands(changes.added), thousands(changes.changed), thousands(changes.removed));
    let records = count(commit.records(), "record");
    text += &format!("records   {records}: {added} added, {changed} changed, {removed} removed\n");
    text += &format!("root      {}\n", commit.root.hash);
    text + &if report.committed {
        format!("commit    #{}\n", commit.sequence)
    } else {
        format!("commit    none: nothing changed since #{}\n", commit.sequence)
    }
}
