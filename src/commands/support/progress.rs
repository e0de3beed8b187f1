//! A status line on standard error, overwritten while long work goes on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use file_mst::inspect::store::NodeStore;

use super::output::{stderr_is_terminal, write_over};
use crate::model::text::count;

/// The shortest time between two updates.
const INTERVAL: Duration = Duration::from_millis(200);

/// One task's part of the status line. Nothing is shown unless standard error is a terminal.
pub(crate) struct Progress {
    line: Option<Arc<Mutex<Line>>>,
    /// The index of this task's text in the line.
    part: usize,
    started: Instant,
    updated: Instant,
}

/// The text of each task, and whether the line is on the terminal.
struct Line {
    parts: Vec<String>,
    shown: bool,
}

impl Progress {
    /// The status line of one task.
    pub(crate) fn new() -> Self {
        Self::of_tasks(1)
    }

    /// No status line, whatever standard error is.
    pub(crate) fn none() -> Self {
        let now = Instant::now();
        Self { line: None, part: 0, started: now, updated: now }
    }

    /// Does some work, while another thread shows from time to time what `text` says of it.
    pub(crate) fn watching<T>(text: impl Fn() -> String + Send, work: impl FnOnce() -> T) -> T {
        let mut progress = Self::new();
        if progress.line.is_none() {
            return work();
        }
        thread::scope(|scope| {
            // It is dropped at the end of the work, even by a panic, which ends the thread.
            let (_working, ended) = mpsc::channel::<()>();
            scope.spawn(move || {
                while ended.recv_timeout(INTERVAL) == Err(mpsc::RecvTimeoutError::Timeout) {
                    progress.show_now(text());
                }
            });
            work()
        })
    }

    /// The same, for work that reads the nodes of a file.
    pub(crate) fn reading<T>(store: &NodeStore, work: impl FnOnce() -> T) -> T {
        let before = store.read_counts().nodes;
        Self::watching(|| format!("{} read", count(store.read_counts().nodes - before, "node")), work)
    }

    /// A status line for this many tasks; [`Self::task`] gives each its own part.
    pub(crate) fn of_tasks(tasks: usize) -> Self {
        let line = Line { parts: vec![String::new(); tasks], shown: false };
        let line = stderr_is_terminal().then(|| Arc::new(Mutex::new(line)));
        let now = Instant::now();
        Self { line, part: 0, started: now, updated: now }
    }

    /// The part of the task at `index`.
    pub(crate) fn task(&self, index: usize) -> Self {
        Self { line: self.line.clone(), part: index, started: self.started, updated: Instant::now() }
    }

    /// Shows the text unless the last update was too recent. `text` receives the time since the work started.
    pub(crate) fn show(&mut self, text: impl FnOnce(Duration) -> String) {
        if self.line.is_some() && self.updated.elapsed() >= INTERVAL {
            self.show_now(text(self.started.elapsed()));
        }
    }

    /// Shows the text at once.
    pub(crate) fn show_now(&mut self, text: String) {
        let Some(mut line) = self.line() else { return };
        if let Some(part) = line.parts.get_mut(self.part) {
            *part = text;
        }
        line.shown = true;
        write_over(&line.parts.join("   "));
        drop(line);
        self.updated = Instant::now();
    }

    /// Removes the line from the terminal, so that something else can be written.
    pub(crate) fn clear(&self) {
        if let Some(mut line) = self.line() {
            line.clear();
        }
    }

    fn line(&self) -> Option<MutexGuard<'_, Line>> {
        Some(self.line.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Line {
    fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            write_over("");
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.clear();
    }
}
