//! The aims, and whether each is reached.

use std::fmt::Write;

use super::format::{megabytes, number};
use super::results::{Faster, Results};
use crate::case::Case;
use crate::peers::PeerName;

/// "Level" is within a tenth.
const LEVEL: f64 = 0.9;
/// The memory of a process beyond the budget: the program itself, the order of the records, a window of the file.
const BESIDE_THE_BUDGET: u64 = 16 << 20;
/// The budget of [`PeerName::OursSmall`].
const SMALL_BUDGET: u64 = 32 << 20;

/// The aim, the result, and whether it reaches the aim; nothing if it was not measured.
struct Aim {
    aim: &'static str,
    found: Option<(String, bool)>,
}

impl Results {
    /// All aims as a table.
    pub(super) fn aims(&self) -> String {
        let mut table = "## Aims\n\n| aim | found | |\n|---|---|---|\n".to_owned();
        for Aim { aim, found } in self.speeds().into_iter().chain(self.sizes()) {
            let (found, verdict) = match found {
                None => (String::new(), "not measured"),
                Some((found, true)) => (found, "reached"),
                Some((found, false)) => (found, "**not reached**"),
            };
            // Writing to a String cannot fail.
            let _ = writeln!(table, "| {aim} | {found} | {verdict} |");
        }
        table
    }

    fn speeds(&self) -> Vec<Aim> {
        let times = |aim, case, peer, least: f64| {
            let text = |faster: Faster| format!("{:.2} × ({:.2} ×)", faster.median, faster.best);
            let found = self.faster(case, peer).map(|faster| (text(faster), faster.median > least));
            Aim { aim, found }
        };
        vec![
            times("random load faster than LMDB", Case::Random, PeerName::Lmdb, 1.0),
            times("random load over 30 times the published crate", Case::Random, PeerName::Published, 30.0),
            times("sorted load level with LMDB (within a tenth)", Case::Sorted, PeerName::Lmdb, LEVEL),
            times("the same, LMDB with its append flag", Case::Sorted, PeerName::LmdbAppend, LEVEL),
            times("verified gets faster than redb's", Case::Gets, PeerName::Redb, 1.0),
            times("verified scan faster than redb's", Case::Scan, PeerName::Redb, 1.0),
            times(
                "differences, 1,000 changed: 8 times faster than reading both to the end in LMDB",
                Case::Diff1000,
                PeerName::Lmdb,
                8.0,
            ),
            times("the same: half the time of merkle-search-tree in memory", Case::Diff1000, PeerName::Memory, 2.0),
            times("update and commit level with LMDB (within a tenth)", Case::Update, PeerName::Lmdb, LEVEL),
            times("commits every 1,000 faster than LMDB", Case::Commits, PeerName::Lmdb, 1.0),
        ]
    }

    fn sizes(&self) -> Vec<Aim> {
        let ours = |case| self.median(case, PeerName::Ours);
        let record_bytes = |case| Some(ours(case)?.file_bytes? as f64 / f64::from(ours(case)?.stored));
        let growth = || ours(Case::Update).and_then(|outcome| Some(outcome.grown_bytes? / u64::from(outcome.handled)));
        let peak = || self.median(Case::Random, PeerName::OursSmall)?.peak_bytes;
        let sorted = record_bytes(Case::Sorted);
        let random = record_bytes(Case::Random).zip(sorted).map(|(random, sorted)| random / sorted);
        let retained = self.median(Case::Commits, PeerName::OursRetain).and_then(|kept| kept.file_bytes);
        let retained = retained.zip(ours(Case::Random).and_then(|once| once.file_bytes));
        let retained = retained.map(|(kept, once)| kept as f64 / once as f64);
        vec![
            Aim {
                aim: "at most 46.0 bytes a record after a sorted load",
                found: sorted.map(|bytes| (format!("{bytes:.2}"), bytes <= 46.0)),
            },
            Aim {
                aim: "at most 1.10 times that after a random load",
                found: random.map(|ratio| (format!("{ratio:.3} ×"), ratio <= 1.1)),
            },
            Aim {
                aim: "at most 2,500 bytes of file a changed record",
                found: growth().map(|bytes| (number(bytes), bytes <= 2500)),
            },
            Aim {
                aim: "memory bounded by the budget: random load with 32 MB of it, at most 16 MB beside",
                found: peak()
                    .map(|bytes| (format!("{} MB", megabytes(bytes)), bytes <= SMALL_BUDGET + BESIDE_THE_BUDGET)),
            },
            Aim {
                aim: "commits every 1,000 with automatic retention: within twice the size after one commit",
                found: retained.map(|ratio| (format!("{ratio:.2} ×"), ratio <= 2.0)),
            },
        ]
    }
}
