//! Removal of a constant text from the ends of a value.

use super::time::as_text;
use crate::source::Cell;

/// The constant texts removed from both ends of a value. A value without them is refused, so that two values that differ
/// still differ afterwards.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Strip {
    pub(super) prefix: Option<String>,
    pub(super) suffix: Option<String>,
}

impl Strip {
    /// The text between prefix and suffix.
    pub(super) fn apply<'r>(&self, cell: Cell<'r>) -> Result<Cell<'r>, String> {
        let text = as_text(cell)?;
        let mut rest: &str = &text;
        if let Some(prefix) = &self.prefix {
            rest = rest.strip_prefix(prefix.as_str()).ok_or_else(|| format!("does not begin with {prefix:?}"))?;
        }
        if let Some(suffix) = &self.suffix {
            rest = rest.strip_suffix(suffix.as_str()).ok_or_else(|| format!("does not end with {suffix:?}"))?;
        }
        Ok(Cell::Text(rest.to_owned().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_taken_off_or_the_value_is_refused() {
        let strip = Strip { prefix: Some("ord-".to_owned()), suffix: Some("/1".to_owned()) };
        let text = |text: &'static str| Cell::Text(text.into());
        assert_eq!(strip.apply(text("ord-7/1")), Ok(text("7")));
        assert_eq!(strip.apply(text("ord-/1")), Ok(text("")));
        assert_eq!(strip.apply(text("ORD-7/1")), Err("does not begin with \"ord-\"".to_owned()));
        assert_eq!(strip.apply(text("ord-7")), Err("does not end with \"/1\"".to_owned()));
        let number = Strip { prefix: Some("20".to_owned()), suffix: None };
        assert_eq!(number.apply(Cell::Int(2026)), Ok(text("26")));
        let overlapping = Strip { prefix: Some("aa".to_owned()), suffix: Some("aa".to_owned()) };
        assert!(overlapping.apply(text("aaa")).is_err(), "no character is taken off twice");
    }
}
