//! Sorted changes in blocks, which one thread prepares while another applies them.
//!
//! The changes of a buffer lie in memory in the order of insertion, so visiting them in key order misses the
//! processor's caches each time, and each new key costs a hash for its level. Both are done block by block, ahead of
//! the thread that builds the nodes.

use std::sync::mpsc::{Receiver, SendError, SyncSender, sync_channel};

use crate::error::Error;
use crate::node::level::levels_of;
use crate::tree::apply::{Change, Changes};

/// The number of changes in a full block.
const BLOCK: usize = 1 << 12;
/// The number of bytes in a full block.
const BLOCK_BYTES: usize = 1 << 20;
/// The most blocks that wait.
const QUEUED: usize = 4;

/// Changes in key order, their bytes one after the other.
#[derive(Debug, Default)]
pub(crate) struct Block {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// Whether the levels of new records are to be computed, together, before the block is sent.
    wants_levels: bool,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    at: usize,
    key: usize,
    /// `None` removes the record.
    value: Option<usize>,
    level: Option<u8>,
}

impl Block {
    /// Adds a change. With `with_level`, the levels of all new records of the block, which cost a hash each, are
    /// computed before it is sent.
    pub(crate) fn push(&mut self, key: &[u8], value: Option<&[u8]>, with_level: bool) {
        self.wants_levels |= with_level;
        self.entries.push(Entry { at: self.bytes.len(), key: key.len(), value: value.map(<[u8]>::len), level: None });
        self.bytes.extend_from_slice(key);
        self.bytes.extend_from_slice(value.unwrap_or_default());
    }

    /// Computes the levels that are wanted.
    fn with_levels(mut self) -> Self {
        if self.wants_levels {
            let key = |entry: &Entry| self.bytes.get(entry.at..entry.at + entry.key).unwrap_or_default();
            let keys: Vec<&[u8]> = self.entries.iter().filter(|entry| entry.value.is_some()).map(key).collect();
            let levels = levels_of(&keys);
            let new = self.entries.iter_mut().filter(|entry| entry.value.is_some());
            new.zip(levels).for_each(|(entry, level)| entry.level = Some(level));
        }
        self
    }

    pub(crate) fn is_full(&self) -> bool {
        self.entries.len() >= BLOCK || self.bytes.len() >= BLOCK_BYTES
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The changes below `key`, and the others.
    pub(crate) fn split(&self, key: &[u8]) -> (Self, Self) {
        let (mut below, mut others) = (Self::default(), Self::default());
        for change in (0..self.len()).map_while(|index| self.get(index)) {
            let half = if change.key < key { &mut below } else { &mut others };
            half.push(change.key, change.value, false);
        }
        (below, others)
    }

    pub(crate) fn get(&self, index: usize) -> Option<Change<'_>> {
        let Entry { at, key, value, level } = *self.entries.get(index)?;
        let middle = at + key;
        let value = match value {
            Some(length) => Some(self.bytes.get(middle..middle + length)?),
            None => None,
        };
        Some(Change { key: self.bytes.get(at..middle)?, value, level })
    }
}

/// The sending end of a channel of blocks. It waits while the channel is full.
pub struct Sender {
    to: SyncSender<Result<Block, Error>>,
    block: Block,
}

impl Sender {
    /// Adds a change: a value to set, or none to remove the record. Keys must come in order, each once. False if the
    /// writer has stopped and needs no more. `with_level` computes the key's level here, on the sender's thread.
    pub fn push(&mut self, key: &[u8], value: Option<&[u8]>, with_level: bool) -> bool {
        self.block.push(key, value, with_level);
        !self.block.is_full() || self.send().is_ok()
    }

    fn send(&mut self) -> Result<(), SendError<Result<Block, Error>>> {
        let block = std::mem::take(&mut self.block).with_levels();
        // The next block is likely to be as long.
        self.block.bytes.reserve(block.bytes.len());
        self.block.entries.reserve(block.entries.len());
        self.to.send(Ok(block))
    }

    /// Ends the changes. `apply_sorted` returns the error, if there is one.
    pub fn end(self, error: Option<Error>) {
        // A receiver that has stopped has an error of its own, which its thread returns.
        let _ = self.to.send(error.map_or_else(|| Ok(self.block.with_levels()), Err));
    }
}

/// The changes of a [`Sender`].
pub(crate) struct Blocks {
    from: Option<Receiver<Result<Block, Error>>>,
    block: Block,
    at: usize,
}

impl Blocks {
    /// The changes of one block.
    pub(crate) fn of(block: Block) -> Self {
        Self { from: None, block, at: 0 }
    }

    /// The blocks that the sender will send.
    pub(crate) fn channel() -> (Sender, Self) {
        let (to, from) = sync_channel(QUEUED);
        (Sender { to, block: Block::default() }, Self { from: Some(from), block: Block::default(), at: 0 })
    }

    fn fill(&mut self) -> Result<(), Error> {
        while self.at >= self.block.entries.len() {
            let Some(Ok(block)) = self.from.as_ref().map(Receiver::recv) else { return Ok(()) };
            self.block = block?;
            self.at = 0;
        }
        Ok(())
    }
}

impl Changes for Blocks {
    fn start(&mut self) -> Result<(), Error> {
        self.fill()
    }

    fn peek(&self) -> Option<Change<'_>> {
        self.block.get(self.at)
    }

    fn advance(&mut self) -> Result<(), Error> {
        self.at += 1;
        self.fill()
    }
}
