//! Whether two types mean the same, and how values of one are held against values of the other.
//!
//! `docs/TYPES.md` states the rules. In short: bytes say nothing by themselves, so two trees can be compared by their bytes
//! only where their types are the same but for the names of types. Where they are not, values are decoded and compared by
//! what they mean, field by field, wherever one kind of value can be held against the other exactly. What cannot is named.

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
    /// Each field of one can be held against the field of that name in the other exactly, once both are decoded.
    Convertible,
    /// Some field, or the whole, cannot be held against the other.
    NotComparable,
}

/// A part of two types that differs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TypeDifference {
    /// The way to it: `status`, `items[].price`; empty for the whole.
    pub path: String,
    /// The type on the left; none where the left has no such part.
    pub left: Option<Type>,
    /// The type on the right; none where the right has no such part.
    pub right: Option<Type>,
    /// In what they differ.
    pub differs: String,
    /// Whether decoded values of this part can be compared all the same.
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

/// One of two types.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Hand {
    Left,
    Right,
}

/// What two types are to each other; made by [`comparability`].
#[derive(Clone, Debug)]
pub struct Comparability {
    part: Part,
    differences: Vec<TypeDifference>,
    keeps_order: bool,
}

/// What two types are to each other, part by part. Symmetric: with the sides swapped it says the same with the sides
/// swapped.
///
/// ```
/// use mst_types::{Meaning, Type, comparability};
///
/// let left: Type = "{status: enum {open, paid}, amount: decimal(2)}".parse()?;
/// let right: Type = "{status: enum {paid, open}, amount: decimal(0)}".parse()?;
/// let found = comparability(&left, &right);
/// assert_eq!(found.meaning(), Meaning::Convertible);
/// assert_eq!(found.differences()[0].to_string(),
///     "status: the variants stand in another order: left enum {open, paid}, right enum {paid, open}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn comparability(left: &Type, right: &Type) -> Comparability {
    pair(left, right)
}

impl Comparability {
    /// The worst that is true of any part.
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

    /// Whether the order of values is one under both types, so that two sorted lists of them can be merged.
    pub fn keeps_order(&self) -> bool {
        self.keeps_order && self.meaning() != Meaning::NotComparable
    }

    /// Whether nothing of the values can be compared.
    pub fn compares_nothing(&self) -> bool {
        matches!(self.part, Part::Skipped)
    }

    /// The form of a value of the left type that is common to both: two values are equal in all that can be compared
    /// exactly if these bytes are, and where the [order is kept](Self::keeps_order) they sort as the values do. None where
    /// the value is not of the type.
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

    /// The smallest parts in which a value of the left and one of the right type differ by what they mean: the path, and
    /// what stands there on each side.
    pub fn changes(&self, left: &Value, right: &Value) -> Vec<(String, Option<Value>, Option<Value>)> {
        let mut out = Vec::new();
        changes::collect(&self.part, &mut String::new(), left, right, &mut out);
        out
    }
}
