//! Recognises files that are not ours.

use std::fmt;
use std::io;

use crate::node::dialect::{Dialect, PAGE};
use crate::node::{Frame, Skeleton};
use crate::storage::ReadAt;

/// The kind of a file that is not one of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Foreign {
    /// A tree that the published crate wrote.
    Dialect(Dialect),
    /// Another program's file, known by its first bytes.
    Known(&'static str),
    /// Text.
    Text,
    /// An unknown kind of file.
    Unknown,
    /// A file without any bytes. A writer treats it as a new file.
    Empty,
}

/// Offset, magic bytes and name of known kinds of files.
const KNOWN: [(usize, &[u8], &str); 10] = [
    (0, b"SQLite format 3\0", "an SQLite database"),
    (0, b"redb\x1a\x0a\xa9\x0d\x0a", "a redb database"),
    (16, b"\xde\xc0\xef\xbe", "an LMDB database"),
    (16, b"\xed\xda\x0c\xed", "a bbolt database"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"PK\x03\x04", "a zip archive"),
    (0, b"\x1f\x8b", "a gzip file"),
    (0, b"\x28\xb5\x2f\xfd", "a zstd file"),
    (0, b"\x7fELF", "a program"),
    (0, b"%PDF-", "a PDF document"),
];

impl Foreign {
    /// Reads the first page and, for the published dialects, one node.
    ///
    /// # Errors
    /// Those of the system.
    pub fn of(storage: &dyn ReadAt) -> io::Result<Self> {
        let mut page = vec![0; PAGE as usize];
        let read = storage.read_up_to(0, &mut page)?;
        page.truncate(read);
        let starts = |at: usize, magic: &[u8]| page.get(at..).is_some_and(|bytes| bytes.starts_with(magic));
        if page.is_empty() {
            return Ok(Self::Empty);
        }
        if let Some((_, _, name)) = KNOWN.iter().find(|(at, magic, _)| starts(*at, magic)) {
            return Ok(Self::Known(name));
        }
        if is_text(&page) {
            return Ok(Self::Text);
        }
        let is_node = |offset| Frame::read(storage, offset).is_ok_and(|frame| Skeleton::parse(&frame).is_ok());
        // Page 0 of the git version: the root's offset, its hash, then zeros.
        if let Some((offset, rest)) = page.split_first_chunk::<8>()
            && read as u64 == PAGE
            && rest.iter().skip(32).all(|byte| *byte == 0)
        {
            let offset = u64::from_le_bytes(*offset);
            let no_root = offset == 0 && rest.iter().all(|byte| *byte == 0);
            if no_root || offset >= PAGE && is_node(offset) {
                return Ok(Self::Dialect(Dialect::FileMstGit));
            }
        }
        Ok(if is_node(0) { Self::Dialect(Dialect::FileMst02) } else { Self::Unknown })
    }
}

/// UTF-8 without control characters other than white space; the page may end within a character.
fn is_text(page: &[u8]) -> bool {
    let valid = match std::str::from_utf8(page) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(page.get(..error.valid_up_to()).unwrap_or_default()).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !valid.is_empty() && valid.chars().all(|c| !c.is_control() || c.is_ascii_whitespace())
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dialect(dialect) => {
                write!(f, "this is a tree of the dialect {dialect}: `mst-tui convert OLD NEW` makes it one of ours")
            }
            Self::Known(name) => write!(f, "this is {name}, not a tree"),
            Self::Text => f.write_str("this is a text, not a tree"),
            Self::Unknown => f.write_str("this is no tree"),
            Self::Empty => f.write_str("this file is empty"),
        }
    }
}
