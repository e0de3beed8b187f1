//! The untyped writer of one file.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use super::Options;
use super::blocks::{Block, Blocks};
use super::buffer::{Buffer, Found, WORTH_A_THREAD};
use super::first_page_last::FirstPageLast;
use super::new_file::NewFile;
use super::retain::{Retention, clear_up};
use super::runs::Runs;
use super::{check_key, check_value};
use crate::error::Error;
use crate::node::Link;
use crate::node::dialect::PAGE;
use crate::storage::{FileStorage, ReadAt, WriteAt};
use crate::store::{
    Commit, Commits, FileId, Foreign, HINT, Header, NodeStore, Packer, Totals, TreeFile, WriterLock, check_notes,
    header_of,
};
use crate::tree::Tree;
use crate::tree::apply::{Changes, Cut, apply, apply_halves};
use crate::tree::builder::Builder;
use crate::tree::walk::Step;

/// Changes to less than this fraction (one in 8) of the tree's records count as few: the nodes that they write are
/// cached, since they are likely to be read soon.
const FEW: u64 = 8;
/// The number of changes that are worth a second thread if the tree is large.
const WORTH_TWO_HALVES: usize = 64;
/// The most bytes in the buffer: entries point into it with 32 bits.
const MAX_BUFFERED: usize = 1 << 31;

/// The writer of one file: changes wait in the buffer, are applied to the tree, and are durable once they are
/// committed.
///
/// Crash safety: nodes and then the commit frame are appended after the last commit, and synced together. No earlier
/// byte is changed except for the hint in the header, afterwards. So the file always holds the last commit whole.
#[derive(Debug)]
pub(crate) struct Writer {
    storage: Arc<dyn WriteAt>,
    store: Arc<NodeStore>,
    file_id: FileId,
    pub(super) options: Options,
    pub(crate) buffer: Buffer,
    /// Changes that outgrew the buffer; they are older than those in it.
    runs: Runs,
    /// The root after all applied changes.
    root: Link,
    totals: Totals,
    last: Option<Commit>,
    /// The offset of the next page to write.
    end: u64,
    /// The error after which nothing more can be written.
    poison: Option<String>,
    /// Nodes written since the last commit.
    written: Totals,
    /// The path of the file without links, if it has a name.
    pub(super) path: Option<PathBuf>,
    pub(super) retention: Option<Retention>,
    /// A new file that is not at its destination yet, and its first page. It must be dropped before the lock.
    pub(super) unfinished: Option<(NewFile, Arc<FirstPageLast>)>,
    /// The lock of an empty file that the new one replaces.
    pub(super) replaced: Option<WriterLock>,
    pub(super) _lock: Option<WriterLock>,
}

impl Writer {
    /// Opens the file at `path` for writing, and creates it if there is none.
    pub(crate) fn open(path: &Path, options: Options) -> Result<Self, Error> {
        // A file that is not ours is refused before it is opened for writing.
        match FileStorage::open(path) {
            Ok(storage) => {
                if header_of(&storage)?.is_none() {
                    let what = Foreign::of(&storage).map_err(Error::io("read the file"))?;
                    if what != Foreign::Empty {
                        return Err(Error::Foreign { path: path.to_owned(), what });
                    }
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io("open the file")(error)),
        }
        let (storage, lock) = loop {
            let storage = FileStorage::open_writable(path).map_err(Error::io("open the file"))?;
            let lock = WriterLock::take(storage.file(), path)?;
            // Another writer may have replaced the file since it was opened, and released the lock of the old one.
            if storage.is_at(path).map_err(Error::io("look for the file"))? != Some(false) {
                break (storage, lock);
            }
        };
        // The path is kept without links: when the file is rewritten, its replacement must take the place of the file,
        // not of a link to it.
        let real = std::fs::canonicalize(path).map_err(Error::io("look for the file"))?;
        let is_new = storage.is_empty().map_err(Error::io("ask for the length of the file"))?;
        let mut writer = Self::on_storage(Arc::new(storage), path, options)?;
        writer._lock = Some(lock);
        // Only now, when the file is known to be sound: the leftover beside a damaged file may be worth more than the
        // file.
        clear_up(&real)?;
        writer.path = Some(real);
        writer.retention = writer.new_retention()?;
        if is_new {
            sync_directory(path)?;
        }
        Ok(writer)
    }

    /// The footprint of the kept commits, if not all are kept.
    pub(super) fn new_retention(&self) -> Result<Option<Retention>, Error> {
        let commits = || Commits::new(Arc::clone(&self.store), self.last.clone());
        self.options.retain.map(|rule| Retention::new(rule, commits())).transpose()
    }

    /// A writer on `storage`, which is empty or holds a file of ours; `path` is used in messages.
    pub(crate) fn on_storage(storage: Arc<dyn WriteAt>, path: &Path, options: Options) -> Result<Self, Error> {
        if storage.is_empty().map_err(Error::io("ask for the length of the file"))? {
            let id = options.file_id.map_or_else(FileId::random, Ok)?;
            let mut page = Header::encode(id, 0).to_vec();
            page.resize(PAGE as usize, 0);
            storage.write_all_at(0, &page).map_err(Error::io("write the header"))?;
            storage.sync().map_err(Error::io("sync the header"))?;
        }
        let (file, file_id) = TreeFile::with_id(Arc::clone(&storage) as Arc<dyn ReadAt>, path, options.cache_bytes)?;
        let last = file.last().cloned();
        let end = last.as_ref().map_or(PAGE, Commit::end);
        // Bytes of a dead writer after the last commit must not become part of the next one.
        if storage.len().map_err(Error::io("ask for the length of the file"))? > end {
            storage.set_len(end).map_err(Error::io("cut off what was never committed"))?;
        }
        Ok(Self {
            store: Arc::clone(file.store()),
            file_id,
            storage,
            buffer: Buffer::default(),
            runs: Runs::default(),
            root: last.as_ref().map_or(Link::EMPTY, |commit| commit.root),
            totals: last.as_ref().map_or(Totals::default(), |commit| commit.totals),
            options: Options {
                buffer_bytes: options.buffer_bytes.min(MAX_BUFFERED),
                schema: options.schema.or_else(|| last.as_ref().and_then(|commit| commit.schema.clone())),
                contract: options.contract.or_else(|| last.as_ref().and_then(|commit| commit.contract)),
                ..options
            },
            last,
            end,
            poison: None,
            written: Totals::default(),
            path: None,
            retention: None,
            unfinished: None,
            replaced: None,
            _lock: None,
        })
    }

    /// Continues from another root of the file than the last commit's.
    pub(crate) fn start_from(&mut self, root: Link) -> Result<(), Error> {
        if root.hash == self.root.hash {
            return Ok(());
        }
        self.root = root;
        for commit in Commits::new(Arc::clone(&self.store), self.last.clone()) {
            let commit = commit?;
            if commit.root.hash == root.hash {
                (self.root, self.totals) = (commit.root, commit.totals);
                return Ok(());
            }
        }
        // A root that was never committed: its nodes are counted.
        self.totals = Totals::default();
        for step in self.tree().walk() {
            match step {
                Step::Node { node, .. } => {
                    self.root.extent = self.root.extent.or_else(|| node.extent());
                    self.totals.nodes += 1;
                    self.totals.bytes += node.bytes().len() as u64;
                }
                Step::Damage(damage) => return Err(damage.error.into()),
                Step::Absent(_) | Step::Record(_) | Step::Key(_) => {}
            }
        }
        Ok(())
    }

    pub(crate) fn store(&self) -> &Arc<NodeStore> {
        &self.store
    }

    pub(crate) fn last(&self) -> Option<&Commit> {
        self.last.as_ref()
    }

    /// The nodes written since the last commit.
    pub(crate) fn written(&self) -> Totals {
        self.written
    }

    /// The tree after all applied changes, without those in the buffer.
    pub(crate) fn tree(&self) -> Tree {
        Tree::new(Arc::clone(&self.store), self.root)
    }

    /// Adds a change: the new value of `key`, or `None` to remove its record.
    pub(crate) fn change(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), Error> {
        self.check()?;
        check_key(key.len())?;
        check_value(value.map_or(0, <[u8]>::len))?;
        self.buffer.push(copy(key), value.map(copy))?;
        self.keep_to_budget()
    }

    /// The change of `key` in the buffer.
    pub(crate) fn buffered(&self, key: &[u8]) -> Found<'_> {
        self.buffer.get(key)
    }

    /// Returns an error if nothing more can be written.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match &self.poison {
            Some(reason) => Err(Error::Poisoned { reason: reason.clone() }),
            None => Ok(()),
        }
    }

    /// Whether there are pending changes.
    pub(crate) fn has_changes(&self) -> bool {
        !self.buffer.is_empty() || !self.runs.is_empty()
    }

    /// Whether [`Writer::prepare_look_up`] has something to do.
    pub(crate) fn wants_to_prepare(&self) -> bool {
        self.buffer.wants_sorting() || !self.runs.is_empty()
    }

    /// Prepares the pending changes for a look-up. Runs in a file are applied to the tree, which can be searched.
    pub(crate) fn prepare_look_up(&mut self) -> Result<(), Error> {
        if !self.runs.is_empty() {
            return self.apply_buffer();
        }
        self.buffer.sort_tail();
        Ok(())
    }

    /// Moves the buffer to a run in a file if it exceeds its budget.
    pub(crate) fn keep_to_budget(&mut self) -> Result<(), Error> {
        if self.buffer.weight() > self.options.buffer_bytes { self.move_to_run() } else { Ok(()) }
    }

    fn move_to_run(&mut self) -> Result<(), Error> {
        self.guard(|writer| {
            let mut buffer = std::mem::take(&mut writer.buffer);
            buffer.sort();
            writer.runs.add(&buffer)
        })
    }

    /// Applies all changes to the tree and writes the new nodes, without a commit.
    pub(crate) fn apply_buffer(&mut self) -> Result<(), Error> {
        if !self.has_changes() {
            return Ok(());
        }
        self.check()?;
        if !self.runs.is_empty() {
            self.move_to_run()?;
            let runs = std::mem::take(&mut self.runs);
            let (sender, blocks) = Blocks::channel();
            return thread::scope(|scope| {
                scope.spawn(|| runs.send(sender));
                self.apply(false, blocks)
            });
        }
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.sort();
        let few = (buffer.len() as u64) < self.root.extent.map_or(0, |extent| extent.records) / FEW;
        if buffer.len() < WORTH_A_THREAD {
            let mut block = Block::default();
            buffer.each(|key, value| {
                block.push(key, value, false);
                true
            });
            if few && block.len() >= WORTH_TWO_HALVES {
                return self.apply_halves(block);
            }
            return self.apply(few, Blocks::of(block));
        }
        // Without `few`, most changes are new keys: their levels are computed ahead, on the other thread.
        let (mut sender, blocks) = Blocks::channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                buffer.each(|key, value| sender.push(key, value, !few));
                sender.end(None);
            });
            self.apply(few, blocks)
        })
    }

    /// Applies changes in key order to the tree and writes the new nodes, without a commit. With `few`, the written
    /// nodes are cached.
    pub(crate) fn apply(&mut self, few: bool, changes: impl Changes) -> Result<(), Error> {
        self.guard(|writer| {
            let packer = Mutex::new(writer.packer());
            let (root, counts) = apply(&writer.store, &packer, writer.root, few, changes)?;
            writer.adopt(finish(packer)?, root, counts.written, counts.dropped);
            Ok(())
        })
    }

    /// Applies a few changes to a large tree on two threads, each in its half of the tree.
    fn apply_halves(&mut self, changes: Block) -> Result<(), Error> {
        let middle = changes.get(changes.len() / 2).map_or(&[][..], |change| change.key);
        let cut = self.guard(|writer| Cut::near(&writer.tree(), middle))?;
        let Some(cut) = cut else { return self.apply(true, Blocks::of(changes)) };
        let (left, right) = changes.split(cut.key());
        // The halves are joined at the record of the cut, so that must not be removed.
        if right.get(0).is_some_and(|first| first.key == cut.key() && first.value.is_none()) {
            return self.apply(true, Blocks::of(changes));
        }
        self.guard(|writer| {
            let packer = Mutex::new(writer.packer());
            let (root, counts) = apply_halves(&writer.store, &packer, &cut, Blocks::of(left), Blocks::of(right))?;
            writer.adopt(finish(packer)?, root, counts.written, counts.dropped);
            Ok(())
        })
    }

    /// Replaces the tree by the one that `fill` yields record by record. No commit is made.
    pub(crate) fn build<T, E: From<Error> + Display>(
        &mut self,
        fill: impl FnOnce(&mut Builder<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.check()?;
        let store = Arc::clone(&self.store);
        let packer = Mutex::new(self.packer());
        let build = || -> Result<_, E> {
            let mut builder = Builder::new(&store, &packer, false);
            let filled = fill(&mut builder)?;
            let (root, counts) = builder.finish()?;
            Ok((filled, root, counts))
        };
        let built = build();
        match built.and_then(|(filled, root, counts)| Ok((filled, root, counts, finish(packer)?))) {
            Ok((filled, root, counts, end)) => {
                self.adopt(end, root, counts.written, counts.dropped);
                Ok(filled)
            }
            Err(error) => {
                self.poison = Some(error.to_string());
                Err(error)
            }
        }
    }

    /// Takes over the result of a build: the file's new end, the root, and the counts of written and dropped nodes.
    fn adopt(&mut self, end: u64, root: Link, written: Totals, dropped: Totals) {
        self.end = end;
        self.root = root;
        for (total, added, taken) in [
            (&mut self.totals.nodes, written.nodes, dropped.nodes),
            (&mut self.totals.bytes, written.bytes, dropped.bytes),
        ] {
            *total = total.saturating_add(added).saturating_sub(taken);
        }
        self.written.nodes += written.nodes;
        self.written.bytes += written.bytes;
    }

    /// A packer that appends to the file.
    fn packer(&self) -> Packer {
        Packer::new(Arc::clone(&self.storage), self.end)
    }

    /// Runs `action`; if it fails, every later operation is refused.
    pub(super) fn guard<T>(&mut self, action: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        self.check()?;
        action(self).inspect_err(|error| self.poison = Some(error.to_string()))
    }

    /// Sets the types of keys and values for later commits, unless the caller or the file has named them.
    pub(crate) fn note_types(&mut self, schema: Option<Vec<u8>>) -> &mut Self {
        self.options.schema = self.options.schema.take().or(schema);
        self
    }

    /// Sets the notes of the next commit, replacing those set before.
    pub(crate) fn set_notes(&mut self, notes: BTreeMap<String, Vec<u8>>) -> Result<(), Error> {
        check_notes(&notes)?;
        self.options.notes = notes;
        Ok(())
    }

    /// Commits all changes; returns the new commit. Without a `label` nothing is written if nothing changed.
    pub(crate) fn commit(&mut self, label: Option<&str>, time: Option<SystemTime>) -> Result<Commit, Error> {
        self.check()?;
        let label_length = label.map_or(0, str::len);
        if label_length > crate::store::MAX_LABEL {
            let most = crate::store::MAX_LABEL as u64;
            return Err(Error::Limit { what: "a label length", found: label_length as u64, most });
        }
        check_notes(&self.options.notes)?;
        self.apply_buffer()?;
        if let Some(last) = self.last.as_ref().filter(|last| label.is_none() && last.root.hash == self.root.hash) {
            return Ok(last.clone());
        }
        let commit = Commit {
            sequence: self.last.as_ref().map_or(0, |last| last.sequence) + 1,
            time_ms: milliseconds(time.unwrap_or_else(SystemTime::now)),
            label: label.unwrap_or_default().to_owned(),
            schema: self.options.schema.clone(),
            contract: self.options.contract,
            notes: self.options.notes.clone(),
            // The remaining fields are filled in by `write_commit`.
            offset: 0,
            file_id: self.file_id,
            previous: None,
            tail_start: 0,
            root: Link::EMPTY,
            totals: Totals::default(),
        };
        let commit = self.write_commit(commit)?;
        self.options.notes.clear();
        self.retain(&commit);
        // If the file was rewritten, the commit now has another offset.
        Ok(self.last.clone().unwrap_or(commit))
    }

    /// Commits all changes with the sequence number, time, label, schema, contract and notes of `like`.
    pub(crate) fn commit_as(&mut self, like: &Commit) -> Result<Commit, Error> {
        self.apply_buffer()?;
        self.write_commit(like.clone())
    }

    fn write_commit(&mut self, like: Commit) -> Result<Commit, Error> {
        self.guard(|writer| {
            let commit = Commit {
                offset: writer.end,
                file_id: writer.file_id,
                previous: writer.last.as_ref().map(|last| last.offset),
                tail_start: writer.last.as_ref().map_or(PAGE, Commit::end),
                root: writer.root,
                totals: writer.totals,
                ..like
            };
            writer.storage.write_all_at(writer.end, &commit.encode()?).map_err(Error::io("write the commit"))?;
            writer.storage.sync().map_err(Error::io("sync the commit"))?;
            // The hint need not be synced: if it is lost, the commit is found by walking on from the one that it still
            // names (docs/FORMAT.md, "Commits and recovery").
            let hint = Header::encode_hint(writer.file_id, commit.offset);
            writer.storage.write_all_at(HINT.start as u64, &hint).map_err(Error::io("write the hint"))?;
            writer.end = commit.end();
            writer.written = Totals::default();
            writer.last = Some(commit.clone());
            Ok(commit)
        })
    }
}

/// Writes `bytes` into a buffer.
fn copy(bytes: &[u8]) -> impl FnOnce(&mut Vec<u8>) -> Result<(), Error> {
    move |to| {
        to.extend_from_slice(bytes);
        Ok(())
    }
}

fn finish(packer: Mutex<Packer>) -> Result<u64, Error> {
    packer.into_inner().unwrap_or_else(PoisonError::into_inner).finish()
}

fn milliseconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |before| -before),
    }
}

/// Makes a new file's name survive a loss of power.
pub(super) fn sync_directory(path: &Path) -> Result<(), Error> {
    if !cfg!(unix) {
        return Ok(());
    }
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match std::fs::File::open(directory).and_then(|file| file.sync_all()) {
        // A directory with write but no read permission cannot be opened to be synced.
        Err(error) if error.kind() != ErrorKind::PermissionDenied => Err(Error::io("sync the directory")(error)),
        _ => Ok(()),
    }
}
