//! Checks a whole tree against every rule of its format, goes on around what is wrong, and ends on any input.
//!
//! [`Verify`] is driven step by step: each step looks at a few hundred nodes on all cores, so whoever drives it can show
//! [`Progress`], stop, and begin again at a key. What breaks a rule is a [`Finding`] at the node at fault, once: a damaged
//! node is not reported again by those above it or below it. `docs/VERIFY.md` has the rules and how blame is found.
//!
//! ```
//! use file_mst::MerkleSearchTree;
//! use file_mst::verify::{Verify, VerifyOptions};
//!
//! let mut tree: MerkleSearchTree<String, u32> = MerkleSearchTree::new_temporary()?;
//! for number in 0..1000 {
//!     tree.insert(format!("key {number}"), number)?;
//! }
//! let snapshot = tree.snapshot()?;
//! let mut verify = Verify::tree(snapshot.tree().clone(), VerifyOptions::default());
//! assert_eq!(verify.findings().count(), 0);
//! assert_eq!(verify.progress().records, 1000);
//! # Ok::<(), file_mst::Error>(())
//! ```
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod empties;
mod file;
mod finding;
mod opening;
mod parallel;
mod place;
mod progress;
mod read;
mod rest;
mod seen;
mod stages;
mod visit;

use std::num::NonZero;
use std::sync::Arc;
use std::thread;

pub use finding::{Finding, Rule, Severity};
pub use opening::open_finding;
pub use progress::{From, Progress, VerifyOptions};

use crate::error::Error;
use crate::node::dialect::{Dialect, PAGE};
use crate::node::{EMPTY_NODE_BYTES, Link, Node};
use crate::open::{Opened, RootSource};
use crate::storage::ReadAt;
use crate::store::{Commit, TreeFile};
use crate::tree::Tree;
use file::Chain;
use mst_types::ItemType;
use parallel::visit_all;
use place::{Count, Place, Task, said_records};
use rest::Rest;
use seen::{Met, Seen};
use visit::{Context, Visit, weighs};

/// How many nodes are looked at in one step.
const BATCH: usize = 512;
/// How many bytes of nodes are looked at in one step, as far as their links say.
const BATCH_BYTES: u64 = 16 << 20;
/// How many commit frames are read in one step.
const COMMITS: usize = 256;

/// A check of a tree, step by step.
///
/// Memory: the nodes of one step and of the paths to them, and about 24 bytes for each node met, or 60 with all commits, to
/// know it again and to see overlaps.
#[derive(Debug)]
pub struct Verify {
    tree: Tree,
    file: Option<TreeFile>,
    root_source: Option<RootSource>,
    all_commits: bool,
    from: Option<Start>,
    threads: usize,
    stage: Stage,
    chain: Chain,
    /// The commit whose tree is shown.
    shown: Option<Commit>,
    pass: Pass,
    rest: Option<Rest>,
    /// The length of the file when the check began: what a writer appends meanwhile is none of its business.
    file_len: u64,
    stack: Vec<Cursor>,
    seen: Seen,
    progress: Progress,
    io: Option<Error>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    Header,
    Chain,
    /// The next tree begins.
    Root,
    Nodes,
    /// What lies between the nodes.
    Rest,
    Tail,
    Done,
}

/// The check of one tree.
#[derive(Clone, Debug, Default)]
struct Pass {
    /// Counts them from 1.
    number: u32,
    commit: Option<Commit>,
    nodes: u64,
    bytes: u64,
    /// Whether all nodes of the tree were counted and sound.
    countable: bool,
    /// The types that the commit's schema names, until a record is found that is of others.
    types: Option<(ItemType, ItemType)>,
}

/// Where a check begins.
#[derive(Debug)]
struct Start {
    /// The key, as it is stored.
    key: Vec<u8>,
    /// Whether a subtree that cannot be read ends at the key, and is to be looked at too.
    is_unread_before: bool,
}

/// A node some of whose children are still to be looked at.
#[derive(Debug)]
struct Cursor {
    place: Arc<Place>,
    next: usize,
    /// Whether it was told that one of its links leads to where another one led before.
    told_once: bool,
}

impl Verify {
    /// Checks an opened tree, and the file around it.
    pub fn new(opened: &Opened, options: VerifyOptions) -> Self {
        let file = opened.file.clone();
        Self { file, root_source: Some(opened.root_source), ..Self::tree(opened.tree.clone(), options) }
    }

    /// Checks a tree and nothing around it.
    pub fn tree(tree: Tree, options: VerifyOptions) -> Self {
        let VerifyOptions { all_commits, from, threads } = options;
        let threads = match threads {
            0 => thread::available_parallelism().map_or(1, NonZero::get),
            threads => threads,
        };
        let from = from.and_then(|from| match from {
            From::Key(key) => Some(Start { key, is_unread_before: false }),
            From::Node(offset) => first_key(&tree, offset),
        });
        Self {
            from,
            threads,
            all_commits,
            stage: Stage::Header,
            chain: Chain::default(),
            shown: None,
            file: None,
            root_source: None,
            pass: Pass::default(),
            rest: None,
            file_len: tree.store().file_len().unwrap_or(0),
            stack: Vec::new(),
            seen: Seen::new(all_commits),
            progress: Progress::default(),
            io: None,
            tree,
        }
    }

    /// How far it is.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Whether all is done.
    pub fn is_over(&self) -> bool {
        self.stage == Stage::Done
    }

    /// Why something could not be read, if the system could not.
    pub fn io_error(&self) -> Option<&Error> {
        self.io.as_ref()
    }

    /// All keys of the shown tree up to this one, in the form in which the file stores keys, were looked at: a later check can
    /// begin here. None at the beginning, where the types are unknown, and where the trees of all commits are looked at: none of
    /// them ends where another does.
    pub fn reached(&self) -> Option<Vec<u8>> {
        if self.all_commits && self.file.is_some() {
            return None;
        }
        let cursor = self.stack.last()?;
        cursor.place.interval_of(cursor.next).lower.map(|key| key.stored().to_vec())
    }

    /// The offset of the node at which [`Verify::reached`] ends, whether it can be read or not: a later check can begin there too.
    pub fn reached_node(&self) -> Option<u64> {
        if self.all_commits && self.file.is_some() {
            return None;
        }
        let cursor = self.stack.last()?;
        let next = cursor.place.node.children().iter().skip(cursor.next).find(|link| !link.is_empty());
        next.map(|link| link.offset)
    }

    /// What is found, one by one, to the end.
    pub fn findings(&mut self) -> impl Iterator<Item = Finding> + use<'_> {
        std::iter::from_fn(|| self.step()).flatten()
    }

    /// Goes on by a step of at most a few hundred nodes; gives what was found, in an order that is the same each time. None
    /// when all is done.
    pub fn step(&mut self) -> Option<Vec<Finding>> {
        let mut found = Vec::new();
        match self.stage {
            Stage::Header => self.header(&mut found),
            Stage::Chain => self.commits(&mut found),
            Stage::Root => self.root(&mut found),
            Stage::Nodes => self.nodes(&mut found),
            Stage::Rest => self.rest(&mut found),
            Stage::Tail => self.tail(&mut found),
            Stage::Done => return None,
        }
        found.iter().for_each(|finding| self.progress.count(finding));
        // Types say nothing about what is counted.
        self.pass.countable &= !found.iter().any(|finding| weighs(finding) && finding.rule != Rule::Schema);
        Some(found)
    }

    fn storage(&self) -> Arc<dyn ReadAt> {
        Arc::clone(self.tree.store().storage())
    }

    fn dialect(&self) -> Dialect {
        self.tree.store().codec().dialect
    }

    fn unread(&mut self, error: Error) {
        self.progress.unread += 1;
        self.io.get_or_insert(error);
    }

    fn nodes(&mut self, found: &mut Vec<Finding>) {
        let tasks = self.draw(found);
        if tasks.is_empty() && self.stack.is_empty() {
            self.stage = Stage::Root;
        }
        self.look_at(tasks, found);
    }

    /// The next nodes to look at, in key order.
    fn draw(&mut self, found: &mut Vec<Finding>) -> Vec<Task> {
        let (mut tasks, mut bytes) = (Vec::new(), 0);
        // Children that are not looked at: their links are believed.
        let mut uncounted: Vec<(Arc<Place>, Link)> = Vec::new();
        let dialect = self.dialect();
        let codec = self.tree.store().codec().clone();
        while tasks.len() < BATCH && bytes < BATCH_BYTES {
            let Some(cursor) = self.stack.last_mut() else { break };
            let index = cursor.next;
            let Some(link) = cursor.place.node.children().get(index).copied() else {
                self.stack.pop();
                continue;
            };
            cursor.next += 1;
            if link.is_empty() {
                continue;
            }
            let place = &cursor.place;
            let interval = place.interval_of(index);
            if self.from.as_ref().is_some_and(|from| interval.ends_before(&codec, &from.key, from.is_unread_before)) {
                uncounted.push((Arc::clone(place), link));
                continue;
            }
            if place.is_below(link.offset) {
                uncounted.push((Arc::clone(place), link));
                if place.links_sound {
                    found.push(at(
                        place,
                        dialect,
                        Rule::Levels,
                        "a link to a node below it",
                        format!("a link back up to @{}", link.offset),
                    ));
                }
                continue;
            }
            let mut task = Task { link, parent: Some(Arc::clone(place)), interval, again: false };
            match self.seen.meet(&task, self.pass.number) {
                Met::New => {}
                Met::Alike => {
                    self.pass.countable = false;
                    self.progress.shared += 1;
                    uncounted.extend(task.parent.map(|parent| (parent, link)));
                    continue;
                }
                Met::Otherwise => {
                    self.pass.countable = false;
                    task.again = true;
                }
                Met::InThisTree => {
                    if place.links_sound && !cursor.told_once {
                        let text = format!("a link to @{}, to which another link leads", link.offset);
                        found.push(at(place, dialect, Rule::Once, "a node of its own for each link", text));
                    }
                    cursor.told_once = true;
                    uncounted.extend(task.parent.map(|parent| (parent, link)));
                    continue;
                }
            }
            bytes += link.extent.map_or(PAGE, |extent| u64::from(extent.length));
            tasks.push(task);
        }
        for (place, link) in uncounted {
            self.child_counted(&place, said_records(&link), found);
        }
        tasks
    }

    /// A child of `place` has so many records in and below it. Where that makes a subtree whole, the link to it is held against
    /// the sum, and so on up.
    fn child_counted(&self, place: &Arc<Place>, records: u64, found: &mut Vec<Finding>) {
        let (mut place, mut records) = (place, records);
        while let Some(sum) = place.count.add(records) {
            let said = place.count.said_otherwise.filter(|said| *said != sum);
            let holder = place.parent.as_ref().map(|parent| parent.node.offset());
            found.extend(said.and_then(|said| self.wrong_count(&place.node, sum, said, holder, place.path())));
            let Some(parent) = &place.parent else { return };
            (place, records) = (parent, sum);
        }
    }

    /// The finding that a link in `holder`, or in the commit, says another number of records than there are.
    fn wrong_count(&self, node: &Node, is: u64, said: u64, holder: Option<u64>, mut path: Vec<u64>) -> Option<Finding> {
        let holder = holder.or(self.pass.commit.as_ref().map(|commit| commit.offset))?;
        let expected = format!("a link to @{} with {is} records", node.offset());
        path.retain(|above| *above != holder && *above != node.offset());
        let finding = Finding::new(self.dialect(), Rule::Link, holder, expected, format!("{said} records"));
        Some(Finding { path, ..finding })
    }

    /// Looks at nodes, on all cores, and takes in what comes out, in their order.
    fn look_at(&mut self, tasks: Vec<Task>, found: &mut Vec<Finding>) {
        let store = Arc::clone(self.tree.store());
        let context = Context {
            storage: &**store.storage(),
            codec: store.codec(),
            limit: self.pass.commit.as_ref().map_or(u64::MAX, |commit| commit.offset),
            holder: self.pass.commit.as_ref().map(|commit| commit.offset),
            types: self.pass.types.as_ref(),
        };
        let visits = visit_all(&context, &tasks, self.threads);
        let mut below = Vec::new();
        for (task, visit) in tasks.into_iter().zip(visits) {
            below.extend(self.take_in(task, visit, found));
        }
        // The first in key order comes to lie on top.
        self.stack.extend(below.into_iter().rev());
    }

    fn take_in(&mut self, task: Task, visit: Visit, found: &mut Vec<Finding>) -> Option<Cursor> {
        if let Some(error) = visit.io {
            self.unread(error.into());
        }
        self.pass.countable &= visit.proved;
        found.extend(visit.findings);
        // One schema that does not fit is one fault.
        if let Some(finding) = visit.unfit
            && self.pass.types.take().is_some()
        {
            found.push(Finding { path: task.path(), ..finding });
        }
        if !visit.proved {
            let length = visit.node.as_ref().map_or(0, |node| node.bytes().len() as u64);
            let said = task.link.extent.map_or(length, |extent| u64::from(extent.length));
            self.seen.tell(task.link.offset, said);
        }
        let node = match visit.node {
            Some(node) if !task.again => node,
            _ => {
                self.progress.shared += u64::from(task.again);
                if let Some(parent) = &task.parent {
                    self.child_counted(parent, said_records(&task.link), found);
                }
                return None;
            }
        };
        let (offset, length) = (node.offset(), node.bytes().len() as u64);
        self.pass.nodes += 1;
        self.pass.bytes += length;
        self.progress.nodes += 1 + visit.empties.count;
        self.progress.bytes += length + visit.empties.count * EMPTY_NODE_BYTES as u64;
        self.progress.records += node.key_count() as u64;
        self.progress.opaque += u64::from(visit.opaque);
        if visit.proved
            && let Some(other) = self.seen.place(offset, length)
        {
            let text = format!("bytes of the frame @{other} too");
            let finding = Finding::new(self.dialect(), Rule::Overlap, offset, "a frame of its own", text);
            found.push(Finding { path: task.path(), ..finding });
        }
        for (start, end) in visit.empties.runs {
            self.seen.place_empty(start, end);
        }
        let has_children = node.children().iter().any(|link| !link.is_empty());
        if visit.descend && has_children {
            let (keys_sound, links_sound) = (visit.keys_sound, visit.links_sound);
            let count = Count::of(&node, visit.other_count);
            let Task { parent, interval, .. } = task;
            let place = Arc::new(Place { node, parent, interval, keys_sound, links_sound, count });
            return Some(Cursor { place, next: 0, told_once: false });
        }
        // What a node that is not what it should be says of its records is not believed.
        let records = node.records_below().filter(|_| visit.proved).unwrap_or_else(|| said_records(&task.link));
        if let Some(said) = visit.other_count {
            found.extend(self.wrong_count(&node, records, said, task.parent_offset(), task.path()));
        }
        if let Some(parent) = &task.parent {
            self.child_counted(parent, records, found);
        }
        None
    }
}

/// A finding about a node whose links are looked at.
fn at(place: &Place, dialect: Dialect, rule: Rule, expected: &str, text: String) -> Finding {
    let mut path = place.path();
    path.pop();
    Finding { path, ..Finding::new(dialect, rule, place.node.offset(), expected, text) }
}

/// The first key in and below the node at `offset`, as it is stored.
fn first_key(tree: &Tree, offset: u64) -> Option<Start> {
    let mut node = tree.store().unchecked(offset).ok()?;
    let first = |node: &Node| node.stored_key(0).map(<[u8]>::to_vec);
    let mut key = first(&node);
    let mut is_unread_before = false;
    while let Some(link) = node.children().first().filter(|link| !link.is_empty()).copied() {
        match tree.store().node(&link) {
            Ok(child) if child.level() < node.level() => node = child,
            _ => {
                is_unread_before = true;
                break;
            }
        }
        key = first(&node).or(key);
    }
    Some(Start { key: key?, is_unread_before })
}
