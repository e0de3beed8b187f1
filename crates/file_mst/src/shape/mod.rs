//! The shape of a tree: levels, sizes, unused and dead bytes in its file, and the place of its nodes in the key space.
//!
//! It is computed by one walk in key order, in bounded memory: a few lists of fixed length, one bit for each page of
//! the file, and one pair of numbers for each commit.

mod map;
mod regions;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

pub use map::{Column, LevelMap};
pub use regions::Region;

use crate::node::dialect::{Dialect, PAGE};
use crate::node::{EMPTY_NODE_BYTES, Node, NodeError};
use crate::open::{Opened, TypeMismatch};
use crate::tree::walk::{Damage, Step};
use regions::Regions;

/// The number of the largest nodes and values that are listed.
pub const LARGEST: usize = 8;
/// One key in 16 is of the next level or higher, since levels count hex digits.
const FAN: f64 = 16.0;

/// The shape of a tree.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// Records.
    pub records: u64,
    /// Nodes, including keyless and empty ones.
    pub nodes: u64,
    /// Nodes without keys but with a child.
    pub keyless_nodes: u64,
    /// Nodes that the published dialects write for absent children.
    pub empty_nodes: u64,
    /// The bytes of the frames of all nodes.
    pub bytes: u64,
    /// The bytes of the file.
    pub file_bytes: u64,
    /// The bytes of the pages that contain a node of the tree: the excess over [`Shape::bytes`] is padding or dead.
    pub page_bytes: u64,
    /// Each level, without empty nodes.
    pub levels: BTreeMap<u8, Level>,
    /// The number of nodes with more than 2^(i-1) and up to 2^i bytes, by i.
    pub sizes: BTreeMap<u32, u64>,
    /// The largest nodes, the largest first.
    pub largest_nodes: Vec<LargeNode>,
    /// The largest values, the largest first.
    pub largest_values: Vec<LargeValue>,
    /// The commits of the file, oldest first, with the bytes that each wrote and those that are part of this tree.
    pub regions: Vec<Region>,
    /// The distribution of the nodes over the key space.
    pub map: LevelMap,
    /// Subtrees that could not be read.
    pub damaged: u64,
    /// Nodes whose keys and values could not be delimited.
    pub opaque: u64,
    /// Opaque nodes that are sound, but do not fit the guessed types.
    pub misfits: u64,
}

/// Nodes and keys of one level.
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
    /// The length of its frame, in bytes.
    pub bytes: u64,
    /// Where it begins.
    pub offset: u64,
    /// Its level.
    pub level: u8,
    /// The number of its keys.
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
    /// The expected number of keys at a level: 15 of 16 keys that reach a level do not reach the next one.
    pub fn expected_keys(&self, level: u8) -> f64 {
        self.records as f64 * (1.0 - 1.0 / FAN) / FAN.powi(i32::from(level))
    }

    /// The expected number of nodes at a level: one in each gap between keys of higher levels, except for the one in 16
    /// gaps that has no key of the level.
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

/// Inserts an item into a list of the largest. Of equally large items the first is kept.
fn keep_largest<T>(list: &mut Vec<T>, item: T, size: fn(&T) -> u64) {
    let at = list.iter().position(|other| size(other) < size(&item)).unwrap_or(list.len());
    if at < LARGEST {
        list.insert(at, item);
        list.truncate(LARGEST);
    }
}

/// Computes the shape of a tree: reads all of it. After each node `progress` gets the shape so far, and can stop the
/// walk.
pub fn shape(opened: &Opened, mut progress: impl FnMut(&Shape) -> ControlFlow<()>) -> Shape {
    let tree = &opened.tree;
    let own = tree.store().codec().dialect == Dialect::Mst1;
    let mut shape = Shape { file_bytes: tree.store().file_len().unwrap_or(0), ..Shape::default() };
    let mut regions = Regions::of(opened);
    let mut misfits = TypeMismatch::new(opened);
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

/// The pages that a frame touches.
fn pages(offset: u64, length: u64) -> std::ops::RangeInclusive<u64> {
    offset / PAGE..=offset.saturating_add(length.saturating_sub(1)) / PAGE
}
