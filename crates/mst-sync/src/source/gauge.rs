//! The progress of reading a source.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The progress of reading a source, shared with other threads: bytes of a file, or rows if a database can estimate
/// their number.
#[derive(Clone, Debug, Default)]
pub struct Gauge {
    done: Arc<AtomicU64>,
    total: Option<u64>,
}

impl Gauge {
    pub(super) fn new(total: Option<u64>) -> Self {
        Self { done: Arc::default(), total: total.filter(|total| *total > 0) }
    }

    pub(super) fn add(&self, more: u64) {
        self.done.fetch_add(more, Ordering::Relaxed);
    }

    /// The number of rows of a source with these settings, if it counts rows and knows their number.
    pub(super) fn rows(&self, settings: &super::Settings) -> Option<u64> {
        use super::Settings::{Csv, Mapping, Ndjson};
        self.total.filter(|_| !matches!(settings, Csv { .. } | Ndjson { .. } | Mapping { .. }))
    }

    /// The part that has been read, from 0 to 1; `None` if the total is unknown.
    pub fn part(&self) -> Option<f64> {
        Some((self.done.load(Ordering::Relaxed) as f64 / self.total? as f64).min(1.0))
    }
}
