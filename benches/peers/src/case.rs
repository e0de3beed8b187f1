//! The workloads.

use serde::{Deserialize, Serialize};

/// Records of an update, and between two commits.
pub(crate) const BATCH: u32 = 1000;
/// The maximum number of keys that are read.
const GETS: u32 = 100_000;
/// The maximum number of records in the case for slow peers.
const SHORT: u32 = 100_000;

/// A workload.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Case {
    /// All records in random order, one commit.
    Random,
    /// All records in key order, one commit.
    Sorted,
    /// Opening a file whose pages are not in memory, up to the first get.
    Open,
    /// Gets of random keys after reopening.
    Gets,
    /// All records in key order.
    Scan,
    /// The differences of 100 changed records, between two stores opened anew.
    #[serde(rename = "diff-100")]
    Diff100,
    /// The same with 1,000.
    #[serde(rename = "diff-1000")]
    Diff1000,
    /// New values for 1,000 records, one commit.
    Update,
    /// All records in random order, a commit after every 1,000.
    Commits,
    /// The same with at most 100,000 records.
    CommitsShort,
    /// The last commit of the file that [`Case::Commits`] left, written to a new file.
    Compact,
}

/// The files that a case works on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Files {
    /// None yet; the files that the case makes are deleted.
    New,
    /// None yet; the files that the case makes are kept for the later cases.
    Kept,
    /// The files that another case kept.
    Of(Case),
    /// A copy of those.
    CopyOf(Case),
}

impl Case {
    /// All of them, in the order in which they run.
    pub(crate) const ALL: [Self; 11] = [
        Self::Random,
        Self::Sorted,
        Self::Open,
        Self::Gets,
        Self::Scan,
        Self::Diff100,
        Self::Diff1000,
        Self::Update,
        Self::Commits,
        Self::CommitsShort,
        Self::Compact,
    ];

    /// The name on the command line and of the directory.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Sorted => "sorted",
            Self::Open => "open",
            Self::Gets => "gets",
            Self::Scan => "scan",
            Self::Diff100 => "diff-100",
            Self::Diff1000 => "diff-1000",
            Self::Update => "update",
            Self::Commits => "commits",
            Self::CommitsShort => "commits-short",
            Self::Compact => "compact",
        }
    }

    /// The case of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|case| case.name() == name)
    }

    /// A description of the case, as a heading.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Random => "Random-order load, one commit",
            Self::Sorted => "Sorted load, one commit",
            Self::Open => "Open and first get, page cache dropped",
            Self::Gets => "Random gets after reopening, page cache warm",
            Self::Scan => "Full scan, page cache warm",
            Self::Diff100 => "Differences of two stores, 100 changed records",
            Self::Diff1000 => "Differences of two stores, 1,000 changed records",
            Self::Update => "Update of 1,000 records and commit",
            Self::Commits => "Random-order inserts, a commit every 1,000",
            Self::CommitsShort => "The same, 100,000 records",
            Self::Compact => "Compacting what that left to its last commit",
        }
    }

    /// The number of records in the store, if `count` were asked for.
    pub(crate) fn stored(self, count: u32) -> u32 {
        if self == Self::CommitsShort { count.min(SHORT) } else { count }
    }

    /// The number of records that the case handles.
    pub(crate) fn handled(self, count: u32) -> u32 {
        match self {
            Self::Open => 1,
            Self::Gets => count.min(GETS),
            Self::Diff100 => count.min(100),
            Self::Diff1000 => count.min(1000),
            Self::Update => count.min(BATCH),
            _ => self.stored(count),
        }
    }

    /// Whether it works on the files that `other` leaves.
    pub(crate) fn needs(self, other: Self) -> bool {
        matches!(self.files(), Files::Of(case) | Files::CopyOf(case) if case == other)
    }

    /// The files that it works on.
    pub(crate) fn files(self) -> Files {
        match self {
            Self::Random | Self::Commits => Files::Kept,
            Self::Sorted | Self::CommitsShort => Files::New,
            Self::Open | Self::Gets | Self::Scan | Self::Diff100 | Self::Diff1000 => Files::Of(Self::Random),
            Self::Update => Files::CopyOf(Self::Random),
            Self::Compact => Files::Of(Self::Commits),
        }
    }
}
