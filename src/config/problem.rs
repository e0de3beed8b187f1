//! What is wrong with a file of settings, and where.

use std::fmt;
use std::ops::Range;

/// A problem in a file of settings, and what to write instead.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Problem {
    /// The line, from 1; 0 if the problem is about the whole file.
    pub(crate) line: usize,
    /// The column, from 1, in characters.
    pub(crate) column: usize,
    pub(crate) message: String,
}

impl Problem {
    /// A problem of these bytes of a text.
    pub(super) fn at(text: &str, span: Range<usize>, message: String) -> Self {
        let before = text.get(..span.start).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        Self { line: before.matches('\n').count() + 1, column, message }
    }

    /// A problem of the whole file.
    pub(super) fn of_file(message: String) -> Self {
        Self { line: 0, column: 0, message }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.message),
            line => write!(f, "{line}:{}: {}", self.column, self.message),
        }
    }
}

/// The name that was probably meant; none if none is similar.
pub(super) fn meant<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = |name: &&str| strsim::damerau_levenshtein(&written.to_lowercase(), name);
    let best = names.into_iter().min_by_key(near)?;
    (near(&best) <= 1 + best.chars().count() / 4).then_some(best)
}
