//! The tree that can be changed.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::ops::RangeBounds;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread;
use std::time::SystemTime;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::encode::{encode_key, encode_value, send_sorted};
use super::order::OrderCheck;
use super::types::Asked;
use super::{Iter, MerkleKey, RootHash, Snapshot, value};
use crate::error::Error;
use crate::node::Link;
use crate::node::hash::NodeHash;
use crate::storage::FileStorage;
use crate::store::{Commit, Commits, Totals, TreeFile};
use crate::tree::Tree;
use crate::write::compact::{Keep, compact_to};
use crate::write::{Blocks, Found, Options, Writer};
use mst_types::schema_of;

/// A map of keys and values in a file, with a root hash that depends only on the records, not on the order of changes.
///
/// Changes are pending in memory: [`MerkleSearchTree::get`] sees them at once, and they are sorted, hashed and written
/// together when an operation needs all of them ([`root_hash`](Self::root_hash), [`len`](Self::len), an iterator), when
/// they exceed their budget, or when they are committed. Only committed changes, by [`commit`](Self::commit) or
/// [`flush`](Self::flush), are there when the file is opened again.
#[derive(Debug)]
pub struct MerkleSearchTree<K, V> {
    state: RwLock<State>,
    order: OrderCheck<K>,
    asked: Asked,
    types: PhantomData<fn() -> V>,
}

#[derive(Debug)]
pub(super) enum State {
    /// Opened by a root, for reading until the first change, which takes the writer's lock.
    Reading(Box<Reading>),
    Writing(Box<Writer>),
}

#[derive(Debug)]
pub(super) struct Reading {
    pub(super) path: PathBuf,
    pub(super) options: Options,
    pub(super) file: TreeFile,
    pub(super) root: Link,
}

impl State {
    fn tree(&self) -> Tree {
        match self {
            Self::Reading(reading) => Tree::new(Arc::clone(reading.file.store()), reading.root),
            Self::Writing(writer) => writer.tree(),
        }
    }

    /// Returns an error if the content of the tree is unknown: changes that could not be applied are lost, and the
    /// older state must not be taken for the tree.
    fn check(&self) -> Result<(), Error> {
        match self {
            Self::Reading(_) => Ok(()),
            Self::Writing(writer) => writer.check(),
        }
    }

    /// The writer; a tree that was opened for reading becomes one.
    fn writer(&mut self) -> Result<&mut Writer, Error> {
        if let Self::Reading(reading) = self {
            let mut writer = Writer::open(&reading.path, reading.options.clone())?;
            writer.start_from(reading.root)?;
            *self = Self::Writing(Box::new(writer));
        }
        match self {
            Self::Writing(writer) => Ok(writer),
            Self::Reading(_) => Err(Error::NoPath),
        }
    }
}

impl<K, V> MerkleSearchTree<K, V> {
    pub(super) fn of(state: State, asked: Asked) -> Self {
        Self { state: RwLock::new(state), order: OrderCheck::default(), asked, types: PhantomData }
    }

    /// An empty tree in a file without a name, which is deleted when the tree is dropped.
    ///
    /// # Errors
    /// Errors of the system.
    pub fn new_temporary() -> Result<Self, Error> {
        let storage = FileStorage::temporary().map_err(Error::io("create a temporary file"))?;
        let (options, path) = (Options::default(), Path::new("(temporary)"));
        let asked = Asked::new(path, &options);
        Ok(Self::of(State::Writing(Box::new(Writer::on_storage(Arc::new(storage), path, options)?)), asked))
    }

    fn read(&self) -> Result<RwLockReadGuard<'_, State>, Error> {
        self.state.read().map_err(|_| Error::Panicked)
    }

    fn write(&self) -> Result<RwLockWriteGuard<'_, State>, Error> {
        self.state.write().map_err(|_| Error::Panicked)
    }

    fn writer(&mut self) -> Result<&mut Writer, Error> {
        self.state.get_mut().map_err(|_| Error::Panicked)?.writer()
    }

    /// The current state of the tree, pending changes included. Applies the pending changes.
    ///
    /// # Errors
    /// If the pending changes cannot be applied: as [`MerkleSearchTree::commit`]. After that, [`Error::Poisoned`].
    pub fn snapshot(&self) -> Result<Snapshot<K, V>, Error> {
        {
            let state = self.read()?;
            state.check()?;
            if !matches!(&*state, State::Writing(writer) if writer.has_changes()) {
                return Ok(Snapshot::new(state.tree()));
            }
        }
        let mut state = self.write()?;
        if let State::Writing(writer) = &mut *state {
            writer.apply_buffer()?;
        }
        Ok(Snapshot::new(state.tree()))
    }

    /// The hash of all records, pending changes included; zeros for the empty tree. Applies the pending changes, which
    /// can fail: then the result holds the error instead of a hash (see [`RootHash`]).
    pub fn root_hash(&self) -> RootHash {
        self.try_root_hash().into()
    }

    /// [`MerkleSearchTree::root_hash`] as a `Result`.
    ///
    /// # Errors
    /// The same errors as [`MerkleSearchTree::snapshot`].
    pub fn try_root_hash(&self) -> Result<NodeHash, Error> {
        Ok(self.snapshot()?.root_hash())
    }

    /// The number of records, pending changes included. Costs nothing if no change is pending.
    ///
    /// # Errors
    /// The same errors as [`MerkleSearchTree::snapshot`].
    pub fn len(&self) -> Result<u64, Error> {
        self.snapshot()?.len()
    }

    /// Whether there is no record.
    ///
    /// # Errors
    /// The same errors as [`MerkleSearchTree::snapshot`].
    pub fn is_empty(&self) -> Result<bool, Error> {
        Ok(self.snapshot()?.is_empty())
    }

    /// All records. See [`Snapshot::iter`].
    ///
    /// # Errors
    /// The same errors as [`MerkleSearchTree::snapshot`].
    pub fn iter(&self) -> Result<Iter<K, V>, Error> {
        self.snapshot()?.iter()
    }

    /// The records whose keys lie in `range`. See [`Snapshot::range`].
    ///
    /// # Errors
    /// The same errors as [`MerkleSearchTree::snapshot`] and [`Snapshot::range`].
    pub fn range<Q: MerkleKey + ?Sized>(&self, range: impl RangeBounds<Q>) -> Result<Iter<K, V>, Error>
    where
        K: Borrow<Q>,
    {
        self.snapshot()?.range(range)
    }

    /// The records whose encoded keys begin with the encoded `prefix`. See [`Snapshot::prefix`].
    ///
    /// # Errors
    /// The same errors as [`MerkleSearchTree::snapshot`] and [`Snapshot::prefix`].
    pub fn prefix<Q: MerkleKey + ?Sized>(&self, prefix: &Q) -> Result<Iter<K, V>, Error> {
        self.snapshot()?.prefix(prefix)
    }

    /// The number of keys below `key`. See [`Snapshot::rank`].
    ///
    /// # Errors
    /// The same errors as [`MerkleSearchTree::snapshot`] and [`Snapshot::rank`].
    pub fn rank<Q: MerkleKey + ?Sized>(&self, key: &Q) -> Result<u64, Error>
    where
        K: Borrow<Q>,
    {
        self.snapshot()?.rank(key)
    }

    /// Commits all changes; returns the offset and the hash of the root, for [`MerkleSearchTree::load_from_root`].
    /// Without changes nothing is written, and the last commit's root is returned.
    ///
    /// # Errors
    /// The same errors as [`MerkleSearchTree::commit`].
    pub fn flush(&mut self) -> Result<(u64, [u8; 32]), Error> {
        let root = match self.state.get_mut().map_err(|_| Error::Panicked)? {
            State::Reading(reading) => reading.root,
            State::Writing(writer) => writer.note_types(schema_of::<K, V>()).commit(None, None)?.root,
        };
        Ok((root.offset, root.hash.into()))
    }

    /// Sets the notes of the next commit, by name, like [`TreeWriter::set_notes`](crate::write::TreeWriter::set_notes).
    ///
    /// # Errors
    /// The same errors as [`TreeWriter::set_notes`](crate::write::TreeWriter::set_notes); if the tree was opened by a
    /// root, also as [`MerkleSearchTree::open`].
    pub fn set_notes(&mut self, notes: BTreeMap<String, Vec<u8>>) -> Result<(), Error> {
        self.writer()?.set_notes(notes)
    }

    /// Commits all changes under a label of at most [`MAX_LABEL`](crate::store::MAX_LABEL) bytes, at the current time.
    /// One sync. The commit is made even if nothing changed.
    ///
    /// # Errors
    /// [`Error::Limit`], or if nodes cannot be read or written. After a failed write nothing more can be written
    /// ([`Error::Poisoned`]); earlier commits are safe.
    pub fn commit(&mut self, label: &str) -> Result<Commit, Error> {
        self.writer()?.note_types(schema_of::<K, V>()).commit(Some(label), None)
    }

    /// [`MerkleSearchTree::commit`] at a given time, stored in milliseconds.
    ///
    /// # Errors
    /// The same errors as [`MerkleSearchTree::commit`].
    pub fn commit_at(&mut self, label: &str, time: SystemTime) -> Result<Commit, Error> {
        self.writer()?.note_types(schema_of::<K, V>()).commit(Some(label), Some(time))
    }

    /// All commits of the file, newest first. Reads one page each.
    ///
    /// # Errors
    /// If another thread panicked while it held the tree. The iterator itself yields later errors.
    pub fn commits(&self) -> Result<Commits, Error> {
        Ok(match &*self.read()? {
            State::Reading(reading) => reading.file.commits(),
            State::Writing(writer) => Commits::new(Arc::clone(writer.store()), writer.last().cloned()),
        })
    }

    /// The tree at the commit with this sequence number.
    ///
    /// # Errors
    /// [`Error::NoCommit`]; [`Error::OtherTypes`] if the commit states other types than those of this tree; or
    /// [`Error::Commit`] if the chain of commits is broken.
    pub fn at_commit(&self, sequence: u64) -> Result<Snapshot<K, V>, Error> {
        let (mut first, mut last) = (0, 0);
        for commit in self.commits()? {
            let commit = commit?;
            (first, last) = (commit.sequence, last.max(commit.sequence));
            if commit.sequence == sequence {
                self.asked.against_commit::<K, V>(Some(&commit))?;
                // A commit can be read whatever failed since, so `check` is not called.
                let store = Arc::clone(self.read()?.tree().store());
                return Ok(Snapshot::new(Tree::new(store, commit.root)));
            }
        }
        Err(Error::NoCommit { sequence, first, last })
    }

    /// Writes the commits selected by `keep`, and only the nodes that they need, to a new file at `path`.
    ///
    /// Uncommitted changes are left out. Sequence numbers, times and labels stay.
    ///
    /// # Errors
    /// [`Error::NotEmpty`] if there is a tree at `path`; others as [`MerkleSearchTree::commit`].
    pub fn compact(&self, path: impl AsRef<Path>, keep: Keep) -> Result<(), Error> {
        let (store, commits) = match &*self.read()? {
            State::Reading(reading) => (Arc::clone(reading.file.store()), reading.file.commits()),
            State::Writing(writer) => {
                let store = Arc::clone(writer.store());
                (Arc::clone(&store), Commits::new(store, writer.last().cloned()))
            }
        };
        compact_to(&store, commits, path.as_ref(), keep)
    }

    /// The error that kept the file from being rewritten when that was last due by [`Options::retain`]; `None` if there
    /// was none. The commit after which it failed is safe, and a later one tries again.
    ///
    /// # Errors
    /// If another thread panicked while it held the tree.
    pub fn retain_failure(&self) -> Result<Option<Error>, Error> {
        Ok(match &*self.read()? {
            State::Reading(_) => None,
            State::Writing(writer) => writer.retain_failure().cloned(),
        })
    }

    /// The number of nodes, and of their bytes, written since the last commit.
    ///
    /// # Errors
    /// If another thread panicked while it held the tree.
    pub fn uncommitted(&self) -> Result<Totals, Error> {
        Ok(match &*self.read()? {
            State::Reading(_) => Totals::default(),
            State::Writing(writer) => writer.written(),
        })
    }

    /// Calls `look` with the pending change of a key and with the tree.
    fn look_up<T>(&self, key: &[u8], look: impl FnOnce(Found<'_>, &Tree) -> Result<T, Error>) -> Result<T, Error> {
        loop {
            {
                let state = self.read()?;
                state.check()?;
                let found = match &*state {
                    State::Writing(writer) if writer.wants_to_prepare() => None,
                    State::Writing(writer) => Some(writer.buffered(key)),
                    State::Reading(_) => Some(Found::Nothing),
                };
                match found {
                    Some(Found::Nothing) => {
                        let tree = state.tree();
                        drop(state);
                        return look(Found::Nothing, &tree);
                    }
                    Some(found) => return look(found, &state.tree()),
                    None => {}
                }
            }
            if let State::Writing(writer) = &mut *self.write()? {
                writer.prepare_look_up()?;
            }
        }
    }

    /// Whether there is a record of `key`, changes included. See [`Snapshot::contains`].
    ///
    /// # Errors
    /// If a node on the path cannot be read: then nothing is known about the key.
    pub fn contains<Q: MerkleKey + ?Sized>(&self, key: &Q) -> Result<bool, Error>
    where
        K: Borrow<Q>,
    {
        let key = key.encode();
        self.look_up(&key, |found, tree| match found {
            Found::Value(_) => Ok(true),
            Found::Removed => Ok(false),
            Found::Nothing => Ok(tree.get(&key)?.is_some()),
        })
    }

    /// Removes the record of `key`, if there is one. Reads nothing now.
    ///
    /// # Errors
    /// If the pending changes exceed their budget and cannot be moved to a file; if an earlier write failed.
    pub fn remove<Q: MerkleKey + ?Sized>(&mut self, key: &Q) -> Result<(), Error>
    where
        K: Borrow<Q>,
    {
        let writer = self.writer()?;
        writer.check()?;
        type NoValue = fn(&mut Vec<u8>) -> Result<(), Error>;
        writer.buffer.push(|bytes| encode_key(key, bytes), None::<NoValue>)?;
        writer.keep_to_budget()
    }
}

impl<K: MerkleKey, V: Serialize + DeserializeOwned> MerkleSearchTree<K, V> {
    /// Creates a file at `path` with these records, in strictly ascending order of their keys, and commits it. Holds
    /// one open node for each level and about a megabyte in memory; each node is hashed once.
    ///
    /// # Errors
    /// [`Error::Unsorted`]; [`Error::NotEmpty`] if there is a tree at `path`; others as [`MerkleSearchTree::insert`].
    pub fn from_sorted(path: impl AsRef<Path>, records: impl IntoIterator<Item = (K, V)>) -> Result<Self, Error> {
        let path = path.as_ref();
        let asked = Asked::new(path, &Options::default());
        let mut writer = Writer::open_or_create(path, Options::default())?;
        if writer.last().is_some() {
            return Err(Error::NotEmpty { path: path.to_owned() });
        }
        // This thread encodes the records and computes their levels; another hashes, packs and writes the nodes.
        let (sender, blocks) = Blocks::channel();
        let built = thread::scope(|scope| {
            let build = scope.spawn(|| writer.apply(false, blocks));
            send_sorted(sender, records);
            build.join()
        });
        built.map_err(|_| Error::Panicked)??;
        writer.note_types(schema_of::<K, V>()).commit(None, None)?;
        writer.publish()?;
        Ok(Self::of(State::Writing(Box::new(writer)), asked))
    }

    /// Sets the value of `key`. A value equal to the present one changes nothing. Costs a copy now, and its share of
    /// one pass over the changed nodes later.
    ///
    /// # Errors
    /// [`Error::Limit`] if the key is longer than [`MAX_KEY`](crate::write::MAX_KEY) or the value than
    /// [`MAX_VALUE`](crate::write::MAX_VALUE); [`Error::KeyOrder`] if the key type is not usable; [`Error::Value`] if
    /// the value cannot be encoded. If the pending changes exceed their budget and cannot be moved to a file; if an
    /// earlier write failed.
    pub fn insert(&mut self, key: K, value: V) -> Result<(), Error> {
        let writer = self.state.get_mut().map_err(|_| Error::Panicked)?.writer()?;
        writer.check()?;
        let add_value = Some(|bytes: &mut Vec<u8>| encode_value(&value, bytes));
        writer.buffer.push(|bytes| encode_key(&key, bytes), add_value)?;
        if let Err(error) = self.order.see(key, writer.buffer.last_key().unwrap_or_default()) {
            writer.buffer.pop();
            return Err(error);
        }
        writer.keep_to_budget()
    }

    /// Inserts many records, in any order.
    ///
    /// # Errors
    /// The same errors as [`MerkleSearchTree::insert`]; the records before the one that failed are inserted.
    pub fn insert_many(&mut self, records: impl IntoIterator<Item = (K, V)>) -> Result<(), Error> {
        records.into_iter().try_for_each(|(key, value)| self.insert(key, value))
    }

    /// [`MerkleSearchTree::insert_many`] under the name that collections use.
    ///
    /// # Errors
    /// The same errors as [`MerkleSearchTree::insert_many`].
    pub fn extend(&mut self, records: impl IntoIterator<Item = (K, V)>) -> Result<(), Error> {
        self.insert_many(records)
    }

    /// The value of `key`, pending changes included. Reads at most `height` nodes.
    ///
    /// # Errors
    /// If a node on the path cannot be read: then nothing is known about the key. If the value does not decode as the
    /// type.
    pub fn get<Q: MerkleKey + ?Sized>(&self, key: &Q) -> Result<Option<V>, Error>
    where
        K: Borrow<Q>,
    {
        let key = key.encode();
        self.look_up(&key, |found, tree| match found {
            Found::Value(bytes) => value::decode(bytes).map(Some),
            Found::Removed => Ok(None),
            Found::Nothing => tree.get(&key)?.map(|record| value::decode(record.bytes().value)).transpose(),
        })
    }

    /// The record with `position` records before it, pending changes included. See [`Snapshot::nth`].
    ///
    /// # Errors
    /// The same errors as [`MerkleSearchTree::snapshot`] and [`Snapshot::nth`].
    pub fn nth(&self, position: u64) -> Result<Option<(K, V)>, Error> {
        self.snapshot()?.nth(position)
    }
}
