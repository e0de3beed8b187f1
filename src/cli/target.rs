//! A tree as it is named on the command line, and how it is opened.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use file_mst::hash::{NodeHash, ParseHashError};
use file_mst::open::{OpenError, OpenOptions, Opened, TypingSource, open};
use file_mst::schema::escape_text;
use file_mst::storage::{FileStorage, ReadAt};
use file_mst::store::Foreign;

use super::args::{KnownArgs, TreeArgs};
use super::lost;
use super::schema;
use crate::view::text::quoted;

/// How many values are looked at to tell whether a type fits most.
const SAMPLE: usize = 64;

/// `PATH`, `PATH@OFFSET` or `PATH@OFFSET:HASH`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Target {
    path: PathBuf,
    offset: Option<u64>,
    hash: Option<NodeHash>,
}

impl FromStr for Target {
    type Err = ParseHashError;

    fn from_str(text: &str) -> Result<Self, ParseHashError> {
        let whole = || Self { path: text.into(), offset: None, hash: None };
        // A file may have an @ in its name.
        let Some((path, place)) = text.rsplit_once('@').filter(|_| !Path::new(text).exists()) else {
            return Ok(whole());
        };
        let (offset, hash) = match place.split_once(':') {
            Some((offset, hash)) => (offset, Some(hash)),
            None => (place, None),
        };
        match offset.replace([',', '_'], "").parse() {
            Ok(offset) => Ok(Self { path: path.into(), offset: Some(offset), hash: hash.map(str::parse).transpose()? }),
            Err(_) => Ok(whole()),
        }
    }
}

/// An opened tree and the name of its file.
pub(super) struct OpenTree {
    pub(super) file: String,
    pub(super) opened: Opened,
}

/// What came of opening a tree in a file that is there.
pub(super) enum TryOpen {
    Opened(Box<OpenTree>),
    Refused(Box<Refused>),
}

impl TryOpen {
    pub(super) fn or_refused(self) -> anyhow::Result<OpenTree> {
        match self {
            Self::Opened(tree) => Ok(*tree),
            Self::Refused(refused) => Err((*refused).into()),
        }
    }
}

/// A file in which no tree could be opened.
pub(super) struct Refused {
    pub(super) error: OpenError,
    pub(super) storage: Arc<FileStorage>,
    /// The path as it was given, escaped.
    pub(super) name: String,
    /// How it was asked for.
    options: OpenOptions,
}

impl From<Refused> for anyhow::Error {
    fn from(refused: Refused) -> Self {
        let advice = refused.advice();
        anyhow!("cannot open {}: {}{advice}", refused.name, refused.error)
    }
}

impl Refused {
    /// The likely tree of a file that does not say where its root is; none where something else is wrong.
    pub(super) fn likely(&self) -> Option<Opened> {
        let lost = matches!(self.error, OpenError::NoRoot { .. });
        lost.then(|| lost::likely(&self.storage, &self.options).ok())?
    }

    /// What to do next, where one can tell.
    fn advice(&self) -> String {
        match &self.error {
            // What is known to be something else is not looked through.
            OpenError::NotATree { what: Foreign::Text | Foreign::Known(_) } => String::new(),
            OpenError::NoRoot { .. } | OpenError::NotATree { .. } | OpenError::Pointer { .. } => {
                lost::advice(&self.storage, &self.name, &self.options)
            }
            OpenError::NoNode { around: Some(offset), .. } => {
                format!("\n  try: mst-tui {}@{offset}", quoted(&self.name))
            }
            _ => String::new(),
        }
    }
}

impl TreeArgs {
    /// Opens the tree, for reading only.
    pub(super) fn open(&self) -> anyhow::Result<OpenTree> {
        self.target()?.open(&self.known)
    }

    /// The same, where values may break rules of postcard if `lenient`.
    pub(super) fn open_for_values(&self, lenient: bool) -> anyhow::Result<OpenTree> {
        self.target()?.try_open(&self.known, lenient)?.or_refused()
    }

    /// The same, for those who show what is wrong with a value: where not all of the first values keep the rules of their type,
    /// but the file names it, or most of them do.
    pub(super) fn try_open_to_look(&self) -> anyhow::Result<TryOpen> {
        let target = self.target()?;
        let refused = match target.try_open(&self.known, false)? {
            TryOpen::Refused(refused) if matches!(refused.error, OpenError::WrongItem { .. }) => refused,
            tried => return Ok(tried),
        };
        match target.try_open(&self.known, true)? {
            TryOpen::Opened(tree) if most_values_fit(&tree.opened) => Ok(TryOpen::Opened(tree)),
            _ => Ok(TryOpen::Refused(refused)),
        }
    }

    /// The same, for those who can do something with a file that holds no tree.
    pub(super) fn try_open(&self) -> anyhow::Result<TryOpen> {
        self.target()?.try_open(&self.known, false)
    }

    pub(super) fn target(&self) -> anyhow::Result<&Target> {
        self.tree.as_ref().context("no tree is named")
    }
}

impl Target {
    /// The offset and the hash that stand behind the path.
    pub(super) fn place(&self) -> (Option<u64>, Option<NodeHash>) {
        (self.offset, self.hash)
    }

    /// The path of the file.
    pub(super) fn file_path(&self) -> &Path {
        &self.path
    }

    /// The file, as it was named.
    pub(super) fn path(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }

    /// The name of the file, without folders.
    pub(super) fn file(&self) -> String {
        self.path.file_name().map_or_else(|| self.path(), |file| file.to_string_lossy().into_owned())
    }

    /// The file, opened for reading only, and what is known of the tree in it.
    pub(super) fn source(&self, known: &KnownArgs) -> anyhow::Result<(FileStorage, OpenOptions)> {
        let name = self.name();
        let offset = agreed(known.offset, self.offset).context("--offset and TREE name two offsets")?;
        let hash = agreed(known.hash, self.hash).context("--hash and TREE name two hashes")?;
        let storage = FileStorage::open(&self.path).with_context(|| format!("cannot open {name}"))?;
        let given = (known.key.as_ref(), known.value.as_ref());
        let (key, value) = schema::known(given, known.schema.as_deref(), &self.path, &storage)?;
        let options =
            OpenOptions { offset, hash, key, value, cache_bytes: known.cache_mb << 20, ..OpenOptions::default() };
        Ok((storage, options))
    }

    /// The path as it can be shown.
    pub(super) fn name(&self) -> String {
        escape_text(&self.path.to_string_lossy()).into_owned()
    }

    pub(super) fn open(&self, known: &KnownArgs) -> anyhow::Result<OpenTree> {
        self.try_open(known, false)?.or_refused()
    }

    fn try_open(&self, known: &KnownArgs, lenient: bool) -> anyhow::Result<TryOpen> {
        let name = self.name();
        let (storage, options) = self.source(known)?;
        let options = OpenOptions { lenient, ..options };
        let storage = Arc::new(storage);
        let opened = match open(Arc::clone(&storage) as Arc<dyn ReadAt>, &options) {
            Ok(opened) => opened,
            Err(error) => return Ok(TryOpen::Refused(Box::new(Refused { error, storage, name, options }))),
        };
        Ok(TryOpen::Opened(Box::new(OpenTree { file: self.file(), opened })))
    }
}

/// Whether values are of the type that the file names, or most of the first ones of the type that is given.
fn most_values_fit(opened: &Opened) -> bool {
    let Some(ty) = &opened.typing.value else { return false };
    let records: Vec<_> = opened.tree.walk().records().take(SAMPLE).flatten().collect();
    let fit = records.iter().filter(|record| ty.decode(record.bytes().value).is_ok()).count();
    opened.typing.source == TypingSource::File || 2 * fit > records.len()
}

/// What two places say, if they do not say two things.
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
    fn trees_are_named_in_three_ways() {
        let hash = "ab".repeat(32);
        let parse = |text: &str| text.parse::<Target>().unwrap();
        let target = |path: &str, offset, hash| Target { path: path.into(), offset, hash };
        assert_eq!(parse("db.mst"), target("db.mst", None, None));
        assert_eq!(parse("db.mst@4,096"), target("db.mst", Some(4096), None));
        assert_eq!(parse(&format!("a@b/db.mst@7:{hash}")), target("a@b/db.mst", Some(7), hash.parse().ok()));
        assert_eq!(parse("me@home.mst"), target("me@home.mst", None, None));
        assert_eq!("db.mst@7:12".parse::<Target>(), Err(ParseHashError::Length { found: 2 }));
    }
}
