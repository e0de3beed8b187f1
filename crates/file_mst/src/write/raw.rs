//! The writer of bytes, for programs that know the types of a file only at run time.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use super::{Blocks, Sender};
use super::{Found, Options, Writer};
use crate::error::Error;
use crate::store::Commit;
use crate::tree::Tree;

/// The writer of one file, in bytes: keys in their order-preserving form (see [`MerkleKey`](crate::MerkleKey) and
/// [`ItemType::ordered`](mst_types::ItemType::ordered)), values in postcard.
///
/// It does not check the bytes: the caller ensures that they are of the types that the file names. Limits, costs and
/// commits are those of [`MerkleSearchTree`](crate::MerkleSearchTree).
///
/// ```
/// use file_mst::Options;
/// use file_mst::open::schema_bytes;
/// use mst_types::ItemType;
/// use file_mst::write::TreeWriter;
///
/// # let dir = tempfile::tempdir()?;
/// # let path = dir.path().join("stock.mst");
/// let (key, value) = (ItemType::ordered("String".parse()?), ItemType::postcard("u64".parse()?));
/// let schema = Some(schema_bytes(&key.ty, &value.ty));
/// let mut writer = TreeWriter::open(&path, Options { schema, ..Options::default() })?;
/// writer.put(&key.parse("apples")?, &value.parse("300")?)?;
/// assert_eq!(writer.commit("first", None)?.records(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct TreeWriter {
    writer: Writer,
}

impl TreeWriter {
    /// Opens the file at `path` for writing, at its last commit. If the file does not exist or is empty, it appears at
    /// `path` whole, with its first commit; until then it is written beside it.
    ///
    /// # Errors
    /// The same errors as [`MerkleSearchTree::open`](crate::MerkleSearchTree::open).
    pub fn open(path: impl AsRef<Path>, options: Options) -> Result<Self, Error> {
        Ok(Self { writer: Writer::open_or_create(path.as_ref(), options)? })
    }

    /// Sets the value of `key`. A value equal to the present one changes nothing. Costs a copy now, and its share of
    /// one pass over the changed nodes later.
    ///
    /// # Errors
    /// [`Error::Limit`] if key or value are too long. If the pending changes exceed their budget and cannot be moved to
    /// a file; if an earlier write failed.
    pub fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), Error> {
        self.writer.change(key, Some(value))
    }

    /// Removes the record of `key`, if there is one. Costs as [`TreeWriter::put`].
    ///
    /// # Errors
    /// The same errors as [`TreeWriter::put`].
    pub fn remove(&mut self, key: &[u8]) -> Result<(), Error> {
        self.writer.change(key, None)
    }

    /// The value of `key`, pending changes included. Reads at most `height` nodes; sorts the changes since the last
    /// look-up.
    ///
    /// # Errors
    /// If a node on the path cannot be read: then nothing is known about the key.
    pub fn get(&mut self, key: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        if self.writer.wants_to_prepare() {
            self.writer.prepare_look_up()?;
        }
        Ok(match self.writer.buffered(key) {
            Found::Value(value) => Some(value.to_vec()),
            Found::Removed => None,
            Found::Nothing => self.writer.tree().get(key)?.map(|record| record.bytes().value.to_vec()),
        })
    }

    /// The current tree, pending changes included, as a view that later changes do not affect. Applies the pending
    /// changes without committing them.
    ///
    /// # Errors
    /// The same errors as [`TreeWriter::commit`].
    pub fn tree(&mut self) -> Result<Tree, Error> {
        self.writer.apply_buffer()?;
        Ok(self.writer.tree())
    }

    /// Applies the changes that `send` gives to a [`Sender`], in key order, each key once. The nodes are built in another
    /// thread meanwhile.
    ///
    /// # Errors
    /// The error of `send` comes first, since the writer then only knows that it was stopped. Otherwise as
    /// [`TreeWriter::commit`].
    pub fn apply_sorted<T, E: From<Error>>(&mut self, send: impl FnOnce(Sender) -> Result<T, E>) -> Result<T, E> {
        self.writer.apply_buffer()?;
        let (sender, blocks) = Blocks::channel();
        let writer = &mut self.writer;
        std::thread::scope(|scope| {
            let applied = scope.spawn(|| writer.apply(false, blocks));
            let sent = send(sender);
            match applied.join() {
                Ok(applied) => {
                    let sent = sent?;
                    applied?;
                    Ok(sent)
                }
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }

    /// Sets the notes of the next commit, by name, replacing those set before. Commits after that one have no notes
    /// unless they are set again.
    ///
    /// # Errors
    /// [`Error::Limit`] if a name is longer than [`MAX_NOTE_NAME`](crate::store::MAX_NOTE_NAME), or all notes together
    /// take more than [`MAX_NOTES`](crate::store::MAX_NOTES).
    pub fn set_notes(&mut self, notes: BTreeMap<String, Vec<u8>>) -> Result<(), Error> {
        self.writer.set_notes(notes)
    }

    /// Commits all changes under a label of at most [`MAX_LABEL`](crate::store::MAX_LABEL) bytes, at the given or the
    /// current time. One sync. The commit is made even if nothing changed.
    ///
    /// # Errors
    /// [`Error::Limit`], or if nodes cannot be read or written. After a failed write nothing more can be written
    /// ([`Error::Poisoned`]); earlier commits are safe.
    pub fn commit(&mut self, label: &str, time: Option<SystemTime>) -> Result<Commit, Error> {
        let commit = self.writer.commit(Some(label), time)?;
        self.writer.publish()?;
        Ok(commit)
    }

    /// The last commit of the file; `None` if there is none yet.
    pub fn last(&self) -> Option<&Commit> {
        self.writer.last()
    }
}
