//! Finds commit frames by the structure of a file: from page to page, by the first length in each.
//!
//! Each used page begins with a node frame or a commit frame, unless a longer frame runs into it (I13, I18). So the
//! first length in a page leads to the next page that begins a frame, and the bytes inside a frame are never examined:
//! a value may contain anything, even a commit frame.
//!
//! ```text
//! page   5        6        7        8        9
//!       ┌────────┬────────┬────────┬────────┬────────┐
//!       │A  B  C │D─────────────────────┘ E │commit  │
//!       └────────┴────────┴────────┴────────┴────────┘
//! steps  └───────>└────────────────────────>└ found     the lengths of A and D lead on; B, C and E are skipped
//! ```

use std::sync::Arc;

use super::commit::COMMIT_MAGIC;
use crate::error::Error;
use crate::node::dialect::PAGE;
use crate::node::{CHECK_BYTES, Codec, FRAME_PREFIX, Frame, MAX_FRAME, Node, NodeError};
use crate::storage::ReadAt;

/// The number of bytes that are read at once.
const CHUNK: u64 = 1 << 20;
/// The length of the shortest possible node: length, check, level, flags, key count.
const SHORTEST: u64 = (FRAME_PREFIX + CHECK_BYTES + 3) as u64;

/// Steps from page to page.
pub(super) struct Pages<'a> {
    storage: &'a dyn ReadAt,
    /// The next page to examine.
    at: u64,
    /// Where the file ends.
    len: u64,
    chunk: Vec<u8>,
    chunk_at: u64,
}

impl<'a> Pages<'a> {
    /// Starts at the page that begins at `at`, in a file of `len` bytes.
    pub(super) fn from(storage: &'a dyn ReadAt, at: u64, len: u64) -> Self {
        Self { storage, at, len, chunk: Vec::new(), chunk_at: 0 }
    }

    /// Continues at another page.
    pub(super) fn go_to(&mut self, at: u64) {
        self.at = at;
    }

    /// The current offset.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// The next page that begins with the magic of a commit frame; the caller then continues after that frame with
    /// [`Pages::go_to`]. `None` at the end of the file, or at a page that begins with no possible frame.
    pub(super) fn next_commit(&mut self) -> Result<Option<u64>, Error> {
        while self.at < self.len {
            let first = self.first_bytes()?;
            if first == COMMIT_MAGIC {
                return Ok(Some(self.at));
            }
            let [a, b, c, d, ..] = first;
            let whole = FRAME_PREFIX as u64 + u64::from(u32::from_le_bytes([a, b, c, d]));
            if whole < SHORTEST || whole > MAX_FRAME + FRAME_PREFIX as u64 || whole > self.len - self.at {
                return Ok(None);
            }
            // The step over a short frame always ends at the next page. A longer frame must prove itself (I6), since a
            // damaged length would lead into the middle of another frame.
            if whole > PAGE && !self.is_node()? {
                return Ok(None);
            }
            self.at += whole.next_multiple_of(PAGE);
        }
        Ok(None)
    }

    /// The first bytes of the page; zeros after the end of the file.
    fn first_bytes(&mut self) -> Result<[u8; 8], Error> {
        let known = self.chunk_at..self.chunk_at + self.chunk.len() as u64;
        if !known.contains(&self.at) {
            self.chunk.resize(CHUNK.min(self.len - self.at) as usize, 0);
            let read = self.storage.read_up_to(self.at, &mut self.chunk).map_err(Error::io("look for commits"))?;
            self.chunk.truncate(read);
            self.chunk_at = self.at;
        }
        let bytes = self.chunk.get((self.at - self.chunk_at) as usize..).unwrap_or_default();
        let mut first = [0; 8];
        first.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        Ok(first)
    }

    /// Whether the page begins with a node that proves itself.
    fn is_node(&self) -> Result<bool, Error> {
        proves_itself(self.storage, self.at)
    }
}

/// Whether a node of ours that proves itself begins at `at`: its check holds (I6).
pub(super) fn proves_itself(storage: &dyn ReadAt, at: u64) -> Result<bool, Error> {
    match Frame::read(storage, at).and_then(|frame| Node::parse(frame, &Codec::MST1)) {
        Ok(node) => Ok(node.hash() == Some(node.stored_hash())),
        Err(NodeError::Io { source, .. }) => Err(Error::Io { doing: "look for commits", source: Arc::clone(&source) }),
        Err(_) => Ok(false),
    }
}
