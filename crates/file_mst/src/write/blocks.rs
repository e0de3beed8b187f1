//! Sorted changes in blocks, which one thread prepares while another applies them.
//!
//! The changes of a buffer lie in memory in the order of insertion, so visiting them in key order misses the
//! processor's caches each time, and each new key costs a hash for its level. Both are done block by block, ahead of
//! the thread that builds the nodes.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use crate::error::Error;
use crate::node::level::level_of;
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
    /// Adds a change. Its level, which costs a hash, is computed here if `with_level`.
    pub(crate) fn push(&mut self, key: &[u8], value: Option<&[u8]>, with_level: bool) {
        let level = (with_level && value.is_some()).then(|| level_of(key));
        self.entries.push(Entry { at: self.bytes.len(), key: key.len(), value: value.map(<[u8]>::len), level });
        self.bytes.extend_from_slice(key);
        self.bytes.extend_from_slice(value.unwrap_or_default());
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
        !self.block.is_full() || self.to.send(Ok(std::mem::take(&mut self.block))).is_ok()
    }

    /// Ends the changes. `apply_sorted` returns the error, if there is one.
    pub fn end(self, error: Option<Error>) {
        // A receiver that has stopped has an error of its own, which its thread returns.
        let _ = self.to.send(error.map_or(Ok(self.block), Err));
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
