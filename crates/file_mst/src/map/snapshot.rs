//! An immutable state of a tree.

use std::borrow::Borrow;
use std::marker::PhantomData;
use std::ops::{Bound, RangeBounds};

use serde::de::DeserializeOwned;

use super::{Iter, MerkleKey, value};
use crate::error::Error;
use crate::node::hash::NodeHash;
use crate::node::{Link, Record};
use crate::tree::Tree;

/// An immutable state of a tree, which a writer does not affect. Shared by threads, whose gets run in parallel; cloning
/// is cheap.
///
/// Every node is checked against its hash when it is read.
#[derive(Debug)]
pub struct Snapshot<K, V> {
    tree: Tree,
    types: PhantomData<fn() -> (K, V)>,
}

impl<K, V> Clone for Snapshot<K, V> {
    fn clone(&self) -> Self {
        Self::new(self.tree.clone())
    }
}

impl<K, V> Snapshot<K, V> {
    pub(crate) fn new(tree: Tree) -> Self {
        Self { tree, types: PhantomData }
    }

    /// Views an untyped tree of one of our files with these types. The types are not checked: with wrong ones, the
    /// records are nonsense.
    pub fn at(tree: Tree) -> Self {
        Self::new(tree)
    }

    /// The underlying untyped tree.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The root's link: offset, hash, level and count.
    pub fn root(&self) -> Link {
        self.tree.root_link()
    }

    /// The root's hash, which identifies the set of all records; zeros for the empty tree. Costs nothing.
    pub fn root_hash(&self) -> NodeHash {
        self.root().hash
    }

    /// The number of records. Costs nothing, or one node read if the tree was opened by offset and hash alone.
    ///
    /// # Errors
    /// If the root cannot be read.
    pub fn len(&self) -> Result<u64, Error> {
        Ok(self.tree.len()?)
    }

    /// Whether there is no record. Costs nothing.
    pub fn is_empty(&self) -> bool {
        self.tree.is_empty()
    }

    /// All records.
    ///
    /// # Errors
    /// If the root cannot be read. The iterator itself yields later errors.
    pub fn iter(&self) -> Result<Iter<K, V>, Error> {
        Ok(Iter::new(self.tree.records()?))
    }

    /// The records whose keys lie in `range`. Reads at most `2 * height` nodes to find its ends.
    ///
    /// # Errors
    /// If a node on the path to the ends cannot be read.
    pub fn range<Q: MerkleKey + ?Sized>(&self, range: impl RangeBounds<Q>) -> Result<Iter<K, V>, Error>
    where
        K: Borrow<Q>,
    {
        let bytes = |bound: Bound<&Q>| bound.map(|key| key.encode().into_owned());
        let (start, end) = (bytes(range.start_bound()), bytes(range.end_bound()));
        Ok(Iter::new(self.tree.range(as_slice(&start), as_slice(&end))?))
    }

    /// The records whose encoded keys begin with the encoded `prefix`: a `str` as the prefix of `String` keys, or a
    /// shorter tuple as the prefix of tuple keys. Reads at most `2 * height` nodes to find the ends.
    ///
    /// # Errors
    /// If a node on the path to the ends cannot be read.
    pub fn prefix<Q: MerkleKey + ?Sized>(&self, prefix: &Q) -> Result<Iter<K, V>, Error> {
        Ok(Iter::new(self.tree.prefix(&prefix.encode())?))
    }

    /// The number of keys below `key`. Reads at most `height` nodes.
    ///
    /// # Errors
    /// If a node on the path cannot be read.
    pub fn rank<Q: MerkleKey + ?Sized>(&self, key: &Q) -> Result<u64, Error>
    where
        K: Borrow<Q>,
    {
        Ok(self.tree.rank(&key.encode())?.0)
    }

    /// Whether there is a record of `key`. Reads at most `height` nodes.
    ///
    /// # Errors
    /// If a node on the path cannot be read: then nothing is known about the key.
    pub fn contains<Q: MerkleKey + ?Sized>(&self, key: &Q) -> Result<bool, Error>
    where
        K: Borrow<Q>,
    {
        Ok(self.tree.get(&key.encode())?.is_some())
    }
}

impl<K: MerkleKey, V: DeserializeOwned> Snapshot<K, V> {
    /// The value of `key`. Reads at most `height` nodes.
    ///
    /// # Errors
    /// If a node on the path cannot be read: then nothing is known about the key. If the value does not decode as the
    /// type.
    pub fn get<Q: MerkleKey + ?Sized>(&self, key: &Q) -> Result<Option<V>, Error>
    where
        K: Borrow<Q>,
    {
        self.tree.get(&key.encode())?.map(|record| value::decode(record.bytes().value)).transpose()
    }

    /// The record with `position` records before it; `None` past the end. Reads at most `height` nodes.
    ///
    /// # Errors
    /// If a node on the path cannot be read.
    pub fn nth(&self, position: u64) -> Result<Option<(K, V)>, Error> {
        self.tree.nth(position)?.map(|record| decoded(record.bytes())).transpose()
    }
}

fn as_slice(bound: &Bound<Vec<u8>>) -> Bound<&[u8]> {
    bound.as_ref().map(Vec::as_slice)
}

/// A record as key and value.
pub(super) fn decoded<K: MerkleKey, V: DeserializeOwned>(bytes: Record<'_>) -> Result<(K, V), Error> {
    let key = K::decode(bytes.key)
        .ok_or_else(|| Error::Key { key: hex::encode(bytes.key), expected: std::any::type_name::<K>() })?;
    Ok((key, value::decode(bytes.value)?))
}
