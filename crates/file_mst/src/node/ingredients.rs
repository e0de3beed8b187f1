//! The input of a node's hash, part by part.

use super::Node;
use crate::node::hash::NodeHash;

/// The meaning of a part of the hashed message. Indices count from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum IngredientKind {
    /// The level, `u32` little-endian.
    Level,
    /// The key count, `u64` little-endian.
    KeyCount,
    /// The hash of the child at this index; zeros for an absent one.
    Child(usize),
    /// The length of the key at this index, `u64` little-endian.
    KeyLength(usize),
    /// The key at this index.
    Key(usize),
    /// The length of the value at this index, `u64` little-endian.
    ValueLength(usize),
    /// The value at this index.
    Value(usize),
}

/// A part of the message that a node's hash is computed over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ingredient {
    /// Its meaning.
    pub kind: IngredientKind,
    /// The bytes that are hashed.
    pub bytes: Vec<u8>,
    /// The hash of all parts up to and including this one. For the last part it is the node's hash.
    pub running: NodeHash,
}

impl Node {
    /// The parts of the message that the node's hash is computed over, in order. Empty for an empty node, whose hash is
    /// zeros by definition, and if the records are not delimited. Costs a copy of the node and a hash for each part.
    pub fn ingredients(&self) -> Vec<Ingredient> {
        let mut taken = Vec::new();
        if self.is_empty() || self.hash().is_none() {
            return taken;
        }
        let mut hasher = blake3::Hasher::new();
        let mut take = |kind, bytes: &[u8]| {
            hasher.update(bytes);
            taken.push(Ingredient { kind, bytes: bytes.to_vec(), running: hasher.finalize().into() });
        };
        take(IngredientKind::Level, &u32::from(self.level()).to_le_bytes());
        take(IngredientKind::KeyCount, &(self.key_count() as u64).to_le_bytes());
        for index in 0..=self.key_count() {
            let child = self.children().get(index).map_or(NodeHash::EMPTY, |link| link.hash);
            take(IngredientKind::Child(index), child.as_bytes());
            if let Some(record) = self.record(index) {
                take(IngredientKind::KeyLength(index), &(record.key.len() as u64).to_le_bytes());
                take(IngredientKind::Key(index), record.key);
                take(IngredientKind::ValueLength(index), &(record.value.len() as u64).to_le_bytes());
                take(IngredientKind::Value(index), record.value);
            }
        }
        taken
    }
}
