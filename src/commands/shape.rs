//! `shape`: levels, sizes, dead bytes, and where in the key space the nodes are.

use std::ops::ControlFlow;

use file_mst::inspect::shape::{Column, Shape, shape};
use file_mst::open::Typing;
use serde_json::{Value as Json, json};

use super::Outcome;
use super::stat::so_far_text;
use super::support::open_tree::OpenTree;
use super::support::output::{self, Output};
use super::support::progress::Progress;
use super::support::tree_args::TreeArgs;
use crate::model::item;
use crate::model::shape::{damage, first_key, map_rows, rows};

/// The width of the level map, in columns.
const WIDTH: usize = 64;

#[derive(clap::Args, Debug)]
pub(super) struct ShapeArgs {
    #[command(flatten)]
    tree: TreeArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &ShapeArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let OpenTree { opened, .. } = args.tree.open()?;
    let mut progress = Progress::new();
    let shape = shape(&opened, |so_far| {
        progress.show(|_| so_far_text(so_far.records, so_far.nodes));
        ControlFlow::Continue(())
    });
    drop(progress);
    if args.json {
        output.json(&json(&shape, &opened.typing))?;
    } else {
        output.text(&text(&shape, &opened.typing))?;
    }
    Ok(match (shape.damaged, shape.opaque) {
        (0, 0) => Outcome::Good,
        (0, _) => Outcome::Unknown,
        _ => Outcome::Bad,
    })
}

fn text(shape: &Shape, typing: &Typing) -> String {
    let mut text = output::columns(&rows(shape, typing));
    let columns = shape.map.scaled(WIDTH);
    for row in map_rows(shape, &columns) {
        text.push_str(&format!("L{:<3} │{}│ {}\n", row.level, row.cells, row.note));
    }
    if let (Some(first), Some(last)) = (columns.first(), columns.last()) {
        let ty = typing.key.as_ref();
        text.push_str(&format!("     └{}┘ {} … {}\n", damage(&columns), first_key(first, ty), first_key(last, ty)));
    }
    text
}

fn json(shape: &Shape, typing: &Typing) -> Json {
    let levels: Vec<_> = shape
        .levels
        .iter()
        .map(|(level, at)| {
            json!({
                "level": level, "nodes": at.nodes, "keys": at.keys, "bytes": at.bytes, "most_keys": at.most_keys,
                "expected_nodes": shape.expected_nodes(*level), "expected_keys": shape.expected_keys(*level),
            })
        })
        .collect();
    let sizes: Vec<_> =
        shape.sizes.iter().map(|(power, nodes)| json!({"up_to": 1_u64 << power, "nodes": nodes})).collect();
    let nodes: Vec<_> = shape
        .largest_nodes
        .iter()
        .map(|node| json!({"offset": node.offset, "bytes": node.bytes, "level": node.level, "keys": node.keys}))
        .collect();
    let key = |stored: &[u8]| item::key(stored, typing.key.as_ref());
    let values: Vec<_> = shape
        .largest_values
        .iter()
        .map(|value| json!({"key": key(&value.key), "bytes": value.bytes, "offset": value.offset}))
        .collect();
    let commits: Vec<_> = shape
        .regions
        .iter()
        .rev()
        .map(|region| {
            json!({"sequence": region.sequence, "bytes_written": region.end - region.start, "bytes_live": region.live})
        })
        .collect();
    let column = |column: &Column| {
        let first_key = column.first_key.as_deref().map(key);
        json!({"first_key": first_key, "nodes": column.nodes, "damaged": column.damaged})
    };
    json!({
        "records": shape.records,
        "nodes": shape.nodes,
        "keyless_nodes": shape.keyless_nodes,
        "empty_nodes": shape.empty_nodes,
        "bytes_reachable": shape.bytes,
        "bytes_pages": shape.page_bytes,
        "bytes_file": shape.file_bytes,
        "levels": levels,
        "node_sizes": sizes,
        "largest_nodes": nodes,
        "largest_values": values,
        "commits": commits,
        "map": {
            "records_per_column": shape.map.records_per_column(),
            "columns": shape.map.columns().iter().map(column).collect::<Vec<_>>(),
        },
        "damaged": shape.damaged,
        "opaque_nodes": shape.opaque,
        "misfit_nodes": shape.misfits,
    })
}
