//! What a proof answers.

use std::cmp::Ordering;
use std::ops::Bound;

use super::KeyOrder;

/// What is asked of a tree: one key, or all keys between two bounds. Keys are the bytes that the hashes see, see
/// [`Codec::hashed_key`](crate::node::Codec::hashed_key).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Question {
    /// Which value the key has, if it is there.
    Key(Vec<u8>),
    /// All records whose keys lie between the bounds.
    Range(Bound<Vec<u8>>, Bound<Vec<u8>>),
}

/// How a key stands to the keys that are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    Before,
    Within,
    Behind,
}

impl Question {
    /// Asks for one key.
    pub fn key(key: impl Into<Vec<u8>>) -> Self {
        Self::Key(key.into())
    }

    fn bounds(&self) -> (Bound<&[u8]>, Bound<&[u8]>) {
        match self {
            Self::Key(key) => (Bound::Included(key), Bound::Included(key)),
            Self::Range(start, end) => (start.as_ref().map(Vec::as_slice), end.as_ref().map(Vec::as_slice)),
        }
    }

    /// The keys of the bounds that are asked for themselves.
    pub(super) fn included(&self) -> (Option<&[u8]>, Option<&[u8]>) {
        let key = |bound| match bound {
            Bound::Included(key) => Some(key),
            Bound::Excluded(_) | Bound::Unbounded => None,
        };
        let (start, end) = self.bounds();
        (key(start), key(end))
    }

    /// Whether some key could be meant: the bounds are in order.
    pub(super) fn is_sound(&self, order: &KeyOrder) -> bool {
        match self.bounds() {
            (Bound::Unbounded, _) | (_, Bound::Unbounded) => true,
            (Bound::Included(start), Bound::Included(end)) => {
                order.compare(start, end).is_some_and(|order| order != Ordering::Greater)
            }
            (Bound::Included(start) | Bound::Excluded(start), Bound::Included(end) | Bound::Excluded(end)) => {
                order.compare(start, end) == Some(Ordering::Less)
            }
        }
    }

    /// How `key` stands to what is asked for; none where it cannot be compared.
    pub(super) fn side(&self, order: &KeyOrder, key: &[u8]) -> Option<Side> {
        let (start, end) = self.bounds();
        let before = match start {
            Bound::Unbounded => false,
            Bound::Included(start) => order.compare(key, start)? == Ordering::Less,
            Bound::Excluded(start) => order.compare(key, start)? != Ordering::Greater,
        };
        let behind = match end {
            Bound::Unbounded => false,
            Bound::Included(end) => order.compare(key, end)? == Ordering::Greater,
            Bound::Excluded(end) => order.compare(key, end)? != Ordering::Less,
        };
        Some(if before {
            Side::Before
        } else if behind {
            Side::Behind
        } else {
            Side::Within
        })
    }

    /// Whether a subtree of which all keys lie strictly between `low` and `high` (none: no limit) may hold a key that is
    /// asked for. The bounds' own keys lie in such a subtree only if they are not `low` or `high` themselves.
    pub(super) fn reaches(&self, order: &KeyOrder, low: Option<&[u8]>, high: Option<&[u8]>) -> Option<bool> {
        let (start, end) = self.bounds();
        let above_start = match (start, high) {
            (Bound::Included(start) | Bound::Excluded(start), Some(high)) => {
                order.compare(high, start)? == Ordering::Greater
            }
            _ => true,
        };
        let below_end = match (end, low) {
            (Bound::Included(end) | Bound::Excluded(end), Some(low)) => order.compare(low, end)? == Ordering::Less,
            _ => true,
        };
        Some(above_start && below_end)
    }
}
