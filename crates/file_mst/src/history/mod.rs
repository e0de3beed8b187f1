//! The versions of a tree that a file holds: the commits of a file of ours; of a file of the published dialects, which keeps no
//! list of its roots, those that are found by scanning.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod key;
mod roots;

use std::ops::{ControlFlow, Range};
use std::sync::Arc;

pub use key::{KeyChange, KeyHistory, of_key};
pub use roots::{ScannedRoot, scan_roots, scan_roots_in};

use crate::diff::diff;
use crate::error::Error;
use crate::node::Link;
use crate::open::{OpenError, OpenOptions, Opened, RootSource, open};
use crate::storage::ReadAt;
use crate::store::{Commit, Commits};
use crate::tree::Tree;

/// A tree as it was at some time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    /// Its root.
    pub root: Link,
    /// How many records it holds, where that is known.
    pub records: Option<u64>,
    /// How it is known.
    pub source: Source,
}

/// How a version is known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// By its commit.
    Commit(Box<Commit>),
    /// By scanning: a node whose own hash holds, and to which no later node leads.
    Scan {
        /// Whether the hash was recomputed, which takes the types of keys and values.
        proved: bool,
    },
}

impl Version {
    /// Its commit, if it has one.
    pub fn commit(&self) -> Option<&Commit> {
        match &self.source {
            Source::Commit(commit) => Some(commit),
            Source::Scan { .. } => None,
        }
    }
}

impl From<Commit> for Version {
    fn from(commit: Commit) -> Self {
        Self { root: commit.root, records: Some(commit.records()), source: Source::Commit(Box::new(commit)) }
    }
}

impl From<ScannedRoot> for Version {
    fn from(root: ScannedRoot) -> Self {
        Self { root: root.link, records: root.records, source: Source::Scan { proved: root.proved } }
    }
}

/// The versions in a file, the newest first.
#[derive(Debug)]
pub struct Versions {
    known: Known,
}

#[derive(Debug)]
enum Known {
    Commits(Box<Commits>),
    Versions(std::vec::IntoIter<Version>),
}

impl Versions {
    /// Those of the file of `opened`. Commits are read one by one, as they are asked for: a page each. Where there are none by
    /// the format, the whole file is read now; `watch` is told how many of its bytes were, and can stop, which leaves those that
    /// were found so far.
    ///
    /// # Errors
    /// Those of the system.
    pub fn of(opened: &Opened, watch: impl FnMut(u64) -> ControlFlow<()>) -> Result<Self, Error> {
        let known = match &opened.file {
            Some(file) => Known::Commits(Box::new(file.commits())),
            None => Known::Versions(scanned(opened, 0..u64::MAX, watch)?.into_iter()),
        };
        Ok(Self { known })
    }

    /// Those that were there when the root of `opened` was written: it comes first, then those before it. In a file of ours the
    /// newest commit with this root; none if no commit has it. Of any other file what stands behind the root is not read, so a
    /// root is found here even where a later version took all of it for a part of its own.
    ///
    /// # Errors
    /// Those of the system; those of a commit that cannot be read.
    pub fn up_to(opened: &Opened, watch: impl FnMut(u64) -> ControlFlow<()>) -> Result<Option<Self>, Error> {
        let root = opened.tree.root_link();
        let Some(file) = &opened.file else {
            let mut versions = scanned(opened, 0..root.offset.saturating_add(1), watch)?;
            if versions.first().is_none_or(|newest| newest.root.offset != root.offset) {
                // It stands where a scan does not look, as behind damage.
                versions.insert(0, Version { root, records: None, source: Source::Scan { proved: false } });
            }
            return Ok(Some(Self { known: Known::Versions(versions.into_iter()) }));
        };
        let mut commits = file.commits();
        while let Some(commit) = commits.next().transpose()? {
            if commit.root.offset == root.offset && commit.root.hash == root.hash {
                return Ok(Some(Self {
                    known: Known::Commits(Box::new(Commits::new(Arc::clone(file.store()), Some(commit)))),
                }));
            }
        }
        Ok(None)
    }
}

/// The roots in a part of a file without commits, read under the types that it was opened with.
fn scanned(
    opened: &Opened,
    part: Range<u64>,
    watch: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<Vec<Version>, Error> {
    let store = opened.tree.store();
    let roots = scan_roots_in(&**store.storage(), store.codec(), part, watch).map_err(Error::io("look for roots"))?;
    Ok(roots.into_iter().map(Version::from).collect())
}

impl Iterator for Versions {
    type Item = Result<Version, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.known {
            Known::Commits(commits) => Some(commits.next()?.map(Version::from)),
            Known::Versions(versions) => versions.next().map(Ok),
        }
    }
}

/// How many records a version differs in from the one before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// Records that are new.
    pub added: u64,
    /// Records that are gone.
    pub removed: u64,
    /// Keys with another value.
    pub changed: u64,
}

impl Changes {
    /// What a tree has over nothing at all.
    pub fn from_nothing(records: u64) -> Self {
        Self { added: records, ..Self::default() }
    }

    /// Compares the bytes of two trees of one file, the older one first: reads what differs. None where damage or unknown types hide some of it, and
    /// where `go_on` says stop.
    pub fn between(old: &Tree, new: &Tree, mut go_on: impl FnMut() -> bool) -> Option<Self> {
        let mut found = diff(old, new);
        while found.next().is_some() {
            if !go_on() {
                return None;
            }
        }
        let counts = found.counts();
        let whole = counts.damaged == 0;
        whole.then_some(Self { added: counts.only_right, removed: counts.only_left, changed: counts.changed })
    }
}

/// Opens the likely tree of a file that does not say where its root is: that of the last node, or of the newest root that
/// scanning finds. What says where its root is, is opened there.
///
/// # Errors
/// As [`open`], if there is no root to be found either.
pub fn open_likely(storage: Arc<dyn ReadAt>, options: &OpenOptions) -> Result<Opened, OpenError> {
    open_likely_in(storage, options, 0..u64::MAX, |_| ControlFlow::Continue(()))
}

/// The same, where a scan looks only at a part of the file, as [`scan_roots_in`] does; `watch` is told how far it is, and can
/// stop it: then the newest root that was found so far is opened.
///
/// # Errors
/// As [`open_likely`].
pub fn open_likely_in(
    storage: Arc<dyn ReadAt>,
    options: &OpenOptions,
    part: Range<u64>,
    watch: impl FnMut(u64) -> ControlFlow<()>,
) -> Result<Opened, OpenError> {
    let refused = match open(Arc::clone(&storage), options) {
        Err(error @ (OpenError::NoRoot { .. } | OpenError::NotATree { .. } | OpenError::Pointer { .. })) => error,
        answer => return answer,
    };
    let last = match &refused {
        OpenError::NoRoot { likely } => likely.map(|link| link.offset),
        _ => None,
    };
    let newest = match last {
        Some(offset) => Some(offset),
        None => scan_roots_in(&*storage, &roots::UNTYPED, part, watch)?.first().map(|root| root.link.offset),
    };
    let Some(offset) = newest else { return Err(refused) };
    let mut opened = open(storage, &OpenOptions { offset: Some(offset), hash: None, ..options.clone() })?;
    opened.root_source = RootSource::Likely;
    Ok(opened)
}
