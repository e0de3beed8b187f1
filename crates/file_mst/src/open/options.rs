//! The request to open a tree, and the ways to find its root.

use mst_types::Type;

use crate::node::hash::NodeHash;
use crate::store::DEFAULT_CACHE_BYTES;

/// The facts about a tree that are known before it is opened.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// The offset of the root's frame, in bytes.
    pub offset: Option<u64>,
    /// The hash of the root.
    pub hash: Option<NodeHash>,
    /// The number of the commit to open, in a file of ours. In a damaged file it can be any commit that the structure
    /// leads to: [`TreeFile::damage`](crate::TreeFile::damage) then shows that it is not the newest.
    pub commit: Option<u64>,
    /// The type of the keys.
    pub key: Option<Type>,
    /// The type of the values.
    pub value: Option<Type>,
    /// Whether to search thoroughly for types that the file does not name, even if plain types prove all nodes.
    pub thorough: bool,
    /// Whether to keep a given type of the values, or the one that a file of ours names, even if values do not fit it:
    /// for [lenient](mst_types::Strictness::Lenient) decoding. In files of the published dialects strict decoding
    /// delimits the values, so this has no effect.
    pub lenient: bool,
    /// The budget of the node cache, in bytes.
    pub cache_bytes: u64,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            offset: None,
            hash: None,
            commit: None,
            key: None,
            value: None,
            thorough: false,
            lenient: false,
            cache_bytes: DEFAULT_CACHE_BYTES,
        }
    }
}

/// How the root was found.
///
/// Exhaustive on purpose: each source deserves a different degree of trust, which every `match` has to decide.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RootSource {
    /// Offset and hash were given, and the node carries that hash.
    Given,
    /// Only the offset was given: the hash is the one that the node carries.
    OffsetOnly,
    /// The file's own pointer in page 0.
    Pointer,
    /// The hash was given, and the last node of the file carries it.
    LastNode,
    /// The hash was given, and a node that carries it was found by reading the whole file.
    FoundByHash,
    /// The file does not name the root: it is the last node of the file, or the newest root that scanning found.
    Likely,
    /// A root that scanning the file found.
    Scanned,
    /// A commit of the file: the last one, or the one whose root was named.
    Commit,
}
