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
#[derive(Clone, Debug)]
pub(crate) enum History {
    /// Being read.
    Loading,
    /// The commits, the last one first; why there are no more, if it is not that they end.
    Loaded(Vec<Commit>, Option<String>),
}

impl History {
    /// Reads the commits: one page each.
    pub(crate) fn read(opened: &Opened) -> Self {
        let Some(file) = &opened.file else {
            let why = "a file of this dialect holds no commits: older roots are known by their offset only";
            return Self::Loaded(Vec::new(), Some(why.to_owned()));
        };
        let mut commits = Vec::new();
        for commit in file.commits() {
            match commit {
                Ok(_) if commits.len() == MOST => {
                    return Self::Loaded(commits, Some("older commits are not listed".to_owned()));
                }
                Ok(commit) => commits.push(commit),
                Err(error) => return Self::Loaded(commits, Some(error.to_string())),
            }
        }
        let none = commits.is_empty().then(|| "nothing was committed to this file so far".to_owned());
        Self::Loaded(commits, none)
    }

    pub(crate) fn commits(&self) -> &[Commit] {
        match self {
            Self::Loading => &[],
            Self::Loaded(commits, _) => commits,
        }
    }

    /// How many lines it takes.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Loading => 1,
            Self::Loaded(commits, why) => commits.len() + usize::from(why.is_some()),
        }
    }
}
