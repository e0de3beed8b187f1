//! Errors in contracts and mappings, with their position.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use mst_types::{escape_hidden, escape_path};

/// An error in a contract or a mapping, and its position.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {message}", escape_path(path), LineAndColumn(*line, *column))]
pub struct SettingsError {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1; 0 if the error is about the whole file.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The error, and how to fix it.
    pub message: String,
}

struct LineAndColumn(usize, usize);

impl fmt::Display for LineAndColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(0, _) => Ok(()),
            Self(line, column) => write!(f, ":{line}:{column}"),
        }
    }
}

/// The text of a settings file and its path, for errors.
#[derive(Clone, Copy)]
pub(crate) struct Text<'a> {
    pub(crate) path: &'a Path,
    pub(crate) text: &'a str,
}

impl Text<'_> {
    /// The folder that paths in the text are relative to.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

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

    /// Parses the text as TOML.
    pub(crate) fn toml<T: serde::de::DeserializeOwned>(&self) -> Result<T, SettingsError> {
        toml::from_str(self.text).map_err(|error| {
            // The TOML reader puts what it expected on a line of its own. Names in its messages are unescaped.
            let message = error.message().replace("\nexpected", ", expected");
            let message = escape_hidden(&message).replace('\n', "\\n");
            match error.span() {
                Some(span) => self.error(span, message),
                None => SettingsError { path: self.path.to_owned(), line: 0, column: 0, message },
            }
        })
    }
}

/// The maximum size of a settings file, in bytes.
const MAX_SIZE: u64 = 1 << 20;

/// Reads a whole settings file.
pub(crate) fn read_settings(path: &Path) -> Result<String, SettingsError> {
    use std::io::Read;
    let wrong = |message: String| SettingsError { path: path.to_owned(), line: 0, column: 0, message };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|error| wrong(format!("cannot open: {error}")))?;
    file.take(MAX_SIZE + 1).read_to_string(&mut text).map_err(|error| wrong(format!("cannot read: {error}")))?;
    if text.len() as u64 > MAX_SIZE {
        return Err(wrong("larger than a megabyte, so this is not a settings file".to_owned()));
    }
    Ok(text)
}
