//! Reports on one tree that a job computes. A report is a file here and a row of the table.

mod bytes;
mod explain;
mod history;
mod proof;
mod shape;
mod verify;

use crate::runtime::report::ReportRow;

pub(crate) use proof::proposed_name as proposed_proof_name;

/// All reports on one tree.
pub(crate) static REPORTS: &[ReportRow] =
    &[history::ROW, verify::ROW, shape::ROW, bytes::ROW, explain::ROW, proof::ROW];

/// The report of a name.
pub(crate) fn report(name: &str) -> Option<&'static ReportRow> {
    REPORTS.iter().find(|row| row.name == name)
}
