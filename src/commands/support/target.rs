//! A tree as users name it.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, bail};
use clap::builder::{OsStringValueParser, TypedValueParser};
use file_mst::NodeHash;
use file_mst::TreeFile;
use file_mst::inspect::hash::ParseHashError;
use file_mst::open::OpenOptions;
use file_mst::storage::FileStorage;
use mst_types::escape_path;

use super::schema_file::known_types;
use super::tree_args::OpenArgs;

/// `PATH`, `PATH#COMMIT`, `PATH@OFFSET` or `PATH@OFFSET:HASH`. `#newest` is the newest commit, and `#-1` the one before
/// it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Target {
    path: PathBuf,
    offset: Option<u64>,
    hash: Option<NodeHash>,
    /// The sequence number of the commit.
    pub(super) commit: Option<u64>,
}

impl FromStr for Target {
    type Err = ParseHashError;

    fn from_str(text: &str) -> Result<Self, ParseHashError> {
        let whole = || Self { path: text.into(), offset: None, hash: None, commit: None };
        // The name of an existing file may contain an @ or a #.
        if Path::new(text).exists() {
            return Ok(whole());
        }
        let number = |text: &str| text.replace([',', '_'], "").parse::<u64>().ok();
        if let Some((path, commit)) = text.rsplit_once('#')
            && let Some(commit) = number(commit).or_else(|| from_newest(Path::new(path), commit))
        {
            return Ok(Self { path: path.into(), commit: Some(commit), ..whole() });
        }
        let Some((path, root)) = text.rsplit_once('@') else { return Ok(whole()) };
        let (offset, hash) = match root.split_once(':') {
            Some((offset, hash)) => (offset, Some(hash)),
            None => (root, None),
        };
        match number(offset) {
            Some(offset) => {
                let hash = hash.map(str::parse).transpose()?;
                Ok(Self { path: path.into(), offset: Some(offset), hash, commit: None })
            }
            None => Ok(whole()),
        }
    }
}

/// The number of a commit that is counted from the newest one; none if the file has no commits.
fn from_newest(path: &Path, commit: &str) -> Option<u64> {
    let back = if commit == "newest" { 0 } else { commit.strip_prefix('-')?.parse().ok()? };
    let file = TreeFile::open(path).ok()?;
    // There is no commit 0, and the message about it says which there are.
    Some(file.last()?.sequence.saturating_sub(back))
}

/// The parser of a file that a command adds to. No version can be named there, since versions do not change.
pub(crate) fn changed_file() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().try_map(|name| {
        let path = PathBuf::from(name);
        let target = path.to_str().and_then(|text| text.parse::<Target>().ok());
        match target.filter(|target| target.names_version() && target.file_path().exists()) {
            Some(target) => {
                let file = target.name();
                Err(format!("a commit is added to the newest version, so none can be named: give {file} alone"))
            }
            None => Ok(path),
        }
    })
}

impl Target {
    /// Whether a version of the tree follows the path.
    pub(crate) fn names_version(&self) -> bool {
        self.offset.is_some() || self.commit.is_some()
    }

    /// The options that open the version after the path.
    pub(crate) fn version(&self) -> OpenOptions {
        OpenOptions { offset: self.offset, hash: self.hash, commit: self.commit, ..OpenOptions::default() }
    }

    /// The name as the user wrote it, where it can also be that of a table: without an offset and a hash.
    pub(crate) fn text(&self) -> String {
        match self.commit {
            Some(commit) => format!("{}#{commit}", self.path()),
            None => self.path(),
        }
    }

    /// The path of the file.
    pub(crate) fn file_path(&self) -> &Path {
        &self.path
    }

    /// The path of the file, as the user wrote it.
    pub(crate) fn path(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }

    /// The name of the file, without its folders.
    pub(crate) fn file(&self) -> String {
        self.path.file_name().map_or_else(|| self.path(), |file| file.to_string_lossy().into_owned())
    }

    /// Opens the file for reading, and gathers the options to open the tree in it.
    pub(crate) fn source(&self, args: &OpenArgs) -> anyhow::Result<(FileStorage, OpenOptions)> {
        if self.path == Path::new("-") {
            bail!(
                "a tree cannot be read from a pipe, since its nodes are read in any order: save it to a file first; \
                 rows can be read: ndjson:-, csv:- or tsv:-"
            );
        }
        let name = self.name();
        let offset =
            agreed(args.offset, self.offset).context("--offset and TREE name different offsets: give one of them")?;
        let hash = agreed(args.hash, self.hash).context("--hash and TREE name different hashes: give one of them")?;
        let storage = FileStorage::open(&self.path).with_context(|| format!("cannot open {name}"))?;
        let key = args.key_type()?;
        let given = (key.as_ref(), args.value.as_ref());
        let (key, value) = known_types(given, args.schema.as_deref(), &self.path, &storage)?;
        let commit = self.commit;
        if commit.is_some() && (offset.is_some() || hash.is_some()) {
            bail!("both a commit and a root are named: give one of them");
        }
        let cache_bytes = args.cache_bytes();
        let options = OpenOptions { offset, hash, commit, key, value, cache_bytes, ..OpenOptions::default() };
        Ok((storage, options))
    }

    /// The path of the file, escaped for messages.
    pub(crate) fn name(&self) -> String {
        escape_path(&self.path)
    }
}

/// The value that either source gives; `None` if both give values that differ.
fn agreed<T: PartialEq>(one: Option<T>, other: Option<T>) -> Option<Option<T>> {
    match (one, other) {
        (Some(one), Some(other)) => (one == other).then_some(Some(one)),
        (one, other) => Some(one.or(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_named_in_four_ways() {
        let hash = "ab".repeat(32);
        let parse = |text: &str| text.parse::<Target>().unwrap();
        let target = |path: &str, offset, hash| Target { path: path.into(), offset, hash, commit: None };
        assert_eq!(parse("db.mst"), target("db.mst", None, None));
        assert_eq!(parse("db.mst@4,096"), target("db.mst", Some(4096), None));
        assert_eq!(parse(&format!("a@b/db.mst@7:{hash}")), target("a@b/db.mst", Some(7), hash.parse().ok()));
        assert_eq!(parse("me@home.mst"), target("me@home.mst", None, None));
        let commit = |path: &str, commit| Target { commit: Some(commit), ..target(path, None, None) };
        assert_eq!(parse("db.mst#12"), commit("db.mst", 12));
        assert_eq!(parse("me@home#1#1,200"), commit("me@home#1", 1200));
        assert_eq!(parse("a#b.mst"), target("a#b.mst", None, None));
        assert_eq!(parse("a#1.mst@4096"), target("a#1.mst", Some(4096), None));
        let dir = tempfile::tempdir().unwrap();
        let existing = dir.path().join("tree#7");
        std::fs::write(&existing, "").unwrap();
        let existing = existing.to_str().unwrap();
        assert_eq!(parse(existing), target(existing, None, None));
        assert_eq!(parse(&format!("{existing}#3")), commit(existing, 3));
        assert_eq!("db.mst@7:12".parse::<Target>(), Err(ParseHashError::Length { found: 2 }));
    }
}
