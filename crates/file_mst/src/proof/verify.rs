//! Proofs are checked: with a root hash, and no tree.

use std::cmp::Ordering;
use std::ops::Bound;

use super::question::Side;
use super::{
    ASKS_KEY, ASKS_RANGE, CHECK, CHILD_ABSENT, CHILD_CLOSED, CHILD_OPEN, EXCLUDED, INCLUDED, KeyOrder, MAGIC,
    MAX_PROOF, ORDER_BYTES, ORDER_TYPED, Question, Refusal, UNBOUNDED, VERSION, check_of,
};
use crate::node::hash::NodeHash;
use crate::node::level::{MAX_LEVEL, level_of};
use crate::node::take_varint;

/// A key, as the hashes see it, and its value.
pub type KeyValue<'a> = (&'a [u8], &'a [u8]);

/// What a proof proves of the tree below a root. Keys are the bytes that the hashes see.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Proved<'a> {
    /// The tree holds this record.
    Record {
        /// The key.
        key: &'a [u8],
        /// The value.
        value: &'a [u8],
    },
    /// The tree holds no record of this key.
    Absent {
        /// The key.
        key: &'a [u8],
    },
    /// The tree holds these records between the bounds and no others.
    Range {
        /// The keys and values, in the order of the keys.
        records: Vec<KeyValue<'a>>,
    },
}

/// What is proved of the other side of a bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Neighbour<'a> {
    /// This key, and no other in between.
    Key(&'a [u8]),
    /// No key: the tree ends there.
    End,
    /// Nothing: the bound is itself a key that was asked for and is there, so that the search ended at it.
    NotShown,
}

/// A proof that holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer<'a> {
    /// What was asked.
    pub question: Question,
    /// What is proved.
    pub proved: Proved<'a>,
    /// What stands before the keys that were asked for.
    pub before: Neighbour<'a>,
    /// What stands behind the keys that were asked for.
    pub behind: Neighbour<'a>,
    /// How many nodes the proof holds.
    pub nodes: u64,
    /// What the proof says of the types of keys and values. Not proved.
    pub note: &'a [u8],
}

/// Checks a proof against the root hash, and against the order of the keys below that root: both must come from a place
/// that is trusted. Costs one hash of all that the proof holds, and of each key in it.
///
/// # Errors
/// See [`Refusal`]. A proof that is refused proves nothing.
pub fn verify<'a>(root: &NodeHash, order: &KeyOrder, proof: &'a [u8]) -> Result<Answer<'a>, Refusal> {
    if !proof.starts_with(&MAGIC) {
        return Err(Refusal::NoProof);
    }
    if proof.len() > MAX_PROOF + CHECK {
        return Err(Refusal::TooLong { found: proof.len(), most: MAX_PROOF + CHECK });
    }
    if let Some(found) = proof.get(MAGIC.len()).copied().filter(|found| *found > VERSION) {
        return Err(Refusal::NewerVersion { found, supported: VERSION });
    }
    let (content, check) = proof.split_at_checked(proof.len() - CHECK).ok_or(Refusal::Damaged)?;
    if check_of(content) != check {
        return Err(Refusal::Damaged);
    }
    let mut reader = Reader { bytes: content, at: MAGIC.len() };
    if reader.byte("the version")? != VERSION {
        return Err(reader.malformed(MAGIC.len(), "version 1"));
    }
    reader.order(order)?;
    let note = reader.item("the note")?;
    let question = reader.question()?;
    if !question.is_sound(order) {
        return Err(Refusal::EmptyRange);
    }
    let mut walk =
        Checker { reader, order, question: &question, records: Vec::new(), before: None, behind: None, nodes: 0 };
    let found = walk.child(Between::ALL, None)?;
    let Checker { reader, records, before, behind, nodes, .. } = walk;
    if reader.at != content.len() {
        return Err(reader.malformed(reader.at, "the end of the proof"));
    }
    if found != *root {
        return Err(Refusal::Root { expected: *root, found });
    }
    let neighbour = |key: Option<&'a [u8]>, asked: Option<&[u8]>, record: Option<&KeyValue<'_>>| match key {
        _ if asked.is_some() && asked == record.map(|(key, _)| *key) => Neighbour::NotShown,
        Some(key) => Neighbour::Key(key),
        None => Neighbour::End,
    };
    let (start, end) = question.included();
    let (before, behind) = (neighbour(before, start, records.first()), neighbour(behind, end, records.last()));
    let proved = match (&question, records.as_slice()) {
        (Question::Range(..), _) => Proved::Range { records },
        (Question::Key(_), [(key, value)]) => Proved::Record { key, value },
        (Question::Key(_), _) => Proved::Absent { key: reader.asked_key().unwrap_or_default() },
    };
    Ok(Answer { question, proved, before, behind, nodes, note })
}

/// The keys between which all keys of a subtree lie; none where there is no limit.
#[derive(Clone, Copy)]
struct Between<'a> {
    low: Option<&'a [u8]>,
    high: Option<&'a [u8]>,
}

impl Between<'_> {
    const ALL: Self = Self { low: None, high: None };
}

struct Checker<'a, 'q> {
    reader: Reader<'a>,
    order: &'q KeyOrder,
    question: &'q Question,
    records: Vec<KeyValue<'a>>,
    before: Option<&'a [u8]>,
    behind: Option<&'a [u8]>,
    nodes: u64,
}

impl<'a> Checker<'a, '_> {
    /// Reads what stands between two keys in a node of level `above` (none: the root), and gives its hash.
    fn child(&mut self, between: Between<'a>, above: Option<u8>) -> Result<NodeHash, Refusal> {
        let at = self.reader.at;
        let reached = self.question.reaches(self.order, between.low, between.high).ok_or(Refusal::KeyOrder { at })?;
        match self.reader.byte("absent, closed or open")? {
            CHILD_ABSENT => Ok(NodeHash::EMPTY),
            CHILD_CLOSED if reached => Err(Refusal::LeftOut { at }),
            CHILD_CLOSED => {
                let hash = NodeHash::from(self.reader.array("the hash of a child")?);
                match hash.is_empty() || above == Some(0) {
                    true => Err(self.reader.malformed(at, "the hash of a child that there can be")),
                    false => Ok(hash),
                }
            }
            CHILD_OPEN if !reached => Err(Refusal::Superfluous { at }),
            CHILD_OPEN => self.node(between, above),
            _ => Err(self.reader.malformed(at, "absent, closed or open")),
        }
    }

    /// Reads a node and what it leads to. No deeper than there are levels: these fall on the way down.
    fn node(&mut self, between: Between<'a>, above: Option<u8>) -> Result<NodeHash, Refusal> {
        let at = self.reader.at;
        self.nodes += 1;
        let level = self.reader.byte("a level")?;
        if level > MAX_LEVEL {
            return Err(self.reader.malformed(at, "a level of 0 to 64"));
        }
        if let Some(above) = above.filter(|above| level >= *above) {
            return Err(Refusal::Level { at, level, above });
        }
        let records = self.records_of(at, level, between)?;
        let mut message = u32::from(level).to_le_bytes().to_vec();
        message.extend_from_slice(&(records.len() as u64).to_le_bytes());
        let mut low = between.low;
        for (key, value) in &records {
            let child = self.child(Between { low, high: Some(key) }, Some(level))?;
            message.extend_from_slice(child.as_bytes());
            for item in [key, value] {
                message.extend_from_slice(&(item.len() as u64).to_le_bytes());
                message.extend_from_slice(item);
            }
            self.take(at, key, value)?;
            low = Some(key);
        }
        let last = self.child(Between { low, high: between.high }, Some(level))?;
        message.extend_from_slice(last.as_bytes());
        Ok(blake3::hash(&message).into())
    }

    /// The keys and values of a node: each key of the node's level, above the one before, and between those above.
    fn records_of(&mut self, at: usize, level: u8, between: Between<'a>) -> Result<Vec<KeyValue<'a>>, Refusal> {
        // Each takes at least two lengths, and each has a child.
        let most = self.reader.rest().len() / 3;
        let count = self.reader.length("a key count", most)?;
        let mut records = Vec::with_capacity(count.min(1024));
        let mut low = between.low;
        for _ in 0..count {
            let key = self.reader.item("a key")?;
            let found = level_of(key);
            if found != level {
                return Err(Refusal::KeyLevel { at, level, found });
            }
            let rises = low.is_none_or(|low| self.order.compare(low, key) == Some(Ordering::Less));
            let below = between.high.is_none_or(|high| self.order.compare(key, high) == Some(Ordering::Less));
            if !rises || !below {
                return Err(Refusal::KeyOrder { at });
            }
            records.push((key, self.reader.item("a value")?));
            low = Some(key);
        }
        Ok(records)
    }

    /// Takes in a record. They come in the order of their keys.
    fn take(&mut self, at: usize, key: &'a [u8], value: &'a [u8]) -> Result<(), Refusal> {
        match self.question.side(self.order, key).ok_or(Refusal::KeyOrder { at })? {
            Side::Before => self.before = Some(key),
            Side::Within => self.records.push((key, value)),
            Side::Behind => self.behind = self.behind.or(Some(key)),
        }
        Ok(())
    }
}

/// Reads fields one after the other.
#[derive(Clone, Copy)]
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn malformed(&self, at: usize, expected: &'static str) -> Refusal {
        Refusal::Malformed { at, expected }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], Refusal> {
        let (taken, _) = self.rest().split_at_checked(length).ok_or(self.malformed(self.at, what))?;
        self.at += length;
        Ok(taken)
    }

    fn byte(&mut self, what: &'static str) -> Result<u8, Refusal> {
        self.array::<1>(what).map(|[byte]| byte)
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Refusal> {
        let at = self.at;
        self.take(N, what)?.first_chunk().copied().ok_or(self.malformed(at, what))
    }

    fn length(&mut self, what: &'static str, most: usize) -> Result<usize, Refusal> {
        let refused = self.malformed(self.at, what);
        let (value, length) = take_varint(self.rest()).ok_or(refused.clone())?;
        self.at += length;
        usize::try_from(value).ok().filter(|value| *value <= most).ok_or(refused)
    }

    fn item(&mut self, what: &'static str) -> Result<&'a [u8], Refusal> {
        let length = self.length(what, self.rest().len())?;
        self.take(length, what)
    }

    fn order(&mut self, order: &KeyOrder) -> Result<(), Refusal> {
        let name = |tag: u8| if tag == ORDER_BYTES { "as their bytes" } else { "by their type" };
        match self.byte("an order of keys")? {
            found @ (ORDER_BYTES | ORDER_TYPED) if found != order.tag() => {
                Err(Refusal::Order { expected: name(order.tag()), found: name(found) })
            }
            ORDER_BYTES | ORDER_TYPED => Ok(()),
            _ => Err(self.malformed(self.at - 1, "an order of keys: 0 or 1")),
        }
    }

    fn question(&mut self) -> Result<Question, Refusal> {
        match self.byte("what is asked")? {
            ASKS_KEY => Ok(Question::Key(self.item("the key that is asked for")?.to_vec())),
            ASKS_RANGE => Ok(Question::Range(self.bound()?, self.bound()?)),
            _ => Err(self.malformed(self.at - 1, "a question: 1 for a key, 2 for a range")),
        }
    }

    fn bound(&mut self) -> Result<Bound<Vec<u8>>, Refusal> {
        match self.byte("a bound")? {
            UNBOUNDED => Ok(Bound::Unbounded),
            INCLUDED => Ok(Bound::Included(self.item("the key of a bound")?.to_vec())),
            EXCLUDED => Ok(Bound::Excluded(self.item("the key of a bound")?.to_vec())),
            _ => Err(self.malformed(self.at - 1, "a bound: 0, 1 or 2")),
        }
    }

    /// The key that is asked for, as it stands in the proof.
    fn asked_key(&self) -> Option<&'a [u8]> {
        let mut reader = Self { at: MAGIC.len() + 2, ..*self };
        reader.item("the note").ok()?;
        reader.byte("what is asked").ok()?;
        reader.item("the key that is asked for").ok()
    }
}
