//! The hash of a file, made while it is read.

use std::sync::{Arc, Mutex, PoisonError};

/// Hashes the bytes of a file as they are read, shared with the source that reads them.
#[derive(Clone, Debug, Default)]
pub struct FileHasher(Arc<Mutex<Hashed>>);

#[derive(Debug, Default)]
struct Hashed {
    hasher: blake3::Hasher,
    length: u64,
}

impl FileHasher {
    #[cfg_attr(not(any(feature = "csv", feature = "ndjson")), allow(dead_code))]
    pub(super) fn update(&self, bytes: &[u8]) {
        let mut hashed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hashed.hasher.update(bytes);
        hashed.length += bytes.len() as u64;
    }

    /// The hash, if this many bytes were read: then it is that of the whole file.
    pub(crate) fn finish(&self, length: u64) -> Option<[u8; 32]> {
        let hashed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (hashed.length == length).then(|| *hashed.hasher.finalize().as_bytes())
    }
}
