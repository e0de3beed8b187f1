//! Rules that change all rows of a column alike. Under them a difference that all rows have is none: prices in EUR on one
//! side and in USD on the other agree once both texts are taken off.

use super::decide::folded;
use super::model::{Draft, DraftedField, Mark, MarkKind, Steps};

/// From this number of joined rows on, a scale between columns of two names is believed: cents beside units.
const MIN_SCALED_ROWS: usize = 30;

/// Marks such rules of all pairs, decided or not.
pub(super) fn mark(draft: &mut Draft) {
    let [left_names, right_names] = draft.columns.clone();
    let has = |names: &[String], name: &str| names.iter().any(|other| folded(other) == folded(name));
    let undecided = draft.undecided.iter_mut().map(|undecided| &mut undecided.proposal);
    for pair in draft.pairs.iter_mut().chain(undecided) {
        let (rows, of) = (pair.evidence.agreeing, pair.evidence.of);
        let drafted = &mut pair.field;
        let is_one_name = folded(&drafted.left) == folded(&drafted.right);
        let mut marks = Vec::new();
        if has_affix(&drafted.left_steps) || has_affix(&drafted.right_steps) {
            let text = "a text that all rows have is added or taken off; sides that differ in it alone become the same";
            marks.push(Mark::new(MarkKind::Affix, text, rows));
        }
        if is_scaled(drafted) && (is_one_name || of < MIN_SCALED_ROWS) {
            let text = "numbers are multiplied by a power of ten; sides that differ by it in all rows become the same";
            marks.push(Mark::new(MarkKind::Scale, text, rows));
        }
        if !is_one_name && has(&right_names, &drafted.left) && has(&left_names, &drafted.right) {
            let text = format!(
                "{} is compared with {}, although each side has a column of the other's name",
                drafted.left, drafted.right
            );
            marks.push(Mark::new(MarkKind::Crossed, text, rows));
        }
        let is_new = |mark: &Mark, drafted: &DraftedField| !drafted.marks.iter().any(|known| known.kind == mark.kind);
        for mark in marks {
            if is_new(&mark, drafted) {
                drafted.marks.push(mark);
            }
        }
    }
}

fn has_affix(steps: &Steps) -> bool {
    [&steps.before, &steps.after, &steps.strip_prefix, &steps.strip_suffix].into_iter().any(Option::is_some)
}

fn is_scaled(drafted: &DraftedField) -> bool {
    drafted.left_steps.scale != drafted.right_steps.scale
}
