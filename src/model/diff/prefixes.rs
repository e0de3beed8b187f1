//! Differences by the beginning of their keys: as many groups as one can take in at a glance.

use crate::model::diff::entry::Kind;

/// The number of groups from which on they are not split, and the differences that justify one more group.
const ENOUGH: usize = 8;
const EACH: usize = 3;
/// More groups than this are never made.
const MOST: usize = 16;

/// The differences whose keys begin alike.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Group {
    /// How the keys begin; the whole key where there is one only.
    pub(crate) prefix: String,
    /// Whether that is the whole key.
    pub(crate) is_key: bool,
    pub(crate) only_left: u64,
    pub(crate) only_right: u64,
    pub(crate) changed: u64,
}

impl Group {
    pub(crate) fn differences(&self) -> u64 {
        self.only_left + self.only_right + self.changed
    }
}

/// The groups of keys, as they are shown, with the kinds of their differences; in the order of the texts.
pub(crate) fn groups(mut keys: Vec<(String, Kind)>) -> Vec<Group> {
    keys.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    let mut parts: Vec<&[(String, Kind)]> = if keys.is_empty() { Vec::new() } else { vec![&keys] };
    // The largest group that can be split without making too many is split next.
    let enough = keys.len().div_ceil(EACH).min(ENOUGH);
    while parts.len() < enough {
        let largest = (0..parts.len()).filter(|at| can_split(parts[*at])).max_by_key(|at| parts[*at].len());
        let Some(at) = largest else { break };
        let split = split(parts[at]);
        if parts.len() - 1 + split.len() > MOST {
            break;
        }
        parts.splice(at..=at, split);
    }
    parts.into_iter().map(group).collect()
}

/// The common prefix of all keys of a sorted part: that of the first and the last.
fn common(part: &[(String, Kind)]) -> &str {
    let (Some((first, _)), Some((last, _))) = (part.first(), part.last()) else { return "" };
    let same = first.char_indices().zip(last.chars()).take_while(|((_, a), b)| a == b);
    &first[..same.last().map_or(0, |((at, c), _)| at + c.len_utf8())]
}

fn can_split(part: &[(String, Kind)]) -> bool {
    matches!((part.first(), part.last()), (Some((first, _)), Some((last, _))) if first != last)
}

fn split(part: &[(String, Kind)]) -> Vec<&[(String, Kind)]> {
    let length = common(part).len();
    let next = |key: &str| key[length..].chars().next();
    part.chunk_by(|(a, _), (b, _)| next(a) == next(b)).collect()
}

fn group(part: &[(String, Kind)]) -> Group {
    let of = |kind| part.iter().filter(|(_, other)| *other == kind).count() as u64;
    Group {
        prefix: common(part).to_owned(),
        is_key: !can_split(part),
        only_left: of(Kind::OnlyLeft),
        only_right: of(Kind::OnlyRight),
        changed: of(Kind::Changed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(keys: impl Iterator<Item = String>) -> Vec<String> {
        let groups = groups(keys.map(|key| (key, Kind::Changed)).collect());
        let one =
            |group: &Group| format!("{}{} {}", group.prefix, if group.is_key { "" } else { "…" }, group.differences());
        groups.iter().map(one).collect()
    }

    #[test]
    fn a_handful_of_groups_comes_out() {
        assert_eq!(shown(std::iter::empty()), Vec::<String>::new());
        assert_eq!(shown(["a", "a", "a"].map(str::to_owned).into_iter()), ["a 3"]);
        let months = (0..1200).map(|number| format!("INV-2026-{:02}-{:04}", number / 100 + 1, number));
        let shown_months = shown(months);
        assert!((3..=MOST).contains(&shown_months.len()), "{shown_months:?}");
        assert!(shown_months.iter().any(|group| group.starts_with("INV-2026-0") && !group.ends_with(" 1200")));
        let two = ["eu/", "us/"].into_iter().flat_map(|region| (0..10).map(move |number| format!("{region}{number}")));
        assert_eq!(
            shown(two),
            [
                "eu/… 10",
                "us/0 1",
                "us/1 1",
                "us/2 1",
                "us/3 1",
                "us/4 1",
                "us/5 1",
                "us/6 1",
                "us/7 1",
                "us/8 1",
                "us/9 1"
            ]
        );
    }

    #[test]
    fn no_difference_is_lost_and_letters_stay_whole() {
        let keys: Vec<_> = (0..5000_u32).map(|number| format!("ä{}ß{}", number % 7, number * 7919 % 1000)).collect();
        let groups = groups(keys.into_iter().map(|key| (key, Kind::OnlyLeft)).collect());
        assert_eq!(groups.iter().map(Group::differences).sum::<u64>(), 5000);
        assert!(groups.iter().all(|group| group.only_left == group.differences()));
    }
}
