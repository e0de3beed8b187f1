//! Looks for a text in two trees: first in the differences that were found, then in the records that are equal.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use file_mst::diff::Side;
use file_mst::{Damage, NodeRecord};

use crate::model::damage::Unread;
use crate::model::diff::entry::Entry;
use crate::model::diff::lookup::{Forms, Lookup, LookupKey, look_up};
use crate::model::diff::pair::{Pair, Stored};
use crate::model::item::ItemFormat;
use crate::model::search::query::Query;

/// A query, and the records to search.
#[derive(Debug)]
pub(crate) struct Search {
    pub(crate) query: Query,
    /// The differences, each with its place.
    pub(crate) entries: Vec<(usize, Arc<Entry>)>,
    pub(crate) start: SearchStart,
    pub(crate) forward: bool,
    /// Whether equal records are searched as well.
    pub(crate) with_equal: bool,
    /// Whether the differences are not all there are, so that both trees must be read for the others.
    pub(crate) reads_both: bool,
    pub(crate) key_format: ItemFormat,
}

/// Where a search goes on from.
#[derive(Clone, Debug)]
pub(crate) enum SearchStart {
    /// The difference in this place, and the key under the cursor if there is one.
    Differences(usize, Option<LookupKey>),
    /// The equal record that was found last.
    Equal(EqualPlace),
}

/// A place in the search through equal records, which begins at one key, goes on to the end of the trees, and from their
/// start back to the key.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct EqualPlace {
    /// Where it began; none for the start of the trees.
    start: Option<LookupKey>,
    /// The record that was found last.
    last: Option<LookupKey>,
    /// Whether it has passed the end.
    is_around: bool,
}

/// What a search has found.
#[derive(Debug)]
pub(crate) enum Found {
    /// A difference, by its place, and whether it was found from the other end on.
    Difference(usize, bool),
    /// A record that is not among the differences, and where the search goes on.
    Record(Box<Lookup>, EqualPlace),
    /// No more than what the cursor is on; what could not be read.
    Nothing(Option<String>),
}

/// Told after each record: how many were looked through. False stops the search.
pub(crate) type Pace<'a> = dyn FnMut(u64) -> bool + 'a;

impl Search {
    /// The next record that has it; none if `stopped` was set, or the pace said so.
    pub(crate) fn find(&self, pair: &Pair, stopped: &AtomicBool, pace: &mut Pace<'_>) -> Option<Found> {
        let goes_on = || !stopped.load(Ordering::Relaxed);
        let fits = |at: &&(usize, Arc<Entry>)| goes_on() && self.fits(&at.1, pair);
        let place = |found: &(usize, Arc<Entry>)| found.0;
        let ends_of = |part: &[(usize, Arc<Entry>)]| match self.forward {
            true => part.iter().find(fits).map(place),
            false => part.iter().rev().find(fits).map(place),
        };
        let (ahead, rest) = match &self.start {
            SearchStart::Differences(from, _) => {
                let after = self.entries.partition_point(|(place, _)| place <= from);
                let before = self.entries.partition_point(|(place, _)| place < from);
                match self.forward {
                    true => (self.entries.get(after..), self.entries.get(..after)),
                    false => (self.entries.get(..before), self.entries.get(before..)),
                }
            }
            // Before an equal record come the differences, from the last one back.
            SearchStart::Equal(_) if !self.forward => (Some(self.entries.as_slice()), None),
            SearchStart::Equal(_) => (None, Some(self.entries.as_slice())),
        };
        if let Some(place) = ahead.and_then(ends_of) {
            return goes_on().then_some(Found::Difference(place, false));
        }
        let mut unread = Unread::default();
        if self.with_equal && self.forward {
            let place = match &self.start {
                SearchStart::Differences(_, start) => EqualPlace { start: start.clone(), ..EqualPlace::default() },
                SearchStart::Equal(place) => place.clone(),
            };
            match self.next_equal(pair, place, &mut unread, stopped, pace) {
                Some(None) => {}
                Some(Some((lookup, place))) => return Some(Found::Record(Box::new(lookup), place)),
                None => return None,
            }
        }
        let found = rest.and_then(ends_of);
        goes_on().then(|| match found {
            Some(place) => Found::Difference(place, true),
            None => Found::Nothing(unread.text()),
        })
    }

    fn fits(&self, entry: &Entry, pair: &Pair) -> bool {
        let (left, right) = entry.sides();
        let record = |record: Option<Stored>, side: Side| record.is_some_and(|record| self.has(record, side, pair));
        record(left, Side::Left)
            || record(right, Side::Right)
            || match entry {
                Entry::NotCompared(found) => {
                    let (key, side) = found.key();
                    let ty = pair.typing(side).key.as_ref();
                    self.query.has_text(&found.why) || self.query.has_record((key, ty), None)
                }
                Entry::Damage(text) | Entry::Misfit(text) => self.query.has_text(text),
                _ => false,
            }
    }

    fn has(&self, (key, value): Stored, side: Side, pair: &Pair) -> bool {
        let typing = pair.typing(side);
        self.query.has_record((key, typing.key.as_ref()), Some((value, typing.value.as_ref())))
    }

    /// The next record that has it and is not among the differences. The outer none says that the search was stopped.
    fn next_equal(
        &self,
        pair: &Pair,
        mut place: EqualPlace,
        unread: &mut Unread,
        stopped: &AtomicBool,
        pace: &mut Pace<'_>,
    ) -> Option<Option<(Lookup, EqualPlace)>> {
        let forms = Forms::new(pair);
        let listed: HashSet<Vec<u8>> = {
            let keys = self.entries.iter().filter_map(|(_, entry)| entry.first_key());
            keys.map(|(key, side)| forms.of(key, side)).collect()
        };
        let mut seen = 0;
        let mut goes_on = |seen: u64| !stopped.load(Ordering::Relaxed) && pace(seen);
        loop {
            let end = place.start.as_ref().filter(|_| place.is_around).map(|key| key.form(&forms));
            let from = place.last.as_ref().or(place.start.as_ref().filter(|_| !place.is_around));
            let mut walkers = self.walkers(pair, from);
            let after = place.last.as_ref().map(|key| key.form(&forms));
            while let Some((form, records)) = next_of(&mut walkers, &forms, unread) {
                seen += 1;
                if !goes_on(seen) {
                    return None;
                }
                if end.as_ref().is_some_and(|end| form >= *end) {
                    break;
                }
                if after.as_ref().is_some_and(|after| form <= *after) || !self.any_has(&records, pair) {
                    continue;
                }
                let Some((record, side)) = records.first() else { continue };
                if listed.contains(&form) {
                    continue;
                }
                let key = LookupKey::of(pair, record.bytes().stored_key, *side);
                let lookup = look_up(pair, &key, self.key_format);
                return Some(Some((lookup, EqualPlace { last: Some(key), ..place })));
            }
            if place.is_around || place.start.is_none() {
                return Some(None);
            }
            place = EqualPlace { last: None, is_around: true, ..place };
        }
    }

    fn any_has(&self, records: &[(NodeRecord, Side)], pair: &Pair) -> bool {
        let has = |(record, side): &(NodeRecord, Side)| {
            let record = record.bytes();
            self.has((record.stored_key, record.value), *side, pair)
        };
        records.iter().any(has)
    }

    /// A walk through each tree that must be read: what is equal can be read in either.
    fn walkers<'a>(&self, pair: &'a Pair, from: Option<&LookupKey>) -> Vec<Walker<'a>> {
        let sides: &[Side] = if self.reads_both { &[Side::Left, Side::Right] } else { &[Side::Left] };
        let one = |side: &Side| {
            let walk = pair.opened(*side).tree.walk();
            let walk = match from.and_then(|key| key.on(*side)) {
                Some(stored) => walk.from_key(stored.to_vec()),
                None => walk,
            };
            Walker { side: *side, records: Box::new(walk.records()), head: None }
        };
        sides.iter().map(one).collect()
    }
}

/// A walk through one tree, and the record that it has come to.
struct Walker<'a> {
    side: Side,
    records: Box<dyn Iterator<Item = Result<NodeRecord, Damage>> + 'a>,
    head: Option<(Vec<u8>, NodeRecord)>,
}

/// A key in the form in which keys are compared, and its records.
type KeyRecords = (Vec<u8>, Vec<(NodeRecord, Side)>);

/// The records of the next key.
fn next_of(walkers: &mut [Walker<'_>], forms: &Forms<'_>, unread: &mut Unread) -> Option<KeyRecords> {
    for walker in walkers.iter_mut().filter(|walker| walker.head.is_none()) {
        for record in walker.records.by_ref() {
            match record {
                Ok(record) => {
                    walker.head = Some((forms.of(record.bytes().stored_key, walker.side), record));
                    break;
                }
                Err(damage) => unread.add(&damage),
            }
        }
    }
    let form = walkers.iter().filter_map(|walker| walker.head.as_ref()).map(|(form, _)| form).min()?.clone();
    let mut records = Vec::new();
    for walker in walkers {
        if walker.head.as_ref().is_some_and(|(head, _)| *head == form)
            && let Some((_, record)) = walker.head.take()
        {
            records.push((record, walker.side));
        }
    }
    Some((form, records))
}
