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
//! | [`map`], [`mod@write`] | the typed tree, and how it is written |
//! | [`convert`] | writes a tree of any dialect as a file of ours |
//! | [`storage`] | positional reads and writes, the only access to the bytes |
//! | [`node`], [`dialect`], [`hash`], [`level`] | a node's bytes, and the hashes and levels recomputed from them |
//! | [`store`] | checked nodes of a file, cached within a byte budget |
//! | [`shape`] | levels, sizes, dead bytes, and the place of nodes in the key space |
//! | [`tree`], [`walk`], [`stats`], [`explain`] | look up, list in key order, count, explain the place of a key |
//! | [`open`], [`scan`] | find root, dialect and types |
//! | [`history`] | the versions in a file: commits, or roots found by scanning |
//! | [`pieces`], [`salvage`] | the contents of a damaged file, and how to recover them |
//! | [`proof`] | statements about a key or a range that the root hash alone can prove |
//! | [`verify`] | check every rule of the format on every node |
//! | [`schema`] | types, and values decoded within limits |
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod diff;
pub mod error;
pub mod history;
pub mod map;
pub mod node;
pub mod open;
pub mod pieces;
pub mod proof;
pub mod salvage;
pub mod scan;
pub mod shape;
pub mod storage;
pub mod store;
pub mod tree;
pub mod verify;
pub mod write;

pub use mst_types as schema;
pub use node::{dialect, hash, level};
pub use tree::{explain, stats, walk};
pub use write::{compact, convert};

pub use error::Error;
pub use map::{MerkleSearchTree, ReadOnly, RootHash, Snapshot};
pub use mst_types::MerkleKey;
pub use write::{Keep, Options, Retain, compact_file};

// The example in the README is tested with the others.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
