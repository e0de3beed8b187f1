//! `convert`: a tree of a published dialect as a new file of our own format.

use std::path::PathBuf;

use file_mst::open::{Opened, TypeMismatch};
use file_mst::write::convert::{ConvertError, ConvertOptions, Converted, convert};
use serde_json::json;

use super::Outcome;
use super::support::open_tree::OpenTree;
use super::support::output::{Output, columns, warn};
use super::support::progress::Progress;
use super::support::tree_args::TreeArgs;
use crate::model::damage;
use crate::model::header::Header;
use crate::model::text::{offset, thousands};

#[derive(clap::Args, Debug)]
pub(super) struct ConvertArgs {
    #[command(flatten)]
    tree: TreeArgs,
    /// The new file
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// A label for the commit; by default it has the name of the old file
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ConvertArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let OpenTree { file, opened, .. } = args.tree.open()?;
    let label = args.label.clone().unwrap_or_else(|| format!("converted from {file}"));
    let options = ConvertOptions { label, time: None };
    let mut misfits = TypeMismatch::new(&opened);
    let converted = Progress::reading(opened.tree.store(), || convert(&opened, &args.new, &options));
    let (opened, converted) = match converted {
        Err(ConvertError::Damage(found)) if misfits.is_misfit(&found) => {
            // The guessed types do not fit this node: guess once more, with types that fit it too.
            let link = opened.link_to(found.error.offset(), found.path.last().copied());
            match link.and_then(|link| opened.guessed_with(&link)) {
                Some(better) => {
                    let store = better.tree.store();
                    let converted = Progress::reading(store, || convert(&better, &args.new, &options));
                    misfits = TypeMismatch::new(&better);
                    (better, converted)
                }
                None => (opened, Err(ConvertError::Damage(found))),
            }
        }
        converted => (opened, converted),
    };
    let converted = match converted {
        Ok(converted) => converted,
        Err(ConvertError::Damage(found)) => {
            let (problem, outcome) = match misfits.is_misfit(&found) {
                true => (damage::misfit(found.error.offset()), Outcome::Unknown),
                false => (damage::describe(&found, &opened.typing), Outcome::Good.worsened_by(&found.error)),
            };
            warn(&format!("nothing is converted, since records would be lost: {problem}"));
            return Ok(outcome);
        }
        Err(error @ ConvertError::Unordered { .. }) => {
            warn(&error.to_string());
            return Ok(Outcome::Bad);
        }
        Err(error) => return Err(error.into()),
    };
    let header = Header::new(&file, &opened);
    if args.json {
        output.json(&json(&header, &opened, &converted))?;
    } else {
        output.text(&text(&header, &converted))?;
    }
    Ok(Outcome::Good)
}

fn json(header: &Header, opened: &Opened, converted: &Converted) -> serde_json::Value {
    let root = converted.commit.root;
    let typing = &opened.typing;
    json!({
        "records": converted.records,
        "dialect": header.dialect,
        "old_offset": header.root_offset,
        "old_hash": converted.old_root.to_string(),
        "offset": root.offset,
        "hash": root.hash.to_string(),
        "same_root": converted.changes.is_empty(),
        "why": converted.changes.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "types": {
            "key": typing.key.as_ref().map(ToString::to_string),
            "value": typing.value.as_ref().map(ToString::to_string),
            "standing": header.standing,
        },
    })
}

fn text(header: &Header, converted: &Converted) -> String {
    let root = converted.commit.root;
    let mut rows = vec![
        ("records", thousands(converted.records)),
        ("types", format!("{} ({})", header.types, header.standing)),
        ("old root", format!("{} {} ({})", offset(header.root_offset), converted.old_root, header.dialect)),
        ("new root", format!("{} {}", offset(root.offset), root.hash)),
    ];
    if converted.changes.is_empty() {
        rows.push(("same hash", "yes".to_owned()));
    }
    for (index, change) in converted.changes.iter().enumerate() {
        rows.push(if index == 0 { ("same hash", format!("no: {change}")) } else { ("", format!("and {change}")) });
    }
    columns(&rows)
}
