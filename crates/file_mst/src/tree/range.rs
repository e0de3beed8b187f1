//! A part of a tree, record by record, from both ends.

use std::ops::Bound;
use std::sync::Arc;

use super::position::Way;
use super::{NodeRecord, Tree};
use crate::node::{Node, NodeError};

/// The records of a part of a tree, in key order from the front and in reverse from the back. Reads nodes when it comes
/// to them and holds one path for each end. Ends after an error.
#[derive(Clone, Debug)]
pub struct Range {
    tree: Tree,
    /// The positions that are left, from..to.
    from: u64,
    to: u64,
    front: Option<Way>,
    back: Option<Way>,
    /// How much more it may bring into the cache.
    allowance: u64,
}

/// An end of a range.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Front,
    Back,
}

impl Tree {
    /// All records. Reads at most one node before the first record is asked for.
    ///
    /// # Errors
    /// As [`Tree::len`].
    pub fn records(&self) -> Result<Range, NodeError> {
        Ok(self.positions(0, self.len()?))
    }

    /// The records whose keys lie between the bounds. Reads at most `2 * height` nodes to find the ends.
    ///
    /// # Errors
    /// As [`Tree::rank`].
    pub fn range(&self, start: Bound<&[u8]>, end: Bound<&[u8]>) -> Result<Range, NodeError> {
        let from = match start {
            Bound::Unbounded => 0,
            Bound::Included(key) => self.rank(key)?.0,
            Bound::Excluded(key) => {
                let (before, found) = self.rank(key)?;
                before + u64::from(found)
            }
        };
        let to = match end {
            Bound::Unbounded => self.len()?,
            Bound::Excluded(key) => self.rank(key)?.0,
            Bound::Included(key) => {
                let (before, found) = self.rank(key)?;
                before + u64::from(found)
            }
        };
        Ok(self.positions(from, to.max(from)))
    }

    fn positions(&self, from: u64, to: u64) -> Range {
        Range { tree: self.clone(), from, to, front: None, back: None, allowance: self.store.range_allowance() }
    }

    /// The records whose keys begin with `prefix`. Reads at most `2 * height` nodes to find the ends.
    ///
    /// # Errors
    /// As [`Tree::rank`].
    pub fn prefix(&self, prefix: &[u8]) -> Result<Range, NodeError> {
        // The first key behind them: the prefix with its last byte below 255 counted up and the rest cut off.
        let mut behind = prefix.to_vec();
        while let Some(last) = behind.pop() {
            if let Some(last) = last.checked_add(1) {
                behind.push(last);
                return self.range(Bound::Included(prefix), Bound::Excluded(&behind));
            }
        }
        self.range(Bound::Included(prefix), Bound::Unbounded)
    }
}

impl Range {
    /// How many records are left, as the links count them. Every count is proved by the time its records were read.
    pub fn remaining(&self) -> u64 {
        self.to - self.from
    }

    /// Leaves out the next `count` records from the front. Reads nothing now; the next record costs up to `height` nodes.
    pub fn skip_front(&mut self, count: u64) {
        self.from = self.from.saturating_add(count).min(self.to);
        self.front = None;
    }

    /// Leaves out the next `count` records from the back.
    pub fn skip_back(&mut self, count: u64) {
        self.to = self.to.saturating_sub(count).max(self.from);
        self.back = None;
    }

    fn advance_front(&mut self) -> Result<&Way, NodeError> {
        let way = match &mut self.front {
            Some(way) => {
                self.tree.step(way, &mut self.allowance)?;
                way
            }
            none => none.insert(self.tree.way_to(self.from)?),
        };
        self.from += 1;
        Ok(way)
    }

    fn advance_back(&mut self) -> Result<&Way, NodeError> {
        self.to -= 1;
        Ok(match &mut self.back {
            Some(way) => {
                self.tree.step_back(way, &mut self.allowance)?;
                way
            }
            none => none.insert(self.tree.way_to(self.to)?),
        })
    }

    /// What `take` makes of the next record from one end, without the cost of keeping the record's node alive.
    pub(crate) fn take_from<T>(
        &mut self,
        end: End,
        take: impl FnOnce(&Arc<Node>, usize) -> Option<T>,
    ) -> Option<Result<T, NodeError>> {
        if self.from >= self.to {
            return None;
        }
        let way = match end {
            End::Front => self.advance_front(),
            End::Back => self.advance_back(),
        };
        let taken = way.map(|way| way.last().and_then(|(node, index)| take(node, *index))).transpose();
        if !matches!(taken, Some(Ok(_))) {
            self.to = self.from;
        }
        taken
    }
}

fn keep(node: &Arc<Node>, index: usize) -> Option<NodeRecord> {
    NodeRecord::new(Arc::clone(node), index)
}

impl Iterator for Range {
    type Item = Result<NodeRecord, NodeError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.take_from(End::Front, keep)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        // An error ends it early.
        (0, usize::try_from(self.remaining()).ok())
    }

    fn nth(&mut self, n: usize) -> Option<Self::Item> {
        self.skip_front(n as u64);
        self.next()
    }
}

impl DoubleEndedIterator for Range {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.take_from(End::Back, keep)
    }
}
