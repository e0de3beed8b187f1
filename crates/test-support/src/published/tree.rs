//! The canonical shape of a set of records, from its definition:
//! `canon(records) = empty ? none : split at all keys of the highest level, recurse`.

use super::{Hash, Record, ZERO_HASH, level, node_hash};

/// A node of the canonical tree: it has at least one record, and one more child than it has records.
pub(super) struct Node<'a> {
    pub(super) level: u32,
    pub(super) records: Vec<&'a Record>,
    pub(super) children: Vec<Option<Box<Node<'a>>>>,
    pub(super) hash: Hash,
}

/// The canonical tree of records that are sorted in the order of their keys' type.
pub(super) fn canon(records: &[Record]) -> Option<Box<Node<'_>>> {
    let levels: Vec<u32> = records.iter().map(|record| level(&record.key_hashed)).collect();
    subtree(records, &levels)
}

fn subtree<'a>(records: &'a [Record], levels: &[u32]) -> Option<Box<Node<'a>>> {
    let level = *levels.iter().max()?;
    let mut own = Vec::new();
    let mut children = Vec::new();
    let mut start = 0;
    for (index, record) in records.iter().enumerate().filter(|(index, _)| levels[*index] == level) {
        children.push(subtree(&records[start..index], &levels[start..index]));
        own.push(record);
        start = index + 1;
    }
    children.push(subtree(&records[start..], &levels[start..]));
    let hash = node_hash(level, &own, children.iter().map(link_hash));
    Some(Box::new(Node { level, records: own, children, hash }))
}

fn link_hash(tree: &Option<Box<Node<'_>>>) -> Hash {
    tree.as_ref().map_or(ZERO_HASH, |node| node.hash)
}

/// The root hash of the canonical tree of records that are sorted in the order of their keys' type.
pub fn canonical_root(records: &[Record]) -> Hash {
    link_hash(&canon(records))
}
