//! Two values on a line each, with what differs marked.

use file_mst::diff::Side;
use mst_types::{Value, ValueKind, escape_text};

use crate::model::diff::pair::Pair;
use crate::model::item::{self, ItemFormat};

/// A piece of a line, and whether the other side has something else there.
pub(crate) type MarkedText = (String, bool);

/// Lines are made as long as one can scroll, in columns.
const LONGEST: usize = 4096;

/// The values of a changed record, left and right.
pub(crate) fn marked(pair: &Pair, left: &[u8], right: &[u8], format: ItemFormat) -> (Vec<MarkedText>, Vec<MarkedText>) {
    let line = |stored, side| item::line(stored, pair.typing(side).value.as_ref(), format, LONGEST);
    if format == ItemFormat::Auto
        && left.len().max(right.len()) <= LONGEST
        && let (Some(a), Some(b)) = (pair.value(left, Side::Left), pair.value(right, Side::Right))
        && let (ValueKind::Struct(a), ValueKind::Struct(b)) = (&a.kind, &b.kind)
    {
        return (by_field(a, b), by_field(b, a));
    }
    by_middle(&line(left, Side::Left), &line(right, Side::Right))
}

/// The fields of a struct: first those that the other has not alike, which are marked, so that a narrow line shows them.
fn by_field(fields: &[(std::sync::Arc<str>, Value)], other: &[(std::sync::Arc<str>, Value)]) -> Vec<MarkedText> {
    let same = |name: &str, value: &Value| {
        let found = other.iter().find(|(other, _)| **other == *name);
        found.is_some_and(|(_, other)| file_mst::diff::fields(value, other).is_empty())
    };
    let (equal, differing): (Vec<_>, Vec<_>) = fields.iter().partition(|(name, value)| same(name, value));
    let all = differing.into_iter().map(|field| (field, true)).chain(equal.into_iter().map(|field| (field, false)));
    let mut pieces = vec![("{".to_owned(), false)];
    for ((name, value), differs) in all {
        if pieces.len() > 1 {
            pieces.push((", ".to_owned(), false));
        }
        pieces.push((format!("{}: {}", escape_text(name), value.as_field()), differs));
    }
    pieces.push(("}".to_owned(), false));
    pieces
}

/// Two lines whose beginnings and ends are alike: what stands between is marked.
pub(crate) fn by_middle(left: &str, right: &str) -> (Vec<MarkedText>, Vec<MarkedText>) {
    let (a, b): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let most = a.len().min(b.len());
    let head = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let tail = a.iter().rev().zip(b.iter().rev()).take(most - head).take_while(|(a, b)| a == b).count();
    // A few letters alike by chance in two long values are no likeness.
    let (head, tail) = if (head + tail) * 4 < most { (0, 0) } else { (head, tail) };
    let pieces = |chars: &[char]| {
        let part = |range: std::ops::Range<usize>| chars[range].iter().collect::<String>();
        let end = chars.len() - tail;
        vec![(part(0..head), false), (part(head..end), true), (part(end..chars.len()), false)]
    };
    (pieces(&a), pieces(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pieces: &[MarkedText]) -> String {
        pieces.iter().map(|(text, differs)| if *differs { format!("[{text}]") } else { text.clone() }).collect()
    }

    #[test]
    fn what_stands_between_is_marked() {
        for (left, right, expected) in [
            ("paid in full", "paid half", ("paid [in full]", "paid [half]")),
            ("10", "100", ("10[]", "10[0]")),
            ("aaa", "aa", ("aa[a]", "aa[]")),
            ("abcd", "zyxd", ("[abc]d", "[zyx]d")),
            ("abcdefghijkl", "zyxwvutsrqpl", ("[abcdefghijkl]", "[zyxwvutsrqpl]")),
            ("", "x", ("[]", "[x]")),
        ] {
            let (a, b) = by_middle(left, right);
            assert_eq!((shown(&a).as_str(), shown(&b).as_str()), expected);
        }
    }
}
