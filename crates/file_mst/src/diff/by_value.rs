//! Compares keys and values of two trees by meaning, after decoding them.

use std::sync::Arc;

use super::item::Side;
use mst_types::{Comparability, ItemType, Value};

/// A part that differs: its path, and the value on each side.
type Change = (String, Option<Value>, Option<Value>);

/// The types of the keys or values of two trees, and how these can be compared.
#[derive(Debug)]
pub(super) struct Items {
    pub(super) left: ItemType,
    pub(super) right: ItemType,
    pub(super) comparability: Comparability,
}

/// How records of two trees are compared by meaning.
#[derive(Debug)]
pub(super) struct ByValue {
    /// `None` if equal bytes of keys mean equal keys.
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

    /// An item in the form that is common to both trees; `None` if its bytes do not decode as the type.
    pub(super) fn form(&self, side: Side, stored: &[u8]) -> Option<Vec<u8>> {
        let value = self.decoded(side, stored)?;
        match side {
            Side::Left => self.comparability.left_form(&value),
            Side::Right => self.comparability.right_form(&value),
        }
    }

    /// Whether two items are equal in everything that can be compared; `None` if one cannot be decoded.
    pub(super) fn equal(&self, left: &[u8], right: &[u8]) -> Option<bool> {
        Some(self.form(Side::Left, left)? == self.form(Side::Right, right)?)
    }

    /// The parts in which two items differ in meaning; `None` if one cannot be decoded.
    pub(super) fn changes(&self, left: &[u8], right: &[u8]) -> Option<Vec<Change>> {
        Some(self.comparability.changes(&self.decoded(Side::Left, left)?, &self.decoded(Side::Right, right)?))
    }
}
