//! `compare`: builds the trees of two sources, and prints how they differ.

use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;

use anyhow::Context;
use mst_sync::contract::Values;
use mst_sync::ingest::{BuildError, Event, Problem, Report, build};
use mst_sync::mapping::Mapping;

use super::Outcome;
use super::diff::{self, DiffArgs, ListArgs};
use super::support::ingest::{IngestArgs, ProblemReporter, failed, show_progress};
use super::support::output::Output;
use super::support::progress::Progress;
use super::support::target::Target;

#[derive(clap::Args, Debug)]
pub(super) struct CompareArgs {
    /// The mapping of the left source
    #[arg(value_name = "LEFT")]
    left: PathBuf,
    /// The mapping of the right source
    #[arg(value_name = "RIGHT")]
    right: PathBuf,
    /// Keep the left tree in this file; the next comparison then writes only what changed
    #[arg(long, value_name = "TREE")]
    left_tree: Option<PathBuf>,
    /// Keep the right tree in this file
    #[arg(long, value_name = "TREE")]
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
    let (left, right) = (Mapping::read(&args.left)?, Mapping::read(&args.right)?);
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let path = |kept: &Option<PathBuf>, name: &str| kept.clone().unwrap_or_else(|| folder.path().join(name));
    let trees = [path(&args.left_tree, "left.mst"), path(&args.right_tree, "right.mst")];
    let mut problems = ProblemReporter::new(args.list.json);
    let built = build_both([&left, &right], &trees, args, |problem| problems.report(problem, output));
    problems.finish()?;
    let mut left_out = 0;
    for report in built {
        match report {
            Ok(report) => left_out += report.left_out,
            Err(error) => return failed(error, args.list.json),
        }
    }
    // Trees of fingerprints do not contain the fields, so these come from the rows.
    let fingerprints = [&left, &right].iter().any(|mapping| mapping.contract.values != Values::Fields);
    let rows = (args.rows || fingerprints) && !args.list.stat;
    let mut pair = diff::open_both(&DiffArgs::of(target(&trees[0])?, target(&trees[1])?, &args.list))?;
    pair.mappings = Some(Arc::new([left, right]));
    let outcome = diff::run_pair(&pair, &args.list, rows, output)?;
    // Rows that were left out were not compared, so equal trees are not enough.
    Ok(if left_out > 0 && outcome == Outcome::Good { Outcome::Bad } else { outcome })
}

fn target(path: &Path) -> anyhow::Result<Target> {
    let name = path.to_str().context("the name of a tree must be UTF-8")?;
    name.parse().context("the name of a tree")
}

/// Reads both sources and builds both trees at once. `report` receives each problem as it is found.
fn build_both(
    mappings: [&Mapping; 2],
    trees: &[PathBuf; 2],
    args: &CompareArgs,
    mut report: impl FnMut(&Problem),
) -> Vec<Result<Report, BuildError>> {
    let options = args.ingest.options(2);
    let progress = Progress::of_tasks(2);
    let (sender, problems) = mpsc::channel::<Problem>();
    let built = thread::scope(|scope| {
        let mut builds = Vec::new();
        for (index, (mapping, tree)) in mappings.into_iter().zip(trees).enumerate() {
            let (sender, options) = (sender.clone(), &options);
            let mut progress = progress.task(index);
            builds.push(scope.spawn(move || {
                build(mapping, tree, options, &mut |event| {
                    show_progress(&mut progress, &event);
                    if let Event::Problem(problem) = event {
                        // The receiver lives until both builds have ended, so sending cannot fail.
                        let _ = sender.send(problem.clone());
                    }
                })
            }));
        }
        drop(sender);
        for problem in problems {
            progress.clear();
            report(&problem);
        }
        let joined = |build: thread::ScopedJoinHandle<'_, _>| {
            build.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        builds.into_iter().map(joined).collect()
    });
    progress.clear();
    built
}
