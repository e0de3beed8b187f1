//! `compare`: two sources, from their rows to what differs, in one go.

use std::path::Path;
use std::sync::mpsc;
use std::thread;

use anyhow::Context;
use mst_sync::contract::Values;
use mst_sync::ingest::{BuildError, Event, Problem, Report, build};
use mst_sync::mapping::Mapping;

use super::build::{Told, failed};
use super::output::Output;
use super::progress::Progress;
use super::source_args::CompareArgs;
use super::target::Target;
use super::{Outcome, diff};

pub(super) fn run(args: &CompareArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let (left, right) = (Mapping::read(&args.left)?, Mapping::read(&args.right)?);
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let path = |kept: &Option<std::path::PathBuf>, name: &str| kept.clone().unwrap_or_else(|| folder.path().join(name));
    let trees = [path(&args.left_tree, "left.mst"), path(&args.right_tree, "right.mst")];
    let mut told = Told::new(args.json);
    let built = build_both([&left, &right], &trees, args, |problem| told.problem(problem, output));
    told.over()?;
    let mut left_out = 0;
    for report in built {
        match report {
            Ok(report) => left_out += report.left_out,
            Err(error) => return failed(error, args.json),
        }
    }
    // Where the trees have fingerprints only, fields are in the rows.
    let fingerprints = [&left, &right].iter().any(|mapping| mapping.contract.values != Values::Fields);
    let rows = (args.rows || fingerprints) && !args.stat;
    let [left, right] = [target(&trees[0])?, target(&trees[1])?];
    let outcome = diff::run(&args.as_diff(left, right, rows), output)?;
    // What was left out was not compared.
    Ok(if left_out > 0 && outcome == Outcome::Good { Outcome::Bad } else { outcome })
}

fn target(path: &Path) -> anyhow::Result<Target> {
    let name = path.to_str().context("the name of a tree must be UTF-8")?;
    name.parse().context("the name of a tree")
}

/// Reads both sources at once, and builds both trees.
fn build_both(
    mappings: [&Mapping; 2],
    trees: &[std::path::PathBuf; 2],
    args: &CompareArgs,
    mut problem: impl FnMut(&Problem),
) -> Vec<Result<Report, BuildError>> {
    let options = args.how.options(2);
    let progress = Progress::new(2);
    let (sender, problems) = mpsc::channel::<Problem>();
    let built = thread::scope(|scope| {
        let mut builds = Vec::new();
        for (index, (mapping, tree)) in mappings.into_iter().zip(trees).enumerate() {
            let (sender, options) = (sender.clone(), &options);
            let mut teller = progress.teller(index);
            builds.push(scope.spawn(move || {
                build(mapping, tree, options, &mut |event| {
                    teller(&event);
                    if let Event::Problem(problem) = event {
                        // Whoever listens does so until both builds are over.
                        let _ = sender.send(problem.clone());
                    }
                })
            }));
        }
        drop(sender);
        for found in problems {
            progress.clear();
            problem(&found);
        }
        let joined = |build: thread::ScopedJoinHandle<'_, _>| {
            build.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        builds.into_iter().map(joined).collect()
    });
    progress.clear();
    built
}
