//! The types of a tree, and how far they are proved.

use std::sync::Arc;

use mst_types::{ItemError, ItemType, Type};

use super::TypedForm;
use crate::node::{Delimit, ItemForms};

/// Where the types come from.
///
/// Exhaustive on purpose: each source deserves a different degree of trust, which every `match` has to decide.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypingSource {
    /// The user gave them, and they fit.
    Given,
    /// The file names them, and they fit.
    File,
    /// They were inferred: the boundaries of keys and values are proved, the names are a guess.
    Guessed,
    /// No type that fits was given or found.
    Unknown,
}

/// The types of keys and values, and how far they are proved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Typing {
    /// The type of the keys; `None` if it is unknown.
    pub key: Option<ItemType>,
    /// The type of the values; `None` if it is unknown.
    pub value: Option<ItemType>,
    /// Where they come from.
    pub source: TypingSource,
    /// The number of sampled nodes that have the right hash under these types.
    pub proved: usize,
    /// The number of sampled nodes with keys.
    pub sampled: usize,
    /// Other types of keys and values with the same boundaries, the most plausible first.
    pub alternatives: Vec<(ItemType, ItemType)>,
    /// The index of these types among all guesses: 0 is the most plausible one.
    pub choice: usize,
    /// The types that were tried and refuted, as far as they are worth reporting.
    pub ruled_out: Vec<RuledOut>,
    /// How the types that the file names do not fit its records, if so. The tree can still be read.
    pub unfit: Option<Unfit>,
}

/// A way in which the types that a file names do not fit its records.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unfit {
    /// The schema of the commit is not a text of the types of keys and values.
    #[error("the schema of the commit @{commit} is not a text of the types of keys and values")]
    Schema {
        /// Where the commit begins.
        commit: u64,
    },
    /// A key is not of the type.
    #[error("a key in the node @{offset} is no {ty}, although the file says so: {error}")]
    Key {
        /// Where its node begins.
        offset: u64,
        /// The type.
        ty: Box<Type>,
        /// The error of decoding it.
        error: Box<ItemError>,
    },
    /// A value is not of the type.
    #[error("a value in the node @{offset} is no {ty}, although the file says so: {error}")]
    Value {
        /// Where its node begins.
        offset: u64,
        /// The type.
        ty: Box<Type>,
        /// The error of decoding it.
        error: Box<ItemError>,
    },
}

/// Types that were tried and are not those of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RuledOut {
    /// The type of the keys.
    pub key: Type,
    /// The type of the values.
    pub value: Type,
    /// The evidence against them.
    pub why: String,
}

impl Typing {
    pub(super) fn forms(&self) -> Option<ItemForms> {
        self.key.as_ref().map(|key| forms(&key.ty, self.value.as_ref().map(|value| &value.ty)))
    }

    /// Whether only the type of the keys is known: then values are delimited only where a node's hash shows their ends.
    pub fn is_of_keys_only(&self) -> bool {
        self.key.is_some() && self.value.is_none()
    }
}

/// The forms of keys, and of values if their type is known.
pub(super) fn forms(key: &Type, value: Option<&Type>) -> ItemForms {
    let value = value.map(|value| TypedForm::shared(value.clone()) as Arc<dyn Delimit>);
    ItemForms { key: TypedForm::shared(key.clone()), value }
}
