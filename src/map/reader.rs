//! A file opened for reading only, which can follow its writer.

use std::ops::Deref;
use std::path::Path;

use super::Snapshot;
use crate::error::Error;
use crate::store::{Commit, Commits, TreeFile};

/// The last commit of a file opened for reading only, and what came before it. Nothing is created, locked or changed;
/// any number of these can be open while another process writes.
///
/// It reads as the [`Snapshot`] of its commit, and stays there until it is asked to look again.
#[derive(Debug)]
pub struct ReadOnly<K, V> {
    file: TreeFile,
    snapshot: Snapshot<K, V>,
}

impl<K, V> ReadOnly<K, V> {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// As [`TreeFile::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Ok(Self::of(TreeFile::open(path.as_ref())?))
    }

    /// The last commit of a file that is open already.
    pub fn of(file: TreeFile) -> Self {
        Self { snapshot: Snapshot::new(file.tree()), file }
    }

    /// Goes on to the last commit, and says whether there is a newer one. Snapshots taken before stay as they are.
    ///
    /// # Errors
    /// As [`TreeFile::refresh`].
    pub fn refresh(&mut self) -> Result<bool, Error> {
        let newer = self.file.refresh()?;
        // Without a newer commit too: it may stand in a new file, and the old one is to be let go.
        self.snapshot = Snapshot::new(self.file.tree());
        Ok(newer)
    }

    /// The commit that is read; none in a file that has none yet.
    pub fn commit(&self) -> Option<&Commit> {
        self.file.last()
    }

    /// All commits, the last one first.
    pub fn commits(&self) -> Commits {
        self.file.commits()
    }

    /// The tree as it was at the commit of this sequence number.
    ///
    /// # Errors
    /// As [`TreeFile::commit`].
    pub fn at_commit(&self, sequence: u64) -> Result<Snapshot<K, V>, Error> {
        Ok(Snapshot::new(self.file.tree_at(&self.file.commit(sequence)?)))
    }

    /// The file below.
    pub fn file(&self) -> &TreeFile {
        &self.file
    }
}

impl<K, V> Deref for ReadOnly<K, V> {
    type Target = Snapshot<K, V>;

    fn deref(&self) -> &Self::Target {
        &self.snapshot
    }
}
