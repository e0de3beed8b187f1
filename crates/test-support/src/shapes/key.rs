//! Random keys.

use super::Random;
use super::kind::{WORDS, text};
use crate::published::{Key, Layout, bytes_key, i64_value, string_key, u64_value};

/// Kinds of keys, each with the layouts that take it.
#[derive(Clone, Copy, Debug)]
pub enum KeyKind {
    /// Text.
    Text,
    /// Byte strings.
    Bytes,
    /// Numbers.
    Numbers,
    /// Signed numbers.
    Signed,
    /// Arrays of 16 bytes.
    Array,
    /// Text, and a number that is often the only difference.
    TextAndNumber,
}

impl KeyKind {
    /// All of them.
    pub const ALL: [(Layout, Self); 8] = [
        (Layout::V0_2, Self::Text),
        (Layout::V0_2, Self::Bytes),
        (Layout::Git, Self::Text),
        (Layout::Git, Self::Bytes),
        (Layout::Git, Self::Numbers),
        (Layout::Git, Self::Signed),
        (Layout::Git, Self::Array),
        (Layout::Git, Self::TextAndNumber),
    ];

    /// That many keys, in ascending order.
    pub fn keys(self, layout: Layout, count: u64, random: &mut Random) -> Vec<Key> {
        let stored = |stored: Vec<u8>| Key { hashed: stored.clone(), stored };
        let mut numbers: Vec<u64> = (0..count).map(|_| random.next() >> random.below(50)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        match self {
            Self::Text => {
                let mut texts: Vec<String> =
                    (0..count).map(|id| format!("{}/{id}", WORDS[random.below(16) as usize])).collect();
                texts.sort_unstable();
                texts.iter().map(|text| string_key(layout, text)).collect()
            }
            Self::Bytes => {
                let mut all: Vec<Vec<u8>> =
                    (0..count).map(|id| [random.bytes(id % 9), id.to_be_bytes().to_vec()].concat()).collect();
                all.sort_unstable();
                all.iter().map(|bytes| bytes_key(layout, bytes)).collect()
            }
            Self::Numbers => numbers.iter().map(|number| stored(u64_value(*number))).collect(),
            Self::Signed => {
                let mut signed: Vec<i64> =
                    numbers.iter().map(|number| (*number >> 1) as i64 * if number & 1 == 0 { 1 } else { -1 }).collect();
                signed.sort_unstable();
                signed.dedup();
                signed.iter().map(|number| stored(i64_value(*number))).collect()
            }
            Self::Array => {
                let mut all: Vec<Vec<u8>> = (0..count).map(|_| random.bytes(16)).collect();
                all.sort_unstable();
                all.into_iter().map(stored).collect()
            }
            Self::TextAndNumber => {
                let mut all: Vec<(String, u64)> =
                    (0..count).map(|id| (WORDS[random.below(16) as usize].to_owned(), id * 37)).collect();
                all.sort_unstable();
                all.iter().map(|(name, id)| stored([text(name), u64_value(*id)].concat())).collect()
            }
        }
    }
}
