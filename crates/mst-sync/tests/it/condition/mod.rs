//! The language of conditions on rows.

mod errors;
mod kinds;
mod naive;

use mst_sync::condition::{Condition, Now, Undecided};
use mst_sync::source::Cell;

/// 2026-01-02T00:00:00Z.
const NOW: i128 = 1_767_312_000 * 1_000_000_000;

fn parse(text: &str) -> Condition {
    Condition::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Decides a condition with the one column `v`.
fn decide(text: &str, cell: &Cell<'_>) -> Result<bool, Undecided> {
    let condition = parse(text);
    assert_eq!(condition.columns(), ["v"], "{text}");
    condition.decide(&[cell.borrowed()], Now::at(NOW))
}
