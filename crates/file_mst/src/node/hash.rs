//! Node hashes: 32 bytes of blake3, shown as 64 hex digits.

use std::fmt;
use std::str::FromStr;

/// The hash of a node: blake3 over its level, keys, values and the hashes of its children.
///
/// The hash of the empty tree, and of an absent child, is [`NodeHash::EMPTY`]: 32 zero bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct NodeHash([u8; 32]);

impl NodeHash {
    /// The hash of the empty tree.
    pub const EMPTY: Self = Self([0; 32]);

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether this is the hash of the empty tree.
    pub fn is_empty(&self) -> bool {
        *self == Self::EMPTY
    }

    /// The first 8 hex digits, for display in little space.
    pub fn short(&self) -> String {
        let mut hex = self.to_string();
        hex.truncate(8);
        hex
    }
}

impl AsRef<[u8]> for NodeHash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq<[u8; 32]> for NodeHash {
    fn eq(&self, other: &[u8; 32]) -> bool {
        self.0 == *other
    }
}

impl PartialEq<NodeHash> for [u8; 32] {
    fn eq(&self, other: &NodeHash) -> bool {
        *self == other.0
    }
}

impl From<[u8; 32]> for NodeHash {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl From<NodeHash> for [u8; 32] {
    fn from(hash: NodeHash) -> Self {
        hash.0
    }
}

impl From<blake3::Hash> for NodeHash {
    fn from(hash: blake3::Hash) -> Self {
        Self(*hash.as_bytes())
    }
}

impl fmt::Display for NodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for NodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text is not a hash.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseHashError {
    /// Not 64 digits long.
    #[error("a hash is 64 hex digits, this has {found}")]
    Length {
        /// Its number of characters.
        found: usize,
    },
    /// A character that is not a hex digit.
    #[error("a hash is 64 hex digits, character {position} is {found:?}")]
    Digit {
        /// The position of the character, counted from 1.
        position: usize,
        /// The character.
        found: char,
    },
}

impl FromStr for NodeHash {
    type Err = ParseHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some((at, found)) = text.chars().enumerate().find(|(_, c)| !c.is_ascii_hexdigit()) {
            return Err(ParseHashError::Digit { position: at + 1, found });
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| ParseHashError::Length { found: text.len() })?;
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips() {
        let text = "13c1813f847ea9602145847868a2e6c452ea939a5f327b04a2357f1389135748";
        let hash: NodeHash = text.parse().unwrap();
        assert_eq!(hash.to_string(), text);
        assert_eq!(hash.short(), "13c1813f");
    }

    #[test]
    fn wrong_text_is_named() {
        assert_eq!("13c1".parse::<NodeHash>(), Err(ParseHashError::Length { found: 4 }));
        assert_eq!("13gh".parse::<NodeHash>(), Err(ParseHashError::Digit { position: 3, found: 'g' }));
        assert_eq!("".parse::<NodeHash>(), Err(ParseHashError::Length { found: 0 }));
    }
}
