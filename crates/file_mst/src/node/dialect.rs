//! The dialects: which writer's bytes a file holds.

use std::fmt;

/// The size of a page of the published layouts, in bytes. A frame of up to this size never crosses a page boundary.
pub const PAGE: u64 = 4096;

/// Which writer's bytes a file holds.
///
/// The published dialects have the same nodes; they differ in which bytes of a key the level and the node hash
/// see, and in whether the file says where its root is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Dialect {
    /// The published crate `file-mst` 0.2: hashes see a key's content without its length; the root stands nowhere.
    FileMst02,
    /// The later git version of `file-mst`: hashes see a key's postcard bytes; page 0 points to the root.
    FileMstGit,
    /// This library's own file, `docs/FORMAT.md`: keys need no types to be told apart; commit frames name the roots.
    Mst1,
}

impl Dialect {
    /// All dialects of the published layout.
    pub const PUBLISHED: [Self; 2] = [Self::FileMst02, Self::FileMstGit];

    /// Where the first node can stand.
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
