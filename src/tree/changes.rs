//! What must be done to one tree to make it another.

use std::cmp::Ordering;
use std::sync::Arc;

use super::Tree;
use crate::error::Error;
use crate::node::{Link, Node};

/// A subtree that is not opened yet, or a record.
enum Item {
    Subtree(Link),
    Record(Arc<Node>, usize),
}

/// The rest of a tree in key order, opened only as far as it must be.
struct Front<'a> {
    tree: &'a Tree,
    /// What comes next is last.
    rest: Vec<Item>,
}

impl Front<'_> {
    fn open(&mut self) -> Result<(), Error> {
        if let Some(Item::Subtree(link)) = self.rest.pop() {
            let node = self.tree.store().node(&link)?;
            let child = |index: usize| node.children().get(index).copied().filter(|link| !link.is_empty());
            for index in (0..=node.key_count()).rev() {
                if index < node.key_count() {
                    self.rest.push(Item::Record(Arc::clone(&node), index));
                }
                self.rest.extend(child(index).map(Item::Subtree));
            }
        }
        Ok(())
    }
}

/// Calls `change` with each key that must be set or removed in `old` to make it `new`, in key order. Reads the nodes
/// that only one of them has; both trees count records in their links.
pub(crate) fn changes(
    old: &Tree,
    new: &Tree,
    mut change: impl FnMut(&[u8], Option<&[u8]>) -> Result<(), Error>,
) -> Result<(), Error> {
    let front = |tree| {
        let root = Tree::root_link(tree);
        Front { tree, rest: if root.is_empty() { Vec::new() } else { vec![Item::Subtree(root)] } }
    };
    let (mut left, mut right) = (front(old), front(new));
    let level = |link: &Link| link.extent.map_or(u8::MAX, |extent| extent.level);
    loop {
        let order = match (left.rest.last(), right.rest.last()) {
            (None, None) => return Ok(()),
            (Some(Item::Subtree(a)), Some(Item::Subtree(b))) => {
                if a.hash == b.hash {
                    left.rest.pop();
                    right.rest.pop();
                    continue;
                }
                // The higher one may hold the lower one whole.
                let order = level(a).cmp(&level(b));
                if order.is_ge() {
                    left.open()?;
                }
                if order.is_le() {
                    right.open()?;
                }
                continue;
            }
            (Some(Item::Subtree(_)), _) => {
                left.open()?;
                continue;
            }
            (_, Some(Item::Subtree(_))) => {
                right.open()?;
                continue;
            }
            (Some(Item::Record(..)), None) => Ordering::Less,
            (None, Some(Item::Record(..))) => Ordering::Greater,
            (Some(Item::Record(a, i)), Some(Item::Record(b, j))) => a.stored_key(*i).cmp(&b.stored_key(*j)),
        };
        let gone = if order.is_le() { left.rest.pop() } else { None };
        let come = if order.is_ge() { right.rest.pop() } else { None };
        let record = |item: &'_ Option<Item>| match item {
            Some(Item::Record(node, index)) => Some((Arc::clone(node), *index)),
            _ => None,
        };
        match (record(&gone), record(&come)) {
            (Some((node, index)), None) => {
                if let Some(record) = node.record(index) {
                    change(record.key, None)?;
                }
            }
            (old, Some((node, index))) => {
                let old = old.as_ref().and_then(|(node, index)| node.record(*index)).map(|record| record.value);
                if let Some(record) = node.record(index).filter(|record| old != Some(record.value)) {
                    change(record.key, Some(record.value))?;
                }
            }
            (None, None) => return Ok(()),
        }
    }
}
