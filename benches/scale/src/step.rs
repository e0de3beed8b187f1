//! One step at one size, in a process of its own, so that its memory is known.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;

use crate::outcome::Outcome;
use crate::{floor, system, tree};

/// A thing to measure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
    /// Hashing what a build hashes, and nothing else.
    Hash,
    /// Writing as many bytes as a build writes, and nothing else.
    Write,
    /// Building the tree from records in key order.
    Build,
    /// 100,000 gets of random keys.
    Gets,
    /// 1,000 random positions.
    Nth,
    /// New values for 1,000 random records, one commit.
    Update,
    /// The differences between the two commits.
    Diff,
    /// Every rule of the format on every node.
    Verify,
    /// Copying the file.
    Copy,
    /// Compacting the file to its last commit.
    Compact,
}

impl Step {
    /// All of them, in the order in which they run.
    pub(crate) const ALL: [Self; 10] = [
        Self::Hash,
        Self::Write,
        Self::Build,
        Self::Gets,
        Self::Nth,
        Self::Update,
        Self::Diff,
        Self::Verify,
        Self::Copy,
        Self::Compact,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Hash => "hash",
            Self::Write => "write",
            Self::Build => "build",
            Self::Gets => "gets",
            Self::Nth => "nth",
            Self::Update => "update",
            Self::Diff => "diff",
            Self::Verify => "verify",
            Self::Copy => "copy",
            Self::Compact => "compact",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    /// Whether it needs room for another file of the tree's size.
    pub(crate) fn doubles(self) -> bool {
        matches!(self, Self::Write | Self::Copy | Self::Compact)
    }
}

/// A step to run, and where.
pub(crate) struct Job {
    pub(crate) step: Step,
    pub(crate) records: u64,
    pub(crate) directory: PathBuf,
}

impl Job {
    pub(crate) fn file(&self) -> PathBuf {
        self.directory.join("tree.mst")
    }

    /// The file of a step that makes another one. It is gone when the step is over.
    fn other(&self) -> PathBuf {
        self.directory.join("other")
    }

    pub(crate) fn run(&self) -> Result<Outcome> {
        let (file, other, records) = (self.file(), self.other(), self.records);
        let _ = std::fs::remove_file(&other);
        let mut outcome = match self.step {
            Step::Hash => floor::hash(records),
            Step::Write => floor::write(records, &other)?,
            Step::Build => tree::build(records, &file)?,
            Step::Gets => tree::gets(records, &file)?,
            Step::Nth => tree::nth(records, &file)?,
            Step::Update => tree::update(records, &file)?,
            Step::Diff => tree::diff_commits(records, &file)?,
            Step::Verify => tree::verify(records, &file)?,
            Step::Copy => floor::copy(&file, &other)?,
            Step::Compact => tree::compact(records, &file, &other)?,
        };
        let _ = std::fs::remove_file(&other);
        outcome.peak_bytes = system::peak_bytes("self");
        Ok(outcome)
    }
}

/// Times `work`, whose result is dropped after the clock has stopped.
pub(crate) fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(Outcome, T)> {
    let start = Instant::now();
    let result = work()?;
    Ok((Outcome { seconds: start.elapsed().as_secs_f64(), ..Outcome::default() }, result))
}
