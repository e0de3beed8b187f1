//! How far builds are, on standard error, where somebody may be looking.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use mst_sync::ingest::Event;

use super::output::{stderr_is_terminal, write_over};
use crate::model::text::count;

/// How often the line is drawn anew.
const TICK: Duration = Duration::from_millis(250);

/// The line that several builds share.
#[derive(Clone)]
pub(super) struct Progress {
    /// What each build says of itself; none where there is no terminal.
    lines: Option<Arc<Mutex<Vec<String>>>>,
    started: Instant,
}

impl Progress {
    pub(super) fn new(builds: usize) -> Self {
        let lines = stderr_is_terminal().then(|| Arc::new(Mutex::new(vec![String::new(); builds])));
        Self { lines, started: Instant::now() }
    }

    /// What the build at `index` is to be told with.
    pub(super) fn teller(&self, index: usize) -> impl FnMut(&Event<'_>) + use<> {
        let (lines, started) = (self.lines.clone(), self.started);
        let mut drawn = Instant::now();
        move |event| {
            let Some(lines) = &lines else { return };
            let text = match event {
                Event::Rows(..) if drawn.elapsed() < TICK => return,
                Event::Rows(rows, gauge) => said(*rows, gauge.part(), started.elapsed()),
                Event::Sorted => "building the tree".to_owned(),
                _ => return,
            };
            drawn = Instant::now();
            let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(line) = lines.get_mut(index) {
                *line = text;
            }
            write_over(&lines.join("   "));
        }
    }

    /// Takes the line away.
    pub(super) fn clear(&self) {
        if self.lines.is_some() {
            write_over("");
        }
    }
}

/// `1,200,000 rows, 410,000 a second, 12 s left`
fn said(rows: u64, part: Option<f64>, elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64().max(1e-3);
    let rate = count((rows as f64 / seconds) as u64, "row");
    let left = match part {
        Some(part) if part > 0.0 => format!(", {:.0} s left", (seconds / part - seconds).max(0.0)),
        _ => String::new(),
    };
    format!("{}, {rate} a second{left}", count(rows, "row"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_has_a_rate_and_the_time_left() {
        let ten = Duration::from_secs(10);
        assert_eq!(said(1_000_000, Some(0.25), ten), "1,000,000 rows, 100,000 rows a second, 30 s left");
        assert_eq!(said(5000, None, ten), "5,000 rows, 500 rows a second");
    }
}
