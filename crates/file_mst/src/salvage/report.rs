//! The report of a recovery: the recovered records by origin, and the losses.

use super::{Event, Interval, Origin, StoredKey, Survey};

/// The most parts, holes and lost places that are listed; all are counted.
pub const MAX_LISTED: usize = 10_000;

/// Consecutive records from one origin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// Where they come from.
    pub origin: Origin,
    /// The first key.
    pub first: StoredKey,
    /// The last key.
    pub last: StoredKey,
    /// The number of records.
    pub records: u64,
}

/// A place where the newest version is damaged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hole {
    /// The affected keys.
    pub interval: Interval,
    /// Where the damaged node begins.
    pub offset: u64,
    /// The error.
    pub why: String,
}

/// Keys that are left in no version.
pub type Lost = Hole;

/// The result of a recovery.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Whether the newest version is lost completely, so that none of the remaining ones is the newest.
    pub newest_lost: bool,
    /// The number of recovered records.
    pub records: u64,
    /// Recovered records that are not from the newest version: they may have been changed or removed later.
    pub stale: u64,
    /// Recovered records from nodes without a parent.
    pub orphaned: u64,
    /// The first parts of the new file by origin, in key order.
    pub parts: Vec<Part>,
    /// The number of parts.
    pub all_parts: u64,
    /// The first places where the newest version is damaged.
    pub holes: Vec<Hole>,
    /// The number of such places.
    pub hole_places: u64,
    /// The least number of missing records of the newest version, as far as its commit or its remaining nodes tell.
    pub missing: u64,
    /// The first lost places.
    pub lost: Vec<Lost>,
    /// The number of such places.
    pub lost_places: u64,
}

impl Report {
    pub(super) fn of(survey: &Survey) -> Self {
        Self { newest_lost: survey.end.lost().is_some(), ..Self::default() }
    }

    /// Whether the newest version was recovered completely.
    pub fn is_whole(&self) -> bool {
        self.hole_places == 0
    }

    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::Record { key, origin, .. } => self.record(key, *origin),
            Event::Hole { interval, error } => {
                self.hole_places += 1;
                push(&mut self.holes, || hole(interval, error));
            }
            Event::Lost { interval, error } => {
                self.lost_places += 1;
                push(&mut self.lost, || hole(interval, error));
            }
        }
    }

    fn record(&mut self, key: &StoredKey, origin: Origin) {
        self.records += 1;
        let newest = if self.newest_lost { Origin::Unfinished } else { Origin::Version(0) };
        self.stale += u64::from(origin != newest);
        self.orphaned += u64::from(!matches!(origin, Origin::Version(_)));
        let listed = self.parts.len() as u64 == self.all_parts;
        match self.parts.last_mut().filter(|part| listed && part.origin == origin) {
            Some(part) => {
                part.last.clone_from(key);
                part.records += 1;
            }
            None => {
                self.all_parts += 1;
                push(&mut self.parts, || Part { origin, first: key.clone(), last: key.clone(), records: 1 });
            }
        }
    }
}

fn hole(interval: &Interval, error: &crate::node::NodeError) -> Hole {
    Hole { interval: interval.clone(), offset: error.offset(), why: error.to_string() }
}

fn push<T>(to: &mut Vec<T>, item: impl FnOnce() -> T) {
    if to.len() < MAX_LISTED {
        to.push(item());
    }
}
