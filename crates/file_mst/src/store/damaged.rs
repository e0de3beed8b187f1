//! A damaged file of ours: how it is known for one, and which of its commits can still be read.

use std::thread;
use std::time::Duration;

use super::commit::MAX_LENGTH;
use super::header::{HEADER_BYTES, MAGIC};
use super::pages::{Pages, proves_itself};
use super::{Commit, FileId, Foreign, Header};
use crate::error::Error;
use crate::node::dialect::{Dialect, PAGE};
use crate::storage::ReadAt;

/// How many pages behind page 0 are looked at to tell whose file it is.
const FIRST_PAGES: u64 = 16;
/// A page whose first frame is longer tells nothing.
const LONGEST_FRAME: u32 = 16 << 20;
/// How often page 0 is read before it counts as damaged: a writer may be writing the hint just now.
const TRIES: u32 = 5;
const BETWEEN_TRIES: Duration = Duration::from_millis(1);

/// Page 0 of a file of ours; none if the file is another.
///
/// # Errors
/// [`Error::Header`] or [`Error::CutOff`] if page 0 is damaged, even so that it does not look like one of ours: then
/// the first pages behind it and the last one tell. [`Error::NewerVersion`], [`Error::Io`].
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

/// What is wrong with page 0 of a file of ours that does not begin with our magic; none if nothing says that it is ours.
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
    // The check is over what stood there, so one that holds for the magic tells that it stood there.
    if Header::is_all_but_magic(&bytes) {
        return wrong("our magic, which the check behind it is over too");
    }
    let is_published = match Foreign::of(storage).map_err(&io)? {
        Foreign::Dialect(Dialect::FileMst02) => true,
        // A page 0 of zeros is an empty tree there.
        Foreign::Dialect(Dialect::FileMstGit) => begin.iter().any(|byte| *byte != 0),
        _ => false,
    };
    if !is_published && has_our_pages(storage)? {
        return wrong("our magic, since nodes or commits of ours stand behind page 0");
    }
    Ok(None)
}

/// Whether one of the first pages behind page 0 begins with a node or a commit of ours, or the last one is a commit of ours.
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
    // A frame that ends where the file does: no node of another dialect ends with what a record may hold.
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

/// The commits of a file of ours that can be found by its structure, the first one first: as far as each page begins with
/// what tells where the next one is, and each frame of a commit proves itself and continues the one before. Nothing inside
/// of a node is taken for a commit, and nothing behind the first place where the structure breaks.
pub(super) struct Proved<'a> {
    storage: &'a dyn ReadAt,
    pages: Pages<'a>,
    /// The number of the file, from page 0 or the first commit.
    file_id: Option<FileId>,
    last: Option<Commit>,
}

impl<'a> Proved<'a> {
    pub(super) fn of(storage: &'a dyn ReadAt) -> Result<Self, Error> {
        let len = storage.len().map_err(Error::io("ask for the length of the file"))?;
        let file_id = Header::read(storage).ok().flatten().map(|header| header.file_id);
        Ok(Self { storage, pages: Pages::from(storage, PAGE, len), file_id, last: None })
    }

    /// How far it has come in the file.
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
        // A compacted file begins with a higher number.
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

/// The commit of this number in a file of ours, as far as its structure leads.
pub(super) fn proved(storage: &dyn ReadAt, sequence: u64) -> Result<Option<Commit>, Error> {
    let mut commits = Proved::of(storage)?;
    while let Some(commit) = commits.next()? {
        if commit.sequence >= sequence {
            return Ok(Some(commit).filter(|commit| commit.sequence == sequence));
        }
    }
    Ok(None)
}

/// The newest commit of a damaged file of ours that [`TreeFile::of_damaged`](super::TreeFile::of_damaged) opens; none if there
/// is none, or more than `most` bytes would have to be read to tell.
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
