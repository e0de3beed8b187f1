#![doc = include_str!("../docs/LIBRARY.md")]
#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod compact;
pub mod dialect;
pub mod error;
pub mod hash;
pub mod level;
pub mod map;
pub mod node;
pub mod open;
pub mod scan;
pub mod schema;
pub mod stats;
pub mod storage;
pub mod store;
pub mod tree;
pub mod walk;
pub mod write;

pub use compact::Keep;
pub use error::Error;
pub use map::{MerkleKey, MerkleSearchTree, ReadOnly, Snapshot};
pub use write::Options;
