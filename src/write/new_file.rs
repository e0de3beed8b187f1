//! A file that is being written for the first time.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// The name of a new file, which is removed again unless what goes into it is complete.
#[derive(Debug)]
pub(crate) struct NewFile {
    path: PathBuf,
    complete: bool,
}

impl NewFile {
    /// Creates an empty file at `path`.
    ///
    /// # Errors
    /// [`Error::Exists`] if there is something at `path`; those of the system.
    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        match File::create_new(path) {
            Ok(_) => Ok(Self { path: path.to_owned(), complete: false }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Error::Exists { path: path.to_owned() }),
            Err(error) => Err(Error::io("create the file")(error)),
        }
    }

    /// Says that the file shall stay.
    pub(crate) fn keep(mut self) {
        self.complete = true;
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.complete {
            // Whoever is told of the failure that led here can do no more about this one.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
