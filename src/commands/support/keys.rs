//! Keys and ranges of keys as users write them.

use anyhow::Context;
use file_mst::open::Typing;
use mst_types::ItemType;

pub(crate) use crate::model::key::KeyRange;
use crate::model::key::{read_key, read_range};

/// The type of the keys of a tree, if it is known.
pub(crate) fn key_type(typing: &Typing) -> anyhow::Result<&ItemType> {
    typing.key.as_ref().context("the type of the keys is unknown: give --key and --value")
}

/// The stored bytes of a key of type `ty`.
pub(crate) fn parse_key(ty: &ItemType, text: &str) -> anyhow::Result<Vec<u8>> {
    read_key(ty, text).map_err(anyhow::Error::msg)
}

/// A range of keys of type `ty`, as a user writes it.
pub(crate) fn parse_range(range: &str, ty: &ItemType) -> anyhow::Result<KeyRange> {
    read_range(range, ty).map_err(anyhow::Error::msg)
}

#[cfg(test)]
mod tests {
    use std::ops::Bound;

    use super::*;
    use crate::model::key::range_end;

    fn parsed(ty: &str, range: &str) -> KeyRange {
        parse_range(range, &ItemType::ordered(ty.parse().unwrap())).unwrap()
    }

    #[test]
    fn keys_that_contain_dots_can_be_ends() {
        let text = |text: &str| text.as_bytes().to_vec();
        assert_eq!(parsed("String", "a..b"), (Bound::Included(text("a")), Bound::Excluded(text("b"))));
        assert_eq!(parsed("String", r#""a..b"..="=c""#), (Bound::Included(text("a..b")), Bound::Included(text("=c"))));
        let pair = ItemType::ordered("{a: i64, b: String}".parse().unwrap());
        let key = pair.parse_key(r#"{a: 1, b: "x..y"}"#).unwrap();
        let range = (Bound::Included(key.clone()), Bound::Included(key));
        assert_eq!(parsed("{a: i64, b: String}", r#"{a: 1, b: "x..y"}..={a: 1, b: "x..y"}"#), range);
    }

    #[test]
    fn the_text_of_a_key_in_a_range_parses_to_the_same_key() {
        let ty = ItemType::ordered("String".parse().unwrap());
        for key in ["a", "", "\"", "a..b", "=", ".", "a.", "..", "a\"..b", "\\", "a\\..\n", "\u{202e}.."] {
            let shown = range_end(key.as_bytes(), Some(&ty));
            let end = || key.as_bytes().to_vec();
            assert_eq!(
                parse_range(&format!("{shown}..={shown}"), &ty).unwrap(),
                (Bound::Included(end()), Bound::Included(end())),
                "{key:?}"
            );
        }
    }
}
