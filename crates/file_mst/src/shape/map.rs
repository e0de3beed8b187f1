//! The distribution of the nodes of each level over the key space.

/// The most columns. Pairs of columns are merged when there would be more.
const COLUMNS: usize = 512;
/// The longest key that is kept for a column, in bytes.
const KEY: usize = 1024;
/// The number of levels.
const LEVELS: usize = 65;

/// The key space in columns of equally many records, with the number of nodes of each level that begin in each.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LevelMap {
    columns: Vec<Column>,
    /// The number of records in a column.
    records: u64,
}

/// A column: some consecutive records.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Column {
    /// The first of their keys, as the file stores it, unless it is too long to be kept.
    pub first_key: Option<Vec<u8>>,
    /// The number of nodes that begin here, by level, up to the highest.
    pub nodes: Vec<u32>,
    /// Subtrees that could not be read.
    pub damaged: u32,
}

impl Default for LevelMap {
    fn default() -> Self {
        Self { columns: Vec::new(), records: 1 }
    }
}

impl Column {
    fn add(&mut self, other: Self) {
        self.first_key = self.first_key.take().or(other.first_key);
        self.damaged += other.damaged;
        self.nodes.resize(self.nodes.len().max(other.nodes.len()), 0);
        self.nodes.iter_mut().zip(other.nodes).for_each(|(nodes, more)| *nodes = nodes.saturating_add(more));
    }
}

impl LevelMap {
    /// The columns, in key order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The number of records in each column; the last one may have fewer.
    pub fn records_per_column(&self) -> u64 {
        self.records
    }

    /// The columns merged to at most `width`, the same number in each.
    pub fn scaled(&self, width: usize) -> Vec<Column> {
        let each = self.columns.len().div_ceil(width.max(1)).max(1);
        let joined = self.columns.chunks(each).map(|columns| {
            let mut sum = Column::default();
            columns.iter().cloned().for_each(|column| sum.add(column));
            sum
        });
        joined.collect()
    }

    fn column(&mut self, record: u64) -> Option<&mut Column> {
        while record / self.records >= COLUMNS as u64 {
            self.columns = self.scaled(self.columns.len().div_ceil(2));
            self.records *= 2;
        }
        let at = (record / self.records) as usize;
        while self.columns.len() <= at {
            self.columns.push(Column::default());
        }
        self.columns.get_mut(at)
    }

    /// Counts a node of `level` that begins after `before` records.
    pub(super) fn node(&mut self, level: u8, before: u64) {
        let Some(column) = self.column(before) else { return };
        let level = usize::from(level).min(LEVELS - 1);
        column.nodes.resize(column.nodes.len().max(level + 1), 0);
        if let Some(nodes) = column.nodes.get_mut(level) {
            *nodes = nodes.saturating_add(1);
        }
    }

    pub(super) fn record(&mut self, index: u64, key: &[u8]) {
        if let Some(column) = self.column(index)
            && column.first_key.is_none()
            && key.len() <= KEY
        {
            column.first_key = Some(key.to_vec());
        }
    }

    pub(super) fn damage(&mut self, before: u64) {
        if let Some(column) = self.column(before) {
            column.damaged += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_columns_is_bounded_for_any_number_of_records() {
        for records in [0, 1, 511, 512, 513, 5000, 100_000_u64] {
            let mut map = LevelMap::default();
            for index in 0..records {
                map.node(0, index);
                map.record(index, &index.to_be_bytes());
                if index % 16 == 0 {
                    map.node(1, index);
                }
            }
            let sum = |columns: &[Column], level: usize| -> u64 {
                columns.iter().map(|column| u64::from(column.nodes.get(level).copied().unwrap_or(0))).sum()
            };
            assert!(map.columns().len() <= COLUMNS);
            for columns in [map.columns().to_vec(), map.scaled(60), map.scaled(1)] {
                assert_eq!((sum(&columns, 0), sum(&columns, 1)), (records, records.div_ceil(16)));
            }
            assert!(map.scaled(60).len() <= 60);
            let per = map.records_per_column();
            for (at, column) in map.columns().iter().enumerate() {
                assert_eq!(column.first_key, Some((at as u64 * per).to_be_bytes().to_vec()));
            }
        }
    }
}
