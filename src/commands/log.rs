//! `log`: the versions of a tree in a file, or the history of one key.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use file_mst::history::{Changes, KeyChange, Version, Versions, of_key, open_likely_in};
use file_mst::inspect::store::Foreign;
use file_mst::open::{OpenError, OpenOptions, Opened, open};
use file_mst::storage::{FileStorage, ReadAt};
use mst_types::{Type, escape_text};
use serde::Serialize;
use serde_json::json;

use super::Outcome;
use super::support::colour::Colour;
use super::support::commit::{CommitJson, commit_line, condition};
use super::support::keys::parse_key;
use super::support::missing_root::scan_progress;
use super::support::open_tree::damaged_advice;
use super::support::output::{Output, warn};
use super::support::progress::Progress;
use super::support::schema_file::known_types;
use super::support::target::Target;
use crate::model::history::{changes_text, records_text, root_text};
use crate::model::item::{self, ValueFormat};

#[derive(clap::Args, Debug)]
pub(super) struct LogArgs {
    /// The file; with #COMMIT, @OFFSET or @OFFSET:HASH only that version and older ones
    #[arg(value_name = "FILE")]
    file: Target,
    /// List at most this many versions
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// List only the versions in which this key appeared, changed or vanished
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    key: Option<String>,
    /// The type of the keys
    #[arg(long, value_name = "TYPE")]
    key_type: Option<Type>,
    /// The type of the values
    #[arg(long, value_name = "TYPE")]
    value_type: Option<Type>,
    /// How to print values
    #[arg(long, value_name = "FORMAT", default_value = "auto", requires = "key")]
    format_value: ValueFormat,
    /// A file that names both types as {key: TYPE, value: TYPE}; --key-type and --value-type override it
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// Print one JSON object a line: offset, hash, records, source (commit or scan), added, removed, changed, ...
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &LogArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let opened = open_file(args)?;
    let versions = match args.file.names_version() {
        false => Versions::of(&opened, scan_progress())?,
        true => Versions::up_to(&opened, scan_progress())?.with_context(|| {
            format!("{}: no commit has the root @{}", args.file.name(), opened.tree.root_link().offset)
        })?,
    };
    match &args.key {
        Some(key) => print_key_history(args, &opened, versions, key, output),
        None => print_versions(args, &opened, versions, output),
    }
}

fn open_file(args: &LogArgs) -> anyhow::Result<Opened> {
    let name = args.file.name();
    let path = args.file.file_path();
    let storage = FileStorage::open(path).map_err(|error| anyhow!("{name}: cannot open the file: {error}"))?;
    let types =
        known_types((args.key_type.as_ref(), args.value_type.as_ref()), args.schema.as_deref(), path, &storage)?;
    let options = OpenOptions { key: types.0, value: types.1, ..args.file.version() };
    let storage: Arc<dyn ReadAt> = Arc::new(storage);
    let opened = match args.file.names_version() {
        true => open(Arc::clone(&storage), &options),
        false => open_likely_in(Arc::clone(&storage), &options, 0..u64::MAX, scan_progress()),
    };
    opened.map_err(|error| match error {
        OpenError::File(error) if error.is_damage() => {
            anyhow!("{name}: {error}{}", damaged_advice(&*storage, &name))
        }
        OpenError::NotATree { what: what @ (Foreign::Text | Foreign::Known(_)) } => anyhow!("{name}: {what}"),
        error => anyhow!("{name}: {error}"),
    })
}

/// A version as one JSON object.
#[derive(Serialize)]
struct VersionJson {
    #[serde(flatten)]
    root: RootJson,
    /// Null if damage or unknown types hide the changes.
    added: Option<u64>,
    removed: Option<u64>,
    changed: Option<u64>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum RootJson {
    Commit(CommitJson),
    Scanned { offset: u64, hash: String, records: Option<u64>, source: &'static str },
}

impl RootJson {
    fn new(version: &Version) -> Self {
        match version.commit() {
            Some(commit) => Self::Commit(CommitJson::new(commit)),
            None => Self::Scanned {
                offset: version.root.offset,
                hash: version.root.hash.to_string(),
                records: version.records,
                source: "scan",
            },
        }
    }
}

fn print_versions(args: &LogArgs, opened: &Opened, versions: Versions, output: &mut Output) -> anyhow::Result<Outcome> {
    let mut versions = versions.peekable();
    let mut left = args.limit.unwrap_or(usize::MAX);
    let mut listed = 0;
    while left > 0
        && let Some(version) = versions.next()
    {
        let version = version?;
        left -= 1;
        listed += 1;
        let changes = match versions.peek() {
            Some(Ok(older)) => {
                let (old, new) = (opened.version(older).tree, opened.version(&version).tree);
                Progress::reading(opened.tree.store(), || Changes::between(&old, &new, || true))
            }
            Some(Err(_)) => None,
            None => version.records.map(Changes::from_nothing),
        };
        if args.json {
            let Changes { added, removed, changed } = changes.unwrap_or_default();
            let known = |number| changes.map(|_| number);
            let json = VersionJson {
                root: RootJson::new(&version),
                added: known(added),
                removed: known(removed),
                changed: known(changed),
            };
            output.json(&json)?;
        } else {
            let changes = changes.as_ref().map_or_else(|| "not known".to_owned(), changes_text);
            print_line(&version, &changes, output)?;
            output.line("")?;
            if let Some(condition) = version.commit().and_then(condition) {
                output.line(&format!("    rows where {}", escape_text(&condition)))?;
            }
        }
        // The next version may take a while, so show this one now.
        output.finish()?;
    }
    if listed == 0 && left > 0 && opened.file.is_none() {
        bail!("the file contains no root");
    }
    Ok(Outcome::Good)
}

/// Prints the line of a version without its end. The changes, if there are any, go before the root, which ends it.
fn print_line(version: &Version, changes: &str, output: &mut Output) -> anyhow::Result<()> {
    let root = root_text(&version.root);
    let line = match version.commit() {
        Some(commit) => commit_line(commit),
        None => format!("?  found by scanning  {}", records_text(version.records)),
    };
    let start = line.strip_suffix(&root).unwrap_or(&line).trim_end();
    let (name, rest) = start.split_at(start.find(' ').unwrap_or(start.len()));
    output.coloured(Some(Colour::Yellow), name)?;
    output.text(rest)?;
    for (at, change) in changes.split(' ').filter(|change| !change.is_empty()).enumerate() {
        output.text(if at == 0 { "  " } else { " " })?;
        output.coloured(colour_of(change), change)?;
    }
    output.text("  ")?;
    output.coloured(Some(Colour::Dim), &root)
}

/// The colour of a number of changes, as of that kind of difference; dim if there are none.
fn colour_of(change: &str) -> Option<Colour> {
    match change.chars().next() {
        Some('+' | '−' | '~') if &change[change.len() - 1..] == "0" && change.chars().count() == 2 => {
            Some(Colour::Dim)
        }
        Some('+') => Some(Colour::Green),
        Some('−') => Some(Colour::Blue),
        Some('~') => Some(Colour::Yellow),
        _ => None,
    }
}

fn print_key_history(
    args: &LogArgs,
    opened: &Opened,
    versions: Versions,
    key: &str,
    output: &mut Output,
) -> anyhow::Result<Outcome> {
    let ty = opened.typing.key.as_ref().context("the type of the keys is unknown: give --key-type and --value-type")?;
    let stored = parse_key(ty, key)?;
    let tree_at = |version: &Version| opened.version(version).tree;
    let value = |bytes: &[u8]| item::formatted(bytes, opened.typing.value.as_ref(), args.format_value);
    let mut outcome = Outcome::Bad;
    for step in of_key(versions, tree_at, stored).take(args.limit.unwrap_or(usize::MAX)) {
        let (version, change) = step?;
        let (name, old, new) = match &change {
            KeyChange::Appeared(new) => ("appeared", None, Some(value(new.bytes().value))),
            KeyChange::Changed { from, to } => {
                ("changed", Some(value(from.bytes().value)), Some(value(to.bytes().value)))
            }
            KeyChange::Vanished(old) => ("vanished", Some(value(old.bytes().value)), None),
            KeyChange::Unknown(error) => {
                warn(&format!("{}: {error}", root_text(&version.root)));
                ("unknown", None, None)
            }
        };
        outcome = match (outcome, &change) {
            (_, KeyChange::Unknown(_)) | (Outcome::Unknown, _) => Outcome::Unknown,
            _ => Outcome::Good,
        };
        if args.json {
            let mut object = serde_json::to_value(RootJson::new(&version))?;
            if let Some(object) = object.as_object_mut() {
                object.insert("change".to_owned(), json!(name));
                object.insert("old".to_owned(), json!(old));
                object.insert("new".to_owned(), json!(new));
            }
            output.json(&object)?;
        } else {
            let values: Vec<_> = [old, new].into_iter().flatten().collect();
            print_line(&version, "", output)?;
            output.text(&format!("\n    {name}: "))?;
            output.line(&values.join(" → "))?;
        }
        output.finish()?;
    }
    if outcome == Outcome::Bad {
        warn(&format!("no version in this file has the key {} (of type {ty})", escape_text(key)));
    }
    Ok(outcome)
}
