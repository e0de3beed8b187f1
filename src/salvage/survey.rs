//! A file read from end to end: what proves itself, and what does not.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use super::versions::{Version, roots};
use super::{Identity, SalvageError, identify};
use crate::node::Link;
use crate::open::OpenOptions;
use crate::pieces::{Piece, Pieces};
use crate::schema::{ItemType, read_schema};
use crate::storage::ReadAt;
use crate::store::NodeStore;

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
    let mut commits = Vec::new();
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
            Piece::Commit(commit) => {
                referred.push(commit.root.offset);
                commits.push(*commit);
            }
            Piece::Unknown => {
                damaged.places += 1;
                damaged.bytes += found.span.end - found.span.start;
                if damaged.first.len() < MOST_PLACES {
                    damaged.first.push(found.span);
                }
            }
            Piece::Header(_) | Piece::Pointer | Piece::Padding => {}
        }
    }
    if let Some(error) = pieces.failure() {
        return Err(error.into());
    }
    referred.sort_unstable();
    let nodes = entries.len() as u64;
    entries.retain(|entry| referred.binary_search(&entry.offset).is_err());
    drop(referred);

    let mut versions: Vec<_> = match commits.is_empty() {
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
    if versions.is_empty() {
        return Err(SalvageError::Nothing);
    }
    note_types(&mut identity, &versions);
    let roots: HashSet<u64> = versions.iter().map(|version| version.root.offset).collect();
    entries.retain(|entry| !roots.contains(&entry.offset));
    Ok(Survey { store, identity, file_len, nodes, damaged, versions, orphans: entries })
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
