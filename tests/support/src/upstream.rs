//! The files that the published crate itself wrote, and the manifests that say what each must show.

use std::path::{Path, PathBuf};

/// The path of a file in `tests/data/upstream/`, whatever directory the test runs in.
pub fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/upstream").join(name)
}

/// The bytes of a file in `tests/data/upstream/`.
///
/// # Panics
/// When the file cannot be read: a test without its data has nothing to say.
pub fn bytes(name: &str) -> Vec<u8> {
    let path = path(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
