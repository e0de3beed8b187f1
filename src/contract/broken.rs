//! Why a cell is no value of a contract's field.

/// The rule of a contract that a cell breaks. The message says what to do where that helps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Broken {
    /// A cell of a kind that the field's type is not made from.
    #[error("{found} is no {expected}{}", advice(expected, found))]
    Kind {
        /// The field's type.
        expected: &'static str,
        /// What the source gave.
        found: &'static str,
    },
    /// No value where there must be one.
    #[error("null is refused (allow it with null = \"allow\", or give a default)")]
    Null,
    /// Empty text where there must be some.
    #[error("empty text is refused")]
    Empty,
    /// Not in the form of the field's type.
    #[error("not {expected}")]
    Form {
        /// What would be.
        expected: &'static str,
    },
    /// More digits than the field has.
    #[error("it would have to be rounded to {to}, which the contract refuses (rounding = …)")]
    Rounding {
        /// To what.
        to: String,
    },
    /// Too large or too small.
    #[error("out of the range of {ty}")]
    Range {
        /// The field's type.
        ty: String,
    },
    /// Not one of an enum's names.
    #[error("none of the names of the enum: {names}")]
    Name {
        /// The names.
        names: String,
    },
    /// A character that the Unicode tables do not know, so that its normal form and case may change.
    #[error("U+{code:04X} is no character that Unicode {version} assigns")]
    Unassigned {
        /// The code point.
        code: u32,
        /// The version of the tables.
        version: String,
    },
    /// JSON that is malformed, too deep, or names a member twice.
    #[error("no JSON with one meaning: {reason}")]
    Json {
        /// What is wrong.
        reason: String,
    },
}

/// What to do about a kind of cell that a type is not made from.
fn advice(expected: &str, found: &str) -> &'static str {
    match (expected, found) {
        ("timestamp", "a time without zone") => " (name its zone in the mapping: time = { zone = \"…\" })",
        ("timestamp", "a date") => " (cast = \"timestamp\" in the mapping takes its midnight)",
        ("timestamp", "a whole number" | "a number") => " (say what it counts: time = { format = \"unix-s\" })",
        ("date", "a moment" | "a time without zone") => " (cast = \"date\" in the mapping cuts the time off)",
        (_, "a floating-point number") => {
            " (floats are not exact: floats = \"shortest\" in the contract takes the shortest decimal that means it)"
        }
        ("text", "a number") => " (numbers have many spellings: make it a number, or cast = \"text\" in the mapping)",
        _ => "",
    }
}
