//! Finds the last commit that holds.

use std::sync::Arc;

use super::commit::COMMIT_MAGIC;
use super::{Commit, Header, NodeStore};
use crate::dialect::PAGE;
use crate::error::Error;
use crate::node::{Link, NodeError};

/// How much is read at once when scanning back.
const CHUNK: u64 = 1 << 20;

/// The last commit of the file that holds; none if there is none.
///
/// The header's hint is written after a commit is safe on the disk, so the commit it names needs no check. Anything
/// behind that commit is what was being written when a writer died, or what one writes just now: it is scanned back
/// from the end, page by page, for a commit frame whose checksum holds and whose own nodes are all there.
pub(super) fn last_commit(store: &Arc<NodeStore>, header: &Header) -> Result<Option<Commit>, Error> {
    let storage = &**store.storage();
    let hinted = match header.hint.filter(|hint| *hint > 0).map(|hint| Commit::read(storage, hint)) {
        Some(Ok(commit)) => Some(commit).filter(|commit| commit.file_id == header.file_id),
        Some(Err(Error::Commit { .. })) | None => None,
        Some(Err(error)) => return Err(error),
    };
    let len = store.file_len().map_err(Error::io("ask for the length of the file"))?;
    let from = hinted.as_ref().map_or(PAGE, Commit::end);
    let mut end = len.next_multiple_of(PAGE);
    while end > from {
        let start = end.saturating_sub(CHUNK).max(from);
        let mut chunk = vec![0; (end - start) as usize];
        let read = storage.read_up_to(start, &mut chunk).map_err(Error::io("look for commits"))?;
        chunk.truncate(read);
        for (index, page) in chunk.chunks(PAGE as usize).enumerate().rev() {
            if !page.starts_with(&COMMIT_MAGIC) {
                continue;
            }
            match Commit::read(storage, start + index as u64 * PAGE) {
                Ok(commit) if commit.file_id == header.file_id && tail_holds(store, &commit)? => {
                    return Ok(Some(commit));
                }
                Ok(_) | Err(Error::Commit { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        end = start;
    }
    Ok(hinted)
}

/// Whether all nodes of `commit` that were written for it are there: walks from the root to the nodes of older commits.
fn tail_holds(store: &Arc<NodeStore>, commit: &Commit) -> Result<bool, Error> {
    let mut links: Vec<Link> = vec![commit.root];
    while let Some(link) = links.pop() {
        if link.is_empty() || link.offset < commit.tail_start {
            continue;
        }
        match store.node(&link) {
            Ok(node) => links.extend_from_slice(node.children()),
            Err(error @ NodeError::Io { .. }) => return Err(error.into()),
            Err(_) => return Ok(false),
        }
    }
    Ok(true)
}
