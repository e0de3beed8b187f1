//! Opens a typed tree, and checks its types against those of the file.

use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::tree::{Reading, State};
use super::types::Asked;
use super::{MerkleKey, MerkleSearchTree, ReadOnly};
use crate::error::Error;
use crate::node::Link;
use crate::node::hash::NodeHash;
use crate::storage::WriteAt;
use crate::store::TreeFile;
use crate::tree::Tree;
use crate::write::{Options, Writer};

impl<K: MerkleKey, V: DeserializeOwned> MerkleSearchTree<K, V> {
    /// Opens the file at `path` for writing, at its last commit, and creates it if there is none.
    ///
    /// A commit states the types of its records, and a file of other types than `K` and `V` is refused. If the file or
    /// the program does not state its types (your own types have no schema unless [`Options::schema`] gives one), the
    /// records of the root are read as `K` and `V`: that detects most types that do not fit, but not all. A file
    /// without commits has nothing to check.
    ///
    /// # Errors
    /// [`Error::Locked`] if another writer has it open; [`Error::Foreign`], with the kind of the file, if it is not one
    /// of ours; [`Error::OtherTypes`]; [`Error::NewerVersion`]; those of the system.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open_with(path, Options::default())
    }

    /// [`MerkleSearchTree::open`] with other than the default options.
    ///
    /// # Errors
    /// As [`MerkleSearchTree::open`].
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self, Error> {
        let asked = Asked::new(path.as_ref(), &options);
        Self::checked(Writer::open(path.as_ref(), options)?, asked)
    }

    /// A tree on `storage`, which is empty or holds a file of ours. The caller ensures that there is no other writer.
    ///
    /// # Errors
    /// As [`MerkleSearchTree::open`], except for the lock.
    pub fn on_storage(storage: Arc<dyn WriteAt>, options: Options) -> Result<Self, Error> {
        let path = Path::new("(storage)");
        let asked = Asked::new(path, &options);
        Self::checked(Writer::on_storage(storage, path, options)?, asked)
    }

    fn checked(writer: Writer, asked: Asked) -> Result<Self, Error> {
        asked.against::<K, V>(writer.last(), &writer.tree())?;
        Ok(Self::of(State::Writing(Box::new(writer)), asked))
    }

    /// Opens the file at `path` at the root that [`MerkleSearchTree::flush`] returned. Reading takes no lock; the first
    /// change makes this the file's writer, whose commits continue from this root. Reads one node, and the commits back
    /// to that of the root.
    ///
    /// # Errors
    /// As [`MerkleSearchTree::open`]; [`Error::Node`] if the node at `offset` does not have this hash.
    pub fn load_from_root(path: impl AsRef<Path>, offset: u64, hash: impl Into<NodeHash>) -> Result<Self, Error> {
        Self::load_from_root_with(path, offset, hash, Options::default())
    }

    /// [`MerkleSearchTree::load_from_root`] with other than the default options.
    ///
    /// # Errors
    /// As [`MerkleSearchTree::load_from_root`].
    pub fn load_from_root_with(
        path: impl AsRef<Path>,
        offset: u64,
        hash: impl Into<NodeHash>,
        options: Options,
    ) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        let asked = Asked::new(&path, &options);
        let file = TreeFile::open_with_cache(&path, options.cache_bytes)?;
        let mut root = Link::new(offset, hash.into());
        match root.is_empty() {
            true => root = Link::EMPTY,
            false => root.extent = file.store().node(&root)?.extent(),
        }
        if !root.is_empty() {
            // A root that no commit names was flushed between two commits, and has their types.
            let of_root = file.commits().map_while(Result::ok).find(|commit| commit.root.hash == root.hash);
            let tree = Tree::new(Arc::clone(file.store()), root);
            asked.against::<K, V>(of_root.as_ref().or(file.last()), &tree)?;
        }
        Ok(Self::of(State::Reading(Box::new(Reading { path, options, file, root })), asked))
    }

    /// Opens the file at `path` for reading only, at its last commit.
    ///
    /// # Errors
    /// As [`ReadOnly::open`].
    pub fn read_only(path: impl AsRef<Path>) -> Result<ReadOnly<K, V>, Error> {
        ReadOnly::open(path)
    }
}
