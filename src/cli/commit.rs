//! A commit as commands print it.

use file_mst::schema::escape_text;
use file_mst::store::Commit;
use serde::Serialize;

use crate::view::text::{count, offset, time};

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
    /// Null if it is too far away to be written.
    time: Option<String>,
    label: String,
    bytes_added: u64,
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
        }
    }
}

/// A commit as one line: `#12  2026-11-20 09:00:00  label  4,997 records  +44 KiB  13c1813f @689,494`, in UTC.
pub(super) fn line(commit: &Commit) -> String {
    let label = if commit.label.is_empty() { "(no label)".into() } else { escape_text(&commit.label) };
    let hash: String = commit.root.hash.to_string().chars().take(8).collect();
    format!(
        "#{}  {}  {label}  {}  +{}  {hash} {}",
        commit.sequence,
        time(commit.time_ms),
        count(commit.records(), "record"),
        size(bytes_added(commit)),
        offset(commit.root.offset),
    )
}

/// How much the file grew by a commit: its nodes and its frame.
fn bytes_added(commit: &Commit) -> u64 {
    commit.end().saturating_sub(commit.tail_start)
}

fn rfc3339(time_ms: i64) -> Option<String> {
    jiff::Timestamp::from_millisecond(time_ms).ok().map(|time| time.to_string())
}

/// A number of bytes as a person reads it: `44 KiB`.
pub(super) fn size(bytes: u64) -> String {
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut scaled = bytes as f64;
    let mut unit = "bytes";
    for larger in units {
        if scaled < 1024.0 {
            break;
        }
        scaled /= 1024.0;
        unit = larger;
    }
    // A decimal where it says something.
    if unit == "bytes" || scaled >= 10.0 || scaled.fract() == 0.0 {
        format!("{scaled:.0} {unit}")
    } else {
        format!("{scaled:.1} {unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1 KiB"),
            (1536, "1.5 KiB"),
            (45_056, "44 KiB"),
            (5 << 20, "5 MiB"),
            (u64::MAX, "16 EiB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn times_are_rfc_3339_where_they_can_be() {
        assert_eq!(rfc3339(1_795_165_200_000).as_deref(), Some("2026-11-20T09:00:00Z"));
        assert_eq!(rfc3339(-1).as_deref(), Some("1969-12-31T23:59:59.999Z"));
        assert_eq!(rfc3339(i64::MAX), None);
    }
}
