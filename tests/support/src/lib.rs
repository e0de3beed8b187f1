//! Shared by the tests: an independent writer of the published file layouts, and a harness that runs the
//! program in a pseudo-terminal; a second check of proofs; files of random types.
//!
//! The writer deliberately shares no code with the library under test: if both give the same bytes and the
//! same root, neither has only been checked against itself.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod own;
pub mod proof;
pub mod published;
pub mod shapes;
pub mod terminal;
pub mod upstream;
