//! Opens a tree: finds its root, its dialect and its types by evidence.
//!
//! Nothing in a file of the published crate names its dialect or its types. But a node carries the hash of its own
//! keys and values, lengths included: where the hash comes out right under a dialect's rule and a type's boundaries,
//! both are proved.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod alone;
mod error;
mod infer;
mod misfit;
mod ours;
mod retype;
mod root;
mod sample;
mod typed_form;
mod typing;

use std::sync::Arc;

pub use error::OpenError;
pub use misfit::Misfits;
pub use mst_types::schema_bytes;
pub use typed_form::TypedForm;
pub use typing::{RuledOut, Typing, TypingSource, Unfit};

use crate::diff::LeftOut;
use crate::history::{Source, Version};
use crate::node::hash::NodeHash;
use crate::node::{Codec, Link};
use crate::storage::ReadAt;
use crate::store::{Commit, DEFAULT_CACHE_BYTES, NodeStore, TreeFile, is_ours};
use crate::tree::Tree;
use mst_types::{ItemType, Type, read_schema};

/// What is known of a tree before it is opened.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// Where the root's frame begins, in bytes.
    pub offset: Option<u64>,
    /// The hash of the root.
    pub hash: Option<NodeHash>,
    /// The number of the commit whose tree is meant, in a file of ours. In a damaged one it can be any that its structure
    /// leads to: [`TreeFile::damage`] then says that it is not the newest.
    pub commit: Option<u64>,
    /// The type of the keys.
    pub key: Option<Type>,
    /// The type of the values.
    pub value: Option<Type>,
    /// Whether types of a file that does not name them are looked for closely even where plain ones prove all.
    pub thorough: bool,
    /// Whether the type of the values that is given, or that a file of ours names, is kept though values do not fit it:
    /// for those who decode them [leniently](mst_types::Strictness::Lenient). In files of the published dialects a
    /// value ends where strict decoding says, and this changes nothing.
    pub lenient: bool,
    /// The budget of the node cache, in bytes.
    pub cache_bytes: u64,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            offset: None,
            hash: None,
            commit: None,
            key: None,
            value: None,
            thorough: false,
            lenient: false,
            cache_bytes: DEFAULT_CACHE_BYTES,
        }
    }
}

/// How the root was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RootSource {
    /// Offset and hash were given, and the node carries that hash.
    Given,
    /// Only the offset was given: the hash is what the node says of itself.
    OffsetOnly,
    /// The file's own pointer in page 0.
    Pointer,
    /// The hash was given, and the last node of the file carries it.
    LastNode,
    /// The hash was given, and a node that carries it was found by reading the whole file.
    FoundByHash,
    /// Nothing says where the root is: it is the last node of the file, or the newest root that scanning found.
    Likely,
    /// A root that scanning the file found.
    Scanned,
    /// A commit of the file: the last one, or the one whose root was named.
    Commit,
}

/// An opened tree and what was found out about it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The tree.
    pub tree: Tree,
    /// How its root was found.
    pub root_source: RootSource,
    /// The types of its keys and values.
    pub typing: Typing,
    /// The file with its commits, if it is one of ours.
    pub file: Option<TreeFile>,
    /// The commit that was opened, where one was. Its root does not tell, since several commits may have the same one.
    commit: Option<Box<Commit>>,
}

impl Opened {
    /// The commit that was opened, or the newest one with the tree's root, where the file is one of ours and has one. Reads
    /// the commits down to it if only the root was named.
    pub fn commit(&self) -> Option<Commit> {
        let root = self.tree.root_link();
        if let Some(commit) = self.commit.as_ref().filter(|commit| commit.root.hash == root.hash) {
            return Some((**commit).clone());
        }
        self.file.as_ref()?.commits().map_while(Result::ok).find(|commit| commit.root.hash == root.hash)
    }

    /// The hash of the contract that the tree follows, as the commit of its root says.
    pub fn contract(&self) -> Option<[u8; 32]> {
        self.commit()?.contract
    }

    /// The keys that were left out when the tree was built, as the commit of its root says; none if no key was.
    pub fn left_out(&self) -> Option<LeftOut> {
        LeftOut::of(&self.commit()?.notes)
    }

    /// The tree of another commit of the same file, with the types that the commit notes, or those that this one was opened
    /// with where these were given. None where the file is not one of ours. Reads nothing.
    pub fn at(&self, commit: &Commit) -> Option<Self> {
        let tree = self.file.as_ref()?.tree_at(commit);
        let (typing, commit) = (self.typing_at(commit), Some(Box::new(commit.clone())));
        Some(Self { tree, root_source: RootSource::Commit, typing, commit, ..self.clone() })
    }

    /// The types of another commit of the same file.
    fn typing_at(&self, commit: &Commit) -> Typing {
        let noted = commit.schema.as_deref().and_then(read_schema).filter(|_| self.typing.source == TypingSource::File);
        let Some((key, value)) = noted else { return self.typing.clone() };
        let (key, value) = (Some(ItemType::ordered(key)), Some(ItemType::postcard(value)));
        Typing { key, value, ..self.typing.clone() }
    }

    /// The tree of another version of the same file, with the types of [`Opened::at`]. Reads nothing.
    pub fn version(&self, version: &Version) -> Self {
        let tree = Tree::new(Arc::clone(self.tree.store()), version.root);
        let root_source = match version.source {
            Source::Commit(_) => RootSource::Commit,
            Source::Scan { .. } => RootSource::Scanned,
        };
        let typing = version.commit().map_or_else(|| self.typing.clone(), |commit| self.typing_at(commit));
        Self { tree, root_source, typing, commit: version.commit().cloned().map(Box::new), ..self.clone() }
    }
}

/// Opens the tree in `storage`. Reads the nodes of one path from the root, and a few more where those
/// do not prove the types.
///
/// A file of ours that is damaged so that its newest commit cannot be told opens only if a commit or the hash of a root is named.
///
/// # Errors
/// See [`OpenError`]. A damaged root is no error here: it shows when the tree is read.
pub fn open(storage: Arc<dyn ReadAt>, options: &OpenOptions) -> Result<Opened, OpenError> {
    open_with(storage, options, &[])
}

/// [`open`], with more nodes that a guess at the types must fit.
fn open_with(storage: Arc<dyn ReadAt>, options: &OpenOptions, also: &[Link]) -> Result<Opened, OpenError> {
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
        // What does not parse here will say so when it is asked for.
        let _ = store.adopt(frame);
    }
    let offset = root.link.offset;
    let stored = root.found.link().hash;
    if stored != root.link.hash {
        // Not what it says of itself. It may still be what it should be, with only its own copy of the hash damaged.
        let found = store.unchecked(offset).ok().and_then(|node| node.hash()).unwrap_or(stored);
        if found != root.link.hash {
            return Err(OpenError::OtherHash { offset, expected: root.link.hash, found });
        }
    }
    Ok(Opened { tree: Tree::new(store, root.link), root_source: root.source, typing, file: None, commit: None })
}
