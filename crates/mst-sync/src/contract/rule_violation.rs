//! The reasons why a cell is not a value of a contract's field.

/// The rule of a contract that a cell violates. The message says how to fix it if there is a usual way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleViolation {
    /// The field's type is not made from cells of this kind.
    #[error("expected {expected}, found {found}{}", advice(expected, found))]
    Kind {
        /// The field's type.
        expected: &'static str,
        /// The kind of cell that the source gave.
        found: &'static str,
    },
    /// The value is missing but required.
    #[error("null is refused (allow it with null = \"allow\", or give a default)")]
    Null,
    /// The value of a key field is missing.
    #[error(
        "null is refused in a key (null = \"key\" in the contract makes it a value of its own; or leave such rows out with \
         --on-error skip, or give a replacement: default = … in the mapping, or coalesce in a query)"
    )]
    NullKey,
    /// The text is empty, which the field refuses.
    #[error("empty text is refused")]
    Empty,
    /// The text is not in a form of the field's type.
    #[error("not {expected}")]
    Form {
        /// The form that is expected.
        expected: &'static str,
    },
    /// The value has more digits than the field, and the contract refuses rounding.
    #[error("it would have to be rounded to {to}, which the contract refuses (rounding = …)")]
    Rounding {
        /// The precision of the field.
        to: String,
    },
    /// The value is too large or too small.
    #[error("out of the range of {ty}")]
    Range {
        /// The field's type.
        ty: String,
    },
    /// The text is not one of the enum's names.
    #[error("none of the names of the enum: {names}")]
    Name {
        /// The names.
        names: String,
    },
    /// The text has a character that the Unicode tables do not know, so that its normal form and case may change later.
    #[error("U+{code:04X} is not assigned in Unicode {version}")]
    Unassigned {
        /// The code point.
        code: u32,
        /// The version of the tables.
        version: String,
    },
    /// The JSON is malformed, nested too deep, or repeats a member.
    #[error("not JSON with one meaning: {reason}")]
    Json {
        /// The reason.
        reason: String,
    },
}

/// Advice for a kind of cell that a type is not made from. Each piece of advice has a test that follows it.
fn advice(expected: &str, found: &str) -> &'static str {
    const FLOAT: &str = "a floating-point number";
    match (expected, found) {
        ("timestamp", "a time without zone") => " (name its zone in the mapping: time = { zone = \"…\" })",
        ("timestamp", "a date") => {
            " (cast = \"timestamp\" in the mapping takes its midnight, with time = { zone = \"…\" })"
        }
        ("timestamp", "a time of day") => {
            " (join it to its day in the mapping: concat = [{ column = \"…\" }, { text = \" \" }, { column = \"…\" }], with \
             time = { zone = \"…\" })"
        }
        ("timestamp", "a whole number" | "a number") => {
            " (say what it counts in the mapping: time = { format = \"unix-s\" })"
        }
        ("timestamp", FLOAT) => {
            " (say what it counts in the mapping: time = { format = \"unix-s\" }; floats are not exact: floats = \"shortest\" \
             in the contract takes the shortest decimal that means it)"
        }
        ("date", "a time without zone") => " (cast = \"date\" in the mapping cuts the time off)",
        ("date", "a moment") => " (cast = \"date\" in the mapping cuts the time off, with time = { zone = \"…\" })",
        ("date", "a whole number" | "a number") => {
            " (say what it counts in the mapping: time = { format = \"unix-s\", zone = \"…\" }, with cast = \"date\")"
        }
        ("date", FLOAT) => {
            " (say what it counts in the mapping: time = { format = \"unix-s\", zone = \"…\" }, with cast = \"date\"; floats are \
             not exact: floats = \"shortest\" in the contract takes the shortest decimal that means it)"
        }
        ("time of day", "a time without zone") => " (cast = \"time\" in the mapping cuts the day off)",
        ("time of day", "a moment") => {
            " (cast = \"time\" in the mapping cuts the day off, with time = { zone = \"…\" })"
        }
        ("time of day", "a duration") => " (cast = \"time\" in the mapping takes it from midnight on)",
        ("time of day", "a whole number" | "a number") => {
            " (say what it counts from midnight on in the mapping: unit = \"s\", with cast = \"time\")"
        }
        ("time of day", FLOAT) => {
            " (say what it counts from midnight on in the mapping: unit = \"s\", with cast = \"time\"; floats are not exact: \
             floats = \"shortest\" in the contract takes the shortest decimal that means it)"
        }
        ("duration", "a time of day") => " (cast = \"duration\" in the mapping takes what has passed since midnight)",
        ("duration", "a whole number" | "a number") => " (say what it counts in the mapping: unit = \"s\")",
        ("duration", FLOAT) => {
            " (say what it counts in the mapping: unit = \"s\"; floats are not exact: floats = \"shortest\" in the contract takes \
             the shortest decimal that means it)"
        }
        ("whole number" | "decimal number", FLOAT) => {
            " (floats are not exact: floats = \"shortest\" in the contract takes the shortest decimal that means it)"
        }
        ("whole number" | "decimal number", "a truth value") => {
            " (map = { true = \"1\", false = \"0\" } in the mapping makes it one)"
        }
        ("bool" | "enum", "a whole number" | "a number" | FLOAT | "a truth value") => {
            " (map = { … } in the mapping says what each stands for)"
        }
        ("text", "a number") => " (numbers have many spellings: make it a number, or cast = \"text\" in the mapping)",
        ("json", "text that may be JSON or a string") => {
            ", which the mapping must decide (decode = \"json\" or decode = \"string\")"
        }
        (_, "an empty value without quotes") => {
            ", which could be null (decide it in the mapping: empty = \"text\" or \"null\" in [source])"
        }
        ("text", "a truth value" | "a date" | "a time without zone" | "a moment" | "a duration" | "JSON") => {
            " (cast = \"text\" in the mapping takes its spelling)"
        }
        _ => "",
    }
}
