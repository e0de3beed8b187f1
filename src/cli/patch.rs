//! `patch`: applies what `diff --json` printed.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use file_mst::diff::{DriftLine, Patch, PatchError};
use file_mst::open::{OpenOptions, Typing, open};
use file_mst::schema::escape_text;
use file_mst::storage::FileStorage;
use serde_json::json;

use super::Outcome;
use super::args::PatchArgs;
use super::input::Input;
use super::output::{Output, complain};
use crate::model::item;

pub(super) fn run(args: &PatchArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let patched = || format!("cannot patch {}", escape_text(&args.path.to_string_lossy()));
    let mut patch = Patch::open(&args.path).with_context(patched)?;
    let Input { name, lines } = Input::open(&args.drift)?;
    let (mut records, mut whole) = (0_u64, false);
    for (index, line) in lines.enumerate() {
        let place = || format!("{name}, line {}", index + 1);
        let line = line.with_context(place)?;
        if whole {
            bail!("{}: there is more behind the summary", place());
        }
        match DriftLine::parse(&line).with_context(place)? {
            DriftLine::Record(drift) => match patch.apply(&drift) {
                Ok(()) => records += 1,
                Err(PatchError::Mismatch { key, expected, found }) => {
                    complain(&mismatch(&args.path, &key, expected.as_deref(), found.as_deref()));
                    return Ok(Outcome::Bad);
                }
                Err(error) => return Err(error).with_context(place),
            },
            DriftLine::Damage(error) => bail!("{}: not all could be compared: {}", place(), escape_text(&error)),
            DriftLine::Summary => whole = true,
        }
    }
    if !whole {
        bail!("the drift has no summary at its end: it was cut off");
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

/// Both values, under the tree's own types.
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
    format!("key {key}: the drift expects {}, the tree has {}; nothing was changed", value(expected), value(found))
}
