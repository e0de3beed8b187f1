//! Where differences are among records whose number is not known beforehand.

/// More buckets than this are never kept.
const BUCKETS: usize = 4096;

/// How many differences there are in each bucket of so many records.
#[derive(Debug)]
pub(super) struct Strip {
    counts: Vec<u64>,
    width: u64,
}

impl Default for Strip {
    fn default() -> Self {
        Self { counts: Vec::new(), width: 1 }
    }
}

impl Strip {
    /// Counts a difference after so many records.
    pub(super) fn add(&mut self, at: u64) {
        loop {
            match usize::try_from(at / self.width).ok().filter(|bucket| *bucket < BUCKETS) {
                Some(bucket) => {
                    if self.counts.len() <= bucket {
                        self.counts.resize(bucket + 1, 0);
                    }
                    self.counts[bucket] += 1;
                    return;
                }
                // Buckets of twice the width have room for twice the records.
                None => {
                    self.counts = self.counts.chunks(2).map(|two| two.iter().sum()).collect();
                    self.width = self.width.saturating_mul(2);
                }
            }
        }
    }

    /// The cell of a place, if all records share this many cells.
    pub(super) fn cell(&self, at: u64, records: u64, cells: usize) -> usize {
        let at = at / self.width * self.width;
        let cell = u128::from(at) * cells as u128 / u128::from(records.max(1));
        usize::try_from(cell).unwrap_or(usize::MAX).min(cells.saturating_sub(1))
    }

    /// How many differences there are in each of so many cells.
    pub(super) fn cells(&self, records: u64, cells: usize) -> Vec<u64> {
        let mut counts = vec![0; cells];
        for (bucket, differences) in self.counts.iter().enumerate() {
            let cell = self.cell((bucket as u64).saturating_mul(self.width), records, cells);
            if let Some(count) = counts.get_mut(cell) {
                *count += differences;
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_difference_is_lost_however_many_records_there_are() {
        let mut strip = Strip::default();
        let records = 3_000_000;
        for at in (0..records).step_by(1000) {
            strip.add(at);
        }
        let cells = strip.cells(records, 100);
        assert_eq!(cells.iter().sum::<u64>(), 3000);
        assert!(cells.iter().all(|count| (25..=35).contains(count)), "{cells:?}");
        // A difference lies in the cell that counts it.
        let mut counted = vec![0; 100];
        (0..records).step_by(1000).for_each(|at| counted[strip.cell(at, records, 100)] += 1);
        assert_eq!(counted, cells);
        assert_eq!(Strip::default().cells(0, 3), [0, 0, 0]);
    }
}
