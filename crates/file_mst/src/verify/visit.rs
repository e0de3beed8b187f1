//! All that can be told of one node by its own bytes, its link, and the keys around it. Nothing here knows other nodes, so
//! nodes are looked at in parallel.

use std::cmp::Ordering;
use std::sync::Arc;

use super::empties::{self, Empties};
use super::finding::{Finding, Rule, Severity};
use super::place::{KeyAt, Task};
use super::read::{Read, WrongLength, read};
use crate::node::dialect::{Dialect, PAGE};
use crate::node::level::level_of;
use crate::node::{Codec, Link, Node, NodeError};
use crate::storage::ReadAt;
use mst_types::ItemType;

/// What a visit needs besides its task.
pub(super) struct Context<'a> {
    pub(super) storage: &'a dyn ReadAt,
    pub(super) codec: &'a Codec,
    /// Where the commit's frame begins, before which all its nodes lie.
    pub(super) limit: u64,
    /// Where a root's link stands; none where it was given.
    pub(super) holder: Option<u64>,
    /// The types of keys and values that the commit names.
    pub(super) types: Option<&'a (ItemType, ItemType)>,
}

/// What was found out about one node.
#[derive(Default)]
pub(super) struct Visit {
    pub(super) findings: Vec<Finding>,
    pub(super) node: Option<Arc<Node>>,
    /// Whether its hash is the one that its link names.
    pub(super) proved: bool,
    /// How many records its link says, if its own links say otherwise.
    pub(super) other_count: Option<u64>,
    /// Whether its keys bound those of its children.
    pub(super) keys_sound: bool,
    /// Whether a child that its links do not lead to is at fault itself.
    pub(super) links_sound: bool,
    /// Whether its children are to be looked at.
    pub(super) descend: bool,
    /// Its absent children, which the published dialects write as nodes.
    pub(super) empties: Empties,
    /// Its keys and values could not be told apart.
    pub(super) opaque: bool,
    /// A record of other types than those that the commit names.
    pub(super) unfit: Option<Finding>,
    pub(super) io: Option<NodeError>,
}

/// Looks at the node of a task.
pub(super) fn visit(context: &Context<'_>, task: &Task) -> Visit {
    let mut visit = Visit::default();
    let (node, wrong_length) = match read(context.storage, context.codec, &task.link) {
        Read::Node(node, wrong_length) => (Arc::new(*node), wrong_length),
        Read::Io(error) => {
            visit.io = Some(error);
            return visit;
        }
        Read::Broken(finding) => {
            // A link that may be damaged itself proves nothing against what it leads to.
            if task.link_is_sound() {
                visit.findings.push(finding);
            }
            return visit.finish(task);
        }
    };
    let about = About { context, task, node: &node };
    about.all(&mut visit, wrong_length);
    visit.node = Some(node);
    visit.finish(task)
}

impl Visit {
    fn finish(mut self, task: &Task) -> Self {
        let path = task.path();
        for finding in &mut self.findings {
            // A link's fault is that of the node which holds it, and that node's path is one shorter.
            let own = path.iter().position(|above| *above == finding.offset).unwrap_or(path.len());
            finding.path = path.get(..own).unwrap_or_default().to_vec();
        }
        self
    }
}

/// A node that was read, and what is known of its place.
struct About<'a> {
    context: &'a Context<'a>,
    task: &'a Task,
    node: &'a Arc<Node>,
}

impl About<'_> {
    fn own_format(&self) -> bool {
        self.context.codec.dialect == Dialect::Mst1
    }

    fn finding(&self, rule: Rule, expected: impl Into<String>, found: impl Into<String>) -> Finding {
        Finding::new(self.context.codec.dialect, rule, self.node.offset(), expected, found)
    }

    /// A finding about what holds the link. None where the link was given by the user.
    fn of_holder(&self, rule: Rule, expected: impl Into<String>, found: impl Into<String>) -> Option<Finding> {
        let parent = self.task.parent.as_ref().map(|parent| parent.node.offset());
        let offset = parent.or(self.context.holder)?;
        Some(Finding::new(self.context.codec.dialect, rule, offset, expected, found))
    }

    fn all(&self, visit: &mut Visit, wrong_length: Option<WrongLength>) {
        let found = self.node.hash().unwrap_or(self.node.stored_hash());
        if found != self.task.link.hash {
            // Nothing in it can be believed, but what its links lead to proves itself by the hashes in them.
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
        visit.opaque = !self.node.records().are_divided();
        if !self.own_format() {
            if self.node.is_keyless() {
                let found = format!("no key and {} below it, as the published crate leaves it", below(self.node));
                visit.findings.push(self.finding(Rule::Canonical, "at least one key", found));
            }
            visit.empties = empties::look(self.context.storage, self.context.codec.dialect, self.node);
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

    /// What the link says of the level, against the node.
    fn wrong_link_level(&self) -> Option<Finding> {
        let (said, is) = (self.task.link.extent?, self.node.extent()?);
        // A child of too high a level is the child's fault, whatever the link says.
        if said.level == is.level || self.stands_too_high() {
            return None;
        }
        let expected = format!("a link to @{} of level {}", self.node.offset(), is.level);
        self.of_holder(Rule::Link, expected, format!("level {}", said.level))
    }

    /// How many records the link says, where the node's own links say otherwise. Which of them is wrong shows when all below
    /// are counted.
    fn other_count(&self) -> Option<u64> {
        let said = self.task.link.extent?.records;
        (self.node.records_below() != Some(said)).then_some(said)
    }

    fn wrong_check(&self) -> Option<Finding> {
        let (carried, is) = (self.node.stored_hash(), self.node.hash()?);
        if carried == is {
            return None;
        }
        Some(if self.own_format() {
            let found = hex::encode(carried.as_bytes().get(..crate::node::CHECK_BYTES).unwrap_or_default());
            self.finding(Rule::Check, "a check that holds", format!("the check {found}"))
        } else {
            self.finding(Rule::Check, format!("its own hash {is}"), carried.to_string())
        })
    }

    /// Where the node lies: before what names it, and within a page.
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
            return Some(self.finding(Rule::Page, expected, format!("it goes on behind @{}", (end - 1) / PAGE * PAGE)));
        }
        if self.own_format() && length > PAGE && !offset.is_multiple_of(PAGE) {
            let found = format!("it begins {} bytes behind one", offset % PAGE);
            return Some(self.finding(Rule::Page, format!("a node of {length} bytes that begins a page"), found));
        }
        let parent = self.task.parent.as_ref().filter(|parent| !self.own_format() && offset >= parent.node.offset())?;
        let expected = format!("a child before its parent @{}", parent.node.offset());
        Some(self.finding(Rule::Before, expected, "a child behind it"))
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
            let found = level_of(self.node.key(index)?);
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
        let codec = self.context.codec;
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
                "a key below the one behind the node",
                format!("key {count} of {count}, not below it"),
            )
        })
    }

    /// The first record that is not of the types that the commit names.
    fn unfit(&self) -> Option<Finding> {
        let (key_type, value_type) = self.context.types?;
        (0..self.node.key_count()).find_map(|index| {
            let record = self.node.record(index)?;
            let wrong = |what: &str, ty: &ItemType, stored| {
                let error = ty.decode(stored).err()?;
                Some((format!("a {what} of type {ty}, as the commit says"), format!("{error}")))
            };
            let (expected, found) =
                wrong("key", key_type, record.stored_key).or_else(|| wrong("value", value_type, record.value))?;
            let found = format!("record {} of {} in the node is none: {found}", index + 1, self.node.key_count());
            Some(Finding { key: Some(record.stored_key.to_vec()), ..self.finding(Rule::Schema, expected, found) })
        })
    }

    /// Whether the first or the last key of a subtree, which is in order itself, lies outside the interval.
    fn ends_outside(&self) -> Option<Finding> {
        let codec = self.context.codec;
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

    /// The first or the last key of the subtree. Reads the nodes on the way there.
    fn end_key(&self, next: fn(&Node) -> Option<Link>, at: fn(usize) -> usize) -> Option<KeyAt> {
        let mut node = Arc::clone(self.node);
        // Levels fall, so there are no more nodes on the way.
        for _ in 0..node.level() {
            let Some(link) = next(&node) else { break };
            match read(self.context.storage, self.context.codec, &link) {
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

/// Whether a finding says that something cannot be trusted.
pub(super) fn weighs(finding: &Finding) -> bool {
    finding.severity > Severity::Note
}
