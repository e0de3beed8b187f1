//! Damaged files of ours: how they are recognised, and which of their commits can still be read.

use std::thread;
use std::time::Duration;

use super::commit::MAX_LENGTH;
use super::header::{HEADER_BYTES, MAGIC};
use super::pages::{Pages, proves_itself};
use super::{Commit, FileId, Foreign, Header};
use crate::error::Error;
use crate::node::dialect::{Dialect, PAGE};
use crate::storage::ReadAt;

/// The number of pages after page 0 that are examined to recognise a file of ours.
const FIRST_PAGES: u64 = 16;
/// A first frame of a page that is longer than this is not read.
const LONGEST_FRAME: u32 = 16 << 20;
/// How often page 0 is read before it counts as damaged: a writer may be writing the hint at this moment.
const TRIES: u32 = 5;
const BETWEEN_TRIES: Duration = Duration::from_millis(1);

/// Page 0 of a file of ours; `None` for any other file.
///
/// # Errors
/// [`Error::Header`] or [`Error::CutOff`] if page 0 is damaged, even beyond recognition: then the pages after it and
/// the last commit show that the file is ours. [`Error::NewerVersion`], [`Error::Io`].
pub(crate) fn header_of(storage: &dyn ReadAt) -> Result<Option<Header>, Error> {
    let mut tries = 1;
    loop {
        match Header::read(storage) {
            Ok(Some(Header { hint: None, .. })) | Err(Error::Header { .. }) if tries < TRIES => {
                tries += 1;
                thread::sleep(BETWEEN_TRIES);
            }
            Ok(None) => return lost_header(storage)?.map_or(Ok(None), Err),
            other => return other,
        }
    }
}

/// Whether the file is one of ours, sound or damaged. Reads a few pages.
///
/// # Errors
/// [`Error::Io`].
pub fn is_ours(storage: &dyn ReadAt) -> Result<bool, Error> {
    match header_of(storage) {
        Ok(header) => Ok(header.is_some()),
        Err(error @ Error::Io { .. }) => Err(error),
        Err(_) => Ok(true),
    }
}

/// The damage of page 0 in a file of ours that does not begin with our magic; `None` if nothing shows that it is ours.
fn lost_header(storage: &dyn ReadAt) -> Result<Option<Error>, Error> {
    let io = Error::io("read the header");
    let mut bytes = [0; HEADER_BYTES];
    let read = storage.read_up_to(0, &mut bytes).map_err(&io)?;
    let begin = bytes.get(..read).unwrap_or_default();
    if begin.is_empty() {
        return Ok(None);
    }
    if begin.len() < MAGIC.len() {
        return Ok(MAGIC.starts_with(begin).then_some(Error::CutOff { commit: None, file_len: read as u64 }));
    }
    let wrong = |expected: &str| {
        let found = hex::encode(begin.get(..MAGIC.len()).unwrap_or_default());
        Ok(Some(Error::Header { at: 0, expected: expected.to_owned(), found }))
    };
    // The check covers the magic. If it holds with the magic in place of these bytes, the magic stood there.
    if Header::is_all_but_magic(&bytes) {
        return wrong("our magic, which the check after it covers");
    }
    let is_published = match Foreign::of(storage).map_err(&io)? {
        Foreign::Dialect(Dialect::FileMst02) => true,
        // In the git dialect a page 0 of zeros is an empty tree, so zeros prove nothing.
        Foreign::Dialect(Dialect::FileMstGit) => begin.iter().any(|byte| *byte != 0),
        _ => false,
    };
    if !is_published && has_our_pages(storage)? {
        return wrong("our magic, since nodes or commits of ours stand after page 0");
    }
    Ok(None)
}

/// Whether one of the first pages after page 0 begins with a node or a commit of ours, or a commit of ours ends the
/// file.
fn has_our_pages(storage: &dyn ReadAt) -> Result<bool, Error> {
    let len = storage.len().map_err(Error::io("ask for the length of the file"))?;
    let holds = |at: u64| match Commit::read(storage, at) {
        Ok(commit) => Ok(Some(commit)),
        Err(Error::Commit { .. }) => Ok(None),
        Err(error) => Err(error),
    };
    for at in (1..=FIRST_PAGES).map(|page| page * PAGE).take_while(|at| *at < len) {
        let mut prefix = [0; 4];
        storage.read_up_to(at, &mut prefix).map_err(Error::io("look for nodes"))?;
        let is_short = u32::from_le_bytes(prefix) <= LONGEST_FRAME;
        if is_short && proves_itself(storage, at)? || holds(at)?.is_some() {
            return Ok(true);
        }
    }
    // A commit frame must end where the file does. A copy of a commit inside a record of another dialect does not: the
    // record's node continues after it.
    let first = len.saturating_sub(MAX_LENGTH as u64 + PAGE).next_multiple_of(PAGE).max(PAGE);
    let mut at = (len - len % PAGE).saturating_sub(PAGE);
    while at >= first {
        if let Some(commit) = holds(at)? {
            return Ok(commit.end() == len);
        }
        at -= PAGE;
    }
    Ok(false)
}

/// The commits of a file of ours that its structure leads to, oldest first: as long as the first length in each page
/// leads to the next one, and each commit frame holds (I2) and continues the previous commit (I3). Nothing inside a
/// node is taken for a commit, and nothing after the first place where the structure breaks.
pub(super) struct Proved<'a> {
    storage: &'a dyn ReadAt,
    pages: Pages<'a>,
    /// The id of the file, from page 0 or the first commit.
    file_id: Option<FileId>,
    last: Option<Commit>,
}

impl<'a> Proved<'a> {
    pub(super) fn of(storage: &'a dyn ReadAt) -> Result<Self, Error> {
        let len = storage.len().map_err(Error::io("ask for the length of the file"))?;
        let file_id = Header::read(storage).ok().flatten().map(|header| header.file_id);
        Ok(Self { storage, pages: Pages::from(storage, PAGE, len), file_id, last: None })
    }

    /// The current offset in the file.
    pub(super) fn at(&self) -> u64 {
        self.pages.at()
    }

    /// The next commit.
    pub(super) fn next(&mut self) -> Result<Option<Commit>, Error> {
        let Some(at) = self.pages.next_commit()? else { return Ok(None) };
        let commit = match Commit::read(self.storage, at) {
            Ok(commit) => commit,
            Err(Error::Commit { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let id = *self.file_id.get_or_insert(commit.file_id);
        // The first commit may have any sequence number: a compacted file keeps the old ones.
        let follows = match &self.last {
            Some(last) => commit.continues(Some(last), id),
            None => commit.file_id == id && commit.previous.is_none() && commit.tail_start == PAGE,
        };
        if !follows {
            return Ok(None);
        }
        self.pages.go_to(commit.end());
        self.last = Some(commit.clone());
        Ok(Some(commit))
    }
}

/// The commit with this number in a file of ours, if the structure of the file leads to it.
pub(super) fn proved(storage: &dyn ReadAt, sequence: u64) -> Result<Option<Commit>, Error> {
    let mut commits = Proved::of(storage)?;
    while let Some(commit) = commits.next()? {
        if commit.sequence >= sequence {
            return Ok(Some(commit).filter(|commit| commit.sequence == sequence));
        }
    }
    Ok(None)
}

/// The newest commit of a damaged file of ours that [`TreeFile::of_damaged`](super::TreeFile::of_damaged) opens; `None`
/// if there is none, or if more than `most` bytes would have to be read to find it.
///
/// # Errors
/// [`Error::Io`].
pub fn newest_readable(storage: &dyn ReadAt, most: u64) -> Result<Option<Commit>, Error> {
    let mut commits = Proved::of(storage)?;
    while commits.next()?.is_some() {
        if commits.at() > most {
            return Ok(None);
        }
    }
    Ok(commits.last)
}
