//! One writer at a time. Readers take no lock.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::error::Error;

/// The exclusive lock of a file's writer, released when it is dropped.
#[derive(Debug)]
pub(crate) struct WriterLock {
    file: File,
}

impl WriterLock {
    /// Takes the lock of `file`, which is at `path`.
    ///
    /// # Errors
    /// [`Error::Locked`] if another writer in this or any other process has it.
    pub(crate) fn take(file: &File, path: &Path) -> Result<Self, Error> {
        let io = Error::io("lock the file");
        let file = file.try_clone().map_err(&io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(Error::Locked { path: path.to_owned() }),
            Err(TryLockError::Error(error)) => Err(io(error)),
        }
    }
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        // Snapshots that outlive the writer keep its file open, so closing alone would not release the lock. If
        // unlocking fails, the lock ends with the process.
        let _ = self.file.unlock();
    }
}
