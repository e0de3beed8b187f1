//! The versions of a tree in a file: the commits of a file of ours, or the roots found by scanning a file of the
//! published dialects, which has no list of its roots.

mod key;
mod roots;

use std::ops::{ControlFlow, Range};
use std::sync::Arc;

pub use crate::version::{Source, Version};
pub use key::{KeyChange, KeyHistory, of_key};
pub use roots::{ScannedRoot, scan_roots, scan_roots_in};

use crate::diff::diff;
use crate::error::Error;
use crate::open::{OpenError, OpenOptions, Opened, RootSource, open};
use crate::storage::ReadAt;
use crate::store::Commits;
use crate::tree::Tree;

impl From<ScannedRoot> for Version {
    fn from(root: ScannedRoot) -> Self {
        Self { root: root.link, records: root.records, source: Source::Scan { proved: root.proved } }
    }
}

/// Iterator over the versions in a file, newest first.
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
    /// The versions in the file of `opened`. Commits are read one by one when they are requested: a page each. If the
    /// format has no commits, the whole file is scanned now; `watch` gets the number of bytes read so far, and can stop
    /// the scan, which leaves the versions found so far.
    ///
    /// # Errors
    /// Errors of the system.
    pub fn of(opened: &Opened, watch: impl FnMut(u64) -> ControlFlow<()>) -> Result<Self, Error> {
        let known = match &opened.file {
            Some(file) => Known::Commits(Box::new(file.commits())),
            None => Known::Versions(scanned(opened, 0..u64::MAX, watch)?.into_iter()),
        };
        Ok(Self { known })
    }

    /// The versions at the time when the root of `opened` was written: it comes first, then the older ones. In a file
    /// of ours it is the newest commit with this root; `None` if no commit has it. In any other file nothing after the
    /// root is read, so a root is found even if a later version has all of it as a subtree.
    ///
    /// # Errors
    /// Errors of the system; those of a commit that cannot be read.
    pub fn up_to(opened: &Opened, watch: impl FnMut(u64) -> ControlFlow<()>) -> Result<Option<Self>, Error> {
        let root = opened.tree.root_link();
        let Some(file) = &opened.file else {
            let mut versions = scanned(opened, 0..root.offset.saturating_add(1), watch)?;
            if versions.first().is_none_or(|newest| newest.root.offset != root.offset) {
                // The root is at a place that the scan skips, for example after damage.
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

/// The numbers of records in which a version differs from the previous one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// Records that were added.
    pub added: u64,
    /// Records that were removed.
    pub removed: u64,
    /// Keys whose value changed.
    pub changed: u64,
}

impl Changes {
    /// The changes from the empty tree.
    pub fn from_nothing(records: u64) -> Self {
        Self { added: records, ..Self::default() }
    }

    /// Compares the bytes of two trees of one file, the older one first: reads only nodes that differ. `None` if damage
    /// or unknown types hide some of the changes, or if `go_on` returns false.
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

/// Opens the likely tree of a file that does not name its root: that of the last node, or of the newest root that
/// scanning finds. A file that names its root is opened there.
///
/// # Errors
/// The same errors as [`open`], if scanning finds no root either.
pub fn open_likely(storage: Arc<dyn ReadAt>, options: &OpenOptions) -> Result<Opened, OpenError> {
    open_likely_in(storage, options, 0..u64::MAX, |_| ControlFlow::Continue(()))
}

/// [`open_likely`] with a scan of only a part of the file, as by [`scan_roots_in`]; `watch` gets the progress, and can
/// stop the scan: then the newest root found so far is opened.
///
/// # Errors
/// The same errors as [`open_likely`].
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
