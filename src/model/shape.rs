//! The shape of a tree in words, and its level map in characters.

use file_mst::inspect::shape::{Column, Shape};
use file_mst::open::Typing;
use mst_types::ItemType;

use crate::model::text::{count, cut, offset, size, thousands};
use crate::model::{damage, item};

/// The most columns of a key.
const KEY: usize = 40;
/// How many commits are listed at most.
const COMMITS: usize = 20;

/// A row of the level map: a level, a character for each column, and what stands beside it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct MapRow {
    pub(crate) level: u8,
    pub(crate) cells: String,
    pub(crate) note: String,
}

/// The level map in at most `width` columns, the highest level first.
pub(crate) fn map_rows(shape: &Shape, columns: &[Column]) -> Vec<MapRow> {
    let row = |level: &u8| {
        let nodes = |column: &Column| column.nodes.get(usize::from(*level)).copied().unwrap_or(0);
        let most = columns.iter().map(nodes).max().unwrap_or(0);
        // The last column is shorter than the others.
        let whole = columns.get(..columns.len().saturating_sub(1)).unwrap_or_default();
        let least = whole.iter().map(nodes).min().unwrap_or(0);
        let is = shape.levels.get(level).map_or(0, |level| level.nodes);
        MapRow {
            level: *level,
            cells: columns.iter().map(|column| shade(nodes(column), least, most)).collect(),
            note: format!("{}, expected {}", count(is, "node"), about(shape.expected_nodes(*level))),
        }
    };
    shape.levels.keys().rev().map(row).collect()
}

/// `~4,685`
fn about(expected: f64) -> String {
    format!("~{}", thousands(expected.round() as u64))
}

/// What the characters of the map mean.
pub(crate) const SHADES: &str = "▁ 1 node … █ 8; denser levels: ░ fewest … █ most";

/// The blocks that stand for 1 to 8 nodes.
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The nodes of a level in a column: how many where no column of the level has more than 8, else how dense the column
/// is between the emptiest and the fullest one. Equally full columns would all be black otherwise.
fn shade(nodes: u32, least: u32, most: u32) -> char {
    match nodes {
        0 => ' ',
        _ if most as usize <= BLOCKS.len() => BLOCKS.get(nodes as usize - 1).copied().unwrap_or('█'),
        _ => match 4 * u64::from(nodes.saturating_sub(least)) / (u64::from(most.saturating_sub(least)) + 1) {
            0 => '░',
            1 => '▒',
            2 => '▓',
            _ => '█',
        },
    }
}

/// The line below the map: where damage is.
pub(crate) fn damage(columns: &[Column]) -> String {
    columns.iter().map(|column| if column.damaged > 0 { '!' } else { '─' }).collect()
}

/// The first key of a column.
pub(crate) fn first_key(column: &Column, ty: Option<&ItemType>) -> String {
    column.first_key.as_ref().map_or_else(|| "?".to_owned(), |key| cut(&item::key(key, ty), KEY))
}

fn share(part: u64, whole: u64) -> String {
    if whole == 0 { "0 %".to_owned() } else { format!("{:.1} %", part as f64 * 100.0 / whole as f64) }
}

/// Everything but the map, as rows of a name and a text. A name is empty where the row goes on with the one before.
pub(crate) fn rows(shape: &Shape, typing: &Typing) -> Vec<(&'static str, String)> {
    // Nodes that could not be read are not counted.
    let part = if shape.damaged == 0 && shape.misfits == 0 { "" } else { " in what could be read" };
    let mut rows = vec![
        ("records", format!("{}{part}", thousands(shape.records))),
        (
            "nodes",
            format!(
                "{} ({} keyless, {} empty){part}",
                thousands(shape.nodes),
                thousands(shape.keyless_nodes),
                thousands(shape.empty_nodes)
            ),
        ),
        (
            "reachable",
            format!("{} of {}, {}", size(shape.bytes), size(shape.file_bytes), share(shape.bytes, shape.file_bytes)),
        ),
        (
            "pages",
            format!(
                "{} in pages with nodes of this tree, {} of them padding or of other versions",
                size(shape.page_bytes),
                share(shape.page_bytes.saturating_sub(shape.bytes), shape.page_bytes)
            ),
        ),
    ];
    list(
        &mut rows,
        "levels",
        shape.levels.iter().rev().map(|(level, at)| {
            let fill = if at.nodes == 0 { 0.0 } else { at.keys as f64 / at.nodes as f64 };
            format!(
                "{level:>2}  {:>14}, expected {:<10} {:>16}, expected {:<10} {fill:>5.1} a node, at most {}",
                count(at.nodes, "node"),
                about(shape.expected_nodes(*level)),
                count(at.keys, "key"),
                about(shape.expected_keys(*level)),
                thousands(at.most_keys),
            )
        }),
    );
    list(
        &mut rows,
        "sizes",
        shape
            .sizes
            .iter()
            .map(|(power, nodes)| format!("up to {:>9}  {:>14}", size(1 << power), count(*nodes, "node"))),
    );
    list(
        &mut rows,
        "largest",
        shape.largest_nodes.iter().map(|node| {
            format!(
                "node {}  {}  level {}  {}",
                offset(node.offset),
                size(node.bytes),
                node.level,
                count(node.keys, "key")
            )
        }),
    );
    list(
        &mut rows,
        "",
        shape.largest_values.iter().map(|value| {
            let key = cut(&item::key(&value.key, typing.key.as_ref()), KEY);
            format!("value of {key}  {}  in {}", size(value.bytes), offset(value.offset))
        }),
    );
    // For each version: the bytes that it wrote, those that are left here, and those that this tree shares with it.
    let mut shared = 0;
    let mut commits: Vec<_> = shape
        .regions
        .iter()
        .map(|region| {
            shared += region.live;
            let written = region.end.saturating_sub(region.start);
            format!(
                "#{}  wrote {}, {} of it in use here; shares {} with this tree",
                region.sequence,
                size(written),
                size(region.live),
                size(shared)
            )
        })
        .collect();
    commits.reverse();
    let more = commits.len().saturating_sub(COMMITS);
    commits.truncate(COMMITS);
    if more > 0 {
        commits.push(format!("… and {}", count(more as u64, "older commit")));
    }
    list(&mut rows, "commits", commits.into_iter());
    if shape.damaged > 0 {
        rows.push((
            "damage",
            format!("{} could not be read: mst-tui verify says why", count(shape.damaged, "subtree")),
        ));
    }
    if shape.misfits > 0 {
        rows.push(("misfits", damage::misfits(shape.misfits)));
    }
    let opaque = shape.opaque.saturating_sub(shape.misfits);
    if opaque > 0 {
        rows.push(("types", format!("unknown: the values of {} were not looked at", count(opaque, "node"))));
    }
    rows
}

fn list(rows: &mut Vec<(&'static str, String)>, name: &'static str, lines: impl Iterator<Item = String>) {
    rows.extend(lines.enumerate().map(|(index, line)| (if index == 0 { name } else { "" }, line)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dense_levels_show_where_they_are_denser_and_sparse_ones_how_many_nodes() {
        let row = |counts: &[u32]| -> String {
            let (least, most) = (*counts.iter().min().unwrap(), *counts.iter().max().unwrap());
            counts.iter().map(|nodes| shade(*nodes, least, most)).collect()
        };
        assert_eq!(row(&[0, 1, 2, 8]), " ▁▂█");
        assert_eq!(row(&[271, 280, 290, 300]), "░▒▓█");
        assert_eq!(row(&[0, 10, 20, 40]), " ░▒█");
        assert_eq!(row(&[300, 300]), "░░");
    }
}
