//! One word on two trees.

use super::item::{Counts, Damage, Item};
use super::stream::diff;
use crate::tree::Tree;

/// What two trees are to each other.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Verdict {
    /// They have one root hash, and so the same records in the same shape. Nothing was read.
    Same,
    /// They have the same records under two root hashes: keyless nodes stand in one of them (see
    /// [`SideCounts::keyless_nodes`](super::SideCounts::keyless_nodes)), or a key stands at another level than its hash
    /// gives it, or the two dialects hash other bytes of a key.
    SameRecords(Counts),
    /// Some records differ: [`Counts::only_left`], [`Counts::only_right`], [`Counts::changed`].
    Drifted(Counts),
    /// Parts could not be read, and so not compared. What could be is counted.
    CouldNotTell(Counts, Box<Damage>),
}

impl Verdict {
    /// What the counts of a diff that has come to its end mean; `damage` is the first damage it met.
    pub fn of(counts: Counts, roots_equal: bool, damage: Option<Box<Damage>>) -> Self {
        match damage {
            Some(damage) => Self::CouldNotTell(counts, damage),
            None if counts.drifted() > 0 => Self::Drifted(counts),
            None if roots_equal => Self::Same,
            None => Self::SameRecords(counts),
        }
    }
}

/// Compares the bytes of two trees without listing anything. Reads what [`diff`] reads; nothing where the roots are equal.
///
/// A tree does not know its types: what the bytes mean is for [`Comparison`](super::Comparison) to say.
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
