//! The items of a diff, and its counts.

use super::left_out::WhyLeftOut;
use crate::node::hash::NodeHash;
use crate::node::{Link, NodeError};
use crate::tree::NodeRecord;

/// One of the two trees. There are never more.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Side {
    /// The first.
    Left,
    /// The second.
    Right,
}

impl Side {
    /// The other side.
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

/// An item of a diff, in key order.
///
/// Exhaustive on purpose: a new kind of item must not be overlooked by whoever judges two trees.
#[derive(Clone, Debug)]
pub enum Item {
    /// A record whose key only the left tree has.
    OnlyLeft(NodeRecord),
    /// A record whose key only the right tree has.
    OnlyRight(NodeRecord),
    /// A key that both have, with different values.
    Changed(NodeRecord, NodeRecord),
    /// A key that both have, with values that differ by no more than the tolerance of each field.
    WithinTolerance(NodeRecord, NodeRecord),
    /// A part that is equal in both.
    Equal(Equal),
    /// A part that could not be compared, because it could not be read.
    Damage(Box<Damage>),
    /// A key that is not compared, because a side left it out when it was built.
    NotCompared(Box<NotCompared>),
}

/// A key that a side left out, or may have left out, when its tree was built. Its records are neither drift nor equal.
#[derive(Clone, Debug)]
pub struct NotCompared {
    /// The key in the form in which keys are compared ([`Diff::key_form`](super::Diff::key_form)).
    pub key: Vec<u8>,
    /// The record in the left tree, if it differs from the other tree.
    pub left: Option<NodeRecord>,
    /// The record in the right tree, if it differs from the other tree.
    pub right: Option<NodeRecord>,
    /// The reason why the left side left it out, if it did.
    pub left_out_left: Option<WhyLeftOut>,
    /// The reason why the right side left it out, if it did.
    pub left_out_right: Option<WhyLeftOut>,
    /// Whether both trees have an equal record, within the part that was reported as equal just before.
    pub within_equal: bool,
}

/// A part that is equal in both trees: a whole subtree, or a record in nodes that differ otherwise.
#[derive(Clone, Debug)]
pub struct Equal {
    /// The subtree or the record.
    pub what: EqualWhat,
    /// The number of records, if the links of a side count them and no end of a range cuts through.
    pub records: Option<u64>,
    /// The tree of `after` and `before`.
    pub side: Side,
    /// The last record before it in key order; `None` at the start.
    pub after: Option<NodeRecord>,
    /// The first record after it in key order; `None` at the end.
    pub before: Option<NodeRecord>,
}

/// The two kinds of [`Equal`]. Exhaustive, so that a new kind is not overlooked where records are counted.
#[derive(Clone, Debug)]
pub enum EqualWhat {
    /// Two subtrees of one hash. Neither was read.
    Subtree {
        /// Their hash.
        hash: NodeHash,
        /// Their level, if a link states it.
        level: Option<u8>,
        /// The links to them, left and right.
        links: (Link, Link),
    },
    /// A record of the left and one of the right tree, with the same key and the same value.
    Record(NodeRecord, NodeRecord),
}

/// A subtree that could not be read. The records of the other tree between the same keys were not compared.
#[derive(Clone, Debug)]
pub struct Damage {
    /// The tree that is damaged.
    pub side: Side,
    /// The error.
    pub error: NodeError,
    /// The offsets of the nodes from the root to the parent of the damaged one.
    pub path: Vec<u64>,
    /// The last record before the gap in key order; `None` at the start.
    pub after: Option<NodeRecord>,
    /// The first record after the gap in key order; `None` at the end.
    pub before: Option<NodeRecord>,
}

/// A keyless node that a diff has read. No canonical tree has one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Keyless {
    /// Where its frame begins in the file, in bytes.
    pub offset: u64,
    /// Its level.
    pub level: u8,
    /// Whether it has no child either.
    pub phantom: bool,
}

/// The most keyless nodes that are listed one by one.
pub const MAX_KEYLESS: usize = 100;

/// The counts of one tree.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SideCounts {
    /// Nodes that were read, each once.
    pub nodes_read: u64,
    /// Nodes without keys among them.
    pub keyless: u64,
    /// The first [`MAX_KEYLESS`] keyless nodes.
    pub keyless_nodes: Vec<Keyless>,
    /// Records that were not compared, since the other tree is damaged between the same keys. Records in subtrees whose
    /// links do not count are not included.
    pub uncompared: u64,
    /// Keys that the build of the tree left out, as far as the comparison has come.
    pub left_out: u64,
    /// Rows that the build left out and whose key could not be read.
    pub rows_without_key: u64,
    /// Keys that the build left out and did not list.
    pub unlisted: u64,
}

/// The counts of a diff so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Records that only the left tree has.
    pub only_left: u64,
    /// Records that only the right tree has.
    pub only_right: u64,
    /// Keys with different values.
    pub changed: u64,
    /// Keys whose values differ by no more than the tolerance of each field that differs.
    pub within_tolerance: u64,
    /// Records that are equal, as far as they were counted.
    pub equal: u64,
    /// Whether [`Counts::equal`] is complete: no subtree was skipped whose links do not count.
    pub equal_is_exact: bool,
    /// Pairs of equal subtrees that were skipped.
    pub skipped: u64,
    /// Keys that were not compared, since a side left them out, or may have.
    pub not_compared: u64,
    /// Records that differ in the trees and agree in the sources, whose rows were fetched again. A diff of trees alone
    /// counts none.
    pub agree_now: u64,
    /// Whether the differences were checked again with rows fetched from the sources.
    pub rechecked: bool,
    /// Damaged places.
    pub damaged: u64,
    /// Records that could not be compared by value, since their bytes do not decode as the types of their tree.
    pub undecodable: u64,
    /// The counts of the left tree.
    pub left: SideCounts,
    /// The counts of the right tree.
    pub right: SideCounts,
}

impl Counts {
    /// The number of keys and rows that were left out when each tree was built, left and right.
    pub fn left_out(&self) -> (u64, u64) {
        let all = |side: &SideCounts| side.left_out + side.rows_without_key + side.unlisted;
        (all(&self.left), all(&self.right))
    }

    /// The number of records that differ by more than their tolerances.
    pub fn drifted(&self) -> u64 {
        self.only_left + self.only_right + self.changed
    }
}
