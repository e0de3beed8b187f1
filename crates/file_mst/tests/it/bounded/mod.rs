//! Work is bounded by the size of a file: files of a few kilobytes in which 2^40 paths lead from the root to a leaf.

mod library;
#[cfg(target_os = "linux")]
mod zeros;
