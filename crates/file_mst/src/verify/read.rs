//! Reads a node that may be damaged, and tells whose fault it is if it cannot be read.

use crate::node::dialect::Dialect;
use crate::node::{CHILD_COUNT, CHILD_LEVEL, Codec, FRAME_PREFIX, Frame, KEY_COUNT, Link, MAX_FRAME, Node, NodeError};
use crate::storage::ReadAt;

use super::finding::{Finding, Rule};

/// A node as far as it could be read.
pub(super) enum Read {
    /// It was read. Its length, if the link or the node says another one than it has.
    Node(Box<Node>, Option<WrongLength>),
    /// What stands there is no node.
    Broken(Finding),
    /// The system could not read.
    Io(NodeError),
}

/// Who says a wrong length of a node that has the right hash.
pub(super) enum WrongLength {
    /// The link, this one.
    InLink(u32),
    /// The node's own prefix, this one; the link is right.
    InNode(u32),
}

/// Reads the node of a link.
pub(super) fn read(storage: &dyn ReadAt, codec: &Codec, link: &Link) -> Read {
    let parse = |frame| Node::parse(frame, codec);
    let wrong = match frame(storage, link).and_then(parse) {
        Ok(node) => return Read::Node(Box::new(node), None),
        Err(error @ NodeError::Io { .. }) => return Read::Io(error),
        Err(wrong) => wrong,
    };
    let Some(extent) = link.extent else { return Read::Broken(broken(codec.dialect, wrong)) };
    let is_meant = |node: &Node| node.hash() == Some(link.hash);
    if let Some(node) = Frame::read(storage, link.offset).and_then(parse).ok().filter(is_meant) {
        return Read::Node(Box::new(node), Some(WrongLength::InLink(extent.length)));
    }
    if let Some((frame, prefix)) = frame_without_prefix(storage, link.offset, extent.length)
        && let Some(node) = parse(frame).ok().filter(is_meant)
    {
        return Read::Node(Box::new(node), Some(WrongLength::InNode(prefix)));
    }
    Read::Broken(match wrong {
        // The link says how long it is.
        NodeError::Length { offset, length, available }
            if u64::from(extent.length) == available + FRAME_PREFIX as u64 =>
        {
            let (expected, found) = (format!("a length prefix of {available}"), format!("a length prefix of {length}"));
            Finding::new(codec.dialect, Rule::Form, offset, expected, found)
        }
        wrong => broken(codec.dialect, wrong),
    })
}

fn frame(storage: &dyn ReadAt, link: &Link) -> Result<Frame, NodeError> {
    match link.extent {
        Some(extent) => Frame::read_exact(storage, link.offset, extent.length),
        None => Frame::read(storage, link.offset),
    }
}

/// The `length` bytes at `offset` as a frame of that length, whatever its prefix says; and what it says.
fn frame_without_prefix(storage: &dyn ReadAt, offset: u64, length: u32) -> Option<(Frame, u32)> {
    let follow = length.checked_sub(FRAME_PREFIX as u32).filter(|follow| u64::from(*follow) <= MAX_FRAME)?;
    if u64::from(length) > storage.len().ok()?.saturating_sub(offset) {
        return None;
    }
    let mut bytes = vec![0; length as usize];
    if storage.read_up_to(offset, &mut bytes).ok()? < bytes.len() {
        return None;
    }
    let prefix = bytes.first_chunk_mut::<FRAME_PREFIX>()?;
    let said = u32::from_le_bytes(std::mem::replace(prefix, follow.to_le_bytes()));
    Some((Frame::from_bytes(offset, bytes), said))
}

/// The finding that a node cannot be read.
pub(super) fn broken(dialect: Dialect, error: NodeError) -> Finding {
    let offset = error.offset();
    let new = |rule, expected: String, found: String| Finding::new(dialect, rule, offset, expected, found);
    match error {
        NodeError::PastEnd { file_len, .. } => {
            new(Rule::Form, "a node".into(), format!("the end of the file, @{file_len}"))
        }
        NodeError::Length { length, available, .. } => new(
            Rule::Form,
            format!("a length of at most {available} bytes"),
            format!("a length prefix of {length} bytes"),
        ),
        NodeError::Malformed { at, expected, found, .. } => {
            let rule = match &expected {
                text if text.starts_with(KEY_COUNT) || text.starts_with(CHILD_COUNT) => Rule::Count,
                text if text.starts_with(CHILD_LEVEL) => Rule::Levels,
                _ => Rule::Form,
            };
            new(rule, expected, format!("{found} at byte @{at}"))
        }
        NodeError::Hash { expected, found, .. } => new(Rule::Hash, expected.to_string(), found.to_string()),
        other => new(Rule::Form, "a node".into(), other.to_string()),
    }
}
