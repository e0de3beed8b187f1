//! Checks the bytes between the visited frames: only nodes of other commits, commit frames and zeros (I18).

use std::io;

use super::finding::{Finding, Rule};
use super::seen::Seen;
use crate::node::dialect::{Dialect, PAGE};
use crate::node::{Codec, FRAME_PREFIX, Frame, Node};
use crate::scan::next_page;
use crate::storage::ReadAt;
use crate::store::Commit;

/// The bytes that one step reads.
const STEP: u64 = 8 << 20;

/// A walk over the bytes between the frames, up to the end of the last commit.
#[derive(Debug)]
pub(super) struct Rest {
    at: u64,
    end: u64,
    /// Whether the bytes right before `at` were reported: one damaged place is one finding.
    reported: bool,
    /// The bytes that may still be read for apparent long frames.
    allowance: u64,
}

impl Rest {
    /// From page 1 up to `end`, the end of the last commit.
    pub(super) fn up_to(end: u64) -> Self {
        Self { at: PAGE, end, reported: false, allowance: end.saturating_add(1 << 20) }
    }

    /// Checks some megabytes; returns whether the end was reached.
    pub(super) fn step(&mut self, storage: &dyn ReadAt, seen: &Seen, found: &mut Vec<Finding>) -> io::Result<bool> {
        let mut read = 0;
        while self.at < self.end && read < STEP {
            if let Some((end, was_reported)) = seen.end_at(self.at) {
                (self.at, self.reported) = (end, was_reported);
                continue;
            }
            let stop = seen.next_after(self.at).unwrap_or(self.end).min(self.end);
            // Asking for holes is worth it only where one can be.
            let data = if stop - self.at < PAGE { self.at } else { storage.data_from(self.at)?.min(stop) };
            if data > self.at {
                // A hole of zeros up to `data`: the next frame begins at `stop`, or at the start of the page of `data`.
                let page = data - data % PAGE;
                self.at = if data == stop { stop } else { page.max(self.at) };
                if self.at == stop || page > self.at {
                    continue;
                }
            }
            let until = next_page(self.at).min(stop);
            let mut bytes = vec![0; (until - self.at) as usize];
            let length = storage.read_up_to(self.at, &mut bytes)?;
            bytes.truncate(length);
            read += until - self.at;
            let Some(first) = bytes.iter().position(|byte| *byte != 0) else {
                self.at = until;
                continue;
            };
            match self.frame_end(storage, &bytes, stop)? {
                Some(end) => {
                    read += end - self.at;
                    (self.at, self.reported) = (end, false);
                }
                None => {
                    if !self.reported {
                        let at = self.at + first as u64;
                        let expected = "zeros, or a node that proves itself";
                        found.push(Finding::new(Dialect::Mst1, Rule::Rest, at, expected, "other bytes"));
                    }
                    (self.at, self.reported) = (until, true);
                }
            }
        }
        Ok(self.at >= self.end)
    }

    /// The end of the node or commit that begins here, if it proves itself and ends by `stop`. `bytes` are the bytes up
    /// to the next page.
    fn frame_end(&mut self, storage: &dyn ReadAt, bytes: &[u8], stop: u64) -> io::Result<Option<u64>> {
        let at_page = self.at.is_multiple_of(PAGE);
        if at_page && let Ok(commit) = Commit::read(storage, self.at) {
            return Ok(Some(commit.end()).filter(|end| *end <= stop));
        }
        let Some(prefix) = bytes.first_chunk::<FRAME_PREFIX>() else { return Ok(None) };
        let length = FRAME_PREFIX as u64 + u64::from(u32::from_le_bytes(*prefix));
        let end = self.at.saturating_add(length);
        if end > stop {
            return Ok(None);
        }
        let frame = match bytes.get(..length as usize) {
            Some(whole) => Frame::from_bytes(self.at, whole.to_vec()),
            None if !at_page || length > self.allowance => return Ok(None),
            None => {
                self.allowance -= length;
                match Frame::read(storage, self.at) {
                    Ok(frame) => frame,
                    Err(crate::node::NodeError::Io { source, .. }) => {
                        return Err(io::Error::new(source.kind(), source));
                    }
                    Err(_) => return Ok(None),
                }
            }
        };
        let node = Node::parse(frame, &Codec::MST1).ok().filter(|node| node.hash() == Some(node.stored_hash()));
        if node.is_some() && length > PAGE {
            self.allowance += length;
        }
        Ok(node.map(|_| end))
    }
}
