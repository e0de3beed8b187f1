//! What of a file a tree uses: page by page, and commit by commit.

use super::{Shape, pages};
use crate::node::dialect::PAGE;
use crate::open::Opened;

/// The most commits that are told apart; all before them count as one.
const MOST: usize = 10_000;
/// The longest file whose pages are counted, in pages: a bit each, so at most 128 MiB.
const MOST_PAGES: u64 = 1 << 30;

/// What one commit wrote, and what of it a tree uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Region {
    /// The sequence number of the commit; of the newest of them, where several count as one.
    pub sequence: u64,
    /// Where its nodes begin.
    pub start: u64,
    /// Where they end: at its frame.
    pub end: u64,
    /// Bytes of frames of the tree that it wrote. All else of it is padding, or dead to this tree.
    pub live: u64,
}

/// The regions of a file, the oldest first, and which pages are in use.
pub(super) struct Regions {
    regions: Vec<Region>,
    used: Vec<u64>,
}

impl Regions {
    /// Reads the commits of a file of ours: a page each.
    pub(super) fn of(opened: &Opened) -> Self {
        let commits = opened.file.iter().flat_map(|file| file.commits()).map_while(Result::ok);
        let mut regions: Vec<Region> = Vec::new();
        for commit in commits {
            let (sequence, start, end) = (commit.sequence, commit.tail_start, commit.offset);
            let full = regions.len() >= MOST;
            match regions.last_mut().filter(|_| full) {
                Some(oldest) => oldest.start = start,
                None => regions.push(Region { sequence, start, end, live: 0 }),
            }
        }
        regions.reverse();
        Self { regions, used: Vec::new() }
    }

    pub(super) fn all(&self) -> &[Region] {
        &self.regions
    }

    /// Notes a frame of the tree, in `shape` too.
    pub(super) fn live(&mut self, offset: u64, length: u64, shape: &mut Shape) {
        let most = MOST_PAGES.min(shape.file_bytes.div_ceil(PAGE));
        for page in pages(offset, length).take_while(|page| *page < most) {
            let (at, bit) = ((page / 64) as usize, 1_u64 << (page % 64));
            if self.used.len() <= at {
                self.used.resize(at + 1, 0);
            }
            if let Some(word) = self.used.get_mut(at).filter(|word| **word & bit == 0) {
                *word |= bit;
                shape.page_bytes += PAGE;
            }
        }
        let at = self.regions.partition_point(|region| region.end <= offset);
        if let Some(region) = shape.regions.get_mut(at).filter(|region| region.start <= offset) {
            region.live += length;
        }
    }
}
