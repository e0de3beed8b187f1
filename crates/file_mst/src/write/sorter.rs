//! An external sort that keeps every record, including several with one key, and the number of its row.

use std::ops::ControlFlow;

use super::{Buffer, Runs, check_key, check_value};
use crate::error::Error;
use crate::node::{push_varint, take_varint};

/// The maximum number of runs merged at once.
const MAX_RUNS: usize = 64;
/// The maximum size of the buffer, which addresses its bytes with 32 bits.
const MAX_BUFFERED: usize = 1 << 31;

/// Takes records in any order. Records beyond the budget go to a temporary file as sorted runs.
pub struct Sorter {
    buffer: Buffer,
    runs: Runs,
    budget: usize,
}

/// All records, sorted.
pub struct Sorted {
    buffer: Buffer,
    runs: Runs,
}

impl Sorter {
    /// A sorter whose buffer takes at most `budget` bytes; sorting it takes a fifth more.
    pub fn new(budget: usize) -> Self {
        Self { buffer: Buffer::default(), runs: Runs::default(), budget: budget.min(MAX_BUFFERED) }
    }

    /// Adds the record of a row.
    pub fn push(&mut self, key: &[u8], value: &[u8], row: u64) -> Result<(), Error> {
        self.push_row(key, Some(value), row)
    }

    /// Adds the key of a row that violates the contract.
    pub fn push_broken(&mut self, key: &[u8], row: u64) -> Result<(), Error> {
        self.push_row(key, None, row)
    }

    fn push_row(&mut self, key: &[u8], value: Option<&[u8]>, row: u64) -> Result<(), Error> {
        check_key(key.len())?;
        check_value(value.map_or(0, <[u8]>::len))?;
        let write_key = |to: &mut Vec<u8>| {
            to.extend_from_slice(key);
            Ok::<(), Error>(())
        };
        self.buffer.push(
            write_key,
            Some(|to: &mut Vec<u8>| {
                // The lowest bit says whether the row violates the contract.
                push_varint(to, row << 1 | u64::from(value.is_none()));
                to.extend_from_slice(value.unwrap_or_default());
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

    /// Sorts the records.
    pub fn finish(mut self) -> Result<Sorted, Error> {
        self.buffer.sort();
        if self.runs.is_empty() {
            return Ok(Sorted { buffer: self.buffer, runs: self.runs });
        }
        self.runs.add_every(&self.buffer)?;
        while self.runs.len() > MAX_RUNS {
            self.runs = self.runs.joined(MAX_RUNS)?;
        }
        Ok(Sorted { buffer: Buffer::default(), runs: self.runs })
    }
}

impl Sorted {
    /// Calls `visit` with key, value and row number of every row in key order, rows with one key in the order of the
    /// source, until it breaks; returns the break. A row that violates the contract has no value.
    pub fn each<B>(
        &self,
        mut visit: impl FnMut(&[u8], Option<&[u8]>, u64) -> ControlFlow<B>,
    ) -> Result<ControlFlow<B>, Error> {
        // Buffer and runs only ask whether to go on, so the break is kept here.
        let mut flow = ControlFlow::Continue(());
        let mut unpacked = |key: &[u8], packed: Option<&[u8]>| {
            let packed = packed.unwrap_or_default();
            let (row, length) = take_varint(packed).unwrap_or_default();
            let value = (row & 1 == 0).then(|| packed.get(length..).unwrap_or_default());
            flow = visit(key, value, row >> 1);
            flow.is_continue()
        };
        if self.runs.is_empty() {
            self.buffer.every(unpacked);
        } else {
            self.runs.merge_every(&mut unpacked)?;
        }
        Ok(flow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_records_are_kept_and_sorted_with_any_budget() {
        let mut records: Vec<(Vec<u8>, Option<Vec<u8>>, u64)> = Vec::new();
        let mut state = 7_u64;
        for row in 0..20_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let key = (state >> 40).to_be_bytes()[5..].to_vec();
            records.push((key, (row % 7 != 0).then(|| row.to_string().into_bytes()), row));
        }
        let mut expected = records.clone();
        expected.sort_by(|a, b| (&a.0, a.2).cmp(&(&b.0, b.2)));
        // In memory, with a few runs, and with more runs than are merged at once.
        for budget in [usize::MAX, 200_000, 4000] {
            let mut sorter = Sorter::new(budget);
            for (key, value, row) in &records {
                match value {
                    Some(value) => sorter.push(key, value, *row).unwrap(),
                    None => sorter.push_broken(key, *row).unwrap(),
                }
            }
            let sorted = sorter.finish().unwrap();
            let mut found = Vec::new();
            let flow = sorted
                .each(|key, value, row| {
                    found.push((key.to_vec(), value.map(<[u8]>::to_vec), row));
                    ControlFlow::<()>::Continue(())
                })
                .unwrap();
            assert!(flow.is_continue() && found == expected, "budget {budget}");
        }
    }
}
