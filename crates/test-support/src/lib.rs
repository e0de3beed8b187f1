//! Shared by the tests: an independent writer of the published file layouts, and a harness that runs the
//! program in a pseudo-terminal; a second check of proofs; files of random types; a check of generated documents.
//!
//! The writer ([`own`], [`published`], [`proof`]) shares no code with the library under test, so that neither is only
//! checked against itself. [`bombs`], [`damages`], [`trees`] and [`versions`] do use the library.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod bombs;
pub mod damages;
pub mod documents;
mod modules;
pub mod own;
pub mod proof;
pub mod published;
pub mod shapes;
pub mod terminal;
pub mod trees;
pub mod upstream;
pub mod versions;

pub use modules::assert_all_are_modules;
