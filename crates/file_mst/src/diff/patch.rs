//! Applies a drift to a tree of our own format.

use std::cmp::Ordering;
use std::path::Path;
use std::sync::Arc;

use super::drift::Drift;
use super::left_out::LeftOut;
use crate::error::Error;
use crate::storage::WriteAt;
use crate::store::Commit;
use crate::tree::Tree;
use crate::write::{Options, Writer};

/// A drift could not be applied. The tree is unchanged.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PatchError {
    /// The tree differs from the drift's left side.
    #[error("record {key}: the drift expects {}, the tree has {}", words(.expected.as_deref()), words(.found.as_deref()))]
    Mismatch {
        /// The key in hex.
        key: String,
        /// The value on the drift's left side; `None` for no record.
        expected: Option<Vec<u8>>,
        /// The value in the tree; `None` for no record.
        found: Option<Vec<u8>>,
    },
    /// The keys of a drift must all ascend or all descend, and this one does not.
    #[error("record {key}: out of order; a drift is in key order and names no key twice")]
    Order {
        /// The key in hex.
        key: String,
    },
    /// The tree could not be read or written.
    #[error(transparent)]
    Tree(#[from] Error),
}

fn words(value: Option<&[u8]>) -> String {
    value.map_or_else(|| "no record".to_owned(), |value| format!("the value {}", hex::encode(value)))
}

/// Applies a drift to a tree: the tree must equal the drift's left side, and is changed to its right side. Nothing is
/// changed before [`Patch::commit`].
#[derive(Debug)]
pub struct Patch {
    writer: Writer,
    base: Tree,
    last: Option<Vec<u8>>,
    direction: Option<Ordering>,
    /// The keys that the tree's build left out, without those that got a record from the drift.
    left_out: Option<LeftOut>,
}

impl Patch {
    /// Opens the file at `path` for writing, at its last commit. The file must exist in our format, but may be empty.
    ///
    /// # Errors
    /// As [`MerkleSearchTree::open`](crate::MerkleSearchTree::open), and if there is no file.
    pub fn open(path: &Path) -> Result<Self, PatchError> {
        // A drift needs an existing tree; a mistyped name must not create a new file.
        std::fs::metadata(path).map_err(Error::io("open the file"))?;
        Ok(Self::of(Writer::open(path, Options::default())?))
    }

    /// [`Patch::open`] for a file in `storage`. The caller ensures that there is no other writer.
    ///
    /// # Errors
    /// As [`MerkleSearchTree::on_storage`](crate::MerkleSearchTree::on_storage).
    pub fn on_storage(storage: Arc<dyn WriteAt>) -> Result<Self, PatchError> {
        Ok(Self::of(Writer::on_storage(storage, Path::new("(storage)"), Options::default())?))
    }

    fn of(writer: Writer) -> Self {
        let left_out = writer.last().and_then(|last| LeftOut::of(&last.notes));
        Self { base: writer.tree(), writer, last: None, direction: None, left_out }
    }

    /// Adds the next record of the drift, whose keys must all ascend or all descend. Reads at most `height` nodes.
    ///
    /// # Errors
    /// [`PatchError::Mismatch`] if the tree differs from the drift's left side; [`PatchError::Order`]; if the tree
    /// cannot be read; if key or value exceed their limits.
    pub fn apply(&mut self, drift: &Drift) -> Result<(), PatchError> {
        let Drift { key, left, right } = drift;
        if let Some(last) = &self.last {
            let order = key.as_slice().cmp(last);
            if order.is_eq() || self.direction.is_some_and(|direction| direction != order) {
                return Err(PatchError::Order { key: hex::encode(key) });
            }
            self.direction = Some(order);
        }
        let found = self.base.get(key).map_err(Error::from)?;
        let found = found.as_ref().map(|record| record.bytes().value);
        if found != left.as_deref() {
            return Err(PatchError::Mismatch {
                key: hex::encode(key),
                expected: left.clone(),
                found: found.map(<[u8]>::to_vec),
            });
        }
        self.writer.change(key, right.as_deref())?;
        if let Some(left_out) = &mut self.left_out {
            left_out.remove(key);
        }
        self.last = Some(key.clone());
        Ok(())
    }

    /// Commits all added records at once. Without a `label` nothing is written if nothing changes. The notes of the
    /// previous commit are kept, except for left-out keys that got a record from the drift.
    ///
    /// # Errors
    /// As [`MerkleSearchTree::commit`](crate::MerkleSearchTree::commit).
    pub fn commit(mut self, label: Option<&str>) -> Result<Commit, PatchError> {
        let mut notes = self.writer.last().map(|last| last.notes.clone()).unwrap_or_default();
        if let Some(left_out) = &self.left_out {
            left_out.put_into(&mut notes);
        }
        self.writer.set_notes(notes)?;
        Ok(self.writer.commit(label, None)?)
    }
}
