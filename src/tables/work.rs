//! The work on two tables as a screen asks for it, so that it can be replaced in tests.

use std::fmt;
use std::path::{Path, PathBuf};

use mst_sync::draft::Draft;

use super::{Tables, Tell};
use crate::model::diff::pair::Pair;

/// What a screen of two tables needs to have done. Everything but the names and `needs_draft` blocks.
pub(crate) trait TableWork: fmt::Debug + Send + Sync {
    /// The sides in the words of the user.
    fn names(&self) -> &[String; 2];

    /// Whether a contract has to be drafted before anything can be built.
    fn needs_draft(&self) -> bool;

    /// Reads both sides once and drafts a contract.
    ///
    /// # Errors
    /// A side cannot be read, no key was found, or `tell` broke.
    fn draft(&self, tell: Tell<'_>) -> anyhow::Result<Draft>;

    /// Builds the trees of both sides under a draft, or under the mappings that they have, and opens them.
    ///
    /// # Errors
    /// A side cannot be read, a row breaks the contract, or `tell` broke.
    fn build(&self, draft: Option<&Draft>, tell: Tell<'_>) -> anyhow::Result<Pair>;

    /// Writes the contract and both mappings of a draft into a folder.
    ///
    /// # Errors
    /// A file of one of the names exists, or cannot be written.
    fn write(&self, draft: &Draft, folder: &Path) -> anyhow::Result<[PathBuf; 3]>;
}

impl TableWork for Tables {
    fn names(&self) -> &[String; 2] {
        &self.names
    }

    fn needs_draft(&self) -> bool {
        Tables::needs_draft(self)
    }

    fn draft(&self, tell: Tell<'_>) -> anyhow::Result<Draft> {
        Tables::draft(self, tell)
    }

    fn build(&self, draft: Option<&Draft>, tell: Tell<'_>) -> anyhow::Result<Pair> {
        Tables::build(self, draft, tell)
    }

    fn write(&self, draft: &Draft, folder: &Path) -> anyhow::Result<[PathBuf; 3]> {
        Tables::write(self, draft, folder)
    }
}
