//! The stream of differences: a merge of two cursors.
//!
//! Each step looks at the next part of both trees and does one of the following:
//!
//! ```text
//!   left head    right head    step
//!   subtree T    subtree T     equal hashes: skip both unread
//!   subtree A    subtree B     if the other tree has A (or B) later: drain what stands before it there;
//!                              otherwise open the higher one, or both if their levels are equal
//!   subtree A    record b      likewise: drain to A, or open A
//!   record a     record b      compare keys, then values
//!   any          end           open it, or report its record as one that only this side has
//! ```
//!
//! "Has A later" is answered by [`stands_in`], which reads no node that both trees have. So exactly the nodes are
//! opened that only one tree has.

use std::cmp::Ordering;
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use super::by_value::ByValue;
use super::cursor::{Cursor, Head, Subtree};
use super::item::{Counts, Damage, Equal, EqualWhat, Item, Side};
use super::keys::same_hash_rule;
use super::left_out::LeftOut;
use super::prefetch::{Opened, Prefetch};
use super::search::{Target, stands_in};
use super::tolerance::Tolerances;
use super::withheld::{self, Withheld};
use crate::node::SubtreeSummary;
use crate::node::dialect::Dialect;
use crate::node::hash::NodeHash;
use crate::tree::{NodeRecord, Tree};

/// Iterator over the differences of two trees, in key order; made by [`diff`].
///
/// Reads nodes when it reaches them. Holds one path of each tree, and the nodes that it has read ahead.
#[derive(Debug)]
pub struct Diff {
    pub(super) left: Cursor,
    pub(super) right: Cursor,
    /// Whether equal hashes mean equal records.
    pub(super) prune: bool,
    pub(super) with_equal: bool,
    /// Everything that this side has before the subtree with this hash, which comes next on the other side, exists on
    /// this side only.
    pub(super) drain: Option<(Side, NodeHash)>,
    pub(super) counts: Counts,
    /// If equal bytes have different meanings in the two trees: how records are compared by meaning.
    by_value: Option<Arc<ByValue>>,
    /// How far values may lie apart without being drift.
    tolerances: Option<Arc<Tolerances>>,
    /// Keys that were left out when the trees were built.
    withheld: Option<Box<Withheld>>,
    prefetch: Prefetch,
}

/// The differences of two trees, in one file or two, of any dialects, shapes and heights. Reads nothing yet.
///
/// Keys are compared in their common form ([`common_key`](super::common_key)), values as bytes. Two trees of one
/// published dialect must have been opened with the same types, since their hashes do not cover the types. In two trees
/// of our own format exactly those nodes are read that only one of them has, see `docs/DIFF.md`; since links of the
/// published dialects do not state a level, a few more are read there.
pub fn diff(left: &Tree, right: &Tree) -> Diff {
    Diff {
        prune: same_hash_rule(left.store().codec(), right.store().codec()),
        left: Cursor::new(Side::Left, left.clone()),
        right: Cursor::new(Side::Right, right.clone()),
        with_equal: false,
        drain: None,
        counts: Counts { equal_is_exact: true, ..Counts::default() },
        by_value: None,
        tolerances: None,
        withheld: None,
        prefetch: Prefetch::default(),
    }
}

/// [`diff`] of two trees whose types differ: all records of both are read, decoded and compared by meaning.
pub(super) fn diff_by_value(left: &Tree, right: &Tree, by_value: Arc<ByValue>) -> Diff {
    let mut diff = diff(left, right);
    diff.prune = false;
    if let Some(keys) = &by_value.keys {
        diff.left.keys.compare_by_value(Side::Left, Arc::clone(keys));
        diff.right.keys.compare_by_value(Side::Right, Arc::clone(keys));
    }
    diff.by_value = Some(by_value);
    diff
}

/// The result of one step: continue, an item, or (`Break(None)`) the end.
pub(super) type Step = ControlFlow<Option<Item>>;

pub(super) const GO: Step = ControlFlow::Continue(());

impl Diff {
    /// Restricts the diff to keys within these bounds, given in the form in which keys are compared: the common form
    /// ([`common_key`](super::common_key)), or the result of [`Diff::key_form`]. To be called before the first item is
    /// requested, like the other options.
    #[must_use]
    pub fn range(mut self, start: Bound<&[u8]>, end: Bound<&[u8]>) -> Self {
        for cursor in [&mut self.left, &mut self.right] {
            cursor.keys.bounds = (start.map(<[u8]>::to_vec), end.map(<[u8]>::to_vec));
        }
        self
    }

    /// Runs the diff from the last key to the first.
    #[must_use]
    pub fn reversed(mut self) -> Self {
        self.left.keys.reverse();
        self.right.keys.reverse();
        self
    }

    /// Reports keys that were left out when the trees were built as [`Item::NotCompared`], whatever records the trees
    /// have. If values are counts of rows (`counts_rows`), a count may be too low by the rows without a readable key.
    #[must_use]
    pub(super) fn leaving_out(mut self, trees: (Tree, Tree), lists: (LeftOut, LeftOut), counts_rows: bool) -> Self {
        let has_own_keys = !self.left.keys.is_by_value();
        self.withheld = Some(Box::new(Withheld::new(trees, lists, (has_own_keys, counts_rows))));
        self
    }

    /// Reports records that differ by no more than these tolerances as [`Item::WithinTolerance`].
    #[must_use]
    pub(super) fn tolerating(mut self, tolerances: &Tolerances) -> Self {
        self.tolerances = (!tolerances.is_empty()).then(|| Arc::new(tolerances.clone()));
        self
    }

    /// Continues after `key`, in the direction of travel: after [`Diff::reversed`] with the keys below it.
    #[must_use]
    pub fn resume_after(mut self, key: &[u8]) -> Self {
        for cursor in [&mut self.left, &mut self.right] {
            let bound = Bound::Excluded(key.to_vec());
            if cursor.keys.reversed() {
                cursor.keys.bounds.1 = bound;
            } else {
                cursor.keys.bounds.0 = bound;
            }
        }
        self
    }

    /// Yields [`Item::Equal`] too.
    #[must_use]
    pub fn with_equal(mut self) -> Self {
        self.with_equal = true;
        self
    }

    /// Converts a key as the tree of `side` stores it to the form in which keys are compared.
    pub fn key_form<'a>(&self, side: Side, stored_key: &'a [u8]) -> std::borrow::Cow<'a, [u8]> {
        match side {
            Side::Left => self.left.keys.form(stored_key),
            Side::Right => self.right.keys.form(stored_key),
        }
    }

    /// The counts so far. Items that are not yielded count too.
    pub fn counts(&self) -> Counts {
        let (left, right) = (self.left.counts.clone(), self.right.counts.clone());
        let mut counts = Counts { left, right, ..self.counts.clone() };
        if let Some(withheld) = &self.withheld {
            withheld.correct(&mut counts);
        }
        counts
    }

    /// Whether equal hashes in the two trees mean equal records. If not, both trees are read completely.
    pub fn prunes(&self) -> bool {
        self.prune
    }

    pub(super) fn cursor(&mut self, side: Side) -> &mut Cursor {
        match side {
            Side::Left => &mut self.left,
            Side::Right => &mut self.right,
        }
    }

    /// Whether equal parts need only be counted: they are not yielded, no end of a range cuts through them, and keys
    /// are stored in the form in which they are compared.
    fn only_counts_equal(&self) -> bool {
        let unbounded = |cursor: &Cursor| cursor.hole.is_none() && cursor.keys.is_unbounded();
        !self.with_equal
            && self.prune
            && self.drain.is_none()
            && unbounded(&self.left)
            && unbounded(&self.right)
            && self.counts_records()
    }

    /// The next item, without regard to left-out keys.
    pub(super) fn next_found(&mut self) -> Option<Item> {
        loop {
            match self.step() {
                ControlFlow::Continue(()) => {}
                ControlFlow::Break(found) => return found,
            }
        }
    }

    fn step(&mut self) -> Step {
        if self.only_counts_equal() {
            self.skip_equal();
        }
        let (left, right) = (self.left.head(), self.right.head());
        if self.prune
            && let (Head::Subtree(a), Head::Subtree(b)) = (&left, &right)
            && a.link.hash == b.link.hash
        {
            return self.equal_subtrees(a, b);
        }
        if let Some((side, _)) = self.drain {
            return self.drain(side);
        }
        for (side, head) in [(Side::Left, &left), (Side::Right, &right)] {
            if let Some(end) = self.cursor(side).hole.clone() {
                return self.skip_in_hole(side, head, end.as_deref());
            }
        }
        match (left, right) {
            (Head::End, Head::End) => ControlFlow::Break(None),
            (Head::Subtree(a), Head::Subtree(b)) if self.prune => self.two_subtrees(&a, &b),
            (Head::Subtree(a), Head::Record(record)) => self.record_and_subtree(&record, &a, Side::Left),
            (Head::Record(record), Head::Subtree(b)) => self.record_and_subtree(&record, &b, Side::Right),
            (Head::Subtree(a), _) => self.open(Side::Left, &a),
            (_, Head::Subtree(b)) => self.open(Side::Right, &b),
            (Head::Record(a), Head::End) => self.only(Side::Left, a),
            (Head::End, Head::Record(b)) => self.only(Side::Right, b),
            (Head::Record(a), Head::Record(b)) => self.two_records(a, b),
        }
    }

    fn two_records(&mut self, a: NodeRecord, b: NodeRecord) -> Step {
        let order = self.left.keys.travel(&self.left.keys.of(&a), &self.right.keys.of(&b));
        match order {
            Ordering::Less => return self.only(Side::Left, a),
            Ordering::Greater => return self.only(Side::Right, b),
            Ordering::Equal => {}
        }
        let disorder = self.left.pass_record(&a).or(self.right.pass_record(&b));
        if let Some(damage) = disorder {
            return self.damage(damage);
        }
        let equal = match &self.by_value {
            None => Some(a.bytes().value == b.bytes().value),
            Some(by) => by.values.equal(a.bytes().value, b.bytes().value),
        };
        let Some(equal) = equal else {
            self.counts.undecodable += 1;
            return GO;
        };
        if !equal && self.is_within_tolerance(a.bytes().value, b.bytes().value) {
            self.counts.within_tolerance += 1;
            return ControlFlow::Break(Some(Item::WithinTolerance(a, b)));
        }
        if !equal {
            self.counts.changed += 1;
            return ControlFlow::Break(Some(Item::Changed(a, b)));
        }
        self.counts.equal += 1;
        if !self.with_equal {
            return GO;
        }
        let what = EqualWhat::Record(a, b);
        ControlFlow::Break(Some(Item::Equal(Equal {
            what,
            records: Some(1),
            side: Side::Left,
            after: None,
            before: None,
        })))
    }

    fn is_within_tolerance(&self, left: &[u8], right: &[u8]) -> bool {
        let Some(tolerances) = &self.tolerances else { return false };
        tolerances.cover_stored(left, right, self.by_value.as_deref())
    }

    /// The record that comes next on `side`, which the other side does not have.
    fn only(&mut self, side: Side, record: NodeRecord) -> Step {
        if let Some(damage) = self.cursor(side).pass_record(&record) {
            return self.damage(damage);
        }
        if !self.cursor(side).keys.is_readable(record.bytes().stored_key) {
            self.counts.undecodable += 1;
            return GO;
        }
        ControlFlow::Break(Some(match side {
            Side::Left => {
                self.counts.only_left += 1;
                Item::OnlyLeft(record)
            }
            Side::Right => {
                self.counts.only_right += 1;
                Item::OnlyRight(record)
            }
        }))
    }

    fn damage(&mut self, damage: Box<Damage>) -> Step {
        self.counts.damaged += 1;
        ControlFlow::Break(Some(Item::Damage(damage)))
    }

    /// Takes the part that comes next on `side`, which the other side does not have.
    fn drain(&mut self, side: Side) -> Step {
        match self.cursor(side).head() {
            Head::Subtree(subtree) => match self.cursor(side).open(&subtree) {
                Ok(()) => GO,
                // The next part of the other side comes after the gap, so nothing of it has to be skipped.
                Err(damage) => self.damage(damage),
            },
            Head::Record(record) => self.only(side, record),
            Head::End => {
                self.drain = None;
                GO
            }
        }
    }

    fn open(&mut self, side: Side, subtree: &Subtree) -> Step {
        let Err(damage) = self.cursor(side).open(subtree) else { return GO };
        let cursor = self.cursor(side);
        let far = if cursor.keys.reversed() { &damage.after } else { &damage.before };
        let end = far.as_ref().map(|record| cursor.keys.of(record).into_owned());
        self.cursor(side.other()).hole = Some(end);
        self.damage(damage)
    }

    /// Passes the next part of `side` if the other side is damaged there, up to the key `end`.
    fn skip_in_hole(&mut self, side: Side, head: &Head, end: Option<&[u8]>) -> Step {
        let cursor = self.cursor(side);
        let within = |cursor: &Cursor, far: Option<&[u8]>, or_at: bool| match (far, end) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(far), Some(end)) => {
                let order = cursor.keys.travel(far, end);
                order.is_lt() || or_at && order.is_eq()
            }
        };
        match head {
            Head::Record(record) => {
                if within(cursor, Some(&cursor.keys.of(record)), false) {
                    cursor.counts.uncompared += 1;
                    if let Some(damage) = cursor.pass_record(record) {
                        return self.damage(damage);
                    }
                } else {
                    cursor.hole = None;
                }
                GO
            }
            Head::Subtree(subtree) => {
                if within(cursor, cursor.far().as_deref(), true) {
                    cursor.counts.uncompared += subtree.link.summary.map_or(0, |summary| summary.records);
                    cursor.pass_subtree();
                    return GO;
                }
                match cursor.open(subtree) {
                    Ok(()) => GO,
                    Err(damage) => self.damage(damage),
                }
            }
            Head::End => {
                cursor.hole = None;
                GO
            }
        }
    }

    /// Level, length and record count of a subtree; if the link to a root does not state them, the root is read.
    fn summary(&mut self, side: Side, subtree: &Subtree) -> Option<SubtreeSummary> {
        let cursor = self.cursor(side);
        if subtree.link.summary.is_some() || cursor.tree().store().codec().dialect != Dialect::Mst1 {
            return subtree.link.summary;
        }
        cursor.load(&subtree.link, subtree.below).ok()?.summary()
    }

    fn counts_records(&self) -> bool {
        let own = |cursor: &Cursor| cursor.tree().store().codec().dialect == Dialect::Mst1;
        own(&self.left) && own(&self.right)
    }

    /// Whether the other side has the subtree of `side` later. Then everything before it there exists on the other side
    /// only, and is drained.
    fn stands_further_on(&mut self, side: Side, subtree: &Subtree, summary: SubtreeSummary) -> bool {
        let (here, there) = match side {
            Side::Left => (&mut self.left, &mut self.right),
            Side::Right => (&mut self.right, &mut self.left),
        };
        let target = Target::of(here, &subtree.link, summary);
        let found = stands_in(&target, here, there);
        if found {
            self.drain = Some((side.other(), subtree.link.hash));
        }
        found
    }

    fn two_subtrees(&mut self, a: &Subtree, b: &Subtree) -> Step {
        if let Some(step) = self.opened_before(a, b) {
            return step;
        }
        if !self.counts_records() {
            return self.two_of_unknown_levels(a, b);
        }
        // Without a level the subtree is opened: a root that cannot be read is then reported.
        let Some(left) = self.summary(Side::Left, a) else { return self.open(Side::Left, a) };
        let Some(right) = self.summary(Side::Right, b) else { return self.open(Side::Right, b) };
        let order = left.level.cmp(&right.level);
        if order.is_ge() && self.stands_further_on(Side::Left, a, left)
            || order.is_le() && self.stands_further_on(Side::Right, b, right)
        {
            return GO;
        }
        self.open_higher(order, a, b)
    }

    fn open_higher(&mut self, order: Ordering, a: &Subtree, b: &Subtree) -> Step {
        match order {
            Ordering::Greater => self.open(Side::Left, a),
            Ordering::Less => self.open(Side::Right, b),
            Ordering::Equal => {
                let same_interval = self.left.interval() == self.right.interval();
                self.open(Side::Left, a)?;
                self.open(Side::Right, b)?;
                self.prefetch(same_interval);
                GO
            }
        }
    }

    /// After two nodes were opened: queues those of their children that must be read anyway for the second reader.
    fn prefetch(&mut self, same_interval: bool) {
        // The second reader has queued the children of nodes that it read itself.
        if self.left.helped && self.right.helped {
            return;
        }
        let worthwhile = self.prune && self.counts_records() && !self.left.keys.reversed();
        if !worthwhile || !self.left.keys.is_unbounded() || !self.right.keys.is_unbounded() {
            return;
        }
        let trees = (self.left.tree().clone(), self.right.tree().clone());
        let Some(prefetcher) = self.prefetch.after_opening(trees) else { return };
        for cursor in [&mut self.left, &mut self.right] {
            cursor.helper.get_or_insert_with(|| Arc::clone(prefetcher.shared()));
        }
        let node = |cursor: &'_ Cursor| cursor.frames.last().map(|frame| Arc::clone(&frame.node));
        let (left, right) = (node(&self.left), node(&self.right));
        prefetcher.opened(&Opened { left: left.as_deref(), right: right.as_deref(), same_interval });
    }

    /// Opens the higher of two subtrees whose links do not state their levels. One is read to learn its level; the
    /// other is read only if it can be higher.
    fn two_of_unknown_levels(&mut self, a: &Subtree, b: &Subtree) -> Step {
        let max_level = |subtree: &Subtree| subtree.below.map_or(u8::MAX, |below| below.saturating_sub(1));
        match (self.left.level(a), self.right.level(b)) {
            (Some(left), Some(right)) => self.open_higher(left.cmp(&right), a, b),
            (Some(left), None) if left >= max_level(b) => self.open(Side::Left, a),
            (None, Some(right)) if right >= max_level(a) => self.open(Side::Right, b),
            (None, right) if right.is_some() || max_level(a) >= max_level(b) => {
                match self.left.load(&a.link, a.below) {
                    Ok(_) => GO,
                    Err(_) => self.open(Side::Left, a),
                }
            }
            _ => match self.right.load(&b.link, b.below) {
                Ok(_) => GO,
                Err(_) => self.open(Side::Right, b),
            },
        }
    }

    /// A subtree on `side` and a record on the other.
    fn record_and_subtree(&mut self, record: &NodeRecord, subtree: &Subtree, side: Side) -> Step {
        if self.prune && self.counts_records() {
            let key = self.cursor(side.other()).keys.of(record).into_owned();
            let far = self.cursor(side).far();
            let lies_before = far.is_some_and(|far| self.left.keys.travel(&far, &key).is_le());
            // A subtree that lies wholly before the record cannot occur later on the other side.
            if !lies_before {
                let Some(summary) = self.summary(side, subtree) else { return self.open(side, subtree) };
                if self.stands_further_on(side, subtree, summary) {
                    return GO;
                }
            }
        } else if self.prune && self.cursor(side.other()).pass_opened(&subtree.link.hash) {
            return self.equal_to_opened(side, subtree);
        }
        self.open(side, subtree)
    }
}

impl Iterator for Diff {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        match self.withheld.take() {
            None => self.next_found(),
            Some(mut withheld) => {
                let item = withheld::next(self, &mut withheld);
                self.withheld = Some(withheld);
                item
            }
        }
    }
}
