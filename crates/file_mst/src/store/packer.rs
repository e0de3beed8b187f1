//! Packs frames into pages and appends them to the file.
//!
//! A frame of up to a page never crosses a page boundary (I13). Frames in order would waste 17 % of the file, since a
//! node takes 700 bytes on average. Each frame instead goes into the open page with the least room that still fits it
//! (best fit), which wastes 1 to 2 %. A longer frame begins at a page boundary and runs on; the rest of its last page
//! is open to others.
//!
//! ```text
//!            closed: written in       window: kept in memory
//!            the background           open     closed   open
//! ... ──────┬────────┬────────┬──────┬────────┬────────┬────────┐
//!           │AAAABBBB│CCCCCC00│ ...  │DDDEE000│FFFFFFFF│GG000000│
//! ... ──────┴────────┴────────┴──────┴────────┴────────┴────────┘
//!                                    ^ base   a page of less than LEAST_ROOM is closed
//! ```

use std::sync::Arc;

use super::behind::WriteBehind;
use crate::error::Error;
use crate::node::dialect::PAGE;
use crate::storage::WriteAt;

/// The most pages that are open at once.
const OPEN_PAGES: usize = 16;
/// A page with less room than this, in bytes, is closed: hardly any frame is as short.
const LEAST_ROOM: usize = 64;
/// The bytes that are collected before they are written.
const WINDOW: usize = 1 << 20;

/// Packs frames into pages and appends the pages to a file. Holds a few megabytes.
#[derive(Debug)]
pub(crate) struct Packer {
    /// Where the window begins in the file, a whole number of pages.
    base: u64,
    /// The pages that have not been handed over for writing.
    window: Vec<u8>,
    open: Vec<OpenPage>,
    storage: Arc<dyn WriteAt>,
    /// Writes closed pages in the background, once the window has been full.
    background: Option<WriteBehind>,
}

impl Drop for Packer {
    /// Waits for writes in progress, so that none happens after a failed build.
    fn drop(&mut self) {
        // The failed build reports its own error.
        let _ = self.wait();
    }
}

#[derive(Clone, Copy, Debug)]
struct OpenPage {
    /// Where the room begins in the window.
    at: usize,
    room: usize,
}

impl Packer {
    /// Appends to `storage` from `end` on, which must be a whole number of pages.
    pub(crate) fn new(storage: Arc<dyn WriteAt>, end: u64) -> Self {
        Self { base: end, window: Vec::new(), open: Vec::with_capacity(OPEN_PAGES + 1), storage, background: None }
    }

    /// Finds a place for `frame` and returns its offset in the file. The frame is in the file after [`Packer::finish`].
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn place(&mut self, frame: &[u8]) -> Result<u64, Error> {
        // Best fit.
        let fits = |page: &(usize, &OpenPage)| page.1.room >= frame.len();
        let best = self.open.iter().enumerate().filter(fits).min_by_key(|(_, page)| page.room).map(|(index, _)| index);
        let index = match best {
            Some(index) => index,
            None => self.open_page(frame.len())?,
        };
        let Some(page) = self.open.get_mut(index) else { return Ok(self.end()) };
        let at = page.at;
        page.at += frame.len();
        page.room = page.room.saturating_sub(frame.len());
        if page.room < LEAST_ROOM {
            self.open.swap_remove(index);
        }
        if let Some(to) = self.window.get_mut(at..at + frame.len()) {
            to.copy_from_slice(frame);
        }
        Ok(self.base + at as u64)
    }

    /// Opens a new page, or as many as a frame of `length` bytes takes. Closes the fullest page if too many are open.
    fn open_page(&mut self, length: usize) -> Result<usize, Error> {
        if self.open.len() >= OPEN_PAGES {
            let fullest = self.open.iter().enumerate().min_by_key(|(_, page)| page.room).map(|(index, _)| index);
            fullest.map(|index| self.open.swap_remove(index));
        }
        if self.window.len() >= WINDOW {
            self.write_closed()?;
        }
        let at = self.window.len();
        let room = length.max(1).next_multiple_of(PAGE as usize);
        self.window.resize(at + room, 0);
        self.open.push(OpenPage { at, room });
        Ok(self.open.len() - 1)
    }

    /// Hands the pages before the first open one to the background thread, in one block.
    fn write_closed(&mut self) -> Result<(), Error> {
        // Close the open pages of the older half, even if they have room: a page that only very short frames still fit
        // would otherwise keep all later pages in memory.
        let middle = self.window.len() / 2;
        self.open.retain(|page| page.at >= middle);
        let page_of = |page: &OpenPage| page.at - page.at % PAGE as usize;
        let closed = self.open.iter().map(page_of).min().unwrap_or(self.window.len());
        let rest = self.window.split_off(closed);
        let block = std::mem::replace(&mut self.window, rest);
        let background = self.background.get_or_insert_with(|| WriteBehind::start(Arc::clone(&self.storage)));
        if !background.write(self.base, block) {
            self.wait()?;
        }
        self.base += closed as u64;
        self.open.iter_mut().for_each(|page| page.at -= closed);
        Ok(())
    }

    fn wait(&mut self) -> Result<(), Error> {
        self.background.take().map_or(Ok(()), WriteBehind::finish)
    }

    /// Closes all pages and writes them; returns the new end of the file.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn finish(&mut self) -> Result<u64, Error> {
        self.open.clear();
        self.wait()?;
        if !self.window.is_empty() {
            self.storage.write_all_at(self.base, &self.window).map_err(Error::io("write nodes"))?;
        }
        self.base = self.end();
        self.window.clear();
        Ok(self.base)
    }

    /// The end of the file once everything is written.
    pub(crate) fn end(&self) -> u64 {
        self.base + self.window.len() as u64
    }
}
