//! Merkle Search Tree files: read, verified, typed.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod schema;
