//! `stat`: counts what a tree consists of.

use super::support::tree_args::TreeArgs;
use std::ops::ControlFlow;

use file_mst::TreeFile;
use file_mst::inspect::stats::Stats;
use file_mst::open::{Opened, TypeMismatch};
use mst_types::escape_text;
use serde_json::json;

use super::Outcome;
use super::infer::source_name;
use super::support::commit::condition;
use super::support::open_tree::OpenTree;
use super::support::output::{Output, columns};
use super::support::progress::Progress;
use crate::model::damage;
use crate::model::header::Header;
use crate::model::text::{count, offset, thousands};

#[derive(clap::Args, Debug)]
pub(super) struct StatArgs {
    #[command(flatten)]
    tree: TreeArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &StatArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let OpenTree { file, opened, .. } = args.tree.open()?;
    let (opened, stats) = counted(opened);
    let bytes_file = opened.tree.store().file_len()?;
    if args.json {
        output.json(&json(&opened, &stats, bytes_file))?;
    } else {
        output.text(&text(&Header::new(&file, &opened), &opened, &stats, bytes_file))?;
    }
    let undamaged = if stats.opaque_nodes == 0 || !stats.damage.is_empty() { Outcome::Good } else { Outcome::Unknown };
    Ok(stats.damage.iter().fold(undamaged, |outcome, damage| outcome.worsened_by(&damage.error)))
}

/// Counts the tree. If the guessed types do not fit a sound node, types are guessed once more that fit it too.
fn counted(opened: Opened) -> (Opened, Stats) {
    let count = |opened: &Opened| {
        let mut progress = Progress::new();
        let mut stats = opened.tree.stats(|so_far| {
            progress.show(|_| so_far_text(so_far.records, so_far.nodes));
            ControlFlow::Continue(())
        });
        let sound = stats.tell_misfits(&mut TypeMismatch::new(opened));
        (stats, sound)
    };
    let (stats, sound) = count(&opened);
    let link = sound.first().and_then(|found| opened.link_to(found.error.offset(), found.path.last().copied()));
    match link.and_then(|link| opened.guessed_with(&link)) {
        Some(better) => {
            let (stats, _) = count(&better);
            (better, stats)
        }
        None => (opened, stats),
    }
}

/// `1,204 records, 71 nodes so far`
pub(super) fn so_far_text(records: u64, nodes: u64) -> String {
    format!("{}, {} so far", count(records, "record"), count(nodes, "node"))
}

fn json(opened: &Opened, stats: &Stats, bytes_file: u64) -> serde_json::Value {
    let root = opened.tree.root_link();
    let typing = &opened.typing;
    let levels: Vec<_> =
        stats.levels.iter().map(|(level, at)| json!({"level": level, "nodes": at.nodes, "keys": at.keys})).collect();
    let damage: Vec<_> = stats
        .damage
        .iter()
        .map(|damage| json!({"offset": damage.error.offset(), "error": damage.error.to_string(), "path": damage.path}))
        .collect();
    json!({
        "dialect": opened.tree.store().codec().dialect.to_string(),
        "offset": root.offset,
        "hash": root.hash.to_string(),
        "height": stats.height,
        "records": stats.records,
        "nodes": stats.nodes,
        "keyless_nodes": stats.keyless_nodes,
        "empty_nodes": stats.empty_nodes,
        "bytes_reachable": stats.bytes_reachable,
        "bytes_file": bytes_file,
        "canonical": stats.canonical(),
        "levels": levels,
        "misplaced_keys": stats.misplaced_keys,
        "unordered_keys": stats.unordered_keys,
        "opaque_nodes": stats.opaque_nodes,
        "misfit_nodes": stats.misfit_nodes,
        "damage": damage,
        "file_damage": opened.file.as_ref().and_then(TreeFile::damage).map(ToString::to_string),
        "types": {
            "key": typing.key.as_ref().map(ToString::to_string),
            "value": typing.value.as_ref().map(ToString::to_string),
            "source": source_name(typing),
            "proved_by": typing.proved,
            "sampled": typing.sampled,
            "unfit": typing.unfit.as_ref().map(ToString::to_string),
        },
    })
}

fn text(header: &Header, opened: &Opened, stats: &Stats, bytes_file: u64) -> String {
    let canonical = match stats.canonical() {
        Some(true) => "yes".to_owned(),
        Some(false) => format!(
            "no: {}, {} at another level than their hash gives, {} out of order",
            count(stats.keyless_nodes, "keyless node"),
            count(stats.misplaced_keys, "key"),
            count(stats.unordered_keys, "key"),
        ),
        None => "unknown: not everything could be read".to_owned(),
    };
    let nodes = format!(
        "{} ({} keyless, {} empty)",
        thousands(stats.nodes),
        thousands(stats.keyless_nodes),
        thousands(stats.empty_nodes)
    );
    // Nodes that could not be read are not counted.
    let part = if stats.damage.is_empty() && stats.misfit_nodes == 0 { "" } else { " in what could be read" };
    let mut rows = vec![
        ("file", header.file.clone()),
        ("dialect", header.dialect.clone()),
        ("root", format!("{} {} ({})", offset(header.root_offset), header.root_hash, header.root_note)),
        ("types", format!("{} ({})", header.types, header.standing)),
        ("height", stats.height.to_string()),
        ("records", format!("{}{part}", thousands(stats.records))),
        ("nodes", format!("{nodes}{part}")),
        ("reachable", format!("{} of {}", count(stats.bytes_reachable, "byte"), thousands(bytes_file))),
        ("canonical", canonical),
    ];
    if let Some(condition) = opened.commit().as_ref().and_then(condition) {
        rows.push(("where", escape_text(&condition).into_owned()));
    }
    if let Some(damage) = &header.damage {
        rows.insert(1, ("damage", damage.clone()));
    }
    for (index, (level, at)) in stats.levels.iter().rev().enumerate() {
        let title = if index == 0 { "levels" } else { "" };
        rows.push((title, format!("{level:>2}  {:>14} {:>16}", count(at.nodes, "node"), count(at.keys, "key"))));
    }
    if let Some(unfit) = &opened.typing.unfit {
        rows.push(("schema", escape_text(&unfit.to_string()).into_owned()));
    }
    if stats.misfit_nodes > 0 {
        rows.push(("misfits", damage::misfits(stats.misfit_nodes)));
    }
    for (index, found) in stats.damage.iter().enumerate() {
        rows.push((if index == 0 { "damage" } else { "" }, damage::describe(found, &opened.typing)));
    }
    columns(&rows)
}
