//! Keys and values of two trees held against each other by what they mean.

use std::sync::Arc;

use super::item::Side;
use mst_types::{Comparability, ItemType, Value};

/// A part that differs: where it is, and what each side has there.
type Change = (String, Option<Value>, Option<Value>);

/// The types of the items of two trees, and what they are to each other.
#[derive(Debug)]
pub(super) struct Items {
    pub(super) left: ItemType,
    pub(super) right: ItemType,
    pub(super) comparability: Comparability,
}

/// How records of two trees are compared by what they mean.
#[derive(Debug)]
pub(super) struct ByValue {
    /// None where the bytes of keys mean the same.
    pub(super) keys: Option<Arc<Items>>,
    pub(super) values: Items,
}

impl Items {
    fn decoded(&self, side: Side, stored: &[u8]) -> Option<Value> {
        let ty = match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        };
        ty.decode(stored).ok()
    }

    /// The form of an item that is common to both trees; none where its bytes are none of the type.
    pub(super) fn form(&self, side: Side, stored: &[u8]) -> Option<Vec<u8>> {
        let value = self.decoded(side, stored)?;
        match side {
            Side::Left => self.comparability.left_form(&value),
            Side::Right => self.comparability.right_form(&value),
        }
    }

    /// Whether two items are equal in all that can be compared; none where one cannot be decoded.
    pub(super) fn equal(&self, left: &[u8], right: &[u8]) -> Option<bool> {
        Some(self.form(Side::Left, left)? == self.form(Side::Right, right)?)
    }

    /// The parts in which two items differ by what they mean; none where one cannot be decoded.
    pub(super) fn changes(&self, left: &[u8], right: &[u8]) -> Option<Vec<Change>> {
        Some(self.comparability.changes(&self.decoded(Side::Left, left)?, &self.decoded(Side::Right, right)?))
    }
}
