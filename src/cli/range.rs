//! A range of keys as it is written on the command line: `A..B`, `A..=B`, `A..`, `..B`, `..`.

use std::ops::Bound;

use anyhow::{Context, anyhow};
use file_mst::schema::ItemType;

use crate::model::key::read_key;

/// Both ends of a range.
pub(super) type KeyRange = (Bound<Vec<u8>>, Bound<Vec<u8>>);

/// The stored bytes of both ends, whose keys are of type `ty`. A key may hold `..` itself: the range is divided at the
/// first `..` that leaves a key on either side. A text that holds `..` stands in quotes.
pub(super) fn parse(range: &str, ty: &ItemType) -> anyhow::Result<KeyRange> {
    let mut refused = None;
    for (at, _) in range.char_indices().filter(|(at, _)| range.get(*at..).is_some_and(|rest| rest.starts_with(".."))) {
        let (start, end) = (range.get(..at).unwrap_or_default(), range.get(at + 2..).unwrap_or_default());
        match ends(start, end, ty) {
            Ok(range) => return Ok(range),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(anyhow!(refused.context("a range is A..B, A..=B, A.. or ..B")?))
}

fn ends(start: &str, end: &str, ty: &ItemType) -> Result<KeyRange, String> {
    let start = if start.is_empty() { Bound::Unbounded } else { Bound::Included(read_key(ty, start)?) };
    let end = match end.strip_prefix('=') {
        Some(end) if !end.is_empty() => Bound::Included(read_key(ty, end)?),
        _ if end.is_empty() || end == "=" => Bound::Unbounded,
        _ => Bound::Excluded(read_key(ty, end)?),
    };
    Ok((start, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::key::range_end;

    fn parsed(ty: &str, range: &str) -> KeyRange {
        parse(range, &ItemType::ordered(ty.parse().unwrap())).unwrap()
    }

    #[test]
    fn keys_that_hold_dots_can_be_ends() {
        let text = |text: &str| text.as_bytes().to_vec();
        assert_eq!(parsed("String", "a..b"), (Bound::Included(text("a")), Bound::Excluded(text("b"))));
        assert_eq!(parsed("String", r#""a..b"..="=c""#), (Bound::Included(text("a..b")), Bound::Included(text("=c"))));
        let pair = ItemType::ordered("{a: i64, b: String}".parse().unwrap());
        let key = pair.parse_key(r#"{a: 1, b: "x..y"}"#).unwrap();
        let range = (Bound::Included(key.clone()), Bound::Included(key));
        assert_eq!(parsed("{a: i64, b: String}", r#"{a: 1, b: "x..y"}..={a: 1, b: "x..y"}"#), range);
    }

    #[test]
    fn what_a_key_is_shown_as_in_a_range_is_read_back() {
        let ty = ItemType::ordered("String".parse().unwrap());
        for key in ["a", "", "\"", "a..b", "=", ".", "a.", "..", "a\"..b", "\\", "a\\..\n", "\u{202e}.."] {
            let shown = range_end(key.as_bytes(), Some(&ty));
            let end = || key.as_bytes().to_vec();
            assert_eq!(
                parse(&format!("{shown}..={shown}"), &ty).unwrap(),
                (Bound::Included(end()), Bound::Included(end())),
                "{key:?}"
            );
        }
    }
}
