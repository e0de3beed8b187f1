//! Places in a tree that are worth a look, in the order of their keys: findings of a check, and differences to another
//! tree.

use std::ops::Range;

use file_mst::inspect::node::Link;
use file_mst::open::Opened;
use file_mst::verify::{Finding, Severity};

use crate::model::jump::Jump;

/// Where a tree differs from another that it was compared with.
#[derive(Debug)]
pub(crate) struct DiffMarks {
    /// The name of the other one.
    pub(crate) other: String,
    pub(crate) places: Places,
    /// Whether it was compared to the end, and all that differs is among the places.
    pub(crate) is_whole: bool,
}

/// A place.
#[derive(Debug)]
pub(crate) struct MarkedPlace {
    /// Its key, in the form that is common to all dialects.
    pub(crate) key: Vec<u8>,
    /// How one gets there; none where this tree's form of the key is not known.
    pub(crate) jump: Option<Jump>,
    /// How bad it is; none where it only differs.
    pub(crate) severity: Option<Severity>,
}

/// Places in the order of their keys.
#[derive(Debug, Default)]
pub(crate) struct Places(Vec<MarkedPlace>);

impl Places {
    pub(crate) fn new(mut places: Vec<MarkedPlace>) -> Self {
        places.sort_by(|a, b| a.key.cmp(&b.key));
        Self(places)
    }

    /// The places of the findings of a check, as long as `go_on`; and the number of findings elsewhere: in commits,
    /// around the tree, or where no key is known. Reads two nodes for each.
    pub(crate) fn of_findings(opened: &Opened, findings: &[Finding], go_on: impl Fn() -> bool) -> (Self, u64) {
        let codec = opened.tree.store().codec();
        let mut elsewhere = 0;
        let mut places = Vec::new();
        for finding in findings.iter().take_while(|_| go_on()) {
            match key_of(opened, finding) {
                Some(stored) => places.push(MarkedPlace {
                    key: codec.common_key(&stored).into_owned(),
                    jump: Some(finding_jump(finding)),
                    severity: Some(finding.severity),
                }),
                None => elsewhere += 1,
            }
        }
        (Self::new(places), elsewhere)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn get(&self, range: Range<usize>) -> &[MarkedPlace] {
        self.0.get(range).unwrap_or_default()
    }

    /// Which places lie in each of some columns, of which these are the first keys in the common form; none where that
    /// is not known, which counts to the column before.
    pub(crate) fn in_columns(&self, first_keys: &[Option<Vec<u8>>]) -> Vec<Range<usize>> {
        let mut ends = Vec::new();
        let mut end = self.0.len();
        for first in first_keys.iter().rev() {
            ends.push(end);
            if let Some(first) = first {
                end = self.0.partition_point(|place| place.key < *first);
            }
        }
        ends.reverse();
        let starts = std::iter::once(0).chain(ends.clone());
        starts.zip(ends).map(|(start, end)| start.min(end)..end).collect()
    }
}

/// The path to the node at fault.
pub(crate) fn finding_jump(finding: &Finding) -> Jump {
    Jump::Path { offsets: finding.path.iter().copied().chain([finding.offset]).collect(), key: None }
}

/// A key at the place of a finding, as the file stores it; none where it is not in the tree.
fn key_of(opened: &Opened, finding: &Finding) -> Option<Vec<u8>> {
    let store = opened.tree.store();
    let root = opened.tree.root_link().offset;
    if !finding.rule.is_of_nodes() || finding.path.first().copied().unwrap_or(finding.offset) != root {
        return None;
    }
    if let Some(key) = &finding.key {
        return Some(key.clone());
    }
    let Some(above) = finding.path.last() else {
        return Some(store.unchecked(root).ok()?.stored_key(0)?.to_vec());
    };
    let parent = store.unchecked(*above).ok()?;
    let leads_there = |link: &Link| !link.is_empty() && link.offset == finding.offset;
    let index = parent.children().iter().position(leads_there)?;
    // The first key of a valid node; otherwise the nearest neighbouring key.
    let node = parent.children().get(index).and_then(|link| store.node(link).ok());
    let own = node.as_ref().and_then(|node| node.stored_key(0));
    let around = || parent.stored_key(index).or_else(|| parent.stored_key(index.checked_sub(1)?));
    own.or_else(around).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_lies_in_one_column() {
        let place = |key: u8| MarkedPlace { key: vec![key], jump: None, severity: None };
        let places = Places::new([9, 3, 5, 5, 1, 7].map(place).into());
        let columns = |keys: &[u8]| {
            let first = |key: &u8| (*key > 0).then(|| vec![*key]);
            places.in_columns(&keys.iter().map(first).collect::<Vec<_>>())
        };
        // A place before the first key of all lies in the first column.
        assert_eq!(columns(&[3, 5, 8]), [0..2, 2..5, 5..6]);
        assert_eq!(columns(&[1, 2, 6, 20]), [0..1, 1..4, 4..6, 6..6]);
        // 0 stands for a column whose first key is not known.
        assert_eq!(columns(&[3, 0, 5]), [0..2, 2..2, 2..6]);
        assert_eq!(columns(&[0])[0], 0..6);
        assert!(columns(&[]).is_empty());
    }
}
