//! Decides when a file is rewritten with only its kept commits, and names the new file.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::node::dialect::PAGE;
use crate::store::{Commit, Commits};

/// The suffix of the new file's name while the kept commits are written to it.
const SUFFIX: &str = ".mst-compacting";

/// The commits that a writer keeps. Nodes that only older commits need are dropped from time to time: when, after a
/// commit, the file is longer than [`Retain::least_bytes`], and longer than twice the bytes of the kept commits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retain {
    /// The number of the newest commits that are kept; at least one.
    pub commits: usize,
    /// A file of up to this many bytes is never rewritten.
    pub least_bytes: u64,
}

impl Retain {
    /// Keeps the last `commits`, in a file that is not rewritten up to 16 MB.
    pub const fn last(commits: usize) -> Self {
        Self { commits, least_bytes: 16 << 20 }
    }
}

/// The bytes that the kept commits take in the file.
#[derive(Debug)]
pub(super) struct Retention {
    pub(super) rule: Retain,
    /// The kept commits, the oldest first.
    kept: VecDeque<Footprint>,
    /// The file is not rewritten again before it is this long: after a failure, and since records that leave much of
    /// their pages unused could take twice their bytes from the start.
    pub(super) not_before: u64,
    pub(super) failure: Option<Error>,
}

/// The bytes of one commit.
#[derive(Debug)]
struct Footprint {
    /// All nodes of its tree, and its frame.
    alone: u64,
    /// Only the nodes that were written for it, and its frame.
    added: u64,
}

impl Footprint {
    fn of(commit: &Commit) -> Self {
        Self {
            alone: commit.totals.bytes.saturating_add(commit.end().saturating_sub(commit.offset)),
            added: commit.end().saturating_sub(commit.tail_start),
        }
    }
}

impl Retention {
    /// Reads the frames of the commits that are kept.
    pub(super) fn new(rule: Retain, commits: Commits) -> Result<Self, Error> {
        let mut kept = VecDeque::new();
        for commit in commits.take(rule.commits.max(1)) {
            kept.push_front(Footprint::of(&commit?));
        }
        Ok(Self { rule, kept, not_before: 0, failure: None })
    }

    /// Adds a new commit, and returns whether the file is now to be rewritten.
    pub(super) fn is_due(&mut self, commit: &Commit) -> bool {
        self.kept.push_back(Footprint::of(commit));
        while self.kept.len() > self.rule.commits.max(1) {
            self.kept.pop_front();
        }
        let length = commit.end();
        length > self.rule.least_bytes && length >= self.not_before && length > self.live().saturating_mul(2)
    }

    /// The length of a file with only the kept commits, without unused room: the whole oldest tree, and the bytes that
    /// each later commit added to it.
    fn live(&self) -> u64 {
        let oldest = self.kept.front().map_or(0, |oldest| oldest.alone);
        self.kept.iter().skip(1).fold(PAGE + oldest, |sum, commit| sum.saturating_add(commit.added))
    }

    /// Records that rewriting a file of this length failed; it is tried again when the file has grown by half.
    pub(super) fn failed(&mut self, length: u64, error: Error) {
        self.not_before = length.saturating_add(length / 2);
        self.failure = Some(error);
    }
}

/// The path of the new file for the kept commits of the file at `path`.
pub(super) fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(SUFFIX);
    name.into()
}

/// Removes the leftover of a dead writer beside the file at `path`, whose lock the caller holds.
pub(super) fn remove_leftover(path: &Path) -> Result<(), Error> {
    match fs::remove_file(beside(path)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::io("remove the unfinished file of a writer that died")(error))
        }
        _ => Ok(()),
    }
}
