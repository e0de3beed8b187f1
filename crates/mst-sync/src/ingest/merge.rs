//! Merging sorted records with the existing tree.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use super::error::{BuildError, Problem};
use super::sorter::Sorted;
use super::{Event, OnError, Tell, stopped};
use crate::mapping::{Mapper, Mapping};
use file_mst::Error;
use file_mst::Tree;
use file_mst::diff::{LeftOut, WhyLeftOut};
use file_mst::write::Sender;

use mst_types::varint::push_varint;

/// The changes in a tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// Records that are new.
    pub added: u64,
    /// Records whose value has changed.
    pub changed: u64,
    /// Records that the source no longer has.
    pub removed: u64,
    /// Records of an earlier build that were kept, because the rows with their keys were skipped, or may have been.
    pub kept: u64,
}

/// The outcome for a key, once all its rows are known.
pub(super) enum Claim<'a> {
    /// Exactly one row has the key, with this value.
    Record(&'a [u8]),
    /// Its rows are skipped.
    LeftOut(WhyLeftOut),
}

/// A record that is held back until it is known that no other row has its key.
#[derive(Default)]
struct Held {
    key: Vec<u8>,
    value: Vec<u8>,
    row: u64,
    /// The number of rows with the key.
    rows: u64,
    /// The number of those rows that violate the contract.
    broken: u64,
}

impl Held {
    /// The outcome, once all rows are known. In a multiset they are counted, and a row that violates the contract has no
    /// key.
    fn claim(&mut self, is_multiset: bool) -> Claim<'_> {
        if is_multiset {
            self.value.clear();
            push_varint(&mut self.value, self.rows);
            return Claim::Record(&self.value);
        }
        match (self.rows, self.broken) {
            (1, 0) => Claim::Record(&self.value),
            (1, _) => Claim::LeftOut(WhyLeftOut::BreaksContract),
            // It is ambiguous which row is meant, even if one of them is invalid or all are equal.
            _ => Claim::LeftOut(WhyLeftOut::Duplicate),
        }
    }

    /// Passes the key and its outcome on.
    fn settle<B>(
        &mut self,
        is_multiset: bool,
        each: &mut impl FnMut(&[u8], Claim<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        let key = std::mem::take(&mut self.key);
        let flow = each(&key, self.claim(is_multiset));
        self.key = key;
        flow
    }

    /// The number of skipped rows that were not reported before.
    fn unreported(&self, is_multiset: bool) -> u64 {
        if self.rows > 1 && !is_multiset { self.rows - self.broken } else { 0 }
    }
}

/// Calls `each` with each key and its outcome, in key order, and `problem` for each further row of a key, until one of
/// them breaks. Returns the break, and the number of rows passed to `problem` that do not violate the contract by
/// themselves.
pub(super) fn problems<B>(
    mapping: &Mapping,
    sorted: &Sorted,
    mut each: impl FnMut(&[u8], Claim<'_>) -> ControlFlow<B>,
    mut problem: impl FnMut(Problem) -> ControlFlow<B>,
) -> Result<(ControlFlow<B>, u64), Error> {
    let mapper = Mapper::new(mapping, &mapping.source.name(), &mapping.columns).ok();
    let is_multiset = mapping.contract.multiset;
    let mut held = Held::default();
    let mut unreported = 0;
    let mut flow = sorted.each(|key, value, row| {
        let is_broken = u64::from(value.is_none());
        if held.rows > 0 && held.key == key {
            held.rows += 1;
            held.broken += is_broken;
            if is_multiset {
                return ControlFlow::Continue(());
            }
            let key = mapper.as_ref().map_or_else(|| hex::encode(key), |mapper| mapper.key_text(key));
            return problem(Problem::Duplicate { table: mapping.source.name(), key, first: held.row, second: row });
        }
        let flow = if held.rows > 0 {
            unreported += held.unreported(is_multiset);
            held.settle(is_multiset, &mut each)
        } else {
            ControlFlow::Continue(())
        };
        held.key.clear();
        held.key.extend_from_slice(key);
        held.value.clear();
        held.value.extend_from_slice(value.unwrap_or_default());
        (held.row, held.rows, held.broken) = (row, 1, is_broken);
        flow
    })?;
    unreported += held.unreported(is_multiset);
    if flow.is_continue() && held.rows > 0 {
        flow = held.settle(is_multiset, &mut each);
    }
    Ok((flow, unreported))
}

/// Reports a problem; breaks with it if problems end the build.
pub(super) fn report(problem: Problem, on_error: OnError, tell: Tell<'_>) -> ControlFlow<Problem> {
    tell(Event::Problem(&problem));
    if on_error == OnError::Stop { ControlFlow::Break(problem) } else { ControlFlow::Continue(()) }
}

/// Why a merge ends before the last record.
enum Stop {
    /// A problem ends the build.
    Problem(Problem),
    /// The old tree cannot be read.
    Failed(Error),
    /// The receiver wants no more changes. Its own error says why.
    ReceiverGone,
}

/// Sends the changes that turn `old` into the tree of the sorted records; adds the keys of skipped rows to `left_out`.
/// Returns what changed, and the number of skipped rows that were not reported before.
///
/// A key whose rows are skipped keeps its record in `old`: that its row is invalid today does not mean that it is gone.
/// If rows were skipped whose key could not be read, a key that did not come may belong to one of them, and keeps its
/// record too.
pub(super) fn merge(
    mapping: &Mapping,
    old: &Tree,
    sorted: &Sorted,
    on_error: OnError,
    left_out: &mut LeftOut,
    mut to: Sender,
    tell: Tell<'_>,
) -> Result<(Changes, u64), BuildError> {
    let result = merge_into(mapping, old, sorted, on_error, left_out, &mut to, tell);
    // Without this error the receiver would apply the changes sent so far.
    to.end(result.is_err().then(stopped));
    result
}

fn merge_into(
    mapping: &Mapping,
    old: &Tree,
    sorted: &Sorted,
    on_error: OnError,
    left_out: &mut LeftOut,
    to: &mut Sender,
    tell: Tell<'_>,
) -> Result<(Changes, u64), BuildError> {
    let mut old_records = OldRecords::new(old, left_out)?;
    let (flow, unreported) = problems(
        mapping,
        sorted,
        |key, claim| match old_records.take_in(key, &claim, to) {
            Ok(true) => ControlFlow::Continue(()),
            Ok(false) => ControlFlow::Break(Stop::ReceiverGone),
            Err(error) => ControlFlow::Break(Stop::Failed(error)),
        },
        |problem| report(problem, on_error, tell).map_break(Stop::Problem),
    )?;
    match flow {
        ControlFlow::Break(Stop::Problem(problem)) => return Err(BuildError::Problem(problem)),
        ControlFlow::Break(Stop::Failed(error)) => return Err(error.into()),
        ControlFlow::Break(Stop::ReceiverGone) | ControlFlow::Continue(()) => {}
    }
    old_records.rest(to)?;
    Ok((old_records.changes, unreported))
}

/// The records of the old tree, with one record of look-ahead.
struct OldRecords<'l> {
    records: file_mst::inspect::tree::Range,
    next: Option<file_mst::NodeRecord>,
    changes: Changes,
    left_out: &'l mut LeftOut,
}

impl<'l> OldRecords<'l> {
    fn new(old: &Tree, left_out: &'l mut LeftOut) -> Result<Self, Error> {
        let mut old_records = Self { records: old.records()?, next: None, changes: Changes::default(), left_out };
        old_records.advance()?;
        Ok(old_records)
    }

    fn advance(&mut self) -> Result<(), Error> {
        self.next = self.records.next().transpose()?;
        Ok(())
    }

    /// Merges the next key of the source; returns false if the receiver wants no more changes.
    fn take_in(&mut self, key: &[u8], claim: &Claim<'_>, to: &mut Sender) -> Result<bool, Error> {
        while let Some(next) = &self.next {
            let bytes = next.bytes();
            match bytes.stored_key.cmp(key) {
                Ordering::Less => {
                    if !self.settle_missing(to) {
                        return Ok(false);
                    }
                    self.advance()?;
                }
                Ordering::Equal => {
                    let same = matches!(claim, Claim::Record(value) if bytes.value == *value);
                    self.advance()?;
                    return Ok(match claim {
                        Claim::Record(value) => {
                            self.changes.changed += u64::from(!same);
                            same || to.push(key, Some(value), true)
                        }
                        Claim::LeftOut(why) => {
                            self.changes.kept += 1;
                            self.left_out.push(key, *why, true);
                            true
                        }
                    });
                }
                Ordering::Greater => break,
            }
        }
        Ok(match claim {
            Claim::Record(value) => {
                self.changes.added += 1;
                to.push(key, Some(value), true)
            }
            Claim::LeftOut(why) => {
                self.left_out.push(key, *why, false);
                true
            }
        })
    }

    /// Removes the next record, whose key the source did not have, unless its row may be one whose key could not be
    /// read.
    fn settle_missing(&mut self, to: &mut Sender) -> bool {
        let Some(next) = &self.next else { return true };
        let key = next.bytes().stored_key;
        if self.left_out.rows_without_key() > 0 {
            self.changes.kept += 1;
            self.left_out.push(key, WhyLeftOut::NotSeen, true);
            return true;
        }
        self.changes.removed += 1;
        to.push(key, None, false)
    }

    /// Settles the remaining records, whose keys are greater than any key of the source.
    fn rest(&mut self, to: &mut Sender) -> Result<(), Error> {
        while self.next.is_some() {
            if !self.settle_missing(to) {
                return Ok(());
            }
            self.advance()?;
        }
        Ok(())
    }
}
