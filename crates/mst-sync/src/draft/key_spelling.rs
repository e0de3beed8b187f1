//! How the spellings of a key on both sides become one.

use std::collections::HashSet;

use super::model::{Mark, MarkKind, Steps};
use super::spelling::uuid_digits;
use super::try_rules::{affix_steps, different_ends};
use crate::contract::{Case, Field, FieldType, Rules};

/// How two spellings of a key become one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum KeySpelling {
    /// The texts are the same.
    Exact,
    /// The digits of UUIDs are the same.
    Uuid,
    /// They are the same without blanks around them, in one case.
    Folded,
    /// They are the same between the texts at both ends of each side.
    Affix { left: (String, String), right: (String, String) },
    /// The same as `Affix`, and what remains are numbers of which one side writes leading zeros.
    Number { left: (String, String), right: (String, String) },
}

/// The share of the values that the strictest spelling must match of those that any spelling matches.
const MIN_SHARE: f64 = 0.98;

impl KeySpelling {
    /// The strictest spelling that matches nearly as many values as any.
    pub(super) fn of(left: &[&str], right: &[&str], ends: &[(String, String); 2]) -> Option<(Self, usize)> {
        let [left_ends, right_ends] = ends;
        let [left_affix, right_affix] = different_ends(left_ends, right_ends);
        let mut spellings = vec![Self::Exact, Self::Uuid];
        if left_affix != right_affix {
            spellings.push(Self::Affix { left: left_affix, right: right_affix });
        }
        spellings.push(Self::Folded);
        spellings.push(Self::Number { left: left_ends.clone(), right: right_ends.clone() });
        let matched = spellings.into_iter().map(|spelling| {
            let of_left: HashSet<String> = left.iter().filter_map(|text| spelling.left(text)).collect();
            let of_right: HashSet<String> = right.iter().filter_map(|text| spelling.right(text)).collect();
            let both = of_left.intersection(&of_right).count();
            (spelling, both)
        });
        let matched: Vec<(Self, usize)> = matched.filter(|(_, both)| *both > 0).collect();
        let most = matched.iter().map(|(_, both)| *both).max()?;
        matched.into_iter().find(|(_, both)| *both as f64 >= most as f64 * MIN_SHARE)
    }

    /// The common form of a text of the left side; `None` if it has none.
    pub(super) fn left(&self, text: &str) -> Option<String> {
        match self {
            Self::Affix { left, .. } | Self::Number { left, .. } => self.inner(text, left),
            _ => self.inner(text, &Default::default()),
        }
    }

    /// The common form of a text of the right side; `None` if it has none.
    pub(super) fn right(&self, text: &str) -> Option<String> {
        match self {
            Self::Affix { right, .. } | Self::Number { right, .. } => self.inner(text, right),
            _ => self.inner(text, &Default::default()),
        }
    }

    fn inner(&self, text: &str, (prefix, suffix): &(String, String)) -> Option<String> {
        match self {
            Self::Exact => Some(text.to_owned()),
            Self::Uuid => uuid_digits(text),
            Self::Folded => Some(text.trim().to_uppercase()),
            Self::Affix { .. } => Some(text.strip_prefix(prefix.as_str())?.strip_suffix(suffix.as_str())?.to_owned()),
            Self::Number { .. } => {
                let digits = text.strip_prefix(prefix.as_str())?.strip_suffix(suffix.as_str())?;
                let is_number = !digits.is_empty() && digits.len() <= 18 && digits.bytes().all(|b| b.is_ascii_digit());
                let significant = digits.trim_start_matches('0');
                is_number.then(|| if significant.is_empty() { "0" } else { significant }.to_owned())
            }
        }
    }

    /// The field of the key, the steps of both sides, and the marks. `is_whole` if all texts of both sides are whole
    /// numbers in their one spelling.
    pub(super) fn field(&self, name: &str, is_whole: bool, is_day: bool) -> (Field, Steps, Steps, Vec<Mark>) {
        let whole = FieldType::Int { signed: true, bits: 64 };
        let (mut left_steps, mut right_steps) = (Steps::default(), Steps::default());
        let (mut rules, mut marks) = (Rules::default(), Vec::new());
        let mark = |kind, text: &str| Mark::new(kind, text, 0);
        let ty = match self {
            Self::Uuid => FieldType::Uuid,
            Self::Exact if is_whole => whole,
            Self::Exact if is_day => FieldType::Date,
            Self::Exact => FieldType::Text,
            Self::Folded => {
                (rules.trim, rules.case) = (true, Case::Upper);
                marks.push(mark(MarkKind::Case, "the case of letters and blanks around the key are ignored"));
                FieldType::Text
            }
            Self::Affix { left, right } => {
                affix_steps(&mut left_steps, &mut right_steps, left, right);
                FieldType::Text
            }
            Self::Number { left, right } => {
                let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
                (left_steps.strip_prefix, left_steps.strip_suffix) = (text(&left.0), text(&left.1));
                (right_steps.strip_prefix, right_steps.strip_suffix) = (text(&right.0), text(&right.1));
                marks.push(mark(MarkKind::LeadingZeros, "leading zeros of the key are ignored: \"007\" is \"7\""));
                whole
            }
        };
        (Field { name: name.to_owned(), ty, rules }, left_steps, right_steps, marks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelling(left: &[&str], right: &[&str], ends: [(&str, &str); 2]) -> KeySpelling {
        let ends = ends.map(|(prefix, suffix)| (prefix.to_owned(), suffix.to_owned()));
        KeySpelling::of(left, right, &ends).unwrap().0
    }

    #[test]
    fn the_strictest_spelling_that_joins_is_taken() {
        let none = [("", ""), ("", "")];
        assert_eq!(spelling(&["1", "2"], &["2", "1"], none), KeySpelling::Exact);
        assert_eq!(spelling(&["a1", "b2"], &["A1 ", "B2"], none), KeySpelling::Folded);
        assert!(matches!(
            spelling(&["1", "2"], &["ord-1", "ord-2"], [("", ""), ("ord-", "")]),
            KeySpelling::Affix { .. }
        ));
        assert!(matches!(spelling(&["1", "2"], &["x01", "x02"], [("", ""), ("x", "")]), KeySpelling::Number { .. }));
    }
}
