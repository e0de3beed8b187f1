//! Where the differences are: all of them on one line of cells, each as wide as the records that it stands for.

use std::ops::Range;

use crate::model::diff::entry::{Entry, Kind};

/// How many differences stand in each of `cells` cells, and which cells the entries in the places of `window` lie in.
pub(crate) fn strip<'a>(
    entries: impl Iterator<Item = (usize, &'a Entry)> + Clone,
    window: Range<usize>,
    cells: usize,
) -> (Vec<u64>, Range<usize>) {
    let mut counts = vec![0; cells];
    let total = entries.clone().fold(0_u64, |total, (_, entry)| total.saturating_add(entry.weight()));
    if cells == 0 || total == 0 {
        return (counts, 0..0);
    }
    let cell = |weight: u64| {
        let at = u128::from(weight) * cells as u128 / u128::from(total);
        usize::try_from(at).unwrap_or(usize::MAX).min(cells - 1)
    };
    let (mut before, mut first, mut last) = (0_u64, None, 0);
    for (place, entry) in entries {
        if entry.kind() != Kind::Equal {
            counts[cell(before)] += 1;
        }
        if window.contains(&place) {
            first = first.or(Some(cell(before)));
            last = cell(before.saturating_add(entry.weight()) - u64::from(entry.weight() > 0));
        }
        before = before.saturating_add(entry.weight());
    }
    (counts, first.map_or(0..0, |first| first..last + 1))
}

/// A bar as high as the number of differences in a cell: each step is four times the one below.
pub(crate) fn bar(differences: u64) -> &'static str {
    match differences {
        0 => "·",
        1 => "▁",
        2..=4 => "▂",
        5..=16 => "▃",
        17..=64 => "▄",
        65..=256 => "▅",
        257..=1024 => "▆",
        1025..=4096 => "▇",
        _ => "█",
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::Stretch;
    use super::*;

    #[test]
    fn cells_are_as_wide_as_their_records() {
        let equal = |records| Entry::Equal(Stretch { records, ..Stretch::default() });
        let damage = || Entry::Damage(String::new());
        let entries = [equal(49), damage(), equal(40), damage(), damage(), equal(8)];
        let strip = |window, cells| strip(entries.iter().enumerate(), window, cells);
        assert_eq!(strip(3..5, 10), (vec![0, 0, 0, 0, 1, 0, 0, 0, 0, 2], 9..10));
        assert_eq!(strip(0..6, 10).1, 0..10);
        assert_eq!(super::strip([].iter().enumerate(), 0..0, 3), (vec![0; 3], 0..0));
        assert_eq!(strip(0..6, 0).0, Vec::<u64>::new());
    }
}
