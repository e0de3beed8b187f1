//! Places that the user has marked with letters.

use std::collections::BTreeMap;

/// The marked places of a screen.
#[derive(Clone, Debug)]
pub(crate) struct Marks<P>(BTreeMap<char, P>);

impl<P> Default for Marks<P> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<P: Clone> Marks<P> {
    /// Gives a place a letter, which another place may have had before. Returns words for the user.
    pub(crate) fn set(&mut self, letter: char, place: P) -> String {
        self.0.insert(letter, place);
        format!("marked as {letter}")
    }

    /// The same letters for the places that others have become; those that are gone lose theirs.
    pub(crate) fn moved(&self, to: impl Fn(&P) -> Option<P>) -> Self {
        Self(self.0.iter().filter_map(|(letter, place)| Some((*letter, to(place)?))).collect())
    }

    /// The place that has a letter, or words that say which letters there are.
    pub(crate) fn get(&self, letter: char) -> Result<P, String> {
        self.0.get(&letter).cloned().ok_or_else(|| {
            let letters: Vec<_> = self.0.keys().map(char::to_string).collect();
            match letters.is_empty() {
                true => format!("no place is marked as {letter}, or as any other letter"),
                false => format!("no place is marked as {letter}; marked are {}", letters.join(", ")),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_by_their_letters() {
        let mut marks = Marks::default();
        assert!(marks.get('a').unwrap_err().contains("or as any other"));
        assert_eq!(marks.set('a', 3), "marked as a");
        marks.set('B', 4);
        marks.set('a', 5);
        assert_eq!(marks.get('a'), Ok(5));
        assert_eq!(marks.get('b').unwrap_err(), "no place is marked as b; marked are B, a");
    }
}
