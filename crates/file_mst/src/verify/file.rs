//! What a file holds besides nodes: page 0, commit frames, its end.

use std::collections::VecDeque;

use super::finding::{Finding, Rule, Severity};
use crate::error::Error;
use crate::node::dialect::{Dialect, PAGE};
use crate::node::hash::NodeHash;
use crate::node::{Codec, Frame, Node};
use crate::scan::{self, Found};
use crate::storage::ReadAt;
use crate::store::{Commit, FileId, HEADER_BYTES, Header, TreeFile};

/// How many bytes behind the last commit are looked at, at most.
const MOST_TAIL: u64 = 256 << 20;

/// The rest of page 0 of our own files. What else may be wrong with it, or with the commit that it names, shows when the
/// file is opened.
pub(super) fn header(storage: &dyn ReadAt) -> Result<Vec<Finding>, Error> {
    let mut page = vec![0; PAGE as usize];
    let read = storage.read_up_to(0, &mut page).map_err(Error::io("read the header"))?;
    page.truncate(read);
    if let Some(at) = page.iter().skip(HEADER_BYTES).position(|byte| *byte != 0) {
        let found = format!("other bytes from @{} on", at + HEADER_BYTES);
        let finding = Finding::new(Dialect::Mst1, Rule::Header, 0, "zeros behind the header", found);
        return Ok(vec![finding.with_severity(Severity::Warning)]);
    }
    Ok(Vec::new())
}

/// Page 0 of the git version, where the tree was not opened by it.
pub(super) fn pointer(storage: &dyn ReadAt) -> std::io::Result<Option<Finding>> {
    let mut page = vec![0; PAGE as usize];
    let read = storage.read_up_to(0, &mut page)?;
    let new = |expected: &str, found: String| Some(Finding::new(Dialect::FileMstGit, Rule::Header, 0, expected, found));
    let (Some((offset, rest)), true) = (page.split_first_chunk::<8>(), read as u64 == PAGE) else {
        return Ok(new("a page with the pointer to the root", "the end of the file".into()));
    };
    let Some((hash, padding)) = rest.split_first_chunk::<32>() else { return Ok(None) };
    let (offset, hash) = (u64::from_le_bytes(*offset), NodeHash::from(*hash));
    if padding.iter().any(|byte| *byte != 0) {
        return Ok(new("zeros behind the pointer to the root", "other bytes".into()));
    }
    if offset == 0 && hash.is_empty() {
        return Ok(None);
    }
    Ok(match Found::at(storage, offset) {
        Err(error) => new("a pointer to a node", error.to_string()),
        Ok(found) if found.link().hash != hash => {
            new(&format!("a pointer with the hash of the node @{offset}, {}", found.link().hash), hash.to_string())
        }
        Ok(_) => None,
    })
}

/// A commit, unless its frame does not hold; and what is wrong with it, if something is.
pub(super) type Looked = (Option<Commit>, Option<Finding>);

/// The commits of a file, followed from the last one.
#[derive(Debug, Default)]
pub(super) struct Chain {
    /// The commit to read next, and the sequence number that it must be below.
    next: Option<(u64, u64)>,
    /// The number of the file.
    file_id: Option<FileId>,
    /// Where the frames stand that were read, the oldest first.
    pub(super) frames: VecDeque<u64>,
}

impl Chain {
    pub(super) fn of(file: Option<&TreeFile>) -> Self {
        let next = file.and_then(TreeFile::last).map(|last| (last.offset, last.sequence + 1));
        Self { next, file_id: file.and_then(TreeFile::file_id), frames: VecDeque::new() }
    }

    /// Reads the next one. None when there are no more.
    pub(super) fn step(&mut self, storage: &dyn ReadAt) -> Result<Option<Looked>, Error> {
        let Some((offset, below)) = self.next.take() else { return Ok(None) };
        let new = |rule, expected: String, found: String| Finding::new(Dialect::Mst1, rule, offset, expected, found);
        let commit = match Commit::read(storage, offset) {
            Ok(commit) => commit,
            Err(Error::Commit { expected, found, .. }) => {
                return Ok(Some((None, Some(new(Rule::CommitFrame, expected, found)))));
            }
            Err(error) => return Err(error),
        };
        if let Some(id) = self.file_id.filter(|id| *id != commit.file_id) {
            let finding = new(Rule::FileId, format!("the file id {id} of page 0"), commit.file_id.to_string());
            return Ok(Some((None, Some(finding))));
        }
        if commit.sequence >= below {
            let finding = new(Rule::Chain, format!("a sequence below {below}"), commit.sequence.to_string());
            return Ok(Some((None, Some(finding))));
        }
        self.next = commit.previous.map(|previous| (previous, commit.sequence));
        self.frames.push_front(offset);
        let padded = is_padded(storage, &commit).map_err(Error::io("read a commit"))?;
        let finding =
            (!padded).then(|| new(Rule::CommitFrame, "zeros to the end of the page".into(), "other bytes".into()));
        let finding = finding.map(|finding| finding.with_severity(Severity::Warning));
        Ok(Some((Some(commit), finding)))
    }
}

/// Whether zeros fill the last page of a commit frame.
fn is_padded(storage: &dyn ReadAt, commit: &Commit) -> std::io::Result<bool> {
    let mut bytes = vec![0; (commit.end() - commit.offset) as usize];
    storage.read_up_to(commit.offset, &mut bytes)?;
    let length = bytes.get(8..).and_then(|bytes| bytes.first_chunk()).map_or(0, |bytes| u32::from_le_bytes(*bytes));
    Ok(bytes.iter().skip(length as usize).all(|byte| *byte == 0))
}

/// What stands behind the last commit of a file of ours, which had `len` bytes when the check began.
///
/// A writer that is at work leaves half-written nodes there, which are no fault. It holds the file's lock, or, if it has ended
/// meanwhile, the hint leads further than to the last commit of then.
pub(super) fn own_tail(storage: &dyn ReadAt, last: Option<&Commit>, len: u64) -> std::io::Result<Option<Finding>> {
    let end = last.map_or(PAGE, Commit::end);
    let len = len.min(storage.len()?);
    if len <= end {
        return Ok(None);
    }
    let being_written = storage.is_being_written();
    let hint = Header::read(storage).ok().flatten().and_then(|header| header.hint);
    if being_written == Some(true) || hint.is_some_and(|hint| hint > last.map_or(0, |last| last.offset)) {
        return Ok(None);
    }
    let found = |offset, what: &str| {
        let found = format!("{} bytes {what}", len - offset);
        Finding::new(Dialect::Mst1, Rule::Tail, offset, "the end of the file", found)
    };
    let mut at = end;
    while at < len && at - end < MOST_TAIL {
        if scan::is_padding(storage, at)? {
            let data = storage.data_from(at)?;
            at = scan::next_page(at).max(data - data % PAGE);
            continue;
        }
        let node = Frame::read(storage, at).and_then(|frame| Node::parse(frame, &Codec::MST1));
        match node.ok().filter(|node| node.hash() == Some(node.stored_hash())) {
            Some(node) => at += node.bytes().len() as u64,
            None if being_written.is_none() => {
                let what = "that are no node: what a writer has not finished, or left when it died";
                return Ok(Some(found(at, what).with_severity(Severity::Note)));
            }
            None => return Ok(Some(found(at, "that are no node: a torn tail, which the next writer cuts off"))),
        }
    }
    let what = "of nodes that no commit names: the next commit takes them, or the next writer cuts them off";
    Ok(Some(found(end, what).with_severity(Severity::Note)))
}

/// What stands behind the last node that can be reached in a file of the published layout: nodes of other versions.
pub(super) fn published_tail(storage: &dyn ReadAt, dialect: Dialect, end: u64) -> std::io::Result<Option<Finding>> {
    let len = storage.len()?;
    let at = scan::end_of_nodes(storage, end, end.saturating_add(MOST_TAIL))?;
    let read_whole = at < end.saturating_add(MOST_TAIL);
    Ok((at < len && read_whole).then(|| {
        let found = format!("{} bytes that are no node", len - at);
        Finding::new(dialect, Rule::Tail, at, "a node, or the end of the file", found)
    }))
}
