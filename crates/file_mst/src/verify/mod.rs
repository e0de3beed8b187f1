//! Checks a whole tree against every rule of its format, continues after faults, and ends on any input.
//!
//! [`Verify`] is driven step by step: each step takes in some dozen nodes, while others are checked on all cores, so the
//! caller can show [`Progress`], stop, and later start again at a key. A broken rule is reported as one [`Finding`] at the
//! faulty node: the nodes above and below a damaged one do not report it again. `docs/VERIFY.md` has the rules, and how
//! the faulty node is determined.
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

mod coverage;
mod empties;
mod file;
mod finding;
mod opening;
mod parallel;
mod progress;
mod read;
mod rest;
mod seen;
mod stages;
mod visit;
mod visited;

use std::num::NonZero;
use std::sync::Arc;
use std::thread;

pub use finding::{Finding, Rule, Severity};
pub use opening::open_finding;
pub use progress::{Progress, StartAt, VerifyOptions};

use crate::error::Error;
use crate::node::dialect::{Dialect, PAGE};
use crate::node::{EMPTY_NODE_BYTES, Link, Node};
use crate::open::{Opened, RootSource};
use crate::storage::ReadAt;
use crate::store::{Commit, TOGETHER, TreeFile};
use crate::tree::Tree;
use file::Chain;
use mst_types::ItemType;
use parallel::{Batch, Workers};
use rest::Rest;
use seen::{Met, Seen};
use visit::{Context, Facts, Visit, is_serious};
use visited::{Count, Interval, Task, Visited, stated_records};

/// The number of nodes in a batch: their bytes and messages stay in the processor's cache.
const BATCH: usize = TOGETHER;
/// The bytes of nodes in a batch, as their links state them.
const BATCH_BYTES: u64 = 2 << 20;
/// The number of commit frames that one step reads.
const COMMITS: usize = 256;

/// A check of a tree, step by step.
///
/// Memory: a few hundred nodes and the paths to them; to recognise nodes and to detect overlaps, about two bytes a page
/// of the file, and 24 bytes for each stretch of nodes between others that the tree does not have. All commits, and the
/// published dialects, take 60 or 24 bytes for each visited node instead.
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
    /// The commit of the opened tree.
    shown: Option<Commit>,
    pass: Pass,
    rest: Option<Rest>,
    /// The length of the file when the check began; bytes that a writer appends later are not checked.
    file_len: u64,
    /// The rest of the tree, the first in key order on top.
    stack: Vec<Left>,
    workers: Workers,
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
    /// The bytes between the nodes.
    Rest,
    Tail,
    Done,
}

/// The check of one tree.
#[derive(Clone, Debug, Default)]
struct Pass {
    /// The number of the tree, from 1.
    number: u32,
    commit: Option<Commit>,
    nodes: u64,
    bytes: u64,
    /// Whether all nodes of the tree were counted and sound.
    countable: bool,
    /// The types that the commit's schema names, until a record is found that does not have them.
    types: Option<Arc<(ItemType, ItemType)>>,
}

/// The start of a check.
#[derive(Debug)]
struct Start {
    /// The stored key.
    key: Vec<u8>,
    /// Whether an unreadable subtree that ends at the key is to be checked too.
    is_unread_before: bool,
}

/// A part of the tree that is not checked yet.
///
/// ```text
///   top      UnderWay(7)      drawn from the first cursor; its nodes with children will stand here
///            Cursor           the rest of that cursor
///            UnderWay(8)      drawn from the next one, while batch 7 is on its way
///   bottom   Cursor
/// ```
#[derive(Debug)]
enum Left {
    Cursor(Cursor),
    /// The batch with this number.
    UnderWay(u64),
}

/// A node with children that are still to be checked.
#[derive(Debug)]
struct Cursor {
    visited: Arc<Visited>,
    next: usize,
    /// Whether it was reported that one of its links leads to a node that has another link already.
    reported_once: bool,
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
            StartAt::Key(key) => Some(Start { key, is_unread_before: false }),
            StartAt::Node(offset) => first_key(&tree, offset),
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
            workers: Workers::default(),
            seen: Seen::new(all_commits, tree.store().codec().dialect == Dialect::Mst1),
            progress: Progress::default(),
            io: None,
            tree,
        }
    }

    /// The progress so far.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Whether the check is complete.
    pub fn is_over(&self) -> bool {
        self.stage == Stage::Done
    }

    /// The first error of the system, if there was one.
    pub fn io_error(&self) -> Option<&Error> {
        self.io.as_ref()
    }

    /// The stored key up to which all keys of the opened tree were checked: a later check can begin here. `None` at the
    /// beginning, if the types are unknown, and if the trees of all commits are checked, since no key describes a
    /// position in several trees.
    pub fn reached(&self) -> Option<Vec<u8>> {
        if self.all_commits && self.file.is_some() {
            return None;
        }
        self.first_left()?.0.lower.map(|key| key.stored().to_vec())
    }

    /// The first subtree in key order that is not checked yet: the keys around it, and its offset.
    fn first_left(&self) -> Option<(Interval, Option<u64>)> {
        match self.stack.last()? {
            Left::UnderWay(number) => {
                let task = self.workers.first_task(*number)?;
                Some((task.interval.clone(), Some(task.link.offset)))
            }
            Left::Cursor(cursor) => {
                let next = cursor.visited.node.children().iter().skip(cursor.next).find(|link| !link.is_empty());
                Some((cursor.visited.interval_of(cursor.next), next.map(|link| link.offset)))
            }
        }
    }

    /// The offset of the node after [`Verify::reached`], whether it can be read or not: a later check can begin there
    /// too.
    pub fn reached_node(&self) -> Option<u64> {
        if self.all_commits && self.file.is_some() {
            return None;
        }
        self.first_left()?.1
    }

    /// Runs the check to the end, and yields the findings one by one.
    pub fn findings(&mut self) -> impl Iterator<Item = Finding> + use<'_> {
        std::iter::from_fn(|| self.step()).flatten()
    }

    /// Runs a step, which takes in at most some dozen nodes; returns its findings, always in the same order. `None` when
    /// the check is complete.
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
        // Wrong types do not affect the counts.
        self.pass.countable &= !found.iter().any(|finding| is_serious(finding) && finding.rule != Rule::Schema);
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
        while self.workers.have_room() {
            let (tasks, at) = self.draw(found);
            if tasks.is_empty() {
                break;
            }
            self.submit(tasks, at);
        }
        match self.workers.take() {
            Some((number, tasks, visits)) => self.take_in_all(number, tasks, visits, found),
            None if self.stack.is_empty() => self.stage = Stage::Root,
            None => {}
        }
    }

    /// The next nodes to check, in key order, and the place in the stack where what is below them comes next.
    fn draw(&mut self, found: &mut Vec<Finding>) -> (Vec<Task>, usize) {
        let mut place = self.stack.len();
        let (mut tasks, mut bytes) = (Vec::new(), 0);
        // Children that are not visited: the record counts in their links are used.
        let mut uncounted: Vec<(Arc<Visited>, Link)> = Vec::new();
        let dialect = self.dialect();
        let codec = self.tree.store().codec().clone();
        while tasks.len() < BATCH && bytes < BATCH_BYTES {
            let cursor = match place.checked_sub(1).and_then(|top| self.stack.get_mut(top)) {
                Some(Left::Cursor(cursor)) => cursor,
                // The batch would have nodes on both sides of another.
                Some(Left::UnderWay(_)) if !tasks.is_empty() => break,
                Some(Left::UnderWay(_)) => {
                    place -= 1;
                    continue;
                }
                None => break,
            };
            let index = cursor.next;
            let Some(link) = cursor.visited.node.children().get(index).copied() else {
                place -= 1;
                self.stack.remove(place);
                continue;
            };
            cursor.next += 1;
            if link.is_empty() {
                continue;
            }
            let visited = &cursor.visited;
            let interval = visited.interval_of(index);
            if self.from.as_ref().is_some_and(|from| interval.ends_before(&codec, &from.key, from.is_unread_before)) {
                uncounted.push((Arc::clone(visited), link));
                continue;
            }
            if visited.is_below(link.offset) {
                uncounted.push((Arc::clone(visited), link));
                if visited.links_sound {
                    found.push(at(
                        visited,
                        dialect,
                        Rule::Levels,
                        "a link to a node below it",
                        format!("a link back up to @{}", link.offset),
                    ));
                }
                continue;
            }
            let mut task = Task { link, parent: Some(Arc::clone(visited)), interval, again: false };
            match self.seen.meet(&**self.tree.store().storage(), &task, self.pass.number) {
                Met::New => {}
                Met::SameWay => {
                    self.pass.countable = false;
                    self.progress.shared += 1;
                    uncounted.extend(task.parent.map(|parent| (parent, link)));
                    continue;
                }
                Met::OtherWay => {
                    self.pass.countable = false;
                    task.again = true;
                }
                Met::InThisTree => {
                    if visited.links_sound && !cursor.reported_once {
                        let text = format!("a link to @{}, to which another link leads", link.offset);
                        found.push(at(visited, dialect, Rule::Once, "a node of its own for each link", text));
                    }
                    cursor.reported_once = true;
                    uncounted.extend(task.parent.map(|parent| (parent, link)));
                    continue;
                }
            }
            bytes += link.summary.map_or(PAGE, |summary| u64::from(summary.length));
            tasks.push(task);
        }
        for (visited, link) in uncounted {
            self.child_counted(&visited, stated_records(&link), found);
        }
        (tasks, place)
    }

    /// Adds the records in and below a child of `visited`. When all children of a node are counted, the sum is compared
    /// with the link to the node, and passed on to its parent, and so on up (I7).
    fn child_counted(&self, visited: &Arc<Visited>, records: u64, found: &mut Vec<Finding>) {
        let (mut visited, mut records) = (visited, records);
        while let Some(sum) = visited.count.add(records) {
            let stated = visited.count.other_stated.filter(|stated| *stated != sum);
            let holder = visited.parent.as_ref().map(|parent| parent.node.offset());
            found.extend(
                stated.and_then(|stated| self.wrong_count(visited.node.offset(), sum, stated, holder, visited.path())),
            );
            let Some(parent) = &visited.parent else { return };
            (visited, records) = (parent, sum);
        }
    }

    /// The finding that a link in `holder`, or in the commit, states a wrong number of records.
    fn wrong_count(
        &self,
        offset: u64,
        actual: u64,
        stated: u64,
        holder: Option<u64>,
        mut path: Vec<u64>,
    ) -> Option<Finding> {
        let holder = holder.or(self.pass.commit.as_ref().map(|commit| commit.offset))?;
        let expected = format!("a link to @{offset} with {actual} records");
        path.retain(|above| *above != holder && *above != offset);
        let finding = Finding::new(self.dialect(), Rule::Link, holder, expected, format!("{stated} records"));
        Some(Finding { path, ..finding })
    }

    /// Hands over nodes to be visited; what is below them comes to this place in the stack.
    fn submit(&mut self, tasks: Vec<Task>, at: usize) {
        let store = self.tree.store();
        let context = Context {
            storage: Arc::clone(store.storage()),
            codec: store.codec().clone(),
            limit: self.pass.commit.as_ref().map_or(u64::MAX, |commit| commit.offset),
            holder: self.pass.commit.as_ref().map(|commit| commit.offset),
            types: self.pass.types.clone(),
        };
        let batch = Batch { context: Arc::new(context), tasks: Arc::new(tasks) };
        let number = self.workers.submit(batch, self.threads);
        self.stack.insert(at.min(self.stack.len()), Left::UnderWay(number));
    }

    /// Processes the results of a batch in the order of its tasks.
    fn take_in_all(&mut self, number: u64, tasks: Vec<Task>, visits: Vec<Visit>, found: &mut Vec<Finding>) {
        let mut below = Vec::new();
        for (task, visit) in tasks.into_iter().zip(visits) {
            below.extend(self.take_in(task, visit, found));
        }
        let at = self.stack.iter().rposition(|left| matches!(left, Left::UnderWay(under_way) if *under_way == number));
        let at = at.unwrap_or(self.stack.len());
        // Reversed, so that the first in key order is on top.
        self.stack.splice(at..(at + 1).min(self.stack.len()), below.into_iter().rev().map(Left::Cursor));
    }

    fn take_in(&mut self, task: Task, visit: Visit, found: &mut Vec<Finding>) -> Option<Cursor> {
        if let Some(error) = visit.io {
            self.unread(error.into());
        }
        self.pass.countable &= visit.proved;
        found.extend(visit.findings);
        // A schema that does not fit is one fault, so only the first record is reported.
        if let Some(finding) = visit.unfit
            && self.pass.types.take().is_some()
        {
            found.push(Finding { path: task.path(), ..finding });
        }
        if !visit.proved {
            let length = visit.facts.map_or(0, |facts| facts.length);
            let stated = task.link.summary.map_or(length, |summary| u64::from(summary.length));
            self.seen.report(task.link.offset, stated);
        }
        let Facts { offset, length, keys, records } = match visit.facts {
            Some(facts) if !task.again => facts,
            _ => {
                self.progress.shared += u64::from(task.again);
                if let Some(parent) = &task.parent {
                    self.child_counted(parent, stated_records(&task.link), found);
                }
                return None;
            }
        };
        self.pass.nodes += 1;
        self.pass.bytes += length;
        self.progress.nodes += 1 + visit.empties.count;
        self.progress.bytes += length + visit.empties.count * EMPTY_NODE_BYTES as u64;
        self.progress.records += keys;
        self.progress.opaque += u64::from(visit.opaque);
        if visit.proved
            && let Some(other) = self.seen.place(&**self.tree.store().storage(), offset, length)
        {
            let text = format!("bytes of the frame @{other} too");
            let finding = Finding::new(self.dialect(), Rule::Overlap, offset, "a frame of its own", text);
            found.push(Finding { path: task.path(), ..finding });
        }
        for (start, end) in visit.empties.runs {
            self.seen.place_empty(start, end);
        }
        if visit.descend
            && let Some(node) = visit.node
        {
            let (keys_sound, links_sound) = (visit.keys_sound, visit.links_sound);
            let count = Count::of(&node, visit.other_count);
            let Task { parent, interval, .. } = task;
            let visited = Arc::new(Visited { node, parent, interval, keys_sound, links_sound, count });
            return Some(Cursor { visited, next: 0, reported_once: false });
        }
        // The record count of a node with a wrong hash is not trusted.
        let records = records.filter(|_| visit.proved).unwrap_or_else(|| stated_records(&task.link));
        if let Some(stated) = visit.other_count {
            found.extend(self.wrong_count(offset, records, stated, task.parent_offset(), task.path()));
        }
        if let Some(parent) = &task.parent {
            self.child_counted(parent, records, found);
        }
        None
    }
}

/// A finding about a node whose links are being followed.
fn at(visited: &Visited, dialect: Dialect, rule: Rule, expected: &str, text: String) -> Finding {
    let mut path = visited.path();
    path.pop();
    Finding { path, ..Finding::new(dialect, rule, visited.node.offset(), expected, text) }
}

/// The first stored key in and below the node at `offset`.
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
