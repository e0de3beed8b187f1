//! The options of a tree.

use std::collections::BTreeMap;

use super::Retain;
use crate::store::{DEFAULT_CACHE_BYTES, FileId};

/// The resources that a tree may use, and the statements of its commits about the records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// The most memory that pending changes may take, in bytes; sorting them takes a fifth more. Beyond it they are
    /// moved to a temporary file as sorted runs, which are merged when they are applied to the tree.
    pub buffer_bytes: usize,
    /// The budget of the node cache, in bytes.
    pub cache_bytes: u64,
    /// The commits that the file keeps; `None` keeps all of them. Only for a tree that was opened by its path.
    pub retain: Option<Retain>,
    /// The types of keys and values, which each commit then carries.
    pub schema: Option<Vec<u8>>,
    /// The hash of the sync contract that the records follow, which each commit then carries.
    pub contract: Option<[u8; 32]>,
    /// The notes of the next commit, by name. Each commit states its own notes: later ones have none unless they are
    /// set again, as by [`TreeWriter::set_notes`](super::TreeWriter::set_notes).
    pub notes: BTreeMap<String, Vec<u8>>,
    /// The id of a new file, for tests whose files must be the same each time. Two files with one id would accept each
    /// other's commits.
    #[doc(hidden)]
    pub file_id: Option<FileId>,
    /// Whether a typed tree refuses a file that holds other types than its own ([`Error::OtherTypes`](crate::Error)).
    ///
    /// If false, the bytes are read as the types of the program, whatever they are: a value may decode to something
    /// other than what was written without any error, keys may be searched in another order than the one in which they
    /// are stored, and commits state the types in [`Options::schema`] for records of other types. Turn it off only for
    /// a file whose schema is wrong, or that is to get another one.
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
