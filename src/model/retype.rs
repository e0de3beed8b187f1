//! Other types for the tree that is shown: the next guess, or those that were typed.

use file_mst::inspect::node::Link;
use file_mst::open::{Opened, Typing, TypingSource};
use mst_types::Type;

/// The arrows between the types of keys and values, as they are typed or copied from the screen.
const ARROWS: [&str; 2] = ["->", "→"];

/// Which types are wanted.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Retype {
    /// The next of those that are guessed.
    Next,
    /// Those that fit this node too, which the guess does not.
    Fitting(Link),
    /// These of keys and values.
    Given(Box<(Type, Type)>),
}

impl Retype {
    /// The types of a text such as `String -> u64`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let splits = ARROWS.iter().flat_map(|arrow| text.match_indices(arrow));
        let mut why = None;
        for (at, arrow) in splits {
            // An arrow may also stand within a name in quotes.
            let (key, value) = (text[..at].trim(), text[at + arrow.len()..].trim());
            match (key.parse(), value.parse()) {
                (Ok(key), Ok(value)) => return Ok(Self::Given(Box::new((key, value)))),
                (Err(error), _) => why = why.or_else(|| Some(format!("{key:?} is no type: {error}"))),
                (_, Err(error)) => why = why.or_else(|| Some(format!("{value:?} is no type: {error}"))),
            }
        }
        Err(why.unwrap_or_else(|| "types are typed as KEY -> VALUE, such as String -> u64".to_owned()))
    }

    /// The tree with these types, or why it stays as it is.
    pub(crate) fn apply(self, opened: &Opened) -> Result<Opened, String> {
        let tried = match self {
            Self::Fitting(link) => {
                let none = "no types were found that fit this node and the others: T edits them";
                return opened.guessed_with(&link).ok_or_else(|| none.to_owned());
            }
            Self::Given(types) => opened.with_types(types.0, types.1),
            Self::Next if opened.file.is_some() => {
                return Err("the file says where its items end: T edits the types".to_owned());
            }
            Self::Next => match opened.next_guess() {
                Some(next) => return Ok(next),
                None => opened.guessed_closely(),
            },
        };
        let found = tried.map_err(|error| error.to_string())?;
        let is_new =
            |found: &Opened| (&found.typing.key, &found.typing.value) != (&opened.typing.key, &opened.typing.value);
        match found.typing.source {
            TypingSource::Guessed if !is_new(&found) => {
                found.next_guess().ok_or_else(|| "no other types prove the same: T edits them".to_owned())
            }
            TypingSource::Unknown => Err("no types were found that the nodes prove: T names them".to_owned()),
            _ => Ok(found),
        }
    }
}

/// The types, and which of the guesses they are.
pub(crate) fn named(typing: &Typing) -> String {
    let which = match typing.alternatives.len() {
        0 => String::new(),
        others => format!(" {} of {}", typing.choice + 1, others + 1),
    };
    format!("types{which}: {}", written(typing))
}

/// The types as they are typed; nothing where one of them is unknown.
pub(crate) fn written(typing: &Typing) -> String {
    match (&typing.key, &typing.value) {
        (Some(key), Some(value)) => format!("{key} -> {value}"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_around_an_arrow() {
        let given = |key: &str, value: &str| {
            Retype::Given(Box::new((key.parse().expect("a type"), value.parse().expect("a type"))))
        };
        for (text, key, value) in [
            ("String -> u64", "String", "u64"),
            ("String→(u64, bool)", "String", "(u64, bool)"),
            ("\"a -> b\"{id: u64} -> ()", "\"a -> b\"{id: u64}", "()"),
        ] {
            assert_eq!(Retype::parse(text), Ok(given(key, value)), "{text}");
        }
        for (text, why) in
            [("String", "KEY -> VALUE"), ("Strin -> u64", "\"Strin\" is no type"), ("u64 -> ", "\"\" is no type")]
        {
            let error = Retype::parse(text).expect_err(text);
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
