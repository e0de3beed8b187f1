//! Building a tree from a source with a mapping.
//!
//! Rows come in any order and number. They are mapped, sorted (in a temporary file if they do not fit into memory), and
//! merged with the existing tree, so that a commit writes only what changed.
//!
//! ```
//! # #[cfg(feature = "csv")] {
//! use mst_sync::ingest::{BuildOptions, build};
//! use mst_sync::mapping::Mapping;
//!
//! # let folder = tempfile::tempdir()?;
//! # let out = folder.path().join("orders.mst");
//! let mapping = Mapping::read("../../samples/tour/orders-csv.toml".as_ref())?;
//! let report = build(&mapping, &out, &BuildOptions::default(), &mut |_| {})?;
//! assert_eq!((report.rows, report.changes.added), (400, 400));
//! // Nothing has changed since.
//! assert!(!build(&mapping, &out, &BuildOptions::default(), &mut |_| {})?.committed);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod fetch;
mod merge;
mod sorter;
mod unchanged;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{channel, sync_channel};
use std::thread;

pub use error::{BuildError, Problem};
pub use fetch::{Fetched, FetchedRows, TellRows, fetch, fetch_by_query};
pub use merge::Changes;

use crate::condition::{Now, RowCondition};
use crate::mapping::{Broken, Mapper, Mapping, NOW_NOTE, RowView, WHERE_NOTE};
use crate::source::{self, Batch, Batches, BrokenRow, Cell, FileHasher, Gauge, Row, Rows, Wanted};
use file_mst::Commit;
use file_mst::Error;
use file_mst::diff::{LEFT_OUT_NOTE, LeftOut, TOLERANCE_NOTE};

use file_mst::{Options, TreeWriter};
use merge::{Claim, merge, problems, report};
use mst_types::schema_bytes;
use sorter::{Sorted, Sorter};
use unchanged::SourceFile;

/// The note of a commit that says which file its records were read from.
pub const SOURCE_NOTE: &str = "source";

/// Options of a build.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// The approximate memory limit of the build, in bytes.
    pub memory: usize,
    /// How rows that violate the contract are handled.
    pub on_error: OnError,
    /// The label of the commit.
    pub label: String,
    /// Ends the build with [`BuildError::Stopped`] once it is true; nothing is written then.
    pub stop: Arc<AtomicBool>,
    /// The moment that `now` stands for in the condition of the mapping. Two trees that are compared need the same one.
    pub now: Now,
    /// Whether a file is read that has not changed.
    pub reading: Reading,
}

/// Whether a file is read that has not changed since the records of the tree were read from it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub enum Reading {
    /// It is read, and nothing is noted for the next time.
    #[default]
    Always,
    /// It is read, and the commit notes its state ([`SOURCE_NOTE`]).
    Again,
    /// It is read if it may have changed. The commit notes its state.
    IfChanged,
}

impl Default for BuildOptions {
    /// 256 MB; the first row that violates the contract ends the build; `now` is the moment of this call.
    fn default() -> Self {
        Self {
            memory: 256 << 20,
            on_error: OnError::Stop,
            label: String::new(),
            stop: Arc::default(),
            now: Now::default(),
            reading: Reading::Always,
        }
    }
}

/// How rows that violate the contract, and records with several rows, are handled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum OnError {
    /// The first one ends the build.
    Stop,
    /// They are skipped, each after it is reported.
    Skip,
    /// All are reported, and nothing is written.
    List,
}

/// An event during a build.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'e> {
    /// This many rows have been read from a source.
    Rows(u64, &'e Gauge),
    /// All rows are read; the tree is being built.
    Sorted,
    /// A row violates the contract.
    Problem(&'e Problem),
}

/// Receives the events.
pub type Tell<'t> = &'t mut dyn FnMut(Event<'_>);

/// The result of a build.
#[derive(Clone, Debug)]
pub struct Report {
    /// The number of rows read.
    pub rows: u64,
    /// The number of rows skipped.
    pub left_out: u64,
    /// The keys of skipped rows, as recorded in the commit.
    pub keys: LeftOut,
    /// The changes in the tree.
    pub changes: Changes,
    /// The last commit: the new one, or the existing one if nothing changed; `None` if no tree was written.
    pub commit: Option<Commit>,
    /// Whether the commit is new.
    pub committed: bool,
    /// Whether the source was not read, because its file has not changed. The rows are those of the last reading.
    pub is_unread: bool,
}

/// The number of rows between progress events.
const ROWS_PER_EVENT: u64 = 1 << 14;

/// Maps and validates all rows of a mapping's source and writes nothing.
///
/// # Errors
/// The same as for [`build`].
pub fn check(mapping: &Mapping, options: &BuildOptions, tell: Tell<'_>) -> Result<Report, BuildError> {
    let Read { sorted, rows, mut left_out, keys } = read(mapping, options, None, tell)?;
    left_out += count_problems(mapping, &sorted, options.on_error, tell)?;
    if left_out > 0 && options.on_error == OnError::List {
        return Err(BuildError::Broken { count: left_out });
    }
    let changes = Changes::default();
    Ok(Report { rows, left_out, keys, changes, commit: None, committed: false, is_unread: false })
}

/// Builds the tree of a mapping's source in the file `out`, as one commit: in a new file, or with the changes since the
/// last commit of a file that follows the same contract. Records that the source no longer has are removed.
///
/// With [`OnError::Skip`] the commit records the keys of skipped rows ([`LeftOut`]), so that comparisons do not take
/// them for missing; a key with a record from an earlier build keeps it. If the key of a skipped row could not be read,
/// no record is removed.
///
/// Memory stays approximately within [`BuildOptions::memory`]; what does not fit goes to a temporary file.
///
/// # Errors
/// See [`BuildError`]. Earlier commits are unaffected.
pub fn build(mapping: &Mapping, out: &Path, options: &BuildOptions, tell: Tell<'_>) -> Result<Report, BuildError> {
    let mut writer = open(mapping, out, options)?;
    let file = if options.reading == Reading::Always { None } else { SourceFile::of(mapping) };
    if options.reading == Reading::IfChanged
        && let (Some(file), Some(last)) = (&file, writer.last())
        && has_notes(last, &mapping.notes())
        && let Some(rows) = file.unchanged(last)
    {
        let (keys, changes, commit) = (LeftOut::default(), Changes::default(), Some(last.clone()));
        return Ok(Report { rows, left_out: 0, keys, changes, commit, committed: false, is_unread: true });
    }
    let hasher = file.as_ref().and_then(|file| file.hasher.clone());
    let Read { sorted, rows, mut left_out, mut keys } = read(mapping, options, hasher, tell)?;
    tell(Event::Sorted);
    if options.on_error == OnError::List {
        left_out += count_problems(mapping, &sorted, OnError::List, tell)?;
        if left_out > 0 {
            return Err(BuildError::Broken { count: left_out });
        }
    }
    let old = writer.tree()?;
    let before = writer.last().map(|last| last.root.hash);
    let (changes, twice) =
        writer.apply_sorted(|sender| merge(mapping, &old, &sorted, options.on_error, &mut keys, sender, tell))?;
    left_out += twice;
    let mut notes = mapping.notes();
    notes.extend((!keys.is_empty()).then(|| (LEFT_OUT_NOTE.to_owned(), keys.encode())));
    // A commit is also made if only its notes change: for example if the same records were read with another time zone
    // database, or if a key is skipped now and was not before, or the reverse. The state of the file is no reason.
    let root = writer.tree()?.root_link().hash;
    let committed = before != Some(root) || !writer.last().is_some_and(|last| has_notes(last, &notes));
    if committed {
        // The moment alone is no reason for a commit.
        if mapping.rows.as_ref().is_some_and(RowCondition::uses_now) {
            let now = Cell::Instant(options.now.nanos()).to_string();
            notes.insert(NOW_NOTE.to_owned(), now.into_bytes());
        }
        // Rows that are left out have to be reported each time.
        if left_out == 0 && keys.is_empty() {
            let note = file.and_then(|file| file.note(rows, root));
            notes.extend(note.map(|note| (SOURCE_NOTE.to_owned(), note)));
        }
        writer.set_notes(notes)?;
    }
    let commit = if committed { Some(writer.commit(&options.label, None)?) } else { writer.last().cloned() };
    Ok(Report { rows, left_out, keys, changes, commit, committed, is_unread: false })
}

/// Whether a commit has these notes, as far as they concern its records.
fn has_notes(commit: &Commit, notes: &BTreeMap<String, Vec<u8>>) -> bool {
    // A list, a tolerance or a condition that is gone is a change too.
    let is_same = |name: &str| commit.notes.get(name) == notes.get(name);
    notes.keys().all(|name| is_same(name)) && [LEFT_OUT_NOTE, TOLERANCE_NOTE, WHERE_NOTE].into_iter().all(is_same)
}

/// Opens the file to write, which is new or follows the same contract.
fn open(mapping: &Mapping, out: &Path, options: &BuildOptions) -> Result<TreeWriter, BuildError> {
    let contract = &mapping.contract;
    let hash = contract.hash();
    let options = Options {
        cache_bytes: (options.memory / 8) as u64,
        schema: Some(schema_bytes(&contract.key_type(), &contract.value_type())),
        contract: Some(hash),
        ..Options::default()
    };
    let writer = TreeWriter::open(out, options)?;
    match writer.last() {
        Some(last) if last.contract != Some(hash) => {
            Err(BuildError::OtherContract { path: out.to_owned(), has: last.contract, wants: hash })
        }
        _ => Ok(writer),
    }
}

/// The rows read from a source.
struct Read {
    sorted: Sorted,
    rows: u64,
    left_out: u64,
    /// So far, only the number of rows whose key could not be read.
    keys: LeftOut,
}

/// Reads, maps and sorts all rows.
fn read(
    mapping: &Mapping,
    options: &BuildOptions,
    hasher: Option<FileHasher>,
    tell: Tell<'_>,
) -> Result<Read, BuildError> {
    let mut source = source::open(&mapping.source, &Wanted { hasher, ..mapping.wanted(options.now) })?;
    let mapper = Mapper::new(mapping, source.name(), source.columns())?;
    let gauge = source.gauge();
    let mut reader = Reader {
        mapper,
        on_error: options.on_error,
        sorter: Sorter::new(options.memory / 2),
        left_out: 0,
        keys: LeftOut::default(),
        key: Vec::new(),
        value: Vec::new(),
    };
    let rows = match source.batches() {
        Some(batches) => read_batches(batches, &mut reader, &gauge, options, tell)?,
        None => {
            let mut rows = 0;
            // Sources only ask whether to go on, so the error is kept here.
            let mut taken = Ok(());
            source.each(&mut |row| {
                rows += 1;
                taken = count(rows, &gauge, options, tell).and_then(|()| reader.take(row, tell));
                if taken.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })?;
            taken?;
            rows
        }
    };
    Ok(Read { sorted: reader.sorter.finish()?, rows, left_out: reader.left_out, keys: reader.keys })
}

/// Reports the progress at this row, and ends the build if that was requested.
fn count(row: u64, gauge: &Gauge, options: &BuildOptions, tell: Tell<'_>) -> Result<(), BuildError> {
    if row.is_multiple_of(ROWS_PER_EVENT) {
        tell(Event::Rows(row, gauge));
    }
    if options.stop.load(Ordering::Relaxed) { Err(BuildError::Stopped) } else { Ok(()) }
}

/// The number of batches that are read ahead.
const BATCHES_AHEAD: usize = 2;

/// Maps and sorts the rows of batches, which another thread reads meanwhile. Returns their number.
fn read_batches(
    batches: &mut dyn Batches,
    reader: &mut Reader<'_>,
    gauge: &Gauge,
    options: &BuildOptions,
    tell: Tell<'_>,
) -> Result<u64, BuildError> {
    let (full, read) = sync_channel(BATCHES_AHEAD);
    let (used, empty) = channel::<Rows>();
    thread::scope(|scope| {
        scope.spawn(move || {
            loop {
                let mut rows = empty.try_recv().unwrap_or_default();
                let batch = batches.read(&mut rows);
                let is_last = !matches!(batch, Ok(Batch::Rows | Batch::Broken(_)));
                // A receiver that is gone has a reason of its own.
                if full.send(batch.map(|batch| (batch, rows))).is_err() || is_last {
                    return;
                }
            }
        });
        let mut number = 0;
        for batch in read {
            match batch? {
                (Batch::Rows, rows) => {
                    for index in 0..rows.len() {
                        number += 1;
                        count(number, gauge, options, tell)?;
                        match rows.row(index) {
                            Ok(row) => reader.take_view(&row, tell)?,
                            Err(broken) => reader.take(Err(broken), tell)?,
                        }
                    }
                    // Its memory is used again, unless nothing more is read.
                    let _ = used.send(rows);
                }
                (Batch::Broken(broken), _) => {
                    number += 1;
                    count(number, gauge, options, tell)?;
                    reader.take(Err(broken), tell)?;
                }
                (Batch::End, _) => break,
            }
        }
        Ok(number)
    })
}

/// Maps and sorts rows, and reports those that cannot be mapped.
struct Reader<'m> {
    mapper: Mapper<'m>,
    on_error: OnError,
    sorter: Sorter,
    left_out: u64,
    keys: LeftOut,
    /// The key and the value of the current row, in memory that is reused.
    key: Vec<u8>,
    value: Vec<u8>,
}

impl Reader<'_> {
    fn take(&mut self, row: Result<Row<'_>, BrokenRow>, tell: Tell<'_>) -> Result<(), BuildError> {
        match row {
            Ok(row) => self.take_view(&row, tell),
            Err(broken) => self.leave_out(InvalidRow { problem: broken.into(), row_with_key: None }, tell),
        }
    }

    fn take_view<R: RowView>(&mut self, row: &R, tell: Tell<'_>) -> Result<(), BuildError> {
        match self.sort(row) {
            Ok(sorted) => sorted.map_err(BuildError::from),
            Err(invalid) => self.leave_out(invalid, tell),
        }
    }

    fn leave_out(&mut self, invalid: InvalidRow, tell: Tell<'_>) -> Result<(), BuildError> {
        let InvalidRow { problem, row_with_key } = invalid;
        self.left_out += 1;
        if let ControlFlow::Break(problem) = report(problem, self.on_error, tell) {
            return Err(BuildError::Problem(problem));
        }
        match row_with_key.map(|row| self.sorter.push_broken(&self.key, row)) {
            Some(Ok(())) => Ok(()),
            // A key that is too long for a tree cannot be recorded either.
            Some(Err(Error::Limit { .. })) | None => {
                self.keys.add_rows_without_key(1);
                Ok(())
            }
            Some(Err(error)) => Err(error.into()),
        }
    }

    /// Maps a row and hands it to the sorter. The outer error is a problem of the row, the inner one of the sorter.
    fn sort<R: RowView>(&mut self, row: &R) -> Result<Result<(), Error>, InvalidRow> {
        self.key.clear();
        self.value.clear();
        let number = row.number();
        let invalid = |Broken { violation, has_key }| InvalidRow {
            problem: Problem::Violation(violation),
            row_with_key: has_key.then_some(number),
        };
        self.mapper.record(row, &mut self.key, &mut self.value).map_err(invalid)?;
        match self.sorter.push(&self.key, &self.value, number) {
            Err(error @ Error::Limit { .. }) => {
                let violation = self.mapper.too_long(number, &self.key, &error);
                Err(invalid(Broken { violation, has_key: true }))
            }
            pushed => Ok(pushed),
        }
    }
}

/// A row that is left out.
struct InvalidRow {
    problem: Problem,
    /// The number of the row, if its key can be read although the row violates the contract.
    row_with_key: Option<u64>,
}

/// Reports all keys with several rows; returns the number of those rows that were not reported before.
fn count_problems(mapping: &Mapping, sorted: &Sorted, on_error: OnError, tell: Tell<'_>) -> Result<u64, BuildError> {
    let go_on = |_: &[u8], _: Claim<'_>| ControlFlow::Continue(());
    let (flow, unreported) = problems(mapping, sorted, go_on, |problem| report(problem, on_error, tell))?;
    match flow {
        ControlFlow::Break(problem) => Err(BuildError::Problem(problem)),
        ControlFlow::Continue(()) => Ok(unreported),
    }
}

/// The error that ends a stream of changes that must not be applied.
fn stopped() -> Error {
    let source = std::io::Error::from(std::io::ErrorKind::Interrupted);
    Error::Io { doing: "build the tree", source: std::sync::Arc::new(source) }
}
