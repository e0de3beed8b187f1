//! The hash of a node, the same in every dialect.

use super::{Node, Records, Uniform};
use crate::node::hash::NodeHash;

impl Node {
    /// The node hash: blake3 over the level (`u32` LE), the key count (`u64` LE), then for each child its hash,
    /// followed, except for the last, by key length (`u64` LE), key bytes, value length (`u64` LE) and value bytes. An
    /// absent child counts as 32 zero bytes; an empty node hashes to 32 zero bytes. `None` if the records are not
    /// delimited.
    pub(super) fn recomputed_hash(&self) -> Option<NodeHash> {
        if self.is_empty() {
            return Some(NodeHash::EMPTY);
        }
        if !self.records.are_delimited() {
            return None;
        }
        // Hashing one long message is several times faster than hashing its many short parts.
        let mut message = Vec::new();
        self.push_message(&mut message);
        Some(blake3::hash(&message).into())
    }

    /// Appends the message that the hash is computed over. The node must not be empty, and its records delimited.
    pub(super) fn push_message(&self, message: &mut Vec<u8>) {
        let count = self.key_count();
        message.reserve(44 + self.bytes().len() + 48 * count);
        message.extend_from_slice(&u32::from(self.level).to_le_bytes());
        message.extend_from_slice(&(count as u64).to_le_bytes());
        if let Records::Uniform(uniform) = &self.records
            && self.children.is_empty()
            && self.push_uniform(uniform, message).is_some()
        {
            return;
        }
        // Our own files store no links in a node without children; each absent child still hashes as zeros.
        let children = if self.children.is_empty() { count + 1 } else { self.children.len() };
        for index in 0..children {
            let child = self.children.get(index).map_or(NodeHash::EMPTY, |link| link.hash);
            message.extend_from_slice(child.as_bytes());
            if let Some(record) = self.record(index) {
                for item in [record.key, record.value] {
                    message.extend_from_slice(&(item.len() as u64).to_le_bytes());
                    message.extend_from_slice(item);
                }
            }
        }
    }

    /// Appends the records of a node without children whose keys have one length, and whose values have. `None`, and
    /// nothing appended, if keys or values are empty.
    fn push_uniform(&self, uniform: &Uniform, message: &mut Vec<u8>) -> Option<()> {
        let Uniform { count, keys_at, key_length, values_at, value_length } = *uniform;
        if key_length == 0 || value_length == 0 {
            return None;
        }
        let keys = self.bytes().get(keys_at..keys_at + count * key_length)?;
        let values = self.bytes().get(values_at..values_at + count * value_length)?;
        let start = message.len();
        message.resize(start + count * (48 + key_length + value_length) + 32, 0);
        let records = message.get_mut(start..)?.chunks_exact_mut(48 + key_length + value_length);
        for ((to, key), value) in records.zip(keys.chunks_exact(key_length)).zip(values.chunks_exact(value_length)) {
            // The absent child before the record stays zeros.
            let (_, to) = to.split_at_mut_checked(32)?;
            let (to_length, to) = to.split_first_chunk_mut()?;
            let (to_key, to) = to.split_at_mut_checked(key_length)?;
            let (to_value_length, to_value) = to.split_first_chunk_mut()?;
            *to_length = (key_length as u64).to_le_bytes();
            *to_value_length = (value_length as u64).to_le_bytes();
            to_key.copy_from_slice(key);
            to_value.copy_from_slice(value);
        }
        Some(())
    }
}
