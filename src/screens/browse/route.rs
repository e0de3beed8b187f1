//! The path to a place in a tree, found by a task and then followed in the outline, node by node.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use file_mst::NodeError;
use file_mst::Tree;
use file_mst::inspect::node::Node;
use file_mst::inspect::tree::NodePosition;
use file_mst::inspect::walk::Step;

use super::jobs::TreeReply;
use crate::model::damage::Unread;
use crate::model::jump::Jump;
use crate::model::text::{count, offset, thousands};
use crate::runtime::input::action::Common;
use crate::runtime::input::keymap::key_of;
use crate::runtime::jobs::{Feed, PROGRESS};

/// A place in the outline: which child at each node from the root on, and which record of the last node, if it is one.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct OutlinePath {
    pub(crate) children: Vec<usize>,
    pub(crate) record: Option<usize>,
}

/// A place that was found, and what is to be said of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Located {
    pub(crate) path: OutlinePath,
    pub(crate) note: Option<String>,
}

impl Located {
    fn at(children: Vec<usize>, record: Option<usize>) -> Self {
        Self { path: OutlinePath { children, record }, note: None }
    }
}

/// Finds a place. Reads one path, or all nodes up to the place where no link leads to it; then it tells its progress.
pub(crate) fn locate(tree: &Tree, jump: &Jump, feed: &Feed) -> Result<Located, String> {
    match jump {
        Jump::Key(key) => by_key(tree, key),
        Jump::Nth(position) => by_position(tree, *position, feed),
        Jump::Offset(at) => by_offset(tree, *at),
        Jump::Path { offsets, key } => by_path(tree, offsets, *key),
        Jump::Hash(digits) => by_hash(tree, digits, feed),
        Jump::Version(_) => Err("a version is no place in a tree".to_owned()),
    }
}

const EMPTY: &str = "the tree is empty";

/// The descent to a key: the nodes on the path, and the place.
struct Descent {
    nodes: Vec<Arc<Node>>,
    children: Vec<usize>,
    record: Option<usize>,
}

fn descend(tree: &Tree, key: &[u8]) -> Result<Descent, NodeError> {
    let mut descent = Descent { nodes: tree.root()?.into_iter().collect(), children: Vec::new(), record: None };
    while let Some(node) = descent.nodes.last() {
        let index = match tree.locate(node, key)? {
            NodePosition::Record(index) => {
                descent.record = Some(index);
                break;
            }
            NodePosition::Child(index) => index,
        };
        let Some(child) = tree.child_in_order(&descent.nodes, index)? else {
            // Where it would stand: the next record, or the previous one at the end of a node.
            descent.record = node.key_count().checked_sub(1).map(|last| index.min(last));
            break;
        };
        descent.children.push(index);
        descent.nodes.push(child);
    }
    Ok(descent)
}

fn by_key(tree: &Tree, key: &[u8]) -> Result<Located, String> {
    let descent = descend(tree, key).map_err(|error| error.to_string())?;
    let node = descent.nodes.last().ok_or(EMPTY)?;
    let found = descent.record.and_then(|index| node.stored_key(index));
    let is_there = found.is_some_and(|found| found == key);
    let note = (!is_there).then(|| "no such key; here it would stand".to_owned());
    Ok(Located { note, ..Located::at(descent.children, descent.record) })
}

fn by_position(tree: &Tree, position: u64, feed: &Feed) -> Result<Located, String> {
    let none = |records: u64| format!("there are only {}", count(records, "record"));
    match tree.nth(position) {
        Ok(Some(record)) => return by_key(tree, record.bytes().stored_key),
        Ok(None) => return Err(tree.len().map_or_else(|_| none(0), none)),
        Err(NodeError::Uncounted { .. }) => {}
        Err(error) => return Err(error.to_string()),
    }
    let mut pace = Pace::new(feed, "record");
    let mut walk = Walking::default();
    for step in tree.walk() {
        if let Some(record) = walk.step(&step) {
            if walk.records > position {
                return Ok(Located::at(walk.children(), Some(record)));
            }
            pace.at(walk.records)?;
        }
    }
    let records = count(walk.records, "record");
    Err(walk.told(none(walk.records), &format!("there are only {records} in what could be read")))
}

fn by_hash(tree: &Tree, digits: &str, feed: &Feed) -> Result<Located, String> {
    let mut pace = Pace::new(feed, "node");
    let mut walk = Walking::default();
    for step in tree.walk() {
        walk.step(&step);
        if let Step::Node { node, .. } = &step {
            let hash = node.hash().unwrap_or(node.stored_hash());
            if hash.to_string().starts_with(digits) {
                return Ok(Located::at(walk.children(), None));
            }
            pace.at(walk.nodes)?;
        }
    }
    let nodes = count(walk.nodes, "node");
    let all = format!("none of the {nodes} of this tree has a hash that begins with {digits}");
    Err(walk.told(all, &format!("none of the {nodes} that could be read has a hash that begins with {digits}")))
}

fn by_offset(tree: &Tree, at: u64) -> Result<Located, String> {
    let store = tree.store();
    let holds = |node: &Node| {
        let end = node.offset() + 4 + node.bytes().len() as u64;
        (node.offset()..end).contains(&at)
    };
    let no_node = |error: NodeError| format!("no node begins at {}: {error}", offset(at));
    // The first record at or below a node leads to it from the root.
    let mut node = store.unchecked(at).map_err(no_node)?;
    while node.key_count() == 0 {
        let link = node.children().iter().find(|link| !link.is_empty());
        let link = link.ok_or_else(|| format!("the node {} holds nothing that leads to it", offset(at)))?;
        node = store.unchecked(link.offset).map_err(no_node)?;
    }
    let key = node.stored_key(0).ok_or("the types of keys and values are unknown")?.to_vec();
    let descent = descend(tree, &key).map_err(|error| error.to_string())?;
    let depth = descent.nodes.iter().position(|node| holds(node));
    let depth = depth.ok_or_else(|| format!("the node {} is not part of this tree", offset(at)))?;
    Ok(Located::at(descent.children.into_iter().take(depth).collect(), None))
}

fn by_path(tree: &Tree, offsets: &[u64], record: Option<usize>) -> Result<Located, String> {
    let mut node = tree.store().unchecked(tree.root_link().offset).map_err(|error| error.to_string())?;
    let mut children = Vec::new();
    for wanted in offsets.iter().skip_while(|offset| **offset == tree.root_link().offset) {
        let index = node.children().iter().position(|link| !link.is_empty() && link.offset == *wanted);
        let index =
            index.ok_or_else(|| format!("no link leads from {} to {}", offset(node.offset()), offset(*wanted)))?;
        children.push(index);
        match tree.store().unchecked(*wanted) {
            Ok(child) => node = child,
            // The outline says what is wrong with it; nothing can be below.
            Err(_) => break,
        }
    }
    Ok(Located::at(children, record))
}

/// Tells the progress of a walk from time to time, and ends the walk where nobody waits any more.
pub(crate) struct Pace<'a> {
    feed: &'a Feed,
    thing: &'static str,
    said: Instant,
}

impl<'a> Pace<'a> {
    pub(crate) fn new(feed: &'a Feed, thing: &'static str) -> Self {
        Self { feed, thing, said: Instant::now() }
    }

    pub(crate) fn at(&mut self, number: u64) -> Result<(), String> {
        let stop = if self.said.elapsed() >= PROGRESS {
            self.said = Instant::now();
            self.feed.send(TreeReply::Progress(format!(
                "{} {}s looked through … {} stops",
                thousands(number),
                self.thing,
                key_of(Common::Cancel)
            )))
        } else if self.feed.is_cancelled() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        };
        if stop.is_break() { Err("stopped".to_owned()) } else { Ok(()) }
    }
}

/// Where a walk is, as a path in the outline.
#[derive(Debug, Default)]
pub(crate) struct Walking {
    pub(crate) records: u64,
    pub(crate) nodes: u64,
    /// The nodes from the root on.
    path: Vec<Arc<Node>>,
    unread: Unread,
}

impl Walking {
    /// The message at the end: `all` if all was read, else `part`, and what could not be read.
    fn told(&self, all: String, part: &str) -> String {
        self.unread.text().map_or(all, |unread| format!("{part}; {unread}"))
    }

    /// Takes in a step; the index of the record in its node if it is one.
    pub(crate) fn step(&mut self, step: &Step) -> Option<usize> {
        if let Step::Damage(_) = step {
            self.unread.see(step);
        }
        match step {
            Step::Node { node, depth } => {
                self.nodes += 1;
                self.path.truncate(*depth);
                self.path.push(Arc::clone(node));
                None
            }
            Step::Record(record) => self.record(record.node(), record.index()),
            Step::Key(key) => self.record(key.node(), key.index()),
            Step::Absent(_) | Step::Damage(_) => None,
        }
    }

    fn record(&mut self, of: &Arc<Node>, index: usize) -> Option<usize> {
        self.records += 1;
        let depth = self.path.iter().rposition(|node| Arc::ptr_eq(node, of))?;
        self.path.truncate(depth + 1);
        Some(index)
    }

    /// Which child at each node from the root on leads to the node that was met last.
    pub(crate) fn children(&self) -> Vec<usize> {
        let leads = |pair: &[Arc<Node>]| match pair {
            [above, below] => above.children().iter().position(|link| link.offset == below.offset()),
            _ => None,
        };
        self.path.windows(2).filter_map(leads).collect()
    }
}
