//! The comparison as a job: what the diff finds, in batches.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use file_mst::diff::{Item, diff};

use crate::view::drift::entry::{Entry, push};
use crate::view::drift::found::Batch;
use crate::view::drift::pair::Pair;

/// The most differences that are kept to be shown, and the most bytes of them; behind these is only counted.
#[derive(Clone, Copy, Debug)]
pub(in crate::tui) struct Most {
    pub(in crate::tui) differences: usize,
    pub(in crate::tui) bytes: usize,
}

impl Default for Most {
    fn default() -> Self {
        Self { differences: 100_000, bytes: 32 << 20 }
    }
}

/// How long what was found may wait to be seen.
const PATIENCE: Duration = Duration::from_millis(50);
/// A batch is sent at this many entries, however soon.
const FULL: usize = 1024;

/// Runs the diff to its end, until `stopped`, or until nobody takes its batches any more. The first difference is sent at
/// once.
pub(in crate::tui) fn compare(pair: &Pair, most: Most, stopped: &AtomicBool, send: &mut dyn FnMut(Batch) -> bool) {
    let mut stream = diff(&pair.left.tree, &pair.right.tree).with_equal();
    let (mut entries, mut kept, mut bytes, mut cut) = (Vec::new(), 0, 0, false);
    let mut sent = Instant::now();
    while let Some(item) = stream.next() {
        if stopped.load(Ordering::Relaxed) {
            return;
        }
        let differs = !matches!(item, Item::Equal(_));
        cut |= differs && (kept == most.differences || bytes >= most.bytes);
        if !cut {
            let entry = Entry::of(&item, pair);
            kept += usize::from(differs);
            bytes += entry.bytes();
            push(&mut entries, entry);
        }
        if sent.elapsed() >= PATIENCE || entries.len() >= FULL || differs && kept == 1 && !cut {
            let entries = std::mem::take(&mut entries);
            if !send(Batch { entries, counts: stream.counts(), cut, over: false }) {
                return;
            }
            sent = Instant::now();
        }
    }
    send(Batch { entries, counts: stream.counts(), cut, over: true });
}
