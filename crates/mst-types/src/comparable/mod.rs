//! Whether two types mean the same, and how values of one are compared with values of the other.
//!
//! `docs/TYPES.md` states the rules. In short: bytes have no meaning by themselves, so two trees can be compared by
//! their bytes only if their types are the same except for names of types. Otherwise values are decoded and compared by
//! meaning, field by field, wherever one kind of value can be compared with the other exactly. Parts that cannot be
//! compared are named.

mod changes;
mod leaf;
mod normal;
mod pairing;

use std::fmt;

use super::{Type, Value};
use pairing::{Part, pair};

/// Whether values of two types can be compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Meaning {
    /// The types mean the same: two values are equal exactly if their bytes are.
    Same,
    /// Once both are decoded, each field can be compared exactly with the field of the same name on the other side.
    Convertible,
    /// Some field, or the whole value, cannot be compared.
    NotComparable,
}

/// A part of two types that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeDifference {
    /// The path of the part: `status`, `items[].price`; empty for the whole type.
    pub path: String,
    /// The type on the left; `None` if the left has no such part.
    pub left: Option<Type>,
    /// The type on the right; `None` if the right has no such part.
    pub right: Option<Type>,
    /// How they differ.
    pub differs: String,
    /// Whether decoded values of this part can still be compared.
    pub comparable: bool,
}

impl fmt::Display for TypeDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |ty: &Option<Type>| ty.as_ref().map_or_else(|| "none".to_owned(), Type::to_string);
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "{}: left {}, right {}", self.differs, name(&self.left), name(&self.right))
    }
}

/// The left or the right one of two types.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Hand {
    Left,
    Right,
}

/// The result of comparing two types; made by [`comparability`].
#[derive(Clone, Debug)]
pub struct Comparability {
    part: Part,
    differences: Vec<TypeDifference>,
    keeps_order: bool,
}

/// Compares two types part by part. The relation is symmetric: swapping the arguments swaps the sides of the result.
///
/// ```
/// use mst_types::{Meaning, Type, comparability};
///
/// let left: Type = "{status: enum {open, paid}, amount: decimal(2)}".parse()?;
/// let right: Type = "{status: enum {paid, open}, amount: decimal(0)}".parse()?;
/// let found = comparability(&left, &right);
/// assert_eq!(found.meaning(), Meaning::Convertible);
/// assert_eq!(found.differences()[0].to_string(),
///     "status: the variants are in a different order: left enum {open, paid}, right enum {paid, open}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn comparability(left: &Type, right: &Type) -> Comparability {
    pair(left, right)
}

impl Comparability {
    /// The worst meaning of all parts.
    pub fn meaning(&self) -> Meaning {
        let worst = |difference: &TypeDifference| match difference.comparable {
            true => Meaning::Convertible,
            false => Meaning::NotComparable,
        };
        self.differences.iter().map(worst).max().unwrap_or(Meaning::Same)
    }

    /// All parts that differ.
    pub fn differences(&self) -> &[TypeDifference] {
        &self.differences
    }

    /// Whether values are in the same order under both types, so that two sorted lists of them can be merged.
    pub fn keeps_order(&self) -> bool {
        self.keeps_order && self.meaning() != Meaning::NotComparable
    }

    /// Whether no part of the values can be compared.
    pub fn compares_nothing(&self) -> bool {
        matches!(self.part, Part::Skipped)
    }

    /// The common form of a value of the left type: two values are equal in all comparable parts exactly if these bytes
    /// are equal, and if the [order is kept](Self::keeps_order) the bytes sort like the values. `None` if the value is
    /// not of the type.
    pub fn left_form(&self, value: &Value) -> Option<Vec<u8>> {
        self.form(Hand::Left, value)
    }

    /// [`Comparability::left_form`] of a value of the right type.
    pub fn right_form(&self, value: &Value) -> Option<Vec<u8>> {
        self.form(Hand::Right, value)
    }

    fn form(&self, hand: Hand, value: &Value) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        normal::push(&self.part, hand, &value.kind, &mut out)?;
        Some(out)
    }

    /// The smallest parts in which a value of the left type and one of the right type differ in meaning: the path, and
    /// the value on each side.
    pub fn changes(&self, left: &Value, right: &Value) -> Vec<(String, Option<Value>, Option<Value>)> {
        let mut out = Vec::new();
        changes::collect(&self.part, &mut String::new(), left, right, &mut out);
        out
    }
}
