//! How far something long is, in a line of the terminal that is written over.

use std::time::{Duration, Instant};

use super::output::{stderr_is_terminal, write_over};

/// How often the line is written.
const TICK: Duration = Duration::from_millis(200);

/// A line on standard error, where a terminal is; else nothing is said.
pub(super) struct Told {
    started: Instant,
    last: Option<Instant>,
    shown: bool,
}

impl Told {
    pub(super) fn new() -> Self {
        Self { started: Instant::now(), last: stderr_is_terminal().then(Instant::now), shown: false }
    }

    /// Writes the line, if it is time to: `words` are told how long it has taken so far.
    pub(super) fn tell(&mut self, words: impl FnOnce(Duration) -> String) {
        if self.last.is_none_or(|last| last.elapsed() < TICK) {
            return;
        }
        self.last = Some(Instant::now());
        self.shown = true;
        write_over(&words(self.started.elapsed()));
    }

    /// Takes the line away, so that something else can be written.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            write_over("");
        }
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.clear();
    }
}
