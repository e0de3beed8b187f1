//! Code that `build` and `compare` share: their arguments, progress, and the report of rows that break a contract.

use std::time::Duration;

use clap::ValueEnum;
use mst_sync::ingest::{BuildError, BuildOptions, Event, OnError, Problem, Reading};
use serde::Serialize;

use super::output::{Output, warn};
use super::progress::Progress;
use crate::commands::Outcome;
use crate::model::text::count;
use crate::tables::SideProgress;

/// How rows become trees.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct IngestArgs {
    /// The memory that the build may use, in megabytes; larger data is sorted in a temporary file
    #[arg(long, value_name = "MB", default_value_t = 256, value_parser = clap::value_parser!(u64).range(16..=1 << 20))]
    pub(crate) memory: u64,
    /// How to handle rows that break the contract; by default stop, or skip where the contract is a draft
    #[arg(long, value_name = "WHAT")]
    pub(crate) on_error: Option<OnErrorChoice>,
    /// A label for the commit
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) label: String,
    /// Read files again even if they have not changed since their tree was built
    #[arg(long)]
    pub(crate) reread: bool,
}

impl IngestArgs {
    /// The options of one build, if this many builds share the memory.
    pub(crate) fn options(&self, builds: u64) -> BuildOptions {
        let memory = usize::try_from((self.memory << 20) / builds).unwrap_or(usize::MAX);
        let on_error = self.on_error.map_or(OnError::Stop, OnError::from);
        let reading = if self.reread { Reading::Again } else { Reading::IfChanged };
        BuildOptions { memory, on_error, label: self.label.clone(), reading, ..BuildOptions::default() }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum OnErrorChoice {
    /// Stop at the first one
    Stop,
    /// Report them and leave them out
    Skip,
    /// Report all of them and write nothing
    List,
}

impl From<OnErrorChoice> for OnError {
    fn from(choice: OnErrorChoice) -> Self {
        match choice {
            OnErrorChoice::Stop => Self::Stop,
            OnErrorChoice::Skip => Self::Skip,
            OnErrorChoice::List => Self::List,
        }
    }
}

/// Turns the error of a build into an outcome: rows that break the contract make it bad, any other error is passed on.
pub(crate) fn failed(error: BuildError, json: bool) -> anyhow::Result<Outcome> {
    match error {
        // The problem was reported when it was found.
        BuildError::Problem(_) => Ok(Outcome::Bad),
        BuildError::Broken { .. } => {
            if !json {
                warn(&error.to_string());
            }
            Ok(Outcome::Bad)
        }
        error => Err(error.into()),
    }
}

/// Reports problems as they are found: on standard error, or as JSON lines on standard output.
pub(crate) struct ProblemReporter {
    json: bool,
    /// The first failure to write. A build cannot be stopped from its event handler, so it is returned at the end.
    written: anyhow::Result<()>,
}

impl ProblemReporter {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, written: Ok(()) }
    }

    pub(crate) fn report(&mut self, problem: &Problem, output: &mut Output) {
        if !self.json {
            warn(&problem.to_string());
        } else if self.written.is_ok() {
            self.written = output.json(&ProblemJson::new(problem));
        }
    }

    /// Fails if a problem could not be written.
    pub(crate) fn finish(self) -> anyhow::Result<()> {
        self.written
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

/// Shows the progress of a build in its part of the status line.
pub(crate) fn show_progress(progress: &mut Progress, event: &Event<'_>) {
    match event {
        Event::Rows(rows, gauge) => progress.show(|elapsed| rows_text(*rows, gauge.part(), elapsed)),
        Event::Sorted => progress.show_now("building the tree".to_owned()),
        // Problems are reported as they come, not shown as progress.
        _ => {}
    }
}

/// Shows how far a side of a comparison has been read in its part of the status line.
pub(crate) fn show_side(progress: &mut Progress, told: SideProgress) {
    let SideProgress { rows, share, .. } = told;
    progress.show(|elapsed| rows_text(rows, share, elapsed));
}

/// Rows read, their rate, and the time left if the finished `part` is known:
/// `1,200,000 rows, 410,000 rows a second, 12 s left`.
fn rows_text(rows: u64, part: Option<f64>, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64().max(1e-3);
    let rate = count((rows as f64 / seconds) as u64, "row");
    let left = match part {
        Some(part) if part > 0.0 => format!(", {:.0} s left", (seconds / part - seconds).max(0.0)),
        _ => String::new(),
    };
    format!("{}, {rate} a second{left}", count(rows, "row"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_shows_a_rate_and_the_time_left() {
        let ten = Duration::from_secs(10);
        assert_eq!(rows_text(1_000_000, Some(0.25), ten), "1,000,000 rows, 100,000 rows a second, 30 s left");
        assert_eq!(rows_text(5000, None, ten), "5,000 rows, 500 rows a second");
    }
}
