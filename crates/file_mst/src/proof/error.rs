//! Why something is not proved.

use crate::node::NodeError;
use crate::node::hash::NodeHash;

/// Why no proof could be made.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// A node on the way cannot be read, or is not what its parent says.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The bounds of the range are not in order, so that no key lies between them.
    #[error("no key lies in the range: its start is not below its end")]
    EmptyRange,
    /// The nodes that it takes are more than a proof may have.
    #[error("the proof would take more than {most} bytes: ask for a smaller range")]
    TooLong {
        /// The most bytes there may be.
        most: usize,
    },
    /// The tree breaks a rule that the check holds it to, so nobody would accept the proof.
    #[error("the tree cannot be proved, it breaks a rule on the way: {0}. A converted copy can (mst-tui convert)")]
    Unsound(Refusal),
}

/// Why a proof is refused. Nothing of what it says is to be believed then.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It does not begin as a proof does.
    #[error("this is no proof: expected the magic of a proof, found other bytes")]
    NoProof,
    /// It was written by a newer version of this library.
    #[error("the proof is of version {found}, this program knows version {supported}: use a newer one")]
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
    /// Its last bytes are not the check of all before: it was cut or damaged on its way here.
    #[error("the proof is damaged: its check does not hold")]
    Damaged,
    /// Its bytes have not the form of a proof.
    #[error("the proof is malformed at byte {at}: expected {expected}")]
    Malformed {
        /// The byte that broke it.
        at: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// It was made for keys of another order than that of the root.
    #[error(
        "the proof is of a tree whose keys are ordered {found}, the root is said to be of one whose keys are ordered \
         {expected}"
    )]
    Order {
        /// The order that the one who checks knows of.
        expected: &'static str,
        /// The order that the proof is of.
        found: &'static str,
    },
    /// The bounds that it names are not in order.
    #[error("the proof answers nothing: the start of its range is not below the end")]
    EmptyRange,
    /// A node is not below its parent.
    #[error("a node of level {level} stands below one of level {above} (byte {at})")]
    Level {
        /// Where the node begins in the proof.
        at: usize,
        /// Its level.
        level: u8,
        /// The level of its parent.
        above: u8,
    },
    /// A key is of another level than its node: it could not be found there.
    #[error("a key of level {found} stands in a node of level {level} (byte {at})")]
    KeyLevel {
        /// Where the key's node begins in the proof.
        at: usize,
        /// The level of the node.
        level: u8,
        /// The level of the key, which its hash gives.
        found: u8,
    },
    /// A key is not above the one before it, or not between those of the nodes above.
    #[error("a key is out of order, or none of the type, in the node at byte {at}")]
    KeyOrder {
        /// Where the node begins in the proof.
        at: usize,
    },
    /// A child that may hold what is asked for is left out.
    #[error("the proof leaves out a part of the tree that it must show (byte {at})")]
    LeftOut {
        /// Where the child stands in the proof.
        at: usize,
    },
    /// A child that cannot hold what is asked for is there all the same.
    #[error("the proof shows a part of the tree that it must not show (byte {at})")]
    Superfluous {
        /// Where the child stands in the proof.
        at: usize,
    },
    /// It is of another tree.
    #[error("the proof leads to another root: expected {expected}, found {found}")]
    Root {
        /// The root hash that is trusted.
        expected: NodeHash,
        /// The root hash that comes out.
        found: NodeHash,
    },
}
