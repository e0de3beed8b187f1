//! The hash of all records, or the reason why it is unknown.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Error;
use crate::node::hash::NodeHash;

/// The hash of a tree's root, or the reason why it is unknown: pending changes could not be applied.
///
/// It can be used like the hash itself: it prints as 64 hex digits, compares with other root hashes, with a
/// [`NodeHash`] and with `[u8; 32]`, and derefs to bytes by [`AsRef`]. If the hash is unknown:
///
/// * it prints as `no root hash` and the reason;
/// * it is equal to nothing, not even to itself;
/// * its bytes are a text with a number that no other failure has, so they are equal to no hash and to no other failure.
///
/// To handle the failure, use [`result`](Self::result), or call
/// [`try_root_hash`](crate::MerkleSearchTree::try_root_hash).
///
/// ```
/// use file_mst::MerkleSearchTree;
///
/// let mut tree: MerkleSearchTree<String, i32> = MerkleSearchTree::new_temporary()?;
/// tree.insert("Alice".to_string(), 100)?;
/// assert_eq!(format!("{:?}", tree.root_hash()), hex::encode(tree.root_hash()));
/// assert!(tree.root_hash() == tree.root_hash());
/// let bytes: [u8; 32] = tree.root_hash().result()?.into();
/// assert!(tree.root_hash() == bytes);
/// # Ok::<(), file_mst::Error>(())
/// ```
#[must_use]
#[derive(Clone)]
pub struct RootHash(Known);

#[derive(Clone)]
enum Known {
    Hash(NodeHash),
    Failed { error: Error, text: String },
}

impl RootHash {
    /// The hash, or the reason why it is unknown.
    ///
    /// # Errors
    /// The error that kept the pending changes from being applied.
    pub fn result(self) -> Result<NodeHash, Error> {
        match self.0 {
            Known::Hash(hash) => Ok(hash),
            Known::Failed { error, .. } => Err(error),
        }
    }

    /// The hash, if it is known.
    pub fn ok(&self) -> Option<NodeHash> {
        match &self.0 {
            Known::Hash(hash) => Some(*hash),
            Known::Failed { .. } => None,
        }
    }

    /// The reason why the hash is unknown, if it is.
    pub fn error(&self) -> Option<&Error> {
        match &self.0 {
            Known::Hash(_) => None,
            Known::Failed { error, .. } => Some(error),
        }
    }
}

impl From<Result<NodeHash, Error>> for RootHash {
    fn from(result: Result<NodeHash, Error>) -> Self {
        static FAILURES: AtomicU64 = AtomicU64::new(1);
        Self(match result {
            Ok(hash) => Known::Hash(hash),
            Err(error) => {
                let number = FAILURES.fetch_add(1, Ordering::Relaxed);
                let text = format!("failure {number}: no root hash: {error}");
                Known::Failed { error, text }
            }
        })
    }
}

impl AsRef<[u8]> for RootHash {
    fn as_ref(&self) -> &[u8] {
        match &self.0 {
            Known::Hash(hash) => hash.as_bytes(),
            Known::Failed { text, .. } => text.as_bytes(),
        }
    }
}

impl fmt::Display for RootHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Known::Hash(hash) => hash.fmt(f),
            Known::Failed { error, .. } => write!(f, "no root hash: {error}"),
        }
    }
}

impl fmt::Debug for RootHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An unknown hash is equal to nothing.
impl PartialEq for RootHash {
    fn eq(&self, other: &Self) -> bool {
        self.ok().is_some_and(|hash| other.ok() == Some(hash))
    }
}

impl PartialEq<NodeHash> for RootHash {
    fn eq(&self, other: &NodeHash) -> bool {
        self.ok() == Some(*other)
    }
}

impl PartialEq<RootHash> for NodeHash {
    fn eq(&self, other: &RootHash) -> bool {
        other == self
    }
}

impl PartialEq<[u8; 32]> for RootHash {
    fn eq(&self, other: &[u8; 32]) -> bool {
        self.ok().is_some_and(|hash| hash.as_bytes() == other)
    }
}

impl PartialEq<RootHash> for [u8; 32] {
    fn eq(&self, other: &RootHash) -> bool {
        other == self
    }
}
