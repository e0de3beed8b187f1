//! The shape of a tree: levels, sizes, room, what is dead in its file, and where in the key space its nodes stand.
//!
//! All of it comes of one walk in key order, in bounded memory: a few lists of fixed length, one bit for each page of the file,
//! and one pair of numbers for each commit.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod map;
mod regions;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

pub use map::{Column, LevelMap};
pub use regions::Region;

use crate::node::dialect::{Dialect, PAGE};
use crate::node::{EMPTY_NODE_BYTES, Node, NodeError};
use crate::open::{Misfits, Opened};
use crate::tree::walk::{Damage, Step};
use regions::Regions;

/// How many of the largest nodes and values are listed.
pub const LARGEST: usize = 8;
/// Of 16 keys 15 stand at the lowest level that they can: levels follow hex digits.
const FAN: f64 = 16.0;

/// The shape of a tree.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// Records.
    pub records: u64,
    /// Nodes, keyless and empty ones included.
    pub nodes: u64,
    /// Of these, nodes without keys but with a child.
    pub keyless_nodes: u64,
    /// Of these, nodes that the published dialects write for absent children.
    pub empty_nodes: u64,
    /// The bytes of all these nodes' frames.
    pub bytes: u64,
    /// The bytes of the file.
    pub file_bytes: u64,
    /// The bytes of the pages in which a node of the tree lies: what they have more than [`Shape::bytes`] is padding, or dead.
    pub page_bytes: u64,
    /// Each level, empty nodes left out.
    pub levels: BTreeMap<u8, Level>,
    /// How many nodes have more than half of 2^i and up to 2^i bytes, by i.
    pub sizes: BTreeMap<u32, u64>,
    /// The largest nodes, the largest first.
    pub largest_nodes: Vec<LargeNode>,
    /// The largest values, the largest first.
    pub largest_values: Vec<LargeValue>,
    /// The commits of the file, the oldest first, with what each wrote and what of it is part of this tree.
    pub regions: Vec<Region>,
    /// Where in the key space the nodes stand.
    pub map: LevelMap,
    /// Subtrees that could not be read.
    pub damaged: u64,
    /// Nodes whose keys and values could not be told apart.
    pub opaque: u64,
    /// Of these, nodes that are sound, yet the guessed types do not fit them.
    pub misfits: u64,
}

/// What stands at one level.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Level {
    /// Nodes.
    pub nodes: u64,
    /// Keys in them.
    pub keys: u64,
    /// Bytes of their frames.
    pub bytes: u64,
    /// The most keys in one of them.
    pub most_keys: u64,
}

/// A large node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LargeNode {
    /// Its frame, in bytes.
    pub bytes: u64,
    /// Where it begins.
    pub offset: u64,
    /// Its level.
    pub level: u8,
    /// Its keys.
    pub keys: u64,
}

/// A large value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LargeValue {
    /// Its length, in bytes.
    pub bytes: u64,
    /// Its key, as the file stores it.
    pub key: Vec<u8>,
    /// Where its node begins.
    pub offset: u64,
}

impl Shape {
    /// How many keys are expected at a level in so many records: of 16 keys 15 have no more leading zero digits.
    pub fn expected_keys(&self, level: u8) -> f64 {
        self.records as f64 * (1.0 - 1.0 / FAN) / FAN.powi(i32::from(level))
    }

    /// How many nodes are expected at a level: one in each gap between keys of higher levels, but for the 1 in 16 of gaps
    /// that have no key of the level.
    pub fn expected_nodes(&self, level: u8) -> f64 {
        (self.records as f64 / FAN.powi(i32::from(level) + 1) + 1.0) * (1.0 - 1.0 / FAN)
    }

    fn count(&mut self, node: &Node) {
        let (bytes, keys) = (node.bytes().len() as u64, node.key_count() as u64);
        self.nodes += 1;
        self.keyless_nodes += u64::from(node.is_keyless());
        self.bytes += bytes;
        let level = self.levels.entry(node.level()).or_default();
        level.nodes += 1;
        level.keys += keys;
        level.bytes += bytes;
        level.most_keys = level.most_keys.max(keys);
        *self.sizes.entry(bytes.next_power_of_two().trailing_zeros()).or_default() += 1;
        let large = LargeNode { bytes, offset: node.offset(), level: node.level(), keys };
        keep_largest(&mut self.largest_nodes, large, |large| large.bytes);
        for index in 0..node.key_count() {
            let Some(record) = node.record(index) else { break };
            let bytes = record.value.len() as u64;
            let is_large = self.largest_values.len() < LARGEST
                || self.largest_values.last().is_some_and(|smallest| smallest.bytes < bytes);
            if is_large {
                let large = LargeValue { bytes, key: record.stored_key.to_vec(), offset: node.offset() };
                keep_largest(&mut self.largest_values, large, |large| large.bytes);
            }
        }
    }
}

/// Keeps the first of those that are equally large.
fn keep_largest<T>(list: &mut Vec<T>, item: T, size: fn(&T) -> u64) {
    let at = list.iter().position(|other| size(other) < size(&item)).unwrap_or(list.len());
    if at < LARGEST {
        list.insert(at, item);
        list.truncate(LARGEST);
    }
}

/// Finds out the shape of a tree: reads all of it. `progress` is shown what is known so far after each node, and can stop.
pub fn shape(opened: &Opened, mut progress: impl FnMut(&Shape) -> ControlFlow<()>) -> Shape {
    let tree = &opened.tree;
    let own = tree.store().codec().dialect == Dialect::Mst1;
    let mut shape = Shape { file_bytes: tree.store().file_len().unwrap_or(0), ..Shape::default() };
    let mut regions = Regions::of(opened);
    let mut misfits = Misfits::new(opened);
    shape.regions = regions.all().to_vec();
    for step in tree.walk() {
        match step {
            Step::Node { node, .. } => {
                shape.count(&node);
                shape.map.node(node.level(), shape.records);
                regions.live(node.offset(), node.bytes().len() as u64, &mut shape);
                if progress(&shape).is_break() {
                    break;
                }
            }
            Step::Absent(_) if own => {}
            Step::Absent(link) => {
                shape.nodes += 1;
                shape.empty_nodes += 1;
                shape.bytes += EMPTY_NODE_BYTES as u64;
                regions.live(link.offset, EMPTY_NODE_BYTES as u64, &mut shape);
            }
            Step::Record(record) => {
                shape.map.record(shape.records, record.bytes().stored_key);
                shape.records += 1;
            }
            Step::Key(key) => {
                shape.opaque += u64::from(key.index() == 0);
                shape.map.record(shape.records, key.stored());
                shape.records += 1;
            }
            Step::Damage(Damage { error: NodeError::TypesUnknown { .. }, .. }) => shape.opaque += 1,
            Step::Damage(damage) if misfits.is_misfit(&damage) => {
                shape.opaque += 1;
                shape.misfits += 1;
            }
            Step::Damage(_) => {
                shape.damaged += 1;
                shape.map.damage(shape.records);
            }
        }
    }
    shape
}

/// How many pages a frame touches.
fn pages(offset: u64, length: u64) -> std::ops::RangeInclusive<u64> {
    offset / PAGE..=offset.saturating_add(length.saturating_sub(1)) / PAGE
}
