//! Compacts a file: writes its kept commits to a new one.

use std::path::Path;
use std::sync::Arc;

use crate::diff::{Item, diff};
use crate::error::Error;
use crate::node::{Bounds, Link, Node};
use crate::store::{Commit, Commits, NodeStore, TOGETHER, TreeFile};
use crate::tree::Tree;
use crate::tree::builder::Builder;
use crate::write::{NewFile, Options, Writer};

/// The commits that a compaction keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Keep {
    /// All of them.
    All,
    /// The last ones, this many; at least one.
    Last(usize),
}

/// Writes the commits of `file` selected by `keep`, and only the nodes that they need, to a new file at `path`,
/// whatever the types of keys and values. Sequence numbers, times, labels, schemas, contracts and notes stay.
///
/// Reads the nodes of the oldest kept commit, and those in which the later ones differ. Holds one path, a small cache
/// and a write buffer in memory. If it fails, there is no new file.
///
/// # Errors
/// [`Error::Exists`] if there is something at `path`; others if a kept node or commit cannot be read or written.
pub fn compact_file(file: &TreeFile, path: &Path, keep: Keep) -> Result<(), Error> {
    let mut writer = Writer::create(NewFile::create(path)?, options())?;
    compact(file.store(), file.commits(), keep, &mut writer)?;
    writer.publish()
}

/// [`compact_file`] from the commits of an open tree; `path` may hold an empty file, which is replaced.
pub(crate) fn compact_to(store: &Arc<NodeStore>, commits: Commits, path: &Path, keep: Keep) -> Result<(), Error> {
    let mut writer = Writer::open_or_create(path, options())?;
    if writer.last().is_some() {
        return Err(Error::NotEmpty { path: path.to_owned() });
    }
    compact(store, commits, keep, &mut writer)?;
    writer.publish()
}

/// The new file gets an id of its own.
fn options() -> Options {
    Options { cache_bytes: 8 << 20, ..Options::default() }
}

/// Writes the commits selected by `keep`, and only the nodes that they need, with a writer that has no commit yet.
///
/// The oldest is copied as a stream; each later one applies the changes since the previous one. Holds one path and a
/// write buffer in memory.
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
            writer.build(|builder| copy(builder, tree.store(), tree.root_link()))?;
        } else {
            replay(writer, &before, &tree)?;
        }
        writer.commit_as(commit)?;
        before = tree;
    }
    Ok(())
}

/// Applies the differences between `before` and `tree`.
fn replay(writer: &mut Writer, before: &Tree, tree: &Tree) -> Result<(), Error> {
    for item in diff(before, tree) {
        match item {
            Item::OnlyLeft(old) => writer.change(old.bytes().key, None)?,
            Item::OnlyRight(new) | Item::Changed(_, new) | Item::WithinTolerance(_, new) => {
                writer.change(new.bytes().key, Some(new.bytes().value))?
            }
            Item::Equal(_) | Item::NotCompared(_) => {}
            Item::Damage(damage) => return Err(damage.error.into()),
        }
    }
    Ok(())
}

/// Adds the subtree at `link` in `from`. Each node is read and checked once, siblings together. Only nodes with children,
/// one in sixteen, are encoded again, since their links get new offsets.
fn copy(builder: &mut Builder<'_>, from: &NodeStore, link: Link) -> Result<(), Error> {
    if link.is_empty() {
        return Ok(());
    }
    // No node is read twice, so none is cached.
    let root = from.node_within(&link, &mut 0)?;
    copy_node(builder, from, &root, &link, Bounds::default())
}

/// Adds a node, which `link` leads to, and what is below it.
fn copy_node(
    builder: &mut Builder<'_>,
    from: &NodeStore,
    node: &Node,
    link: &Link,
    bounds: Bounds<'_>,
) -> Result<(), Error> {
    bounds.check(from.codec(), node)?;
    if node.children().is_empty() {
        return builder.leaf(node, link);
    }
    // The recursion is at most `MAX_LEVEL` deep, since levels fall on the way down (I9).
    for (number, links) in node.children().chunks(TOGETHER).enumerate() {
        let present: Vec<Link> = links.iter().filter(|link| !link.is_empty()).copied().collect();
        let mut children = from.nodes_together(&present).into_iter();
        for (index, link) in (number * TOGETHER..).zip(links) {
            if !link.is_empty()
                && let Some(child) = children.next()
            {
                copy_node(builder, from, &*child?, link, bounds.of_child(node, index))?;
            }
            if let Some(record) = node.record(index) {
                builder.record_at(node.level(), record.key, record.value)?;
            }
        }
    }
    Ok(())
}
