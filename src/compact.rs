//! Writes the commits that are kept to a new file.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Error;
use crate::node::Link;
use crate::store::{Commit, Commits, NodeStore};
use crate::tree::Tree;
use crate::tree::builder::Builder;
use crate::tree::changes::changes;
use crate::write::{Options, Writer};

/// Which commits a compaction keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keep {
    /// All of them.
    All,
    /// The last ones, this many; at least one.
    Last(usize),
}

/// Writes the commits that `keep` says, and nothing that they do not need, to a new file at `path`.
///
/// The oldest is built afresh, as a stream; each later one takes the changes since the one before. Memory of one path,
/// and of a write buffer.
pub(crate) fn compact(store: &Arc<NodeStore>, commits: Commits, path: &Path, keep: Keep) -> Result<(), Error> {
    compacted(store, commits, path, keep, Options { cache_bytes: 8 << 20, ..Options::default() }).map(drop)
}

/// [`compact`], which gives the new file's writer. That keeps all commits.
pub(crate) fn compacted(
    store: &Arc<NodeStore>,
    commits: Commits,
    path: &Path,
    keep: Keep,
    options: Options,
) -> Result<Writer, Error> {
    let most = match keep {
        Keep::All => usize::MAX,
        Keep::Last(count) => count.max(1),
    };
    let kept = commits.take(most).collect::<Result<Vec<Commit>, Error>>()?;
    let mut writer = Writer::open(path, Options { retain: None, ..options })?;
    if writer.last().is_some() {
        return Err(Error::NotEmpty { path: path.to_owned() });
    }
    let mut before = Tree::new(Arc::clone(store), Link::EMPTY);
    for (index, commit) in kept.iter().rev().enumerate() {
        let tree = Tree::new(Arc::clone(store), commit.root);
        if index == 0 {
            build(&mut writer, &tree)?;
        } else {
            changes(&before, &tree, |key, value| {
                let write = |bytes: &[u8]| {
                    let bytes = bytes.to_vec();
                    move |to: &mut Vec<u8>| -> Result<(), Error> {
                        to.extend_from_slice(&bytes);
                        Ok(())
                    }
                };
                writer.buffer.push(write(key), value.map(write))?;
                writer.keep_to_budget()
            })?;
        }
        writer.commit_as(commit)?;
        before = tree;
    }
    Ok(writer)
}

fn build(writer: &mut Writer, tree: &Tree) -> Result<(), Error> {
    writer.guard(|writer| {
        let store = Arc::clone(writer.store());
        let packer = Mutex::new(writer.packer());
        let mut builder = Builder::new(&store, &packer, false);
        for record in tree.records()? {
            let record = record?;
            builder.record_at(record.node().level(), record.bytes().key, record.bytes().value)?;
        }
        let (root, counts) = builder.finish()?;
        let end = packer.into_inner().unwrap_or_else(PoisonError::into_inner).finish()?;
        writer.adopt(end, root, counts.written, counts.dropped);
        Ok(())
    })
}
