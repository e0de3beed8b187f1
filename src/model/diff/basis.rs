//! What a comparison of two tables rests on beside their trees: rules that were drafted, and columns that were left out.

use mst_sync::draft::Draft;
use mst_types::escape_text;
use serde::{Deserialize, Serialize};

use crate::model::text::{count, thousands};

/// The basis of a comparison. It is empty for two trees, and for tables under a written contract.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Basis {
    /// The columns of the left and of the right table that are not compared.
    pub(crate) not_compared: [Vec<String>; 2],
    /// The columns that both tables have under one name, and that are not compared because their values agree in too few
    /// rows to be paired: what they hold may have drifted.
    #[serde(default)]
    pub(crate) unpaired_names: Vec<String>,
    /// The drafted rules that nobody confirmed.
    #[serde(default)]
    pub(crate) unconfirmed: Vec<Unconfirmed>,
}

/// A drafted rule that nobody confirmed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Unconfirmed {
    /// The field of the contract.
    pub(crate) field: String,
    /// The kind of rule, as a noun: "map of values".
    pub(crate) noun: String,
    /// The effect of the rule in words.
    pub(crate) text: String,
}

impl Basis {
    /// What a comparison under a draft rests on.
    pub(crate) fn of_draft(draft: &Draft) -> Self {
        let unconfirmed = draft.unconfirmed().map(|(field, mark)| Unconfirmed {
            field: field.to_owned(),
            noun: mark.kind.noun().to_owned(),
            text: mark.text.clone(),
        });
        Self {
            unconfirmed: unconfirmed.collect(),
            not_compared: draft.not_compared(),
            unpaired_names: draft.unpaired_names(),
        }
    }

    /// The same, with every rule confirmed.
    pub(crate) fn confirmed(self) -> Self {
        Self { unconfirmed: Vec::new(), ..self }
    }

    /// Whether the comparison rests on nothing but the trees and a written contract.
    pub(crate) fn is_empty(&self) -> bool {
        self.unconfirmed.is_empty() && self.not_compared.iter().all(Vec::is_empty)
    }

    /// What belongs beside every verdict: the unconfirmed rules by their kinds, and the number of columns that are not
    /// compared. They name no value of the tables.
    pub(crate) fn sentences(&self) -> Vec<String> {
        [self.rules(), self.columns()].into_iter().flatten().collect()
    }

    /// The same in a few words, for a narrow screen; none if there is nothing to say.
    pub(crate) fn brief(&self) -> Option<String> {
        let rules = self.unconfirmed.len() as u64;
        let columns = self.not_compared.iter().map(Vec::len).sum::<usize>() as u64;
        let rules = (rules > 0).then(|| format!("{} not confirmed", count(rules, "rule")));
        let columns = (columns > 0).then(|| format!("{} not compared", count(columns, "column")));
        let parts: Vec<_> = [rules, columns].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// Each rule and each side's columns in full, a line each. The effect of a rule may hold values of the tables, so
    /// it is left out where values are hidden.
    pub(crate) fn details(&self, hides_values: bool) -> Vec<String> {
        let rules = self.unconfirmed.iter().map(|Unconfirmed { field, noun, text }| {
            let effect = if hides_values { String::new() } else { format!(": {}", escape_text(text)) };
            format!("nobody confirmed the {noun} of {}{effect}", escape_text(field))
        });
        let columns = ["left", "right"].into_iter().zip(&self.not_compared).filter(|(_, columns)| !columns.is_empty());
        let columns =
            columns.map(|(side, names)| format!("not compared of the {side}: {}", escape_text(&names.join(", "))));
        rules.chain(columns).collect()
    }

    /// `under 1 map of values and 2 time zones that nobody confirmed`
    fn rules(&self) -> Option<String> {
        let mut kinds: Vec<(&str, u64)> = Vec::new();
        for rule in &self.unconfirmed {
            match kinds.iter_mut().find(|(noun, _)| *noun == rule.noun) {
                Some((_, rules)) => *rules += 1,
                None => kinds.push((&rule.noun, 1)),
            }
        }
        let words = kinds.into_iter().map(|(noun, rules)| number_of(rules, noun)).collect();
        Some(format!("under {} that nobody confirmed", listed(words)?))
    }

    /// `3 columns of the left and 1 of the right are not compared`
    fn columns(&self) -> Option<String> {
        let [left, right] = self.not_compared.each_ref().map(|columns| columns.len() as u64);
        let is_one = left + right == 1;
        let words = match (left, right) {
            (0, 0) => return None,
            (_, 0) => format!("{} of the left", count(left, "column")),
            (0, _) => format!("{} of the right", count(right, "column")),
            _ => format!("{} of the left and {} of the right", count(left, "column"), thousands(right)),
        };
        Some(format!("{words} {} not compared", if is_one { "is" } else { "are" }))
    }
}

/// A number of rules of one kind. The noun may go on after its head: `map of values` becomes `maps of values`.
fn number_of(rules: u64, noun: &str) -> String {
    let is_end = |word: &str| matches!(word, "of" | "about" | "between" | "for" | "by" | "in" | "to" | "added");
    let head: Vec<_> = noun.split(' ').take_while(|word| !is_end(word)).collect();
    let head = head.join(" ");
    let rest = noun.strip_prefix(&head).unwrap_or_default();
    format!("{}{rest}", count(rules, &head))
}

/// Words in a list: `a, b and c`.
fn listed(mut words: Vec<String>) -> Option<String> {
    let last = words.pop()?;
    Some(if words.is_empty() { last } else { format!("{} and {last}", words.join(", ")) })
}

#[cfg(test)]
mod tests {
    use mst_sync::draft::MarkKind;

    use super::*;

    fn basis(nouns: &[&'static str], left: usize, right: usize) -> Basis {
        let rule = |noun: &&'static str| Unconfirmed {
            field: "f".to_owned(),
            noun: (*noun).to_owned(),
            text: "secret".to_owned(),
        };
        let columns = |number| vec!["c".to_owned(); number];
        Basis {
            unconfirmed: nouns.iter().map(rule).collect(),
            not_compared: [columns(left), columns(right)],
            unpaired_names: Vec::new(),
        }
    }

    #[test]
    fn sentences_count_rules_and_columns() {
        let (map, zone, case) = (MarkKind::Map.noun(), MarkKind::Zone.noun(), MarkKind::Case.noun());
        for (nouns, left, right, expected) in [
            (&[][..], 0, 0, &[][..]),
            (&[map], 0, 0, &["under 1 map of values that nobody confirmed"]),
            (
                &[map, case, map, zone, zone],
                0,
                0,
                &["under 2 maps of values, 1 rule about the case of letters and 2 time zones that nobody confirmed"],
            ),
            (&[], 1, 0, &["1 column of the left is not compared"]),
            (&[], 0, 1, &["1 column of the right is not compared"]),
            (&[], 0, 2, &["2 columns of the right are not compared"]),
            (&[], 3, 1, &["3 columns of the left and 1 of the right are not compared"]),
            (&[], 1, 1, &["1 column of the left and 1 of the right are not compared"]),
            (
                &[zone],
                2000,
                0,
                &["under 1 time zone that nobody confirmed", "2,000 columns of the left are not compared"],
            ),
        ] {
            let basis = basis(nouns, left, right);
            assert_eq!(basis.sentences(), expected);
            assert_eq!(basis.is_empty(), expected.is_empty());
            assert_eq!(basis.brief().is_none(), expected.is_empty());
        }
        assert_eq!(basis(&[map], 1, 2).brief().as_deref(), Some("1 rule not confirmed, 3 columns not compared"));
    }

    #[test]
    fn every_kind_of_rule_has_a_plural() {
        for (kind, plural) in [
            (MarkKind::Case, "2 rules about the case of letters"),
            (MarkKind::Trim, "2 rules about blanks"),
            (MarkKind::NormalForm, "2 normal forms"),
            (MarkKind::NullText, "2 texts for no value"),
            (MarkKind::Map, "2 maps of values"),
            (MarkKind::Zone, "2 time zones"),
            (MarkKind::Fold, "2 choices between times shown twice"),
            (MarkKind::Rounding, "2 roundings"),
            (MarkKind::Day, "2 comparisons of days only"),
            (MarkKind::LeadingZeros, "2 rules about leading zeros"),
            (MarkKind::Spelling, "2 readings of text as numbers"),
            (MarkKind::Name, "2 pairs by name"),
            (MarkKind::Affix, "2 texts added to all rows"),
            (MarkKind::Scale, "2 powers of ten"),
            (MarkKind::Crossed, "2 pairs of columns across their names"),
        ] {
            assert_eq!(number_of(2, kind.noun()), plural);
        }
    }

    #[test]
    fn values_are_hidden_on_demand() {
        let basis = basis(&[MarkKind::Map.noun()], 1, 0);
        assert_eq!(
            basis.details(false),
            ["nobody confirmed the map of values of f: secret", "not compared of the left: c"]
        );
        assert!(!basis.details(true).concat().contains("secret"));
    }
}
