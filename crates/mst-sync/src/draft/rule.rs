//! A rule that was tried for two columns: a type, the steps of both sides, and how well the columns agree under it.

use super::chance::{Agreement, count_equal};
use super::model::{Mark, MarkKind, ProposedEntry, Steps};
use super::reading::{ColumnView, NULL, Reading, Value, bad_code};
use crate::contract::{FieldType, Rules};

/// How much a rule overlooks: the lower ones are tried first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Strictness {
    /// A type in which both sides are read completely.
    Typed,
    /// Text as it is.
    Exact,
    /// Another notation of the same values.
    Notation,
    /// Something is overlooked.
    Lenient,
    /// Still more is overlooked.
    MoreLenient,
    /// A map of values was learnt.
    Learnt,
}

/// A rule with its agreement.
#[derive(Clone, Debug)]
pub(super) struct TriedRule {
    pub(super) strictness: Strictness,
    pub(super) ty: FieldType,
    pub(super) rules: Rules,
    pub(super) left: Steps,
    pub(super) right: Steps,
    pub(super) marks: Vec<Mark>,
    pub(super) agreement: Agreement,
    /// The joined rows that agree.
    pub(super) equal: Vec<bool>,
    /// The next best rule and its rows.
    pub(super) runner_up: Option<(String, usize)>,
    pub(super) notes: Vec<String>,
    pub(super) proposed: Vec<ProposedEntry>,
    /// Why the rule must be confirmed before it is used at all.
    pub(super) doubts: Vec<String>,
    /// The rows that agree only because of this rule, if a stricter one was dropped for it.
    pub(super) gain: Option<usize>,
}

/// The two columns that rules are tried for, and what stands for null in them.
pub(super) struct Columns<'v> {
    pub(super) left: &'v ColumnView,
    pub(super) right: &'v ColumnView,
    left_null: Option<NullText>,
    right_null: Option<NullText>,
}

/// A text that stands for null.
#[derive(Clone, Debug)]
pub(super) struct NullText {
    text: String,
    rows: usize,
}

impl<'v> Columns<'v> {
    pub(super) fn new(left: &'v ColumnView, right: &'v ColumnView) -> Self {
        Self { left_null: null_text(right, left), right_null: null_text(left, right), left, right }
    }

    /// The rule under which two readings are compared; `None` if fewer than half of the rows agree.
    pub(super) fn rule_of(
        &self,
        strictness: Strictness,
        ty: FieldType,
        left: &Reading,
        right: &Reading,
    ) -> Option<TriedRule> {
        // A text that no reading accepts may stand for null, and both sides may then share it.
        let may_agree = |(left, right): &(&Value, &Value)| {
            left == right || matches!(left, Value::Bad) || matches!(right, Value::Bad)
        };
        let most = left.values.iter().zip(&right.values).filter(may_agree).count();
        if most * 2 < left.values.len() {
            return None;
        }
        self.rule(strictness, ty, self.left.reading_codes(left), self.right.reading_codes(right))
    }

    /// The rule under which these codes are compared; `None` if fewer than half of the rows agree.
    pub(super) fn rule(
        &self,
        strictness: Strictness,
        ty: FieldType,
        left: impl Into<Vec<u64>>,
        right: impl Into<Vec<u64>>,
    ) -> Option<TriedRule> {
        let (rule, left, right) = self.start(strictness, ty, left.into(), right.into());
        // Most columns are no pair, and counting equal codes is much cheaper than the rest.
        (count_equal(&left, &right) * 2 >= left.len()).then(|| finish(rule, &left, &right))
    }

    /// The rule under which these codes are compared, however many rows agree.
    pub(super) fn any_rule(
        &self,
        strictness: Strictness,
        ty: FieldType,
        left: impl Into<Vec<u64>>,
        right: impl Into<Vec<u64>>,
    ) -> TriedRule {
        let (rule, left, right) = self.start(strictness, ty, left.into(), right.into());
        finish(rule, &left, &right)
    }

    /// A rule without its agreement, and the codes with null in place of the texts that stand for it.
    fn start(
        &self,
        strictness: Strictness,
        ty: FieldType,
        mut left: Vec<u64>,
        mut right: Vec<u64>,
    ) -> (TriedRule, Vec<u64>, Vec<u64>) {
        let mut rule = TriedRule {
            strictness,
            ty,
            rules: Rules { nullable: true, ..Rules::default() },
            left: Steps::default(),
            right: Steps::default(),
            marks: Vec::new(),
            agreement: Agreement { agreeing: 0, of: 0, by_chance: 0.0, telling: 0, telling_agreeing: 0 },
            equal: Vec::new(),
            runner_up: None,
            notes: Vec::new(),
            proposed: Vec::new(),
            doubts: Vec::new(),
            gain: None,
        };
        for (null, codes, view, steps) in [
            (&self.left_null, &mut left, self.left, &mut rule.left),
            (&self.right_null, &mut right, self.right, &mut rule.right),
        ] {
            if let Some(NullText { text, rows }) = null {
                replace(codes, view, text);
                steps.null.push(text.clone());
                let words = format!("{text:?} is read as no value; both become the same");
                rule.marks.push(Mark::new(MarkKind::NullText, words, *rows));
            }
        }
        (rule, left, right)
    }
}

fn finish(mut rule: TriedRule, left: &[u64], right: &[u64]) -> TriedRule {
    rule.agreement = Agreement::of(left, right);
    rule.equal = left.iter().zip(right).map(|(left, right)| left == right).collect();
    rule
}

/// Null in place of a text.
fn replace(codes: &mut [u64], view: &ColumnView, null: &str) {
    for (code, text) in codes.iter_mut().zip(&view.texts) {
        if text.as_deref() == Some(null) {
            *code = NULL;
        }
    }
}

/// The text that stands in `view` where the other side is null, if that side writes no null of its own.
fn null_text(other: &ColumnView, view: &ColumnView) -> Option<NullText> {
    let beside: Vec<Option<&str>> =
        other.texts.iter().zip(&view.texts).filter(|(other, _)| other.is_none()).map(|(_, t)| t.as_deref()).collect();
    let nulls = beside.iter().filter(|text| text.is_none()).count();
    let likely = |text: &&str| super::reading::NULL_TEXTS.contains(text);
    let text = beside.iter().flatten().copied().find(likely)?;
    let rows = beside.iter().filter(|found| **found == Some(text)).count();
    let all = view.texts.iter().filter(|found| found.as_deref() == Some(text)).count();
    let is_paired = rows >= 3 && rows * 5 >= beside.len() * 4 && rows * 5 >= all * 4 && nulls * 20 <= beside.len();
    is_paired.then(|| NullText { text: text.to_owned(), rows })
}

/// Codes of texts; what is `None` although the text is there equals nothing.
pub(super) fn codes_of(view: &ColumnView, make: impl Fn(&str) -> Option<u64>) -> Vec<u64> {
    let of = |(row, text): (usize, &Option<String>)| match text {
        None => NULL,
        Some(text) => make(text).unwrap_or_else(|| bad_code(view.side, row)),
    };
    view.texts.iter().enumerate().map(|(row, text)| of((row, text))).collect()
}
