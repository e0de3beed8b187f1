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

use serde::{Deserialize, Serialize};

use super::{Side, TableOptions, Tables};
use crate::model::diff::basis::Basis;

const CONTRACT: &str = "contract.toml";
const MAPPINGS: [&str; 2] = ["left.toml", "right.toml"];
const BASIS: &str = "basis.toml";

/// The part of a kept comparison beside its contract, mappings and trees.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    #[serde(default)]
    asked: Asked,
    #[serde(flatten)]
    basis: Basis,
}

/// The wishes of the user for the draft. They are in the contract and the mappings, so another wish needs another folder.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Asked {
    key: Option<String>,
    columns: Option<Vec<String>>,
    #[serde(default)]
    except: Vec<String>,
    left_where: Option<String>,
    right_where: Option<String>,
}

impl Asked {
    fn of(options: &TableOptions) -> Self {
        let [left_where, right_where] = options.conditions.clone();
        let TableOptions { key, columns, except, .. } = options.clone();
        Self { key, columns, except, left_where, right_where }
    }

    /// The first argument that is given now and was another one then.
    fn other_than(&self, then: &Self) -> Option<&'static str> {
        let differs = |now: &Option<String>, then: &Option<String>| now.is_some() && now != then;
        [
            (differs(&self.key, &then.key), "--key"),
            (self.columns.is_some() && self.columns != then.columns, "--columns"),
            (!self.except.is_empty() && self.except != then.except, "--except"),
            (differs(&self.left_where, &then.left_where), "--where"),
            (differs(&self.right_where, &then.right_where), "--where"),
        ]
        .into_iter()
        .find(|(differs, _)| *differs)
        .map(|(_, name)| name)
    }
}

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
    let Kept { asked, basis } = match fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text).with_context(|| format!("cannot read {}", escape_path(&path)))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Kept::default(),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", escape_path(&path))),
    };
    if let Some(name) = Asked::of(&tables.options).other_than(&asked) {
        bail!("{} was kept with another {name}: omit it, or name another folder", escape_path(folder));
    }
    Ok(Some((mappings.map(|mapping| Side::Mapping(Box::new(mapping))), basis)))
}

/// Notes that every rule of a kept comparison is confirmed.
pub(super) fn confirm(basis: &Basis, folder: &Path) -> anyhow::Result<()> {
    let path = folder.join(BASIS);
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", escape_path(&path)))?;
    let kept: Kept = toml::from_str(&text).with_context(|| format!("cannot read {}", escape_path(&path)))?;
    write_kept(&Kept { basis: basis.clone(), ..kept }, folder)
}

/// The identity of a source, however its file is named.
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
pub(super) fn write_basis(basis: &Basis, options: &TableOptions, folder: &Path) -> anyhow::Result<()> {
    write_kept(&Kept { asked: Asked::of(options), basis: basis.clone() }, folder)
}

fn write_kept(kept: &Kept, folder: &Path) -> anyhow::Result<()> {
    let text = toml::to_string(kept).context("what the comparison rests on cannot be written")?;
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
