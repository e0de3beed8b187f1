//! The typed interface: a map of keys and values in a file.

mod byte_array;
mod encode;
mod iter;
mod open;
mod order;
mod reader;
mod root_hash;
mod snapshot;
mod tree;
mod types;
mod value;

pub use iter::Iter;
pub(crate) use mst_types::MerkleKey;
pub use reader::ReadOnly;
pub use root_hash::RootHash;
pub use snapshot::Snapshot;
pub use tree::MerkleSearchTree;
