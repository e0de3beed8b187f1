//! What was recovered, from where, and what was lost.

use super::{Event, Interval, Key, Origin, Survey};

/// How many parts, holes and lost places are listed; all are counted.
pub const MOST_LISTED: usize = 10_000;

/// Records that follow one another and come from one place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// Where they come from.
    pub origin: Origin,
    /// The first key.
    pub first: Key,
    /// The last key.
    pub last: Key,
    /// How many there are.
    pub records: u64,
}

/// A place where the newest version is damaged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hole {
    /// The keys in question.
    pub interval: Interval,
    /// Where the damaged node begins.
    pub offset: u64,
    /// What is wrong with it.
    pub why: String,
}

/// Keys of which nothing is left in any version.
pub type Lost = Hole;

/// What a recovery came to.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Whether the newest version is lost as a whole, so that none of those that are left is the newest.
    pub newest_lost: bool,
    /// How many records were recovered.
    pub records: u64,
    /// Of these, how many are not from the newest version: they may be out of date, or removed since.
    pub stale: u64,
    /// Of these, how many are from nodes without a parent.
    pub orphaned: u64,
    /// The parts of the new file by where they come from, in the order of the keys; the first of them.
    pub parts: Vec<Part>,
    /// How many parts there are.
    pub all_parts: u64,
    /// Where the newest version is damaged; the first places.
    pub holes: Vec<Hole>,
    /// How many such places there are.
    pub hole_places: u64,
    /// How many records of the newest version are missing at least, as far as its commit or the nodes that are left of it
    /// tell.
    pub missing: u64,
    /// What is lost; the first places.
    pub lost: Vec<Lost>,
    /// How many such places there are.
    pub lost_places: u64,
}

impl Report {
    pub(super) fn of(survey: &Survey) -> Self {
        Self { newest_lost: survey.end.lost().is_some(), ..Self::default() }
    }

    /// Whether the newest version was recovered whole.
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

    fn record(&mut self, key: &Key, origin: Origin) {
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
    if to.len() < MOST_LISTED {
        to.push(item());
    }
}
