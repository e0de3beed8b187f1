//! Positions within a value: the steps of paths such as `.items[3].name`.

use std::fmt;

use crate::escape::write_name;

/// One step from a value to a part of it.
pub(crate) enum Step<'a> {
    /// An item of a list or an array.
    Item(u64),
    /// An item of a tuple or of a tuple variant.
    Position(usize),
    /// A field, or the variant of an enum.
    Name(&'a str),
    /// The key of a map entry.
    Key(u64),
    /// The value of a map entry.
    Value(u64),
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Item(n) => write!(f, "[{n}]"),
            Step::Position(n) => write!(f, ".{n}"),
            Step::Name(name) => {
                f.write_str(".")?;
                write_name(f, name)
            }
            Step::Key(n) => write!(f, "[{n}].key"),
            Step::Value(n) => write!(f, "[{n}].value"),
        }
    }
}

/// A path at the head of an error message; the empty path is the whole value.
pub(crate) struct At<'a>(pub(crate) &'a str);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "the value" } else { self.0 })
    }
}
