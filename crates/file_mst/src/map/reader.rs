//! A file opened for reading only, which can follow its writer.

use std::ops::Deref;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::types::Asked;
use super::{MerkleKey, Snapshot};
use crate::error::Error;
use crate::store::{Commit, Commits, TreeFile};
use crate::write::Options;

/// The last commit of a file opened for reading only, and its older commits. Nothing is created, locked or changed; any
/// number of readers can be open while another process writes.
///
/// It derefs to the [`Snapshot`] of its commit, and stays at that commit until [`ReadOnly::refresh`].
#[derive(Debug)]
pub struct ReadOnly<K, V> {
    file: TreeFile,
    asked: Asked,
    snapshot: Snapshot<K, V>,
}

impl<K: MerkleKey, V: DeserializeOwned> ReadOnly<K, V> {
    /// Opens the file at `path`. Types are checked as [`MerkleSearchTree::open`](crate::MerkleSearchTree::open) does.
    ///
    /// # Errors
    /// As [`TreeFile::open`]; [`Error::OtherTypes`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_with(path, &Options::default())
    }

    /// [`ReadOnly::open`] with other than the default options. A reader uses only `schema`, `check_types` and
    /// `cache_bytes`.
    ///
    /// # Errors
    /// As [`ReadOnly::open`].
    pub fn open_with(path: impl AsRef<Path>, options: &Options) -> Result<Self, Error> {
        let path = path.as_ref();
        Self::checked(TreeFile::open_with_cache(path, options.cache_bytes)?, Asked::new(path, options))
    }

    /// Reads the last commit of a file that is open already.
    ///
    /// # Errors
    /// [`Error::OtherTypes`].
    pub fn of(file: TreeFile) -> Result<Self, Error> {
        let asked = Asked::new(Path::new("(file)"), &Options::default());
        Self::checked(file, asked)
    }

    fn checked(file: TreeFile, asked: Asked) -> Result<Self, Error> {
        asked.against::<K, V>(file.last(), &file.tree())?;
        Ok(Self { snapshot: Snapshot::new(file.tree()), asked, file })
    }

    /// Moves on to the last commit, and returns whether it is a newer one. Snapshots taken before do not change.
    ///
    /// # Errors
    /// As [`TreeFile::refresh`]; [`Error::OtherTypes`] if the newer commit states other types: then the snapshot stays.
    pub fn refresh(&mut self) -> Result<bool, Error> {
        let newer = self.file.refresh()?;
        self.asked.against::<K, V>(self.file.last(), &self.file.tree())?;
        // Even without a newer commit: the same commit may now be in a new file, and the old one must be closed.
        self.snapshot = Snapshot::new(self.file.tree());
        Ok(newer)
    }
}

impl<K, V> ReadOnly<K, V> {
    /// The commit that is read; `None` in a file without commits.
    pub fn commit(&self) -> Option<&Commit> {
        self.file.last()
    }

    /// All commits, newest first.
    pub fn commits(&self) -> Commits {
        self.file.commits()
    }

    /// The tree at the commit with this sequence number.
    ///
    /// # Errors
    /// As [`TreeFile::commit`]; [`Error::OtherTypes`] if the commit states other types than those of this tree.
    pub fn at_commit(&self, sequence: u64) -> Result<Snapshot<K, V>, Error> {
        let commit = self.file.commit(sequence)?;
        self.asked.against_commit::<K, V>(Some(&commit))?;
        Ok(Snapshot::new(self.file.tree_at(&commit)))
    }

    /// The underlying file.
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
