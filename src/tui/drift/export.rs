//! What is shown, written to a file: the lines that `diff --json` prints of it.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::app::DriftApp;
use crate::view::drift::entry::Entry;
use crate::view::item::ItemFormat;

/// How many names are tried where files of these names are there already.
const NAMES: u32 = 100;

/// Writes what the filter lets through to a new file, of this name if one is given; its path and how many lines it has.
/// No file is replaced. The summary that ends a whole drift is left out: what is shown need not be whole.
pub(in crate::tui) fn export(app: &DriftApp, name: &Option<String>) -> io::Result<(PathBuf, u64)> {
    let folder = std::env::current_dir()?;
    match name {
        Some(name) => {
            let path = folder.join(name);
            let file = File::create_new(&path)?;
            write(app, path, file)
        }
        None => export_into(app, &folder),
    }
}

/// The same, to a file of a name that says what is in it.
pub(in crate::tui) fn export_into(app: &DriftApp, folder: &Path) -> io::Result<(PathBuf, u64)> {
    let (path, file) = create(app, folder)?;
    write(app, path, file)
}

fn write(app: &DriftApp, path: PathBuf, file: File) -> io::Result<(PathBuf, u64)> {
    let mut out = BufWriter::new(file);
    let mut lines = 0;
    for entry in (0..app.found.len()).filter_map(|line| app.found.difference(line)) {
        match (&**entry, entry.sides()) {
            (Entry::Equal(_) | Entry::Same(_), _) => continue,
            (Entry::Damage(text), _) => {
                serde_json::to_writer(&mut out, &serde_json::json!({"kind": "damage", "error": text}))?;
            }
            (_, (left, right)) => {
                let record = app.pair.difference_json(left, right);
                let hidden = app.value_format == ItemFormat::Redacted;
                let record = if hidden { record.redacted(left, right) } else { record };
                serde_json::to_writer(&mut out, &record)?;
            }
        }
        writeln!(out)?;
        lines += 1;
    }
    out.flush()?;
    Ok((path, lines))
}

fn create(app: &DriftApp, folder: &Path) -> io::Result<(PathBuf, File)> {
    let [left, right] = app.pair.files.each_ref().map(|file| file.strip_suffix(".mst").unwrap_or(file));
    let mut taken = None;
    for number in 1..=NAMES {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("drift-{left}-{right}{number}.json"));
        match File::create_new(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(taken.unwrap_or_else(|| io::ErrorKind::AlreadyExists.into()))
}
