//! Learning which values of one column stand for which values of another.

use std::collections::{BTreeMap, HashMap};

/// The rows in which an entry must occur.
const MIN_ROWS: usize = 8;
/// The share of the rows of both values that an entry must have.
const MIN_SHARE: f64 = 0.6;

/// A one-to-one map of values.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct ValueMap {
    pub(super) entries: BTreeMap<String, String>,
    /// Entries that were seen too seldom: value, its likely partner, and the rows. They are not in the map, so that
    /// their rows stay visible as differences.
    pub(super) seldom: Vec<(String, String, usize)>,
    /// Values without a partner.
    pub(super) without_partner: Vec<String>,
}

/// Learns a map from the values that stand side by side: the most common pairs first, each value once.
pub(super) fn learn(left: &[Option<String>], right: &[Option<String>]) -> ValueMap {
    let mut rows: HashMap<(&str, &str), usize> = HashMap::new();
    let (mut left_rows, mut right_rows): (HashMap<&str, usize>, HashMap<&str, usize>) = Default::default();
    let mut total = 0;
    for (left, right) in left.iter().zip(right) {
        let (Some(left), Some(right)) = (left, right) else { continue };
        *rows.entry((left, right)).or_default() += 1;
        *left_rows.entry(left).or_default() += 1;
        *right_rows.entry(right).or_default() += 1;
        total += 1;
    }
    let mut pairs: Vec<_> = rows.iter().map(|(pair, count)| (*pair, *count)).collect();
    pairs.sort_by_key(|(pair, count)| (std::cmp::Reverse(*count), *pair));
    let mut map = ValueMap::default();
    let mut open = pairs.as_slice();
    let (mut used_left, mut used_right): (Vec<&str>, Vec<&str>) = Default::default();
    while let Some((((l, r), count), rest)) = open.split_first().map(|(first, rest)| (*first, rest)) {
        open = rest;
        if used_left.contains(&l) || used_right.contains(&r) {
            continue;
        }
        let of_left = left_rows.get(l).copied().unwrap_or(0);
        let of_right = right_rows.get(r).copied().unwrap_or(0);
        let rival = pairs.iter().filter(|((ol, or), _)| (*ol == l) != (*or == r)).map(|(_, n)| *n).max().unwrap_or(0);
        // How often the right value would stand beside the left one if it were spread evenly.
        let expected = of_left as f64 * of_right as f64 / f64::from(u32::try_from(total.max(1)).unwrap_or(u32::MAX));
        let share = count as f64 / of_left.max(of_right) as f64;
        let stands_out = count > 3 * rival && count as f64 > expected + 3.0 * expected.sqrt().min(count as f64 / 4.0);
        // A value in nearly all rows stands beside every other one; its own rows still decide.
        let is_common = share >= 0.9 && of_left.max(of_right) * 10 >= total * 5;
        used_left.push(l);
        used_right.push(r);
        match count >= MIN_ROWS && share >= MIN_SHARE && (stands_out || is_common) {
            true => {
                map.entries.insert(l.to_owned(), r.to_owned());
            }
            false => map.seldom.push((l.to_owned(), r.to_owned(), count)),
        }
    }
    map.without_partner = left_rows.keys().filter(|l| !used_left.contains(*l)).map(|l| (*l).to_owned()).collect();
    map.without_partner.sort();
    map
}

impl ValueMap {
    /// Whether a word on the left is mapped to another word although the same word is on the right, as if one
    /// vocabulary had been turned round.
    pub(super) fn contradicts_words(&self) -> bool {
        let words: Vec<String> = self.entries.values().map(|right| right.to_uppercase()).collect();
        self.entries.iter().any(|(left, right)| {
            let left = left.to_uppercase();
            left != right.to_uppercase() && words.contains(&left)
        })
    }

    /// Whether a word for true is mapped to a word for false.
    pub(super) fn turns_truth(&self) -> bool {
        let turns =
            |(left, right): (&String, &String)| matches!((truth(left), truth(right)), (Some(l), Some(r)) if l != r);
        self.entries.iter().any(turns)
    }
}

fn truth(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(words: &[(&str, usize)]) -> Vec<Option<String>> {
        words.iter().flat_map(|(word, count)| vec![Some((*word).to_owned()); *count]).collect()
    }

    #[test]
    fn a_map_is_learnt_but_not_for_rare_values() {
        let left = column(&[("N", 60), ("P", 30), ("C", 10), ("X", 3), ("N", 2)]);
        let right = column(&[("new", 60), ("paid", 30), ("cancelled", 10), ("returned", 3), ("paid", 2)]);
        let map = learn(&left, &right);
        let entries: Vec<_> = map.entries.iter().map(|(l, r)| (l.as_str(), r.as_str())).collect();
        assert_eq!(entries, [("C", "cancelled"), ("N", "new"), ("P", "paid")]);
        assert_eq!(map.seldom, [("X".to_owned(), "returned".to_owned(), 3)]);
        assert!(!map.contradicts_words() && !map.turns_truth());
        let turned = learn(&column(&[("yes", 50), ("no", 50)]), &column(&[("0", 50), ("1", 50)]));
        assert!(turned.turns_truth());
    }

    #[test]
    fn nothing_is_learnt_from_unrelated_columns() {
        let left: Vec<_> = (0..300).map(|row| Some(format!("l{}", row % 3))).collect();
        let right: Vec<_> = (0..300).map(|row| Some(format!("r{}", row / 3 % 3))).collect();
        assert!(learn(&left, &right).entries.is_empty());
    }
}
