//! `compare`: how two tables, mappings or trees differ, in any mix.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError, mpsc};

use mst_sync::contract::Values;
use mst_sync::draft::Draft;
use mst_sync::ingest::{BuildError, Problem};

use super::Outcome;
use super::diff::{self, DiffArgs, ListArgs};
use super::support::ingest::{IngestArgs, ProblemReporter, failed, show_side};
use super::support::named::Named;
use super::support::output::Output;
use super::support::progress::Progress;
use super::support::stdin_table;
use super::support::table_args::TableArgs;
use super::support::target::{Target, changed_file};
use super::support::tree_args::OpenArgs;
use crate::model::diff::pair::Pair;
use crate::tables::{SideProgress, Tables};

#[derive(clap::Args, Debug)]
pub(super) struct CompareArgs {
    /// The left side: a table (orders.csv, shop.sqlite#orders, postgres://user@host/db#orders), a mapping or a tree
    #[arg(value_name = "LEFT")]
    left: Target,
    /// The right side
    #[arg(value_name = "RIGHT")]
    right: Target,
    /// The columns of the key, as in id, or id=order_ref where the right side calls it otherwise
    #[arg(long, value_name = "COLUMNS")]
    key: Option<String>,
    #[command(flatten)]
    tables: TableArgs,
    /// Keep the left tree in this file; the next comparison then writes only what changed
    #[arg(long, value_name = "TREE", value_parser = changed_file())]
    left_tree: Option<PathBuf>,
    /// Keep the right tree in this file
    #[arg(long, value_name = "TREE", value_parser = changed_file())]
    right_tree: Option<PathBuf>,
    #[command(flatten)]
    ingest: IngestArgs,
    /// Show the source rows of each listed record below it
    #[arg(long)]
    rows: bool,
    #[command(flatten)]
    list: ListArgs,
}

pub(super) fn run(args: &CompareArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let named = [Named::parse(&args.left)?, Named::parse(&args.right)?];
    if let [Named::Tree(left), Named::Tree(right)] = named {
        return diff::run(&DiffArgs::of(left, right, &args.list), output);
    }
    let mut options = args.tables.options(args.key.clone(), &args.ingest);
    options.tolerance.clone_from(&args.list.tolerance.tolerance);
    options.bytes = args.list.bytes;
    options.trees = [args.left_tree.clone(), args.right_tree.clone()];
    let names = [args.left.text(), args.right.text()];
    if options.keep.is_some() {
        stdin_table::refuse([&names[0], &names[1]], "a kept comparison")?;
    }
    let [left, right] = named.map(|named| named.side(&OpenArgs::plain()));
    run_tables(&Tables::new(names, [left?, right?], options)?, &args.list, args.rows, output)
}

/// Drafts what is missing, builds both trees and prints how they differ.
pub(super) fn run_tables(tables: &Tables, list: &ListArgs, rows: bool, output: &mut Output) -> anyhow::Result<Outcome> {
    let draft = tables.needs_draft().then(|| draft(tables)).transpose()?;
    let pair = match build(tables, draft.as_ref(), list.json, output)? {
        Ok(pair) => pair,
        Err(outcome) => return Ok(outcome),
    };
    // Trees of fingerprints do not contain the fields, so these come from the rows.
    let is_fingerprints = |mappings: &[_; 2]| {
        mappings.iter().any(|mapping: &mst_sync::mapping::Mapping| mapping.contract.values != Values::Fields)
    };
    let rows = pair.mappings.as_ref().is_some_and(|mappings| rows || is_fingerprints(mappings)) && !list.stat;
    diff::run_pair(&pair, list, rows, output)
}

/// Drafts a contract, with the progress of both sides on the status line.
pub(super) fn draft(tables: &Tables) -> anyhow::Result<Draft> {
    let progress = BothProgress::new();
    let drafted = tables.draft(&|side, told| progress.show(side, told));
    progress.clear();
    drafted
}

/// Builds both trees. The outcome is that of rows that break the contract, which were reported.
fn build(
    tables: &Tables,
    draft: Option<&Draft>,
    json: bool,
    output: &mut Output,
) -> anyhow::Result<Result<Pair, Outcome>> {
    let progress = BothProgress::new();
    let mut problems = ProblemReporter::new(json);
    let (sender, found) = mpsc::channel::<Problem>();
    let sender = Mutex::new(sender);
    let built = std::thread::scope(|scope| {
        let progress = &progress;
        let building = scope.spawn(move || {
            let report = |problem: &Problem| {
                // The receiver lives until the building has ended, so sending cannot fail.
                let _ = sender.lock().unwrap_or_else(PoisonError::into_inner).send(problem.clone());
            };
            let built = tables.build_reporting(draft, &|side, told| progress.show(side, told), &report);
            drop(sender);
            built
        });
        for problem in found {
            progress.clear();
            problems.report(&problem, output);
        }
        building.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    });
    progress.clear();
    problems.finish()?;
    match built {
        Ok(pair) => Ok(Ok(pair)),
        Err(error) => match error.downcast::<BuildError>() {
            Ok(error) => failed(error, json).map(Err),
            Err(error) => Err(error),
        },
    }
}

/// The progress of both sides on one status line.
pub(super) struct BothProgress {
    line: Progress,
    sides: [Mutex<Progress>; 2],
}

impl BothProgress {
    pub(super) fn new() -> Self {
        let line = Progress::of_tasks(2);
        let sides = [0, 1].map(|side| Mutex::new(line.task(side)));
        Self { line, sides }
    }

    pub(super) fn show(&self, side: usize, told: SideProgress) -> std::ops::ControlFlow<()> {
        if let Some(part) = self.sides.get(side) {
            show_side(&mut part.lock().unwrap_or_else(PoisonError::into_inner), told);
        }
        std::ops::ControlFlow::Continue(())
    }

    pub(super) fn clear(&self) {
        self.line.clear();
    }
}
