//! A table on standard input, such as `ndjson:-`.
//!
//! Rows are read more than once, for the draft of a contract and for the tree, so they are kept in a temporary file.

use std::fs::File;
use std::io::{self, stdin};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, bail};
use mst_types::escape_text;
use tempfile::TempDir;

/// The formats that can be named before `:-`, each with the ending of its files.
const FORMATS: [(&str, &str); 4] = [("csv", "csv"), ("tsv", "tsv"), ("ndjson", "ndjson"), ("jsonl", "jsonl")];

/// The folder and the file of what was read, and the name that it was read under.
static READ: Mutex<Option<(TempDir, PathBuf, String)>> = Mutex::new(None);

/// The file that has the rows of standard input, if that is what is named. It is read by the first call.
///
/// # Errors
/// No format is named, it cannot be read, or it was named in another format.
pub(crate) fn file_of(name: &str) -> anyhow::Result<Option<PathBuf>> {
    let named = name.strip_suffix(":-").and_then(|format| FORMATS.iter().find(|(known, _)| *known == format));
    let Some((_, ending)) = named else {
        return if name == "-" { bail!(NO_FORMAT) } else { Ok(None) };
    };
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, path, before)) = &*read {
        if before == name {
            return Ok(Some(path.clone()));
        }
        bail!("standard input is read as {} already", escape_text(before));
    }
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let path = folder.path().join(format!("stdin.{ending}"));
    // Nobody else sees this file, so that it may be there before it is whole.
    let mut file = File::options().write(true).create_new(true).open(&path).context("cannot keep standard input")?;
    io::copy(&mut stdin().lock(), &mut file).context("cannot read standard input")?;
    *read = Some((folder, path.clone(), name.to_owned()));
    Ok(Some(path))
}

/// Refuses to write down standard input as the source of a mapping, since nobody can read it again.
pub(crate) fn refuse(names: [&str; 2], what: &str) -> anyhow::Result<()> {
    if names.iter().any(|name| name.ends_with(":-")) {
        bail!("{what} names its sources, to read them again, and standard input can be read once: save it to a file");
    }
    Ok(())
}

/// Why `-` alone names nothing.
const NO_FORMAT: &str = "name the format of the rows on standard input: ndjson:-, csv:- or tsv:- (a tree cannot be read \
                         from a pipe, since its nodes are read in any order: save it to a file first)";

/// Removes what was kept.
pub(crate) fn remove() {
    drop(READ.lock().unwrap_or_else(PoisonError::into_inner).take());
}
