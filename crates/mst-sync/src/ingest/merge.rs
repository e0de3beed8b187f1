//! Sorted records held against the tree that is there.

use std::cmp::Ordering;

use super::error::{BuildError, Problem};
use super::{Event, OnError, Tell, stopped};
use crate::mapping::{Mapper, Mapping};
use file_mst::diff::{LeftOut, WhyLeftOut};
use file_mst::error::Error;
use file_mst::tree::Tree;
use file_mst::write::Sender;
use file_mst::write::Sorted;

/// What changes in a tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// Records that are new.
    pub added: u64,
    /// Records with another value than before.
    pub changed: u64,
    /// Records that the source has no more.
    pub removed: u64,
    /// Records of an earlier build that were kept, since the rows of their keys were left out, or may have been.
    pub kept: u64,
}

/// The meaning of a key, once all its rows were seen.
pub(super) enum Claim<'a> {
    /// One row alone has it, with this value.
    Record(&'a [u8]),
    /// Its rows are left out.
    LeftOut(WhyLeftOut),
}

/// A record that waits until it is known that no other row has its key.
#[derive(Default)]
struct Held {
    key: Vec<u8>,
    value: Vec<u8>,
    row: u64,
    /// How many rows have the key.
    rows: u64,
    /// How many of them break the contract.
    broken: u64,
}

impl Held {
    fn claim(&self) -> Claim<'_> {
        match (self.rows, self.broken) {
            (1, 0) => Claim::Record(&self.value),
            (1, _) => Claim::LeftOut(WhyLeftOut::BreaksContract),
            // Which of them is meant cannot be told, be one of them broken or all alike.
            _ => Claim::LeftOut(WhyLeftOut::Duplicate),
        }
    }

    /// How many rows are left out that were not told before.
    fn untold(&self) -> u64 {
        if self.rows > 1 { self.rows - self.broken } else { 0 }
    }
}

/// Calls `each` with each key and what it stands for, in key order, and `problem` where several rows have one, until one
/// returns false. Returns how many rows `problem` was about that do not break the contract by themselves.
pub(super) fn problems(
    mapping: &Mapping,
    sorted: &Sorted,
    mut each: impl FnMut(&[u8], Claim<'_>) -> bool,
    mut problem: impl FnMut(Problem) -> bool,
) -> Result<u64, Error> {
    let mapper = Mapper::new(mapping, &mapping.source.name(), &mapping.columns).ok();
    let mut held = Held::default();
    let (mut untold, mut going) = (0, true);
    sorted.each(|key, value, row| {
        let is_broken = u64::from(value.is_none());
        if held.rows > 0 && held.key == key {
            held.rows += 1;
            held.broken += is_broken;
            let key = mapper.as_ref().map_or_else(|| hex::encode(key), |mapper| mapper.key_text(key));
            going = problem(Problem::Duplicate { table: mapping.source.name(), key, first: held.row, second: row });
            return going;
        }
        if held.rows > 0 {
            untold += held.untold();
            going = each(&held.key, held.claim());
        }
        held.key.clear();
        held.key.extend_from_slice(key);
        held.value.clear();
        held.value.extend_from_slice(value.unwrap_or_default());
        (held.row, held.rows, held.broken) = (row, 1, is_broken);
        going
    })?;
    untold += held.untold();
    if going && held.rows > 0 {
        each(&held.key, held.claim());
    }
    Ok(untold)
}

/// Sends what makes `old` the tree of the sorted records; `left_out` gets the keys that were. Returns what changed, and how
/// many rows were left out that were not told before.
///
/// A key whose rows are left out keeps the record that it has in `old`: that its row is broken today does not say that it
/// is gone. Where rows were left out whose key could not be read, a key that did not come may be one of theirs, and keeps
/// its record too.
pub(super) fn merge(
    mapping: &Mapping,
    old: &Tree,
    sorted: &Sorted,
    on_error: OnError,
    left_out: &mut LeftOut,
    mut to: Sender,
    tell: Tell<'_>,
) -> Result<(Changes, u64), BuildError> {
    let mut against = match Against::new(old, left_out) {
        Ok(against) => against,
        Err(error) => {
            to.end(Some(stopped()));
            return Err(error.into());
        }
    };
    let (mut failed, mut stop) = (None, None);
    let merged = problems(
        mapping,
        sorted,
        |key, claim| match against.take_in(key, &claim, &mut to) {
            Ok(wanted) => wanted,
            Err(error) => {
                failed = Some(error);
                false
            }
        },
        |problem| {
            tell(Event::Problem(&problem));
            let go_on = on_error != OnError::Stop;
            if !go_on {
                stop = Some(problem);
            }
            go_on
        },
    );
    let result = match (merged, failed, stop) {
        (_, _, Some(problem)) => Err(BuildError::Problem(problem)),
        (_, Some(error), _) | (Err(error), ..) => Err(error.into()),
        (Ok(twice), None, None) => against.rest(&mut to).map(|()| (against.changes, twice)).map_err(BuildError::from),
    };
    to.end(result.is_err().then(stopped));
    result
}

/// The records of the old tree, one ahead.
struct Against<'l> {
    records: file_mst::tree::Range,
    next: Option<file_mst::tree::NodeRecord>,
    changes: Changes,
    left_out: &'l mut LeftOut,
}

impl<'l> Against<'l> {
    fn new(old: &Tree, left_out: &'l mut LeftOut) -> Result<Self, Error> {
        let mut against = Self { records: old.records()?, next: None, changes: Changes::default(), left_out };
        against.advance()?;
        Ok(against)
    }

    fn advance(&mut self) -> Result<(), Error> {
        self.next = self.records.next().transpose()?;
        Ok(())
    }

    /// Takes in the next key of the source; false if nobody wants more.
    fn take_in(&mut self, key: &[u8], claim: &Claim<'_>, to: &mut Sender) -> Result<bool, Error> {
        while let Some(next) = &self.next {
            let bytes = next.bytes();
            match bytes.stored_key.cmp(key) {
                Ordering::Less => {
                    if !self.unseen(to) {
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

    /// Removes the next record, whose key did not come, unless its row may be one whose key could not be read.
    fn unseen(&mut self, to: &mut Sender) -> bool {
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

    /// Settles the records whose keys would come after the last that came.
    fn rest(&mut self, to: &mut Sender) -> Result<(), Error> {
        while self.next.is_some() {
            if !self.unseen(to) {
                return Ok(());
            }
            self.advance()?;
        }
        Ok(())
    }
}
