//! The check of a tree, kept as long as the screen shows the tree, so that it can go on where it was stopped, and other
//! reports know its findings.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use file_mst::open::Opened;
use file_mst::verify::{Finding, Progress, Verify, VerifyOptions};

use crate::model::verify::Sieve;

/// The most findings that are kept; further ones are only counted.
const MOST: usize = 10_000;

/// The check of one tree, if one was begun. Shared by the jobs that work on it and those that look at it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Checked(Arc<Mutex<Option<Check>>>);

#[derive(Debug)]
struct Check {
    verify: Verify,
    sieve: Sieve,
    all_commits: bool,
    so_far: SoFar,
}

/// The result of a check so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct SoFar {
    /// Shared with what is on the screen while more is found.
    pub(crate) findings: Arc<Vec<Finding>>,
    /// The offsets of nodes that are sound, and that only the guessed types do not fit.
    pub(crate) sound: Vec<u64>,
    pub(crate) progress: Progress,
    /// How long was worked on it.
    pub(crate) worked: Duration,
    pub(crate) over: bool,
}

impl Checked {
    fn lock(&self) -> MutexGuard<'_, Option<Check>> {
        // A step that panicked leaves a check that goes on after it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a check, unless one of the same trees was begun before and is not to be done anew.
    pub(crate) fn begin(&self, opened: &Opened, all_commits: bool, anew: bool) {
        let mut check = self.lock();
        if anew || check.as_ref().is_none_or(|check| check.all_commits != all_commits) {
            let options = VerifyOptions { all_commits, ..VerifyOptions::default() };
            let verify = Verify::new(opened, options);
            *check = Some(Check { verify, sieve: Sieve::new(opened), all_commits, so_far: SoFar::default() });
        }
    }

    /// Goes on by a step. False when all is done.
    pub(crate) fn step(&self) -> bool {
        let mut check = self.lock();
        let Some(Check { verify, sieve, so_far, .. }) = check.as_mut() else { return false };
        let began = Instant::now();
        match verify.step() {
            Some(found) if !found.is_empty() => {
                let kept = Arc::make_mut(&mut so_far.findings);
                let found = found.into_iter().filter(|finding| !sieve.is_misfit(finding));
                kept.extend(found.take(MOST.saturating_sub(kept.len())));
            }
            Some(_) => {}
            None => so_far.over = true,
        }
        so_far.progress = sieve.corrected(verify.progress());
        so_far.sound.clone_from(&sieve.sound);
        so_far.worked += began.elapsed();
        !so_far.over
    }

    /// The result so far; none where no check was begun. Waits for a step in hand.
    pub(crate) fn so_far(&self) -> Option<SoFar> {
        self.lock().as_ref().map(|check| check.so_far.clone())
    }
}
