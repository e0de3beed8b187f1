//! What a diff finds.

use crate::hash::NodeHash;
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
    /// How many records differ.
    pub fn drifted(&self) -> u64 {
        self.only_left + self.only_right + self.changed
    }
}
