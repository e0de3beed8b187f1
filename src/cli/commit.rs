//! A commit as commands print it.

use file_mst::schema::escape_text;
use file_mst::store::Commit;
use serde::Serialize;

use crate::model::history::bytes_added;
use crate::model::text::{count, offset, rfc3339, size, time};

/// A commit as one JSON object.
#[derive(Serialize)]
pub(super) struct CommitJson {
    /// Where the root is, as `PATH@OFFSET:HASH` names it.
    offset: u64,
    hash: String,
    records: u64,
    /// How the version was found.
    source: &'static str,
    sequence: u64,
    /// Null if it is before the year 0 or after 9999.
    time: Option<String>,
    label: String,
    bytes_added: u64,
    /// The names of its notes.
    notes: Vec<String>,
}

impl CommitJson {
    pub(super) fn new(commit: &Commit) -> Self {
        Self {
            offset: commit.root.offset,
            hash: commit.root.hash.to_string(),
            records: commit.records(),
            source: "commit",
            sequence: commit.sequence,
            time: rfc3339(commit.time_ms),
            label: commit.label.clone(),
            bytes_added: bytes_added(commit),
            notes: commit.notes.keys().cloned().collect(),
        }
    }
}

/// A commit as one line: `#12  2026-11-20 09:00:00  label  4,997 records  +44 KiB  13c1813f @689,494`, in UTC.
pub(super) fn line(commit: &Commit) -> String {
    let label = if commit.label.is_empty() { "(no label)".into() } else { escape_text(&commit.label) };
    let hash = commit.root.hash.short();
    format!(
        "#{}  {}  {label}  {}  +{}  {hash} {}",
        commit.sequence,
        time(commit.time_ms),
        count(commit.records(), "record"),
        size(bytes_added(commit)),
        offset(commit.root.offset),
    )
}
