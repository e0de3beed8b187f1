//! Work is bounded by what a file holds: files of a few kilobytes in which 2^40 ways lead from the root to a leaf.

mod library;
#[cfg(target_os = "linux")]
mod zeros;
