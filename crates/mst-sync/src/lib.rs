//! Merkle Search Trees of tables, so that two systems can be compared by what they hold.
//!
//! | module | contents |
//! |---|---|
//! | [`contract`] | what two services agree on: the fields, their types, and the rules that make values canonical |
//! | [`mapping`] | how the columns of a table become the fields of a contract |
//! | [`source`] | rows of files and databases, read as exact cells |
//! | [`ingest`] | a tree built from a source: rows sorted, compared with the tree that is there, committed |
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(not(test), warn(clippy::disallowed_methods))]

pub mod contract;
pub mod ingest;
pub mod mapping;
pub mod source;
