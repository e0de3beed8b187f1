//! A file that does not say where its root is: which roots it has, as command lines.

use std::ops::ControlFlow;
use std::sync::Arc;

use file_mst::history::{Version, Versions, open_likely};
use file_mst::node::Link;
use file_mst::open::OpenOptions;
use file_mst::storage::{FileStorage, ReadAt};

use crate::view::history::records_text;

/// The most roots that are listed.
const MOST: usize = 10;
/// How many bytes of a file are read to find roots for a message.
const MOST_READ: u64 = 256 << 20;

/// The roots of a file as command lines that open them, the likely one first.
pub(super) fn advice(storage: &Arc<FileStorage>, name: &str, likely: Option<&Link>) -> String {
    let versions = roots(storage);
    if versions.is_empty() {
        let Some(Link { offset, hash, .. }) = likely else { return String::new() };
        return format!("\n  try: mst-tui {name}@{offset}:{hash}");
    }
    let lines = versions.iter().take(MOST).enumerate().map(|(index, version)| {
        let Link { offset, hash, .. } = version.root;
        let records = records_text(version.records);
        let word = if index == 0 { "try:" } else { "or: " };
        format!("\n  {word} mst-tui {name}@{offset}:{hash}  # {records}")
    });
    let more = match versions.len().saturating_sub(MOST) {
        0 => String::new(),
        more => format!("\n  and {more} older: mst-tui log {name}"),
    };
    lines.chain([more]).collect()
}

/// The roots, the newest first; none where the file is so long that looking for them takes a while.
fn roots(storage: &Arc<FileStorage>) -> Vec<Version> {
    if storage.len().map_or(true, |len| len > MOST_READ) {
        return Vec::new();
    }
    let opened = open_likely(Arc::clone(storage) as Arc<dyn ReadAt>, &OpenOptions::default());
    let versions = opened.ok().and_then(|opened| Versions::of(&opened, |_| ControlFlow::Continue(())).ok());
    versions.into_iter().flatten().filter_map(Result::ok).collect()
}
