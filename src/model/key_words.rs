//! Keys of a tree that begin as a text does, to complete what is typed.

use std::cmp::Ordering;

use file_mst::Tree;
use file_mst::inspect::walk::Step;
use mst_types::{ItemType, KeyPrefix};

use crate::model::item;

/// The first keys that begin with `text`, as they are typed, at most `most`. The text leads through the tree, so that
/// only the nodes on the way and those of the keys are read. None for keys of a type that has no prefixes.
pub(crate) fn keys_beginning(tree: &Tree, ty: Option<&ItemType>, text: &str, most: usize) -> Vec<String> {
    let Some(prefix) = ty.and_then(|ty| KeyPrefix::parse(ty, text).ok()) else { return Vec::new() };
    let compared = |key: &[u8]| prefix.compare_key(key).ok();
    let walk = tree.walk().from_first(|key| compared(key) == Some(Ordering::Less));
    let mut words = Vec::new();
    for step in walk {
        let key = match step {
            Step::Record(record) => record.key(),
            Step::Key(key) => key,
            Step::Node { .. } | Step::Absent(_) => continue,
            Step::Damage(_) => break,
        };
        match compared(key.stored()) {
            Some(Ordering::Less) => {}
            Some(Ordering::Equal) if words.len() < most => words.push(item::key(key.stored(), ty)),
            _ => break,
        }
    }
    words
}
