//! Proofs are made: the nodes that a question leads through, and the hashes of all others.

use std::sync::Arc;

use super::{
    ASKS_KEY, ASKS_RANGE, CHILD_ABSENT, CHILD_CLOSED, CHILD_OPEN, EXCLUDED, INCLUDED, KeyOrder, MAGIC, MAX_PROOF,
    ProveError, Question, UNBOUNDED, VERSION, check_of, verify,
};
use crate::node::{Node, NodeError, push_varint};
use crate::open::{Opened, schema_bytes};
use crate::tree::Tree;
use std::ops::Bound;

/// A proof of what `tree` says to `question`: at most 256 MiB. The `note` is carried along for those who want to show keys
/// and values by their types ([`note_of`]); it is not proved.
///
/// Reads the nodes that the question leads through and no other: one path for a key, the nodes of the range and two paths
/// for a range. The proof is checked before it is given out.
///
/// # Errors
/// [`ProveError::Node`] if a node cannot be read or its types are unknown; [`ProveError::Unsound`] for a tree that breaks
/// the rules: keys in a published tree that are not of their node's level.
pub fn prove(tree: &Tree, order: &KeyOrder, question: &Question, note: &[u8]) -> Result<Vec<u8>, ProveError> {
    if !question.is_sound(order) {
        return Err(ProveError::EmptyRange);
    }
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&[VERSION, order.tag()]);
    push_item(&mut bytes, note);
    push_question(&mut bytes, question);
    let mut path = Vec::new();
    match tree.root()? {
        Some(root) if !root.is_empty() => {
            bytes.push(CHILD_OPEN);
            path.push(root);
            Prover { tree, order, question, bytes: &mut bytes, path }.node(None, None)?;
        }
        _ => bytes.push(CHILD_ABSENT),
    }
    let check = check_of(&bytes);
    bytes.extend_from_slice(&check);
    verify(&tree.root_link().hash, order, &bytes).map_err(ProveError::Unsound)?;
    Ok(bytes)
}

/// The note for proofs of an opened tree: the types of its keys and values as a commit notes them, nothing where they
/// are not known.
pub fn note_of(opened: &Opened) -> Vec<u8> {
    let typing = &opened.typing;
    let types = typing.key.as_ref().zip(typing.value.as_ref());
    types.map(|(key, value)| schema_bytes(&key.ty, &value.ty)).unwrap_or_default()
}

struct Prover<'a> {
    tree: &'a Tree,
    order: &'a KeyOrder,
    question: &'a Question,
    bytes: &'a mut Vec<u8>,
    path: Vec<Arc<Node>>,
}

impl Prover<'_> {
    /// Writes the last node of the path, of which all keys lie between `low` and `high`, and what it leads to. No deeper
    /// than there are levels: these fall on the way down.
    fn node(&mut self, low: Option<&[u8]>, high: Option<&[u8]>) -> Result<(), ProveError> {
        let Some(node) = self.path.last().cloned() else { return Ok(()) };
        let offset = node.offset();
        if !node.records().are_divided() {
            return Err(NodeError::TypesUnknown { offset }.into());
        }
        let count = node.key_count();
        self.bytes.push(node.level());
        push_varint(self.bytes, count as u64);
        for record in (0..count).filter_map(|index| node.record(index)) {
            push_item(self.bytes, record.key);
            push_item(self.bytes, record.value);
        }
        if self.bytes.len() > MAX_PROOF {
            return Err(ProveError::TooLong { most: MAX_PROOF });
        }
        for index in 0..=count {
            let key = |index: usize| node.record(index).map(|record| record.key);
            let from = index.checked_sub(1).map_or(low, key);
            let to = key(index).or(high);
            let Some(link) = node.children().get(index).filter(|link| !link.is_empty()) else {
                self.bytes.push(CHILD_ABSENT);
                continue;
            };
            if !self.question.reaches(self.order, from, to).ok_or(NodeError::Order { offset })? {
                self.bytes.push(CHILD_CLOSED);
                self.bytes.extend_from_slice(link.hash.as_bytes());
            } else if let Some(child) = self.tree.child_in_order(&self.path, index)? {
                self.bytes.push(CHILD_OPEN);
                self.path.push(child);
                self.node(from, to)?;
                self.path.pop();
            }
        }
        Ok(())
    }
}

fn push_question(to: &mut Vec<u8>, question: &Question) {
    match question {
        Question::Key(key) => {
            to.push(ASKS_KEY);
            push_item(to, key);
        }
        Question::Range(start, end) => {
            to.push(ASKS_RANGE);
            for bound in [start, end] {
                match bound {
                    Bound::Unbounded => to.push(UNBOUNDED),
                    Bound::Included(key) => {
                        to.push(INCLUDED);
                        push_item(to, key);
                    }
                    Bound::Excluded(key) => {
                        to.push(EXCLUDED);
                        push_item(to, key);
                    }
                }
            }
        }
    }
}

fn push_item(to: &mut Vec<u8>, item: &[u8]) {
    push_varint(to, item.len() as u64);
    to.extend_from_slice(item);
}
