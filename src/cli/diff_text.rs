//! The summary of a diff, in words and as JSON.

use file_mst::diff::{Counts, Side, SideCounts};

use crate::view::drift::contracts::ZoneVersions;
use crate::view::drift::json::{Followed, SummaryJson};
use crate::view::drift::pair::Pair;
use crate::view::drift::summary::Fields;
use crate::view::drift::verdict::{Compared, keyless, verdict};
use crate::view::text::{count, thousands};

/// What is said when all is compared.
pub(super) struct Summary<'a> {
    pub(super) counts: &'a Counts,
    pub(super) roots_equal: bool,
    /// At the limit: there may be more.
    pub(super) stopped: bool,
    /// How many of the damaged places are sound, and only of other types than those that are guessed.
    pub(super) misfits: u64,
    /// Whether both trees hash the same bytes of a key.
    pub(super) same_rule: bool,
    /// Whether only a range of keys was compared: what lies beyond it may make the roots differ.
    pub(super) ranged: bool,
    /// The contracts that the trees follow.
    pub(super) contracts: (Option<[u8; 32]>, Option<[u8; 32]>),
    /// The versions of the time zone database that they were built with, where they matter.
    pub(super) zones: Option<ZoneVersions>,
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
        let roots = Followed { left: self.contracts.0, right: self.contracts.1, zones: self.zones.clone() };
        SummaryJson::new(self.counts, self.verdict().0, (self.stopped, self.misfits), &roots, &self.fields)
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
            (false, 0) if counts.damaged > 0 => "what else could be read is equal".to_owned(),
            (_, equal) if counts.damaged > 0 => format!("{} equal of what could be read", thousands(equal)),
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
        // That whole values differ is what `changed` says already.
        if self.with_fields && self.fields.fields.iter().any(|(path, _)| !path.is_empty()) {
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
