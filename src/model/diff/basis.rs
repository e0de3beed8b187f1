//! What a comparison of two tables rests on beside their trees: rules that were drafted, and columns that were left out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::text::count;

/// What a comparison rests on. It is empty for two trees, and for tables under a written contract.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Basis {
    /// The columns of the left and of the right table that are not compared.
    pub(crate) not_compared: [Vec<String>; 2],
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
    /// The same, with every rule confirmed.
    pub(crate) fn confirmed(self) -> Self {
        Self { unconfirmed: Vec::new(), ..self }
    }

    /// The sentences that belong beside every verdict:
    /// `under 1 map of values and 2 time zones that nobody confirmed`,
    /// `3 columns of the left and 1 of the right are not compared`.
    pub(crate) fn sentences(&self) -> Vec<String> {
        let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
        for rule in &self.unconfirmed {
            *kinds.entry(&rule.noun).or_default() += 1;
        }
        let kinds: Vec<_> = kinds.into_iter().map(|(noun, rules)| count_of(rules, noun)).collect();
        let unconfirmed = joined(&kinds).map(|rules| format!("under {rules} that nobody confirmed"));
        let [left, right] = self.not_compared.each_ref().map(|columns| columns.len() as u64);
        let not_compared = match (left, right) {
            (0, 0) => None,
            (left, 0) => Some(format!("{} of the left {} not compared", count(left, "column"), are(left))),
            (0, right) => Some(format!("{} of the right {} not compared", count(right, "column"), are(right))),
            (left, right) => Some(format!("{} of the left and {right} of the right are not compared", count(left, "column"))),
        };
        unconfirmed.into_iter().chain(not_compared).collect()
    }
}

fn are(number: u64) -> &'static str {
    if number == 1 { "is" } else { "are" }
}

/// `2 maps of values`: the first word of the noun is the one that is counted, except in "time zone" and its like.
fn count_of(number: u64, noun: &str) -> String {
    match noun.split_once(" of ").or_else(|| noun.split_once(" about ")).or_else(|| noun.split_once(" for ")) {
        _ if number == 1 => format!("1 {noun}"),
        Some((head, _)) => format!("{number} {head}s{}", noun.strip_prefix(head).unwrap_or_default()),
        None => format!("{number} {noun}s"),
    }
}

/// `a, b and c`
fn joined(parts: &[String]) -> Option<String> {
    match parts {
        [] => None,
        [only] => Some(only.clone()),
        [first @ .., last] => Some(format!("{} and {last}", first.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentences_count_rules_and_columns() {
        let rule = |noun: &str| Unconfirmed { field: "a".to_owned(), noun: noun.to_owned(), text: String::new() };
        let columns = |count: usize| vec!["a".to_owned(); count];
        for (nouns, left, right, expected) in [
            (&[][..], 0, 0, &[][..]),
            (&["map of values"][..], 0, 0, &["under 1 map of values that nobody confirmed"][..]),
            (&["map of values", "time zone", "map of values"], 0, 0, &[
                "under 2 maps of values and 1 time zone that nobody confirmed",
            ]),
            (&["rule about blanks", "rule about blanks"], 0, 0, &["under 2 rules about blanks that nobody confirmed"]),
            (&[], 3, 1, &["3 columns of the left and 1 of the right are not compared"]),
            (&[], 1, 0, &["1 column of the left is not compared"]),
            (&["rounding"], 0, 2, &["under 1 rounding that nobody confirmed", "2 columns of the right are not compared"]),
        ] {
            let unconfirmed = nouns.iter().map(|noun| rule(noun)).collect();
            let basis = Basis { unconfirmed, not_compared: [columns(left), columns(right)] };
            assert_eq!(basis.sentences(), expected);
        }
    }
}
