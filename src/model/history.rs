//! The versions of a file, the last one first, as lines of a list.

use std::ops::ControlFlow;

use file_mst::Commit;
use file_mst::Error;
use file_mst::history::{Changes, Version, Versions};
use file_mst::inspect::node::Link;
use file_mst::open::Opened;
use mst_types::escape_text;

use crate::model::text::{count, offset, thousands, time};

/// The most versions that are listed.
const MOST: usize = 10_000;

/// How much the file grew by a commit: its nodes and its frame.
pub(crate) fn bytes_added(commit: &Commit) -> u64 {
    commit.end().saturating_sub(commit.tail_start)
}

/// Where a root is, as lines end with it: `13c1813f @689,494`.
pub(crate) fn root_text(root: &Link) -> String {
    format!("{} {}", root.hash.short(), offset(root.offset))
}

/// The changes of a version: `+3 −2 ~3`.
pub(crate) fn changes_text(changes: &Changes) -> String {
    let Changes { added, removed, changed } = *changes;
    format!("+{} −{} ~{}", thousands(added), thousands(removed), thousands(changed))
}

/// How many records a version holds, if that is known.
pub(crate) fn records_text(records: Option<u64>) -> String {
    records.map_or_else(|| "? records".to_owned(), |records| count(records, "record"))
}

/// The versions of a file, as far as they are known.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    /// The versions, the last one first.
    pub(crate) versions: Vec<Version>,
    /// The changes of each, as far as they were counted; none inside where they cannot be.
    pub(crate) changes: Vec<Option<Changes>>,
    /// Why there are no more, if it is not that they end.
    pub(crate) end: Option<String>,
}

impl History {
    /// Reads the commits, one page each; or looks for roots, which reads the whole file: `watch` is told how many of
    /// its bytes were read. `listed` is shown what is known after each version. Both can stop it.
    pub(crate) fn read(
        opened: &Opened,
        watch: impl FnMut(u64) -> ControlFlow<()>,
        mut listed: impl FnMut(&Self) -> ControlFlow<()>,
    ) -> Result<Self, Error> {
        let mut history = Self::default();
        for version in Versions::of(opened, watch)? {
            match version {
                Ok(_) if history.versions.len() == MOST => {
                    history.end = Some("older versions are not listed".to_owned());
                    return Ok(history);
                }
                Ok(version) => {
                    history.versions.push(version);
                    if listed(&history).is_break() {
                        return Ok(history);
                    }
                }
                Err(error) => {
                    history.end = Some(error.to_string());
                    return Ok(history);
                }
            }
        }
        if history.versions.is_empty() {
            history.end = Some(match opened.file {
                Some(_) => "nothing was committed to this file so far".to_owned(),
                None => "no root was found in this file".to_owned(),
            });
        }
        Ok(history)
    }

    /// Finds out what the next version changed, which reads what differs. False when all are done.
    pub(crate) fn compare_next(&mut self, opened: &Opened, go_on: impl FnMut() -> bool) -> bool {
        let at = self.changes.len();
        let Some(version) = self.versions.get(at) else { return false };
        let tree = |version: &Version| opened.version(version).tree;
        self.changes.push(match self.versions.get(at + 1) {
            Some(before) => Changes::between(&tree(before), &tree(version), go_on),
            // The first one, unless older ones could not be read.
            None => version.records.filter(|_| self.end.is_none()).map(Changes::from_nothing),
        });
        true
    }

    /// Which version has this root, the newest if several have.
    pub(crate) fn position(&self, root: &Link) -> Option<usize> {
        self.versions.iter().position(|version| version.root.hash == root.hash && version.root.offset == root.offset)
    }

    /// The nearest version with another root: older than that of `root`, or newer.
    pub(crate) fn neighbour(&self, root: &Link, older: bool) -> Option<&Version> {
        let at = self.position(root)?;
        let differs = |version: &&Version| version.root.hash != root.hash;
        if older {
            self.versions.iter().skip(at).find(differs)
        } else {
            self.versions.iter().take(at).rev().find(differs)
        }
    }
}

/// A version in a few words: `#12 nightly`, or where it was found.
pub(crate) fn name(version: &Version) -> String {
    match version.commit() {
        Some(commit) => format!("#{} {} {}", commit.sequence, time(commit.time_ms), escape_text(&commit.label)),
        None => format!("the version found {}", offset(version.root.offset)),
    }
}
