//! A file that does not record where its root is: finds its roots, and shows them as command lines.

use std::ops::ControlFlow;
use std::sync::Arc;

use file_mst::history::{Version, open_likely_in, scan_roots_in};
use file_mst::inspect::dialect::Dialect;
use file_mst::inspect::node::{Codec, Link};
use file_mst::open::{OpenError, OpenOptions, Opened};
use file_mst::storage::{FileStorage, ReadAt};

use super::progress::Progress;
use crate::model::history::records_text;
use crate::model::text::{quoted, size};

/// The most roots that a message lists.
const MAX_LISTED: usize = 10;
/// The most bytes that are scanned for a message. In a longer file, the end is scanned, where the newest roots are.
const MAX_SCANNED: u64 = 256 << 20;

/// The roots of a file as command lines that open them, the likely one first. Empty if the file has no roots.
pub(crate) fn advice(storage: &Arc<FileStorage>, name: &str, options: &OpenOptions) -> String {
    let name = quoted(name);
    let start = scan_start(storage);
    let versions = roots(storage, options, start);
    let lines = versions.iter().take(MAX_LISTED).enumerate().map(|(index, version)| {
        let Link { offset, hash, .. } = version.root;
        let records = records_text(version.records);
        let word = if index == 0 { "try:" } else { "or: " };
        format!("\n  {word} mst-tui {name}@{offset}:{hash}  # {records}")
    });
    let more = match (versions.len().saturating_sub(MAX_LISTED), start) {
        (0, 0) => String::new(),
        (more, 0) => format!("\n  and {more} older ones; list them: mst-tui log {name}"),
        (_, start) => format!("\n  only the bytes from {start} on were scanned; scan all: mst-tui log {name}"),
    };
    lines.chain([more]).collect()
}

/// Opens the likely tree, if the scanned part of the file has one.
pub(crate) fn open_likely(storage: &Arc<FileStorage>, options: &OpenOptions) -> Result<Opened, OpenError> {
    let part = scan_start(storage)..u64::MAX;
    open_likely_in(Arc::clone(storage) as Arc<dyn ReadAt>, options, part, scan_progress())
}

/// Shows how far a scan for roots has come.
pub(crate) fn scan_progress() -> impl FnMut(u64) -> ControlFlow<()> {
    let mut progress = Progress::new();
    move |bytes| {
        progress.show(|_| format!("looking for roots, {} read", size(bytes)));
        ControlFlow::Continue(())
    }
}

/// The first byte to scan.
fn scan_start(storage: &FileStorage) -> u64 {
    storage.len().unwrap_or_default().saturating_sub(MAX_SCANNED)
}

/// The roots from byte `start` on, the newest first.
fn roots(storage: &Arc<FileStorage>, options: &OpenOptions, start: u64) -> Vec<Version> {
    // If the given types do not fit, no tree opens, but its roots can still be found.
    let untyped = Codec { dialect: Dialect::FileMst02, items: None };
    let codec = open_likely(storage, options).map_or(untyped, |opened| opened.tree.store().codec().clone());
    let found = scan_roots_in(&**storage, &codec, start..u64::MAX, scan_progress());
    found.unwrap_or_default().into_iter().map(Version::from).collect()
}
