//! `build`: a tree from a table.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use file_mst::NodeHash;
use mst_sync::ingest::{Event, Report, build, check};
use mst_sync::mapping::Mapping;
use mst_types::escape_path;
use serde_json::json;

use super::Outcome;
use super::support::commit::CommitJson;
use super::support::ingest::{IngestArgs, ProblemReporter, failed, show_progress, show_side};
use super::support::named::Named;
use super::support::output::{Output, warn};
use super::support::progress::Progress;
use super::support::table_args::RowArgs;
use super::support::target::{Target, changed_file};
use crate::model::text::{count, thousands};
use crate::screens::Shown;
use crate::tables::OneTable;

#[derive(clap::Args, Debug)]
pub(super) struct BuildArgs {
    /// A table (orders.csv, shop.sqlite#orders, postgres://user@host/db#orders), or a mapping, which says how its rows
    /// become records of a contract
    #[arg(value_name = "TABLE|MAPPING")]
    source: Target,
    /// The columns of a table's key, separated by commas
    #[arg(long, value_name = "COLUMNS")]
    key: Option<String>,
    #[command(flatten)]
    rows: RowArgs,
    /// The tree: a new file, or one of the same contract, to which a commit with the changes is added
    #[arg(long, short, value_name = "TREE", required_unless_present = "check", value_parser = changed_file())]
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
    let mapping = mapping(args)?;
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

/// The mapping that is named, or that of the table that is named.
fn mapping(args: &BuildArgs) -> anyhow::Result<Mapping> {
    let side = Named::parse(&args.source)?.table_side()?;
    OneTable::new(args.source.text(), side, args.rows.options(args.key.clone(), &args.ingest))?.mapping(&|_| ())
}

/// The tree of a table in a temporary file, which is removed with `table`.
pub(super) fn for_screen(table: &OneTable) -> anyhow::Result<Shown> {
    let mut progress = Progress::new();
    let progress = Mutex::new(&mut progress);
    let show = |told| show_side(&mut progress.lock().unwrap_or_else(PoisonError::into_inner), told);
    let opened = table.build(&show, &|problem| warn(&problem.to_string()))?;
    Ok(Shown { file: table.name.clone(), path: table.name.clone(), opened })
}

fn summary(mapping: &Mapping, report: &Report) -> serde_json::Value {
    json!({
        "kind": "summary",
        "rows": report.rows,
        "left_out": report.left_out,
        "unread": report.is_unread,
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
    let unread = if report.is_unread { ", not read again: the file has not changed" } else { "" };
    let mut text = format!("rows      {}{left_out}{unread}\n", thousands(report.rows));
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
