//! Two tables on the way to their drift: what the user named, a contract between both, and the trees that are compared.
//!
//! Commands and screens both use it. It prints nothing: progress goes to a callback, from the thread of each side.

mod build;
mod keep;
mod one;
mod plan;
mod sample;
mod side;
pub(crate) mod work;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use file_mst::diff::GivenTolerances;
use mst_sync::condition::Now;
use mst_sync::draft::{Draft, draft_with};
use mst_sync::ingest::{OnError, Problem, Reading};
use mst_types::escape_path;
use tempfile::TempDir;

use crate::model::diff::basis::Basis;
use crate::model::diff::pair::Pair;
pub(crate) use one::OneTable;
pub(crate) use side::{Side, TreeSide};

/// How tables are read and compared, in the words of the command line.
#[derive(Clone, Debug)]
pub(crate) struct TableOptions {
    /// The columns of the key, as in `id` or `id=order_ref,line`.
    pub(crate) key: Option<String>,
    /// Whether rows have no key and are compared as how many there are of each.
    pub(crate) multiset: bool,
    /// The only columns to compare.
    pub(crate) columns: Option<Vec<String>>,
    /// The columns that are not compared.
    pub(crate) except: Vec<String>,
    /// The condition that the rows of each side fulfil.
    pub(crate) conditions: [Option<String>; 2],
    /// Whether bytes are compared, whatever the contracts say that they mean.
    pub(crate) bytes: bool,
    /// How far fields may lie apart without being drift.
    pub(crate) tolerance: Option<GivenTolerances>,
    /// Whether everything that a draft proposes is confirmed.
    pub(crate) accept: bool,
    /// The folder in which the contract, the mappings and the trees are kept.
    pub(crate) keep: Option<PathBuf>,
    /// The files of the left and the right tree, if they are kept apart from that folder.
    pub(crate) trees: [Option<PathBuf>; 2],
    /// The memory that building may use, in bytes.
    pub(crate) memory: usize,
    /// How rows that break the contract are handled. By default a drafted contract leaves them out and names them, since
    /// the draft may be wrong for them, and a written one stops at the first.
    pub(crate) on_error: Option<OnError>,
    /// The label of commits.
    pub(crate) label: String,
    /// Whether files are read that have not changed since their tree was built, if the tree is kept.
    pub(crate) reading: Reading,
}

impl Default for TableOptions {
    fn default() -> Self {
        Self {
            key: None,
            multiset: false,
            columns: None,
            except: Vec::new(),
            conditions: [None, None],
            bytes: false,
            tolerance: None,
            accept: false,
            keep: None,
            trees: [None, None],
            memory: 256 << 20,
            on_error: None,
            label: String::new(),
            reading: Reading::IfChanged,
        }
    }
}

/// Two sides to compare, of which at least one is read from a table, and the settings for both.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    /// The sides in the words of the user.
    pub(crate) names: [String; 2],
    sides: [Side; 2],
    options: TableOptions,
    /// The moment that `now` stands for in conditions, the same on both sides.
    now: Now,
    /// The basis of a comparison that was kept.
    kept: Option<Basis>,
    /// The folder of trees that are not kept. It is removed with the last copy of this value.
    folder: Arc<TempDir>,
}

/// How far a side has been read.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct SideProgress {
    /// The number of rows read so far.
    pub(crate) rows: u64,
    /// The share of the source that has been read, from 0 to 1, if its size is known.
    pub(crate) share: Option<f64>,
    /// Whether the side is done with this phase.
    pub(crate) is_done: bool,
}

/// Receives the progress of a side, 0 for the left one. A break ends the work with an error.
pub(crate) type Tell<'a> = &'a (dyn Fn(usize, SideProgress) -> ControlFlow<()> + Sync);

/// Receives the rows that break the contract.
pub(crate) type Report<'a> = &'a (dyn Fn(&Problem) + Sync);

impl Tables {
    /// Two sides that are to be compared. If a folder keeps an earlier comparison of the same sides, its contract holds.
    ///
    /// # Errors
    /// The folder keeps a comparison of other tables, or its files are wrong. A multiset has a key.
    pub(crate) fn new(names: [String; 2], sides: [Side; 2], options: TableOptions) -> anyhow::Result<Self> {
        let folder = Arc::new(tempfile::tempdir().context("cannot make a temporary folder")?);
        let mut tables = Self { names, sides, options, now: Now::default(), kept: None, folder };
        if let Some(folder) = tables.options.keep.clone()
            && let Some((sides, basis)) = keep::read(&folder, &tables)?
        {
            tables.sides = sides;
            let is_confirmed_now = tables.options.accept && !basis.unconfirmed.is_empty();
            let basis = if is_confirmed_now { basis.confirmed() } else { basis };
            if is_confirmed_now {
                keep::confirm(&basis, &folder)?;
            }
            tables.kept = Some(basis);
        }
        tables.check_multiset()?;
        Ok(tables)
    }

    /// Refuses a multiset with a key, whether somebody named it or a contract has it.
    fn check_multiset(&self) -> anyhow::Result<()> {
        if !self.options.multiset {
            return Ok(());
        }
        if self.options.key.is_some() {
            bail!("--multiset counts equal rows, which have no key: omit --key or --multiset");
        }
        for side in &self.sides {
            if let Side::Mapping(mapping) = side
                && !self.needs_draft()
                && !mapping.contract.multiset
            {
                let path = escape_path(&mapping.path);
                bail!("the contract of {path} has a key: omit --multiset, or set multiset = true in the contract");
            }
        }
        Ok(())
    }

    /// Whether a contract has to be drafted before anything can be built: it need not if both sides have mappings, or
    /// if one has a mapping and the other is a tree under the same contract.
    pub(crate) fn needs_draft(&self) -> bool {
        let [left, right] = &self.sides;
        match (left, right) {
            (Side::Mapping(_), Side::Mapping(_)) => false,
            (Side::Mapping(mapping), Side::Tree(tree)) | (Side::Tree(tree), Side::Mapping(mapping)) => {
                tree.opened.contract() != Some(mapping.contract.hash())
            }
            _ => true,
        }
    }

    /// Reads both sides once and drafts a contract. Blocks.
    ///
    /// # Errors
    /// A side cannot be read, or no key was found; the message says what to do.
    pub(crate) fn draft(&self, tell: Tell<'_>) -> anyhow::Result<Draft> {
        let [left, right] = sample::both(self, tell)?;
        let mut draft = draft_with(&left.table, &right.table, &plan::draft_options(&self.options))
            .map_err(|error| plan::no_key(&error, self, [&left.table, &right.table]))?;
        // Columns that cannot be read are columns that are not compared.
        draft.add_unreadable([left.unreadable, right.unreadable]);
        if self.options.accept {
            draft.confirm_all();
        }
        Ok(draft)
    }

    /// Builds the trees of both sides under a draft, or under the mappings that they have, and opens them. Blocks.
    ///
    /// # Errors
    /// A side cannot be read, or a row breaks the contract.
    pub(crate) fn build(&self, draft: Option<&Draft>, tell: Tell<'_>) -> anyhow::Result<Pair> {
        self.build_reporting(draft, tell, &|_| {})
    }

    /// The same; each row that breaks the contract is reported.
    ///
    /// # Errors
    /// The same as for [`Tables::build`].
    pub(crate) fn build_reporting(
        &self,
        draft: Option<&Draft>,
        tell: Tell<'_>,
        report: Report<'_>,
    ) -> anyhow::Result<Pair> {
        build::both(self, draft, tell, report)
    }

    /// Writes the contract and both mappings of a draft into a folder, which is made if it is missing.
    ///
    /// # Errors
    /// A file of one of the names exists, or cannot be written.
    pub(crate) fn write(&self, draft: &Draft, folder: &Path) -> anyhow::Result<[PathBuf; 3]> {
        keep::write(&self.rendered(draft, folder)?, folder)
    }
}
