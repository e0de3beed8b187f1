//! Values of unknown type, delimited with the help of their node's hash.
//!
//! The hash covers the length of each value, so ends for which the hash comes out are those that the writer meant,
//! whatever the values are. One value can end in only one place; a few short values have few enough possible ends to
//! try all of them.

use super::Link;
use crate::node::hash::NodeHash;

/// Nodes with more values are not tried.
const MOST_VALUES: usize = 8;

/// The most bytes of values that are hashed, over all tries.
const MOST_HASHED: usize = 1 << 20;

/// A node whose values are not delimited.
pub(super) struct Undivided<'a> {
    pub(super) level: u8,
    /// The hashed bytes of the keys; at least one key.
    pub(super) keys: &'a [&'a [u8]],
    /// One child more than keys.
    pub(super) children: &'a [Link],
    /// The values, one after the other.
    pub(super) values: &'a [u8],
    /// The node's hash.
    pub(super) hash: NodeHash,
}

impl Undivided<'_> {
    /// Where each value ends within `values`, if some ends give the hash and there are not too many to try.
    pub(super) fn ends(&self) -> Option<Vec<usize>> {
        if !self.is_feasible() {
            return None;
        }
        let mut hasher = blake3::Hasher::new();
        hasher.update(&u32::from(self.level).to_le_bytes());
        hasher.update(&(self.keys.len() as u64).to_le_bytes());
        hasher.update(self.children.first()?.hash.as_bytes());
        let mut ends = Vec::with_capacity(self.keys.len());
        self.confirms(&hasher, 0, &mut ends).then_some(ends)
    }

    fn is_feasible(&self) -> bool {
        let (count, length) = (self.keys.len(), self.values.len());
        if count == 0 || count > MOST_VALUES || self.children.len() != count + 1 {
            return false;
        }
        // The number of ways to place the ends of all values but the last: binomial(length + count - 1, count - 1).
        let ways = (1..count).try_fold(1_usize, |ways, end| Some(ways.checked_mul(length + end)? / end));
        count == 1 || ways.and_then(|ways| ways.checked_mul(length.max(1))).is_some_and(|bytes| bytes <= MOST_HASHED)
    }

    /// Tries each end of the value at `ends.len()`, which starts at `start`, and recursively of the values after it.
    /// Returns whether the hash came out; `ends` then holds the ends. `before` has hashed everything up to that value.
    fn confirms(&self, before: &blake3::Hasher, start: usize, ends: &mut Vec<usize>) -> bool {
        let index = ends.len();
        let (Some(key), Some(child)) = (self.keys.get(index), self.children.get(index + 1)) else {
            return NodeHash::from(*before.finalize().as_bytes()) == self.hash;
        };
        let mut before = before.clone();
        before.update(&(key.len() as u64).to_le_bytes());
        before.update(key);
        let is_last = index + 1 == self.keys.len();
        let first = if is_last { self.values.len() } else { start };
        (first..=self.values.len()).any(|end| {
            let value = self.values.get(start..end).unwrap_or_default();
            let mut hasher = before.clone();
            hasher.update(&(value.len() as u64).to_le_bytes());
            hasher.update(value);
            hasher.update(child.hash.as_bytes());
            ends.push(end);
            let found = self.confirms(&hasher, end, ends);
            if !found {
                ends.pop();
            }
            found
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hash of a leaf with these records, as the published crate computes it.
    fn hash(records: &[(&[u8], &[u8])]) -> NodeHash {
        let mut message = Vec::new();
        message.extend(0_u32.to_le_bytes());
        message.extend((records.len() as u64).to_le_bytes());
        message.extend([0; 32]);
        for (key, value) in records {
            for item in [key, value] {
                message.extend((item.len() as u64).to_le_bytes());
                message.extend(*item);
            }
            message.extend([0; 32]);
        }
        blake3::hash(&message).into()
    }

    fn ends(records: &[(&[u8], &[u8])], hash: NodeHash) -> Option<Vec<usize>> {
        let keys: Vec<_> = records.iter().map(|(key, _)| *key).collect();
        let values = records.iter().flat_map(|(_, value)| value.iter().copied()).collect::<Vec<_>>();
        let children = vec![Link::EMPTY; keys.len() + 1];
        Undivided { level: 0, keys: &keys, children: &children, values: &values, hash }.ends()
    }

    #[test]
    fn ends_are_those_that_the_hash_confirms() {
        let records: [(&[u8], &[u8]); 4] = [(b"a", b"123"), (b"b", b""), (b"c", b"4567"), (b"d", b"8")];
        for records in (1..=records.len()).filter_map(|count| records.get(..count)) {
            let mut expected: Vec<usize> = Vec::new();
            for (_, value) in records {
                expected.push(expected.last().unwrap_or(&0) + value.len());
            }
            assert_eq!(ends(records, hash(records)), Some(expected));
            assert_eq!(ends(records, blake3::hash(b"another").into()), None);
        }
    }

    #[test]
    fn too_many_possible_ends_are_not_tried() {
        let long = [7_u8; 1 << 16];
        let one: [(&[u8], &[u8]); 1] = [(b"a", &long)];
        assert_eq!(ends(&one, hash(&one)), Some(vec![long.len()]), "there is one way to end one value");
        let two: [(&[u8], &[u8]); 2] = [(b"a", &long), (b"b", b"x")];
        assert_eq!(ends(&two, hash(&two)), None);
        let many: Vec<(&[u8], &[u8])> = vec![(b"k", b""); 100_000];
        assert_eq!(ends(&many, hash(&many)), None);
    }
}
