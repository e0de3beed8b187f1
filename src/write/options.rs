//! What a writer may use.

use super::Retain;
use crate::store::DEFAULT_CACHE_BYTES;

/// What a tree may use, and what its commits say of the records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// The most memory that changes may take, in bytes; sorting them takes a fifth more. Beyond it they go to a temporary
    /// file as sorted runs, which are merged when they are applied to the tree.
    pub buffer_bytes: usize,
    /// The budget of the node cache, in bytes.
    pub cache_bytes: u64,
    /// Which commits the file keeps; without it, all of them. Only for a tree that was opened by its path.
    pub retain: Option<Retain>,
    /// The types of keys and values, which each commit then carries.
    pub schema: Option<Vec<u8>>,
    /// The hash of the sync contract that the records follow, which each commit then carries.
    pub contract: Option<[u8; 32]>,
}

impl Default for Options {
    /// 160 MB of buffer and 64 MB of cache; all commits are kept.
    fn default() -> Self {
        Self { buffer_bytes: 160 << 20, cache_bytes: DEFAULT_CACHE_BYTES, retain: None, schema: None, contract: None }
    }
}
