//! Opens a tree: ours by its commits, others by evidence.

use std::sync::Arc;

use super::{OpenError, OpenOptions, Opened, ours, root, typing};
use crate::node::{Codec, Link};
use crate::storage::ReadAt;
use crate::store::{NodeStore, is_ours};
use crate::tree::Tree;

/// Opens the tree in `storage`. Reads the nodes of one path from the root, and a few more if those do not prove the
/// types.
///
/// A file of ours whose newest commit is unknown because of damage opens only if a commit or the hash of a root is
/// given.
///
/// # Errors
/// See [`OpenError`]. A damaged root is no error here: the error occurs when the tree is read.
pub fn open(storage: Arc<dyn ReadAt>, options: &OpenOptions) -> Result<Opened, OpenError> {
    open_with(storage, options, &[])
}

/// [`open`], with more nodes that a guess at the types must fit.
pub(super) fn open_with(storage: Arc<dyn ReadAt>, options: &OpenOptions, also: &[Link]) -> Result<Opened, OpenError> {
    if is_ours(&*storage).map_err(Box::new)? {
        return ours::open(storage, options);
    }
    if options.commit.is_some() {
        return Err(OpenError::NoCommits);
    }
    let root = root::find(&*storage, options.offset, options.hash)?;
    let typing::Evidence { dialect, typing, frames } = typing::find(&*storage, &root, options, also)?;
    let codec = Codec { dialect, items: typing.forms() };
    let store = Arc::new(NodeStore::new(storage, codec, options.cache_bytes));
    for frame in frames {
        // A frame that cannot be parsed is ignored here: reading the node reports the error.
        let _ = store.adopt(frame);
    }
    let offset = root.link.offset;
    let stored = root.found.link().hash;
    if stored != root.link.hash {
        // The node carries another hash than expected. If the recomputed hash is right, only its own copy is damaged.
        let found = store.unchecked(offset).ok().and_then(|node| node.hash()).unwrap_or(stored);
        if found != root.link.hash {
            return Err(OpenError::OtherHash { offset, expected: root.link.hash, found });
        }
    }
    Ok(Opened { tree: Tree::new(store, root.link), root_source: root.source, typing, file: None, commit: None })
}
