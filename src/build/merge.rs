//! Sorted records held against the tree that is there.

use std::cmp::Ordering;

use super::error::{BuildError, Problem};
use super::sort::Sorted;
use super::{Event, OnError, Tell, stopped};
use crate::error::Error;
use crate::mapping::{Mapper, Mapping};
use crate::tree::Tree;
use crate::write::Sender;

/// What changes in a tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// Records that are new.
    pub added: u64,
    /// Records with another value than before.
    pub changed: u64,
    /// Records that the source has no more.
    pub removed: u64,
}

/// A record that waits until it is known that no other row has its key.
#[derive(Default)]
struct Held {
    key: Vec<u8>,
    value: Vec<u8>,
    row: u64,
    /// How many rows have the key.
    rows: u64,
}

/// Calls `record` with key and value of each record that one row alone claims, in key order, and `problem` with those
/// that several claim, until one returns false. Returns how many rows `problem` was about.
pub(super) fn problems(
    mapping: &Mapping,
    sorted: &Sorted,
    mut record: impl FnMut(&[u8], &[u8]) -> bool,
    mut problem: impl FnMut(Problem) -> bool,
) -> Result<u64, Error> {
    let mapper = Mapper::new(mapping, &mapping.source.name(), &mapping.columns).ok();
    let mut held = Held::default();
    let (mut twice, mut going) = (0, true);
    sorted.each(|key, value, row| {
        if held.rows > 0 && held.key == key {
            held.rows += 1;
            twice += if held.rows == 2 { 2 } else { 1 };
            let key = mapper.as_ref().map_or_else(|| hex::encode(key), |mapper| mapper.key_text(key));
            going = problem(Problem::Duplicate { table: mapping.source.name(), key, first: held.row, second: row });
            return going;
        }
        if held.rows == 1 {
            going = record(&held.key, &held.value);
        }
        held.key.clear();
        held.key.extend_from_slice(key);
        held.value.clear();
        held.value.extend_from_slice(value);
        (held.row, held.rows) = (row, 1);
        going
    })?;
    if going && held.rows == 1 {
        record(&held.key, &held.value);
    }
    Ok(twice)
}

/// Sends what makes `old` the tree of the sorted records. Returns what changed, and how many rows were left out.
pub(super) fn merge(
    mapping: &Mapping,
    old: &Tree,
    sorted: &Sorted,
    on_error: OnError,
    mut to: Sender,
    tell: Tell<'_>,
) -> Result<(Changes, u64), BuildError> {
    let mut against = match Against::new(old) {
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
        |key, value| match against.record(key, value, &mut to) {
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
struct Against {
    records: crate::tree::Range,
    next: Option<crate::tree::NodeRecord>,
    changes: Changes,
}

impl Against {
    fn new(old: &Tree) -> Result<Self, Error> {
        let mut against = Self { records: old.records()?, next: None, changes: Changes::default() };
        against.advance()?;
        Ok(against)
    }

    fn advance(&mut self) -> Result<(), Error> {
        self.next = self.records.next().transpose()?;
        Ok(())
    }

    /// Takes in the next record of the source; false if nobody wants more.
    fn record(&mut self, key: &[u8], value: &[u8], to: &mut Sender) -> Result<bool, Error> {
        while let Some(next) = &self.next {
            let bytes = next.bytes();
            match bytes.stored_key.cmp(key) {
                Ordering::Less => {
                    self.changes.removed += 1;
                    if !to.push(bytes.stored_key, None, false) {
                        return Ok(false);
                    }
                    self.advance()?;
                }
                Ordering::Equal => {
                    let same = bytes.value == value;
                    self.advance()?;
                    self.changes.changed += u64::from(!same);
                    return Ok(same || to.push(key, Some(value), true));
                }
                Ordering::Greater => break,
            }
        }
        self.changes.added += 1;
        Ok(to.push(key, Some(value), true))
    }

    /// Removes what the source has no more.
    fn rest(&mut self, to: &mut Sender) -> Result<(), Error> {
        while let Some(next) = &self.next {
            self.changes.removed += 1;
            if !to.push(next.bytes().stored_key, None, false) {
                return Ok(());
            }
            self.advance()?;
        }
        Ok(())
    }
}
