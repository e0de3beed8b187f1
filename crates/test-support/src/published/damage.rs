//! Changing bytes that are already written, as a failing disk or a stray writer would.

use std::ops::Range;

use super::writer::LENGTH_PREFIX;
use super::{Hash, Link, PublishedWriter};

impl PublishedWriter {
    /// Overwrites the bytes at an offset of the file.
    ///
    /// # Panics
    /// When the file does not reach that far: damage that misses would make a test pass for nothing.
    pub fn patch(&mut self, offset: u64, bytes: &[u8]) {
        let start = offset as usize;
        self.bytes[start..start + bytes.len()].copy_from_slice(bytes);
    }

    /// Flips one bit (0 is the least significant) of the byte at an offset of the file.
    pub fn flip_bit(&mut self, offset: u64, bit: u32) {
        self.bytes[offset as usize] ^= 1 << bit;
    }

    /// Makes the length prefix of a node claim another length, such as `u32::MAX`.
    pub fn claim_length(&mut self, node: Link, length: u32) {
        self.patch(node.offset, &length.to_le_bytes());
    }

    /// Makes a node claim another hash than its own.
    pub fn claim_hash(&mut self, node: Link, hash: Hash) {
        self.patch(self.body(node).end - hash.len() as u64, &hash);
    }

    /// The range of the postcard bytes of a node, without its length prefix. The last 32 are its own hash.
    pub fn body(&self, node: Link) -> Range<u64> {
        let start = node.offset as usize + LENGTH_PREFIX;
        let prefix = self.bytes[node.offset as usize..start].try_into().expect("a prefix is four bytes");
        start as u64..start as u64 + u64::from(u32::from_le_bytes(prefix))
    }

    /// The offset in the file of the first place in a node that holds `bytes`, for [`Self::flip_bit`] and
    /// [`Self::patch`] to aim at a key, a value or a child's hash.
    ///
    /// # Panics
    /// When the node does not hold them.
    pub fn find(&self, node: Link, bytes: &[u8]) -> u64 {
        let body = self.body(node);
        let place = self.bytes[body.start as usize..body.end as usize]
            .windows(bytes.len())
            .position(|window| window == bytes)
            .unwrap_or_else(|| panic!("the node at {} does not hold {bytes:02x?}", node.offset));
        body.start + place as u64
    }
}
