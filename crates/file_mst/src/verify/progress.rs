//! The options and the progress of a check.

use super::finding::{Finding, Severity};

/// The options of a check.
#[derive(Clone, Debug, Default)]
pub struct VerifyOptions {
    /// Check the trees of all commits of a file of ours, instead of only the opened one.
    pub all_commits: bool,
    /// Skip the subtrees that end before this place.
    pub from: Option<StartAt>,
    /// The number of threads that visit nodes; 0 for one per core.
    pub threads: usize,
}

/// The place where a check begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StartAt {
    /// At a key, in the form in which the file stores keys.
    Key(Vec<u8>),
    /// At the node at this offset, in bytes.
    Node(u64),
}

/// The progress of a check.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// Nodes that were checked, including the empty ones of the published dialects.
    pub nodes: u64,
    /// Bytes of their frames.
    pub bytes: u64,
    /// Keys in them.
    pub records: u64,
    /// Commit frames that were checked.
    pub commits: u64,
    /// Nodes that were not read again, since another commit's tree has them too.
    pub shared: u64,
    /// The number of nodes to check, if a commit states it.
    pub nodes_expected: Option<u64>,
    /// The most bytes to check.
    pub bytes_expected: u64,
    /// Findings that are errors.
    pub errors: u64,
    /// Findings that are warnings.
    pub warnings: u64,
    /// Findings that are notes.
    pub notes: u64,
    /// Nodes whose values, or keys and values, could not be delimited because their types are unknown: their hashes
    /// were not checked, nor the levels and the order of unknown keys.
    pub opaque: u64,
    /// Nodes and commits that the system could not read.
    pub unread: u64,
}

impl Progress {
    /// The number of findings.
    pub fn findings(&self) -> u64 {
        self.errors + self.warnings + self.notes
    }

    /// Whether there are no errors and no warnings.
    pub fn is_valid(&self) -> bool {
        self.errors + self.warnings == 0
    }

    /// Whether everything requested could be checked.
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
