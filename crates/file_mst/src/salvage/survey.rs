//! A file read from end to end: what proves itself, and what does not.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::versions::{Version, roots};
use super::{Identity, SalvageError, identify};
use crate::node::dialect::Dialect;
use crate::node::{Link, NodeError};
use crate::open::OpenOptions;
use crate::pieces::{Piece, Pieces};
use crate::storage::ReadAt;
use crate::store::{Commit, Header, NodeStore};
use mst_types::{ItemType, read_schema};

/// How many damaged places are listed.
const MOST_PLACES: usize = 1000;

/// A node that proves itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) offset: u64,
    /// How many records it and what is left below it hold.
    pub(super) records: u64,
    pub(super) level: u8,
}

/// What does not prove itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Damaged {
    /// How many places there are.
    pub places: u64,
    /// How many bytes they take.
    pub bytes: u64,
    /// The first places, by offset.
    pub first: Vec<Range<u64>>,
}

/// What a file says of its newest version.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// The newest version that was found is the newest that the file names.
    Whole,
    /// Page 0 names a commit or a root behind the end of the file: what lay there was cut off.
    CutOff {
        /// Where it should begin.
        named: u64,
        /// Where the file ends.
        file_len: u64,
    },
    /// The commit or root that page 0 names does not prove itself.
    Damaged {
        /// Where it begins.
        named: u64,
    },
    /// Page 0 does not tell, and there are nodes of a version that is not there, or no version.
    Missing,
    /// Page 0 does not tell whether the newest version that was found is the last.
    Unknown,
}

impl End {
    /// Why the newest version is lost; none where it is not, or nobody can tell.
    pub(super) fn lost(self) -> Option<NodeError> {
        let malformed = |offset, expected: &str| {
            Some(NodeError::Malformed { offset, at: offset, expected: expected.into(), found: "other bytes".into() })
        };
        match self {
            Self::Whole | Self::Unknown => None,
            Self::CutOff { named, file_len } => Some(NodeError::PastEnd { offset: named, file_len }),
            Self::Damaged { named } => malformed(named, "what page 0 names as the newest version"),
            Self::Missing => malformed(0, "the place of the newest version"),
        }
    }

    /// Whether it is certain that no later version is missing.
    pub fn is_whole(self) -> bool {
        self == Self::Whole
    }

    /// What is lost, in words; none where nothing is.
    pub fn loss(self) -> Option<String> {
        match self {
            Self::Whole => None,
            Self::CutOff { named, file_len } => Some(format!(
                "what lay behind byte {file_len}, where the file ends: page 0 names a newer version @{named}"
            )),
            Self::Damaged { named } => {
                Some(format!("the newest version, which page 0 names @{named}: it is damaged there"))
            }
            Self::Missing => Some("the root of a newer version: page 0 does not tell where it was".to_owned()),
            Self::Unknown => {
                Some("perhaps a newer version: nothing in the file tells whether it was cut off".to_owned())
            }
        }
    }
}

/// What was found in a file.
#[derive(Debug)]
pub struct Survey {
    pub(super) store: Arc<NodeStore>,
    /// What the file is.
    pub identity: Identity,
    /// The length of the file, in bytes.
    pub file_len: u64,
    /// How many nodes prove themselves, empty ones left out.
    pub nodes: u64,
    /// What does not prove itself.
    pub damaged: Damaged,
    /// What page 0 says of the newest version.
    pub end: End,
    /// The versions that are named or found, the newest first.
    pub versions: Vec<Version>,
    /// Nodes without a parent that are no root, by offset.
    pub(super) orphans: Vec<Entry>,
}

impl Survey {
    /// How many nodes without a parent are no root of a version.
    pub fn orphans(&self) -> u64 {
        self.orphans.len() as u64
    }

    /// Of these, how many were written after the newest version, for one that was not finished.
    pub fn unfinished(&self) -> u64 {
        let newest = self.versions.first().map_or(0, |version| version.position);
        self.orphans.iter().filter(|orphan| orphan.offset > newest).count() as u64
    }
}

/// Reads a file from end to end; `watch` is told how many of its bytes were read, and how many nodes were found in them. With an
/// offset in `options` the node there is taken as the newest root. Takes 24 bytes of memory for each node and 8 for each link.
///
/// # Errors
/// [`SalvageError::Nothing`], [`SalvageError::UnknownTypes`], [`SalvageError::NoRoot`], [`SalvageError::Io`].
pub fn survey(
    storage: Arc<dyn ReadAt>,
    options: &OpenOptions,
    mut watch: impl FnMut(u64, u64),
) -> Result<Survey, SalvageError> {
    let mut identity = identify(&storage, options)?;
    let store = Arc::new(NodeStore::new(Arc::clone(&storage), identity.codec.clone(), options.cache_bytes));
    let file_len = storage.len()?;
    let mut entries: Vec<Entry> = Vec::new();
    let mut referred: Vec<u64> = Vec::new();
    let mut damaged = Damaged::default();
    let mut commits: Vec<Commit> = Vec::new();
    let mut header = None;
    let mut pieces = Pieces::from_page(&*storage, &identity.codec, 0)?;
    for found in pieces.by_ref() {
        watch(found.span.end, entries.len() as u64);
        match found.piece {
            Piece::Node(node) if node.is_empty() => {}
            Piece::Node(node) => {
                let children = node.children().iter().filter(|link| !link.is_empty());
                referred.extend(children.clone().map(|link| link.offset));
                let below = children.map(|link| match link.extent {
                    Some(extent) => extent.records,
                    // In the published dialects children stand before their parents.
                    None => {
                        position(&entries, link.offset).and_then(|at| entries.get(at)).map_or(0, |entry| entry.records)
                    }
                });
                let records = below.fold(node.key_count() as u64, u64::saturating_add);
                entries.push(Entry { offset: node.offset(), records, level: node.level() });
            }
            Piece::Commit(commit) => commits.push(*commit),
            Piece::Unknown => {
                damaged.places += 1;
                damaged.bytes += found.span.end - found.span.start;
                if damaged.first.len() < MOST_PLACES {
                    damaged.first.push(found.span);
                }
            }
            Piece::Header(found) => header = Some(found),
            Piece::Pointer | Piece::Padding => {}
        }
    }
    if let Some(error) = pieces.failure() {
        return Err(error.into());
    }
    keep_own(&mut commits, header.as_ref());
    referred.extend(commits.iter().map(|commit| commit.root.offset));
    referred.sort_unstable();
    let nodes = entries.len() as u64;
    entries.retain(|entry| referred.binary_search(&entry.offset).is_err());
    drop(referred);

    let own = identity.codec.dialect == Dialect::Mst1;
    let mut versions: Vec<_> = match commits.is_empty() {
        // A root of ours without its commit is one of the nodes without a parent.
        true if own => Vec::new(),
        true => roots(&store, &entries),
        false => {
            commits.sort_by_key(|commit| (commit.sequence, commit.offset));
            commits.into_iter().map(Version::of_commit).collect()
        }
    };
    versions.reverse();
    if let Some(offset) = options.offset {
        start_at(&store, &mut versions, offset)?;
    }
    if versions.is_empty() && (!own || entries.is_empty()) {
        return Err(SalvageError::Nothing);
    }
    note_types(&mut identity, &versions);
    let roots: HashSet<u64> = versions.iter().map(|version| version.root.offset).collect();
    entries.retain(|entry| !roots.contains(&entry.offset));
    let mut survey = Survey { store, identity, file_len, nodes, damaged, end: End::Whole, versions, orphans: entries };
    if options.offset.is_none() {
        survey.end = match own {
            true => own_end(&survey, header.and_then(|header| header.hint)),
            false => published_end(&survey)?,
        };
    }
    Ok(survey)
}

/// Leaves out the commits of other files: those that do not carry the file's number, or, where page 0 is lost, not the one that
/// most carry.
fn keep_own(commits: &mut Vec<Commit>, header: Option<&Header>) {
    let most = || {
        let mut counts: HashMap<_, usize> = HashMap::new();
        commits.iter().for_each(|commit| *counts.entry(commit.file_id).or_default() += 1);
        counts.into_iter().max_by_key(|(_, count)| *count).map(|(id, _)| id)
    };
    let id = header.map(|header| header.file_id).or_else(most);
    commits.retain(|commit| Some(commit.file_id) == id);
}

/// What the hint in page 0 says: it is written when its commit is safe on the disk, so that commit was there.
fn own_end(survey: &Survey, hint: Option<u64>) -> End {
    let newest = survey.versions.first();
    match hint {
        Some(named) if named >= survey.file_len => End::CutOff { named, file_len: survey.file_len },
        Some(named) if named > 0 && !survey.versions.iter().any(|version| version.position == named) => {
            End::Damaged { named }
        }
        // Nodes behind it were not committed, as far as page 0 knows.
        Some(_) if newest.is_some() => End::Whole,
        Some(_) | None if newest.is_none() || survey.unfinished() > 0 => End::Missing,
        Some(_) | None => End::Unknown,
    }
}

/// What the pointer in page 0 of the git version says. A file of 0.2 says nothing.
fn published_end(survey: &Survey) -> Result<End, SalvageError> {
    if survey.identity.codec.dialect == Dialect::FileMstGit {
        let mut pointer = [0; 8];
        survey.store.storage().read_up_to(0, &mut pointer)?;
        let named = u64::from_le_bytes(pointer);
        if named >= survey.file_len {
            return Ok(End::CutOff { named, file_len: survey.file_len });
        }
    }
    Ok(if survey.unfinished() > 0 { End::Unknown } else { End::Whole })
}

fn position(entries: &[Entry], offset: u64) -> Option<usize> {
    entries.binary_search_by_key(&offset, |entry| entry.offset).ok()
}

/// Makes the node at `offset` the newest root.
fn start_at(store: &Arc<NodeStore>, versions: &mut Vec<Version>, offset: u64) -> Result<(), SalvageError> {
    if let Some(index) = versions.iter().position(|version| version.root.offset == offset) {
        versions.drain(..index);
        return Ok(());
    }
    let node = store.unchecked(offset).map_err(|_| SalvageError::NoRoot { offset })?;
    let hash = node.hash().filter(|hash| *hash == node.stored_hash()).ok_or(SalvageError::NoRoot { offset })?;
    versions.retain(|version| version.position < offset);
    versions.insert(0, Version::of_root(Link { offset, hash, extent: node.extent() }));
    Ok(())
}

/// The types that the newest commit notes, where nobody named any.
fn note_types(identity: &mut Identity, versions: &[Version]) {
    let schema = versions.iter().filter_map(|version| version.commit.as_ref()?.schema.as_deref()).next();
    if let Some((key, value)) = schema.and_then(read_schema) {
        identity.key.get_or_insert(ItemType::ordered(key));
        identity.value.get_or_insert(ItemType::postcard(value));
    }
}
