//! Where the differences are: all of them on one line of cells, each as wide as the records that it stands for.

use std::ops::Range;

use crate::model::diff::entry::{Entry, Kind};

/// A cell of the line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct StripCell {
    pub(crate) differences: u64,
    /// The places of its first and its last difference.
    pub(crate) places: Option<(usize, usize)>,
}

impl StripCell {
    fn add(&mut self, place: usize) {
        self.differences += 1;
        self.places = Some((self.places.map_or(place, |(first, _)| first), place));
    }
}

/// The line of cells.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Strip {
    pub(crate) cells: Vec<StripCell>,
    /// The cells in which the visible entries lie.
    pub(crate) viewport: Range<usize>,
}

impl Strip {
    /// The cells of `entries`, of which `counts` says whether they count; `window` are the visible places.
    pub(crate) fn new<'a>(
        entries: impl Iterator<Item = (usize, &'a Entry)> + Clone,
        counts: impl Fn(usize, Kind) -> bool,
        window: Range<usize>,
        cells: usize,
    ) -> Self {
        let mut strip = Self { cells: vec![StripCell::default(); cells], viewport: 0..0 };
        let total = entries.clone().fold(0_u64, |total, (_, entry)| total.saturating_add(entry.weight()));
        if cells == 0 || total == 0 {
            return strip;
        }
        let cell = |weight: u64| {
            let at = u128::from(weight) * cells as u128 / u128::from(total);
            usize::try_from(at).unwrap_or(usize::MAX).min(cells - 1)
        };
        let (mut before, mut first, mut last) = (0_u64, None, 0);
        for (place, entry) in entries {
            if entry.kind() != Kind::Equal
                && counts(place, entry.kind())
                && let Some(cell) = strip.cells.get_mut(cell(before))
            {
                cell.add(place);
            }
            if window.contains(&place) {
                first = first.or(Some(cell(before)));
                last = cell(before.saturating_add(entry.weight()) - u64::from(entry.weight() > 0));
            }
            before = before.saturating_add(entry.weight());
        }
        strip.viewport = first.map_or(0..0, |first| first..last + 1);
        strip
    }

    /// The cell with the most differences, the first of several; none if there are no differences.
    pub(crate) fn peak(&self) -> Option<usize> {
        let most = self.cells.iter().map(|cell| cell.differences).max().filter(|most| *most > 0)?;
        self.cells.iter().position(|cell| cell.differences == most)
    }

    /// The bars of all cells.
    pub(crate) fn bars(&self) -> impl Iterator<Item = &'static str> {
        let most = self.peak().and_then(|peak| self.cells.get(peak)).map_or(0, |cell| cell.differences);
        self.cells.iter().map(move |cell| bar(cell.differences, most))
    }

    /// The next cell with differences after, or before, a cell.
    pub(crate) fn next(&self, from: usize, forward: bool) -> Option<usize> {
        let has = |at: &usize| self.cells.get(*at).is_some_and(|cell| cell.differences > 0);
        if forward { (from + 1..self.cells.len()).find(has) } else { (0..from.min(self.cells.len())).rev().find(has) }
    }

    /// The cell with differences that is nearest to `at`.
    pub(crate) fn nearest(&self, at: usize) -> Option<usize> {
        let filled = self.cells.iter().enumerate().filter(|(_, cell)| cell.differences > 0);
        filled.map(|(index, _)| index).min_by_key(|index| index.abs_diff(at))
    }
}

/// The heights of a bar, the lowest first.
const BARS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// A bar whose height is the part that `differences` are of `most`. The least number of them is visible.
pub(crate) fn bar(differences: u64, most: u64) -> &'static str {
    let steps = u128::from(differences) * BARS.len() as u128;
    let Some(step) = steps.div_ceil(u128::from(most.max(1))).checked_sub(1) else { return "·" };
    usize::try_from(step).ok().and_then(|step| BARS.get(step)).copied().unwrap_or(BARS[BARS.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::super::entry::Stretch;
    use super::*;

    fn equal(records: u64) -> Entry {
        Entry::Equal(Stretch { records, ..Stretch::default() })
    }

    fn damage() -> Entry {
        Entry::Damage(String::new())
    }

    fn strip(entries: &[Entry], window: Range<usize>, cells: usize) -> Strip {
        Strip::new(entries.iter().enumerate(), |_, _| true, window, cells)
    }

    fn differences(strip: &Strip) -> Vec<u64> {
        strip.cells.iter().map(|cell| cell.differences).collect()
    }

    #[test]
    fn cells_are_as_wide_as_their_records() {
        let entries = [equal(49), damage(), equal(40), damage(), damage(), equal(8)];
        let ten = strip(&entries, 3..5, 10);
        assert_eq!((differences(&ten), ten.viewport.clone()), (vec![0, 0, 0, 0, 1, 0, 0, 0, 0, 2], 9..10));
        assert_eq!((ten.cells[4].places, ten.cells[9].places, ten.cells[5].places), (Some((1, 1)), Some((3, 4)), None));
        assert_eq!(
            (ten.peak(), ten.next(0, true), ten.next(4, true), ten.next(9, false)),
            (Some(9), Some(4), Some(9), Some(4))
        );
        assert_eq!((ten.next(9, true), ten.nearest(0), ten.nearest(8)), (None, Some(4), Some(9)));
        assert_eq!(strip(&entries, 0..6, 10).viewport, 0..10);
        let counted = Strip::new(entries.iter().enumerate(), |place, _| place == 3, 0..0, 10);
        assert_eq!(differences(&counted), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(differences(&strip(&[], 0..0, 3)), [0; 3]);
        assert_eq!(strip(&[], 0..0, 3).peak(), None);
        assert!(strip(&entries, 0..6, 0).cells.is_empty());
    }

    #[test]
    fn bars_are_linear_in_the_differences() {
        for most in [1, 2, 7, 8, 9, 400, 100_000, u64::MAX] {
            let height = |differences: u64| {
                BARS.iter().position(|bar| *bar == super::bar(differences, most)).map_or(0, |at| at + 1)
            };
            assert_eq!((height(0), height(1).min(1), height(most)), (0, 1, BARS.len()));
            for eighth in 1..=8_u64 {
                // A bar never shows less than there is, and never more than an eighth too much.
                let differences = (u128::from(most) * u128::from(eighth) / 8) as u64;
                if differences > 0 {
                    let shown = height(differences) as u128 * u128::from(most);
                    let is = u128::from(differences) * 8;
                    assert!(shown >= is && shown < is + u128::from(most), "{differences} of {most}");
                }
            }
        }
        // A column of 400 is no longer three times as high as one of 7.
        assert_eq!((super::bar(7, 400), super::bar(400, 400), super::bar(200, 400)), ("▁", "█", "▄"));
    }
}
