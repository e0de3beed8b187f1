//! Notices what happens to an open file: it grows, is cut, replaced or removed.
//!
//! A look costs one question to the system unless something changed. A commit is valid or not there, so a commit that is
//! being written is never taken for damage: what seems damaged is looked at again before it is reported.

use std::fs::Metadata;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use file_mst::Commit;
use file_mst::open::{OpenOptions, Opened, RootSource, TypingSource, open};
use file_mst::storage::{FileStorage, ReadAt};

/// The time between two looks.
pub(crate) const INTERVAL: Duration = Duration::from_millis(250);

/// Looks that fail before damage is reported, and before a file counts as removed: a writer may be at work.
const PATIENCE: u32 = 8;
const REMOVED_AFTER: u32 = 2;

/// The bytes that tell whether a file is the one that was opened.
const COMPARED: usize = 4096;

/// What happened to a file.
#[derive(Clone, Debug)]
pub(crate) enum Notice {
    /// There is a newer tree, in the file or in the one that has taken its place.
    Newer {
        opened: Box<Opened>,
        replaced: bool,
    },
    /// It grew by this many bytes, and does not say where a newer root is.
    Grew(u64),
    /// It was cut to `len` bytes, and had at least `needed`.
    Cut {
        len: u64,
        needed: u64,
    },
    Removed,
    /// Something has taken its place that cannot be opened: why.
    Replaced(String),
    /// It was changed, and its newest commit cannot be read any more: why.
    Damaged(String),
    /// It is there again, and sound.
    Sound,
}

/// A file as the system describes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Stamp {
    len: u64,
    modified: Option<SystemTime>,
    /// Device and inode, where the system has them.
    identity: Option<(u64, u64)>,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self { len: metadata.len(), modified: metadata.modified().ok(), identity: identity(metadata) }
    }
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Option<(u64, u64)> {
    None
}

/// The watch over an open file.
#[derive(Debug)]
pub(crate) struct Watch {
    path: PathBuf,
    /// The tree that is the newest one so far.
    opened: Opened,
    stamp: Stamp,
    /// The looks in a row that found no file.
    missing: u32,
    /// The looks in a row that failed.
    failed: u32,
    /// Whether something was reported that is over once the file is sound.
    alarmed: bool,
}

impl Watch {
    /// Begins to watch the file at `path`, where the tree was opened. None if that is another file, or none: the tree
    /// of a table has none.
    pub(crate) fn new(path: PathBuf, opened: Opened) -> Option<Self> {
        let stamp = Stamp::of(&std::fs::metadata(&path).ok()?);
        let beginning = |storage: &dyn ReadAt| {
            let mut bytes = [0; COMPARED];
            let len = storage.read_up_to(0, &mut bytes).ok()?;
            // The writer of a file of ours changes its hint.
            Some(bytes.get(..len.min(if opened.file.is_some() { 40 } else { 8 }))?.to_vec())
        };
        let there = FileStorage::open(&path).ok()?;
        let is_same = beginning(&there)? == beginning(&**opened.tree.store().storage())?;
        is_same.then_some(Self { path, opened, stamp, missing: 0, failed: 0, alarmed: false })
    }

    /// Looks at the file once.
    pub(crate) fn look(&mut self) -> Option<Notice> {
        let stamp = match std::fs::metadata(&self.path) {
            Ok(metadata) => Stamp::of(&metadata),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.missing += 1;
                self.alarmed |= self.missing == REMOVED_AFTER;
                return (self.missing == REMOVED_AFTER).then_some(Notice::Removed);
            }
            Err(_) => return None,
        };
        let was_missing = std::mem::take(&mut self.missing) > 0;
        if stamp == self.stamp && self.failed == 0 && !was_missing {
            return None;
        }
        let before = std::mem::replace(&mut self.stamp, stamp);
        // A file that was replaced stays so until the other one could be opened.
        if before.identity != stamp.identity {
            self.stamp.identity = before.identity;
            return self.replaced(stamp);
        }
        let noticed = if self.opened.file.is_some() { self.commits(stamp) } else { self.growth(before, stamp) };
        match noticed {
            None if self.alarmed && self.failed == 0 => {
                self.alarmed = false;
                Some(Notice::Sound)
            }
            noticed => noticed,
        }
    }

    /// Another file is at the path.
    fn replaced(&mut self, stamp: Stamp) -> Option<Notice> {
        let opened = FileStorage::open(&self.path)
            .map_err(|error| error.to_string())
            .and_then(|storage| open(Arc::new(storage), &self.options()).map_err(|error| error.to_string()));
        match opened {
            Ok(opened) => {
                (self.stamp, self.failed, self.alarmed) = (stamp, 0, false);
                self.opened = opened.clone();
                Some(Notice::Newer { opened: Box::new(opened), replaced: true })
            }
            Err(why) => self.patiently(Notice::Replaced(why)),
        }
    }

    /// Looks for a newer commit.
    fn commits(&mut self, stamp: Stamp) -> Option<Notice> {
        let file = self.opened.file.as_mut()?;
        let needed = file.last().map_or(0, Commit::end);
        match file.refresh() {
            Ok(newer) => {
                self.failed = 0;
                let newest = self.newest_commit().filter(|_| newer)?;
                self.alarmed = false;
                self.opened = newest.clone();
                Some(Notice::Newer { opened: Box::new(newest), replaced: false })
            }
            // No writer makes a file shorter than its last commit.
            Err(_) if stamp.len < needed => {
                let first = self.failed == 0;
                (self.failed, self.alarmed) = (1, true);
                first.then_some(Notice::Cut { len: stamp.len, needed })
            }
            Err(error) => self.patiently(Notice::Damaged(error.to_string())),
        }
    }

    fn newest_commit(&self) -> Option<Opened> {
        let last = self.opened.file.as_ref()?.last()?;
        self.opened.at(last)
    }

    /// Looks at a file without commits: at the pointer in page 0, if it has one.
    fn growth(&mut self, before: Stamp, stamp: Stamp) -> Option<Notice> {
        let root = self.opened.tree.root_link();
        if self.opened.root_source == RootSource::Pointer {
            let storage = Arc::clone(self.opened.tree.store().storage());
            match open(storage, &self.options()) {
                Ok(opened) if opened.tree.root_link() != root => {
                    (self.failed, self.alarmed) = (0, false);
                    self.opened = opened.clone();
                    return Some(Notice::Newer { opened: Box::new(opened), replaced: false });
                }
                Ok(_) => self.failed = 0,
                Err(error) if stamp.len >= before.len => return self.patiently(Notice::Damaged(error.to_string())),
                Err(_) => {}
            }
        } else if stamp.len > before.len {
            return Some(Notice::Grew(stamp.len - before.len));
        }
        if stamp.len < before.len {
            self.alarmed = true;
            return Some(Notice::Cut { len: stamp.len, needed: before.len });
        }
        None
    }

    /// Reports something bad once it has lasted.
    fn patiently(&mut self, notice: Notice) -> Option<Notice> {
        self.failed = self.failed.saturating_add(1);
        self.alarmed |= self.failed == PATIENCE;
        (self.failed == PATIENCE).then_some(notice)
    }

    /// How the newest tree of the file is opened.
    fn options(&self) -> OpenOptions {
        let typing = &self.opened.typing;
        let is_given = typing.source == TypingSource::Given;
        let given = |ty: &Option<mst_types::ItemType>| ty.as_ref().filter(|_| is_given).map(|ty| ty.ty.clone());
        OpenOptions { key: given(&typing.key), value: given(&typing.value), lenient: true, ..OpenOptions::default() }
    }
}

/// The newest tree of a file, given one of its trees and the name by which it was opened.
///
/// # Errors
/// The file does not say where its newest root is, or cannot be read.
pub(crate) fn newest(path: PathBuf, opened: &Opened) -> Result<Opened, String> {
    let mut watch = Watch::new(path, opened.clone());
    if let Some(watch) = &mut watch {
        // Nothing is known of the file yet, so it is looked at as if it had changed.
        watch.stamp.modified = None;
        match watch.look() {
            Some(Notice::Newer { opened, .. }) => return Ok(*opened),
            Some(Notice::Cut { .. } | Notice::Damaged(_)) => return Err("the file is damaged".to_owned()),
            _ => {}
        }
    }
    let opened = watch.map_or_else(|| opened.clone(), |watch| watch.opened);
    match &opened.file {
        Some(file) => file.last().and_then(|last| opened.at(last)).ok_or_else(|| "the file has no commit".to_owned()),
        None if opened.root_source == RootSource::Pointer => Ok(opened),
        None => Err("the file does not say where its newest root is".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use file_mst::MerkleSearchTree;

    use super::*;

    struct Stock {
        dir: tempfile::TempDir,
        tree: MerkleSearchTree<String, u64>,
    }

    impl Stock {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let mut stock = Self { tree: MerkleSearchTree::open(dir.path().join("stock.mst")).unwrap(), dir };
            stock.commit(1);
            stock
        }

        fn path(&self) -> PathBuf {
            self.dir.path().join("stock.mst")
        }

        fn commit(&mut self, number: u64) {
            self.tree.insert(format!("item-{number:03}"), number).unwrap();
            self.tree.commit("").unwrap();
        }

        fn watch(&self) -> Watch {
            let storage = Arc::new(FileStorage::open(&self.path()).unwrap());
            Watch::new(self.path(), open(storage, &OpenOptions::default()).unwrap()).unwrap()
        }
    }

    fn look_until(watch: &mut Watch, looks: u32) -> Option<Notice> {
        (0..looks).find_map(|_| watch.look())
    }

    #[test]
    fn commits_are_noticed_once() {
        let mut stock = Stock::new();
        let mut watch = stock.watch();
        assert!(look_until(&mut watch, 20).is_none());
        stock.commit(2);
        stock.commit(3);
        let Some(Notice::Newer { opened, replaced: false }) = watch.look() else { panic!("a newer commit") };
        assert_eq!((opened.commit().unwrap().sequence, opened.tree.len().unwrap()), (3, 3));
        assert!(look_until(&mut watch, 20).is_none());
        // A tail that is not committed is no damage, and no news.
        stock.tree.insert("item-009".to_owned(), 9).unwrap();
        std::fs::OpenOptions::new().append(true).open(stock.path()).unwrap().set_len(100_000).unwrap();
        assert!(look_until(&mut watch, 20).is_none());
    }

    #[test]
    fn a_file_that_is_removed_and_comes_back_is_told() {
        let stock = Stock::new();
        let mut watch = stock.watch();
        let away = stock.dir.path().join("away");
        std::fs::rename(stock.path(), &away).unwrap();
        // A rename by which another file takes its place may leave a gap.
        assert!(watch.look().is_none());
        assert!(matches!(watch.look(), Some(Notice::Removed)));
        assert!(look_until(&mut watch, 20).is_none());
        std::fs::rename(&away, stock.path()).unwrap();
        assert!(matches!(watch.look(), Some(Notice::Sound)));
    }

    #[test]
    fn another_file_in_its_place_is_opened() {
        let stock = Stock::new();
        let mut watch = stock.watch();
        let mut other = Stock::new();
        other.commit(2);
        std::fs::copy(other.path(), stock.dir.path().join("new")).unwrap();
        std::fs::rename(stock.dir.path().join("new"), stock.path()).unwrap();
        let Some(Notice::Newer { opened, replaced: true }) = watch.look() else { panic!("another file") };
        assert_eq!(opened.tree.len().unwrap(), 2);
        std::fs::write(stock.dir.path().join("new"), "no tree").unwrap();
        std::fs::rename(stock.dir.path().join("new"), stock.path()).unwrap();
        assert!(matches!(look_until(&mut watch, PATIENCE), Some(Notice::Replaced(_))));
        assert!(look_until(&mut watch, 20).is_none());
    }

    #[test]
    fn a_cut_is_told_at_once_and_damage_only_if_it_lasts() {
        let mut stock = Stock::new();
        stock.commit(2);
        let bytes = std::fs::read(stock.path()).unwrap();
        let mut watch = stock.watch();
        let file = std::fs::OpenOptions::new().write(true).open(stock.path()).unwrap();
        file.set_len(5000).unwrap();
        assert!(matches!(watch.look(), Some(Notice::Cut { len: 5000, .. })));
        assert!(look_until(&mut watch, 20).is_none());
        std::fs::write(stock.path(), &bytes).unwrap();
        assert!(matches!(look_until(&mut watch, 3), Some(Notice::Sound)));
        // The hint in page 0, torn.
        let mut torn = bytes.clone();
        torn[41] ^= 1;
        std::fs::write(stock.path(), &torn).unwrap();
        assert!(look_until(&mut watch, PATIENCE - 1).is_none());
        std::fs::write(stock.path(), &bytes).unwrap();
        assert!(look_until(&mut watch, 20).is_none());
        std::fs::write(stock.path(), &torn).unwrap();
        assert!(matches!(look_until(&mut watch, PATIENCE), Some(Notice::Damaged(_))));
    }

    #[test]
    fn the_newest_tree_follows_from_any_other() {
        let mut stock = Stock::new();
        let watch = stock.watch();
        stock.commit(2);
        assert_eq!(newest(stock.path(), &watch.opened).unwrap().tree.len().unwrap(), 2);
        // Where the file has gone, what was opened is still there.
        std::fs::remove_file(stock.path()).unwrap();
        assert_eq!(newest(stock.path(), &watch.opened).unwrap().tree.len().unwrap(), 1);
    }
}
