//! The level of a key and the hash of a node, the same in both layouts.

use super::Record;

/// A blake3 hash, or [`ZERO_HASH`].
pub type Hash = [u8; 32];

/// The hash of a node with no keys and no children, which is also the root of the empty tree.
pub const ZERO_HASH: Hash = [0; 32];

/// The level of a key: the leading zero hex digits of blake3 over its hashed bytes.
pub fn level(key_hashed: &[u8]) -> u32 {
    let mut digits = 0;
    for byte in blake3::hash(key_hashed).as_bytes() {
        digits += byte.leading_zeros() / 4;
        if *byte != 0 {
            break;
        }
    }
    digits
}

/// The hash of a node, from its level, its records and the hashes of its children.
///
/// The published crate walks the children, and each record after the child before it. So a node with records and no
/// children hashes none of its records; that flaw is kept here.
pub fn node_hash(level: u32, records: &[&Record], children: impl IntoIterator<Item = Hash>) -> Hash {
    let mut children = children.into_iter().peekable();
    if records.is_empty() && children.peek().is_none() {
        return ZERO_HASH;
    }
    let mut hashed = level.to_le_bytes().to_vec();
    hashed.extend((records.len() as u64).to_le_bytes());
    for (index, child) in children.enumerate() {
        hashed.extend(child);
        if let Some(record) = records.get(index) {
            for field in [&record.key_hashed, &record.value] {
                hashed.extend((field.len() as u64).to_le_bytes());
                hashed.extend(field);
            }
        }
    }
    blake3::hash(&hashed).into()
}
