//! `patch`: applies the output of `diff --json` to a tree.

use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use file_mst::diff::{DriftLine, Patch, PatchError};
use file_mst::open::{OpenOptions, Typing, open};
use file_mst::storage::FileStorage;
use mst_types::{escape_path, escape_text};
use serde_json::json;

use super::Outcome;
use super::support::input::Input;
use super::support::output::{Output, warn};
use super::support::progress::Progress;
use super::support::target::changed_file;
use crate::model::item;
use crate::model::text::count;

#[derive(clap::Args, Debug)]
pub(super) struct PatchArgs {
    /// The file to change, of this program's own format; its last commit must be the left side of the diff
    #[arg(value_name = "TREE", value_parser = changed_file())]
    path: PathBuf,
    /// The output of `diff --json`; `-` for standard input
    #[arg(value_name = "DIFF")]
    diff: PathBuf,
    /// A label for the commit
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
    /// Print one JSON object: records, sequence, offset, hash
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &PatchArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let failure = || format!("cannot patch {}", escape_path(&args.path));
    let mut patch = Patch::open(&args.path).with_context(failure)?;
    let Input { name, reader } = Input::open(&args.diff)?;
    let (mut records, mut complete) = (0_u64, false);
    let mut progress = Progress::new();
    for (index, line) in reader.lines().enumerate() {
        let place = || format!("{name}, line {}", index + 1);
        let line = line.with_context(place)?;
        if complete {
            bail!("{}: there is a line after the summary", place());
        }
        match DriftLine::parse(&line).with_context(place)? {
            DriftLine::Record(drift) => match patch.apply(&drift) {
                Ok(()) => {
                    records += 1;
                    progress.show(|_| format!("{} patched", count(records, "record")));
                }
                Err(PatchError::Mismatch { key, expected, found }) => {
                    warn(&mismatch(&args.path, &key, expected.as_deref(), found.as_deref()));
                    return Ok(Outcome::Bad);
                }
                Err(error) => return Err(error).with_context(place),
            },
            DriftLine::Damage(error) => {
                bail!("{}: the diff is incomplete, since a tree is damaged: {}", place(), escape_text(&error))
            }
            DriftLine::Summary => complete = true,
        }
    }
    if !complete {
        bail!("the diff has no summary at its end: it was cut off");
    }
    let commit = patch.commit(args.label.as_deref())?;
    if args.json {
        output.json(&json!({
            "records": records,
            "sequence": commit.sequence,
            "offset": commit.root.offset,
            "hash": commit.root.hash.to_string(),
        }))?;
    } else {
        let (offset, hash) = (commit.root.offset, commit.root.hash);
        output.line(&format!("{records} records patched, commit {}: root @{offset}:{hash}", commit.sequence))?;
    }
    Ok(Outcome::Good)
}

/// Says which value the diff expects and which one the tree has, formatted by the types of the tree.
fn mismatch(path: &Path, key: &str, expected: Option<&[u8]>, found: Option<&[u8]>) -> String {
    let typing: Option<Typing> = FileStorage::open(path)
        .ok()
        .and_then(|storage| open(Arc::new(storage), &OpenOptions::default()).ok())
        .map(|opened| opened.typing);
    let key_type = typing.as_ref().and_then(|typing| typing.key.as_ref());
    let value_type = typing.as_ref().and_then(|typing| typing.value.as_ref());
    let key = hex::decode(key).map_or_else(|_| key.to_owned(), |bytes| item::key(&bytes, key_type));
    let value = |value: Option<&[u8]>| match value {
        Some(stored) => format!("the value {}", item::plain(stored, value_type)),
        None => "no record".to_owned(),
    };
    format!("key {key}: the diff expects {}, the tree has {}; nothing was changed", value(expected), value(found))
}
