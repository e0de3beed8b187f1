//! The files that the published crate itself wrote, and the manifests that say what each must show.

use std::path::{Path, PathBuf};

/// The path of such a file, whatever directory the test runs in: trees stand in `samples/`, what is to be found in them
/// in `tests/data/upstream/`.
pub fn path(name: &str) -> PathBuf {
    let folder = if name.ends_with(".mst") { "../../samples" } else { "../../tests/data/upstream" };
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(name)
}

/// The bytes of such a file.
///
/// # Panics
/// When the file cannot be read: a test without its data has nothing to say.
pub fn bytes(name: &str) -> Vec<u8> {
    let path = path(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
