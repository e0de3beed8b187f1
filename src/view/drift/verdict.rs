//! The verdict on two trees in a few words.

use file_mst::diff::{Counts, Keyless, SideCounts};

use crate::view::text::{count, offset};

/// Two trees of one root hash have the same records in the same shape. Nothing but the roots is known of the files.
pub(crate) const SAME: &str = "same, the roots are equal, nothing below was read";

/// How many keyless nodes are named.
const NAMED: usize = 8;

/// How the trees were compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Compared {
    /// Not all was compared.
    pub(crate) stopped: bool,
    /// Both trees hash the same bytes of a key.
    pub(crate) same_rule: bool,
    /// Only a range of keys was compared: what lies beyond it may make the roots differ.
    pub(crate) ranged: bool,
}

/// The verdict that the counts of a diff give, as JSON and people call it.
pub(crate) fn verdict(counts: &Counts, roots_equal: bool, how: Compared) -> (&'static str, &'static str) {
    match (counts.drifted(), counts.damaged) {
        (1.., _) => ("drifted", "drifted"),
        (0, 1..) => ("could_not_tell", "could not tell"),
        (0, 0) if how.stopped => ("could_not_tell", "nothing was compared"),
        (0, 0) if roots_equal => ("same", SAME),
        (0, 0) if how.ranged => ("same_records", "same records in this range"),
        (0, 0) if !how.same_rule => ("same_records", "same records, different dialect"),
        (0, 0) => ("same_records", "same records, different shape"),
    }
}

/// The keyless nodes of the `name` tree, if it has any.
pub(crate) fn keyless(name: &str, side: &SideCounts) -> Option<String> {
    if side.keyless == 0 {
        return None;
    }
    let one = |node: &Keyless| {
        let what = if node.phantom { ", with nothing below it" } else { "" };
        format!("{} (level {}{what})", offset(node.offset), node.level)
    };
    let named: Vec<_> = side.keyless_nodes.iter().take(NAMED).map(one).collect();
    let more = if side.keyless > named.len() as u64 { ", …" } else { "" };
    Some(format!("{} on the {name}: {}{more}", count(side.keyless, "keyless node"), named.join(", ")))
}
