//! A version of a tree in a file. [`history`](crate::history) lists the versions of a file, and
//! [`salvage`](crate::salvage) those of a damaged one.

use crate::node::Link;
use crate::store::Commit;

/// A version of a tree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    /// Its root.
    pub root: Link,
    /// The number of its records, if it is known.
    pub records: Option<u64>,
    /// How it was found.
    pub source: Source,
}

/// How a version was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// By its commit.
    Commit(Box<Commit>),
    /// By scanning: a node whose own hash holds, and to which no later node has a link.
    Scan {
        /// Whether the hash was recomputed, which takes the types of keys and values.
        proved: bool,
    },
}

impl Version {
    /// Its commit, if it has one.
    pub fn commit(&self) -> Option<&Commit> {
        match &self.source {
            Source::Commit(commit) => Some(commit),
            Source::Scan { .. } => None,
        }
    }

    /// Where it was finished: the offset of its commit, or of its root.
    pub(crate) fn position(&self) -> u64 {
        self.commit().map_or(self.root.offset, |commit| commit.offset)
    }
}

impl From<Commit> for Version {
    fn from(commit: Commit) -> Self {
        Self { root: commit.root, records: Some(commit.records()), source: Source::Commit(Box::new(commit)) }
    }
}
