//! What a refusal to open a tree says as a finding.

use super::finding::{Finding, Rule};
use super::read::broken;
use crate::error::Error;
use crate::node::NodeError;
use crate::node::dialect::Dialect;
use crate::open::OpenError;

/// The finding that a tree could not be opened because its file is damaged; none where it was asked for in a wrong way,
/// where the file is no tree, or where the system could not read.
pub fn open_finding(error: &OpenError) -> Option<Finding> {
    let published = Dialect::FileMst02;
    match error {
        OpenError::File(error) => file_finding(error),
        OpenError::Pointer { link, error } if !matches!(**error, NodeError::Io { .. }) => {
            let expected = format!("a pointer to a node with hash {}", link.hash);
            Some(Finding::new(Dialect::FileMstGit, Rule::Header, 0, expected, error.to_string()))
        }
        OpenError::NoNode { error, .. } if !matches!(error, NodeError::Io { .. }) => {
            Some(broken(published, error.clone()))
        }
        OpenError::OtherHash { offset, expected, found } => {
            Some(Finding::new(published, Rule::Hash, *offset, expected.to_string(), found.to_string()))
        }
        _ => None,
    }
}

/// The finding that a file of ours is damaged.
pub(super) fn file_finding(error: &Error) -> Option<Finding> {
    let own = Dialect::Mst1;
    match error {
        Error::Header { at, expected, found } => {
            let found = format!("{found} at byte @{at}");
            Some(Finding::new(own, Rule::Header, 0, expected.as_str(), found))
        }
        Error::CutOff { commit, file_len } => {
            let expected = match commit {
                Some(commit) => format!("a commit @{commit}, which page 0 names"),
                None => "a whole page 0".to_owned(),
            };
            let rule = if commit.is_some() { Rule::CommitFrame } else { Rule::Header };
            let found = format!("the end of the file at byte @{file_len}: it is cut off");
            Some(Finding::new(own, rule, commit.unwrap_or(0), expected, found))
        }
        Error::LastCommit { offset, expected, found } => {
            let expected = format!("{expected}, in the commit that page 0 names");
            Some(Finding::new(own, Rule::CommitFrame, *offset, expected, found.as_str()))
        }
        Error::Commit { offset, expected, found } => {
            Some(Finding::new(own, Rule::CommitFrame, *offset, expected.as_str(), found.as_str()))
        }
        _ => None,
    }
}
