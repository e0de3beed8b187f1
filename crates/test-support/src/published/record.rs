//! Records as the published crate sees them: a key has one form on disk and, in 0.2, another in the hash.

use super::postcard::{bytes_value, string_value, u64_value};

/// Which of the two published layouts to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Release 0.2.0: nothing but nodes from offset 0 on; the caller keeps the root. Only the content of a key is
    /// hashed.
    V0_2,
    /// The later git history: page 0 holds the root's offset and hash. The postcard bytes of a key are hashed.
    Git,
}

/// A key in both its forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The postcard bytes in the node.
    pub stored: Vec<u8>,
    /// The bytes that determine the level and the node hash.
    pub hashed: Vec<u8>,
}

impl Key {
    fn new(layout: Layout, stored: Vec<u8>, content: &[u8]) -> Self {
        let hashed = match layout {
            Layout::V0_2 => content.to_vec(),
            Layout::Git => stored.clone(),
        };
        Self { stored, hashed }
    }
}

/// A `String` key.
pub fn string_key(layout: Layout, text: &str) -> Key {
    Key::new(layout, string_value(text), text.as_bytes())
}

/// A `Vec<u8>` key.
pub fn bytes_key(layout: Layout, bytes: &[u8]) -> Key {
    Key::new(layout, bytes_value(bytes), bytes)
}

/// A `u64` key, which only [`Layout::Git`] accepts: a varint. Note that varints do not sort like their numbers.
pub fn u64_key(number: u64) -> Key {
    let stored = u64_value(number);
    Key { hashed: stored.clone(), stored }
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The key's postcard bytes in the node.
    pub key_stored: Vec<u8>,
    /// The key's bytes that determine the level and the node hash.
    pub key_hashed: Vec<u8>,
    /// The value's postcard bytes, stored and hashed alike.
    pub value: Vec<u8>,
}

impl Record {
    /// A record of a key and the postcard bytes of a value.
    pub fn new(key: Key, value: Vec<u8>) -> Self {
        Self { key_stored: key.stored, key_hashed: key.hashed, value }
    }
}
