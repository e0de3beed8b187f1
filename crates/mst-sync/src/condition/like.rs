//! Patterns of `like`.

/// A pattern: `%` stands for any characters, `_` for one, and a backslash takes both of them literally.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Vec<Piece>);

#[derive(Clone, Copy, PartialEq, Debug)]
enum Piece {
    Char(char),
    One,
    Any,
}

impl Pattern {
    /// Reads a pattern. The error says what is wrong.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            pieces.push(match c {
                '%' => Piece::Any,
                '_' => Piece::One,
                '\\' => match chars.next() {
                    Some(escaped @ ('%' | '_' | '\\')) => Piece::Char(escaped),
                    _ => return Err("a backslash in a pattern stands before %, _ or another backslash".to_owned()),
                },
                c => Piece::Char(c),
            });
        }
        Ok(Self(pieces))
    }

    /// Whether a whole text fits the pattern.
    pub(super) fn fits(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let (mut at, mut piece) = (0, 0);
        // The last `%`, and the text up to which it was tried. Only the last one has to be extended: an earlier one
        // could only move what comes after it to the right.
        let mut last_any: Option<(usize, usize)> = None;
        loop {
            match (self.0.get(piece), text.get(at)) {
                (None, None) => return true,
                (Some(Piece::Any), _) => {
                    last_any = Some((piece, at));
                    piece += 1;
                    continue;
                }
                (Some(Piece::One), Some(_)) => {
                    (at, piece) = (at + 1, piece + 1);
                    continue;
                }
                (Some(Piece::Char(expected)), Some(found)) if expected == found => {
                    (at, piece) = (at + 1, piece + 1);
                    continue;
                }
                _ => {}
            }
            match last_any {
                Some((any, tried)) if tried < text.len() => {
                    last_any = Some((any, tried + 1));
                    (at, piece) = (tried + 1, any + 1);
                }
                _ => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;
    use proptest::prelude::*;

    /// The definition, by recursion.
    fn naive(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('%', rest)) => (0..=text.len()).any(|skipped| naive(rest, &text[skipped..])),
            Some(('_', rest)) => !text.is_empty() && naive(rest, &text[1..]),
            Some((c, rest)) => text.first() == Some(c) && naive(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn a_pattern_fits_what_its_definition_says(pattern in "[ab%_é]{0,8}", text in "[abé]{0,10}") {
            let [pattern_chars, text_chars] = [&pattern, &text].map(|text| text.chars().collect::<Vec<_>>());
            prop_assert_eq!(Pattern::parse(&pattern).unwrap().fits(&text), naive(&pattern_chars, &text_chars));
        }
    }

    #[test]
    fn a_backslash_takes_signs_literally() {
        for (pattern, text, fits) in [
            ("10\\%", "10%", true),
            ("10\\%", "100", false),
            ("a\\_b", "a_b", true),
            ("a\\_b", "axb", false),
            ("\\\\", "\\", true),
            ("A%", "ab", false),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().fits(text), fits, "{pattern} {text}");
        }
        assert!(Pattern::parse("a\\b").is_err());
        assert!(Pattern::parse("a\\").is_err());
    }
}
