//! Checks one node by its own bytes, its link, and the keys around it. Nothing here depends on other nodes, so nodes
//! are visited in parallel.

use std::cmp::Ordering;
use std::sync::Arc;

use super::empties::{self, Empties};
use super::finding::{Finding, Rule, Severity};
use super::read::{Read, WrongLength, read};
use super::visited::{KeyAt, Task};
use crate::node::dialect::{Dialect, PAGE};
use crate::node::level::{level_of, levels_of};
use crate::node::{Codec, Link, Node, NodeError};
use crate::storage::ReadAt;
use crate::store::{parse_frames, read_frames};
use mst_types::{DecodeOptions, Encoding, ItemType, Type, measure};

/// The inputs of a visit besides its task.
pub(super) struct Context {
    pub(super) storage: Arc<dyn ReadAt>,
    pub(super) codec: Codec,
    /// The start of the commit's frame, before which all its nodes lie (I4).
    pub(super) limit: u64,
    /// The offset of the commit that holds a root's link; `None` if the link was given.
    pub(super) holder: Option<u64>,
    /// The types of keys and values that the commit names.
    pub(super) types: Option<Arc<(ItemType, ItemType)>>,
}

/// The result of checking one node.
#[derive(Default)]
pub(super) struct Visit {
    pub(super) findings: Vec<Finding>,
    /// The facts about the node, if it could be read.
    pub(super) facts: Option<Facts>,
    /// The node itself, if it has children. Others are dropped by the thread that read them.
    pub(super) node: Option<Arc<Node>>,
    /// Whether its hash is the one in its link.
    pub(super) proved: bool,
    /// The record count in its link, if it differs from the sum of its own links.
    pub(super) other_count: Option<u64>,
    /// Whether its keys bound those of its children.
    pub(super) keys_sound: bool,
    /// Whether its links are sound, so that a child that cannot be read is itself at fault.
    pub(super) links_sound: bool,
    /// Whether its children are to be visited.
    pub(super) descend: bool,
    /// Its absent children, which the published dialects write as nodes.
    pub(super) empties: Empties,
    /// Whether its keys and values could not be delimited.
    pub(super) opaque: bool,
    /// A finding about a record that does not have the types that the commit names.
    pub(super) unfit: Option<Finding>,
    pub(super) io: Option<NodeError>,
}

/// The facts about a node that its place in the tree is checked with.
#[derive(Clone, Copy)]
pub(super) struct Facts {
    pub(super) offset: u64,
    pub(super) length: u64,
    pub(super) keys: u64,
    /// The number of records in the node and below it, as its links state.
    pub(super) records: Option<u64>,
}

/// Checks the nodes of all tasks. In files of ours they are read and hashed together, and so are their keys.
pub(super) fn visit_all(context: &Context, tasks: &[Task]) -> Vec<Visit> {
    if context.codec.dialect != Dialect::Mst1 {
        return tasks.iter().map(|task| visit(context, task, None)).collect();
    }
    let links: Vec<Link> = tasks.iter().map(|task| task.link).collect();
    let nodes = parse_frames(read_frames(&*context.storage, &links));
    // A node that is not the one of its link is read again alone, to find out what is wrong.
    let sound =
        |(node, link): (Result<Node, NodeError>, &Link)| node.ok().filter(|node| node.hash() == Some(link.hash));
    let nodes: Vec<Option<Node>> = nodes.into_iter().zip(&links).map(sound).collect();
    let keys = nodes.iter().zip(tasks).filter(|(_, task)| !task.again).flat_map(|(node, _)| node);
    let keys: Vec<&[u8]> = keys.flat_map(|node| (0..node.key_count()).filter_map(|index| node.key(index))).collect();
    let mut levels = levels_of(&keys).into_iter();
    let mut visits = Vec::with_capacity(tasks.len());
    for (node, task) in nodes.into_iter().zip(tasks) {
        let of_keys = node.as_ref().filter(|_| !task.again).map_or(0, Node::key_count);
        let levels: Vec<u8> = levels.by_ref().take(of_keys).collect();
        visits.push(visit(context, task, node.map(|node| (node, levels))));
    }
    visits
}

/// Checks the node of a task. `known` is the node, if it was read already and has the hash of its link, and the levels of
/// its keys.
fn visit(context: &Context, task: &Task, known: Option<(Node, Vec<u8>)>) -> Visit {
    let mut visit = Visit::default();
    let (known, levels) = known.unzip();
    let read = match known {
        Some(node) => Read::Node(Box::new(node), None),
        None => read(&*context.storage, &context.codec, &task.link),
    };
    let (node, wrong_length) = match read {
        Read::Node(node, wrong_length) => (Arc::new(*node), wrong_length),
        Read::Io(error) => {
            visit.io = Some(error);
            return visit;
        }
        Read::Broken(finding) => {
            // If the link may be damaged itself, the bytes that it leads to are not at fault.
            if task.link_is_sound() {
                visit.findings.push(finding);
            }
            return visit.finish(task);
        }
    };
    let about = About { context, task, node: &node, levels };
    about.all(&mut visit, wrong_length);
    visit.facts = Some(Facts {
        offset: node.offset(),
        length: node.bytes().len() as u64,
        keys: node.key_count() as u64,
        records: node.records_below(),
    });
    visit.node = Some(node).filter(|node| node.children().iter().any(|link| !link.is_empty()));
    visit.finish(task)
}

impl Visit {
    fn finish(mut self, task: &Task) -> Self {
        let path = task.path();
        for finding in &mut self.findings {
            // A faulty link is reported at the node that holds it, whose path is one shorter.
            let own = path.iter().position(|above| *above == finding.offset).unwrap_or(path.len());
            finding.path = path.get(..own).unwrap_or_default().to_vec();
        }
        self
    }
}

/// A node that was read, with its context.
struct About<'a> {
    context: &'a Context,
    task: &'a Task,
    node: &'a Arc<Node>,
    /// The levels of its keys, if they were computed already.
    levels: Option<Vec<u8>>,
}

impl About<'_> {
    fn own_format(&self) -> bool {
        self.context.codec.dialect == Dialect::Mst1
    }

    fn finding(&self, rule: Rule, expected: impl Into<String>, found: impl Into<String>) -> Finding {
        Finding::new(self.context.codec.dialect, rule, self.node.offset(), expected, found)
    }

    /// A finding about the holder of the link; `None` if the user gave the link.
    fn of_holder(&self, rule: Rule, expected: impl Into<String>, found: impl Into<String>) -> Option<Finding> {
        let parent = self.task.parent.as_ref().map(|parent| parent.node.offset());
        let offset = parent.or(self.context.holder)?;
        Some(Finding::new(self.context.codec.dialect, rule, offset, expected, found))
    }

    fn all(&self, visit: &mut Visit, wrong_length: Option<WrongLength>) {
        let found = self.node.hash().unwrap_or(self.node.stored_hash());
        if found != self.task.link.hash {
            // Nothing in the node can be trusted, but its children are proved by the hashes in its links.
            if self.task.link_is_sound() {
                visit.findings.push(self.finding(Rule::Hash, self.task.link.hash.to_string(), found.to_string()));
                visit.descend = true;
            }
            return;
        }
        visit.proved = true;
        visit.findings.extend(self.wrong_length(wrong_length.as_ref()));
        if self.task.link_is_sound() {
            visit.findings.extend(self.wrong_link_level());
            visit.other_count = self.other_count();
        }
        if self.task.again {
            visit.findings.extend(self.ends_outside());
            return;
        }
        let own_check = self.wrong_check();
        visit.links_sound = own_check.is_none() || !self.own_format();
        visit.findings.extend(own_check);
        visit.findings.extend(self.wrong_place());
        let falls = self.wrong_level();
        visit.descend = falls.is_none();
        // A node at a wrong level has all its keys there.
        let key_level = if falls.is_none() { self.wrong_key_level() } else { None };
        visit.findings.extend(falls);
        visit.findings.extend(key_level);
        let order = self.wrong_order();
        visit.keys_sound = order.is_none();
        visit.findings.extend(order);
        visit.unfit = self.unfit();
        visit.opaque = !self.node.records().are_delimited();
        if !self.own_format() {
            if self.node.is_keyless() {
                let found = format!("no key and {} below it, as the published crate leaves it", below(self.node));
                visit.findings.push(self.finding(Rule::Canonical, "at least one key", found));
            }
            visit.empties = empties::look(&*self.context.storage, self.context.codec.dialect, self.node);
            visit.findings.append(&mut visit.empties.findings);
        }
    }

    fn wrong_length(&self, wrong: Option<&WrongLength>) -> Option<Finding> {
        let length = self.node.bytes().len();
        match wrong? {
            WrongLength::InLink(said) => self.task.link_is_sound().then(|| {
                self.of_holder(
                    Rule::Link,
                    format!("a link to @{} with a frame length of {length}", self.node.offset()),
                    format!("a frame length of {said}"),
                )
            })?,
            WrongLength::InNode(said) => Some(self.finding(
                Rule::Form,
                format!("a length prefix of {}", length.saturating_sub(4)),
                format!("a length prefix of {said}"),
            )),
        }
    }

    /// Compares the level in the link with the node's.
    fn wrong_link_level(&self) -> Option<Finding> {
        let (stated, actual) = (self.task.link.summary?, self.node.summary()?);
        // A child whose level is too high is at fault itself, whatever the link says.
        if stated.level == actual.level || self.stands_too_high() {
            return None;
        }
        let expected = format!("a link to @{} of level {}", self.node.offset(), actual.level);
        self.of_holder(Rule::Link, expected, format!("level {}", stated.level))
    }

    /// The record count in the link, if it differs from the sum of the node's own links. The faulty link is known when
    /// all records below are counted.
    fn other_count(&self) -> Option<u64> {
        let stated = self.task.link.summary?.records;
        (self.node.records_below() != Some(stated)).then_some(stated)
    }

    fn wrong_check(&self) -> Option<Finding> {
        let (carried, actual) = (self.node.stored_hash(), self.node.hash()?);
        if carried == actual {
            return None;
        }
        Some(if self.own_format() {
            let found = hex::encode(carried.as_bytes().get(..crate::node::CHECK_BYTES).unwrap_or_default());
            self.finding(Rule::Check, "a check that holds", format!("the check {found}"))
        } else {
            self.finding(Rule::Check, format!("its own hash {actual}"), carried.to_string())
        })
    }

    /// Checks the offset of the node: before the commit or parent that names it, and within a page (I4, I13).
    fn wrong_place(&self) -> Option<Finding> {
        let (offset, length) = (self.node.offset(), self.node.bytes().len() as u64);
        let end = offset + length;
        if self.own_format() && end > self.context.limit {
            let expected = format!("a node before the commit frame @{}", self.context.limit);
            return Some(self.finding(Rule::Before, expected, format!("a node that ends @{end}")));
        }
        let crosses = length <= PAGE && offset / PAGE != (end - 1) / PAGE;
        if crosses {
            let expected = format!("a node of {length} bytes within a page of {PAGE}");
            return Some(self.finding(Rule::Page, expected, format!("it continues past @{}", (end - 1) / PAGE * PAGE)));
        }
        if self.own_format() && length > PAGE && !offset.is_multiple_of(PAGE) {
            let found = format!("it begins {} bytes after the start of a page", offset % PAGE);
            return Some(self.finding(Rule::Page, format!("a node of {length} bytes that begins a page"), found));
        }
        let parent = self.task.parent.as_ref().filter(|parent| !self.own_format() && offset >= parent.node.offset())?;
        let expected = format!("a child before its parent @{}", parent.node.offset());
        Some(self.finding(Rule::Before, expected, "a child after it"))
    }

    fn stands_too_high(&self) -> bool {
        self.task.parent.as_ref().is_some_and(|parent| self.node.level() >= parent.node.level())
    }

    fn wrong_level(&self) -> Option<Finding> {
        let parent = self.task.parent.as_ref().filter(|_| self.stands_too_high())?;
        let expected = format!("a level below {}, that of its parent @{}", parent.node.level(), parent.node.offset());
        Some(self.finding(Rule::Levels, expected, format!("level {}", self.node.level())))
    }

    fn wrong_key_level(&self) -> Option<Finding> {
        let level = self.node.level();
        let mut wrong = (0..self.node.key_count()).filter_map(|index| {
            let known = self.levels.as_ref().and_then(|levels| levels.get(index));
            let found = known.copied().map_or_else(|| self.node.key(index).map(level_of), Some)?;
            (found != level).then_some((index, found, self.node.stored_key(index)?))
        });
        let (index, found, key) = wrong.next()?;
        let more = match wrong.count() {
            0 => String::new(),
            more => format!(", and {more} more at another level"),
        };
        let found = format!("key {} of {}, whose level is {found}{more}", index + 1, self.node.key_count());
        Some(Finding {
            key: Some(key.to_vec()),
            ..self.finding(Rule::KeyLevel, format!("keys of level {level}"), found)
        })
    }

    fn wrong_order(&self) -> Option<Finding> {
        let count = self.node.key_count();
        let codec = &self.context.codec;
        let falls = |left: &[u8], right: &[u8]| codec.compare(left, right).is_some_and(|order| order != Ordering::Less);
        let mut before = self.task.interval.lower.as_ref().map(KeyAt::stored);
        for index in 0..count {
            let key = self.node.stored_key(index)?;
            if before.is_some_and(|before| falls(before, key)) {
                let (expected, found) = match index {
                    0 => ("a key above the one before the node".to_owned(), format!("key 1 of {count}, not above it")),
                    _ => (format!("a key above key {index}"), format!("key {} of {count}, not above it", index + 1)),
                };
                return Some(Finding { key: Some(key.to_vec()), ..self.finding(Rule::Order, expected, found) });
            }
            before = Some(key);
        }
        let (last, upper) = (before?, self.task.interval.upper.as_ref()?);
        (count > 0 && falls(last, upper.stored())).then(|| Finding {
            key: Some(last.to_vec()),
            ..self.finding(
                Rule::Order,
                "a key below the one after the node",
                format!("key {count} of {count}, not below it"),
            )
        })
    }

    /// The finding about the first record that does not have the types that the commit names (I19).
    fn unfit(&self) -> Option<Finding> {
        let (key_type, value_type) = &**self.context.types.as_ref()?;
        (0..self.node.key_count()).find_map(|index| {
            let record = self.node.record(index)?;
            let wrong = |what: &str, ty: &ItemType, stored| {
                if fits(ty, stored) {
                    return None;
                }
                let error = ty.decode(stored).err()?;
                Some((format!("a {what} of type {ty}, as the commit says"), format!("{error}")))
            };
            let (expected, found) =
                wrong("key", key_type, record.stored_key).or_else(|| wrong("value", value_type, record.value))?;
            let found = format!("record {} of {} in the node is none: {found}", index + 1, self.node.key_count());
            Some(Finding { key: Some(record.stored_key.to_vec()), ..self.finding(Rule::Schema, expected, found) })
        })
    }

    /// Checks that the first and the last key of a subtree, which is in order itself, lie within the interval.
    fn ends_outside(&self) -> Option<Finding> {
        let codec = &self.context.codec;
        let outside = |end: Option<KeyAt>, bound: &Option<KeyAt>, wanted: Ordering| {
            let (end, bound) = (end?, bound.as_ref()?);
            let order = codec.compare(end.stored(), bound.stored())?;
            (order != wanted).then(|| end.stored().to_vec())
        };
        let interval = &self.task.interval;
        let key = outside(self.end_key(Link::first_of, |_| 0), &interval.lower, Ordering::Greater)
            .or_else(|| outside(self.end_key(Link::last_of, |count| count - 1), &interval.upper, Ordering::Less))?;
        let expected = format!("a subtree @{} between its keys", self.node.offset());
        let finding = self.of_holder(Rule::Order, expected, "a key outside")?;
        Some(Finding { key: Some(key), ..finding })
    }

    /// The first or the last key of the subtree. Reads the nodes on the path there.
    fn end_key(&self, next: fn(&Node) -> Option<Link>, at: fn(usize) -> usize) -> Option<KeyAt> {
        let mut node = Arc::clone(self.node);
        // Levels fall (I9), so the path is no longer than the level; the bound holds for damaged nodes too.
        for _ in 0..node.level() {
            let Some(link) = next(&node) else { break };
            match read(&*self.context.storage, &self.context.codec, &link) {
                Read::Node(child, _) => node = Arc::new(*child),
                Read::Broken(_) | Read::Io(_) => return None,
            }
        }
        let index = node.key_count().checked_sub(1).map(|last| at(last + 1))?;
        Some(KeyAt { node, index })
    }
}

impl Link {
    fn first_of(node: &Node) -> Option<Self> {
        node.children().first().copied().filter(|link| !link.is_empty())
    }

    fn last_of(node: &Node) -> Option<Self> {
        node.children().last().copied().filter(|link| !link.is_empty())
    }
}

fn below(node: &Node) -> &'static str {
    if node.children().iter().all(Link::is_empty) { "nothing" } else { "a child" }
}

/// Whether these bytes are surely a value of the type; found without building the value. If not, decoding them decides.
fn fits(ty: &ItemType, stored: &[u8]) -> bool {
    let wire = ty.ty.wire();
    if let Type::Array(_, length) = wire
        && wire.is_bytes()
    {
        return stored.len() == *length;
    }
    match (ty.encoding, wire) {
        // Any bytes of the right number are such a key.
        (Encoding::Ordered, Type::U8 | Type::I8) => stored.len() == 1,
        (Encoding::Ordered, Type::U16 | Type::I16) => stored.len() == 2,
        (Encoding::Ordered, Type::U32 | Type::I32) => stored.len() == 4,
        (Encoding::Ordered, Type::U64 | Type::I64) => stored.len() == 8,
        (Encoding::Ordered, Type::U128 | Type::I128) => stored.len() == 16,
        (Encoding::Ordered, _) => false,
        (Encoding::Postcard, _) => {
            measure(&ty.ty, stored, &DecodeOptions::default()).is_ok_and(|length| length == stored.len())
        }
    }
}

/// Whether a finding is more than a note.
pub(super) fn is_serious(finding: &Finding) -> bool {
    finding.severity > Severity::Note
}
