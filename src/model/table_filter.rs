//! A filter of a table of records, and the scan that finds the records that pass it.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use file_mst::inspect::walk::Step;
use file_mst::open::Typing;
use file_mst::{NodeError, NodeKey, Tree};
use mst_types::KeyPrefix;

use crate::model::record_cursor::{Place, RecordCursor};
use crate::model::record_table::RowPath;
use crate::model::search::query::Query;

/// The word before the beginning of keys.
const PREFIX: &str = "prefix:";
/// The most records that are listed. The places of these take about 10 MiB.
pub(crate) const MAX_HITS: usize = 100_000;
/// The records between two looks at the clock.
const PACE: u64 = 64;

/// A filter: the beginning of keys, and a query; both must fit.
#[derive(Clone, Debug)]
pub(crate) struct TableFilter {
    /// As it was typed.
    pub(crate) text: String,
    prefix: Option<KeyPrefix>,
    query: Option<Query>,
    typing: Typing,
}

impl TableFilter {
    /// Reads a filter: `prefix:INV-20`, a query such as `status:Open` or `paid`, or both with a blank between them.
    pub(crate) fn parse(text: &str, typing: &Typing) -> Result<Self, String> {
        let text = text.trim();
        let (prefix, rest) = match text.strip_prefix(PREFIX) {
            Some(rest) => {
                let (prefix, rest) = rest.split_once(' ').unwrap_or((rest, ""));
                let ty = typing.key.as_ref().ok_or("the type of the keys is unknown")?;
                (Some(KeyPrefix::parse(ty, prefix).map_err(|error| error.to_string())?), rest.trim())
            }
            None => (None, text),
        };
        let query = match rest {
            "" if prefix.is_some() => None,
            rest => Some(Query::parse(rest, &[typing.value.as_ref()])?),
        };
        Ok(Self { text: text.to_owned(), prefix, query, typing: typing.clone() })
    }

    fn compare_prefix(&self, key: &NodeKey) -> Ordering {
        let compared = self.prefix.as_ref().map(|prefix| prefix.compare_key(key.stored()));
        compared.and_then(Result::ok).unwrap_or(Ordering::Equal)
    }

    fn lets_through(&self, key: &NodeKey) -> bool {
        let Some(query) = &self.query else { return true };
        let record = key.record();
        let value = record.as_ref().map(|record| (record.bytes().value, self.typing.value.as_ref()));
        query.has_record((key.stored(), self.typing.key.as_ref()), value)
    }

    /// Where the scan begins: at the first key with the prefix; else at a place, or at the start.
    fn start(&self, tree: &Tree, from: Option<&RowPath>) -> Result<Option<RecordCursor>, NodeError> {
        let Some(prefix) = &self.prefix else {
            return match from {
                Some(path) => RecordCursor::before(tree, &path.children, path.record),
                None => RecordCursor::first(tree),
            };
        };
        let is_before = |key: &[u8]| prefix.compare_key(key).is_ok_and(Ordering::is_lt);
        let mut keys = tree.walk().from_first(is_before).filter_map(|step| match step {
            Step::Record(record) => Some(record.bytes().stored_key.to_vec()),
            Step::Key(key) => Some(key.stored().to_vec()),
            Step::Node { .. } | Step::Absent(_) | Step::Damage(_) => None,
        });
        match keys.next() {
            Some(key) => RecordCursor::at_key(tree, &key),
            None => Ok(None),
        }
    }
}

/// What a scan has found since the last time.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Hits {
    pub(crate) paths: Vec<RowPath>,
    /// Whether they stand before the place where the scan began, and not after it.
    pub(crate) are_before: bool,
    /// The records that were looked at, from the beginning.
    pub(crate) seen: u64,
    /// Where nodes begin that could not be read.
    pub(crate) unread: Vec<u64>,
}

/// Finds the records that pass a filter, from a place on to the end, then from the start up to the place. `tell` gets
/// what was found whenever `is_time` says so.
pub(crate) fn scan(
    tree: &Tree,
    filter: &TableFilter,
    from: Option<&RowPath>,
    is_time: impl Fn() -> bool,
    mut tell: impl FnMut(Hits) -> ControlFlow<()>,
) -> Result<(), NodeError> {
    let from = from.filter(|_| filter.prefix.is_none());
    let mut scan = Scan { filter, hits: Hits::default(), listed: 0 };
    if scan.run(filter.start(tree, from)?, None, &is_time, &mut tell).is_break() {
        return Ok(());
    }
    if let Some(from) = from {
        if tell(scan.take()).is_break() {
            return Ok(());
        }
        scan.hits.are_before = true;
        if scan.run(RecordCursor::first(tree)?, Some(from), &is_time, &mut tell).is_break() {
            return Ok(());
        }
    }
    let _ = tell(scan.take());
    Ok(())
}

struct Scan<'a> {
    filter: &'a TableFilter,
    hits: Hits,
    listed: usize,
}

impl Scan<'_> {
    fn take(&mut self) -> Hits {
        let next = Hits { are_before: self.hits.are_before, seen: self.hits.seen, ..Hits::default() };
        std::mem::replace(&mut self.hits, next)
    }

    fn run(
        &mut self,
        start: Option<RecordCursor>,
        up_to: Option<&RowPath>,
        is_time: &impl Fn() -> bool,
        tell: &mut impl FnMut(Hits) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(mut cursor) = start else { return ControlFlow::Continue(()) };
        loop {
            let path = || RowPath { children: cursor.children(), record: cursor.record() };
            match cursor.place() {
                Some(Place::Record(key)) => {
                    if self.filter.compare_prefix(&key).is_gt() {
                        return ControlFlow::Continue(());
                    }
                    // Two records of one node never have the same index, so most are told apart without their paths.
                    if up_to.is_some_and(|end| end.record == Some(key.index()) && *end == path()) {
                        return ControlFlow::Continue(());
                    }
                    self.hits.seen += 1;
                    if self.filter.lets_through(&key) {
                        self.hits.paths.push(path());
                        self.listed += 1;
                    }
                }
                Some(Place::Unreadable(error, _)) => self.hits.unread.push(error.offset()),
                None => {}
            }
            let is_full = self.listed >= MAX_HITS;
            let is_first = self.listed == 1 && !self.hits.paths.is_empty();
            if is_full || is_first || self.hits.seen.is_multiple_of(PACE) && is_time() {
                tell(self.take())?;
            }
            if is_full {
                return ControlFlow::Break(());
            }
            if !cursor.step(true) {
                return ControlFlow::Continue(());
            }
        }
    }
}
