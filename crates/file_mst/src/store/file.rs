//! A file of ours as its readers see it: commits, and the tree of each.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::damaged::{header_of, proved};
use super::recovery::last_commit;
use super::{Commit, DEFAULT_CACHE_BYTES, FileId, Foreign, Header, NodeStore};
use crate::error::Error;
use crate::node::{Codec, Link};
use crate::storage::{FileStorage, ReadAt};
use crate::tree::Tree;

/// A file of ours, opened for reading: nothing is created, locked or changed.
///
/// [`TreeFile::tree`] is the untyped tree of the last commit, the same [`Tree`] that reads the published dialects.
#[derive(Clone, Debug)]
pub struct TreeFile {
    store: Arc<NodeStore>,
    file_id: Option<FileId>,
    last: Option<Commit>,
    /// Why the newest commit is not known.
    damage: Option<Box<Error>>,
    /// Where it was opened, to see whether another file has taken its place.
    place: Option<Place>,
}

#[derive(Clone, Debug)]
struct Place {
    path: PathBuf,
    storage: Arc<FileStorage>,
    cache_bytes: u64,
}

impl TreeFile {
    /// Opens the file at `path` and finds its last commit: two reads, if the writer ended in peace.
    ///
    /// # Errors
    /// [`Error::Foreign`], which says what the file is, if it is not one of ours; [`Error::NewerVersion`]; those that
    /// [say that it is damaged](Error::is_damage); those of the system.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::open_with_cache(path, DEFAULT_CACHE_BYTES)
    }

    /// [`TreeFile::open`] with a node cache of `cache_bytes`.
    ///
    /// # Errors
    /// As [`TreeFile::open`].
    pub fn open_with_cache(path: &Path, cache_bytes: u64) -> Result<Self, Error> {
        let storage = Arc::new(FileStorage::open(path).map_err(Error::io("open the file"))?);
        let file = Self::from_storage(Arc::clone(&storage) as Arc<dyn ReadAt>, path, cache_bytes)?;
        Ok(Self { place: Some(Place { path: path.to_owned(), storage, cache_bytes }), ..file })
    }

    /// The file in `storage`; `path` is only for messages.
    ///
    /// # Errors
    /// As [`TreeFile::open`].
    pub fn from_storage(storage: Arc<dyn ReadAt>, path: &Path, cache_bytes: u64) -> Result<Self, Error> {
        Self::with_id(storage, path, cache_bytes).map(|(file, _)| file)
    }

    /// [`TreeFile::from_storage`], and the number of the file.
    pub(crate) fn with_id(storage: Arc<dyn ReadAt>, path: &Path, cache_bytes: u64) -> Result<(Self, FileId), Error> {
        let Some(header) = header_of(&*storage)? else {
            let what = Foreign::of(&*storage).map_err(Error::io("read the file"))?;
            return Err(Error::Foreign { path: path.to_owned(), what });
        };
        let store = Arc::new(NodeStore::new(storage, Codec::MST1, cache_bytes));
        let last = last_commit(&store, &header)?;
        let file_id = header.file_id;
        Ok((Self { store, file_id: Some(file_id), last, damage: None, place: None }, file_id))
    }

    /// A damaged file of ours, whose opening failed with `damage`, as it was at the commit of this number; without a number
    /// no commit is the last one, and only what a hash proves can be read. The commit is found by the structure of the file,
    /// from its start on; so the file is read up to there.
    ///
    /// # Errors
    /// `damage` itself if there is no such commit before the first damage; [`Error::Io`].
    pub fn of_damaged(
        storage: Arc<dyn ReadAt>,
        damage: Error,
        sequence: Option<u64>,
        cache_bytes: u64,
    ) -> Result<Self, Error> {
        let last = match sequence {
            Some(sequence) => match proved(&*storage, sequence)? {
                Some(commit) => Some(commit),
                None => return Err(damage),
            },
            None => None,
        };
        let known = Header::read(&*storage).ok().flatten().map(|header| header.file_id);
        let file_id = known.or(last.as_ref().map(|commit| commit.file_id));
        let store = Arc::new(NodeStore::new(storage, Codec::MST1, cache_bytes));
        Ok(Self { store, file_id, last, damage: Some(Box::new(damage)), place: None })
    }

    /// The number that the file was given when it was created; none if it is damaged so that nothing tells.
    pub fn file_id(&self) -> Option<FileId> {
        self.file_id
    }

    /// Why the newest commit is not known, in a file that [`TreeFile::of_damaged`] opened: then the last commit is the one
    /// that was asked for.
    pub fn damage(&self) -> Option<&Error> {
        self.damage.as_deref()
    }

    /// Looks for a newer commit, and says whether there is one. Two reads if there is nothing new; a tail that a writer
    /// has not committed yet is scanned. Where another file has taken the place of this one, as after a writer wrote its
    /// kept commits anew, it goes on there; trees that were taken before go on in the old one.
    ///
    /// # Errors
    /// As [`TreeFile::open`].
    pub fn refresh(&mut self) -> Result<bool, Error> {
        if let Some(there) = self.in_its_place()? {
            let what = |file: &Self| file.last.as_ref().map(|commit| (commit.sequence, commit.root.hash));
            let newer = what(&there) != what(self);
            *self = there;
            return Ok(newer);
        }
        // What an older commit of a damaged file is does not change.
        if self.damage.is_some() {
            return Ok(false);
        }
        let Some(header) = header_of(&**self.store.storage())? else {
            return Err(Error::Header { at: 0, expected: "our magic".into(), found: "other bytes".into() });
        };
        let last = last_commit(&self.store, &header)?;
        let newer = last.as_ref().map(|commit| commit.sequence) > self.last.as_ref().map(|commit| commit.sequence);
        if newer {
            self.last = last;
        }
        Ok(newer)
    }

    /// The file that is now where this one was opened, if that is another. One that is gone has no other in its place.
    fn in_its_place(&self) -> Result<Option<Self>, Error> {
        let Some(place) = &self.place else { return Ok(None) };
        match place.storage.is_at(&place.path) {
            Ok(Some(true)) => Ok(None),
            Ok(_) => Self::open_with_cache(&place.path, place.cache_bytes).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("look for the file")(error)),
        }
    }

    /// The nodes of the file.
    pub fn store(&self) -> &Arc<NodeStore> {
        &self.store
    }

    /// The last commit; none in a file that has none yet.
    pub fn last(&self) -> Option<&Commit> {
        self.last.as_ref()
    }

    /// The tree of the last commit; the empty tree if there is none.
    pub fn tree(&self) -> Tree {
        Tree::new(Arc::clone(&self.store), self.last.as_ref().map_or(Link::EMPTY, |commit| commit.root))
    }

    /// The tree of `commit`.
    pub fn tree_at(&self, commit: &Commit) -> Tree {
        Tree::new(Arc::clone(&self.store), commit.root)
    }

    /// All commits, the last one first. One read each.
    pub fn commits(&self) -> Commits {
        Commits { store: Arc::clone(&self.store), next: self.last.clone().map(Ok) }
    }

    /// The commit of this sequence number. Reads the frames of all that came after it; where one of these is damaged, the file
    /// from its start on, as far as its structure leads.
    ///
    /// # Errors
    /// [`Error::NoCommit`], or [`Error::Commit`] if the chain is broken and the commit is not found from the start either.
    pub fn commit(&self, sequence: u64) -> Result<Commit, Error> {
        for commit in self.commits() {
            let commit = match commit {
                Ok(commit) => commit,
                Err(error @ Error::Commit { .. }) => {
                    return proved(&**self.store.storage(), sequence)?.ok_or(error);
                }
                Err(error) => return Err(error),
            };
            if commit.sequence == sequence {
                return Ok(commit);
            }
            if commit.sequence < sequence {
                break;
            }
        }
        Err(Error::NoCommit { sequence, last: self.last.as_ref().map_or(0, |commit| commit.sequence) })
    }
}

/// The commits of a file, the last one first. Ends after an error.
#[derive(Debug)]
pub struct Commits {
    store: Arc<NodeStore>,
    next: Option<Result<Commit, Error>>,
}

impl Commits {
    pub(crate) fn new(store: Arc<NodeStore>, last: Option<Commit>) -> Self {
        Self { store, next: last.map(Ok) }
    }
}

impl Iterator for Commits {
    type Item = Result<Commit, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let commit = match self.next.take()? {
            Ok(commit) => commit,
            Err(error) => return Some(Err(error)),
        };
        self.next = commit.previous.map(|previous| {
            let before = Commit::read(&**self.store.storage(), previous)?;
            if before.file_id != commit.file_id {
                let expected = format!("a commit of the file {}", commit.file_id);
                let found = format!("one of the file {}", before.file_id);
                return Err(Error::Commit { offset: previous, expected, found });
            }
            if before.sequence >= commit.sequence {
                let expected = format!("a sequence below {}", commit.sequence);
                return Err(Error::Commit { offset: previous, expected, found: before.sequence.to_string() });
            }
            Ok(before)
        });
        Some(Ok(commit))
    }
}
