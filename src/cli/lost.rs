//! A file that does not say where its root is: which roots it has, as command lines.

use std::ops::ControlFlow;
use std::sync::Arc;

use file_mst::dialect::Dialect;
use file_mst::history::{Version, open_likely_in, scan_roots_in};
use file_mst::node::{Codec, Link};
use file_mst::open::{OpenError, OpenOptions, Opened};
use file_mst::storage::{FileStorage, ReadAt};

use super::told::Told;
use crate::model::history::records_text;
use crate::model::text::{quoted, size};

/// The most roots that are listed.
const MOST: usize = 10;
/// How many bytes of a file are looked through for a message: of a longer one its end, where the newest roots stand.
const MOST_READ: u64 = 256 << 20;

/// The roots of a file as command lines that open them, the likely one first. Nothing where there are none, as in what is no
/// tree.
pub(super) fn advice(storage: &Arc<FileStorage>, name: &str, options: &OpenOptions) -> String {
    let name = quoted(name);
    let first = first_byte(storage);
    let versions = roots(storage, options, first);
    let lines = versions.iter().take(MOST).enumerate().map(|(index, version)| {
        let Link { offset, hash, .. } = version.root;
        let records = records_text(version.records);
        let word = if index == 0 { "try:" } else { "or: " };
        format!("\n  {word} mst-tui {name}@{offset}:{hash}  # {records}")
    });
    let more = match (versions.len().saturating_sub(MOST), first) {
        (0, 0) => String::new(),
        (more, 0) => format!("\n  and {more} older: mst-tui log {name}"),
        (_, first) => {
            format!("\n  only what stands from byte {first} on was looked through; for the rest: mst-tui log {name}")
        }
    };
    lines.chain([more]).collect()
}

/// The likely tree, if there is one in what is looked through.
pub(super) fn likely(storage: &Arc<FileStorage>, options: &OpenOptions) -> Result<Opened, OpenError> {
    let part = first_byte(storage)..u64::MAX;
    open_likely_in(Arc::clone(storage) as Arc<dyn ReadAt>, options, part, progress())
}

/// Tells a terminal how far a scan for roots is, and nobody else.
pub(super) fn progress() -> impl FnMut(u64) -> ControlFlow<()> {
    let mut told = Told::new();
    move |bytes| {
        told.tell(|_| format!("looking for roots, {} read", size(bytes)));
        ControlFlow::Continue(())
    }
}

/// Where looking begins.
fn first_byte(storage: &FileStorage) -> u64 {
    storage.len().unwrap_or_default().saturating_sub(MOST_READ)
}

/// The roots from this byte on, the newest first.
fn roots(storage: &Arc<FileStorage>, options: &OpenOptions, first: u64) -> Vec<Version> {
    // Where the types that are given do not fit, the roots are there all the same.
    let untyped = Codec { dialect: Dialect::FileMst02, items: None };
    let codec = likely(storage, options).map_or(untyped, |opened| opened.tree.store().codec().clone());
    let found = scan_roots_in(&**storage, &codec, first..u64::MAX, progress());
    found.unwrap_or_default().into_iter().map(Version::from).collect()
}
