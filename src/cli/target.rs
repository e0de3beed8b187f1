//! A tree as it is named on the command line, and how it is opened.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use file_mst::Error;
use file_mst::hash::{NodeHash, ParseHashError};
use file_mst::open::{OpenError, OpenOptions, Opened, TypingSource, open};
use file_mst::schema::escape_text;
use file_mst::storage::{FileStorage, ReadAt};
use file_mst::store::{Foreign, TreeFile, newest_readable};

use super::args::{KnownArgs, TreeArgs};
use super::commit::line;
use super::lost;
use super::output::complain;
use super::schema;
use crate::model::text::quoted;

/// How many values are looked at to tell whether a type fits most.
const SAMPLE: usize = 64;

/// How many bytes of a damaged file are read to find a commit for a message.
const MOST_READ: u64 = 256 << 20;

/// `PATH`, `PATH#COMMIT`, `PATH@OFFSET` or `PATH@OFFSET:HASH`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Target {
    path: PathBuf,
    offset: Option<u64>,
    hash: Option<NodeHash>,
    /// The number of the commit.
    commit: Option<u64>,
}

impl FromStr for Target {
    type Err = ParseHashError;

    fn from_str(text: &str) -> Result<Self, ParseHashError> {
        let whole = || Self { path: text.into(), offset: None, hash: None, commit: None };
        // A file may have an @ or a # in its name.
        if Path::new(text).exists() {
            return Ok(whole());
        }
        let number = |text: &str| text.replace([',', '_'], "").parse::<u64>().ok();
        if let Some((path, place)) = text.rsplit_once('#')
            && let Some(commit) = number(place)
        {
            return Ok(Self { path: path.into(), commit: Some(commit), ..whole() });
        }
        let Some((path, place)) = text.rsplit_once('@') else { return Ok(whole()) };
        let (offset, hash) = match place.split_once(':') {
            Some((offset, hash)) => (offset, Some(hash)),
            None => (place, None),
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

/// An opened tree and the name of its file.
pub(super) struct OpenTree {
    pub(super) file: String,
    pub(super) opened: Opened,
    /// What must be said of it before anything else.
    pub(super) banner: Option<String>,
}

impl OpenTree {
    /// Says on the terminal what must be said first. Not for the screen, which has a line of its own for it.
    pub(super) fn announced(self) -> Self {
        if let Some(banner) = &self.banner {
            complain(banner);
        }
        self
    }
}

/// What came of opening a tree in a file that is there.
pub(super) enum TryOpen {
    Opened(Box<OpenTree>),
    Refused(Box<Refused>),
}

impl TryOpen {
    fn announced(self) -> Self {
        match self {
            Self::Opened(tree) => Self::Opened(Box::new(tree.announced())),
            refused @ Self::Refused(_) => refused,
        }
    }

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
            OpenError::File(error) if error.is_damage() => damaged_advice(&*self.storage, &self.name),
            _ => String::new(),
        }
    }
}

/// What can be done with a damaged file: what is left of it can be saved, and the newest commit before the damage opened.
pub(super) fn damaged_advice(storage: &dyn ReadAt, name: &str) -> String {
    let save = format!("\n  save what is left:  mst-tui salvage {} --output NEW", quoted(name));
    let Ok(Some(commit)) = newest_readable(storage, MOST_READ) else { return save };
    let older = quoted(&format!("{name}#{}", commit.sequence));
    format!("{save}\n  an older commit:    mst-tui {older}  # {}", line(&commit))
}

/// What is said of a tree in a damaged file.
fn damaged_banner(name: &str, damage: &Error, commit: Option<u64>) -> String {
    let what = match commit {
        Some(commit) => format!("this is commit {commit}, not the newest"),
        None => "this is the root that was named, perhaps not the newest".to_owned(),
    };
    format!("{name}: {damage}; {what}")
}

impl TreeArgs {
    /// Opens the tree, for reading only.
    pub(super) fn open(&self) -> anyhow::Result<OpenTree> {
        Ok(self.target()?.open(&self.known)?.announced())
    }

    /// The same, where values may break rules of postcard if `lenient`.
    pub(super) fn open_for_values(&self, lenient: bool) -> anyhow::Result<OpenTree> {
        Ok(self.target()?.try_open(&self.known, lenient)?.or_refused()?.announced())
    }

    /// The same, for those who show what is wrong with a value: where not all of the first values keep the rules of their type,
    /// but the file names it, or most of them do.
    pub(super) fn try_open_to_look(&self) -> anyhow::Result<TryOpen> {
        let target = self.target()?;
        let refused = match target.try_open(&self.known, false)? {
            TryOpen::Refused(refused) if matches!(refused.error, OpenError::WrongItem { .. }) => refused,
            tried => return Ok(tried.announced()),
        };
        match target.try_open(&self.known, true)? {
            TryOpen::Opened(tree) if most_values_fit(&tree.opened) => Ok(TryOpen::Opened(tree).announced()),
            _ => Ok(TryOpen::Refused(refused)),
        }
    }

    /// The same, for those who can do something with a file that holds no tree.
    pub(super) fn try_open(&self) -> anyhow::Result<TryOpen> {
        Ok(self.target()?.try_open(&self.known, false)?.announced())
    }

    pub(super) fn target(&self) -> anyhow::Result<&Target> {
        self.tree.as_ref().context("no tree is named")
    }
}

impl Target {
    /// Whether a version of the tree is named behind the path.
    pub(super) fn names_version(&self) -> bool {
        self.offset.is_some() || self.commit.is_some()
    }

    /// How to open the version that is named behind the path.
    pub(super) fn version(&self) -> OpenOptions {
        OpenOptions { offset: self.offset, hash: self.hash, commit: self.commit, ..OpenOptions::default() }
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
        let commit = self.commit;
        if commit.is_some() && (offset.is_some() || hash.is_some()) {
            bail!("a commit and a root are named: give one of them");
        }
        let cache_bytes = known.cache_mb << 20;
        let options = OpenOptions { offset, hash, commit, key, value, cache_bytes, ..OpenOptions::default() };
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
        let mut file = self.file();
        if let Some(commit) = self.commit {
            file.push_str(&format!("#{commit}"));
        }
        let damage = opened.file.as_ref().and_then(TreeFile::damage);
        let banner = damage.map(|damage| damaged_banner(&name, damage, self.commit));
        if banner.is_some() {
            file.push_str(" of a damaged file");
        }
        Ok(TryOpen::Opened(Box::new(OpenTree { file, opened, banner })))
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
        let there = dir.path().join("tree#7");
        std::fs::write(&there, "").unwrap();
        let there = there.to_str().unwrap();
        assert_eq!(parse(there), target(there, None, None));
        assert_eq!(parse(&format!("{there}#3")), commit(there, 3));
        assert_eq!("db.mst@7:12".parse::<Target>(), Err(ParseHashError::Length { found: 2 }));
    }
}
