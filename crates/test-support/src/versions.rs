//! Files of the published layouts that hold many versions.

use std::collections::BTreeMap;

use file_mst::history::Changes;

use crate::published::{Layout, Link, PublishedWriter, Record, string_key, u64_value};
use crate::trees::scramble;

/// The records of a version, by their keys.
pub type Model = BTreeMap<String, u64>;

/// Twenty flushes into a file of this layout: the content of each, and its root.
pub fn flushes(layout: Layout) -> (PublishedWriter, Vec<(Link, Model)>) {
    let mut file = PublishedWriter::new(layout);
    let mut model: Model = (0..400).map(|id| (format!("key {:04}", 7 * id), id)).collect();
    let mut versions = Vec::new();
    for round in 0..20 {
        for step in 0..10 {
            let id = scramble(100 * round + step) % 2800;
            model.insert(format!("key {id:04}"), round);
            let gone = model.keys().nth(scramble(id) as usize % model.len()).unwrap().clone();
            model.remove(&gone);
        }
        let records: Vec<Record> =
            model.iter().map(|(key, value)| Record::new(string_key(layout, key), u64_value(*value))).collect();
        versions.push((file.append_tree(&records), model.clone()));
    }
    (file, versions)
}

/// The number of keys that are new, gone, and have another value.
pub fn naive(old: &Model, new: &Model) -> Changes {
    let added = new.keys().filter(|key| !old.contains_key(*key)).count() as u64;
    let removed = old.keys().filter(|key| !new.contains_key(*key)).count() as u64;
    let changed = new.iter().filter(|(key, value)| old.get(*key).is_some_and(|old| old != *value)).count() as u64;
    Changes { added, removed, changed }
}
