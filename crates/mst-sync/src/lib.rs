//! Merkle Search Trees of tables, so that two systems can be compared by what they hold.
//!
//! | module | contents |
//! |---|---|
//! | [`contract`] | what two services agree on: the fields, their types, and the rules that make values canonical |
//! | [`mapping`] | how the columns of a table become the fields of a contract |
//! | [`condition`] | conditions on rows, which mean the same on every kind of source |
//! | [`source`] | rows of files and databases, read as exact cells |
//! | [`draft`] | a contract and mappings drafted from the samples of two tables |
//! | [`ingest`] | a tree built from a source: rows sorted, compared with the tree that is there, committed |
//!
//! # Open and closed enums
//!
//! Enums that may get more variants, among them all errors, are `non_exhaustive`. The others are closed on purpose: code
//! that handles cells or canonical values has to handle every kind, or it would silently ignore data.
//! A new variant must not compile until all such code handles it.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod cell;
pub mod condition;
pub mod contract;
pub mod draft;
pub mod ingest;
pub mod mapping;
mod similar;
pub mod source;
mod source_span;
