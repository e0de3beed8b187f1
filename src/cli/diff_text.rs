//! The summary of a diff, in words and as JSON.

use file_mst::diff::{Counts, Keyless, Side, SideCounts};
use serde_json::{Value as Json, json};

use crate::view::drift::pair::Pair;
use crate::view::drift::verdict::{keyless, verdict};
use crate::view::text::{count, thousands};

/// What is said when all is compared.
pub(super) struct Summary<'a> {
    pub(super) counts: &'a Counts,
    pub(super) roots_equal: bool,
    /// At the limit: there may be more.
    pub(super) stopped: bool,
    /// Whether both trees hash the same bytes of a key.
    pub(super) same_rule: bool,
}

impl Summary<'_> {
    fn verdict(&self) -> (&'static str, &'static str) {
        verdict(self.counts, self.roots_equal, self.same_rule, self.stopped)
    }

    pub(super) fn json(&self) -> Json {
        let Counts { only_left, only_right, changed, skipped, damaged, left, right, .. } = self.counts;
        let keyless = |side: &SideCounts| -> Vec<Json> {
            let one = |node: &Keyless| json!({"offset": node.offset, "level": node.level, "phantom": node.phantom});
            side.keyless_nodes.iter().map(one).collect()
        };
        json!({
            "kind": "summary",
            "verdict": self.verdict().0,
            "only_left": only_left,
            "only_right": only_right,
            "changed": changed,
            "equal": self.counts.equal_is_exact.then_some(self.counts.equal),
            "nodes_read_left": left.nodes_read,
            "nodes_read_right": right.nodes_read,
            "skipped": skipped,
            "damaged": damaged,
            "keyless_left": keyless(left),
            "keyless_right": keyless(right),
            "stopped": self.stopped,
        })
    }

    /// The verdict, unless it was `said` already, and the summary.
    pub(super) fn text(&self, pair: &Pair, said: bool) -> String {
        let counts = self.counts;
        let verdict = self.verdict().1;
        let mut lines = Vec::new();
        if !said {
            lines.push(verdict.to_owned());
        }
        if counts.drifted() == 0 && counts.damaged == 0 {
            lines.extend(keyless("left", &counts.left));
            lines.extend(keyless("right", &counts.right));
        }
        let equal = match (counts.equal_is_exact, counts.equal) {
            (true, equal) => format!("{} equal", thousands(equal)),
            (false, _) => "the rest equal".to_owned(),
        };
        let more = if self.stopped { " so far (--limit)" } else { "" };
        lines.push(format!(
            "{} only left, {} only right, {} changed, {equal}{more}",
            thousands(counts.only_left),
            thousands(counts.only_right),
            thousands(counts.changed),
        ));
        let read = |side, counts: &SideCounts| match pair.nodes(side) {
            Some(nodes) => format!("{} of {}", thousands(counts.nodes_read), thousands(nodes)),
            None => thousands(counts.nodes_read),
        };
        lines.push(format!(
            "nodes read: left {}, right {}; {} skipped",
            read(Side::Left, &counts.left),
            read(Side::Right, &counts.right),
            count(counts.skipped, "equal subtree"),
        ));
        lines.iter().map(|line| format!("{line}\n")).collect()
    }
}
