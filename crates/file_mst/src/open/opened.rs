//! An opened tree.

use std::sync::Arc;

use mst_types::{ItemType, read_schema};

use super::{RootSource, Typing, TypingSource};
use crate::diff::LeftOut;
use crate::store::{Commit, TreeFile};
use crate::tree::Tree;
use crate::version::{Source, Version};

/// An opened tree, with its root source and its types.
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
    /// The opened commit, if any. The root alone does not determine it, since several commits may have the same root.
    pub(super) commit: Option<Box<Commit>>,
}

impl Opened {
    /// The commit that was opened, or the newest one with the tree's root, if the file is one of ours and has one.
    /// Reads the commits back to it if only the root was given.
    pub fn commit(&self) -> Option<Commit> {
        let root = self.tree.root_link();
        if let Some(commit) = self.commit.as_ref().filter(|commit| commit.root.hash == root.hash) {
            return Some((**commit).clone());
        }
        self.file.as_ref()?.commits().map_while(Result::ok).find(|commit| commit.root.hash == root.hash)
    }

    /// The hash of the contract that the tree follows, from the commit of its root.
    pub fn contract(&self) -> Option<[u8; 32]> {
        self.commit()?.contract
    }

    /// The keys that were left out when the tree was built, from the commit of its root; `None` if no key was.
    pub fn left_out(&self) -> Option<LeftOut> {
        LeftOut::of(&self.commit()?.notes)
    }

    /// The tree of another commit of the same file, with the types that the commit states, or with those of this tree
    /// if they were given. `None` if the file is not one of ours. Reads nothing.
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
