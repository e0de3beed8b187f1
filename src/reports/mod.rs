//! Reports on one tree that a job computes. A report is a file here and a row of the table.

mod bytes;
mod explain;
mod history;
mod proof;
mod shape;
mod verify;

use crate::runtime::report::View;

/// All reports on one tree.
pub(crate) static REPORTS: &[View] =
    &[history::VIEW, verify::VIEW, shape::VIEW, bytes::VIEW, explain::VIEW, proof::VIEW];

/// The report of a name.
pub(crate) fn report(name: &str) -> Option<&'static View> {
    REPORTS.iter().find(|view| view.name == name)
}
