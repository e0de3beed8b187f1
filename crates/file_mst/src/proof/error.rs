//! Errors of making and checking proofs.

use crate::node::NodeError;
use crate::node::hash::NodeHash;

/// A proof could not be made.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// A node on the path cannot be read, or is not the one that its parent's link describes.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The bounds of the range are not in order, so no key lies between them.
    #[error("no key lies in the range: its start is not below its end")]
    EmptyRange,
    /// The nodes of the range exceed the limit of a proof.
    #[error("the proof would take more than {most} bytes: ask for a smaller range")]
    TooLong {
        /// The most bytes there may be.
        most: usize,
    },
    /// The tree breaks a rule of the check, so the proof would be refused.
    #[error(
        "the tree cannot be proved, because it breaks a rule: {0}. A converted copy can be proved (mst-tui convert)"
    )]
    Unsound(Refusal),
}

/// A proof is refused. None of its statements can be trusted then.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It does not begin with the magic of a proof.
    #[error("this is no proof: expected the magic of a proof, found other bytes")]
    NoProof,
    /// It was written by a newer version of this library.
    #[error("the proof has version {found}, this program knows version {supported}: use a newer program")]
    NewerVersion {
        /// The proof's version.
        found: u8,
        /// The version known here.
        supported: u8,
    },
    /// It is longer than any proof.
    #[error("the proof has {found} bytes, the most is {most}")]
    TooLong {
        /// Its length.
        found: usize,
        /// The most bytes there may be.
        most: usize,
    },
    /// Its last bytes are not the check of those before: it was cut off or damaged.
    #[error("the proof is damaged: its check does not hold")]
    Damaged,
    /// Its bytes do not have the form of a proof.
    #[error("the proof is malformed at byte {at}: expected {expected}")]
    Malformed {
        /// The offending byte.
        at: usize,
        /// The expected content.
        expected: &'static str,
    },
    /// It was made for keys in another order than those of the root.
    #[error(
        "the proof is of a tree whose keys are ordered {found}, but those of the given root are ordered {expected}"
    )]
    Order {
        /// The order of keys given for the root.
        expected: &'static str,
        /// The order of keys in the proof.
        found: &'static str,
    },
    /// Its bounds are not in order.
    #[error("the proof answers nothing: the start of its range is not below the end")]
    EmptyRange,
    /// The level of a node is not below that of its parent (I9).
    #[error("a node of level {level} is a child of one of level {above} (byte {at})")]
    Level {
        /// Where the node begins in the proof.
        at: usize,
        /// Its level.
        level: u8,
        /// The level of its parent.
        above: u8,
    },
    /// A key has another level than its node (I10), so a search would not find it there.
    #[error("a key of level {found} is in a node of level {level} (byte {at})")]
    KeyLevel {
        /// Where the key's node begins in the proof.
        at: usize,
        /// The level of the node.
        level: u8,
        /// The level of the key, from its hash.
        found: u8,
    },
    /// A key is not greater than the one before it, or not between those of the nodes above (I11).
    #[error("a key is out of order, or none of the type, in the node at byte {at}")]
    KeyOrder {
        /// Where the node begins in the proof.
        at: usize,
    },
    /// A child that may hold requested keys is left out.
    #[error("the proof leaves out a part of the tree that it must show (byte {at})")]
    LeftOut {
        /// Where the child stands in the proof.
        at: usize,
    },
    /// A child that cannot hold requested keys is included.
    #[error("the proof shows a part of the tree that it must not show (byte {at})")]
    Superfluous {
        /// Where the child stands in the proof.
        at: usize,
    },
    /// It is a proof about another tree.
    #[error("the proof leads to another root: expected {expected}, found {found}")]
    Root {
        /// The trusted root hash.
        expected: NodeHash,
        /// The root hash computed from the proof.
        found: NodeHash,
    },
}
