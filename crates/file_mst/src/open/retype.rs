//! The same tree under other types.

use std::sync::Arc;

use super::{OpenError, OpenOptions, Opened, TypingSource, open};
use crate::node::Codec;
use crate::store::NodeStore;
use crate::tree::Tree;
use mst_types::Type;

impl Opened {
    /// The same tree with these types of keys and values. Reads as much as [`open`] does.
    ///
    /// # Errors
    /// What [`open`] says of types that do not fit. This tree stays as it is.
    pub fn with_types(&self, key: Type, value: Type) -> Result<Self, OpenError> {
        self.again(OpenOptions { key: Some(key), value: Some(value), ..OpenOptions::default() })
    }

    /// The same tree with types that are guessed anew, and with all alternatives. Reads as much as [`open`] does where
    /// plain types are not enough.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn guessed_closely(&self) -> Result<Self, OpenError> {
        self.again(OpenOptions { thorough: true, ..OpenOptions::default() })
    }

    /// The same tree with the next of its guessed types; behind the last comes the first again. None where
    /// there is no alternative. Reads nothing.
    pub fn next_guess(&self) -> Option<Self> {
        let mut typing = self.typing.clone();
        if typing.source != TypingSource::Guessed || typing.alternatives.is_empty() {
            return None;
        }
        let now = typing.key.take().zip(typing.value.take())?;
        let (key, value) = typing.alternatives.remove(0);
        typing.alternatives.push(now);
        (typing.key, typing.value) = (Some(key), Some(value));
        typing.choice = (typing.choice + 1) % (typing.alternatives.len() + 1);
        let store = self.tree.store();
        let codec = Codec { dialect: store.codec().dialect, items: typing.forms() };
        let store = NodeStore::new(Arc::clone(store.storage()), codec, store.cache_budget());
        let tree = Tree::new(Arc::new(store), self.tree.root_link());
        Some(Self { tree, typing, ..self.clone() })
    }

    fn again(&self, options: OpenOptions) -> Result<Self, OpenError> {
        let (root, store) = (self.tree.root_link(), self.tree.store());
        let cache_bytes = store.cache_budget();
        let options = OpenOptions { offset: Some(root.offset), hash: Some(root.hash), cache_bytes, ..options };
        let opened = open(Arc::clone(store.storage()), &options)?;
        Ok(Self { root_source: self.root_source, commit: self.commit.clone(), ..opened })
    }
}
