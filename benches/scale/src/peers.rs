//! The peers at the same sizes, by the program of `benches/peers`, whose workloads are the same.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::outcome::Outcome;

/// The peers, by the names of that program, and how the report calls them.
pub(crate) const PEERS: [(&str, &str); 2] = [("lmdb-append", "LMDB"), ("redb", "redb")];
/// Its cases that follow a load, with the steps that they stand beside.
pub(crate) const CASES: [(&str, &str); 3] = [("gets", "gets"), ("diff-1000", "diff"), ("update", "update")];

/// The part of that program's output on a case that is used.
#[derive(Deserialize)]
struct Printed {
    seconds: f64,
    peak_bytes: Option<u64>,
    file_bytes: Option<u64>,
    grown_bytes: Option<u64>,
}

/// Runs one case of one peer in a directory.
pub(crate) fn run(program: &Path, case: &str, peer: &str, records: u64, directory: &Path) -> Result<Outcome> {
    // Only its load knows the order of appending.
    let peer = if case == "sorted" { peer } else { peer.trim_end_matches("-append") };
    let output = Command::new(program)
        .args(["case", case, peer, &records.to_string()])
        .arg(directory)
        .output()
        .with_context(|| format!("start {}", program.display()))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{peer}, {case}: {errors}");
    let printed: Printed = serde_json::from_slice(&output.stdout)?;
    let mut outcome = Outcome { seconds: printed.seconds, peak_bytes: printed.peak_bytes, ..Outcome::default() };
    for (name, bytes) in [("file_bytes", printed.file_bytes), ("grown_bytes", printed.grown_bytes)] {
        if let Some(bytes) = bytes {
            outcome = outcome.with(name, bytes as f64);
        }
    }
    Ok(outcome)
}
