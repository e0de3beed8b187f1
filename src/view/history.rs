//! The versions of a file, the last one first, as lines of a list.

use file_mst::history::Changes;
use file_mst::node::Link;
use file_mst::open::Opened;
use file_mst::store::Commit;

use super::text::{count, offset, thousands};

/// The most commits that are listed.
const MOST: usize = 10_000;

/// How much the file grew by a commit: its nodes and its frame.
pub(crate) fn bytes_added(commit: &Commit) -> u64 {
    commit.end().saturating_sub(commit.tail_start)
}

/// Where a root is, as lines end with it: `13c1813f @689,494`.
pub(crate) fn root_text(root: &Link) -> String {
    format!("{} {}", root.hash.short(), offset(root.offset))
}

/// What a version changed: `+3 −2 ~3`.
pub(crate) fn changes_text(changes: &Changes) -> String {
    let Changes { added, removed, changed } = *changes;
    format!("+{} −{} ~{}", thousands(added), thousands(removed), thousands(changed))
}

/// How many records a version holds, if that is known.
pub(crate) fn records_text(records: Option<u64>) -> String {
    records.map_or_else(|| "? records".to_owned(), |records| count(records, "record"))
}

/// What is known of a file's commits.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    /// The commits, the last one first.
    pub(crate) commits: Vec<Commit>,
    /// Why there are no more, if it is not that they end.
    pub(crate) end: Option<String>,
}

impl History {
    /// Reads the commits: one page each.
    pub(crate) fn read(opened: &Opened) -> Self {
        let mut history = Self::default();
        let Some(file) = &opened.file else {
            let why = "a file of this dialect holds no commits: older roots are known by their offset only";
            history.end = Some(why.to_owned());
            return history;
        };
        for commit in file.commits() {
            match commit {
                Ok(_) if history.commits.len() == MOST => {
                    history.end = Some("older commits are not listed".to_owned());
                    return history;
                }
                Ok(commit) => history.commits.push(commit),
                Err(error) => {
                    history.end = Some(error.to_string());
                    return history;
                }
            }
        }
        if history.commits.is_empty() {
            history.end = Some("nothing was committed to this file so far".to_owned());
        }
        history
    }
}
