//! Detects key types whose order differs from the order of their bytes.

use super::MerkleKey;
use crate::error::Error;

/// The number of keys after which the anchor is replaced.
const ANCHOR_EVERY: u64 = 256;

/// Compares each key with the previous one and with an older one, the anchor: two comparisons a key. A type whose
/// orders disagree for some of its keys is soon detected, whether the keys come in order or at random.
#[derive(Debug)]
pub(super) struct OrderCheck<K> {
    last: Option<(K, Vec<u8>)>,
    anchor: Option<(K, Vec<u8>)>,
    seen: u64,
}

impl<K> Default for OrderCheck<K> {
    fn default() -> Self {
        Self { last: None, anchor: None, seen: 0 }
    }
}

impl<K: MerkleKey> OrderCheck<K> {
    /// Checks the next key and its bytes.
    pub(super) fn see(&mut self, key: K, bytes: &[u8]) -> Result<(), Error> {
        for (other, other_bytes) in self.last.iter().chain(&self.anchor) {
            if key.cmp(other) != bytes.cmp(other_bytes) {
                let mut keys = [hex::encode(bytes), hex::encode(other_bytes)];
                if key >= *other {
                    keys.reverse();
                }
                let [left, right] = keys;
                return Err(Error::KeyOrder { left, right });
            }
        }
        let mut memory = match &mut self.last {
            Some((_, memory)) => std::mem::take(memory),
            None => Vec::new(),
        };
        if self.seen.is_multiple_of(ANCHOR_EVERY)
            && let Some((last, _)) = self.last.take()
        {
            self.anchor = Some((last, std::mem::take(&mut memory)));
        }
        self.seen += 1;
        memory.clear();
        memory.extend_from_slice(bytes);
        self.last = Some((key, memory));
        Ok(())
    }
}
