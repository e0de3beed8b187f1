//! A tree in a new file: written beside, and put in its place with its commits.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use super::Options;
use super::first_page_last::FirstPageLast;
use super::new_file::{NewFile, behind_links};
use super::writer::Writer;
use crate::error::Error;
use crate::storage::{FileStorage, WriteAt};
use crate::store::{TreeFile, WriterLock};

impl Writer {
    /// Opens the file at `path` for writing. Where there is none, or none with a commit, the file comes to be at `path` with
    /// [`Writer::publish`].
    pub(crate) fn open_or_create(path: &Path, options: Options) -> Result<Self, Error> {
        let real = behind_links(path);
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
        // Another writer may have committed before it gave the lock back.
        if !has_no_commit(&real) || storage.is_at(&real).map_err(Error::io("look for the file"))? == Some(false) {
            drop(lock);
            return Self::open(path, options);
        }
        let mut writer = Self::create(NewFile::replace(&real)?, options)?;
        writer.replaced = Some(lock);
        Ok(writer)
    }

    /// A writer of a new file, which is in its place with [`Writer::publish`].
    pub(crate) fn create(mut new: NewFile, options: Options) -> Result<Self, Error> {
        let storage = Arc::new(FirstPageLast::new(new.storage()?));
        let lock = new.take_lock()?;
        let mut writer = Self::locked(Arc::clone(&storage) as Arc<dyn WriteAt>, new.path(), options, lock)?;
        writer.unfinished = Some((new, storage));
        Ok(writer)
    }

    /// [`Writer::on_storage`] of which the lock is held.
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

    /// Puts a new file in its place, with all that was committed. Does nothing if it is there.
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

/// Whether a file is at `path` that is empty or a tree of ours without a commit.
fn has_no_commit(path: &Path) -> bool {
    match std::fs::metadata(path) {
        Ok(there) if !there.is_file() => false,
        Ok(there) if there.len() == 0 => true,
        Ok(_) => TreeFile::open(path).is_ok_and(|file| file.last().is_none()),
        Err(_) => false,
    }
}
