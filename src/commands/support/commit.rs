//! Commits as commands print them.

use file_mst::Commit;
use mst_sync::mapping::WHERE_NOTE;
use mst_types::escape_text;
use serde::Serialize;

use super::output::Output;
use crate::model::history::bytes_added;
use crate::model::text::{count, offset, rfc3339, size, time};

/// Prints the result of a command that may have made a commit: as JSON with the counts, or as one line.
pub(crate) fn print_result(
    commit: Option<&Commit>,
    json: bool,
    mut counts: serde_json::Value,
    output: &mut Output,
) -> anyhow::Result<()> {
    if json {
        counts["commit"] = serde_json::json!(commit.map(CommitJson::new));
        return output.json(&counts);
    }
    output.line(&commit.map_or("nothing changed: no commit".to_owned(), commit_line))
}

/// A commit as one JSON object.
#[derive(Serialize)]
pub(crate) struct CommitJson {
    /// The offset of the root, as in `PATH@OFFSET:HASH`.
    offset: u64,
    hash: String,
    records: u64,
    /// How the version was found: always `commit` here.
    source: &'static str,
    sequence: u64,
    /// Null if it is before the year 0 or after the year 9999.
    time: Option<String>,
    label: String,
    bytes_added: u64,
    /// The names of the commit's notes.
    notes: Vec<String>,
    /// The condition that selected the rows which the records were made from.
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    condition: Option<String>,
}

impl CommitJson {
    pub(crate) fn new(commit: &Commit) -> Self {
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
            condition: condition(commit),
        }
    }
}

/// The condition that selected the rows which a commit's records were made from.
pub(crate) fn condition(commit: &Commit) -> Option<String> {
    String::from_utf8(commit.notes.get(WHERE_NOTE)?.clone()).ok()
}

/// A commit as one line, with its time in UTC:
/// `#12  2026-11-20 09:00:00  label  4,997 records  +44 KiB  13c1813f @689,494`.
pub(crate) fn commit_line(commit: &Commit) -> String {
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
