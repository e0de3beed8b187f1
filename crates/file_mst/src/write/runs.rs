//! Sorted runs of changes in a temporary file, for pending changes that outgrow the buffer.
//!
//! Applying each full buffer to the tree would rewrite most of the tree each time, and leave the old nodes dead in the
//! file. Runs are merged when they are applied, so each node is written once.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::ops::Range;

use crate::error::Error;
use crate::node::{push_varint, take_varint};
use crate::storage::{FileStorage, ReadAt, WriteAt};

use super::blocks::Sender;
use super::buffer::Buffer;

/// The bytes of a run that are read or written at once.
const CHUNK: usize = 1 << 18;

/// Sorted runs of changes in a temporary file, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    file: Option<FileStorage>,
    /// The end of each run in the file.
    ends: Vec<u64>,
}

impl Runs {
    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The number of runs.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Appends a run with the changes of a sorted buffer; only the last change of each key.
    pub(crate) fn add(&mut self, buffer: &Buffer) -> Result<(), Error> {
        self.add_run(|visit| {
            buffer.each(|key, value| visit(key, value));
            Ok(())
        })
    }

    /// Appends a run with all changes of a sorted buffer.
    pub(crate) fn add_every(&mut self, buffer: &Buffer) -> Result<(), Error> {
        self.add_run(|visit| {
            buffer.every(|key, value| visit(key, value));
            Ok(())
        })
    }

    /// Merges neighbouring runs into a new file, which has at most `max_runs`.
    pub(crate) fn joined(&self, max_runs: usize) -> Result<Self, Error> {
        let mut joined = Self::default();
        let group = self.ends.len().div_ceil(max_runs.max(1));
        for first in (0..self.ends.len()).step_by(group.max(1)) {
            let part = first..(first + group).min(self.ends.len());
            joined.add_run(|visit| self.merge_part(part, |key, value| visit(key, value)))?;
        }
        Ok(joined)
    }

    /// Appends a run with the changes that `fill` yields in order.
    fn add_run(&mut self, fill: impl FnOnce(Visit<'_>) -> Result<(), Error>) -> Result<(), Error> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(FileStorage::temporary().map_err(Error::io("create a temporary file"))?),
        };
        let mut end = self.ends.last().copied().unwrap_or(0);
        let mut chunk = Vec::with_capacity(2 * CHUNK);
        let mut written = Ok(());
        let mut write = |chunk: &mut Vec<u8>| {
            let result = file.write_all_at(end, chunk).map_err(Error::io("write a temporary file"));
            end += chunk.len() as u64;
            chunk.clear();
            result
        };
        fill(&mut |key, value| {
            push_varint(&mut chunk, key.len() as u64);
            // 0 removes the record.
            push_varint(&mut chunk, value.map_or(0, |value| value.len() as u64 + 1));
            chunk.extend_from_slice(key);
            chunk.extend_from_slice(value.unwrap_or_default());
            if chunk.len() >= CHUNK {
                written = write(&mut chunk);
            }
            written.is_ok()
        })?;
        written?;
        write(&mut chunk)?;
        self.ends.push(end);
        Ok(())
    }

    /// Sends all changes in key order; only the newest change of each key.
    pub(crate) fn send(&self, mut to: Sender) {
        let sent = self.merge(|key, value| to.push(key, value, true));
        to.end(sent.err());
    }

    fn merge(&self, mut visit: impl FnMut(&[u8], Option<&[u8]>) -> bool) -> Result<(), Error> {
        let mut held: Option<(Vec<u8>, Option<Vec<u8>>)> = None;
        let mut stopped = false;
        self.merge_every(|key, value| {
            if let Some((last, before)) = &held
                && last != key
            {
                stopped = !visit(last, before.as_deref());
            }
            let (last, before) = held.get_or_insert_default();
            copy_into(last, key);
            match (value, before.as_mut()) {
                (Some(value), Some(before)) => copy_into(before, value),
                (value, _) => *before = value.map(<[u8]>::to_vec),
            }
            !stopped
        })?;
        if let Some((key, value)) = held.filter(|_| !stopped) {
            visit(&key, value.as_deref());
        }
        Ok(())
    }

    /// Calls `visit` with every change in key order, changes of one key in the order of their runs, until it returns
    /// false.
    pub(crate) fn merge_every(&self, visit: impl FnMut(&[u8], Option<&[u8]>) -> bool) -> Result<(), Error> {
        self.merge_part(0..self.ends.len(), visit)
    }

    fn merge_part(&self, part: Range<usize>, mut visit: impl FnMut(&[u8], Option<&[u8]>) -> bool) -> Result<(), Error> {
        let Some(file) = &self.file else { return Ok(()) };
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        let mut heads = BinaryHeap::new();
        for (run, (next, end)) in starts.zip(self.ends.iter().copied()).enumerate().take(part.end).skip(part.start) {
            let mut head = Head { run, file, next, end, chunk: Vec::new(), at: 0, key: Vec::new(), value: None };
            if head.advance()? {
                heads.push(head);
            }
        }
        while let Some(mut head) = heads.peek_mut() {
            if !visit(&head.key, head.value.as_deref()) {
                return Ok(());
            }
            if !head.advance()? {
                PeekMut::pop(head);
            }
        }
        Ok(())
    }
}

/// A callback that takes changes until it returns false.
type Visit<'v> = &'v mut dyn FnMut(&[u8], Option<&[u8]>) -> bool;

fn copy_into(to: &mut Vec<u8>, from: &[u8]) {
    to.clear();
    to.extend_from_slice(from);
}

/// The next change of a run.
struct Head<'a> {
    /// The index of the run, from 0.
    run: usize,
    file: &'a FileStorage,
    /// The offset of the first unread byte of the run.
    next: u64,
    end: u64,
    chunk: Vec<u8>,
    at: usize,
    key: Vec<u8>,
    value: Option<Vec<u8>>,
}

/// Reversed, since the heap yields the greatest element: that is the change that comes next.
impl Ord for Head<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        (&other.key, other.run).cmp(&(&self.key, self.run))
    }
}

impl PartialOrd for Head<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Head<'_> {}

impl Head<'_> {
    /// Moves to the next change; returns false at the end.
    fn advance(&mut self) -> Result<bool, Error> {
        loop {
            let rest = self.chunk.get(self.at..).unwrap_or_default();
            if let Some(Stored { key, value, length }) = Stored::first_of(rest) {
                copy_into(&mut self.key, key);
                self.value = match (value, self.value.take()) {
                    (None, _) => None,
                    (Some(value), memory) => {
                        let mut memory = memory.unwrap_or_default();
                        copy_into(&mut memory, value);
                        Some(memory)
                    }
                };
                self.at += length;
                return Ok(true);
            }
            if self.next >= self.end {
                return Ok(false);
            }
            let kept = rest.len();
            self.chunk.drain(..self.at.min(self.chunk.len()));
            self.at = 0;
            let more = (self.end - self.next).min(CHUNK as u64) as usize;
            self.chunk.resize(kept + more, 0);
            let to = self.chunk.get_mut(kept..).unwrap_or_default();
            let read = self.file.read_up_to(self.next, to).map_err(Error::io("read a temporary file"))?;
            if read < more {
                let source = std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
                return Err(Error::io("read a temporary file")(source));
            }
            self.next += more as u64;
        }
    }
}

/// A change as a run stores it.
struct Stored<'a> {
    key: &'a [u8],
    value: Option<&'a [u8]>,
    /// Its number of bytes.
    length: usize,
}

impl<'a> Stored<'a> {
    /// The change that `bytes` begin with; `None` if they end within it.
    fn first_of(bytes: &'a [u8]) -> Option<Self> {
        let (key, at) = take_varint(bytes)?;
        let (value, length) = take_varint(bytes.get(at..)?)?;
        let start = at + length;
        let middle = start.checked_add(usize::try_from(key).ok()?)?;
        let key = bytes.get(start..middle)?;
        let Some(length) = value.checked_sub(1) else { return Some(Self { key, value: None, length: middle }) };
        let end = middle.checked_add(usize::try_from(length).ok()?)?;
        Some(Self { key, value: Some(bytes.get(middle..end)?), length: end })
    }
}
