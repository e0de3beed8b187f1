//! The history of one key.

use crate::error::Error;
use crate::node::NodeError;
use crate::tree::{NodeRecord, Tree};

use super::Version;

/// What a version did to a key.
#[derive(Clone, Debug)]
pub enum KeyChange {
    /// It is there for the first time, or again.
    Appeared(NodeRecord),
    /// It has another value.
    Changed {
        /// The value before.
        from: NodeRecord,
        /// The value since.
        to: NodeRecord,
    },
    /// It is no longer there. What it was.
    Vanished(NodeRecord),
    /// Nothing is known of it in this version, since a node on the way cannot be read.
    Unknown(NodeError),
}

/// The versions that changed a key, the newest first; made by [`of_key`].
#[derive(Debug)]
pub struct KeyHistory<V, T> {
    versions: V,
    tree_at: T,
    key: Vec<u8>,
    /// The version that was read last, and what it holds.
    newer: Option<(Version, Option<NodeRecord>)>,
}

/// The versions, given the newest first, in which the record of `key` is another one than in the version before. `key` is in the
/// form in which the files store it. Reads one path of each version.
pub fn of_key<V, T>(versions: V, tree_at: T, key: Vec<u8>) -> KeyHistory<V, T>
where
    V: Iterator<Item = Result<Version, Error>>,
    T: Fn(&Version) -> Tree,
{
    KeyHistory { versions, tree_at, key, newer: None }
}

impl<V, T> Iterator for KeyHistory<V, T>
where
    V: Iterator<Item = Result<Version, Error>>,
    T: Fn(&Version) -> Tree,
{
    type Item = Result<(Version, KeyChange), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let older = match self.versions.next() {
                Some(Ok(version)) => version,
                Some(Err(error)) => return Some(Err(error)),
                // Before the first version there was nothing.
                None => {
                    let (version, record) = self.newer.take()?;
                    return Some(Ok((version, KeyChange::Appeared(record?))));
                }
            };
            let same_tree = self.newer.as_ref().filter(|(newer, _)| newer.root.hash == older.root.hash);
            let found = match same_tree {
                Some((_, record)) => record.clone(),
                None => match (self.tree_at)(&older).get(&self.key) {
                    Ok(record) => record,
                    // What came behind it cannot be compared with it.
                    Err(error) => {
                        self.newer = None;
                        return Some(Ok((older, KeyChange::Unknown(error))));
                    }
                },
            };
            let Some((version, record)) = self.newer.replace((older, found.clone())) else { continue };
            if let Some(change) = change(found, record) {
                return Some(Ok((version, change)));
            }
        }
    }
}

fn change(old: Option<NodeRecord>, new: Option<NodeRecord>) -> Option<KeyChange> {
    match (old, new) {
        (None, None) => None,
        (None, Some(new)) => Some(KeyChange::Appeared(new)),
        (Some(old), None) => Some(KeyChange::Vanished(old)),
        (Some(from), Some(to)) => {
            let differ = from.bytes().value != to.bytes().value;
            differ.then_some(KeyChange::Changed { from, to })
        }
    }
}
