//! A text that is looked for in the help.

use std::ops::Range;

/// The text, and whether capitals count: only if it has some.
#[derive(Debug)]
pub(super) struct Needle {
    pub(super) text: String,
    is_exact: bool,
}

impl Needle {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned(), is_exact: text.chars().any(char::is_uppercase) }
    }

    /// Where a line has the text, in bytes.
    pub(super) fn places(&self, line: &str) -> Vec<Range<usize>> {
        // Lower-casing ASCII alone moves no byte, so that the places are those in the line itself.
        let line = if self.is_exact { line.to_owned() } else { line.to_ascii_lowercase() };
        line.match_indices(&self.text).map(|(at, found)| at..at + found.len()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_count_only_if_there_are_some() {
        for (text, line, expected) in [
            ("a", "Abba", vec![(0, 1), (3, 4)]),
            ("A", "Abba", vec![(0, 1)]),
            ("é", "café", vec![(3, 5)]),
            ("x", "Abba", vec![]),
        ] {
            let found: Vec<_> = Needle::new(text).places(line).iter().map(|place| (place.start, place.end)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
