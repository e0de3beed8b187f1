//! Sorted runs of changes in a temporary file, for what outgrows the buffer before anyone looks at it.
//!
//! Applying each full buffer to the tree would write most of the tree anew each time, and leave the old nodes dead in the
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

/// How much of a run is read or written at once.
const PIECE: usize = 1 << 18;

/// Sorted runs of changes in a temporary file, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    file: Option<FileStorage>,
    /// Where each run ends in the file.
    ends: Vec<u64>,
}

impl Runs {
    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Writes the changes of a sorted buffer behind the others; of several of one key the last.
    pub(crate) fn add(&mut self, buffer: &Buffer) -> Result<(), Error> {
        self.add_run(|visit| {
            buffer.each(|key, value| visit(key, value));
            Ok(())
        })
    }

    /// Writes all changes of a sorted buffer behind the others.
    pub(crate) fn add_every(&mut self, buffer: &Buffer) -> Result<(), Error> {
        self.add_run(|visit| {
            buffer.every(|key, value| visit(key, value));
            Ok(())
        })
    }

    /// Merges neighbours, so that there are at most so many, into a new file.
    pub(crate) fn joined(&self, most: usize) -> Result<Self, Error> {
        let mut joined = Self::default();
        let group = self.ends.len().div_ceil(most.max(1));
        for first in (0..self.ends.len()).step_by(group.max(1)) {
            let part = first..(first + group).min(self.ends.len());
            joined.add_run(|visit| self.merge_part(part, |key, value| visit(key, value)))?;
        }
        Ok(joined)
    }

    /// Writes a run of the changes that `fill` gives in order.
    fn add_run(&mut self, fill: impl FnOnce(Visit<'_>) -> Result<(), Error>) -> Result<(), Error> {
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(FileStorage::temporary().map_err(Error::io("create a temporary file"))?),
        };
        let mut end = self.ends.last().copied().unwrap_or(0);
        let mut piece = Vec::with_capacity(2 * PIECE);
        let mut written = Ok(());
        let mut write = |piece: &mut Vec<u8>| {
            let result = file.write_all_at(end, piece).map_err(Error::io("write a temporary file"));
            end += piece.len() as u64;
            piece.clear();
            result
        };
        fill(&mut |key, value| {
            push_varint(&mut piece, key.len() as u64);
            // 0 removes the record.
            push_varint(&mut piece, value.map_or(0, |value| value.len() as u64 + 1));
            piece.extend_from_slice(key);
            piece.extend_from_slice(value.unwrap_or_default());
            if piece.len() >= PIECE {
                written = write(&mut piece);
            }
            written.is_ok()
        })?;
        written?;
        write(&mut piece)?;
        self.ends.push(end);
        Ok(())
    }

    /// Sends all changes in key order; of several of one key the one of the last run.
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

    /// Calls `visit` with every change in key order, those of one key in the order of their runs, until it returns false.
    pub(crate) fn merge_every(&self, visit: impl FnMut(&[u8], Option<&[u8]>) -> bool) -> Result<(), Error> {
        self.merge_part(0..self.ends.len(), visit)
    }

    fn merge_part(&self, part: Range<usize>, mut visit: impl FnMut(&[u8], Option<&[u8]>) -> bool) -> Result<(), Error> {
        let Some(file) = &self.file else { return Ok(()) };
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        let mut heads = BinaryHeap::new();
        for (run, (next, end)) in starts.zip(self.ends.iter().copied()).enumerate().take(part.end).skip(part.start) {
            let mut head = Head { run, file, next, end, piece: Vec::new(), at: 0, key: Vec::new(), value: None };
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

/// What takes changes, until it returns false.
type Visit<'v> = &'v mut dyn FnMut(&[u8], Option<&[u8]>) -> bool;

fn copy_into(to: &mut Vec<u8>, from: &[u8]) {
    to.clear();
    to.extend_from_slice(from);
}

/// The next change of a run.
struct Head<'a> {
    /// Which run, from 0.
    run: usize,
    file: &'a FileStorage,
    /// Where the rest of the run begins that is not yet read.
    next: u64,
    end: u64,
    piece: Vec<u8>,
    at: usize,
    key: Vec<u8>,
    value: Option<Vec<u8>>,
}

/// The greatest of a heap is the one whose change comes next.
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
    /// Goes on to the next change; false at the end.
    fn advance(&mut self) -> Result<bool, Error> {
        loop {
            let rest = self.piece.get(self.at..).unwrap_or_default();
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
            self.piece.drain(..self.at.min(self.piece.len()));
            self.at = 0;
            let more = (self.end - self.next).min(PIECE as u64) as usize;
            self.piece.resize(kept + more, 0);
            let to = self.piece.get_mut(kept..).unwrap_or_default();
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
    /// How many bytes it takes.
    length: usize,
}

impl<'a> Stored<'a> {
    /// The change that `bytes` begin with; none if they end within it.
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
