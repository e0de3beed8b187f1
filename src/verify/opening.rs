//! What a refusal to open a tree says as a finding.

use super::finding::{Finding, Rule};
use super::read::broken;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::node::NodeError;
use crate::open::OpenError;
use crate::storage::ReadAt;
use crate::store::{FORMAT_VERSION, FileId, Header};

/// The finding that a tree could not be opened because its file is damaged; none where it was asked for in a wrong way,
/// where the file is no tree, or where the system could not read.
pub fn open_finding(error: &OpenError) -> Option<Finding> {
    let (published, own) = (Dialect::FileMst02, Dialect::Mst1);
    match error {
        OpenError::File(error) => match &**error {
            Error::Header { expected, found, .. } => {
                Some(Finding::new(own, Rule::Header, 0, expected.as_str(), found.as_str()))
            }
            Error::Commit { offset, expected, found } => {
                Some(Finding::new(own, Rule::CommitFrame, *offset, expected.as_str(), found.as_str()))
            }
            _ => None,
        },
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

/// The finding that the header of a file of ours is damaged so that the file is not even known as one of ours; none where its
/// check does not say so, or the header is sound.
pub fn damaged_header(storage: &dyn ReadAt) -> Option<Finding> {
    // What the first check is over, and the check.
    let mut bytes = [0; 40];
    if storage.read_up_to(0, &mut bytes).ok()? < bytes.len() {
        return None;
    }
    let (content, check) = bytes.split_at_checked(32)?;
    let id = FileId::from(*content.last_chunk::<16>()?);
    let header = Header::encode(id, 0);
    let sound = header.get(..bytes.len())?;
    // The check is over what stood there, so one that holds for other bytes tells what they were.
    let damaged = sound.ends_with(check) && bytes != *sound;
    damaged.then(|| {
        let expected = format!("a header of version {FORMAT_VERSION}, as its check has it: {}", hex::encode(sound));
        Finding::new(Dialect::Mst1, Rule::Header, 0, expected, hex::encode(bytes))
    })
}
