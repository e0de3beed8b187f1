//! The dialects: which writer made a file.

use std::fmt;

/// The size of a page of the published layouts, in bytes. A frame of up to this size never crosses a page boundary.
pub const PAGE: u64 = 4096;

/// The layout of a file, named after its writer.
///
/// The published dialects have the same nodes. They differ in which bytes of a key the level and the node hash are
/// computed from, and in whether the file says where its root is.
///
/// Exhaustive on purpose: a new dialect changes how every byte is read, so each `match` on it has to be revisited.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Dialect {
    /// The published crate `file-mst` 0.2: a key is hashed without its length prefix; the file does not name its root.
    FileMst02,
    /// The later git version of `file-mst`: the postcard bytes of a key are hashed; page 0 points to the root.
    FileMstGit,
    /// This library's own format, `docs/FORMAT.md`: keys can be read without their types; commit frames name the roots.
    Mst1,
}

impl Dialect {
    /// All dialects of the published layout.
    pub const PUBLISHED: [Self; 2] = [Self::FileMst02, Self::FileMstGit];

    /// The offset of the first possible node.
    pub fn first_node(self) -> u64 {
        match self {
            Self::FileMst02 => 0,
            Self::FileMstGit | Self::Mst1 => PAGE,
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::FileMst02 => "file-mst 0.2",
            Self::FileMstGit => "file-mst git",
            Self::Mst1 => "mst 1",
        })
    }
}
