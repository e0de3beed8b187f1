//! Sorted runs of changes in a temporary file, for what outgrows the buffer before anyone looks at it.
//!
//! Applying each full buffer to the tree would write most of the tree anew each time, and leave the old nodes dead in the
//! file. Runs are merged when they are applied, so each node is written once.

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

    /// Writes the changes of a sorted buffer behind the others.
    pub(crate) fn add(&mut self, buffer: &Buffer) -> Result<(), Error> {
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
        buffer.each(|key, value| {
            push_varint(&mut piece, key.len() as u64);
            // 0 removes the record.
            push_varint(&mut piece, value.map_or(0, |value| value.len() as u64 + 1));
            piece.extend_from_slice(key);
            piece.extend_from_slice(value.unwrap_or_default());
            if piece.len() >= PIECE {
                written = write(&mut piece);
            }
            written.is_ok()
        });
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
        let Some(file) = &self.file else { return Ok(()) };
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        let mut heads = Vec::new();
        for (start, end) in starts.zip(self.ends.iter().copied()) {
            let mut head = Head { file, next: start, end, piece: Vec::new(), at: 0, key: Vec::new(), value: None };
            if head.advance()? {
                heads.push(head);
            }
        }
        // There are few runs, so the least key is found by looking at all.
        while let Some(least) = heads.iter().map(|head| head.key.as_slice()).min().map(<[u8]>::to_vec) {
            let last = heads.iter().rev().find(|head| head.key == least);
            if last.is_some_and(|head| !visit(&least, head.value.as_deref())) {
                return Ok(());
            }
            let mut ended = false;
            for head in heads.iter_mut().filter(|head| head.key == least) {
                if !head.advance()? {
                    head.end = 0;
                    ended = true;
                }
            }
            if ended {
                heads.retain(|head| head.end > 0);
            }
        }
        Ok(())
    }
}

/// The next change of a run.
struct Head<'a> {
    file: &'a FileStorage,
    /// Where the rest of the run begins that is not yet read.
    next: u64,
    end: u64,
    piece: Vec<u8>,
    at: usize,
    key: Vec<u8>,
    value: Option<Vec<u8>>,
}

impl Head<'_> {
    /// Goes on to the next change; false at the end.
    fn advance(&mut self) -> Result<bool, Error> {
        loop {
            let rest = self.piece.get(self.at..).unwrap_or_default();
            if let Some(Stored { key, value, length }) = Stored::first_of(rest) {
                self.key.clear();
                self.key.extend_from_slice(key);
                self.value = match (value, self.value.take()) {
                    (None, _) => None,
                    (Some(value), memory) => {
                        let mut memory = memory.unwrap_or_default();
                        memory.clear();
                        memory.extend_from_slice(value);
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
