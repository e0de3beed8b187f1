//! The folder that keeps a comparison: `contract.toml`, `left.toml` and `right.toml`, both trees, and `basis.toml`, which
//! lists what nobody has confirmed yet.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use file_mst::write::NewFile;
use mst_sync::draft::Rendered;
use mst_sync::mapping::Mapping;
use mst_sync::source::Settings;
use mst_types::escape_path;

use super::{Side, Tables};
use crate::model::diff::basis::Basis;

const CONTRACT: &str = "contract.toml";
const MAPPINGS: [&str; 2] = ["left.toml", "right.toml"];
const BASIS: &str = "basis.toml";

/// The mappings of a kept comparison, and what it rests on; none if the folder keeps nothing yet.
pub(super) fn read(folder: &Path, tables: &Tables) -> anyhow::Result<Option<([Side; 2], Basis)>> {
    if !folder.join(CONTRACT).exists() {
        return Ok(None);
    }
    let [left, right] = MAPPINGS.map(|file| Mapping::read(&folder.join(file)));
    let mappings = [left?, right?];
    for (index, mapping) in mappings.iter().enumerate() {
        let named = tables.settings(index);
        if identity(&mapping.source) != identity(&named) {
            bail!(
                "{} keeps the comparison of {}, not of {}; name another folder",
                escape_path(folder),
                mapping.source.name(),
                named.name()
            );
        }
    }
    let path = folder.join(BASIS);
    let basis = match fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text).with_context(|| format!("cannot read {}", escape_path(&path)))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Basis::default(),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", escape_path(&path))),
    };
    Ok(Some((mappings.map(|mapping| Side::Mapping(Box::new(mapping))), basis)))
}

/// What a source is, however its file is named.
fn identity(settings: &Settings) -> (Option<PathBuf>, String) {
    let absolute = |path: &Path| Some(fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()));
    match settings {
        Settings::Csv { path: Some(path), .. }
        | Settings::Ndjson { path: Some(path), .. }
        | Settings::Parquet { path }
        | Settings::Mapping { path } => (absolute(path), String::new()),
        Settings::Sqlite { path, select } => (absolute(path), format!("{select:?}")),
        Settings::Tree(tree) => (absolute(&tree.path), String::new()),
        Settings::Postgres { location, select } | Settings::Mysql { location, select } => {
            (None, format!("{location:?} {select:?}"))
        }
        other => (None, other.name()),
    }
}

/// Writes the contract and both mappings of a draft into a folder.
pub(super) fn write(texts: &Rendered, folder: &Path) -> anyhow::Result<[PathBuf; 3]> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", escape_path(folder)))?;
    let [left, right] = MAPPINGS;
    let files = [(CONTRACT, &texts.contract), (left, &texts.left), (right, &texts.right)];
    let paths = files.map(|(file, _)| folder.join(file));
    if let Some(existing) = paths.iter().find(|path| path.exists()) {
        bail!("{} exists already; name another folder", escape_path(existing));
    }
    for (path, (_, text)) in paths.iter().zip(files) {
        write_new(path, text)?;
    }
    Ok(paths)
}

/// Writes what a kept comparison rests on, in place of what is there.
pub(super) fn write_basis(basis: &Basis, folder: &Path) -> anyhow::Result<()> {
    let text = toml::to_string(basis).context("what the comparison rests on cannot be written")?;
    let comment =
        "# What comparisons with this contract rest on. Delete an [[unconfirmed]] part to confirm its rule.\n";
    let path = folder.join(BASIS);
    write_file(&path, || NewFile::replace(&path), &format!("{comment}{text}"))
}

/// Makes a file that must not exist.
fn write_new(path: &Path, text: &str) -> anyhow::Result<()> {
    write_file(path, || NewFile::create(path), text)
}

fn write_file(path: &Path, open: impl FnOnce() -> Result<NewFile, file_mst::Error>, text: &str) -> anyhow::Result<()> {
    let written = || -> anyhow::Result<()> {
        let mut file = open()?;
        file.write_all(text.as_bytes())?;
        Ok(file.finish()?)
    };
    written().with_context(|| format!("cannot write {}", escape_path(path)))
}
