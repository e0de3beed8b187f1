//! Which fields drift, and how often; and where, by the beginning of the keys.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::model::diff::entry::{Entry, Kind};
use crate::model::diff::pair::Pair;
use crate::model::diff::prefixes::{Group, groups};
use crate::model::item::ItemFormat;

/// Keys are held against each other by so much of them, in columns.
const KEY: usize = 64;

/// How many changed records are looked into for their fields: more would be waited for.
pub(crate) const MOST: usize = 20_000;

/// Which fields drift.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Fields {
    /// Fields, the most frequent first; list items under one name. An empty name is the whole value.
    pub(crate) fields: Vec<(String, u64)>,
    /// How many changed records were looked into.
    pub(crate) records: u64,
}

/// Which fields drift, and where.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Summary {
    pub(crate) fields: Fields,
    /// All differences, by how their keys begin.
    pub(crate) groups: Vec<Group>,
    pub(crate) differences: u64,
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
        let mut names: Vec<_> = match pair.paths(left, right) {
            Some(paths) => paths.iter().map(|path| without_indices(path)).collect(),
            None => vec![String::new()],
        };
        names.sort_unstable();
        names.dedup();
        self.tally(names);
    }

    /// Counts the fields of a changed record that was looked into already.
    pub(crate) fn add_paths(&mut self, paths: impl Iterator<Item = String>) {
        if self.records < MOST as u64 {
            self.records += 1;
            let mut names: Vec<_> = paths.map(|path| without_indices(&path)).collect();
            names.sort_unstable();
            names.dedup();
            self.tally(names);
        }
    }

    fn tally(&mut self, names: Vec<String>) {
        for name in names {
            *self.counts.entry(name).or_default() += 1;
        }
    }

    pub(crate) fn summary(self) -> Fields {
        let mut fields: Vec<_> = self.counts.into_iter().collect();
        fields.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
        Fields { fields, records: self.records }
    }
}

impl Summary {
    /// The summary of differences. It decodes them all, so that it belongs in a task. None if `stopped` was set.
    pub(crate) fn of(entries: &[Arc<Entry>], pair: &Pair, format: ItemFormat, stopped: &AtomicBool) -> Option<Self> {
        let (mut counter, mut keys) = (Counter::default(), Vec::new());
        for entry in entries {
            if stopped.load(Ordering::Relaxed) {
                return None;
            }
            keys.extend(pair.shown_key(entry, format, KEY).map(|key| (key, entry.kind())));
            if let (Kind::Changed, (Some((_, left)), Some((_, right)))) = (entry.kind(), entry.sides()) {
                counter.add(pair, left, right);
            }
        }
        let differences = keys.len() as u64;
        Some(Self { fields: counter.summary(), groups: groups(keys), differences })
    }
}

/// `items[3].price` as `items[].price`.
pub(crate) fn without_indices(path: &str) -> String {
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
