//! Skips the equal parts of two open nodes at once.

use std::cmp::Ordering;

use super::cursor::{Cursor, Frame};
use super::stream::Diff;
use crate::node::Record;

/// The equal positions that come next on both sides.
#[derive(Default)]
struct EqualRun {
    positions: usize,
    subtrees: u64,
    /// Records in these subtrees and between them.
    records: u64,
    /// The indices of the last record on both sides.
    last: Option<(usize, usize)>,
}

impl Diff {
    /// Skips and counts the records and subtrees that come next on both sides and are equal. Stops before a record out
    /// of order, which is reported by the normal steps.
    pub(super) fn skip_equal(&mut self) {
        let (Some(left), Some(right)) = (self.left.frames.last(), self.right.frames.last()) else { return };
        let run = EqualRun::find(&self.left, left, &self.right, right);
        self.counts.skipped += run.subtrees;
        self.counts.equal += run.records;
        let (left, right) = run.last.unzip();
        let any = run.records > 0;
        self.left.advance(run.positions, left, any);
        self.right.advance(run.positions, right, any);
    }
}

impl EqualRun {
    fn find(left: &Cursor, left_frame: &Frame, right: &Cursor, right_frame: &Frame) -> Self {
        let reversed = left.keys.reversed();
        let mut found = Self::default();
        let mut before = (left.last_key(), right.last_key());
        loop {
            let positions =
                left_frame.ahead(found.positions, reversed).zip(right_frame.ahead(found.positions, reversed));
            let Some((at_left, at_right)) = positions.filter(|(left, right)| left % 2 == right % 2) else {
                return found;
            };
            if at_left.is_multiple_of(2) {
                match (left_frame.child(at_left), right_frame.child(at_right)) {
                    (None, None) => {}
                    (Some(a), Some(b)) if a.hash == b.hash => {
                        found.subtrees += 1;
                        found.records += a.extent.map_or(0, |extent| extent.records);
                    }
                    _ => return found,
                }
            } else {
                let (index, other) = (at_left / 2, at_right / 2);
                let records = left_frame.node.record(index).zip(right_frame.node.record(other));
                let Some((a, b)) = records.filter(|(a, b)| a.stored_key == b.stored_key && a.value == b.value) else {
                    return found;
                };
                let rises = |before: Option<&[u8]>, record: &Record<'_>| {
                    before.is_none_or(|before| left.keys.travel(before, record.stored_key) == Ordering::Less)
                };
                if !rises(before.0, &a) || !rises(before.1, &b) {
                    return found;
                }
                before = (Some(a.stored_key), Some(b.stored_key));
                found.records += 1;
                found.last = Some((index, other));
            }
            found.positions += 1;
        }
    }
}
