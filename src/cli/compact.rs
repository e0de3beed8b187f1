//! `compact`: the last commits of a file in a new one.

use anyhow::Context;
use file_mst::compact_file;
use file_mst::schema::escape_path;
use file_mst::store::TreeFile;
use serde_json::json;

use super::Outcome;
use super::output::Output;
use super::write::refused;
use super::write_args::CompactArgs;
use crate::model::text::{count, size};

pub(super) fn run(args: &CompactArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let name = escape_path(&args.file);
    let old = TreeFile::open(&args.file).map_err(|error| refused(&args.file, error));
    let old = old.with_context(|| format!("cannot compact {name}"))?;
    compact_file(&old, &args.new, args.keep).with_context(|| format!("cannot compact {name}"))?;
    let new = TreeFile::open(&args.new)?;
    let (kept, commits) = (new.commits().count(), old.commits().count());
    let (before, after) = (old.store().file_len()?, new.store().file_len()?);
    if args.json {
        output.json(&json!({"kept": kept, "commits": commits, "bytes_before": before, "bytes_after": after}))?;
    } else {
        let of = count(commits as u64, "commit");
        output.line(&format!("kept {kept} of {of}: {} of {}", size(after), size(before)))?;
    }
    Ok(Outcome::Good)
}
