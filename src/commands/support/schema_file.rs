//! Types that a schema file names: a file given on the command line, or `NAME.schema` beside a tree.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use file_mst::inspect::store::is_ours;
use file_mst::storage::FileStorage;
use mst_types::{Type, escape_path, parse_schema};

/// The types known before a tree is opened: those given one by one, then those of a schema file; if neither is given,
/// those of the file beside the tree.
pub(crate) fn known_types(
    (key, value): (Option<&Type>, Option<&Type>),
    schema: Option<&Path>,
    path: &Path,
    storage: &FileStorage,
) -> anyhow::Result<(Option<Type>, Option<Type>)> {
    let named = match schema {
        Some(path) => Some(read(path)?),
        None if key.is_none() && value.is_none() => read_beside(path, storage)?,
        None => None,
    };
    let named = named.unzip();
    Ok((key.cloned().or(named.0), value.cloned().or(named.1)))
}

/// The file that names the types of the tree beside it.
pub(crate) fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".schema");
    name.into()
}

/// The types in the file beside a tree; none if there is no such file, or the tree's own format records its types.
fn read_beside(path: &Path, storage: &FileStorage) -> anyhow::Result<Option<(Type, Type)>> {
    let beside = beside(path);
    if !beside.is_file() || is_ours(storage).unwrap_or(true) {
        return Ok(None);
    }
    read(&beside).map(Some)
}

/// The types that a schema file names.
pub(crate) fn read(path: &Path) -> anyhow::Result<(Type, Type)> {
    let name = escape_path(path);
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
    parse(&text).with_context(|| format!("{name} names no types"))
}

/// The types that a text names.
pub(crate) fn parse(text: &str) -> anyhow::Result<(Type, Type)> {
    Ok(parse_schema(text.trim())?)
}
