//! All runs.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};

use crate::case::Case;
use crate::outcome::Outcome;
use crate::peers::PeerName;
use crate::system;

/// All runs of all cases.
#[derive(Default)]
pub(crate) struct Results {
    runs: BTreeMap<(Case, PeerName), Vec<Outcome>>,
    /// The load of the machine before the first run.
    pub(super) load_before: Option<String>,
}

impl Results {
    /// No results yet.
    pub(crate) fn new() -> Self {
        Self { load_before: system::load(), ..Self::default() }
    }

    /// Adds a run.
    pub(crate) fn add(&mut self, outcome: Outcome) {
        let runs = self.runs.entry((outcome.case, outcome.peer)).or_default();
        runs.push(outcome);
        runs.sort_by(|left, right| left.seconds.total_cmp(&right.seconds));
    }

    /// The total time of the runs of a case.
    pub(crate) fn seconds(&self, case: Case, peer: PeerName) -> f64 {
        self.runs(case, peer).iter().map(|outcome| outcome.seconds).sum()
    }

    /// The runs of a case, the fastest first.
    pub(super) fn runs(&self, case: Case, peer: PeerName) -> &[Outcome] {
        self.runs.get(&(case, peer)).map_or(&[], Vec::as_slice)
    }

    /// The median run of a case.
    pub(super) fn median(&self, case: Case, peer: PeerName) -> Option<&Outcome> {
        let runs = self.runs(case, peer);
        runs.get((runs.len().max(1) - 1) / 2)
    }

    /// How many times faster ours is than a peer: by the medians, and by the fastest runs.
    pub(super) fn faster(&self, case: Case, peer: PeerName) -> Option<Faster> {
        let (ours, other) = (self.median(case, PeerName::Ours)?, self.median(case, peer)?);
        let fastest = |peer| self.runs(case, peer).first().map(|outcome| outcome.seconds);
        let best = fastest(peer)? / fastest(PeerName::Ours)?;
        (ours.stored == other.stored).then(|| Faster { median: other.seconds / ours.seconds, best })
    }

    /// Fails if the same records gave different roots in a tree whose root should depend on nothing else.
    pub(crate) fn check_roots(&self) -> Result<()> {
        let mut first: BTreeMap<(&'static str, u32), &str> = BTreeMap::new();
        for outcome in self.runs.values().flatten() {
            let Some(root) = &outcome.root else { continue };
            let kind = if outcome.peer == PeerName::Memory { "memory" } else { "ours" };
            let expected = *first.entry((kind, outcome.stored)).or_insert(root);
            let (case, peer) = (outcome.case.name(), outcome.peer.name());
            ensure!(root == expected, "{case} of {peer} gave the root {root}, not {expected}");
        }
        Ok(())
    }
}

/// How many times faster ours is than a peer.
#[derive(Clone, Copy)]
pub(super) struct Faster {
    /// By the medians.
    pub(super) median: f64,
    /// By the fastest runs, which other work on the machine disturbed least.
    pub(super) best: f64,
}
