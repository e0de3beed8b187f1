//! Finds the last commit, and distinguishes a torn tail from a damaged file.
//!
//! A hint whose check holds proves that the commit it names was complete on the disk before the hint was written. If
//! that commit is missing, it was lost afterwards, and the file is damaged: it is never taken for an older or an empty
//! one.
//!
//! ```text
//!  page 0                                hinted                 continues it     torn tail: ignored,
//! ┌──────┬───────────────┬────────┬─────┬────────┬─────┬───────┬────────┬──────────── cut by the next writer
//! │ hint │ nodes         │commit 1│nodes│commit 2│nodes│ ...   │commit 3│ nodes ...
//! └──┬───┴───────────────┴────────┴─────┴────────┴─────┴───────┴────────┴────────────
//!    └─────────────── must hold ────────^        └─ walked page by page ─^
//! ```

use std::sync::Arc;

use super::commit::cut_off;
use super::header::HINT;
use super::pages::Pages;
use super::{Commit, Header, NodeStore};
use crate::error::Error;
use crate::node::dialect::PAGE;
use crate::node::{Extent, Link, NodeError};
use crate::storage::ReadAt;

/// The last commit of the file; `None` if no commit was completed.
///
/// It is the commit that the hint names, or one that continues it: its frame names that one as the previous commit, has
/// the next sequence number, its nodes begin where that one ends, and all of these nodes are there. Anything else after
/// the last commit is what a writer was writing when it died, or is writing now.
///
/// # Errors
/// [`Error::Header`], [`Error::CutOff`], [`Error::LastCommit`] if the file is damaged; [`Error::Io`].
pub(super) fn last_commit(store: &Arc<NodeStore>, header: &Header) -> Result<Option<Commit>, Error> {
    let storage = &**store.storage();
    let mut last = hinted(storage, header)?;
    // The length is asked for after the hint was read: a file only grows, so the hinted commit lies within it.
    let len = store.file_len().map_err(Error::io("ask for the length of the file"))?;
    let mut pages = Pages::from(storage, last.as_ref().map_or(PAGE, Commit::end), len);
    while let Some(at) = pages.next_commit()? {
        let commit = match Commit::read(storage, at) {
            Ok(commit) if commit.continues(last.as_ref(), header.file_id) => commit,
            Ok(_) | Err(Error::Commit { .. }) => break,
            Err(error) => return Err(error),
        };
        if commit.end() > len || !tail_holds(store, &commit)? {
            break;
        }
        pages.go_to(commit.end());
        last = Some(commit);
    }
    Ok(last)
}

/// The commit that the hint names. It must be there.
fn hinted(storage: &dyn ReadAt, header: &Header) -> Result<Option<Commit>, Error> {
    let len = storage.len().map_err(Error::io("ask for the length of the file"))?;
    let Some(hint) = header.hint else {
        let expected = "a hint whose check holds".into();
        return Err(Error::Header { at: HINT.start as u64, expected, found: "another check".into() });
    };
    let named = Some(hint).filter(|hint| *hint > 0);
    // Page 0 is written whole before anything else, so a shorter file was cut off.
    if len < PAGE || hint >= len {
        return Err(Error::CutOff { commit: named, file_len: len });
    }
    let Some(hint) = named else { return Ok(None) };
    let lost = |expected: &str, found: String| Error::LastCommit { offset: hint, expected: expected.into(), found };
    let commit = match Commit::read(storage, hint) {
        Ok(commit) => commit,
        Err(Error::Commit { .. }) if cut_off(storage, hint, len)? => {
            return Err(Error::CutOff { commit: named, file_len: len });
        }
        Err(Error::Commit { expected, found, .. }) => return Err(lost(&expected, found)),
        Err(error) => return Err(error),
    };
    if commit.file_id != header.file_id {
        return Err(lost(&format!("the file id {} of page 0", header.file_id), commit.file_id.to_string()));
    }
    if commit.end() > len {
        return Err(Error::CutOff { commit: named, file_len: len });
    }
    Ok(Some(commit))
}

/// Whether all nodes that were written for `commit` are there: walks down from the root, but not into nodes of older
/// commits, which were synced before.
fn tail_holds(store: &Arc<NodeStore>, commit: &Commit) -> Result<bool, Error> {
    let mut links: Vec<Link> = vec![commit.root];
    // No two links of a tree lead to one node (I11), so all visited nodes together fit into the tail. A walk that
    // exceeds it has met a node twice, and might never end.
    let mut room = commit.offset.saturating_sub(commit.tail_start);
    while let Some(link) = links.pop() {
        if link.is_empty() || link.offset < commit.tail_start {
            continue;
        }
        let length = u64::from(link.extent.map_or(0, |Extent { length, .. }| length)).max(1);
        match room.checked_sub(length) {
            Some(left) if link.offset.saturating_add(length) <= commit.offset => room = left,
            _ => return Ok(false),
        }
        match store.node(&link) {
            Ok(node) => links.extend_from_slice(node.children()),
            Err(error @ NodeError::Io { .. }) => return Err(error.into()),
            Err(_) => return Ok(false),
        }
    }
    Ok(true)
}
