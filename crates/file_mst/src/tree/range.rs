//! Iterates over a range of records from both ends.

use std::ops::Bound;
use std::sync::Arc;

use super::ahead::Ahead;
use super::position::RecordPath;
use super::{NodeRecord, Tree};
use crate::node::{Node, NodeError};

/// Iterator over a range of records, in key order from the front and in reverse from the back. Reads nodes when it
/// reaches them, and holds one path for each end. Ends after an error.
#[derive(Clone, Debug)]
pub struct Range {
    tree: Tree,
    /// The remaining positions, from..to.
    from: u64,
    to: u64,
    front: Option<RecordPath>,
    back: Option<RecordPath>,
    /// The nodes that were read ahead at each end.
    front_ahead: Ahead,
    back_ahead: Ahead,
    /// The bytes that it may still add to the cache.
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
    /// The same errors as [`Tree::len`].
    pub fn records(&self) -> Result<Range, NodeError> {
        Ok(self.positions(0, self.len()?))
    }

    /// The records whose keys lie between the bounds. Reads at most `2 * height` nodes to find the ends.
    ///
    /// # Errors
    /// The same errors as [`Tree::rank`].
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
        Range {
            tree: self.clone(),
            from,
            to,
            front: None,
            back: None,
            front_ahead: Ahead::default(),
            back_ahead: Ahead::default(),
            allowance: self.store.range_allowance(),
        }
    }

    /// The records whose keys begin with `prefix`. Reads at most `2 * height` nodes to find the ends.
    ///
    /// # Errors
    /// The same errors as [`Tree::rank`].
    pub fn prefix(&self, prefix: &[u8]) -> Result<Range, NodeError> {
        // The first key after them: the prefix cut after its last byte below 255, and that byte incremented.
        let mut after = prefix.to_vec();
        while let Some(last) = after.pop() {
            if let Some(last) = last.checked_add(1) {
                after.push(last);
                return self.range(Bound::Included(prefix), Bound::Excluded(&after));
            }
        }
        self.range(Bound::Included(prefix), Bound::Unbounded)
    }
}

impl Range {
    /// The number of records left, as the links count them. A count is proved once its records have been read.
    pub fn remaining(&self) -> u64 {
        self.to - self.from
    }

    /// Skips the next `count` records from the front. Reads nothing now; the next record costs up to `height` nodes.
    pub fn skip_front(&mut self, count: u64) {
        self.from = self.from.saturating_add(count).min(self.to);
        (self.front, self.front_ahead) = (None, Ahead::default());
    }

    /// Skips the next `count` records from the back.
    pub fn skip_back(&mut self, count: u64) {
        self.to = self.to.saturating_sub(count).max(self.from);
        (self.back, self.back_ahead) = (None, Ahead::default());
    }

    fn advance_front(&mut self) -> Result<&RecordPath, NodeError> {
        let path = match &mut self.front {
            Some(path) => {
                self.tree.step(path, &mut self.front_ahead, self.to - self.from, &mut self.allowance)?;
                path
            }
            none => none.insert(self.tree.path_to(self.from)?),
        };
        self.from += 1;
        Ok(path)
    }

    fn advance_back(&mut self) -> Result<&RecordPath, NodeError> {
        self.to -= 1;
        Ok(match &mut self.back {
            Some(path) => {
                // The record that comes next is no longer counted as one of the remaining.
                let wanted = self.to - self.from + 1;
                self.tree.step_back(path, &mut self.back_ahead, wanted, &mut self.allowance)?;
                path
            }
            none => none.insert(self.tree.path_to(self.to)?),
        })
    }

    /// Maps the next record from one end with `take`, without the cost of keeping the record's node alive.
    pub(crate) fn take_from<T>(
        &mut self,
        end: End,
        take: impl FnOnce(&Arc<Node>, usize) -> Option<T>,
    ) -> Option<Result<T, NodeError>> {
        if self.from >= self.to {
            return None;
        }
        let path = match end {
            End::Front => self.advance_front(),
            End::Back => self.advance_back(),
        };
        let taken = path.map(|path| path.last().and_then(|(node, index)| take(node, *index))).transpose();
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
