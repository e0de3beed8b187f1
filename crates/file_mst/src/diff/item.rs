//! What a diff finds.

use super::left_out::WhyLeftOut;
use crate::node::hash::NodeHash;
use crate::node::{Link, NodeError};
use crate::tree::NodeRecord;

/// One of the two trees.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Side {
    /// The first.
    Left,
    /// The second.
    Right,
}

impl Side {
    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }

    /// `left` or `right`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

/// What a diff finds, in key order.
#[derive(Clone, Debug)]
pub enum Item {
    /// A record whose key only the left tree has.
    OnlyLeft(NodeRecord),
    /// A record whose key only the right tree has.
    OnlyRight(NodeRecord),
    /// A key that both have, with two values.
    Changed(NodeRecord, NodeRecord),
    /// What both have alike.
    Equal(Equal),
    /// What could not be compared, because it could not be read.
    Damage(Box<Damage>),
    /// A key that is not compared, because a side left it out when it was built.
    NotCompared(Box<NotCompared>),
}

/// A key that a side left out when its tree was built, or may have left out. What the trees have of it is no drift, and not
/// the same either.
#[derive(Clone, Debug)]
pub struct NotCompared {
    /// The key in the form in which keys are compared ([`Diff::key_form`](super::Diff::key_form)).
    pub key: Vec<u8>,
    /// The record that the left tree has of it, where it differs from the other tree.
    pub left: Option<NodeRecord>,
    /// The record that the right tree has of it, where it differs from the other tree.
    pub right: Option<NodeRecord>,
    /// Why the left left it out, if it did.
    pub left_out_left: Option<WhyLeftOut>,
    /// Why the right left it out, if it did.
    pub left_out_right: Option<WhyLeftOut>,
    /// Whether both trees have it alike, within what was told as equal just before.
    pub within_equal: bool,
}

/// What both trees have alike: a whole subtree, or a record whose nodes differ in something else.
#[derive(Clone, Debug)]
pub struct Equal {
    /// The subtree or the record.
    pub what: EqualWhat,
    /// How many records: exact where the links of a side count them and no end of a range cuts through.
    pub records: Option<u64>,
    /// The tree that the records around it are of.
    pub side: Side,
    /// The last record before it in key order; none at the start.
    pub after: Option<NodeRecord>,
    /// The first record behind it in key order; none at the end.
    pub before: Option<NodeRecord>,
}

/// The two kinds of [`Equal`].
#[derive(Clone, Debug)]
pub enum EqualWhat {
    /// Two subtrees of one hash. Neither was read.
    Subtree {
        /// Their hash.
        hash: NodeHash,
        /// Their level, where a link tells it.
        level: Option<u8>,
        /// The links to them, left and right.
        links: (Link, Link),
    },
    /// A record of the left and one of the right tree, with the same key and the same value.
    Record(NodeRecord, NodeRecord),
}

/// A subtree that could not be read. What the other tree has between the same keys was not compared.
#[derive(Clone, Debug)]
pub struct Damage {
    /// In which tree.
    pub side: Side,
    /// What is wrong.
    pub error: NodeError,
    /// The offsets of the nodes from the root to the parent of the damaged one.
    pub path: Vec<u64>,
    /// The last record before the hole in key order; none at the start.
    pub after: Option<NodeRecord>,
    /// The first record behind the hole in key order; none at the end.
    pub before: Option<NodeRecord>,
}

/// A keyless node that a diff came by. No canonical tree has one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Keyless {
    /// Where its frame begins in the file, in bytes.
    pub offset: u64,
    /// Its level.
    pub level: u8,
    /// Whether nothing at all hangs below it.
    pub phantom: bool,
}

/// How many keyless nodes are remembered one by one.
pub const MOST_KEYLESS: usize = 100;

/// What was read of one tree.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SideCounts {
    /// Nodes that were read, each once.
    pub nodes_read: u64,
    /// Of these, nodes without keys.
    pub keyless: u64,
    /// The first [`MOST_KEYLESS`] of them.
    pub keyless_nodes: Vec<Keyless>,
    /// Records that were left out, since the other tree is damaged between the same keys. Those in subtrees that do not
    /// count their records are missing here.
    pub uncompared: u64,
    /// Keys that the build of the tree left out, as far as the comparison has come.
    pub left_out: u64,
    /// Rows that it left out and whose key could not be read.
    pub rows_without_key: u64,
    /// Keys that it left out and did not list.
    pub unlisted: u64,
}

/// What a diff has found and read so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Records that only the left tree has.
    pub only_left: u64,
    /// Records that only the right tree has.
    pub only_right: u64,
    /// Keys with two values.
    pub changed: u64,
    /// Records that are equal, as far as they were counted.
    pub equal: u64,
    /// Whether [`Counts::equal`] is all of them: no subtree was skipped whose links do not count.
    pub equal_is_exact: bool,
    /// Pairs of equal subtrees that were skipped.
    pub skipped: u64,
    /// Keys that were not compared, since a side left them out, or may have.
    pub not_compared: u64,
    /// Records that differ in the trees and agree in the sources, whose rows were fetched anew. No diff of trees counts any.
    pub agree_now: u64,
    /// Whether what differs was held against rows that were fetched anew.
    pub rechecked: bool,
    /// Damaged places.
    pub damaged: u64,
    /// Records that could not be compared by value, since their bytes are no values of the types of their tree.
    pub undecodable: u64,
    /// What was read of the left tree.
    pub left: SideCounts,
    /// What was read of the right tree.
    pub right: SideCounts,
}

impl Counts {
    /// How many keys and rows of each side were left out when its tree was built.
    pub fn left_out(&self) -> (u64, u64) {
        let all = |side: &SideCounts| side.left_out + side.rows_without_key + side.unlisted;
        (all(&self.left), all(&self.right))
    }

    /// How many records differ.
    pub fn drifted(&self) -> u64 {
        self.only_left + self.only_right + self.changed
    }
}
