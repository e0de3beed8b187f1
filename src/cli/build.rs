//! `build`: a tree from a table.

use anyhow::Context;
use file_mst::hash::NodeHash;
use file_mst::schema::escape_text;
use mst_sync::ingest::{BuildError, Event, Problem, Report, build, check};
use mst_sync::mapping::Mapping;
use serde::Serialize;
use serde_json::json;

use super::Outcome;
use super::commit::CommitJson;
use super::output::{Output, complain};
use super::progress::Progress;
use super::source_args::BuildArgs;
use crate::model::text::{count, thousands};

pub(super) fn run(args: &BuildArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let mapping = Mapping::read(&args.mapping)?;
    let options = args.how.options(1);
    let progress = Progress::new(1);
    let mut teller = progress.teller(0);
    let mut told = Told::new(args.json);
    let mut tell = |event: Event<'_>| {
        teller(&event);
        if let Event::Problem(problem) = event {
            progress.clear();
            told.problem(problem, output);
        }
    };
    let built = match &args.output {
        Some(out) => build(&mapping, out, &options, &mut tell),
        None => check(&mapping, &options, &mut tell),
    };
    progress.clear();
    told.over()?;
    let report = match built {
        Ok(report) => report,
        Err(error) => {
            let what = args.output.as_deref().map_or("cannot check".to_owned(), |out| {
                format!("cannot build {}", escape_text(&out.to_string_lossy()))
            });
            return failed(error, args.json).context(what);
        }
    };
    if args.json {
        output.json(&summary(&mapping, &report))?;
    } else {
        output.text(&text(&mapping, &report))?;
    }
    Ok(if report.left_out == 0 { Outcome::Good } else { Outcome::Bad })
}

/// Rows that break the contract are bad; what cannot be read or written could not be told.
pub(super) fn failed(error: BuildError, json: bool) -> anyhow::Result<Outcome> {
    match error {
        // It was told when it was met.
        BuildError::Problem(_) => Ok(Outcome::Bad),
        BuildError::Broken { .. } => {
            if !json {
                complain(&error.to_string());
            }
            Ok(Outcome::Bad)
        }
        error => Err(error.into()),
    }
}

/// Tells of problems as they are met: on standard error, or as JSON among the output.
pub(super) struct Told {
    json: bool,
    failed: Option<anyhow::Error>,
}

impl Told {
    pub(super) fn new(json: bool) -> Self {
        Self { json, failed: None }
    }

    pub(super) fn problem(&mut self, problem: &Problem, output: &mut Output) {
        if !self.json {
            complain(&problem.to_string());
        } else if let Err(error) = output.json(&ProblemJson::new(problem)) {
            self.failed = Some(error);
        }
    }

    /// Says if somebody stopped to listen.
    pub(super) fn over(self) -> anyhow::Result<()> {
        self.failed.map_or(Ok(()), Err)
    }
}

/// A problem as one JSON object.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum ProblemJson<'a> {
    Violation {
        table: &'a str,
        row: u64,
        key: Option<&'a str>,
        column: &'a str,
        value: &'a str,
        rule: &'a str,
        field: &'a str,
    },
    Duplicate {
        table: &'a str,
        key: &'a str,
        first: u64,
        second: u64,
    },
    Other {
        message: String,
    },
}

impl<'a> ProblemJson<'a> {
    fn new(problem: &'a Problem) -> Self {
        match problem {
            Problem::Violation(violation) => Self::Violation {
                table: &violation.table,
                row: violation.row,
                key: violation.key.as_deref(),
                column: &violation.column,
                value: &violation.value,
                rule: &violation.rule,
                field: &violation.field,
            },
            Problem::Duplicate { table, key, first, second } => {
                Self::Duplicate { table, key, first: *first, second: *second }
            }
            other => Self::Other { message: other.to_string() },
        }
    }
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
    let of = count(commit.records(), "record");
    text += &format!("records   {of}: {added} added, {changed} changed, {removed} removed\n");
    text += &format!("root      {}\n", commit.root.hash);
    text + &if report.committed {
        format!("commit    #{}\n", commit.sequence)
    } else {
        format!("commit    none: nothing changed since #{}\n", commit.sequence)
    }
}
