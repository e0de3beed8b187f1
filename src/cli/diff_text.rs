//! The summary of a diff, in words and as JSON.

use file_mst::diff::{Counts, Keyless, Side, SideCounts};
use serde::Serialize;

use crate::view::drift::pair::Pair;
use crate::view::drift::summary::Summary as Fields;
use crate::view::drift::verdict::{Compared, keyless, verdict};
use crate::view::text::{count, thousands};

/// The last line.
#[derive(Serialize)]
pub(super) struct SummaryJson {
    kind: &'static str,
    verdict: &'static str,
    only_left: u64,
    only_right: u64,
    changed: u64,
    nodes_read_left: u64,
    nodes_read_right: u64,
    skipped: u64,
    /// Null where it is not known.
    equal: Option<u64>,
    damaged: u64,
    keyless_left: Vec<KeylessJson>,
    keyless_right: Vec<KeylessJson>,
    /// Whether it stopped at the limit.
    stopped: bool,
    /// The contracts that the trees follow; null where one follows none.
    contract_left: Option<String>,
    contract_right: Option<String>,
    /// Which fields differ in changed records, the most frequent first; an empty path is the whole value.
    fields: Vec<FieldJson>,
}

#[derive(Serialize)]
struct FieldJson {
    path: String,
    records: u64,
}

#[derive(Serialize)]
struct KeylessJson {
    offset: u64,
    level: u8,
    phantom: bool,
}

/// What is said when all is compared.
pub(super) struct Summary<'a> {
    pub(super) counts: &'a Counts,
    pub(super) roots_equal: bool,
    /// At the limit: there may be more.
    pub(super) stopped: bool,
    /// Whether both trees hash the same bytes of a key.
    pub(super) same_rule: bool,
    /// Whether only a range of keys was compared: what lies beyond it may make the roots differ.
    pub(super) ranged: bool,
    /// The contracts that the trees follow.
    pub(super) contracts: (Option<[u8; 32]>, Option<[u8; 32]>),
    /// Which fields differ, as far as they were counted.
    pub(super) fields: Fields,
    /// Whether the text names them.
    pub(super) with_fields: bool,
}

impl Summary<'_> {
    /// `fields: status 12, amount 3`
    fn fields_text(&self) -> String {
        let named = |(path, records): &(String, u64)| {
            let path = if path.is_empty() { "whole value" } else { path };
            format!("{path} {}", thousands(*records))
        };
        let all: Vec<_> = self.fields.fields.iter().map(named).collect();
        let of = match self.fields.records < self.counts.changed {
            true => format!(" (of the first {} changed)", thousands(self.fields.records)),
            false => String::new(),
        };
        format!("fields: {}{of}", all.join(", "))
    }

    fn verdict(&self) -> (&'static str, &'static str) {
        let Self { stopped, same_rule, ranged, .. } = *self;
        verdict(self.counts, self.roots_equal, Compared { stopped, same_rule, ranged })
    }

    pub(super) fn json(&self) -> SummaryJson {
        let Counts { only_left, only_right, changed, skipped, damaged, left, right, .. } = self.counts;
        let keyless = |side: &SideCounts| -> Vec<KeylessJson> {
            let one = |node: &Keyless| KeylessJson { offset: node.offset, level: node.level, phantom: node.phantom };
            side.keyless_nodes.iter().map(one).collect()
        };
        SummaryJson {
            kind: "summary",
            verdict: self.verdict().0,
            only_left: *only_left,
            only_right: *only_right,
            changed: *changed,
            nodes_read_left: left.nodes_read,
            nodes_read_right: right.nodes_read,
            skipped: *skipped,
            equal: self.counts.equal_is_exact.then_some(self.counts.equal),
            damaged: *damaged,
            keyless_left: keyless(left),
            keyless_right: keyless(right),
            stopped: self.stopped,
            contract_left: self.contracts.0.map(hex::encode),
            contract_right: self.contracts.1.map(hex::encode),
            fields: self
                .fields
                .fields
                .iter()
                .map(|(path, records)| FieldJson { path: path.clone(), records: *records })
                .collect(),
        }
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
        if self.with_fields && !self.fields.fields.is_empty() {
            lines.push(self.fields_text());
        }
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
