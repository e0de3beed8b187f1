//! Which types keys and values have: as given, or as a few nodes prove.

use super::OpenError;
use super::root::Root;
use crate::dialect::Dialect;
use crate::hash::NodeHash;
use crate::node::{Codec, Frame, ItemForms, Node, NodeError};
use crate::scan::Found;
use crate::schema::{Type, TypedForm, candidates};
use crate::storage::ReadAt;

/// How many nodes at most are read to find out dialect and types.
const SAMPLE: usize = 16;

/// Where the types come from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypingSource {
    /// The user named them, and the hashes come out.
    Given,
    /// They were tried, and the hashes come out: the boundaries of keys and values are proved, the names are a guess.
    Guessed,
    /// No type was given or found under which the hashes come out.
    Unknown,
}

/// The types of keys and values, and how far they are proved.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Typing {
    /// The types; none where they are unknown.
    pub types: Option<(Type, Type)>,
    /// Where they come from.
    pub source: TypingSource,
    /// How many of the sampled nodes have the right hash under these types.
    pub proved: usize,
    /// How many nodes with keys were read to find out.
    pub sampled: usize,
}

impl Typing {
    /// The type of the keys.
    pub fn key(&self) -> Option<&Type> {
        self.types.as_ref().map(|(key, _)| key)
    }

    /// The type of the values.
    pub fn value(&self) -> Option<&Type> {
        self.types.as_ref().map(|(_, value)| value)
    }

    pub(super) fn forms(&self) -> Option<ItemForms> {
        self.types.as_ref().map(|(key, value)| forms(key, value))
    }
}

fn forms(key: &Type, value: &Type) -> ItemForms {
    ItemForms { key: TypedForm::shared(key.clone()), value: TypedForm::shared(value.clone()) }
}

/// A node, and the hash that must come out of it.
struct Sample {
    found: Found,
    expected: NodeHash,
}

/// What was found out, and the frames that were read for it.
pub(super) struct Evidence {
    pub(super) dialect: Dialect,
    pub(super) typing: Typing,
    pub(super) frames: Vec<Frame>,
}

pub(super) fn find(
    storage: &dyn ReadAt,
    root: &Root,
    key: Option<&Type>,
    value: Option<&Type>,
) -> Result<Evidence, OpenError> {
    // The rule that the file's form suggests comes first, and stays where no hash can decide.
    let mut dialects = Dialect::PUBLISHED;
    dialects.sort_by_key(|dialect| (*dialect == Dialect::FileMstGit) != root.has_pointer);
    let [suggested, _] = dialects;

    let given = key.is_some() && value.is_some();
    // The nodes of one path are enough where they are sound and telling, and a screen shows them anyway.
    let mut samples = sample(storage, root, 1);
    let mut best = best_trial(&samples, dialects, key, value);
    if best.proved < with_keys(&samples).count() || !given && best.is_thin(&samples) {
        samples = sample(storage, root, 4);
        best = best_trial(&samples, dialects, key, value);
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
    let source = match (&best.types, key.and(value)) {
        (None, None) => TypingSource::Unknown,
        (Some(_), None) => TypingSource::Guessed,
        (_, Some(_)) => TypingSource::Given,
    };
    // Where there is no record, given types cannot be wrong.
    let types = best.types.or_else(|| key.cloned().zip(value.cloned()));
    let typing = Typing { types, source, proved: best.proved, sampled };
    let frames = samples.into_iter().map(|sample| sample.found.frame).collect();
    Ok(Evidence { dialect: best.dialect.unwrap_or(suggested), typing, frames })
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
}

impl Trial {
    /// Whether the items of the sample are so short that they would look the same under other types, as `None`,
    /// `false`, 0 and an empty text do: then more of them must be seen.
    fn is_thin(&self, samples: &[Sample]) -> bool {
        let (Some(dialect), Some((key, value))) = (self.dialect, &self.types) else { return false };
        let codec = Codec { dialect, items: Some(forms(key, value)) };
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
            let codec = Codec { dialect, items: Some(forms(key, value)) };
            let proved: Vec<_> = with_keys(samples).filter(|sample| sample.is_proved(&codec)).collect();
            let keys = key_count(proved.iter().copied());
            if keys > best.keys {
                let types = Some((key.clone(), value.clone()));
                best = Trial { dialect: Some(dialect), types, proved: proved.len(), keys };
            }
        }
    }
    best
}

/// Why these types do not fit: what the first node says that they do not prove.
fn refusal(samples: &[Sample], dialect: Dialect, key: &Type, value: &Type) -> Option<OpenError> {
    let codec = Codec { dialect, items: Some(forms(key, value)) };
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

/// Nodes from the root down, at most `fan` children of each. Only nodes that carry the hash that their parent's link
/// names.
fn sample(storage: &dyn ReadAt, root: &Root, fan: usize) -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut waiting = vec![Sample { found: root.found.clone(), expected: root.link.hash }];
    while let Some(sample) = waiting.pop().filter(|_| samples.len() < SAMPLE) {
        let links = sample.found.skeleton.links.links.iter().filter(|link| !link.is_empty());
        let children = links.take(fan).filter_map(|link| {
            let found = Found::at(storage, link.offset).ok()?;
            (found.link() == *link).then_some(Sample { found, expected: link.hash })
        });
        waiting.extend(children);
        samples.push(sample);
    }
    samples
}

impl Sample {
    fn parse(&self, codec: &Codec) -> Result<Node, NodeError> {
        Node::parse_published(Frame::clone(&self.found.frame), codec)
    }

    fn is_proved(&self, codec: &Codec) -> bool {
        self.parse(codec).is_ok_and(|node| node.hash() == Some(self.expected))
    }
}
