//! A search through one tree: first along one path for a key that begins with the text, then record by record.
//!
//! ```text
//!   start of the tree            origin                                end of the tree
//!  ├────────────────────────────┼─────────────────────────────────────┤
//!        second: hits before            first: hits after the origin
//! ```
//!
//! The origin is the key that the text leads to, or else the key under the cursor. So the next hit comes first, and
//! those after it follow at once.

use std::cmp::Ordering;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use file_mst::inspect::node::Node;
use file_mst::inspect::walk::{Step, Walk};
use file_mst::open::Typing;
use file_mst::{NodeKey, Tree};
use mst_types::KeyPrefix;

use super::query::Query;
use crate::model::damage::Unread;
use crate::model::key::read_shown_key;

/// How often a search reports what it found.
const REPORTED: Duration = Duration::from_millis(100);
/// The records between two looks at the clock.
const BETWEEN: u64 = 64;
/// The most hits that are kept, and the most bytes of their keys; further ones are only counted.
const MAX_HITS: usize = 100_000;
const MAX_BYTES: usize = 8 << 20;

/// A search, and where it begins.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    pub(crate) query: Query,
    pub(crate) typing: Typing,
    /// The key to go on from, as the file stores it; none for the start.
    pub(crate) from: Option<Vec<u8>>,
    /// The records of the tree, if they were counted.
    pub(crate) total: Option<u64>,
}

/// What was found since the previous report, and how far the search is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    /// The keys that were found, in key order, as the file stores them.
    pub(crate) hits: Vec<Vec<u8>>,
    /// The hits that are only counted.
    pub(crate) uncounted: u64,
    /// The key at which the search began; only in the first report, and not if it began at the start.
    pub(crate) origin: Option<Vec<u8>>,
    /// Whether the hits are before the origin: the search has come to the end, and went on at the start.
    pub(crate) wrapped: bool,
    /// The key that was looked at last.
    pub(crate) reached: Option<Vec<u8>>,
    /// The records that were looked at so far.
    pub(crate) records: u64,
    /// The part of the tree that was searched, from 0 to 1.
    pub(crate) share: f64,
    /// Why this is the last report.
    pub(crate) end: Option<End>,
}

/// The end of a search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct End {
    /// The parts that could not be read, in words.
    pub(crate) unread: Option<String>,
}

/// Searches the whole tree, until nobody takes the reports any more. The first hit is reported at once.
pub(crate) fn scan(tree: &Tree, search: &Search, report: &mut dyn FnMut(Report) -> ControlFlow<()>) {
    let total = tree.len().ok().or(search.total).filter(|total| *total > 0);
    let mut scan = Scan {
        search,
        report,
        next: Report::default(),
        told: Instant::now(),
        total,
        found: 0,
        bytes: 0,
        unread: Unread::default(),
    };
    let _ = scan.run(tree);
}

struct Scan<'a> {
    search: &'a Search,
    report: &'a mut dyn FnMut(Report) -> ControlFlow<()>,
    next: Report,
    told: Instant,
    total: Option<u64>,
    found: usize,
    bytes: usize,
    unread: Unread,
}

impl Scan<'_> {
    fn run(&mut self, tree: &Tree) -> ControlFlow<()> {
        let by_key = by_key(tree, self.search);
        let (origin, own) = (by_key.as_ref().or(self.search.from.as_ref()).cloned(), by_key.is_none());
        let Some(origin) = origin else {
            self.part(tree.walk(), 0.0, None)?;
            return self.end();
        };
        self.next.origin = Some(origin.clone());
        let skipped = own.then_some(origin.as_slice());
        let begins_at = self.part(tree.walk().from_key(origin.clone()), 0.0, skipped)?;
        self.tell()?;
        self.next.wrapped = true;
        let codec = tree.store().codec();
        // The record under the cursor is the last one that is looked at.
        let is_past = |key: &[u8]| match codec.compare(key, &origin) {
            Some(Ordering::Greater) => true,
            Some(Ordering::Equal) => !own,
            Some(Ordering::Less) | None => false,
        };
        self.part(tree.walk().up_to(is_past), 1.0 - begins_at, None)?;
        self.end()
    }

    /// Searches along a walk; `before` is the part of the tree that was searched already. Returns which part of the tree
    /// comes before the start of the walk.
    fn part(&mut self, walk: Walk<'_>, before: f64, skipped: Option<&[u8]>) -> ControlFlow<(), f64> {
        let mut place = Place::default();
        let mut begins_at = None;
        for step in walk {
            self.unread.see(&step);
            let key = match step {
                Step::Node { node, depth } => {
                    place.enter(node, depth);
                    continue;
                }
                Step::Record(record) => record.key(),
                Step::Key(key) => key,
                Step::Absent(_) | Step::Damage(_) => continue,
            };
            let start = *begins_at.get_or_insert_with(|| if self.total.is_none() { place.share(&key) } else { 0.0 });
            self.next.records += 1;
            let is_hit = skipped != Some(key.stored()) && self.is_hit(&key);
            if is_hit {
                self.hit(key.stored());
            }
            let is_first = is_hit && self.found == 1;
            if is_first || self.next.records.is_multiple_of(BETWEEN) && self.told.elapsed() >= REPORTED {
                self.next.share = match self.total {
                    Some(total) => self.next.records as f64 / total as f64,
                    None => before + (place.share(&key) - start).max(0.0),
                };
                self.next.reached = Some(key.stored().to_vec());
                self.tell()?;
            }
        }
        ControlFlow::Continue(begins_at.unwrap_or(1.0))
    }

    fn is_hit(&self, key: &NodeKey) -> bool {
        let Search { query, typing, .. } = self.search;
        let record = key.record();
        let value = record.as_ref().map(|record| (record.bytes().value, typing.value.as_ref()));
        query.has_record((key.stored(), typing.key.as_ref()), value)
    }

    fn hit(&mut self, key: &[u8]) {
        self.found += 1;
        self.bytes += key.len();
        if self.found > MAX_HITS || self.bytes > MAX_BYTES {
            self.next.uncounted += 1;
        } else {
            self.next.hits.push(key.to_vec());
        }
    }

    fn tell(&mut self) -> ControlFlow<()> {
        self.told = Instant::now();
        let Report { wrapped, records, share, .. } = self.next;
        let next = Report { wrapped, records, share, ..Report::default() };
        (self.report)(std::mem::replace(&mut self.next, next))
    }

    fn end(&mut self) -> ControlFlow<()> {
        self.next.share = 1.0;
        self.next.end = Some(End { unread: self.unread.text() });
        self.tell()
    }
}

/// The first key that is the text, or begins with it: found along one path. None if the cursor is among such keys: then
/// the next one follows anyway.
fn by_key(tree: &Tree, search: &Search) -> Option<Vec<u8>> {
    let (text, ty) = (search.query.key_text()?, search.typing.key.as_ref()?);
    let mut spellings = vec![text.to_owned()];
    // Where capitals do not count, keys are mostly written in one of these ways.
    if !text.chars().any(char::is_uppercase) {
        spellings.push(text.to_uppercase());
        let mut letters = text.chars();
        spellings.extend(letters.next().map(|first| first.to_uppercase().chain(letters).collect()));
    }
    spellings.dedup();
    for text in spellings {
        if let Ok(prefix) = KeyPrefix::parse(ty, &text) {
            let compared = |key: &[u8]| prefix.compare_key(key).ok();
            if search.from.as_ref().is_some_and(|from| compared(from) == Some(Ordering::Equal)) {
                return None;
            }
            let walk = tree.walk().from_first(|key| compared(key) == Some(Ordering::Less));
            if let Some(key) = first_key(walk).filter(|key| compared(key) == Some(Ordering::Equal)) {
                return Some(key);
            }
        }
        if let Ok(wanted) = read_shown_key(ty, &text)
            && let Some(key) = first_key(tree.walk().from_key(wanted.clone())).filter(|key| *key == wanted)
        {
            return Some(key);
        }
    }
    None
}

fn first_key(walk: Walk<'_>) -> Option<Vec<u8>> {
    for step in walk {
        match step {
            Step::Record(record) => return Some(record.bytes().stored_key.to_vec()),
            Step::Key(key) => return Some(key.stored().to_vec()),
            Step::Node { .. } | Step::Absent(_) => {}
            // What is there cannot be told; the search through all records says so.
            Step::Damage(_) => return None,
        }
    }
    None
}

/// Where a walk is: the nodes from the root on.
#[derive(Default)]
struct Place {
    path: Vec<Arc<Node>>,
}

impl Place {
    fn enter(&mut self, node: Arc<Node>, depth: usize) {
        self.path.truncate(depth);
        self.path.push(node);
    }

    /// Which part of the tree comes before a key, if all children of a node hold as much.
    fn share(&mut self, key: &NodeKey) -> f64 {
        if let Some(depth) = self.path.iter().rposition(|node| Arc::ptr_eq(node, key.node())) {
            self.path.truncate(depth + 1);
        }
        let (mut share, mut width) = (0.0, 1.0);
        for pair in self.path.windows(2) {
            let [above, below] = pair else { continue };
            let all = above.children().len().max(1) as f64;
            let at = above.children().iter().position(|link| link.offset == below.offset()).unwrap_or(0);
            share += width * at as f64 / all;
            width /= all;
        }
        share + width * key.index() as f64 / (key.node().key_count() + 1) as f64
    }
}
