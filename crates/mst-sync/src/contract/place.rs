//! Where in a file of settings something is wrong.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use mst_types::{escape_hidden, escape_path};

/// What is wrong with a contract or a mapping, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {message}", escape_path(path), Place(*line, *column))]
pub struct SettingsError {
    /// The file.
    pub path: PathBuf,
    /// The line from 1; 0 where it is no particular one.
    pub line: usize,
    /// The column from 1, in characters.
    pub column: usize,
    /// What is wrong, and what to do about it.
    pub message: String,
}

struct Place(usize, usize);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(0, _) => Ok(()),
            Self(line, column) => write!(f, ":{line}:{column}"),
        }
    }
}

/// A text of settings and the name of its file, for errors.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    pub(crate) path: &'a Path,
    pub(crate) text: &'a str,
}

impl Text<'_> {
    /// An error about these bytes of the text.
    pub(crate) fn error(&self, span: Range<usize>, message: impl Into<String>) -> SettingsError {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        SettingsError {
            path: self.path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            message: message.into(),
        }
    }

    /// What the reader of TOML says.
    pub(crate) fn toml<T: serde::de::DeserializeOwned>(&self) -> Result<T, SettingsError> {
        toml::from_str(self.text).map_err(|error| {
            // What was expected comes in a line of its own; names in the message are as they stand in the file.
            let message = error.message().replace("\nexpected", ", expected");
            let message = escape_hidden(&message).replace('\n', "\\n");
            match error.span() {
                Some(span) => self.error(span, message),
                None => SettingsError { path: self.path.to_owned(), line: 0, column: 0, message },
            }
        })
    }
}

/// The most bytes of a file of settings.
const MOST: u64 = 1 << 20;

/// Reads a file of settings whole.
pub(crate) fn read_settings(path: &Path) -> Result<String, SettingsError> {
    use std::io::Read;
    let wrong = |message: String| SettingsError { path: path.to_owned(), line: 0, column: 0, message };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|error| wrong(format!("cannot open: {error}")))?;
    file.take(MOST + 1).read_to_string(&mut text).map_err(|error| wrong(format!("cannot read: {error}")))?;
    if text.len() as u64 > MOST {
        return Err(wrong("longer than a megabyte: this is no file of settings".to_owned()));
    }
    Ok(text)
}
