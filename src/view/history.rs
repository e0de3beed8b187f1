//! The commits of a file, the last one first, as lines of a list.

use file_mst::open::Opened;
use file_mst::store::Commit;

/// The most commits that are listed.
const MOST: usize = 10_000;

/// How much the file grew by a commit: its nodes and its frame.
pub(crate) fn bytes_added(commit: &Commit) -> u64 {
    commit.end().saturating_sub(commit.tail_start)
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
