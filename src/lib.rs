//! Merkle Search Tree files: read, verified, typed.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod dialect;
pub mod hash;
pub mod level;
pub mod node;
pub mod open;
pub mod scan;
pub mod schema;
pub mod stats;
pub mod storage;
pub mod store;
pub mod tree;
pub mod walk;
