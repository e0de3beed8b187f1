//! A tree in a new file: written beside its destination, and moved there with its first commit.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use super::Options;
use super::first_page_last::FirstPageLast;
use super::new_file::{NewFile, resolve_links};
use super::writer::Writer;
use crate::error::Error;
use crate::storage::{FileStorage, WriteAt};
use crate::store::{TreeFile, WriterLock};

impl Writer {
    /// Opens the file at `path` for writing. If there is none, or one without a commit, [`Writer::publish`] moves the
    /// new file to `path`.
    pub(crate) fn open_or_create(path: &Path, options: Options) -> Result<Self, Error> {
        let real = resolve_links(path);
        if matches!(std::fs::symlink_metadata(&real), Err(error) if error.kind() == ErrorKind::NotFound) {
            match NewFile::create(&real) {
                Err(Error::Exists { .. }) => {}
                new => return Self::create(new?, options),
            }
        }
        if !has_no_commit(&real) {
            return Self::open(path, options);
        }
        let storage = FileStorage::open_writable(&real).map_err(Error::io("open the file"))?;
        let lock = WriterLock::take(storage.file(), path)?;
        // Another writer may have committed before it released the lock.
        if !has_no_commit(&real) || storage.is_at(&real).map_err(Error::io("look for the file"))? == Some(false) {
            drop(lock);
            return Self::open(path, options);
        }
        let mut writer = Self::create(NewFile::replace(&real)?, options)?;
        writer.replaced = Some(lock);
        Ok(writer)
    }

    /// A writer of a new file, which [`Writer::publish`] moves to its destination.
    pub(crate) fn create(mut new: NewFile, options: Options) -> Result<Self, Error> {
        let storage = Arc::new(FirstPageLast::new(new.storage()?));
        let lock = new.take_lock()?;
        let mut writer = Self::locked(Arc::clone(&storage) as Arc<dyn WriteAt>, new.path(), options, lock)?;
        writer.unfinished = Some((new, storage));
        Ok(writer)
    }

    /// [`Writer::on_storage`] for a file whose lock is held.
    pub(super) fn locked(
        storage: Arc<dyn WriteAt>,
        path: &Path,
        options: Options,
        lock: WriterLock,
    ) -> Result<Self, Error> {
        let mut writer = Self::on_storage(storage, path, options)?;
        writer._lock = Some(lock);
        Ok(writer)
    }

    /// Moves a new file to its destination, with everything that was committed. Does nothing if it is there already.
    pub(crate) fn publish(&mut self) -> Result<(), Error> {
        let Some((new, storage)) = self.unfinished.take() else { return Ok(()) };
        self.guard(|writer| {
            storage.release().map_err(Error::io("write the header"))?;
            let path = new.path().to_owned();
            new.finish()?;
            writer.replaced = None;
            writer.path = Some(std::fs::canonicalize(&path).map_err(Error::io("look for the file"))?);
            writer.retention = writer.new_retention()?;
            Ok(())
        })
    }
}

/// Whether the file at `path` is empty, or a tree of ours without a commit.
fn has_no_commit(path: &Path) -> bool {
    match std::fs::metadata(path) {
        Ok(there) if !there.is_file() => false,
        Ok(there) if there.len() == 0 => true,
        Ok(_) => TreeFile::open(path).is_ok_and(|file| file.last().is_none()),
        Err(_) => false,
    }
}
