//! A short verdict on two trees.

use super::item::{Counts, Damage, Item};
use super::stream::diff;
use crate::tree::Tree;

/// The result of comparing the bytes of two trees.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Verdict {
    /// They have the same root hash, and so the same records in the same shape. Nothing was read.
    Same,
    /// They have the same records under different root hashes: one has keyless nodes (see
    /// [`SideCounts::keyless_nodes`](super::SideCounts::keyless_nodes)) or a key at another level than its hash gives
    /// it, or the dialects hash different bytes of a key.
    SameRecords(Counts),
    /// Some records differ: [`Counts::only_left`], [`Counts::only_right`], [`Counts::changed`].
    Drifted(Counts),
    /// Some parts could not be read and compared. The others are counted.
    CouldNotTell(Counts, Box<Damage>),
}

impl Verdict {
    /// The verdict from the counts of a finished diff; `damage` is its first damage.
    pub fn of(counts: Counts, roots_equal: bool, damage: Option<Box<Damage>>) -> Self {
        match damage {
            Some(damage) => Self::CouldNotTell(counts, damage),
            None if counts.drifted() > 0 => Self::Drifted(counts),
            None if roots_equal => Self::Same,
            None => Self::SameRecords(counts),
        }
    }
}

/// Compares the bytes of two trees without listing the differences. Reads the same nodes as [`diff`]; none if the roots
/// are equal.
///
/// A tree does not know its types: the meaning of the bytes is the subject of [`Comparison`](super::Comparison).
pub fn verdict(left: &Tree, right: &Tree) -> Verdict {
    let mut diff = diff(left, right);
    let both_empty = left.is_empty() && right.is_empty();
    let roots_equal = both_empty || diff.prunes() && left.root_link().hash == right.root_link().hash;
    let mut first = None;
    for item in &mut diff {
        if let (Item::Damage(damage), None) = (item, &first) {
            first = Some(damage);
        }
    }
    Verdict::of(diff.counts(), roots_equal, first)
}
