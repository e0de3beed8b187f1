//! Finds the types of keys and values: as given, or as a few nodes prove.

use mst_types::infer::name_items;
use mst_types::{ItemType, Type, candidates};

use super::infer::{Guess, Inference, keys_fit};
use super::keys_only::{self, KeysOnly};
use super::root::Root;
use super::sample::{self, Sample};
use super::types::{RuledOut, Typing, TypingSource, forms};
use super::{OpenError, OpenOptions};
use crate::node::dialect::Dialect;
use crate::node::{Codec, Frame, Link};
use crate::storage::ReadAt;

/// The number of keys that are enough to prove plain types, even if other nodes contradict.
const ENOUGH_KEYS: usize = 16;

/// The dialect and the types that were found, and the frames that were read to find them.
pub(super) struct Evidence {
    pub(super) dialect: Dialect,
    pub(super) typing: Typing,
    pub(super) frames: Vec<Frame>,
}

/// Finds dialect and types from a sample of nodes, which includes those of the links `also`. The stages are:
///
/// 1. Plain types, or the given ones, are tried on the nodes of one path.
/// 2. If these do not prove all nodes, or other types might fit too, nodes of the whole tree are sampled, and types are
///    searched thoroughly.
/// 3. A guess that fails on most keys is dropped.
/// 4. Given types that do not fit are refused.
/// 5. If there are no types, a type of the keys alone is searched.
pub(super) fn find(
    storage: &dyn ReadAt,
    root: &Root,
    options: &OpenOptions,
    also: &[Link],
) -> Result<Evidence, OpenError> {
    let mut search = Search::new(storage, root, options, also);
    search.on_one_path();
    if search.needs_wide_sample() {
        search.on_wide_sample();
    }
    search.drop_weak_guess();
    search.refuse_given_types()?;
    Ok(search.conclude())
}

/// The state of the search for dialect and types.
struct Search<'a> {
    storage: &'a dyn ReadAt,
    root: &'a Root,
    options: &'a OpenOptions,
    also: &'a [Link],
    /// The dialect that the file's form suggests comes first, and is kept if no hash can decide.
    dialects: [Dialect; 2],
    samples: Vec<Sample>,
    best: Trial,
    ruled_out: Vec<RuledOut>,
}

impl<'a> Search<'a> {
    fn new(storage: &'a dyn ReadAt, root: &'a Root, options: &'a OpenOptions, also: &'a [Link]) -> Self {
        let mut dialects = Dialect::PUBLISHED;
        dialects.sort_by_key(|dialect| (*dialect == Dialect::FileMstGit) != root.has_pointer);
        let (samples, best, ruled_out) = (Vec::new(), Trial::default(), Vec::new());
        Self { storage, root, options, also, dialects, samples, best, ruled_out }
    }

    /// The given types.
    fn given(&self) -> (Option<&'a Type>, Option<&'a Type>) {
        (self.options.key.as_ref(), self.options.value.as_ref())
    }

    /// Whether both types are given.
    fn both_given(&self) -> bool {
        self.options.key.is_some() && self.options.value.is_some()
    }

    /// The number of sampled nodes with keys.
    fn sampled(&self) -> usize {
        with_keys(&self.samples).count()
    }

    /// Takes these samples, and those of the links `also`.
    fn sample(&mut self, mut samples: Vec<Sample>) {
        let is_new = |other: &Sample| !samples.iter().any(|known| known.expected == other.expected);
        let others: Vec<_> = sample::of_links(self.storage, self.root, self.also).into_iter().filter(is_new).collect();
        samples.extend(others);
        self.samples = samples;
    }

    /// The best of the candidates, or of the given types.
    fn best_trial(&self) -> Trial {
        let (key, value) = self.given();
        best_trial(&self.samples, self.dialects, key, value)
    }

    /// Stage 1. The nodes of one path are enough if they are sound and conclusive, and a screen shows them anyway.
    fn on_one_path(&mut self) {
        self.sample(sample::path(self.storage, self.root));
        self.best = self.best_trial();
    }

    fn needs_wide_sample(&self) -> bool {
        let is_unproved = self.best.proved < self.sampled();
        is_unproved || !self.both_given() && (self.options.thorough || !self.best.is_plain(&self.samples))
    }

    /// Stage 2.
    fn on_wide_sample(&mut self) {
        // Plain types that prove enough keys are not searched again just because some node is damaged.
        let settled = self.best.keys >= ENOUGH_KEYS
            && self.best.keys * 2 > key_count(with_keys(&self.samples))
            && self.best.is_plain(&self.samples);
        self.sample(sample::wide(self.storage, self.root));
        self.best = Trial::default();
        if !self.both_given() && (self.options.thorough || !settled) {
            let (key, value) = self.given();
            let mut inference = Inference::new(with_keys(&self.samples).collect(), self.dialects, key, value);
            if let Some(guess) = inference.run() {
                self.best = Trial::of(guess, &self.samples);
            }
            self.ruled_out = inference.ruled_out;
        }
        if self.best.proved < self.sampled() {
            self.best = self.best_trial().or(std::mem::take(&mut self.best));
        }
    }

    /// Stage 3. A single value always fits some fixed width, so a guess that fails on most of the keys is no evidence.
    fn drop_weak_guess(&mut self) {
        if !self.both_given() && self.best.keys < key_count(with_keys(&self.samples)) - self.best.keys {
            self.best = Trial::default();
        }
    }

    /// Stage 4.
    fn refuse_given_types(&self) -> Result<(), OpenError> {
        let (best, samples, sampled) = (&self.best, &self.samples, self.sampled());
        let [suggested, _] = self.dialects;
        if let (Some(key), Some(value)) = self.given()
            && best.proved < sampled
        {
            let guess = best_trial(samples, self.dialects, None, None);
            if (best.proved == 0 || guess.keys > best.keys)
                && let Some(refusal) = refusal(samples, best.dialect.unwrap_or(suggested), key, value)
            {
                return Err(refusal);
            }
        }
        if let Some(key) = self.given().0
            && best.types.is_none()
            && with_keys(samples).filter(|sample| !keys_fit(sample, key)).count() * 2 > sampled
        {
            return Err(OpenError::WrongKey { key: Box::new(key.clone()), offset: self.root.link.offset });
        }
        Ok(())
    }

    /// Stage 5, and the result.
    fn conclude(self) -> Evidence {
        let (key, value) = self.given();
        let sampled = self.sampled();
        let Self { dialects, samples, best, ruled_out, .. } = self;
        let [suggested, _] = dialects;
        let frames = |samples: Vec<Sample>| samples.into_iter().map(|sample| sample.found.frame).collect();
        if best.types.is_none() && value.is_none() {
            let with_keys: Vec<_> = with_keys(&samples).collect();
            if let Some(KeysOnly { dialect, key: ty, proved }) = keys_only::find(&with_keys, dialects, key) {
                let source = if key.is_some() { TypingSource::Given } else { TypingSource::Guessed };
                let (key, alternatives) = (Some(ItemType::postcard(ty)), Vec::new());
                let (value, choice, unfit) = (None, 0, None);
                let typing = Typing { key, value, source, proved, sampled, alternatives, choice, ruled_out, unfit };
                return Evidence { dialect, typing, frames: frames(samples) };
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
        let (proved, choice, unfit) = (best.proved, 0, None);
        let typing = Typing { key, value, source, proved, sampled, alternatives, choice, ruled_out, unfit };
        Evidence { dialect: best.dialect.unwrap_or(suggested), typing, frames: frames(samples) }
    }
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
