//! Writes the commits that are kept to a new file.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use std::sync::Arc;

use crate::diff::{Item, diff};
use crate::error::Error;
use crate::node::{Bounds, Link};
use crate::store::{Commit, Commits, NodeStore, TreeFile};
use crate::tree::Tree;
use crate::tree::builder::Builder;
use crate::write::{NewFile, Options, Writer};

/// Which commits a compaction keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keep {
    /// All of them.
    All,
    /// The last ones, this many; at least one.
    Last(usize),
}

/// Writes the commits of `file` that `keep` says, and nothing that they do not need, to a new file at `path`, whatever
/// the types of keys and values. Sequence numbers, times, labels, schemas, contracts and
/// notes stay.
///
/// Reads the nodes of the oldest commit that is kept, and those in which the later ones differ; needs memory of one
/// path, of a small cache and of a write buffer. Where it fails there is no new file.
///
/// # Errors
/// [`Error::Exists`] if there is something at `path`; if a node or commit that is kept cannot be read or written.
pub fn compact_file(file: &TreeFile, path: &Path, keep: Keep) -> Result<(), Error> {
    let mut writer = Writer::create(NewFile::create(path)?, options())?;
    compact(file.store(), file.commits(), keep, &mut writer)?;
    writer.publish()
}

/// [`compact_file`] from the commits of an open tree; `path` may hold an empty file, whose place is taken.
pub(crate) fn compact_to(store: &Arc<NodeStore>, commits: Commits, path: &Path, keep: Keep) -> Result<(), Error> {
    let mut writer = Writer::open_or_create(path, options())?;
    if writer.last().is_some() {
        return Err(Error::NotEmpty { path: path.to_owned() });
    }
    compact(store, commits, keep, &mut writer)?;
    writer.publish()
}

/// The new file has a number of its own.
fn options() -> Options {
    Options { cache_bytes: 8 << 20, ..Options::default() }
}

/// Writes the commits that `keep` says, and nothing that they do not need, with a writer that has none so far.
///
/// The oldest is built afresh, as a stream; each later one takes the changes since the one before. Memory of one path,
/// and of a write buffer.
pub(crate) fn compact(store: &Arc<NodeStore>, commits: Commits, keep: Keep, writer: &mut Writer) -> Result<(), Error> {
    let most = match keep {
        Keep::All => usize::MAX,
        Keep::Last(count) => count.max(1),
    };
    let kept = commits.take(most).collect::<Result<Vec<Commit>, Error>>()?;
    let mut before = Tree::new(Arc::clone(store), Link::EMPTY);
    for (index, commit) in kept.iter().rev().enumerate() {
        let tree = Tree::new(Arc::clone(store), commit.root);
        if index == 0 {
            writer.build(|builder| copy(builder, tree.store(), tree.root_link(), Bounds::default()))?;
        } else {
            replay(writer, &before, &tree)?;
        }
        writer.commit_as(commit)?;
        before = tree;
    }
    Ok(())
}

/// Takes in what `tree` has otherwise than `before`.
fn replay(writer: &mut Writer, before: &Tree, tree: &Tree) -> Result<(), Error> {
    for item in diff(before, tree) {
        match item {
            Item::OnlyLeft(old) => writer.change(old.bytes().key, None)?,
            Item::OnlyRight(new) | Item::Changed(_, new) => writer.change(new.bytes().key, Some(new.bytes().value))?,
            Item::Equal(_) | Item::NotCompared(_) => {}
            Item::Damage(damage) => return Err(damage.error.into()),
        }
    }
    Ok(())
}

/// Adds what stands below `link` in `from`. Each node is read and checked once; only those with children are made anew,
/// one in sixteen, since their links lead elsewhere.
fn copy(builder: &mut Builder<'_>, from: &NodeStore, link: Link, bounds: Bounds<'_>) -> Result<(), Error> {
    if link.is_empty() {
        return Ok(());
    }
    // None of them is come back to.
    let node = from.node_within(&link, &mut 0)?;
    bounds.check(from.codec(), &node)?;
    if node.children().is_empty() {
        return builder.leaf(&node, &link);
    }
    // No deeper than there are levels: those of our nodes fall on the way down.
    for (index, child) in node.children().iter().enumerate() {
        copy(builder, from, *child, bounds.of_child(&node, index))?;
        if let Some(record) = node.record(index) {
            builder.record_at(node.level(), record.key, record.value)?;
        }
    }
    Ok(())
}
