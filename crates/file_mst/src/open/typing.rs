//! Which types keys and values have: as given, or as a few nodes prove.

use std::sync::Arc;

use super::alone::{self, Alone};
use super::infer::{Guess, Inference, keys_fit};
use super::root::Root;
use super::sample::{self, Sample};
use super::{OpenError, OpenOptions, misfit};
use crate::node::dialect::Dialect;
use crate::node::{Codec, Delimit, Frame, ItemForms, Link};
use mst_types::infer::name_items;
use mst_types::{ItemError, ItemType, Type, candidates};

use super::TypedForm;
use crate::storage::ReadAt;

/// So many keys prove plain types, whatever other nodes say.
const ENOUGH_KEYS: usize = 16;

/// Where the types come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypingSource {
    /// The user named them, and they fit.
    Given,
    /// The file names them, and they fit.
    File,
    /// They were tried, and they fit: the boundaries of keys and values are proved, the names are a guess.
    Guessed,
    /// No type was given or found that fits.
    Unknown,
}

/// The types of keys and values, and how far they are proved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Typing {
    /// The type of the keys; none where it is unknown.
    pub key: Option<ItemType>,
    /// The type of the values; none where it is unknown.
    pub value: Option<ItemType>,
    /// Where they come from.
    pub source: TypingSource,
    /// How many of the sampled nodes have the right hash under these types.
    pub proved: usize,
    /// How many nodes with keys were read to find out.
    pub sampled: usize,
    /// Other types of keys and values with the same boundaries, the most plausible first.
    pub alternatives: Vec<(ItemType, ItemType)>,
    /// Which of all guesses these types are: 0 for the most plausible one, up to the number of the alternatives.
    pub choice: usize,
    /// What was tried in vain, as far as it is worth telling.
    pub ruled_out: Vec<RuledOut>,
    /// What of the types that the file names does not fit its records. The tree can be read all the same.
    pub unfit: Option<Unfit>,
}

/// Why the types that a file names are not those of its records.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unfit {
    /// The commit notes something else than the types of keys and values.
    #[error("the commit @{commit} notes no types of keys and values, but another text")]
    Schema {
        /// Where the commit begins.
        commit: u64,
    },
    /// A key is not of the type.
    #[error("a key in the node @{offset} is no {ty}, as the file says: {error}")]
    Key {
        /// Where its node begins.
        offset: u64,
        /// The type.
        ty: Box<Type>,
        /// What is wrong with it.
        error: Box<ItemError>,
    },
    /// A value is not of the type.
    #[error("a value in the node @{offset} is no {ty}, as the file says: {error}")]
    Value {
        /// Where its node begins.
        offset: u64,
        /// The type.
        ty: Box<Type>,
        /// What is wrong with it.
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
    /// What speaks against them.
    pub why: String,
}

impl Typing {
    pub(super) fn forms(&self) -> Option<ItemForms> {
        self.key.as_ref().map(|key| forms(&key.ty, self.value.as_ref().map(|value| &value.ty)))
    }

    /// Whether only the type of the keys is known: then values are told apart only where a node's hash shows their ends.
    pub fn is_of_keys_only(&self) -> bool {
        self.key.is_some() && self.value.is_none()
    }
}

/// The forms of keys, and of values where their type is known.
pub(super) fn forms(key: &Type, value: Option<&Type>) -> ItemForms {
    let value = value.map(|value| TypedForm::shared(value.clone()) as Arc<dyn Delimit>);
    ItemForms { key: TypedForm::shared(key.clone()), value }
}

/// What was found out, and the frames that were read for it.
pub(super) struct Evidence {
    pub(super) dialect: Dialect,
    pub(super) typing: Typing,
    pub(super) frames: Vec<Frame>,
}

/// Finds dialect and types from a sample of nodes, to which those of the links `also` belong.
pub(super) fn find(
    storage: &dyn ReadAt,
    root: &Root,
    options: &OpenOptions,
    also: &[Link],
) -> Result<Evidence, OpenError> {
    let (key, value) = (options.key.as_ref(), options.value.as_ref());
    // The rule that the file's form suggests comes first, and stays where no hash can decide.
    let mut dialects = Dialect::PUBLISHED;
    dialects.sort_by_key(|dialect| (*dialect == Dialect::FileMstGit) != root.has_pointer);
    let [suggested, _] = dialects;

    let given = key.is_some() && value.is_some();
    // The nodes of one path are enough where they are sound and telling, and a screen shows them anyway.
    let with_others = |mut samples: Vec<Sample>| {
        let is_new = |other: &Sample| !samples.iter().any(|known| known.expected == other.expected);
        let others: Vec<_> = misfit::samples(storage, root, also).into_iter().filter(is_new).collect();
        samples.extend(others);
        samples
    };
    let mut samples = with_others(sample::path(storage, root));
    let mut best = best_trial(&samples, dialects, key, value);
    let mut ruled_out = Vec::new();
    if best.proved < with_keys(&samples).count() || !given && (options.thorough || !best.is_plain(&samples)) {
        // What is plain and proves enough is not looked for again because some node is damaged.
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
    // One value alone always has some fixed width. A guess that fails on most of what was seen is none.
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
        if let Some(Alone { dialect, key: ty, proved }) = alone::find(&with_keys, dialects, key) {
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
    // Where there is no record, given types cannot be wrong.
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

/// The types and the dialect that prove the nodes with most keys.
#[derive(Default)]
struct Trial {
    dialect: Option<Dialect>,
    types: Option<(Type, Type)>,
    proved: usize,
    /// How many keys the proved nodes have.
    keys: usize,
    alternatives: Vec<(Type, Type)>,
}

impl Trial {
    /// What a guess proves.
    fn of(guess: Guess, samples: &[Sample]) -> Self {
        let Guess { dialect, key, value, alternatives } = guess;
        let mut trial = Self::default();
        trial.hold(samples, dialect, &key, &value);
        Self { alternatives, ..trial }
    }

    /// Takes these types if they prove the nodes of more keys than those before.
    fn hold(&mut self, samples: &[Sample], dialect: Dialect, key: &Type, value: &Type) {
        let codec = Codec { dialect, items: Some(forms(key, Some(value))) };
        let proved: Vec<_> = with_keys(samples).filter(|sample| sample.is_proved(&codec)).collect();
        let keys = key_count(proved.iter().copied());
        if keys > self.keys {
            let types = Some((key.clone(), value.clone()));
            *self = Self { dialect: Some(dialect), types, proved: proved.len(), keys, alternatives: Vec::new() };
        }
    }

    /// The one that proves more; among equals `other`, which was found with more care.
    fn or(self, other: Self) -> Self {
        if other.keys >= self.keys { other } else { self }
    }

    /// Whether the types are of one field each, and so telling that a closer look would find nothing else.
    fn is_plain(&self, samples: &[Sample]) -> bool {
        let Some((key, value)) = &self.types else { return false };
        let is_sized = |ty: &Type| matches!(ty, Type::String) || matches!(ty, Type::Vec(item) if **item == Type::U8);
        let plain = |ty: &Type| is_sized(ty) || *ty == Type::U64;
        let value_is_plain = plain(value) || *value == Type::Array(Box::new(Type::U8), 32) && self.is_opaque(samples);
        plain(key) && value_is_plain && !self.is_thin(samples)
    }

    /// Whether nothing in the values but their length can be told.
    fn is_opaque(&self, samples: &[Sample]) -> bool {
        let (Some(dialect), Some((key, value))) = (self.dialect, &self.types) else { return false };
        let codec = Codec { dialect, items: Some(forms(key, Some(value))) };
        let nodes: Vec<_> = with_keys(samples).filter_map(|sample| sample.parse(&codec).ok()).collect();
        let records = nodes.iter().flat_map(|node| (0..node.key_count()).filter_map(|index| node.record(index)));
        let values: Vec<_> = records.map(|record| record.value).collect();
        name_items(&values, None).first() == Some(value)
    }

    /// Whether the items of the sample are so short that they would look the same under other types, as `None`,
    /// `false`, 0 and an empty text do: then more of them must be seen.
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

/// Tries all types that may fit, or the one that is given, under the rules of all dialects. Among equals the first wins:
/// dialects and types are ranked.
fn best_trial(samples: &[Sample], dialects: [Dialect; 2], key: Option<&Type>, value: Option<&Type>) -> Trial {
    let pairs = match (key, value) {
        // No need to know where the links begin, which only a sound node shows.
        (Some(key), Some(value)) => vec![(key.clone(), value.clone())],
        _ => {
            let sections: Vec<_> = with_keys(samples).flat_map(|sample| sample.found.sections()).collect();
            candidates(&sections, key, value)
        }
    };
    let mut best = Trial::default();
    for dialect in dialects {
        for (key, value) in &pairs {
            best.hold(samples, dialect, key, value);
        }
    }
    best
}

/// Why these types do not fit: what the first node says that they do not prove.
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
