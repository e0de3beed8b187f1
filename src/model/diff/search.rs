//! Looks for a text in what was found.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use file_mst::diff::Side;

use crate::model::diff::entry::Entry;
use crate::model::diff::pair::{Pair, Stored};
use crate::model::item;
use crate::model::text::has;

/// A text, and the differences to search, each with its place.
#[derive(Debug)]
pub(crate) struct Search {
    pub(crate) text: String,
    pub(crate) entries: Vec<(usize, Arc<Entry>)>,
    /// The place to go on from.
    pub(crate) from: usize,
    pub(crate) forward: bool,
}

impl Search {
    /// The place of the next difference that has the text in its key or a value, and whether it was found from the
    /// other end on. None if there is none, or `stopped` says that nobody waits.
    pub(crate) fn find(&self, pair: &Pair, stopped: &AtomicBool) -> Option<(usize, bool)> {
        let fits = |at: &&(usize, Arc<Entry>)| !stopped.load(Ordering::Relaxed) && self.fits(&at.1, pair);
        let after = self.entries.partition_point(|(place, _)| *place <= self.from);
        let before = self.entries.partition_point(|(place, _)| *place < self.from);
        let place = |found: &(usize, Arc<Entry>)| found.0;
        let (ahead, rest) = if self.forward {
            (self.entries[after..].iter().find(fits), self.entries[..after].iter().find(fits))
        } else {
            (self.entries[..before].iter().rev().find(fits), self.entries[before..].iter().rev().find(fits))
        };
        ahead.map(|found| (place(found), false)).or(rest.map(|found| (place(found), true)))
    }

    fn fits(&self, entry: &Entry, pair: &Pair) -> bool {
        let (left, right) = entry.sides();
        let record = |record: Option<Stored>, side: Side| {
            let typing = pair.typing(side);
            record.is_some_and(|(key, value)| {
                has(&item::key(key, typing.key.as_ref()), &self.text)
                    || has(&item::plain(value, typing.value.as_ref()), &self.text)
            })
        };
        record(left, Side::Left)
            || record(right, Side::Right)
            || matches!(entry, Entry::NotCompared(found) if has(&found.why, &self.text) || record(Some((found.key().0, &[])), found.key().1))
            || matches!(entry, Entry::Damage(text) | Entry::Misfit(text) if has(text, &self.text))
    }
}
