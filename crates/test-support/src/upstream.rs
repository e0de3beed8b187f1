//! The files that the published crate itself wrote, and the manifests of what each must show.

use std::path::{Path, PathBuf};

/// The path of such a file, whatever directory the test runs in: trees are in `samples/`, their expected content is in
/// `tests/data/upstream/`.
pub fn path(name: &str) -> PathBuf {
    let folder = if name.ends_with(".mst") { "../../samples" } else { "../../tests/data/upstream" };
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(name)
}

/// The bytes of such a file.
///
/// # Panics
/// When the file cannot be read: a test without its data can prove nothing.
pub fn bytes(name: &str) -> Vec<u8> {
    let path = path(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
