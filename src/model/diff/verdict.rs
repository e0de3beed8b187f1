//! The verdict on two trees in a few words.

use file_mst::diff::{Answer, Conclusion, Counts, Keyless, Reason, SideCounts};

use mst_types::escape_text;

use crate::model::diff::pair::Pair;
use crate::model::text::{count, offset};

/// Two trees of one root hash have the same records in the same shape. Nothing but the roots is known of the files.
pub(crate) const SAME: &str = "the roots are equal, nothing below was read";

/// How many keyless nodes are named.
const NAMED: usize = 8;

/// How the trees were compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Compared {
    /// Not all was compared.
    pub(crate) stopped: bool,
    /// How many of the damaged places are sound, and only of other types than those that are guessed.
    pub(crate) misfits: u64,
    /// Both trees hash the same bytes of a key.
    pub(crate) same_rule: bool,
    /// Records were decoded and compared by what they mean.
    pub(crate) by_value: bool,
    /// Only a range of keys was compared: what lies beyond it may make the roots differ.
    pub(crate) ranged: bool,
}

/// The conclusion of a comparison of two trees: its counts, and all that keeps them from being the whole truth.
pub(crate) fn conclusion(pair: &Pair, counts: &Counts, how: Compared) -> Conclusion {
    let mut reasons = pair.comparison.reasons.clone();
    let unpaired = pair.basis.unpaired_names.iter();
    reasons.extend(unpaired.map(|column| Reason::ColumnNotCompared { column: escape_text(column).into_owned() }));
    match counts.damaged.saturating_sub(how.misfits) {
        0 => {}
        places => reasons.push(Reason::Unreadable { places }),
    }
    if counts.undecodable > 0 {
        reasons.push(Reason::Undecodable { records: counts.undecodable });
    }
    let (left, right) = counts.left_out();
    if left > 0 || right > 0 {
        reasons.push(Reason::RowsLeftOut { left, right });
    }
    if pair.comparison.tolerances().is_undecided() && !counts.rechecked && counts.changed > 0 {
        reasons.push(Reason::Tolerance { records: counts.changed });
    }
    if how.misfits > 0 {
        reasons.push(Reason::Misfits { places: how.misfits });
    }
    if how.stopped {
        reasons.push(Reason::Stopped);
    }
    Conclusion::of(counts, pair.roots_equal(how.same_rule), reasons)
}

/// How many records differ for certain: fingerprints that differ do not, under a tolerance, until their rows are fetched.
pub(crate) fn certain_drift(pair: &Pair, counts: &Counts) -> u64 {
    match pair.comparison.tolerances().is_undecided() && !counts.rechecked {
        true => counts.only_left + counts.only_right,
        false => counts.drifted(),
    }
}

/// How the trees are compared, in what their types and contracts differ, and what is not certain, a line each. Values of
/// the tables that the comparison rests on are left out on demand.
pub(crate) fn certainty(pair: &Pair, conclusion: &Conclusion, hides_values: bool) -> Vec<String> {
    let comparison = &pair.comparison;
    let how = match comparison.method() {
        "values" => "compared by value: all records of both trees are read and decoded",
        "nothing" => "nothing is compared: keys of the one tree cannot be found in the other",
        _ => "compared by bytes",
    };
    let mut lines = vec![how.to_owned()];
    lines.extend(comparison.notes.iter().cloned());
    lines.extend(comparison.types.iter().map(|types| format!("types differ: {types}")));
    lines.extend(pair.basis.details(hides_values));
    match conclusion.reasons.is_empty() {
        true if pair.basis.is_empty() => lines.push("what was found is certain".to_owned()),
        true => lines.push("under these rules and in these columns, what was found is certain".to_owned()),
        false => lines.extend(conclusion.reasons.iter().map(|reason| format!("not certain: {reason}"))),
    }
    lines
}

/// The answer as people call it.
pub(crate) fn words(answer: Answer, how: Compared) -> &'static str {
    match answer {
        Answer::Drifted => "drifted",
        Answer::CouldNotTell => "could not tell",
        Answer::Same => "same",
        Answer::WithinTolerance => "same within tolerance",
        Answer::AgreesNow => "agrees now, in both sources",
        Answer::SameRecords if how.by_value && how.ranged => "same by value in this range",
        Answer::SameRecords if how.by_value => "same by value",
        Answer::SameRecords if how.ranged => "same records in this range",
        Answer::SameRecords if !how.same_rule => "same records, different dialect",
        Answer::SameRecords => "same records, different shape",
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
