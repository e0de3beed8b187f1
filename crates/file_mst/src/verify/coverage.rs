//! Which bytes of a file of ours the visited frames take, in about two bytes a page.
//!
//! Frames of up to a page lie within one page and mostly follow each other from its start (I13, I18), so a page needs
//! only the end of what is covered from its start. Pages that also hold frames of other commits have gaps: what is
//! covered after a gap is kept as ranges, which grow together.
//!
//! ```text
//!   page      │ AAAA BBBBBB CC ...... DDD EEEE ....... │      prefix: the end of CC; one range: DDD EEEE
//! ```
//!
//! Where one frame ends and the next begins is not kept. The file says that: each frame begins with its length.

use std::collections::BTreeMap;

use crate::node::FRAME_PREFIX;
use crate::node::dialect::PAGE;
use crate::storage::ReadAt;

/// The pages that share one allocation.
const GROUP: u64 = 64;

/// The covered bytes of pages.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    /// For each group of pages: the number of bytes that are covered from the start of each.
    prefixes: BTreeMap<u64, Box<[u16; GROUP as usize]>>,
    /// The covered ranges after a gap: start and end. None crosses a page boundary.
    ranges: BTreeMap<u64, u64>,
}

fn page_of(at: u64) -> u64 {
    at - at % PAGE
}

impl Coverage {
    /// Whether a frame of this length is one that is kept here.
    pub(super) fn takes(offset: u64, length: u64) -> bool {
        (1..=PAGE).contains(&length) && offset % PAGE + length <= PAGE
    }

    /// The end of what is covered from the start of the page at `page`.
    fn prefix(&self, page: u64) -> u64 {
        let number = page / PAGE;
        let group = self.prefixes.get(&(number / GROUP));
        page + group.and_then(|group| group.get((number % GROUP) as usize)).map_or(0, |end| u64::from(*end))
    }

    /// The covered range that byte `at` is part of.
    pub(super) fn around(&self, at: u64) -> Option<(u64, u64)> {
        let page = page_of(at);
        let prefix = self.prefix(page);
        if at < prefix {
            return Some((page, prefix));
        }
        let (start, end) = self.ranges.range(..=at).next_back()?;
        (*end > at).then_some((*start, *end))
    }

    /// The first covered range that begins after byte `at`.
    pub(super) fn next_after(&self, at: u64) -> Option<u64> {
        let after = (std::ops::Bound::Excluded(at), std::ops::Bound::Unbounded);
        let range = self.ranges.range(after).next().map(|(start, _)| *start);
        let first = at / PAGE + 1;
        let page = self.prefixes.range(first / GROUP..).find_map(|(group, ends)| {
            let pages = ends.iter().zip(group * GROUP..);
            pages.filter(|(end, page)| **end > 0 && *page >= first).map(|(_, page)| page * PAGE).next()
        });
        range.into_iter().chain(page).min()
    }

    /// The covered range that overlaps a frame, if any.
    pub(super) fn overlapping(&self, offset: u64, length: u64) -> Option<(u64, u64)> {
        self.around(offset).or_else(|| {
            let end = offset.saturating_add(length);
            let start = self.next_after(offset).filter(|start| *start < end)?;
            self.around(start)
        })
    }

    /// Covers a frame, which overlaps nothing and lies within a page.
    pub(super) fn cover(&mut self, offset: u64, length: u64) {
        let (mut start, mut end) = (offset, offset + length);
        let page = page_of(start);
        if !end.is_multiple_of(PAGE)
            && let Some(after) = self.ranges.remove(&end)
        {
            end = after;
        }
        if start == self.prefix(page) {
            let number = page / PAGE;
            let group = self.prefixes.entry(number / GROUP).or_insert_with(|| Box::new([0; GROUP as usize]));
            if let Some(prefix) = group.get_mut((number % GROUP) as usize) {
                *prefix = (end - page) as u16;
            }
            return;
        }
        if let Some((before, before_end)) = self.ranges.range(..start).next_back()
            && *before_end == start
            && *before >= page
        {
            start = *before;
        }
        self.ranges.insert(start, end);
    }

    /// The end of the last covered range.
    pub(super) fn end(&self) -> u64 {
        let range = self.ranges.values().next_back().copied().unwrap_or(0);
        let last = self.prefixes.iter().next_back().and_then(|(group, ends)| {
            let pages = ends.iter().zip(group * GROUP..);
            pages.filter(|(end, _)| **end > 0).map(|(end, page)| page * PAGE + u64::from(*end)).last()
        });
        range.max(last.unwrap_or(0))
    }

    /// The start of the frame in a covered range that byte `at` is part of, by the lengths of the frames before it.
    /// `None` if the range cannot be read.
    pub(super) fn frame_at(storage: &dyn ReadAt, (start, end): (u64, u64), at: u64) -> Option<u64> {
        let mut bytes = vec![0; usize::try_from(end - start).ok()?];
        let read = storage.read_up_to(start, &mut bytes).ok()?;
        bytes.truncate(read);
        let mut frame = start;
        loop {
            let rest = bytes.get((frame - start) as usize..)?;
            let follows = u64::from(u32::from_le_bytes(*rest.first_chunk::<FRAME_PREFIX>()?));
            let next = frame + FRAME_PREFIX as u64 + follows;
            if next > at {
                return Some(frame);
            }
            frame = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The covered ranges by their definition.
    fn expected(frames: &[(u64, u64)]) -> Vec<bool> {
        let mut covered = vec![false; 5 * PAGE as usize];
        for (offset, length) in frames {
            covered[*offset as usize..(*offset + *length) as usize].fill(true);
        }
        covered
    }

    #[test]
    fn frames_in_any_order_cover_their_bytes() {
        let mut state = 9_u64;
        for round in 0..200 {
            let mut frames = Vec::new();
            for page in [0, 1, 3, 4] {
                let mut at = page * PAGE;
                while at < (page + 1) * PAGE {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let length = (17 + (state >> 33) % 900).min((page + 1) * PAGE - at);
                    // Some frames belong to other commits, so they are gaps here.
                    if (state >> 20) % 7 != round % 7 {
                        frames.push(((state >> 40), at, length));
                    }
                    at += length;
                }
            }
            frames.sort_unstable();
            let frames: Vec<(u64, u64)> = frames.into_iter().map(|(_, at, length)| (at, length)).collect();
            let mut coverage = Coverage::default();
            for (done, (offset, length)) in frames.iter().enumerate() {
                assert_eq!(coverage.overlapping(*offset, *length), None);
                coverage.cover(*offset, *length);
                assert!(coverage.overlapping(*offset, 1).is_some() && coverage.overlapping(*offset, *length).is_some());
                if done % 5 == 0 || done + 1 == frames.len() {
                    let covered = expected(&frames[..=done]);
                    for at in (0..5 * PAGE).step_by(13) {
                        assert_eq!(coverage.around(at).is_some(), covered[at as usize], "{at}");
                    }
                    assert_eq!(coverage.end(), covered.iter().rposition(|covered| *covered).unwrap() as u64 + 1);
                    for at in (0..5 * PAGE).step_by(101).filter(|at| !covered[*at as usize]) {
                        let next = covered.iter().skip(at as usize).position(|covered| *covered);
                        assert_eq!(coverage.next_after(at), next.map(|next| at + next as u64), "{at}");
                    }
                }
            }
        }
    }
}
