#![doc = include_str!("../README.md")]
//!
//! # Reading the files of others
//!
//! Files written by the crate `file-mst` can be read too. [`open::open`] finds root, dialect and types by evidence. The
//! [`tree::Tree`] that it returns reads nodes when they are needed, and checks each against the hash in its parent.
//!
//! ```
//! use std::sync::Arc;
//! use file_mst::open::{OpenOptions, open};
//! use file_mst::storage::FileStorage;
//!
//! let file = FileStorage::open("../../samples/head-history.mst".as_ref())?;
//! let types = (Some("String".parse()?), Some("Option<i64>".parse()?));
//! let opened = open(Arc::new(file), &OpenOptions { key: types.0, value: types.1, ..Default::default() })?;
//! let (key, value) = opened.typing.key.zip(opened.typing.value).ok_or("unknown types")?;
//!
//! let record = opened.tree.get(&key.parse("k001")?)?.ok_or("no such key")?;
//! assert_eq!(value.decode(record.bytes().value)?.to_string(), "Some(20)");
//! // From the root down to the record.
//! assert!(opened.tree.store().read_counts().nodes <= 4);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Modules
//!
//! | module | content |
//! |---|---|
//! | [`diff`] | compares two trees by reading only the nodes in which they differ |
//! | [`open`](mod@open) | finds root, dialect and types of a file by evidence |
//! | [`mod@write`] | the untyped writer, sorted changes, new files, conversion and compaction |
//! | [`history`] | the versions in a file: commits, or roots found by scanning |
//! | [`verify`] | checks every rule of the format on every node |
//! | [`proof`] | statements about a key or a range that the root hash alone can prove |
//! | [`salvage`] | what can be recovered of a damaged file |
//! | [`storage`] | positional reads and writes, the only access to the bytes |
//! | [`types`] | types, and values decoded within limits: the crate `mst-types` |
//! | [`inspect`] | nodes, pages and bytes, for debuggers; it may change in any release |
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

pub mod diff;
mod error;
pub mod history;
mod map;
#[doc(hidden)]
pub mod node;
pub mod open;
pub mod proof;
pub mod salvage;
#[doc(hidden)]
pub mod scan;
#[doc(hidden)]
pub mod segments;
#[doc(hidden)]
pub mod shape;
pub mod storage;
#[doc(hidden)]
pub mod store;
#[doc(hidden)]
pub mod tree;
pub mod verify;
mod version;
pub mod write;

pub use mst_types as types;

pub use error::Error;
pub use map::{Iter, MerkleSearchTree, ReadOnly, RootHash, Snapshot};
pub use mst_types::MerkleKey;
pub use node::NodeError;
pub use node::hash::NodeHash;
pub use store::{Commit, TreeFile};
pub use tree::walk::Damage;
pub use tree::{NodeKey, NodeRecord, Tree};
pub use write::{Keep, Options, Retain, TreeWriter, compact_file};

pub mod inspect {
    //! The insides of trees and files: nodes, pages, walks, segments. Debuggers need them, and they may change in any
    //! release.

    #[doc(inline)]
    pub use crate::node::{dialect, hash, level};
    #[doc(inline)]
    pub use crate::tree::{explain, stats, walk};
    #[doc(inline)]
    pub use crate::{node, scan, segments, shape, store, tree};
}

// The example in the README is tested with the others.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
