//! A tree built from a source under a mapping.
//!
//! Rows come in any order and number: they are mapped, sorted outside of memory where they have no room in it, and
//! merged with the tree that is there, so that a commit writes what changed and nothing else.
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
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod error;
mod fetch;
mod merge;

use std::ops::ControlFlow;
use std::path::Path;

pub use error::{BuildError, Problem};
pub use fetch::{Fetched, FetchedRows, fetch};
pub use merge::Changes;

use crate::mapping::{Mapper, Mapping};
use crate::source::{self, Gauge, Wanted};
use file_mst::diff::{LEFT_OUT_NOTE, LeftOut};
use file_mst::error::Error;
use file_mst::store::Commit;
use file_mst::write::{Options, TreeWriter};
use file_mst::write::{Sorted, Sorter};
use merge::{merge, problems};
use mst_types::schema_bytes;

/// How a tree is built.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// The memory that the build may take, about, in bytes.
    pub memory: usize,
    /// What becomes of rows that break the contract.
    pub on_error: OnError,
    /// What the commit says of itself.
    pub label: String,
}

impl Default for BuildOptions {
    /// 256 MB; the first row that breaks the contract ends the build.
    fn default() -> Self {
        Self { memory: 256 << 20, on_error: OnError::Stop, label: String::new() }
    }
}

/// What becomes of rows that break the contract, and of records that several rows claim.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnError {
    /// The first one ends the build.
    Stop,
    /// They are left out, each after it was told.
    Skip,
    /// All are told, and nothing is written.
    List,
}

/// What a build tells while it runs.
#[derive(Debug)]
pub enum Event<'e> {
    /// So many rows were read of a source.
    Rows(u64, &'e Gauge),
    /// All rows are read; the tree is built.
    Sorted,
    /// A row breaks the contract.
    Problem(&'e Problem),
}

/// Who is told.
pub type Tell<'t> = &'t mut dyn FnMut(Event<'_>);

/// What came of a build.
#[derive(Clone, Debug)]
pub struct Report {
    /// Rows that were read.
    pub rows: u64,
    /// Rows that were left out.
    pub left_out: u64,
    /// The keys that were left out, as the commit notes them.
    pub keys: LeftOut,
    /// What changed in the tree.
    pub changes: Changes,
    /// The last commit: the new one, or the one that was there if nothing changed; none of a tree that was not written.
    pub commit: Option<Commit>,
    /// Whether the commit is new.
    pub committed: bool,
}

/// So many rows apart progress is told.
const TOLD: u64 = 1 << 14;

/// Maps and validates all rows of a mapping's source and writes nothing.
///
/// # Errors
/// As [`build`].
pub fn check(mapping: &Mapping, options: &BuildOptions, tell: Tell<'_>) -> Result<Report, BuildError> {
    let Read { sorted, rows, mut left_out, keys } = read(mapping, options, tell)?;
    left_out += count_problems(mapping, &sorted, options.on_error, tell)?;
    if left_out > 0 && options.on_error == OnError::List {
        return Err(BuildError::Broken { count: left_out });
    }
    Ok(Report { rows, left_out, keys, changes: Changes::default(), commit: None, committed: false })
}

/// Builds the tree of a mapping's source in the file at `out`, as one commit: a new file, or what changed since the
/// last commit of one that follows the same contract. Records that the source has no more are removed.
///
/// With [`OnError::Skip`] the commit notes which keys were left out ([`LeftOut`]), so that whoever compares the tree does not
/// take them for missing; a key that has a record of an earlier build keeps it. Where the key of a row that was left out
/// could not be read, no record is removed.
///
/// Memory stays about within [`BuildOptions::memory`]; a temporary file takes what has no room in it.
///
/// # Errors
/// [`BuildError`]. What was committed before stays as it is.
pub fn build(mapping: &Mapping, out: &Path, options: &BuildOptions, tell: Tell<'_>) -> Result<Report, BuildError> {
    let mut writer = open(mapping, out, options)?;
    let Read { sorted, rows, mut left_out, mut keys } = read(mapping, options, tell)?;
    tell(Event::Sorted);
    if options.on_error == OnError::List {
        left_out += count_problems(mapping, &sorted, OnError::List, tell)?;
        if left_out > 0 {
            return Err(BuildError::Broken { count: left_out });
        }
    }
    let old = writer.tree()?;
    let before = writer.last().map(|last| last.root.hash);
    let mut merged = None;
    let applied = writer.apply_sorted(|sender| {
        merged = Some(merge(mapping, &old, &sorted, options.on_error, &mut keys, sender, tell));
    });
    // What stopped the merge says more than that it was stopped.
    let (changes, twice) = merged.transpose()?.unwrap_or_default();
    applied?;
    left_out += twice;
    let mut notes = mapping.notes();
    notes.extend((!keys.is_empty()).then(|| (LEFT_OUT_NOTE.to_owned(), keys.encode())));
    // Records that were read anew by another time zone database say so, though none is another. A key that is left out now,
    // or is so no more, is news too.
    let says = |last: &Commit| {
        let left_out = [&last.notes, &notes].map(|notes| notes.get(LEFT_OUT_NOTE));
        notes.iter().all(|(name, value)| last.notes.get(name) == Some(value)) && left_out[0] == left_out[1]
    };
    let committed = before != Some(writer.tree()?.root_link().hash) || !writer.last().is_some_and(says);
    if committed {
        writer.set_notes(notes)?;
    }
    let commit = if committed { Some(writer.commit(&options.label, None)?) } else { writer.last().cloned() };
    Ok(Report { rows, left_out, keys, changes, commit, committed })
}

/// The file to write, which is new or follows the same contract.
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

/// What was read of a source.
struct Read {
    sorted: Sorted,
    rows: u64,
    left_out: u64,
    /// The rows whose key could not be read, so far.
    keys: LeftOut,
}

/// Reads, maps and sorts all rows.
fn read(mapping: &Mapping, options: &BuildOptions, tell: Tell<'_>) -> Result<Read, BuildError> {
    let wanted = Wanted { columns: Some(mapping.columns.clone()), filter: None };
    let mut source = source::open(&mapping.source, &wanted)?;
    let mapper = Mapper::new(mapping, source.name(), source.columns())?;
    let gauge = source.gauge();
    let mut sorter = Sorter::new(options.memory / 2);
    let (mut rows, mut left_out) = (0, 0);
    let mut keys = LeftOut::default();
    let (mut key, mut value) = (Vec::new(), Vec::new());
    let mut failed: Option<BuildError> = None;
    source.each(&mut |row| {
        rows += 1;
        if rows % TOLD == 0 {
            tell(Event::Rows(rows, &gauge));
        }
        key.clear();
        value.clear();
        // The number of a row whose key could be read, though the row breaks the contract.
        let mut broken = None;
        let sorted = row.map_err(Problem::Unreadable).and_then(|row| {
            let mut has_key = false;
            let mapped = mapper.key(row, &mut key).and_then(|()| {
                has_key = true;
                mapper.value(row, &key, &mut value)
            });
            let sorted = mapped.and_then(|()| match sorter.push(&key, &value, row.number) {
                Err(error @ Error::Limit { .. }) => Err(mapper.too_long(row.number, &key, &error)),
                pushed => Ok(pushed),
            });
            broken = has_key.then_some(row.number);
            sorted.map_err(Problem::Violation)
        });
        let result = match sorted {
            Ok(pushed) => pushed.map_err(BuildError::from),
            Err(problem) => {
                left_out += 1;
                tell(Event::Problem(&problem));
                let kept = broken.map(|row| sorter.push_broken(&key, row));
                match kept {
                    _ if options.on_error == OnError::Stop => Err(BuildError::Problem(problem)),
                    Some(Ok(())) => Ok(()),
                    // A key that is too long for a tree is none that could be listed.
                    Some(Err(Error::Limit { .. })) | None => {
                        keys.add_rows_without_key(1);
                        Ok(())
                    }
                    Some(Err(error)) => Err(error.into()),
                }
            }
        };
        match result {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    match failed {
        Some(error) => Err(error),
        None => Ok(Read { sorted: sorter.finish()?, rows, left_out, keys }),
    }
}

/// Tells of all records that several rows claim; returns how many rows they are.
fn count_problems(mapping: &Mapping, sorted: &Sorted, on_error: OnError, tell: Tell<'_>) -> Result<u64, BuildError> {
    let mut stop = None;
    let count = problems(
        mapping,
        sorted,
        |_, _| true,
        |problem| {
            tell(Event::Problem(&problem));
            let go_on = on_error != OnError::Stop;
            if !go_on {
                stop = Some(problem);
            }
            go_on
        },
    )?;
    match stop {
        Some(problem) => Err(BuildError::Problem(problem)),
        None => Ok(count),
    }
}

/// What ends a stream of changes that is not to be applied.
fn stopped() -> Error {
    let source = std::io::Error::from(std::io::ErrorKind::Interrupted);
    Error::Io { doing: "build the tree", source: std::sync::Arc::new(source) }
}
