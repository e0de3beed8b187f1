//! Two tables on the way to their drift: what the user named, a contract between both, and the trees that are compared.
//!
//! Commands and screens both use it. It prints nothing: progress goes to a callback, from the thread of each side.

pub(crate) mod work;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use mst_sync::draft::Draft;

use crate::model::diff::pair::Pair;

/// Two sides to compare, of which at least one is read from a table, and the settings for both.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    /// The sides in the words of the user.
    pub(crate) names: [String; 2],
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

impl Tables {
    /// Whether a contract has to be drafted before anything can be built. It need not if both sides have mappings.
    pub(crate) fn needs_draft(&self) -> bool {
        true
    }

    /// Reads both sides once and drafts a contract. Blocks.
    ///
    /// # Errors
    /// A side cannot be read, or no key was found; the message says what to do.
    pub(crate) fn draft(&self, _tell: Tell<'_>) -> anyhow::Result<Draft> {
        anyhow::bail!("not there yet")
    }

    /// Builds the trees of both sides under a draft, or under the mappings that they have, and opens them. Blocks.
    ///
    /// # Errors
    /// A side cannot be read, or a row breaks the contract.
    pub(crate) fn build(&self, _draft: Option<&Draft>, _tell: Tell<'_>) -> anyhow::Result<Pair> {
        anyhow::bail!("not there yet")
    }

    /// Writes the contract and both mappings of a draft into a folder, which is made if it is missing.
    ///
    /// # Errors
    /// A file of one of the names exists, or cannot be written.
    pub(crate) fn write(&self, _draft: &Draft, _folder: &Path) -> anyhow::Result<[PathBuf; 3]> {
        anyhow::bail!("not there yet")
    }
}
