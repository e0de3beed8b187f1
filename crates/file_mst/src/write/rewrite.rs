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

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::Options;
use super::directory::sync_directory;
use super::first_page_last::FirstPageLast;
use super::retention::{Retain, Retention, beside, remove_leftover};
use super::writer::Writer;
use crate::error::Error;
use crate::storage::{FileStorage, WriteAt};
use crate::store::{Commit, Commits, WriterLock};
use crate::write::compact::{Keep, compact};

impl Writer {
    /// Rewrites the file after a commit if that is due. A failure does not undo the commit: the writer continues in the
    /// long file, and tries again when that has grown by half.
    pub(super) fn rewrite_if_due(&mut self, commit: &Commit) {
        let Some(path) = self.path.clone() else { return };
        let Some(retention) = &mut self.retention else { return };
        if !retention.is_due(commit) {
            return;
        }
        let rule = retention.rule;
        let swapped = self.rewritten(&path, rule).and_then(|new| self.swap(&path, new));
        if let Err(error) = swapped {
            // An error is ignored: the new file may not exist, and the next writer removes it too.
            let _ = remove_leftover(&path);
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
    fn rewritten(&self, path: &Path, rule: Retain) -> Result<Writer, Error> {
        remove_leftover(path)?;
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
        drop(writer.rewritten(&writer.path.clone().unwrap(), RULE).unwrap());
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
