//! What a writer may use.

use std::collections::BTreeMap;

use super::Retain;
use crate::store::{DEFAULT_CACHE_BYTES, FileId};

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
    /// What the first commit that is made carries besides, by name. Each commit states its own notes: later ones have none
    /// unless they are set again, as by [`TreeWriter::set_notes`](super::TreeWriter::set_notes).
    pub notes: BTreeMap<String, Vec<u8>>,
    /// The number of a new file, for tests whose files must be the same each time. Two files of one number would take
    /// each other's commits for their own.
    #[doc(hidden)]
    pub file_id: Option<FileId>,
    /// Whether a typed tree refuses a file that holds other types than its own ([`Error::OtherTypes`](crate::Error)).
    ///
    /// Without it the bytes are read as the types of the program, whatever they are: a value may decode to something else
    /// than was written without any error, keys may be looked for in another order than that in which they stand, and
    /// commits note the types that stand in [`Options::schema`] for records of other ones. It is for a file whose schema
    /// is wrong, or that is to be given another one.
    pub check_types: bool,
}

impl Default for Options {
    /// 160 MB of buffer and 64 MB of cache; all commits are kept; types are checked.
    fn default() -> Self {
        Self {
            buffer_bytes: 160 << 20,
            cache_bytes: DEFAULT_CACHE_BYTES,
            retain: None,
            schema: None,
            contract: None,
            notes: BTreeMap::new(),
            file_id: None,
            check_types: true,
        }
    }
}
