//! Files in which several links lead to the same node.
#![allow(missing_docs, reason = "the names of test helpers say what they do")]

use std::sync::Arc;

use crate::own::{OwnFile, OwnLink, OwnNode};
use crate::published::{Layout, Link, PublishedWriter, Record, string_key, u64_value};
use file_mst::open::{OpenOptions, Opened, open};

use crate::trees::{at, typed};

/// How the nodes of a level link to those of the next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// One node a level, both of whose links lead to the next.
    Twins,
    /// The same, with the keys of each node in falling order.
    Falling,
    /// Two nodes a level, each of which leads to both of the next.
    Ladder,
    /// A node of five keys a level, all of whose six links lead to the next.
    Fan,
}

pub const KINDS: [Kind; 4] = [Kind::Twins, Kind::Falling, Kind::Ladder, Kind::Fan];

impl Kind {
    /// How many levels there are above the leaves: enough for at least 2^40 paths, and so few that the counts in the
    /// links do not overflow.
    pub fn levels(self) -> u8 {
        match self {
            Self::Twins | Self::Ladder => 40,
            Self::Falling | Self::Fan => 22,
        }
    }

    /// The keys of a level's nodes. Those of lower levels sort before those of higher ones, so that the first link of
    /// each node is correct.
    fn keys(self, level: u8) -> Vec<Vec<String>> {
        let key = |index: u8| format!("{level:02}-{index}");
        match self {
            Self::Twins => vec![vec![key(0)]],
            Self::Falling => vec![vec![key(2), key(1), key(0)]],
            Self::Ladder => vec![vec![key(0)], vec![key(1)]],
            Self::Fan => vec![(0..5).map(key).collect()],
        }
    }

    /// Links to nodes of the next level, one more than keys.
    fn links<T: Copy>(self, below: &[T], keys: usize) -> Vec<T> {
        (0..=keys).map(|index| below[index % below.len()]).collect()
    }
}

/// A file in this project's format, and how many nodes it has.
pub fn own(kind: Kind) -> (Vec<u8>, u64) {
    let mut file = OwnFile::new();
    let tail_start = file.bytes().len() as u64;
    let mut nodes = 0;
    let mut below: Vec<OwnLink> = Vec::new();
    for level in 0..=kind.levels() {
        let mut here = Vec::new();
        for keys in kind.keys(level) {
            let links = match level {
                0 => vec![None; keys.len() + 1],
                _ => kind.links(&below, keys.len()).into_iter().map(Some).collect(),
            };
            let records = keys.into_iter().map(|key| (key.into_bytes(), vec![7])).collect();
            here.push(file.write_node(&mut OwnNode { level, records, ..OwnNode::default() }, &links));
            nodes += 1;
        }
        below = here;
    }
    file.commit_root(tail_start, Some(below[0]), (nodes, 1), "bomb");
    assert!(file.bytes().len() < 40_000);
    (file.into_bytes(), nodes)
}

/// A file in a published layout, its root, and how many nodes it has.
pub fn published(kind: Kind, layout: Layout) -> (Vec<u8>, Link, u64) {
    let mut file = PublishedWriter::new(layout);
    let mut nodes = 0;
    let mut below: Vec<Link> = Vec::new();
    for level in 0..=kind.levels() {
        let mut here = Vec::new();
        for keys in kind.keys(level) {
            let records: Vec<Record> =
                keys.iter().map(|key| Record::new(string_key(layout, key), u64_value(7))).collect();
            let records: Vec<&Record> = records.iter().collect();
            here.push(match level {
                0 => file.write_leaf(&records),
                _ => file.write_node(level.into(), &records, &kind.links(&below, keys.len())),
            });
            nodes += 1;
        }
        below = here;
    }
    if layout == Layout::Git {
        file.set_root(below[0]);
    }
    (file.into_bytes(), below[0], nodes)
}

/// Each bomb, opened, with the number of its nodes and a name. Those of the published dialects are opened twice: with
/// given types, and with guessed ones.
pub fn all() -> Vec<(String, Opened, u64)> {
    let mut all = Vec::new();
    for kind in KINDS {
        let (bytes, nodes) = own(kind);
        all.push((format!("ours, {kind:?}"), open(Arc::new(bytes), &OpenOptions::default()).unwrap(), nodes));
        for layout in [Layout::V0_2, Layout::Git] {
            let (bytes, root, nodes) = published(kind, layout);
            let bytes = Arc::new(bytes);
            let known = typed("String", "u64", at(root));
            all.push((format!("{layout:?}, {kind:?}"), open(bytes.clone(), &known).unwrap(), nodes));
            let Ok(guessed) = open(bytes.clone(), &at(root)) else { continue };
            all.push((format!("{layout:?}, {kind:?}, guessed"), guessed, nodes));
        }
    }
    all
}
