//! A diff that takes left-out keys into account: these are neither missing nor equal.

use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;

use super::item::{Counts, Item, NotCompared, Side};
use super::left_out::{LeftOut, WhyLeftOut};
use super::stream::Diff;
use crate::node::take_varint;
use crate::tree::{NodeRecord, Tree};

/// A left-out key: its form in the comparison, and for each side its stored bytes and the reason.
#[derive(Debug)]
struct LeftOutKey {
    form: Vec<u8>,
    left: Option<(Vec<u8>, WhyLeftOut)>,
    right: Option<(Vec<u8>, WhyLeftOut)>,
}

/// The left-out keys of both sides, merged into the stream of items.
#[derive(Debug)]
pub(super) struct Withheld {
    trees: (Tree, Tree),
    lists: (LeftOut, LeftOut),
    /// The listed keys that come next, in the direction of travel; `None` before the first item is requested.
    keys: Option<VecDeque<LeftOutKey>>,
    /// An item that waits until the keys before it have been reported.
    waiting: Option<Item>,
    /// Whether keys are compared in their stored bytes.
    has_own_keys: bool,
    /// Whether values are counts of equal rows: a row that was left out may be one more.
    counts_rows: bool,
    /// Left-out keys whose records are equal in both trees.
    equal: u64,
    corrections: Corrections,
}

/// The numbers by which the counts of the records are corrected.
#[derive(Debug, Default)]
struct Corrections {
    only_left: u64,
    only_right: u64,
    changed: u64,
    within_tolerance: u64,
    not_compared: u64,
    left: u64,
    right: u64,
}

impl Withheld {
    pub(super) fn new(
        trees: (Tree, Tree),
        lists: (LeftOut, LeftOut),
        (has_own_keys, counts_rows): (bool, bool),
    ) -> Self {
        let corrections = Corrections::default();
        Self { trees, lists, keys: None, waiting: None, has_own_keys, counts_rows, equal: 0, corrections }
    }

    /// Corrects the counts: keys that were not compared count as neither different nor equal.
    pub(super) fn correct(&self, counts: &mut Counts) {
        let Corrections { only_left, only_right, changed, within_tolerance, not_compared, left, right } =
            &self.corrections;
        counts.only_left = counts.only_left.saturating_sub(*only_left);
        counts.only_right = counts.only_right.saturating_sub(*only_right);
        counts.changed = counts.changed.saturating_sub(*changed);
        counts.within_tolerance = counts.within_tolerance.saturating_sub(*within_tolerance);
        counts.equal = counts.equal.saturating_sub(self.equal);
        counts.not_compared = *not_compared;
        for (side, list, keys) in [(&mut counts.left, &self.lists.0, left), (&mut counts.right, &self.lists.1, right)] {
            (side.left_out, side.rows_without_key, side.unlisted) = (*keys, list.rows_without_key(), list.unlisted());
        }
    }
}

/// The next item of a diff with left-out keys: merges the listed keys with the items by key.
pub(super) fn next(diff: &mut Diff, withheld: &mut Withheld) -> Option<Item> {
    if withheld.keys.is_none() {
        withheld.keys = Some(listed(diff, &withheld.lists));
    }
    let found = withheld.waiting.take().or_else(|| diff.next_found());
    let keys = withheld.keys.get_or_insert_default();
    // Listed keys before the found item come first. An equal subtree and damage have no key of their own: they are
    // placed after the last key before them.
    let (key, is_after_key) = match &found {
        None => (None, true),
        Some(Item::OnlyLeft(record) | Item::Changed(record, _) | Item::WithinTolerance(record, _)) => {
            (Some(form(diff, Side::Left, record)), false)
        }
        Some(Item::OnlyRight(record)) => (Some(form(diff, Side::Right, record)), false),
        Some(Item::Equal(equal)) => match &equal.what {
            super::EqualWhat::Record(left, _) => (Some(form(diff, Side::Left, left)), false),
            super::EqualWhat::Subtree { .. } => (equal.after.as_ref().map(|it| form(diff, equal.side, it)), true),
        },
        Some(Item::Damage(damage)) => (damage.after.as_ref().map(|it| form(diff, damage.side, it)), true),
        Some(Item::NotCompared(_)) => (None, false),
    };
    let comes_first = |next: &LeftOutKey| match (&key, &found) {
        (_, None) => true,
        (None, _) => false,
        (Some(key), _) => match diff.left.keys.travel(&next.form, key) {
            Ordering::Less => true,
            Ordering::Equal => is_after_key,
            Ordering::Greater => false,
        },
    };
    if keys.front().is_some_and(comes_first)
        && let Some(next) = keys.pop_front()
    {
        withheld.waiting = found;
        return Some(withheld.not_compared(next, (None, None), true));
    }
    let (found, key) = (found?, key.unwrap_or_default());
    let listed = keys.front().is_some_and(|next| next.form == key) && !is_after_key;
    let listed = if listed { keys.pop_front() } else { None };
    Some(withheld.reconsider(found, key, listed))
}

/// The count that a record of a multiset holds; 0 without a record.
fn counted(record: Option<&NodeRecord>) -> u64 {
    record.and_then(|record| take_varint(record.bytes().value)).map_or(0, |(count, _)| count)
}

fn form(diff: &Diff, side: Side, record: &NodeRecord) -> Vec<u8> {
    diff.key_form(side, record.bytes().stored_key).into_owned()
}

/// All keys that at least one side lists, within the bounds and in the direction of travel.
fn listed(diff: &Diff, (left, right): &(LeftOut, LeftOut)) -> VecDeque<LeftOutKey> {
    let mut keys: BTreeMap<Vec<u8>, LeftOutKey> = BTreeMap::new();
    for (side, list) in [(Side::Left, left), (Side::Right, right)] {
        for (stored, why) in list.listed() {
            let form = diff.key_form(side, stored).into_owned();
            let key = keys.entry(form.clone()).or_insert(LeftOutKey { form, left: None, right: None });
            *(if side == Side::Left { &mut key.left } else { &mut key.right }) = Some((stored.clone(), *why));
        }
    }
    let (start, end) = &diff.left.keys.bounds;
    let is_within = |form: &Vec<u8>| {
        let after = match start {
            Bound::Included(start) => form >= start,
            Bound::Excluded(start) => form > start,
            Bound::Unbounded => true,
        };
        let before = match end {
            Bound::Included(end) => form <= end,
            Bound::Excluded(end) => form < end,
            Bound::Unbounded => true,
        };
        after && before
    };
    let within = keys.into_iter().filter(|(form, _)| is_within(form)).map(|(_, key)| key);
    if diff.left.keys.reversed() { within.rev().collect() } else { within.collect() }
}

impl Withheld {
    /// The item of a left-out key, with the different records that the trees may have.
    fn not_compared(
        &mut self,
        key: LeftOutKey,
        (left, right): (Option<NodeRecord>, Option<NodeRecord>),
        skipped: bool,
    ) -> Item {
        self.corrections.not_compared += 1;
        // A key that is not listed is counted as unlisted already.
        let is_listed =
            |of: &Option<(Vec<u8>, WhyLeftOut)>| of.as_ref().is_some_and(|(_, why)| *why != WhyLeftOut::NotListed);
        self.corrections.left += u64::from(is_listed(&key.left));
        self.corrections.right += u64::from(is_listed(&key.right));
        let mut is_equal = false;
        if left.is_none() && right.is_none() {
            // The diff reported no difference: either no tree has a record, or both have the same one.
            let has = |tree: &Tree, of: &Option<(Vec<u8>, WhyLeftOut)>| {
                of.as_ref().is_some_and(|(stored, _)| matches!(tree.get(stored), Ok(Some(_))))
            };
            is_equal = has(&self.trees.0, &key.left) || has(&self.trees.1, &key.right);
            self.equal += u64::from(is_equal);
        }
        let why = |of: Option<(Vec<u8>, WhyLeftOut)>| of.map(|(_, why)| why);
        Item::NotCompared(Box::new(NotCompared {
            key: key.form,
            left,
            right,
            left_out_left: why(key.left),
            left_out_right: why(key.right),
            within_equal: is_equal && skipped,
        }))
    }

    /// Replaces an item by [`Item::NotCompared`] if its key was or may have been left out.
    fn reconsider(&mut self, found: Item, form: Vec<u8>, listed: Option<LeftOutKey>) -> Item {
        let (left, right) = match &found {
            Item::OnlyLeft(left) => (Some(left), None),
            Item::OnlyRight(right) => (None, Some(right)),
            Item::Changed(left, right) | Item::WithinTolerance(left, right) => (Some(left), Some(right)),
            // An equal record whose key was left out counts as not compared.
            Item::Equal(_) => match listed {
                Some(key) => return self.not_compared(key, (None, None), false),
                None => return found,
            },
            Item::Damage(_) | Item::NotCompared(_) => return found,
        };
        let (left, right) = (left.cloned(), right.cloned());
        let is_tolerated = matches!(found, Item::WithinTolerance(..));
        let key = match listed {
            Some(key) => key,
            None => {
                let doubt = |list: &LeftOut, record: &Option<NodeRecord>| {
                    // If keys are compared by meaning, their form is not the one that is listed.
                    let key = self.has_own_keys.then_some(form.as_slice());
                    let may_be = if record.is_some() { list.may_be_old(key) } else { list.may_lack(key) };
                    may_be.then(|| (form.clone(), WhyLeftOut::NotListed))
                };
                let (mut a, mut b) = (doubt(&self.lists.0, &left), doubt(&self.lists.1, &right));
                if self.counts_rows {
                    let (x, y) = (counted(left.as_ref()), counted(right.as_ref()));
                    let may_be_more = |list: &LeftOut, missing: u64| {
                        (missing > 0 && list.rows_without_key() >= missing)
                            .then(|| (form.clone(), WhyLeftOut::NotListed))
                    };
                    a = a.or_else(|| may_be_more(&self.lists.0, y.saturating_sub(x)));
                    b = b.or_else(|| may_be_more(&self.lists.1, x.saturating_sub(y)));
                }
                if a.is_none() && b.is_none() {
                    return found;
                }
                LeftOutKey { form, left: a, right: b }
            }
        };
        match (&left, &right) {
            (Some(_), Some(_)) if is_tolerated => self.corrections.within_tolerance += 1,
            (Some(_), Some(_)) => self.corrections.changed += 1,
            (Some(_), None) => self.corrections.only_left += 1,
            (None, _) => self.corrections.only_right += 1,
        }
        self.not_compared(key, (left, right), false)
    }
}
