//! Options of a draft: the key, and the columns to compare.

use super::model::KeyError;
use super::table::Table;
use crate::similar::distance;

/// The options of a draft.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DraftOptions {
    /// The key: pairs of a column of the left and one of the right table. If a pair is one name twice and that is no
    /// column of the right table, or joins nothing that agrees, its partner is found by evidence. `None` finds the key.
    pub key: Option<Vec<(String, String)>>,
    /// The columns to compare, by their name in one table or in both; a column is paired if it or its partner is named.
    /// `None` compares all.
    pub columns: Option<Vec<String>>,
    /// The columns not to compare, by their name in one table or in both. Columns of the key are compared in any case.
    pub except: Vec<String>,
    /// Whether rows have no key and are compared as how many there are of each. Columns are then paired by their names,
    /// case and `_` apart, and the key of the draft is empty.
    pub multiset: bool,
}

impl DraftOptions {
    /// Refuses names that are in neither table.
    pub(super) fn check(&self, left: &Table, right: &Table) -> Result<(), KeyError> {
        for name in self.columns.iter().flatten().chain(&self.except) {
            if left.column_index(name).is_none() && right.column_index(name).is_none() {
                return Err(no_column(name, &[left, right]));
            }
        }
        Ok(())
    }

    /// Whether a column may be paired at all.
    pub(super) fn allows(&self, column: &str) -> bool {
        !self.except.iter().any(|name| name == column)
    }

    /// Whether two columns may be paired.
    pub(super) fn allows_pair(&self, left: &str, right: &str) -> bool {
        let is_named = |columns: &Vec<String>| columns.iter().any(|name| name == left || name == right);
        self.allows(left) && self.allows(right) && self.columns.as_ref().is_none_or(is_named)
    }

    /// Whether it is by choice that a column without a partner has none.
    pub(super) fn excludes(&self, column: &str) -> bool {
        let is_named = |columns: &Vec<String>| columns.iter().any(|name| name == column);
        !self.allows(column) || !self.columns.as_ref().is_none_or(is_named)
    }
}

/// The key in the words of a command: `a,b` names columns of the left table, `a=x,b` also a column of the right one. A
/// name without a partner is paired with itself, as [`DraftOptions::key`] explains. Blanks around names are dropped.
pub fn parse_key(text: &str) -> Vec<(String, String)> {
    let pair = |part: &str| match part.split_once('=') {
        Some((left, right)) => (left.trim().to_owned(), right.trim().to_owned()),
        None => (part.trim().to_owned(), part.trim().to_owned()),
    };
    text.split(',').filter(|part| !part.trim().is_empty()).map(pair).collect()
}

/// The error for a name that is no column of these tables, with the columns that there are, the nearest names first.
pub(super) fn no_column(name: &str, tables: &[&Table]) -> KeyError {
    let mut columns: Vec<String> = Vec::new();
    for column in tables.iter().flat_map(|table| &table.columns) {
        if !columns.contains(&column.name) {
            columns.push(column.name.clone());
        }
    }
    columns.sort_by_key(|column| nearness(&name.to_lowercase(), &column.to_lowercase()));
    let table = tables.iter().map(|table| table.name.as_str()).collect::<Vec<_>>().join(" or ");
    KeyError::Column { name: name.to_owned(), table, columns }
}

/// How far a column's name is from a wanted one, in letters; a name within the other is near.
fn nearness(one: &str, other: &str) -> usize {
    if other.contains(one) || one.contains(other) { 1 } else { distance(one, other) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_parsed() {
        let pair = |left: &str, right: &str| (left.to_owned(), right.to_owned());
        for (text, expected) in [
            ("id", vec![pair("id", "id")]),
            ("a = x, b", vec![pair("a", "x"), pair("b", "b")]),
            ("a,,b=y=z,", vec![pair("a", "a"), pair("b", "y=z")]),
            (" , ", vec![]),
        ] {
            assert_eq!(parse_key(text), expected, "{text}");
        }
    }

    #[test]
    fn distances_are_those_of_single_letters() {
        for (one, other, expected) in
            [("kitten", "sitting", 3), ("flaw", "lawn", 2), ("amount", "amonut", 2), ("", "abc", 1), ("x", "yz", 2)]
        {
            assert_eq!(nearness(one, other), expected, "{one} {other}");
            assert_eq!(nearness(other, one), expected, "{other} {one}");
        }
    }
}
