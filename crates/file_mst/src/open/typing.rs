//! Finds the types of keys and values: as given, or as a few nodes prove.

use std::sync::Arc;

use super::infer::{Guess, Inference, keys_fit};
use super::keys_only::{self, KeysOnly};
use super::root::Root;
use super::sample::{self, Sample};
use super::{OpenError, OpenOptions, type_mismatch};
use crate::node::dialect::Dialect;
use crate::node::{Codec, Delimit, Frame, ItemForms, Link};
use mst_types::infer::name_items;
use mst_types::{ItemError, ItemType, Type, candidates};

use super::TypedForm;
use crate::storage::ReadAt;

/// The number of keys that are enough to prove plain types, even if other nodes contradict.
const ENOUGH_KEYS: usize = 16;

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

/// The dialect and the types that were found, and the frames that were read to find them.
pub(super) struct Evidence {
    pub(super) dialect: Dialect,
    pub(super) typing: Typing,
    pub(super) frames: Vec<Frame>,
}

/// Finds dialect and types from a sample of nodes, which includes those of the links `also`.
pub(super) fn find(
    storage: &dyn ReadAt,
    root: &Root,
    options: &OpenOptions,
    also: &[Link],
) -> Result<Evidence, OpenError> {
    let (key, value) = (options.key.as_ref(), options.value.as_ref());
    // The dialect that the file's form suggests comes first, and is kept if no hash can decide.
    let mut dialects = Dialect::PUBLISHED;
    dialects.sort_by_key(|dialect| (*dialect == Dialect::FileMstGit) != root.has_pointer);
    let [suggested, _] = dialects;

    let given = key.is_some() && value.is_some();
    // The nodes of one path are enough if they are sound and conclusive, and a screen shows them anyway.
    let with_others = |mut samples: Vec<Sample>| {
        let is_new = |other: &Sample| !samples.iter().any(|known| known.expected == other.expected);
        let others: Vec<_> = type_mismatch::samples(storage, root, also).into_iter().filter(is_new).collect();
        samples.extend(others);
        samples
    };
    let mut samples = with_others(sample::path(storage, root));
    let mut best = best_trial(&samples, dialects, key, value);
    let mut ruled_out = Vec::new();
    if best.proved < with_keys(&samples).count() || !given && (options.thorough || !best.is_plain(&samples)) {
        // Plain types that prove enough keys are not searched again just because some node is damaged.
        let settled =
            best.keys >= ENOUGH_KEYS && best.keys * 2 > key_count(with_keys(&samples)) && best.is_plain(&samples);
        samples = with_others(sample::wide(storage, root));
        best = Trial::default();
        if !given && (options.thorough || !settled) {
            let mut inference = Inference::new(with_keys(&samples).collect(), dialects, key, value);
            if let Some(guess) = inference.run() {
                best = Trial::of(guess, &samples);
            }
            ruled_out = inference.ruled_out;
        }
        if best.proved < with_keys(&samples).count() {
            best = best_trial(&samples, dialects, key, value).or(best);
        }
    }
    // A single value always fits some fixed width, so a guess that fails on most of the keys is dropped.
    if !given && best.keys < key_count(with_keys(&samples)) - best.keys {
        best = Trial::default();
    }
    let sampled = with_keys(&samples).count();
    if let (Some(key), Some(value)) = (key, value)
        && best.proved < sampled
    {
        let guess = best_trial(&samples, dialects, None, None);
        if (best.proved == 0 || guess.keys > best.keys)
            && let Some(refusal) = refusal(&samples, best.dialect.unwrap_or(suggested), key, value)
        {
            return Err(refusal);
        }
    }
    if let Some(key) = key
        && best.types.is_none()
        && with_keys(&samples).filter(|sample| !keys_fit(sample, key)).count() * 2 > sampled
    {
        return Err(OpenError::WrongKey { key: Box::new(key.clone()), offset: root.link.offset });
    }
    let frames = |samples: Vec<Sample>| samples.into_iter().map(|sample| sample.found.frame).collect();
    if best.types.is_none() && value.is_none() {
        let with_keys: Vec<_> = with_keys(&samples).collect();
        if let Some(KeysOnly { dialect, key: ty, proved }) = keys_only::find(&with_keys, dialects, key) {
            let source = if key.is_some() { TypingSource::Given } else { TypingSource::Guessed };
            let (key, alternatives) = (Some(ItemType::postcard(ty)), Vec::new());
            let typing =
                Typing { key, value: None, source, proved, sampled, alternatives, choice: 0, ruled_out, unfit: None };
            return Ok(Evidence { dialect, typing, frames: frames(samples) });
        }
    }
    let source = match (&best.types, key.and(value)) {
        (None, None) => TypingSource::Unknown,
        (Some(_), None) => TypingSource::Guessed,
        (_, Some(_)) => TypingSource::Given,
    };
    // Without records, given types cannot be wrong.
    let types = best.types.or_else(|| key.cloned().zip(value.cloned()));
    let items = |(key, value): (Type, Type)| (ItemType::postcard(key), ItemType::postcard(value));
    let (key, value) = types.map(items).unzip();
    let alternatives = best.alternatives.into_iter().map(items).collect();
    let typing =
        Typing { key, value, source, proved: best.proved, sampled, alternatives, choice: 0, ruled_out, unfit: None };
    Ok(Evidence { dialect: best.dialect.unwrap_or(suggested), typing, frames: frames(samples) })
}

fn with_keys(samples: &[Sample]) -> impl Iterator<Item = &Sample> {
    samples.iter().filter(|sample| sample.found.skeleton.key_count > 0)
}

fn key_count<'a>(samples: impl Iterator<Item = &'a Sample>) -> usize {
    samples.map(|sample| sample.found.skeleton.key_count).sum()
}

/// The types and the dialect that prove the nodes with most keys so far.
#[derive(Default)]
struct Trial {
    dialect: Option<Dialect>,
    types: Option<(Type, Type)>,
    proved: usize,
    /// The number of keys in the proved nodes.
    keys: usize,
    alternatives: Vec<(Type, Type)>,
}

impl Trial {
    /// The nodes that a guess proves.
    fn of(guess: Guess, samples: &[Sample]) -> Self {
        let Guess { dialect, key, value, alternatives } = guess;
        let mut trial = Self::default();
        trial.consider(samples, dialect, &key, &value);
        Self { alternatives, ..trial }
    }

    /// Takes these types if they prove nodes with more keys than the best types so far.
    fn consider(&mut self, samples: &[Sample], dialect: Dialect, key: &Type, value: &Type) {
        let codec = Codec { dialect, items: Some(forms(key, Some(value))) };
        let proved: Vec<_> = with_keys(samples).filter(|sample| sample.is_proved(&codec)).collect();
        let keys = key_count(proved.iter().copied());
        if keys > self.keys {
            let types = Some((key.clone(), value.clone()));
            *self = Self { dialect: Some(dialect), types, proved: proved.len(), keys, alternatives: Vec::new() };
        }
    }

    /// The one that proves more keys; `other` if both prove the same, since it was searched more thoroughly.
    fn or(self, other: Self) -> Self {
        if other.keys >= self.keys { other } else { self }
    }

    /// Whether the types have one field each and are so conclusive that a thorough search would find nothing else.
    fn is_plain(&self, samples: &[Sample]) -> bool {
        let Some((key, value)) = &self.types else { return false };
        let is_sized = |ty: &Type| matches!(ty, Type::String) || matches!(ty, Type::Vec(item) if **item == Type::U8);
        let plain = |ty: &Type| is_sized(ty) || *ty == Type::U64;
        let value_is_plain = plain(value) || *value == Type::Array(Box::new(Type::U8), 32) && self.is_opaque(samples);
        plain(key) && value_is_plain && !self.is_thin(samples)
    }

    /// Whether nothing but the length of the values can be inferred.
    fn is_opaque(&self, samples: &[Sample]) -> bool {
        let (Some(dialect), Some((key, value))) = (self.dialect, &self.types) else { return false };
        let codec = Codec { dialect, items: Some(forms(key, Some(value))) };
        let nodes: Vec<_> = with_keys(samples).filter_map(|sample| sample.parse(&codec).ok()).collect();
        let records = nodes.iter().flat_map(|node| (0..node.key_count()).filter_map(|index| node.record(index)));
        let values: Vec<_> = records.map(|record| record.value).collect();
        name_items(&values, None).first() == Some(value)
    }

    /// Whether the items of the sample are so short that they look the same under several types, like `None`, `false`,
    /// 0 and an empty text: then more of them must be read.
    fn is_thin(&self, samples: &[Sample]) -> bool {
        let (Some(dialect), Some((key, value))) = (self.dialect, &self.types) else { return false };
        let codec = Codec { dialect, items: Some(forms(key, Some(value))) };
        let nodes: Vec<_> = with_keys(samples).filter_map(|sample| sample.parse(&codec).ok()).collect();
        let records = || nodes.iter().flat_map(|node| (0..node.key_count()).filter_map(|index| node.record(index)));
        let longest_key = records().map(|record| record.stored_key.len()).max();
        let longest_value = records().map(|record| record.value.len()).max();
        longest_key.is_some_and(|length| length <= 1) || longest_value.is_some_and(|length| (1..=2).contains(&length))
    }
}

/// Tries all types that may fit, or the given ones, under the rules of all dialects. The first of equals wins, since
/// dialects and types are ranked.
fn best_trial(samples: &[Sample], dialects: [Dialect; 2], key: Option<&Type>, value: Option<&Type>) -> Trial {
    let pairs = match (key, value) {
        // Given types need no sections, which can be found only in sound nodes.
        (Some(key), Some(value)) => vec![(key.clone(), value.clone())],
        _ => {
            let sections: Vec<_> = with_keys(samples).flat_map(|sample| sample.found.sections()).collect();
            candidates(&sections, key, value)
        }
    };
    let mut best = Trial::default();
    for dialect in dialects {
        for (key, value) in &pairs {
            best.consider(samples, dialect, key, value);
        }
    }
    best
}

/// The error that these types do not fit: from the first node that they do not prove.
fn refusal(samples: &[Sample], dialect: Dialect, key: &Type, value: &Type) -> Option<OpenError> {
    let codec = Codec { dialect, items: Some(forms(key, Some(value))) };
    let refused = with_keys(samples).find(|sample| !sample.is_proved(&codec))?;
    Some(match refused.parse(&codec) {
        Err(error) => OpenError::WrongType { error },
        Ok(node) => OpenError::UnprovedType {
            key: Box::new(key.clone()),
            value: Box::new(value.clone()),
            offset: node.offset(),
            stored: node.stored_hash(),
            found: (dialect, node.hash().unwrap_or_default()),
        },
    })
}
