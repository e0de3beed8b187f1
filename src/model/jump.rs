//! Places in a file that one can go to.

use file_mst::history::Version;

/// A place in a file to go to.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Jump {
    /// The record of this key, in the form in which the file stores it, or where it would stand.
    Key(Vec<u8>),
    /// The record by its number, counted from 0.
    Nth(u64),
    /// The node that begins here, or the one that holds this byte.
    Offset(u64),
    /// The node at the end of this path: the offsets from the root on. `key` is the index of the record to select in
    /// it.
    Path { offsets: Vec<u64>, key: Option<usize> },
    /// The node whose hash begins with these hex digits.
    Hash(String),
    /// The tree of another version.
    Version(Box<Version>),
}
