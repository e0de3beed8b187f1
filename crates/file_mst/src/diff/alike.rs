//! What two open nodes have alike, passed over in one go.

use std::cmp::Ordering;

use super::cursor::{Cursor, Frame};
use super::stream::Diff;
use crate::node::Record;

/// What comes next on both sides and is the same.
#[derive(Default)]
struct Alike {
    positions: usize,
    subtrees: u64,
    /// Records in these subtrees and beside them.
    records: u64,
    /// The last record, by its index on either side.
    last: Option<(usize, usize)>,
}

impl Diff {
    /// Passes over the records and subtrees that come next on both sides and are the same. A record out of order is left
    /// to be reported.
    pub(super) fn pass_alike(&mut self) {
        let (Some(left), Some(right)) = (self.left.frames.last(), self.right.frames.last()) else { return };
        let alike = Alike::find(&self.left, left, &self.right, right);
        self.counts.skipped += alike.subtrees;
        self.counts.equal += alike.records;
        let (left, right) = alike.last.unzip();
        let something = alike.records > 0;
        self.left.advance(alike.positions, left, something);
        self.right.advance(alike.positions, right, something);
    }
}

impl Alike {
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
