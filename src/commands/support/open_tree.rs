//! Opens a tree for a command, or says why it cannot be opened and what to do next.

use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use file_mst::Error;
use file_mst::TreeFile;
use file_mst::inspect::store::{Foreign, newest_readable};
use file_mst::open::{OpenError, OpenOptions, Opened, TypingSource, open};
use file_mst::storage::{FileStorage, ReadAt};

use super::commit::commit_line;
use super::missing_root;
use super::named::instead_of_tree;
use super::output::warn;
use super::target::Target;
use super::tree_args::{OpenArgs, TreeArgs};
use crate::model::text::quoted;

/// The number of values that are decoded to tell whether a type fits most of them.
const SAMPLE: usize = 64;

/// The most bytes of a damaged file that are scanned to find a commit for a message.
const MAX_SCANNED: u64 = 256 << 20;

/// An opened tree and the name of its file.
pub(crate) struct OpenTree {
    pub(crate) file: String,
    pub(crate) opened: Opened,
    /// A warning that must precede everything else, if the file is damaged.
    pub(crate) banner: Option<String>,
}

impl OpenTree {
    /// Prints the banner to standard error. Screens have a line of their own for it.
    pub(crate) fn announced(self) -> Self {
        if let Some(banner) = &self.banner {
            warn(banner);
        }
        self
    }
}

/// The result of opening a tree in a file that exists.
pub(crate) enum TryOpen {
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

    pub(crate) fn or_refused(self) -> anyhow::Result<OpenTree> {
        match self {
            Self::Opened(tree) => Ok(*tree),
            Self::Refused(refused) => Err((*refused).into()),
        }
    }
}

/// A file that exists, but in which no tree could be opened.
pub(crate) struct Refused {
    pub(crate) error: OpenError,
    pub(crate) storage: Arc<FileStorage>,
    /// The path as the user wrote it, escaped.
    pub(crate) name: String,
    /// The options with which opening failed.
    options: OpenOptions,
}

impl From<Refused> for anyhow::Error {
    fn from(refused: Refused) -> Self {
        let advice = refused.advice();
        anyhow!("cannot open {}: {}{advice}", refused.name, refused.error)
    }
}

impl Refused {
    /// The likely tree of a file that does not record its root; none if opening failed for another reason.
    pub(crate) fn open_likely(&self) -> Option<Opened> {
        match self.error {
            OpenError::NoRoot { .. } => missing_root::open_likely(&self.storage, &self.options).ok(),
            _ => None,
        }
    }

    /// Advice on what to do next; empty if there is none.
    fn advice(&self) -> String {
        match &self.error {
            // A file of a known other kind has no roots to look for.
            OpenError::NotATree { what: Foreign::Text | Foreign::Known(_) } => String::new(),
            OpenError::NoRoot { .. } | OpenError::NotATree { .. } | OpenError::Pointer { .. } => {
                missing_root::advice(&self.storage, &self.name, &self.options)
            }
            OpenError::NoNode { around: Some(offset), .. } => {
                format!("\n  try: mst-tui {}@{offset}", quoted(&self.name))
            }
            OpenError::File(error) if error.is_damage() => damaged_advice(&*self.storage, &self.name),
            _ => String::new(),
        }
    }
}

/// Advice for a damaged file: salvage it, or open the newest commit before the damage.
pub(crate) fn damaged_advice(storage: &dyn ReadAt, name: &str) -> String {
    let salvage = format!("\n  save what is left:  mst-tui salvage {} --output NEW", quoted(name));
    let Ok(Some(commit)) = newest_readable(storage, MAX_SCANNED) else { return salvage };
    let older = quoted(&format!("{name}#{}", commit.sequence));
    format!("{salvage}\n  an older commit:    mst-tui {older}  # {}", commit_line(&commit))
}

/// The warning about a tree in a damaged file.
fn damaged_banner(name: &str, damage: &Error, commit: Option<u64>) -> String {
    let version = match commit {
        Some(commit) => format!("this is commit {commit}, not the newest"),
        None => "this is the root that was named, perhaps not the newest".to_owned(),
    };
    format!("{name}: {damage}; {version}")
}

impl Target {
    /// Opens the tree for reading.
    pub(crate) fn open(&self, args: &OpenArgs) -> anyhow::Result<OpenTree> {
        self.try_open(args, false)?.or_refused()
    }

    fn try_open(&self, args: &OpenArgs, lenient: bool) -> anyhow::Result<TryOpen> {
        let tried = self.try_open_file(args, lenient);
        let is_refused = !matches!(&tried, Ok(TryOpen::Opened(_)));
        // A name is looked at again only once it failed, since that can take a database to answer.
        match is_refused.then(|| instead_of_tree(self)).flatten() {
            Some(advice) => bail!(advice),
            None => tried,
        }
    }

    fn try_open_file(&self, args: &OpenArgs, lenient: bool) -> anyhow::Result<TryOpen> {
        let name = self.name();
        let (storage, options) = self.source(args)?;
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

impl TreeArgs {
    /// Opens the tree for reading.
    pub(crate) fn open(&self) -> anyhow::Result<OpenTree> {
        Ok(self.target()?.open(&self.options)?.announced())
    }

    /// Opens the tree for reading; if `lenient`, values may break rules of postcard.
    pub(crate) fn open_for_values(&self, lenient: bool) -> anyhow::Result<OpenTree> {
        Ok(self.target()?.try_open(&self.options, lenient)?.or_refused()?.announced())
    }

    /// Opens the tree for a screen, which shows what is wrong with each value. The first values need not all match
    /// their type if the file names it, or if most of them match.
    pub(crate) fn try_open_for_screen(&self) -> anyhow::Result<TryOpen> {
        let target = self.target()?;
        let refused = match target.try_open(&self.options, false)? {
            TryOpen::Refused(refused) if matches!(refused.error, OpenError::WrongItem { .. }) => refused,
            tried => return Ok(tried.announced()),
        };
        match target.try_open(&self.options, true)? {
            TryOpen::Opened(tree) if most_values_fit(&tree.opened) => Ok(TryOpen::Opened(tree).announced()),
            _ => Ok(TryOpen::Refused(refused)),
        }
    }

    /// Opens the tree for a command that can also work with a file that has no tree.
    pub(crate) fn try_open(&self) -> anyhow::Result<TryOpen> {
        Ok(self.target()?.try_open(&self.options, false)?.announced())
    }

    /// The tree that the user named.
    pub(crate) fn target(&self) -> anyhow::Result<&Target> {
        self.tree.as_ref().context("no tree is named")
    }
}

/// Whether the file itself names the type of the values, or most of the first ones match the given type.
fn most_values_fit(opened: &Opened) -> bool {
    let Some(ty) = &opened.typing.value else { return false };
    let records: Vec<_> = opened.tree.walk().records().take(SAMPLE).flatten().collect();
    let fit = records.iter().filter(|record| ty.decode(record.bytes().value).is_ok()).count();
    opened.typing.source == TypingSource::File || 2 * fit > records.len()
}
