//! Sampling rows by the hash of a key that is not known yet.
//!
//! Two samples can be joined only if they hold the same keys. Rows are therefore taken by a hash of the normalised
//! value of a column, the lowest hashes first, and that for every column that may be the key. Two sketches of columns
//! with the same values hold the same values, up to the lower of both limits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::spelling::KeyHashes;
use crate::cell::Cell;

/// The maximum number of different key values in a sample.
const MAX_VALUES: usize = 2000;
/// The minimum number, however wide the table is.
const MIN_VALUES: usize = 200;
/// The number of cells that all sketches together may keep if no value occurs twice.
const MAX_CELLS: usize = 2_000_000;
/// The maximum number of rows of a sketch, as a multiple of its values.
const ROWS_PER_VALUE: usize = 2;

/// A sample of fewer values than this, of a column with more rows than a sketch keeps, is of no use.
const FEW_VALUES: usize = 50;

/// A sampled row.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct SampledRow {
    /// Its number in the order of reading.
    pub(super) number: u64,
    pub(super) cells: Vec<Cell<'static>>,
}

/// The rows with the lowest hashes of one column.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    pub(super) rows: BTreeMap<u64, Vec<Arc<SampledRow>>>,
    count: usize,
    /// Hashes from here on are not complete; `None` if every hash is there.
    pub(super) limit: Option<u64>,
}

impl Sketch {
    fn takes(&self, hash: u64) -> bool {
        self.limit.is_none_or(|limit| hash < limit)
    }

    fn insert(&mut self, hash: u64, row: Arc<SampledRow>, max_values: usize) {
        self.rows.entry(hash).or_default().push(row);
        self.count += 1;
        while self.rows.len() > max_values || self.count > max_values * ROWS_PER_VALUE {
            let Some((hash, dropped)) = self.rows.pop_last() else { break };
            self.count -= dropped.len();
            self.limit = Some(hash);
        }
    }
}

/// The two sketches of a column, by both of its hashes.
#[derive(Clone, Debug)]
pub(super) struct ColumnSketch {
    pub(super) fine: Sketch,
    pub(super) coarse: Sketch,
    /// Rows in which the column is null or has a value that is no key.
    pub(super) without_key: u64,
}

impl ColumnSketch {
    /// Whether the column has so few values that their rows were dropped: it may be a part of a key, but no sample can
    /// be taken by it.
    fn is_useless(&self) -> bool {
        let is_empty = |sketch: &Sketch| sketch.rows.len() < FEW_VALUES && sketch.limit.is_some();
        is_empty(&self.fine) && is_empty(&self.coarse)
    }
}

/// Takes the rows of a table one by one, in bounded memory.
#[derive(Debug)]
pub struct Sampler {
    max_values: usize,
    sketches: BTreeMap<usize, ColumnSketch>,
    /// Every `step`-th row.
    spread: Vec<Arc<SampledRow>>,
    step: u64,
    count: u64,
}

/// The rows that a [`Sampler`] kept.
#[derive(Clone, Debug)]
pub struct Sample {
    pub(super) sketches: BTreeMap<usize, ColumnSketch>,
    /// Rows at even distances, whatever their values are.
    pub(super) spread: Vec<Arc<SampledRow>>,
    /// The number of rows of the table.
    pub count: u64,
}

impl Sampler {
    /// A sampler of rows with so many columns, of which those in `candidates` may be the key or a part of it.
    pub fn new(columns: usize, candidates: &[usize]) -> Self {
        let candidates: BTreeSet<usize> = candidates.iter().copied().filter(|column| *column < columns).collect();
        let cells_per_value = columns.max(1) * candidates.len().max(1) * 2;
        let empty = || Sketch { rows: BTreeMap::new(), count: 0, limit: None };
        let sketch = || ColumnSketch { fine: empty(), coarse: empty(), without_key: 0 };
        Self {
            max_values: (MAX_CELLS / cells_per_value).clamp(MIN_VALUES, MAX_VALUES),
            sketches: candidates.into_iter().map(|column| (column, sketch())).collect(),
            spread: Vec::new(),
            step: 1,
            count: 0,
        }
    }

    /// Takes a row with a cell for each column.
    pub fn push(&mut self, row: &[Cell<'_>]) {
        self.count += 1;
        let mut owned: Option<Arc<SampledRow>> = None;
        let number = self.count;
        let own = || {
            let cells = row.iter().map(|cell| cell.borrowed().into_owned()).collect();
            Arc::new(SampledRow { number, cells })
        };
        if (number - 1).is_multiple_of(self.step) {
            self.spread.push(Arc::clone(owned.get_or_insert_with(own)));
            if self.spread.len() > self.max_values {
                let mut is_kept = false;
                self.spread.retain(|_| {
                    is_kept = !is_kept;
                    is_kept
                });
                self.step *= 2;
            }
        }
        for (column, sketch) in &mut self.sketches {
            if sketch.is_useless() {
                continue;
            }
            let Some(hashes) = row.get(*column).and_then(KeyHashes::of_cell) else {
                sketch.without_key += 1;
                continue;
            };
            for (hash, sketch) in [(hashes.fine, &mut sketch.fine), (hashes.coarse, &mut sketch.coarse)] {
                if sketch.takes(hash) {
                    sketch.insert(hash, Arc::clone(owned.get_or_insert_with(own)), self.max_values);
                }
            }
        }
    }

    /// The sample, when all rows have been pushed.
    pub fn finish(self) -> Sample {
        Sample { sketches: self.sketches, spread: self.spread, count: self.count }
    }
}

/// The maximum number of columns that are tried as keys.
const MAX_CANDIDATES: usize = 32;

/// The ends of names of columns that are often keys.
pub(super) const ENDINGS: [&str; 9] = ["id", "no", "nr", "number", "ref", "key", "code", "uuid", "guid"];

/// The columns of a table that may be its key: all of them, or in a wide table those that are declared unique, those
/// whose names end like that of a key, and the first ones.
pub fn key_candidates(columns: &[String], declared: &[String]) -> Vec<usize> {
    let mut ranked: Vec<(usize, usize)> = columns
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let lower = name.to_lowercase();
            let rank = match declared.contains(name) {
                true => 0,
                false if ENDINGS.iter().any(|ending| lower.ends_with(ending)) => 1,
                false => 2,
            };
            (rank, index)
        })
        .collect();
    ranked.sort_unstable();
    ranked.truncate(MAX_CANDIDATES);
    ranked.into_iter().map(|(_, index)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(keys: impl Iterator<Item = i128>) -> Sample {
        let mut sampler = Sampler::new(2, &[0, 1]);
        for key in keys {
            sampler.push(&[Cell::Int(key), Cell::Int(key % 3)]);
        }
        sampler.finish()
    }

    #[test]
    fn two_samples_hold_the_same_keys_in_bounded_memory() {
        let (left, right) = (sample(0..50_000), sample((0..50_000).rev().filter(|key| key % 100 != 7)));
        let (left, right) = (&left.sketches[&0].fine, &right.sketches[&0].fine);
        assert_eq!((left.rows.len(), right.rows.len()), (MAX_VALUES, MAX_VALUES));
        let limit = left.limit.min(right.limit).unwrap();
        let below = |sketch: &Sketch| sketch.rows.range(..limit).map(|(hash, _)| *hash).collect::<BTreeSet<_>>();
        let (left, right) = (below(left), below(right));
        assert!(right.is_subset(&left), "every key of the smaller table has a partner");
        assert!(right.len() > MAX_VALUES * 9 / 10);
    }

    #[test]
    fn a_column_of_few_values_keeps_nothing() {
        let sample = sample(0..50_000);
        assert!(sample.sketches[&1].fine.count <= MAX_VALUES * ROWS_PER_VALUE);
    }
}
