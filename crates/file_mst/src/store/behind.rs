//! A background thread that writes closed pages while the next ones are filled.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use crate::error::Error;
use crate::storage::WriteAt;

/// The most blocks of bytes that wait to be written.
const QUEUED: usize = 4;
/// Bytes between syncs, so that the sync of a commit finds little left to do.
const SYNC_EVERY: u64 = 16 << 20;

/// A thread that writes blocks of bytes to a file in the order in which they are handed over.
#[derive(Debug)]
pub(super) struct WriteBehind {
    to: SyncSender<(u64, Vec<u8>)>,
    thread: JoinHandle<Result<(), Error>>,
}

impl WriteBehind {
    pub(super) fn start<W: WriteAt + ?Sized + 'static>(storage: Arc<W>) -> Self {
        let (to, from) = sync_channel::<(u64, Vec<u8>)>(QUEUED);
        let thread = thread::spawn(move || {
            let mut unsynced = 0;
            for (offset, bytes) in from {
                storage.write_all_at(offset, &bytes).map_err(Error::io("write nodes"))?;
                unsynced += bytes.len() as u64;
                if unsynced >= SYNC_EVERY {
                    storage.sync().map_err(Error::io("sync nodes"))?;
                    unsynced = 0;
                }
            }
            Ok(())
        });
        Self { to, thread }
    }

    /// Hands over a block. Returns false if an earlier one could not be written: [`WriteBehind::finish`] returns the
    /// error.
    pub(super) fn write(&self, offset: u64, bytes: Vec<u8>) -> bool {
        self.to.send((offset, bytes)).is_ok()
    }

    /// Waits until everything is written.
    pub(super) fn finish(self) -> Result<(), Error> {
        drop(self.to);
        self.thread.join().unwrap_or(Err(Error::Panicked))
    }
}
