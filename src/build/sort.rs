//! An external sort of records that keeps every one of them, and knows which row each came from.

use crate::error::Error;
use crate::node::{push_varint, take_varint};
use crate::write::{Buffer, Runs, check_key, check_value};

/// How many runs are merged at once.
const MOST_RUNS: usize = 64;
/// The buffer addresses its bytes with 32 bits.
const MOST_BUFFERED: usize = 1 << 31;

/// Takes records in any order. What outgrows the budget goes to a temporary file as sorted runs.
pub(super) struct Sorter {
    buffer: Buffer,
    runs: Runs,
    budget: usize,
}

/// All records, sorted.
pub(super) struct Sorted {
    buffer: Buffer,
    runs: Runs,
}

impl Sorter {
    /// A sorter whose buffer takes at most `budget` bytes; sorting it takes a fifth more.
    pub(super) fn new(budget: usize) -> Self {
        Self { buffer: Buffer::default(), runs: Runs::default(), budget: budget.min(MOST_BUFFERED) }
    }

    /// Adds the record of a row.
    pub(super) fn push(&mut self, key: &[u8], value: &[u8], row: u64) -> Result<(), Error> {
        check_key(key.len())?;
        check_value(value.len())?;
        let write_key = |to: &mut Vec<u8>| {
            to.extend_from_slice(key);
            Ok::<(), Error>(())
        };
        self.buffer.push(
            write_key,
            Some(|to: &mut Vec<u8>| {
                push_varint(to, row);
                to.extend_from_slice(value);
                Ok(())
            }),
        )?;
        if self.buffer.weight() > self.budget {
            let mut buffer = std::mem::take(&mut self.buffer);
            buffer.sort();
            self.runs.add_every(&buffer)?;
        }
        Ok(())
    }

    /// Sorts what was taken.
    pub(super) fn finish(mut self) -> Result<Sorted, Error> {
        self.buffer.sort();
        if self.runs.is_empty() {
            return Ok(Sorted { buffer: self.buffer, runs: self.runs });
        }
        self.runs.add_every(&self.buffer)?;
        while self.runs.len() > MOST_RUNS {
            self.runs = self.runs.joined(MOST_RUNS)?;
        }
        Ok(Sorted { buffer: Buffer::default(), runs: self.runs })
    }
}

impl Sorted {
    /// Calls `visit` with key, value and row of every record in key order, those of one key in the order in which they
    /// came, until it returns false.
    pub(super) fn each(&self, mut visit: impl FnMut(&[u8], &[u8], u64) -> bool) -> Result<(), Error> {
        let mut unpacked = |key: &[u8], packed: Option<&[u8]>| {
            let packed = packed.unwrap_or_default();
            let (row, length) = take_varint(packed).unwrap_or_default();
            visit(key, packed.get(length..).unwrap_or_default(), row)
        };
        if self.runs.is_empty() {
            self.buffer.every(unpacked);
            return Ok(());
        }
        self.runs.merge_every(&mut unpacked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sorts_and_keeps_every_record_whatever_the_budget() {
        let mut records: Vec<(Vec<u8>, Vec<u8>, u64)> = Vec::new();
        let mut state = 7_u64;
        for row in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let key = (state >> 40).to_be_bytes()[5..].to_vec();
            records.push((key, row.to_string().into_bytes(), row));
        }
        let mut expected = records.clone();
        expected.sort_by(|a, b| (&a.0, a.2).cmp(&(&b.0, b.2)));
        // In memory; a few runs; more runs than are merged at once.
        for budget in [usize::MAX, 200_000, 4000] {
            let mut sorter = Sorter::new(budget);
            for (key, value, row) in &records {
                sorter.push(key, value, *row).unwrap();
            }
            let sorted = sorter.finish().unwrap();
            let mut found = Vec::new();
            sorted
                .each(|key, value, row| {
                    found.push((key.to_vec(), value.to_vec(), row));
                    true
                })
                .unwrap();
            assert!(found == expected, "budget {budget}");
        }
    }
}
