//! The comparison as a job: what the diff finds, in batches.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use file_mst::diff::{Counts, Item, Side};

use crate::model::diff::changes::LineCount;
use crate::model::diff::entry::Entry;
use crate::model::diff::list::{Batch, Step, push};
use crate::model::diff::pair::Pair;
use crate::model::diff::path::{NodePair, Track};

/// The most differences that are kept to be shown, and the most bytes of them; further ones are only counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) differences: usize,
    pub(crate) bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { differences: 100_000, bytes: 32 << 20 }
    }
}

/// How long a difference may wait before it is sent to the screen.
const PATIENCE: Duration = Duration::from_millis(50);
/// A batch of this many entries is sent at once.
const FULL: usize = 1024;

/// Runs the diff to its end, until `stopped`, or until nobody takes its batches any more. The first difference is sent
/// at once.
pub(crate) fn compare(pair: &Pair, limits: Limits, stopped: &AtomicBool, send: &mut dyn FnMut(Batch) -> bool) {
    let Some(stream) = pair.diff() else {
        let counts = Counts { equal_is_exact: true, ..Counts::default() };
        send(Batch { steps: Vec::new(), counts, cut: false, over: true });
        return;
    };
    let mut stream = stream.with_equal();
    let (mut steps, mut kept, mut bytes, mut cut) = (Vec::new(), 0, 0, false);
    let (mut left, mut right) = (Track::default(), Track::default());
    let mut misfits = pair.misfits();
    let mut sent = Instant::now();
    while let Some(item) = stream.next() {
        if stopped.load(Ordering::Relaxed) {
            return;
        }
        let differs = !matches!(item, Item::Equal(_));
        cut |= differs && (kept == limits.differences || bytes >= limits.bytes);
        if !cut {
            let above = stream.open_nodes(side_of(&item)).last().map(|node| node.level());
            let entry = Entry::of(&item, pair, &mut misfits, above);
            // Where the nodes take up too much, records go on without them.
            let with_nodes = bytes < limits.bytes / 2;
            let follow = |track: &mut Track, side| match with_nodes {
                true => track.follow(stream.open_nodes(side)),
                false => track.follow([].iter()),
            };
            let (left, right) = (follow(&mut left, Side::Left), follow(&mut right, Side::Right));
            kept += usize::from(differs);
            let nodes = [&left, &right].into_iter().flatten().map(|change| change.opened.len()).sum::<usize>();
            // Stretches of the same nodes grow together.
            let grows = !differs && left.is_none() && right.is_none();
            bytes += nodes * size_of::<NodePair>() + if grows { 0 } else { entry.bytes() };
            let lines = LineCount::of(pair, &entry);
            push(&mut steps, Step { entry, lines, left, right });
        }
        if sent.elapsed() >= PATIENCE || steps.len() >= FULL || differs && kept == 1 && !cut {
            let steps = std::mem::take(&mut steps);
            if !send(Batch { steps, counts: stream.counts(), cut, over: false }) {
                return;
            }
            sent = Instant::now();
        }
    }
    send(Batch { steps, counts: stream.counts(), cut, over: true });
}

/// The side whose open nodes hold an item.
fn side_of(item: &Item) -> Side {
    match item {
        Item::OnlyLeft(_) | Item::Changed(..) | Item::WithinTolerance(..) => Side::Left,
        Item::OnlyRight(_) => Side::Right,
        Item::Equal(equal) => equal.side,
        Item::NotCompared(found) => {
            if found.left.is_some() {
                Side::Left
            } else {
                Side::Right
            }
        }
        Item::Damage(damage) => damage.side,
    }
}
