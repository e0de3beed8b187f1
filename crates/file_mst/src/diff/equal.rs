//! Subtrees that both trees have, which are skipped.

use std::ops::ControlFlow;

use super::cursor::Subtree;
use super::item::{Equal, EqualWhat, Item, Side};
use super::stream::{Diff, GO, Step};

impl Diff {
    /// Skips the two subtrees that come next, which have the same hash.
    pub(super) fn equal_subtrees(&mut self, a: &Subtree, b: &Subtree) -> Step {
        self.drain = None;
        self.left.hole = None;
        self.right.hole = None;
        let (after, before) = if self.with_equal { self.left.around() } else { (None, None) };
        self.left.pass_subtree();
        self.right.pass_subtree();
        let extent = a.link.extent.or(b.link.extent);
        // If an end of the range cuts through the subtree, the records within the range are not counted by the link.
        let cut = (a.low_edge || a.high_edge) && (b.low_edge || b.high_edge);
        let records = extent.map(|extent| extent.records).filter(|_| !cut);
        self.counts.skipped += 1;
        match records {
            Some(records) => self.counts.equal += records,
            None => self.counts.equal_is_exact = false,
        }
        if !self.with_equal {
            return GO;
        }
        let level = extent.map(|extent| extent.level);
        let what = EqualWhat::Subtree { hash: a.link.hash, level, links: (a.link, b.link) };
        ControlFlow::Break(Some(Item::Equal(Equal { what, records, side: Side::Left, after, before })))
    }

    /// If one of two subtrees is one that the other side has opened but not touched, skips both.
    pub(super) fn opened_before(&mut self, a: &Subtree, b: &Subtree) -> Option<Step> {
        let (from, side) = if self.right.pass_opened(&a.link.hash) {
            (a, Side::Left)
        } else if self.left.pass_opened(&b.link.hash) {
            (b, Side::Right)
        } else {
            return None;
        };
        Some(self.equal_to_opened(side, from))
    }

    /// Skips the subtree of `side`, which is equal to one that the other side had opened and has just passed.
    pub(super) fn equal_to_opened(&mut self, side: Side, subtree: &Subtree) -> Step {
        let (after, before) = if self.with_equal { self.cursor(side).around() } else { (None, None) };
        self.cursor(side).pass_subtree();
        let extent = subtree.link.extent;
        self.counts.skipped += 1;
        match extent {
            Some(extent) => self.counts.equal += extent.records,
            None => self.counts.equal_is_exact = false,
        }
        if !self.with_equal {
            return GO;
        }
        let (link, level) = (subtree.link, extent.map(|extent| extent.level));
        let what = EqualWhat::Subtree { hash: link.hash, level, links: (link, link) };
        let records = extent.map(|extent| extent.records);
        ControlFlow::Break(Some(Item::Equal(Equal { what, records, side, after, before })))
    }
}
