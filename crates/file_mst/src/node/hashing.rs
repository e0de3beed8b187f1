//! The hash of a node, the same in every dialect.

use super::Node;
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
        if !self.records.are_divided() {
            return None;
        }
        let count = self.key_count();
        // Hashing one long message is several times faster than hashing its many short parts.
        let mut message = Vec::with_capacity(44 + self.bytes().len() + 48 * count);
        message.extend_from_slice(&u32::from(self.level).to_le_bytes());
        message.extend_from_slice(&(count as u64).to_le_bytes());
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
        Some(blake3::hash(&message).into())
    }
}
