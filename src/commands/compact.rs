//! `compact`: the last commits of a file in a new one.

use std::path::PathBuf;

use anyhow::Context;
use file_mst::TreeFile;
use file_mst::{Keep, compact_file};
use mst_types::escape_path;
use serde_json::json;

use super::Outcome;
use super::support::file_editor::with_advice;
use super::support::output::Output;
use super::support::progress::Progress;
use super::support::target::changed_file;
use crate::model::text::{count, size};

#[derive(clap::Args, Debug)]
pub(super) struct CompactArgs {
    /// The file
    #[arg(value_name = "FILE", value_parser = changed_file())]
    file: PathBuf,
    /// The new file
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// How many of the last commits to keep, or `all`
    #[arg(long, value_name = "N|all", default_value = "all", value_parser = keep)]
    keep: Keep,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

fn keep(text: &str) -> Result<Keep, String> {
    match text.parse() {
        _ if text == "all" => Ok(Keep::All),
        Ok(count) if count > 0 => Ok(Keep::Last(count)),
        _ => Err("give the number of commits to keep, at least 1, or all".to_owned()),
    }
}

pub(super) fn run(args: &CompactArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let name = escape_path(&args.file);
    let old = TreeFile::open(&args.file).map_err(|error| with_advice(&args.file, error));
    let old = old.with_context(|| format!("cannot compact {name}"))?;
    let compacted = Progress::reading(old.store(), || compact_file(&old, &args.new, args.keep));
    compacted.with_context(|| format!("cannot compact {name}"))?;
    let new = TreeFile::open(&args.new)?;
    let (kept, commits) = (new.commits().count(), old.commits().count());
    let (before, after) = (old.store().file_len()?, new.store().file_len()?);
    if args.json {
        output.json(&json!({"kept": kept, "commits": commits, "bytes_before": before, "bytes_after": after}))?;
    } else {
        let commits = count(commits as u64, "commit");
        output.line(&format!("kept {kept} of {commits}: {} of {}", size(after), size(before)))?;
    }
    Ok(Outcome::Good)
}
