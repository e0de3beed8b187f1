//! The result of a diff in words: the verdict, and the lines below it; the same as JSON.

use file_mst::diff::{Answer, Conclusion, Counts, Side, SideCounts};

use crate::model::diff::json::{Followed, SummaryJson};
use crate::model::diff::pair::Pair;
use crate::model::diff::summary::Fields;
use crate::model::diff::verdict::{self, Compared, keyless};
use crate::model::text::{count, thousands};

/// The result of a diff, printed at its end.
#[derive(Debug)]
pub(crate) struct DiffSummary<'a> {
    pub(crate) counts: &'a Counts,
    pub(crate) how: Compared,
    /// The answer, and the reasons that limit it.
    pub(crate) conclusion: Conclusion,
    /// The hashes of the contracts that the trees follow.
    pub(crate) contracts: (Option<[u8; 32]>, Option<[u8; 32]>),
    /// How often each field differs, as far as this was counted.
    pub(crate) fields: Fields,
    /// Whether the text lists the fields.
    pub(crate) with_fields: bool,
}

impl DiffSummary<'_> {
    /// `fields: status 12, amount 3`
    fn fields_text(&self) -> String {
        let named = |(path, records): &(String, u64)| {
            let path = if path.is_empty() { "whole value" } else { path };
            format!("{path} {}", thousands(*records))
        };
        let all: Vec<_> = self.fields.fields.iter().map(named).collect();
        let part = match self.fields.records < self.counts.changed {
            true => format!(" (of the first {} changed)", thousands(self.fields.records)),
            false => String::new(),
        };
        format!("fields: {}{part}", all.join(", "))
    }

    /// The summary as JSON.
    pub(crate) fn json(&self, pair: &Pair) -> SummaryJson {
        let roots = Followed { left: self.contracts.0, right: self.contracts.1 };
        SummaryJson::new(
            self.counts,
            (&pair.comparison, &self.conclusion),
            (self.how.stopped, self.how.misfits),
            &roots,
            &self.fields,
            &pair.basis,
        )
    }

    /// The verdict in a few words.
    pub(crate) fn verdict(&self) -> &'static str {
        verdict::words(self.conclusion.answer, self.how)
    }

    /// The lines below the verdict: what limits it, the counts, and how much was read.
    pub(crate) fn lines(&self, pair: &Pair) -> Vec<String> {
        let counts = self.counts;
        let mut lines = Vec::new();
        if self.conclusion.answer == Answer::Same {
            lines.push(verdict::SAME.to_owned());
        }
        lines.extend(pair.basis.sentences().into_iter().map(|sentence| format!("  {sentence}")));
        // Reasons that leave the drift unsettled were printed before the records.
        let reasons = self.conclusion.reasons.iter().filter(|reason| !reason.unsettles_drift());
        match self.conclusion.answer {
            Answer::Drifted => lines.extend(reasons.map(|reason| format!("  but not all is certain: {reason}"))),
            _ => lines.extend(reasons.map(|reason| format!("  because {reason}"))),
        }
        if counts.drifted() == 0 && counts.damaged == 0 {
            lines.extend(keyless("left", &counts.left));
            lines.extend(keyless("right", &counts.right));
        }
        let equal = match (counts.equal_is_exact, counts.equal) {
            _ if self.how.stopped => "the rest was not compared".to_owned(),
            (true, equal) if !pair.comparison.is_whole() => {
                format!("{} equal as far as they were compared", thousands(equal))
            }
            (false, 0) if counts.damaged > 0 => "what else could be read is equal".to_owned(),
            (_, equal) if counts.damaged > 0 => format!("{} equal of what could be read", thousands(equal)),
            (true, equal) => format!("{} equal", thousands(equal)),
            (false, _) => "the rest equal".to_owned(),
        };
        if self.how.by_value {
            let both = counts.changed + counts.equal;
            let (left, right) = (count(counts.only_left + both, "record"), thousands(counts.only_right + both));
            lines.push(format!("compared by value: {left} read on the left, {right} on the right"));
        }
        let so_far = if self.how.stopped { " so far (--limit)" } else { "" };
        lines.push(format!(
            "{} only left, {} only right, {} changed{so_far}, {equal}",
            thousands(counts.only_left),
            thousands(counts.only_right),
            thousands(counts.changed),
        ));
        if counts.within_tolerance > 0 || !pair.comparison.tolerances().is_empty() {
            lines.push(format!("{} within tolerance", count(counts.within_tolerance, "record")));
        }
        if counts.rechecked {
            lines.push(format!(
                "{} agree now: the rows of the records that differ in the trees were fetched again",
                thousands(counts.agree_now)
            ));
        }
        if counts.not_compared > 0 || counts.left_out() != (0, 0) {
            lines.push(not_compared(counts));
        }
        // The number of changed records already tells how many whole values differ.
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
        lines
    }
}

/// `2 not compared: left out 1 on the left, 2 on the right`
fn not_compared(counts: &Counts) -> String {
    let (left, right) = counts.left_out();
    let mut text = format!(
        "{} not compared: left {}, right {}",
        thousands(counts.not_compared),
        thousands(left),
        thousands(right)
    );
    for (side, counts) in [(Side::Left, &counts.left), (Side::Right, &counts.right)] {
        if counts.rows_without_key > 0 {
            let rows = count(counts.rows_without_key, "row");
            text += &format!("\n  {}: the keys of {rows} could not be read", side.name());
        }
        if counts.unlisted > 0 {
            let keys = count(counts.unlisted, "key");
            text += &format!("\n  {}: {keys} more were left out, which the list has no room for", side.name());
        }
    }
    text
}
