#![doc = include_str!("../README.md")]
//!
//! # Reading the files of others
//!
//! The files that the crate `file-mst` writes are read too. [`open::open`] finds root, dialect and types by evidence; the
//! [`tree::Tree`] in what it gives reads nodes when they are needed and checks each against the hash in its parent.
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
//! | module | what it holds |
//! |---|---|
//! | [`map`], [`mod@write`] | the typed tree, and how it is written |
//! | [`convert`] | trees of any dialect written as files of ours |
//! | [`storage`] | positional reads and writes, the only way to the bytes |
//! | [`node`], [`dialect`], [`hash`], [`level`] | a node's bytes and what can be recomputed from them |
//! | [`store`] | checked nodes of a file, cached within a byte budget |
//! | [`shape`] | levels, sizes, what is dead, and where in the key space nodes stand |
//! | [`tree`], [`walk`], [`stats`], [`explain`] | look up, list in key order, count, say why a key is where it is |
//! | [`open`], [`scan`] | find root, dialect and types |
//! | [`history`] | the versions that a file holds: commits, or roots found by scanning |
//! | [`pieces`], [`salvage`] | what lies in a file, and what of it can be saved, whatever is damaged |
//! | [`proof`] | what a tree says of a key or a range, checked with the root hash alone |
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
