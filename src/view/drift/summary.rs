//! Which fields drift, and how often.

use std::collections::HashMap;

use super::entry::Entry;
use super::pair::Pair;

/// How many changed records are looked into: more would be waited for.
pub(crate) const MOST: usize = 20_000;

/// Which fields drift.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Summary {
    /// Fields, the most frequent first; list items under one name. An empty name is the whole value.
    pub(crate) fields: Vec<(String, u64)>,
    /// How many changed records were looked into.
    pub(crate) records: u64,
}

/// Counts fields record by record.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    counts: HashMap<String, u64>,
    records: u64,
}

impl Counter {
    /// Looks into a changed record, given its two values, unless enough were looked into.
    pub(crate) fn add(&mut self, pair: &Pair, left: &[u8], right: &[u8]) {
        if self.records >= MOST as u64 {
            return;
        }
        self.records += 1;
        let mut names: Vec<_> = match pair.fields(left, right) {
            Some(changes) => changes.iter().map(|change| without_indices(&change.path)).collect(),
            None => vec![String::new()],
        };
        names.sort_unstable();
        names.dedup();
        for name in names {
            *self.counts.entry(name).or_default() += 1;
        }
    }

    pub(crate) fn summary(self) -> Summary {
        let mut fields: Vec<_> = self.counts.into_iter().collect();
        fields.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
        Summary { fields, records: self.records }
    }
}

impl Summary {
    pub(crate) fn of<'a>(entries: impl Iterator<Item = &'a Entry>, pair: &Pair) -> Self {
        let mut counter = Counter::default();
        for entry in entries {
            if let (Some((_, left)), Some((_, right))) = entry.sides() {
                counter.add(pair, left, right);
            }
        }
        counter.summary()
    }
}

/// `items[3].price` as `items[].price`.
fn without_indices(path: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in path.chars() {
        inside &= c != ']';
        if !inside {
            out.push(c);
        }
        inside |= c == '[';
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_of_a_list_are_one_field() {
        assert_eq!(without_indices("items[3].price"), "items[].price");
        assert_eq!(without_indices("status"), "status");
        assert_eq!(without_indices("a[1][2]"), "a[][]");
    }
}
