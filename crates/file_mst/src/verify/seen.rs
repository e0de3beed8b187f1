//! Records the bytes of a file that the visited nodes take.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher, Hash, Hasher, RandomState};

use super::coverage::Coverage;
use super::visited::Task;
use crate::storage::ReadAt;

/// The frames of the visited nodes. In one tree of a file of ours that is a few bytes a page; otherwise about 24 bytes a
/// node, 60 if all commits are checked. Adjacent empty nodes of the published dialects count as one.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The frames within one page of the only tree that is checked in a file of ours, and those of them that are being
    /// read or could not be proved.
    coverage: Option<Coverage>,
    pending: BTreeSet<u64>,
    /// The length of any other frame at an offset; 0 while it is being read.
    frames: BTreeMap<u64, u32>,
    /// The lengths of damaged places that were reported, by offset.
    reported: BTreeMap<u64, u64>,
    /// The ends of runs of empty nodes, by start.
    empties: BTreeMap<u64, u64>,
    /// How each node was visited last, if it may be visited again as a part of another commit's tree.
    marks: Option<BTreeMap<u64, Mark>>,
    /// Seeded at random, so that no file can be made in which two different marks collide by design.
    hasher: RandomState,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    /// The hash of the link and the interval.
    met_as: u64,
    /// The number of the tree.
    pass: u32,
}

/// Whether a node was visited before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Met {
    /// It was not.
    New,
    /// In the same tree.
    InThisTree,
    /// In another commit's tree, under the same link and between the same keys.
    SameWay,
    /// In another commit's tree, under another link or between other keys.
    OtherWay,
}

impl Seen {
    /// With `all_commits` a node may be visited once in each commit's tree. `in_pages` tells that the file is one of
    /// ours, whose frames lie within pages.
    pub(super) fn new(all_commits: bool, in_pages: bool) -> Self {
        let coverage = (in_pages && !all_commits).then(Coverage::default);
        Self { coverage, marks: all_commits.then(BTreeMap::new), ..Self::default() }
    }

    /// Records that the node of a task is visited in the tree `pass`.
    pub(super) fn meet(&mut self, storage: &dyn ReadAt, task: &Task, pass: u32) -> Met {
        let offset = task.link.offset;
        if let Some(coverage) = &self.coverage {
            let is_start = |range| Coverage::frame_at(storage, range, offset) == Some(offset);
            let known = self.frames.contains_key(&offset) || coverage.around(offset).is_some_and(is_start);
            return if known || !self.pending.insert(offset) { Met::InThisTree } else { Met::New };
        }
        let known = self.frames.contains_key(&offset);
        if !known {
            self.frames.insert(offset, 0);
        }
        let Some(marks) = &mut self.marks else {
            return if known { Met::InThisTree } else { Met::New };
        };
        let mut hasher = self.hasher.build_hasher();
        task.link.hash.hash(&mut hasher);
        let summary = task.link.summary.map(|summary| (summary.level, summary.length, summary.records));
        summary.hash(&mut hasher);
        for key in [&task.interval.lower, &task.interval.upper] {
            key.as_ref().map(|key| key.stored()).hash(&mut hasher);
        }
        let mark = Mark { met_as: hasher.finish(), pass };
        match marks.insert(offset, mark) {
            _ if !known => Met::New,
            Some(before) if before.pass == pass => Met::InThisTree,
            Some(before) if before.met_as == mark.met_as => Met::SameWay,
            _ => Met::OtherWay,
        }
    }

    /// Records the length of a frame; returns the offset of another frame that it overlaps, if any (I14).
    pub(super) fn place(&mut self, storage: &dyn ReadAt, offset: u64, length: u64) -> Option<u64> {
        let overlapped = self.overlapped(offset, length);
        let Some(coverage) = &mut self.coverage else { return self.place_alone(offset, length) };
        self.pending.remove(&offset);
        if let Some(range) = coverage.overlapping(offset, length) {
            self.frames.insert(offset, u32::try_from(length).unwrap_or(u32::MAX));
            return Some(Coverage::frame_at(storage, range, offset.max(range.0)).unwrap_or(range.0));
        }
        if !Coverage::takes(offset, length) {
            return self.place_alone(offset, length);
        }
        // A frame that overlaps one of those outside of the pages stays there too, so that both are known.
        match overlapped {
            Some(_) => drop(self.frames.insert(offset, u32::try_from(length).unwrap_or(u32::MAX))),
            None => coverage.cover(offset, length),
        }
        overlapped
    }

    fn place_alone(&mut self, offset: u64, length: u64) -> Option<u64> {
        let overlapped = self.overlapped(offset, length);
        self.frames.insert(offset, u32::try_from(length).unwrap_or(u32::MAX));
        overlapped
    }

    /// The offset of another frame in `frames` that overlaps this one.
    fn overlapped(&self, offset: u64, length: u64) -> Option<u64> {
        let end = offset.saturating_add(length);
        let before =
            self.frames.range(..offset).next_back().filter(|(start, length)| *start + u64::from(**length) > offset);
        let after = self.frames.range(offset + 1..).next().filter(|(start, length)| **start < end && **length > 0);
        before.or(after).map(|(start, _)| *start)
    }

    /// Records that the damage of these bytes was reported.
    pub(super) fn report(&mut self, offset: u64, length: u64) {
        self.reported.insert(offset, length);
    }

    /// The end of the frame, or of the reported place, that byte `at` is part of; and whether it is a reported place.
    pub(super) fn end_at(&self, at: u64) -> Option<(u64, bool)> {
        let end = |start: u64, length: u64| Some(start.saturating_add(length)).filter(|end| *end > at);
        let frame = self.frames.range(..=at).next_back().and_then(|(start, length)| end(*start, u64::from(*length)));
        let covered = || self.coverage.as_ref().and_then(|coverage| coverage.around(at)).map(|(_, end)| end);
        let frame = frame.or_else(covered);
        let reported = || self.reported.range(..=at).next_back().and_then(|(start, length)| end(*start, *length));
        frame.map(|end| (end, false)).or_else(|| reported().map(|end| (end, true)))
    }

    /// The start of the next frame or reported place after byte `at`.
    pub(super) fn next_after(&self, at: u64) -> Option<u64> {
        let after = (std::ops::Bound::Excluded(at), std::ops::Bound::Unbounded);
        let frame = self.frames.range(after).find(|(_, length)| **length > 0).map(|(start, _)| *start);
        let reported = self.reported.range(after).next().map(|(start, _)| *start);
        let covered = self.coverage.as_ref().and_then(|coverage| coverage.next_after(at));
        frame.into_iter().chain(reported).chain(covered).min()
    }

    /// Records a run of empty nodes. Several nodes may link to the same one.
    pub(super) fn place_empty(&mut self, start: u64, end: u64) {
        let (mut start, mut end) = (start, end);
        if let Some((&before, &before_end)) = self.empties.range(..=start).next_back()
            && before_end >= start
        {
            start = before;
            end = end.max(before_end);
        }
        while let Some((&next, &next_end)) = self.empties.range(start..=end).next() {
            end = end.max(next_end);
            self.empties.remove(&next);
        }
        self.empties.insert(start, end);
    }

    /// The frames that overlap a run of empty nodes.
    pub(super) fn overlapping_empties(&self) -> impl Iterator<Item = (u64, u64)> {
        self.empties.iter().filter_map(|(&start, &end)| {
            let (&frame, &length) = self.frames.range(..end).next_back()?;
            (frame + u64::from(length) > start && length > 0).then_some((frame, start))
        })
    }

    /// The end of the last frame.
    pub(super) fn end(&self) -> u64 {
        let frame = self.frames.iter().next_back().map_or(0, |(start, length)| start + u64::from(*length));
        let covered = self.coverage.as_ref().map_or(0, Coverage::end);
        frame.max(covered).max(self.empties.values().next_back().copied().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_touch_do_not_overlap() {
        // The frame at 90 is the first of its page in the file; each begins with its length.
        let mut file = vec![0; 300];
        for (at, length) in [(90, 10_u32), (100, 50), (150, 10)] {
            file.splice(at..at + 4, (length - 4).to_le_bytes());
        }
        for in_pages in [false, true] {
            let mut seen = Seen::new(false, in_pages);
            assert_eq!(seen.place(&file, 100, 50), None);
            assert_eq!(seen.place(&file, 150, 10), None);
            assert_eq!(seen.place(&file, 90, 10), None);
            assert_eq!(seen.place(&file, 155, 100), Some(150));
            assert_eq!(seen.place(&file, 80, 11), Some(90));
            assert_eq!(seen.end(), 255);
        }
    }

    #[test]
    fn empty_nodes_that_touch_are_one_run() {
        let file = Vec::new();
        let mut seen = Seen::new(false, false);
        for start in [40, 0, 120, 80, 80, 400] {
            seen.place_empty(start, start + 40);
        }
        assert_eq!(seen.empties, BTreeMap::from([(0, 160), (400, 440)]));
        assert_eq!(seen.place(&file, 160, 240), None);
        assert_eq!(seen.overlapping_empties().next(), None);
        seen.place(&file, 440, 5);
        seen.place(&file, 150, 5);
        assert_eq!(seen.overlapping_empties().collect::<Vec<_>>(), [(150, 0)]);
    }
}
