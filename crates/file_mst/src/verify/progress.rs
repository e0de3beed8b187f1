//! What a check is asked, and how far it is.

use super::finding::{Finding, Severity};

/// What is to be checked.
#[derive(Clone, Debug, Default)]
pub struct VerifyOptions {
    /// The trees of all commits of a file of ours, instead of the one that was opened.
    pub all_commits: bool,
    /// Leave out the subtrees that end before this place.
    pub from: Option<From>,
    /// How many threads look at nodes; 0 for as many as there are cores.
    pub threads: usize,
}

/// Where to begin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum From {
    /// At a key, in the form in which the file stores keys.
    Key(Vec<u8>),
    /// At the node at this offset, in bytes.
    Node(u64),
}

/// How far a check is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// Nodes that were looked at; the empty ones of the published dialects included.
    pub nodes: u64,
    /// Bytes of their frames.
    pub bytes: u64,
    /// Keys in them.
    pub records: u64,
    /// Commit frames that were looked at.
    pub commits: u64,
    /// Nodes that were not read again, since another commit's tree has them too.
    pub shared: u64,
    /// How many nodes there are to look at, where a commit says so.
    pub nodes_expected: Option<u64>,
    /// How many bytes there are to look at, at most.
    pub bytes_expected: u64,
    /// Findings that are errors.
    pub errors: u64,
    /// Findings that are warnings.
    pub warnings: u64,
    /// Findings that are notes.
    pub notes: u64,
    /// Nodes whose values, or keys and values, could not be told apart, since their types are unknown: of these the hash was not
    /// checked, and of keys that are unknown neither levels nor order.
    pub opaque: u64,
    /// Nodes and commits that the system could not read.
    pub unread: u64,
}

impl Progress {
    /// How many findings there are.
    pub fn findings(&self) -> u64 {
        self.errors + self.warnings + self.notes
    }

    /// Whether nothing was found that weighs more than a note.
    pub fn is_valid(&self) -> bool {
        self.errors + self.warnings == 0
    }

    /// Whether everything that was asked for could be checked.
    pub fn is_whole(&self) -> bool {
        self.opaque + self.unread == 0
    }

    pub(super) fn count(&mut self, finding: &Finding) {
        match finding.severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Note => self.notes += 1,
        }
    }
}
