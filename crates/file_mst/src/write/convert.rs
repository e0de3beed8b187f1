//! Writes a tree of any dialect as a file of ours.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::time::SystemTime;

use crate::error::Error;
use crate::node::dialect::Dialect;
use crate::node::hash::NodeHash;
use crate::node::level::level_of;
use crate::node::{NodeError, Record};
use crate::open::{Opened, schema_bytes};
use crate::store::Commit;
use crate::tree::builder::Builder;
use crate::tree::walk::{Damage, Step};
use crate::write::{NewFile, Options, Writer, check_key, check_value};
use mst_types::{ItemError, ItemType};

/// The cache of the new file, in bytes. It is small since written nodes are not read again.
const CACHE_BYTES: u64 = 1 << 20;

/// The label and time of a converted tree's commit.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ConvertOptions {
    /// Its label.
    pub label: String,
    /// Its time; `None` for the current time.
    pub time: Option<SystemTime>,
}

/// The result of a conversion.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Converted {
    /// The number of records.
    pub records: u64,
    /// The hash of the old root.
    pub old_root: NodeHash,
    /// The one commit of the new file.
    pub commit: Commit,
    /// The reasons why the new root's hash differs from the old one's; empty if they are equal.
    pub changes: Vec<RootChange>,
}

/// A reason why the root hash of a converted tree changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum RootChange {
    /// The old shape was not canonical: this number of nodes had no keys.
    Keyless(u64),
    /// The old shape was not canonical: this number of keys stood at another level than their hash gives them.
    Misplaced(u64),
    /// The old dialect hashes other bytes of a key than ours: for this number of keys the bytes differ.
    KeyBytes(u64),
}

impl fmt::Display for RootChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keyless(1) => f.write_str("the old shape was not canonical: 1 node had no keys"),
            Self::Keyless(nodes) => write!(f, "the old shape was not canonical: {nodes} nodes had no keys"),
            Self::Misplaced(keys) => {
                write!(f, "the old shape was not canonical: {keys} keys were not at the level of their hash")
            }
            Self::KeyBytes(keys) => write!(f, "the old dialect hashes other bytes of a key: {keys} keys differ"),
        }
    }
}

/// A tree was not converted. There is no new file then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// The new file could not be written; [`Error::Exists`] if there is something at its path.
    #[error(transparent)]
    Write(#[from] Error),
    /// Keys and values cannot be delimited.
    #[error("the types of keys and values are unknown: give them (--key and --value)")]
    UnknownTypes,
    /// A part of the old tree cannot be read: its records would be lost.
    #[error("nothing is converted, since records would be lost: {}", .0.error)]
    Damage(Box<Damage>),
    /// A key has no form in our files.
    #[error("the key {key} (hex) in the node @{offset} cannot be converted: {error}")]
    Key {
        /// The key as the old file stores it.
        key: String,
        /// Where its node begins.
        offset: u64,
        /// The reason.
        error: Box<ItemError>,
    },
    /// A key is not greater than the one before it.
    #[error(
        "the key {key} (hex) in the node @{offset} is not greater than the key before it: the old tree is not in \
         order, or its keys have another type (--key)"
    )]
    Unordered {
        /// The key as the old file stores it.
        key: String,
        /// Where its node begins.
        offset: u64,
    },
}

/// Writes all records of a tree, of either published dialect or of ours, to a new file of ours at `path`, in the
/// canonical shape, as one commit.
///
/// Keys get the order-preserving bytes of their type, values keep theirs. The commit names the types if both are known.
/// Streams: holds one path of the old tree and one open node for each level of the new one.
///
/// # Errors
/// See [`ConvertError`]. Damage is an error: no record is skipped silently. If it fails, there is no new file.
pub fn convert(opened: &Opened, path: &Path, options: &ConvertOptions) -> Result<Converted, ConvertError> {
    let source = Source::new(opened)?;
    let typing = &opened.typing;
    let schema = typing.key.as_ref().zip(typing.value.as_ref()).map(|(key, value)| schema_bytes(&key.ty, &value.ty));
    // The statements of a commit of ours about its records hold for the same records in another file.
    let (contract, notes) = opened.commit().map(|commit| (commit.contract, commit.notes)).unwrap_or_default();
    let options_of_file = Options { cache_bytes: CACHE_BYTES, schema, contract, notes, ..Options::default() };
    let mut writer = Writer::create(NewFile::create(path)?, options_of_file)?;
    let counts = writer.build(|builder| fill(&source, builder))?;
    let commit = writer.commit(Some(&options.label), options.time)?;
    writer.publish()?;
    let old_root = opened.tree.root_link().hash;
    let changes = if commit.root.hash == old_root { Vec::new() } else { counts.changes() };
    Ok(Converted { records: counts.records, old_root, commit, changes })
}

/// Counts over the old tree.
#[derive(Default)]
struct Counts {
    records: u64,
    keyless: u64,
    misplaced: u64,
    other_bytes: u64,
}

impl Counts {
    fn changes(&self) -> Vec<RootChange> {
        let changes = [
            (self.keyless, RootChange::Keyless as fn(u64) -> RootChange),
            (self.misplaced, RootChange::Misplaced),
            (self.other_bytes, RootChange::KeyBytes),
        ];
        changes.into_iter().filter(|(count, _)| *count > 0).map(|(count, change)| change(count)).collect()
    }
}

/// The old tree, and how its keys are transcoded.
struct Source<'a> {
    opened: &'a Opened,
    /// The key type as the old file stores it and as the new file does; `None` if these are the same.
    transcode: Option<(&'a ItemType, ItemType)>,
}

impl<'a> Source<'a> {
    fn new(opened: &'a Opened) -> Result<Self, ConvertError> {
        let dialect = opened.tree.store().codec().dialect;
        let key = opened.typing.key.as_ref();
        // Dialect 0.2 hashes keys without their length prefix, which is the form in which our files store them.
        let same = dialect == Dialect::Mst1 || dialect == Dialect::FileMst02 && key.is_some_and(ItemType::has_length);
        let transcode = match key {
            Some(key) if !same => Some((key, ItemType::ordered(key.ty.clone()))),
            // An empty tree may be of any type.
            None if !same && !opened.tree.root_link().is_empty() => return Err(ConvertError::UnknownTypes),
            _ => None,
        };
        Ok(Self { opened, transcode })
    }

    fn key<'k>(&self, record: &Record<'k>) -> Result<Cow<'k, [u8]>, ItemError> {
        match &self.transcode {
            Some((old, new)) => Ok(Cow::Owned(new.encode(&old.decode(record.stored_key)?)?)),
            None => Ok(Cow::Borrowed(record.key)),
        }
    }
}

fn fill(source: &Source<'_>, builder: &mut Builder<'_>) -> Result<Counts, ConvertError> {
    let mut counts = Counts::default();
    let mut last: Option<Vec<u8>> = None;
    for step in source.opened.tree.walk() {
        let record = match step {
            Step::Node { node, .. } => {
                counts.keyless += u64::from(node.is_keyless());
                continue;
            }
            Step::Absent(_) => continue,
            Step::Key(_) | Step::Damage(Damage { error: NodeError::TypesUnknown { .. }, .. }) => {
                return Err(ConvertError::UnknownTypes);
            }
            Step::Damage(damage) => return Err(ConvertError::Damage(Box::new(damage))),
            Step::Record(record) => record,
        };
        let offset = record.node().offset();
        let bytes = record.bytes();
        let old_key = || hex::encode(bytes.stored_key);
        let key =
            source.key(&bytes).map_err(|error| ConvertError::Key { key: old_key(), offset, error: Box::new(error) })?;
        if last.as_ref().is_some_and(|last| **last >= *key) {
            return Err(ConvertError::Unordered { key: old_key(), offset });
        }
        check_key(key.len())?;
        check_value(bytes.value.len())?;
        counts.records += 1;
        counts.misplaced += u64::from(level_of(bytes.key) != record.node().level());
        counts.other_bytes += u64::from(*key != *bytes.key);
        builder.record_at(level_of(&key), &key, bytes.value)?;
        let last = last.get_or_insert_default();
        last.clear();
        last.extend_from_slice(&key);
    }
    Ok(counts)
}
