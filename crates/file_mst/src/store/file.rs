//! The reader of a file of ours: its commits, and the tree of each.

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
    /// The reason why the newest commit is unknown.
    damage: Option<Box<Error>>,
    /// How it was opened, to notice when another file has taken its place.
    origin: Option<Origin>,
}

/// The path that a file was opened by, and what it takes to open it again.
#[derive(Clone, Debug)]
struct Origin {
    path: PathBuf,
    storage: Arc<FileStorage>,
    cache_bytes: u64,
}

impl TreeFile {
    /// Opens the file at `path` and finds its last commit: two reads, if the last writer ended normally.
    ///
    /// # Errors
    /// [`Error::Foreign`], with the kind of the file, if it is not one of ours; [`Error::NewerVersion`]; an error of
    /// [damage](Error::is_damage); those of the system.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Self::open_with_cache(path, DEFAULT_CACHE_BYTES)
    }

    /// [`TreeFile::open`] with a node cache of `cache_bytes`.
    ///
    /// # Errors
    /// The same errors as [`TreeFile::open`].
    pub fn open_with_cache(path: &Path, cache_bytes: u64) -> Result<Self, Error> {
        let storage = Arc::new(FileStorage::open(path).map_err(Error::io("open the file"))?);
        let file = Self::from_storage(Arc::clone(&storage) as Arc<dyn ReadAt>, path, cache_bytes)?;
        Ok(Self { origin: Some(Origin { path: path.to_owned(), storage, cache_bytes }), ..file })
    }

    /// Opens the file in `storage`; `path` is used only in messages.
    ///
    /// # Errors
    /// The same errors as [`TreeFile::open`].
    pub fn from_storage(storage: Arc<dyn ReadAt>, path: &Path, cache_bytes: u64) -> Result<Self, Error> {
        Self::with_id(storage, path, cache_bytes).map(|(file, _)| file)
    }

    /// [`TreeFile::from_storage`], and the id of the file.
    pub(crate) fn with_id(storage: Arc<dyn ReadAt>, path: &Path, cache_bytes: u64) -> Result<(Self, FileId), Error> {
        let Some(header) = header_of(&*storage)? else {
            let what = Foreign::of(&*storage).map_err(Error::io("read the file"))?;
            return Err(Error::Foreign { path: path.to_owned(), what });
        };
        let store = Arc::new(NodeStore::new(storage, Codec::MST1, cache_bytes));
        let last = last_commit(&store, &header)?;
        let file_id = header.file_id;
        Ok((Self { store, file_id: Some(file_id), last, damage: None, origin: None }, file_id))
    }

    /// Opens a damaged file of ours, which [`TreeFile::open`] refused with `damage`, at the commit with number
    /// `sequence`. Without a number there is no last commit, and only roots with a known hash can be read. The commit
    /// is found by the structure of the file, from its start, so the file is read up to that commit.
    ///
    /// # Errors
    /// `damage` itself if there is no such commit before the first damaged place; [`Error::Io`].
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
        Ok(Self { store, file_id, last, damage: Some(Box::new(damage)), origin: None })
    }

    /// The id that the file was given when it was created; `None` if damage hides it.
    pub fn file_id(&self) -> Option<FileId> {
        self.file_id
    }

    /// The damage of a file that [`TreeFile::of_damaged`] opened: its newest commit is unknown, and [`TreeFile::last`]
    /// is the requested one.
    pub fn damage(&self) -> Option<&Error> {
        self.damage.as_deref()
    }

    /// Looks for a newer commit, and returns whether there is one. Two reads if there is nothing new; a tail that a
    /// writer has not committed yet is scanned. If another file has taken the place of this one, because a writer
    /// compacted it, that file is used from then on; trees taken before still read the old one.
    ///
    /// # Errors
    /// The same errors as [`TreeFile::open`].
    pub fn refresh(&mut self) -> Result<bool, Error> {
        if let Some(replacement) = self.replacement()? {
            let version = |file: &Self| file.last.as_ref().map(|commit| (commit.sequence, commit.root.hash));
            let newer = version(&replacement) != version(self);
            *self = replacement;
            return Ok(newer);
        }
        // A damaged file is opened at a fixed commit, which does not change.
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

    /// The file that is now at the path of this one, if it is a different file. `None` if the path is empty.
    fn replacement(&self) -> Result<Option<Self>, Error> {
        let Some(origin) = &self.origin else { return Ok(None) };
        match origin.storage.is_at(&origin.path) {
            Ok(Some(true)) => Ok(None),
            // On systems that do not tell, the file is opened again: that costs reads, but misses no replacement.
            Ok(_) => Self::open_with_cache(&origin.path, origin.cache_bytes).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("look for the file")(error)),
        }
    }

    /// The nodes of the file.
    pub fn store(&self) -> &Arc<NodeStore> {
        &self.store
    }

    /// The last commit; `None` in a file without commits.
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

    /// All commits, newest first. One read each.
    pub fn commits(&self) -> Commits {
        Commits { store: Arc::clone(&self.store), next: self.last.clone().map(Ok) }
    }

    /// The commit with this sequence number. Reads the frames of all newer commits; if one of these is damaged, it
    /// reads the file from its start, as far as its structure leads.
    ///
    /// # Errors
    /// [`Error::NoCommit`], or [`Error::Commit`] if the chain is broken and the commit is not found from the start
    /// either.
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
        let first = self.commits().map_while(Result::ok).last().map_or(0, |commit| commit.sequence);
        Err(Error::NoCommit { sequence, first, last: self.last.as_ref().map_or(0, |commit| commit.sequence) })
    }
}

/// The commits of a file, newest first. Ends after an error.
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
