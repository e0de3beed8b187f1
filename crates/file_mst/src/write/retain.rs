//! Keeps a file small automatically: from time to time the kept commits are written to a new file, which replaces the
//! old.
//!
//! ```text
//! 1  NAME.mst-compacting is created, locked, and takes the kept commits
//! 2  it is synced
//! 3  it is renamed to NAME, and the directory is synced
//! 4  the writer continues in it, and releases the lock of the old file
//! ```
//!
//! Before step 3 a crash leaves the old file, and a leftover that the next writer removes; from then on the new one.
//! Readers of the old file keep it for as long as they have it open.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Options;
use super::first_page_last::FirstPageLast;
use super::writer::{Writer, sync_directory};
use crate::error::Error;
use crate::node::dialect::PAGE;
use crate::storage::{FileStorage, WriteAt};
use crate::store::{Commit, Commits, WriterLock};
use crate::write::compact::{Keep, compact};

/// The suffix of the new file's name while the kept commits are written to it.
const SUFFIX: &str = ".mst-compacting";

/// The commits that a writer keeps. Nodes that only older commits need are dropped from time to time: when, after a
/// commit, the file is longer than [`Retain::least_bytes`], and longer than twice the bytes of the kept commits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Retain {
    /// The number of the newest commits that are kept; at least one.
    pub commits: usize,
    /// A file of up to this many bytes is never rewritten.
    pub least_bytes: u64,
}

impl Retain {
    /// Keeps the last `commits`, in a file that is not rewritten up to 16 MB.
    pub const fn last(commits: usize) -> Self {
        Self { commits, least_bytes: 16 << 20 }
    }
}

/// The bytes that the kept commits take in the file.
#[derive(Debug)]
pub(super) struct Retention {
    rule: Retain,
    /// The kept commits, the oldest first.
    kept: VecDeque<Footprint>,
    /// The file is not rewritten again before it is this long: after a failure, and since records that leave much of
    /// their pages unused could take twice their bytes from the start.
    not_before: u64,
    failure: Option<Error>,
}

/// The bytes of one commit.
#[derive(Debug)]
struct Footprint {
    /// All nodes of its tree, and its frame.
    alone: u64,
    /// Only the nodes that were written for it, and its frame.
    added: u64,
}

impl Footprint {
    fn of(commit: &Commit) -> Self {
        Self {
            alone: commit.totals.bytes.saturating_add(commit.end().saturating_sub(commit.offset)),
            added: commit.end().saturating_sub(commit.tail_start),
        }
    }
}

impl Retention {
    /// Reads the frames of the commits that are kept.
    pub(super) fn new(rule: Retain, commits: Commits) -> Result<Self, Error> {
        let mut kept = VecDeque::new();
        for commit in commits.take(rule.commits.max(1)) {
            kept.push_front(Footprint::of(&commit?));
        }
        Ok(Self { rule, kept, not_before: 0, failure: None })
    }

    /// Adds a new commit, and returns whether the file is now to be rewritten.
    fn is_due(&mut self, commit: &Commit) -> bool {
        self.kept.push_back(Footprint::of(commit));
        while self.kept.len() > self.rule.commits.max(1) {
            self.kept.pop_front();
        }
        let length = commit.end();
        length > self.rule.least_bytes && length >= self.not_before && length > self.live().saturating_mul(2)
    }

    /// The length of a file with only the kept commits, without unused room: the whole oldest tree, and the bytes that
    /// each later commit added to it.
    fn live(&self) -> u64 {
        let oldest = self.kept.front().map_or(0, |oldest| oldest.alone);
        self.kept.iter().skip(1).fold(PAGE + oldest, |sum, commit| sum.saturating_add(commit.added))
    }

    fn failed(&mut self, length: u64, error: Error) {
        self.not_before = length.saturating_add(length / 2);
        self.failure = Some(error);
    }
}

/// The path of the new file for the kept commits of the file at `path`.
fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(SUFFIX);
    name.into()
}

/// Removes the leftover of a dead writer beside the file at `path`, whose lock the caller holds.
pub(super) fn clear_up(path: &Path) -> Result<(), Error> {
    match fs::remove_file(beside(path)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::io("remove the unfinished file of a writer that died")(error))
        }
        _ => Ok(()),
    }
}

impl Writer {
    /// Rewrites the file after a commit if that is due. A failure does not undo the commit: the writer continues in the
    /// long file, and tries again when that has grown by half.
    pub(super) fn retain(&mut self, commit: &Commit) {
        let Some(path) = self.path.clone() else { return };
        let Some(retention) = &mut self.retention else { return };
        if !retention.is_due(commit) {
            return;
        }
        let rule = retention.rule;
        let swapped = self.written_anew(&path, rule).and_then(|new| self.swap(&path, new));
        if let Err(error) = swapped {
            // An error is ignored: the new file may not exist, and the next writer removes it too.
            let _ = clear_up(&path);
            if let Some(retention) = &mut self.retention {
                retention.failed(commit.end(), error);
            }
        }
    }

    /// The error of the last rewrite, if it failed.
    pub(crate) fn retain_failure(&self) -> Option<&Error> {
        self.retention.as_ref().and_then(|retention| retention.failure.as_ref())
    }

    /// Steps 1 and 2: returns a writer on the new file, which is complete, synced and locked.
    fn written_anew(&self, path: &Path, rule: Retain) -> Result<Writer, Error> {
        clear_up(path)?;
        let beside = beside(path);
        let io = Error::io("create a file beside the tree's");
        // The copy must not be readable for anybody who may not read the file.
        let permissions = fs::metadata(path).map_err(&io)?.permissions();
        let storage = FileStorage::open_writable(&beside).map_err(&io)?;
        fs::set_permissions(&beside, permissions).map_err(&io)?;
        let lock = WriterLock::take(storage.file(), &beside)?;
        let storage = Arc::new(FirstPageLast::new(storage));
        // A new file gets an id of its own.
        let options = Options { file_id: None, ..self.options.clone() };
        let mut new = Self::locked(Arc::clone(&storage) as Arc<dyn WriteAt>, &beside, options, lock)?;
        let commits = Commits::new(Arc::clone(self.store()), self.last().cloned());
        compact(self.store(), commits, Keep::Last(rule.commits), &mut new)?;
        storage.release().map_err(Error::io("write the header"))?;
        let mut retention = Retention::new(rule, Commits::new(Arc::clone(new.store()), new.last().cloned()))?;
        let length = new.last().map_or(0, Commit::end);
        retention.not_before = length + length / 4;
        new.retention = Some(retention);
        new.path = Some(path.to_owned());
        Ok(new)
    }

    /// Steps 3 and 4.
    #[expect(clippy::disallowed_methods, reason = "the file is whole, and the writer continues in it")]
    fn swap(&mut self, path: &Path, new: Writer) -> Result<(), Error> {
        fs::rename(beside(path), path).map_err(Error::io("put the new file in the place of the old"))?;
        *self = new;
        // If the directory cannot be synced, a loss of power could bring the old file back, without later commits. So a
        // failure poisons the writer: no later commits are made.
        let _ = self.guard(|_| sync_directory(path));
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const RULE: Retain = Retain { commits: 2, least_bytes: 64 << 10 };

    fn put(writer: &mut Writer, round: u32) {
        for number in 0..500_u32 {
            let bytes = move |to: &mut Vec<u8>| -> Result<(), Error> {
                to.extend_from_slice(&number.to_be_bytes());
                Ok(())
            };
            let value = move |to: &mut Vec<u8>| -> Result<(), Error> {
                to.extend_from_slice(&(number + round).to_be_bytes());
                Ok(())
            };
            writer.buffer.push(bytes, Some(value)).unwrap();
        }
        writer.commit(Some(&format!("round {round}")), None).unwrap();
    }

    fn sequences(writer: &Writer) -> Vec<u64> {
        let commits = Commits::new(Arc::clone(writer.store()), writer.last().cloned());
        commits.map(|commit| commit.unwrap().sequence).collect()
    }

    #[test]
    fn a_crash_before_the_rename_leaves_the_old_file_and_after_it_the_new() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tree.mst");
        let mut writer = Writer::open(&path, Options::default()).unwrap();
        (0..5).for_each(|round| put(&mut writer, round));
        let root = writer.last().unwrap().root.hash;

        // Each state of the new file that a crash could leave.
        drop(writer.written_anew(&writer.path.clone().unwrap(), RULE).unwrap());
        let whole = fs::read(beside(&path)).unwrap();
        drop(writer);
        for length in (0..=whole.len()).step_by(1000).chain([whole.len()]) {
            fs::write(beside(&path), whole.get(..length).unwrap()).unwrap();
            let writer = Writer::open(&path, Options::default()).unwrap();
            assert_eq!(sequences(&writer), [5, 4, 3, 2, 1]);
            assert_eq!(writer.last().unwrap().root.hash, root);
            assert!(!beside(&path).exists(), "{length}");
        }

        fs::write(beside(&path), &whole).unwrap();
        fs::rename(beside(&path), &path).unwrap();
        let mut writer = Writer::open(&path, Options::default()).unwrap();
        assert_eq!(sequences(&writer), [5, 4]);
        assert_eq!(writer.last().unwrap().root.hash, root);
        put(&mut writer, 9);
        assert_eq!(sequences(&writer), [6, 5, 4]);
    }

    #[test]
    fn a_failure_keeps_the_commit_and_is_reported_and_not_retried_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tree.mst");
        let mut writer = Writer::open(&path, Options { retain: Some(RULE), ..Options::default() }).unwrap();
        put(&mut writer, 0);
        // A directory in the way can be neither removed as a file nor written.
        fs::create_dir(beside(&fs::canonicalize(&path).unwrap())).unwrap();
        let mut round = 0;
        while writer.retain_failure().is_none() {
            round += 1;
            put(&mut writer, round);
        }
        let failed_at = writer.last().unwrap().end();
        assert_eq!(writer.last().unwrap().sequence, u64::from(round) + 1);
        assert_eq!(writer.last().unwrap().label, format!("round {round}"));
        // The way is free again; the next commit still waits, a later one succeeds.
        fs::remove_dir(beside(&fs::canonicalize(&path).unwrap())).unwrap();
        put(&mut writer, round + 1);
        assert!(writer.last().unwrap().end() > failed_at);
        for more in 2..20 {
            put(&mut writer, round + more);
        }
        assert!(writer.retain_failure().is_none());
        assert!(fs::metadata(&path).unwrap().len() < failed_at * 3 / 2);
    }
}
