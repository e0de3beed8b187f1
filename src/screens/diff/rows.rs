//! The rows of differences, fetched again from both sources: the task, and what it has brought so far.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use file_mst::diff::{Side, common_key};
use mst_sync::mapping::Mapping;

use super::DiffScreen;
use crate::model::diff::changes::LineCount;
use crate::model::diff::entry::{Entry, Kind};
use crate::model::diff::pair::Pair;
use crate::model::rows::compared::{RowsNow, RowsOutcome};
use crate::model::rows::fetch::{NotFetched, check, fetch_all, query_one};
use crate::model::rows::page::{RowsState, fetching, has_fingerprints};
use crate::model::text::count;
use crate::runtime::input::action::DiffAction;
use crate::runtime::input::keymap::key_of;
use crate::runtime::jobs::{Feed, PROGRESS, Task};

/// The most keys that are fetched along where a whole source must be read for one of them.
const MAX_ALONG: usize = 10_000;

/// Keys with their rows, compared.
type KeyedRows = Vec<(Vec<u8>, Arc<RowsNow>)>;

/// The rows that were fetched, and those that are being fetched.
#[derive(Debug, Default)]
pub(crate) struct FetchedDifferences {
    /// By key, in the form that is common to all dialects.
    found: BTreeMap<Vec<u8>, Arc<RowsNow>>,
    /// How many of them agree.
    agree: u64,
    pub(super) running: Option<Fetching>,
    failed: Option<Failure>,
}

/// The task that fetches rows.
#[derive(Debug)]
pub(super) struct Fetching {
    pub(super) task: Task,
    /// The keys that it may bring.
    pub(super) keys: Arc<BTreeSet<Vec<u8>>>,
    /// The key whose rows someone waits for; none if all are fetched.
    pub(super) wanted: Option<Vec<u8>>,
    /// Whether the rows of all these keys come with it; otherwise only those of the wanted one.
    pub(super) has_all: bool,
    /// The rows read so far on each side.
    pub(super) read: [u64; 2],
}

/// The last rows that could not be fetched.
#[derive(Debug)]
struct Failure {
    /// None if all were to be fetched.
    wanted: Option<Vec<u8>>,
    why: String,
}

/// A reply of the task.
#[derive(Debug)]
pub(super) enum RowsReply {
    /// The rows read so far on each side.
    Read([u64; 2]),
    /// A whole source must be read, so that the rows of all keys are fetched.
    All,
    /// The rows of these keys, compared.
    Fetched(KeyedRows),
    NotFetched(String),
}

impl FetchedDifferences {
    /// What is known of the rows of a key.
    fn state(&self, key: &[u8]) -> RowsState<'_> {
        if let Some(running) = self.running.as_ref().filter(|running| running.waits_for(key)) {
            return RowsState::Fetching(running.read);
        }
        // Rows that were there before must not be taken for those of a newer attempt.
        let is_its = |failed: &&Failure| failed.wanted.as_ref().is_none_or(|wanted| wanted == key);
        if let Some(failed) = self.failed.as_ref().filter(is_its) {
            return RowsState::Failed(&failed.why);
        }
        self.found.get(key).map_or(RowsState::NotFetched, |now| RowsState::Fetched(now))
    }

    /// How many of the keys whose rows were fetched agree now.
    pub(crate) fn agree(&self) -> u64 {
        self.agree
    }

    /// The progress of a task that fetches all rows, in words.
    pub(crate) fn progress(&self) -> Option<String> {
        let running = self.running.as_ref().filter(|running| running.wanted.is_none())?;
        Some(fetching(running.read))
    }

    fn keep(&mut self, rows: KeyedRows) {
        self.found.extend(rows);
        self.agree = self.found.values().filter(|now| now.outcome == RowsOutcome::Agree).count() as u64;
    }
}

impl Fetching {
    /// Whether the rows of a key come with this task, as far as is known.
    fn waits_for(&self, key: &[u8]) -> bool {
        self.wanted.as_deref() == Some(key) || self.has_all && self.keys.contains(key)
    }
}

impl DiffScreen {
    /// The mappings under which rows can be fetched, if they are known.
    pub(super) fn mappings(&self) -> Option<&Arc<[Mapping; 2]>> {
        self.pair.mappings.as_ref()
    }

    /// The key of a difference in the form that is common to all dialects; none if it is none.
    pub(super) fn key_to_fetch(&self, entry: &Entry) -> Option<Vec<u8>> {
        let (stored, of) = entry.first_key().filter(|_| entry.kind() != Kind::Equal)?;
        Some(common_key(&self.pair.opened(of).tree, stored).into_owned())
    }

    /// What is known of the rows of a difference; none if it has none, or no mappings are known.
    pub(crate) fn rows_of(&self, entry: &Entry) -> Option<RowsState<'_>> {
        self.mappings()?;
        Some(self.rows.state(&self.key_to_fetch(entry)?))
    }

    /// The rows of a difference, if they were fetched.
    pub(crate) fn rows_now(&self, entry: &Entry) -> Option<&RowsNow> {
        // Most lists have none at all, and a key need not be made then.
        if self.rows.found.is_empty() {
            return None;
        }
        self.rows.found.get(&self.key_to_fetch(entry)?).map(|now| &**now)
    }

    /// Starts to fetch the rows of the difference in a line, unless they are there or on their way. `again` fetches them in
    /// any case.
    pub(super) fn fetch_rows(&mut self, line: usize, again: bool) {
        let Some(mappings) = self.mappings().map(Arc::clone) else { return };
        let Some(entry) = self.in_line(line) else { return };
        let Some(key) = self.key_to_fetch(&entry) else { return };
        let is_there = matches!(self.rows.state(&key), RowsState::Fetched(_) | RowsState::Fetching(_));
        if is_there && !again {
            return;
        }
        let along = self.entries_around(self.list.row(line).map_or(0, |row| row.place()));
        self.start_fetching(mappings, Some(key), along);
    }

    /// Starts to fetch the rows of all listed differences.
    pub(super) fn fetch_all_rows(&mut self) {
        let Some(mappings) = self.mappings().map(Arc::clone) else {
            self.shared
                .say("no rows to fetch: no mappings are known; name them with --left-mapping and --right-mapping");
            return;
        };
        let entries: Vec<_> = self.list.entries().map(|(_, entry)| Arc::clone(entry)).collect();
        let all: Vec<_> = entries.into_iter().filter_map(|entry| Some((self.key_to_fetch(&entry)?, entry))).collect();
        if all.is_empty() {
            self.shared.say("no difference is listed, so there are no rows to fetch");
            return;
        }
        self.start_fetching(mappings, None, all);
    }

    /// The differences nearest to a place that have a key: those from it on, then those before it.
    fn entries_around(&self, place: usize) -> Vec<(Vec<u8>, Arc<Entry>)> {
        let after = self.list.entries().filter(|(at, _)| *at >= place);
        let before = self.list.entries().filter(|(at, _)| *at < place);
        let with_key = |(_, entry): (usize, &Arc<Entry>)| Some((self.key_to_fetch(entry)?, Arc::clone(entry)));
        after.chain(before).filter_map(with_key).take(MAX_ALONG).collect()
    }

    fn start_fetching(
        &mut self,
        mappings: Arc<[Mapping; 2]>,
        wanted: Option<Vec<u8>>,
        entries: Vec<(Vec<u8>, Arc<Entry>)>,
    ) {
        self.rows.failed = None;
        if let Err(why) = check(&self.pair, &mappings) {
            self.rows.running = None;
            self.rows.failed = Some(Failure { wanted, why });
            return;
        }
        let keys: Arc<BTreeSet<Vec<u8>>> = Arc::new(entries.iter().map(|(key, _)| key.clone()).collect());
        let (wanted_too, keys_too, pair) = (wanted.clone(), Arc::clone(&keys), Arc::clone(&self.pair));
        let task = self.shared.runner.run(RowsReply::NotFetched, move |feed| {
            let fetched = fetch_compared((&pair, &mappings), wanted_too.as_deref(), &keys_too, &entries, feed);
            let reply = match fetched {
                Ok(rows) => RowsReply::Fetched(rows),
                // Nobody waits for it any more.
                Err(NotFetched::Stopped) => return,
                Err(error) => RowsReply::NotFetched(error.to_string()),
            };
            let _ = feed.send(reply);
        });
        let has_all = wanted.is_none();
        self.rows.running = Some(Fetching { task, keys, wanted, has_all, read: [0, 0] });
    }

    /// Stops fetching rows. False if none are being fetched.
    pub(super) fn stop_fetching(&mut self) -> bool {
        let is_running = self.rows.running.take().is_some();
        if is_running {
            let again = key_of(DiffAction::Rows);
            self.shared.say(format!("stopped: the rows were not fetched; {again} fetches them"));
        }
        is_running
    }

    /// Takes in a reply of the task that fetches rows; another task's is ignored.
    pub(super) fn take_rows(&mut self, ticket: u64, reply: RowsReply) {
        let Some(running) = self.rows.running.as_mut().filter(|running| running.task.ticket() == ticket) else {
            return;
        };
        match reply {
            RowsReply::Read(read) => running.read = read,
            RowsReply::All => running.has_all = true,
            RowsReply::Fetched(rows) => {
                let is_all = running.wanted.is_none();
                self.rows.running = None;
                let (fetched, agreed) = (rows.len() as u64, rows.iter().filter(|(_, now)| agrees(now)).count() as u64);
                self.rows.keep(rows);
                if is_all {
                    let differences = count(fetched, "difference");
                    self.shared.say(format!("the rows of {differences} were fetched: {agreed} agree now"));
                }
            }
            RowsReply::NotFetched(why) => {
                let wanted = running.wanted.take();
                self.rows.running = None;
                if wanted.is_none() {
                    self.shared.say(why.clone());
                }
                self.rows.failed = Some(Failure { wanted, why });
            }
        }
        self.count_fields_of_rows();
        self.lay_out();
    }

    /// Trees of fingerprints know no fields: their differences take as many lines as the rows have fields that differ.
    fn count_fields_of_rows(&mut self) {
        if !self.mappings().is_some_and(|mappings| has_fingerprints(mappings)) {
            return;
        }
        let lines = |(place, entry): (usize, &Arc<Entry>)| {
            let now = self.rows_now(entry).filter(|now| now.outcome != RowsOutcome::Agree);
            Some((place, LineCount::of_rows(now?.changes().len())))
        };
        let lines: Vec<_> = self.list.entries().filter_map(lines).collect();
        let line = self.list.set_lines(lines.into_iter(), self.cursor.selected);
        self.cursor.select(line, self.list.len());
    }
}

#[cfg(test)]
impl DiffScreen {
    /// Shows the rows of the open difference as if they were being fetched, or as if that had failed.
    pub(crate) fn pretend_to_fetch(&mut self, read: [u64; 2], failed: Option<&str>) {
        let Some(wanted) = self.selected().cloned().and_then(|entry| self.key_to_fetch(&entry)) else { return };
        let (task, _) = self.shared.runner.task();
        let (ticket, keys, has_all) = (task.ticket(), Arc::default(), false);
        self.rows.running = Some(Fetching { task, keys, wanted: Some(wanted), has_all, read });
        let reply = failed.map_or(RowsReply::Read(read), |why| RowsReply::NotFetched(why.to_owned()));
        self.take_rows(ticket, reply);
    }

    /// Whether rows are being fetched.
    pub(crate) fn is_fetching(&self) -> bool {
        self.rows.running.is_some()
    }
}

fn agrees(now: &RowsNow) -> bool {
    now.outcome == RowsOutcome::Agree
}

/// Fetches rows and compares them: those of the wanted key, and of all keys if the whole of a source must be read for it;
/// or those of all keys if none is wanted.
fn fetch_compared(
    (pair, mappings): (&Pair, &[Mapping; 2]),
    wanted: Option<&[u8]>,
    keys: &BTreeSet<Vec<u8>>,
    entries: &[(Vec<u8>, Arc<Entry>)],
    feed: &Feed,
) -> Result<KeyedRows, NotFetched> {
    let progress = Mutex::new(([0, 0], Instant::now()));
    let tell = |side: Side, rows: u64| {
        let mut progress = progress.lock().unwrap_or_else(PoisonError::into_inner);
        let (read, sent) = &mut *progress;
        let [left, right] = read;
        *(if side == Side::Left { left } else { right }) = rows;
        if feed.is_cancelled() {
            return ControlFlow::Break(());
        }
        if sent.elapsed() < PROGRESS {
            return ControlFlow::Continue(());
        }
        *sent = Instant::now();
        feed.send(RowsReply::Read(*read))
    };
    let queried = wanted.map(|key| query_one(mappings, key, &tell)).transpose()?.flatten();
    let has_all = queried.is_none();
    let mut rows = match queried {
        Some(rows) => rows,
        None => {
            let _ = feed.send(RowsReply::All);
            fetch_all(mappings, keys, &tell)?
        }
    };
    let is_there = |(key, _): &&(Vec<u8>, Arc<Entry>)| has_all || Some(key.as_slice()) == wanted;
    let compared = entries.iter().filter(is_there).map(|(key, entry)| {
        let (left, right) = entry.sides();
        let stored = [left.map(|(_, value)| value), right.map(|(_, value)| value)];
        (key.clone(), Arc::new(RowsNow::new(mappings, &mut rows, key, stored, pair.comparison.tolerances())))
    });
    Ok(compared.collect())
}
