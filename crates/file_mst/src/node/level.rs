//! The level of a key, which determines its place in the tree.

use crate::node::hash::NodeHash;

/// The highest level a key can have: every hex digit of its hash is zero.
pub const MAX_LEVEL: u8 = 64;

/// The level of a key: the number of leading zero hex digits of blake3(key bytes), 0 to [`MAX_LEVEL`].
///
/// A key is thus of level `n` or higher with probability 16⁻ⁿ (Auvolat and Taïani, *Merkle Search Trees*,
/// SRDS 2019, section III, with base 16).
pub fn level_of(key: &[u8]) -> u8 {
    leading_zero_digits(&blake3::hash(key).into())
}

/// The levels of many keys, which are hashed together.
pub(crate) fn levels_of(keys: &[&[u8]]) -> Vec<u8> {
    let mut hashes = Vec::new();
    blake3_lanes::Batch::default().hash_each(keys, &mut hashes);
    hashes.into_iter().map(|hash| leading_zero_digits(&hash.into())).collect()
}

fn leading_zero_digits(hash: &NodeHash) -> u8 {
    let mut digits = 0;
    for byte in hash.as_bytes() {
        match byte {
            0 => digits += 2,
            1..=15 => return digits + 1,
            _ => return digits,
        }
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_counted_one_by_one() {
        let with = |first: u8, second: u8| {
            let mut bytes = [0xff; 32];
            bytes[0] = first;
            bytes[1] = second;
            leading_zero_digits(&bytes.into())
        };
        assert_eq!(with(0x10, 0), 0);
        assert_eq!(with(0x0f, 0), 1);
        assert_eq!(with(0, 0x10), 2);
        assert_eq!(with(0, 0x01), 3);
        assert_eq!(leading_zero_digits(&NodeHash::EMPTY), MAX_LEVEL);
    }

    #[test]
    fn levels_follow_the_published_rule() {
        // The root of the upstream file config.mst is a node of level 1 with this one key.
        assert_eq!(level_of(b"service.08.tier"), 1);
    }
}
