//! One table a case.

use std::fmt::Write;

use super::Results;
use super::format::{megabytes, number, time};
use crate::case::Case;
use crate::outcome::Outcome;
use crate::peers::PeerName;

impl Results {
    /// All tables.
    pub(super) fn tables(&self) -> String {
        Case::ALL.into_iter().filter_map(|case| self.table(case)).collect::<Vec<_>>().join("\n")
    }

    fn table(&self, case: Case) -> Option<String> {
        let rows: Vec<&Outcome> = PeerName::ALL.into_iter().filter_map(|peer| self.median(case, peer)).collect();
        let growth = case == Case::Update;
        let bytes_title = if growth { "file growth a changed record" } else { "file bytes a record" };
        let mut table = format!(
            "## {}\n\n| | time | records/s | ours is faster by | {bytes_title} | peak memory, MB | runs, fastest to slowest |\n\
             |---|--:|--:|--:|--:|--:|---|\n",
            case.title()
        );
        for outcome in &rows {
            let peer = outcome.peer;
            let faster = self.faster(case, peer).filter(|_| peer != PeerName::Ours);
            let bytes = match growth {
                true => outcome.grown_bytes.map(|bytes| number(bytes / u64::from(outcome.handled))),
                false => outcome.file_bytes.map(|bytes| format!("{:.1}", bytes as f64 / f64::from(outcome.stored))),
            };
            // Writing to a String cannot fail.
            let _ = writeln!(
                table,
                "| {} | {} | {} | {} | {} | {} | {} |",
                peer.title(),
                time(outcome.seconds),
                number((f64::from(outcome.handled) / outcome.seconds) as u64),
                faster.map_or(String::new(), |faster| format!("{:.2} × ({:.2} ×)", faster.median, faster.best)),
                bytes.unwrap_or_default(),
                outcome.peak_bytes.map_or(String::new(), megabytes),
                self.spread(case, peer),
            );
        }
        (!rows.is_empty()).then_some(table)
    }

    fn spread(&self, case: Case, peer: PeerName) -> String {
        match self.runs(case, peer) {
            [] | [_] => "1".to_owned(),
            [fastest, .., slowest] => {
                let count = self.runs(case, peer).len();
                format!("{count}: {} to {}", time(fastest.seconds), time(slowest.seconds))
            }
        }
    }
}
