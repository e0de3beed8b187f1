//! Work is bounded by the size of a file: files of a few kilobytes in which 2^40 paths lead from the root to a leaf.

#[path = "../common/mod.rs"]
mod common;

mod bombs;
#[cfg(feature = "tui")]
mod commands;
mod library;
#[cfg(target_os = "linux")]
mod zeros;
