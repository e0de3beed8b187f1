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

/// How a pair of types does on the sample under one dialect's rule.
struct Trial {
    dialect: Dialect,
    key: Type,
    value: Type,
    proved: usize,
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
    // The nodes of one path are enough where they are sound, and a screen shows them anyway.
    let mut samples = sample(storage, root, 1);
    let (mut dialect, mut typing) = decide(&samples, root, key, value)?;
    if typing.proved < typing.sampled || typing.sampled == 0 {
        samples = sample(storage, root, 4);
        (dialect, typing) = decide(&samples, root, key, value)?;
    }
    Ok(Evidence { dialect, typing, frames: samples.into_iter().map(|sample| sample.found.frame).collect() })
}

fn decide(
    samples: &[Sample],
    root: &Root,
    key: Option<&Type>,
    value: Option<&Type>,
) -> Result<(Dialect, Typing), OpenError> {
    // The rule that the file's form suggests comes first, and stays where no hash can decide.
    let mut dialects = Dialect::PUBLISHED;
    dialects.sort_by_key(|dialect| (*dialect == Dialect::FileMstGit) != root.has_pointer);
    let [suggested, _] = dialects;

    let with_keys = || samples.iter().filter(|sample| sample.found.skeleton.key_count > 0);
    let sampled = with_keys().count();
    let sections: Vec<_> = with_keys().flat_map(|sample| sample.found.sections()).collect();
    let pairs = candidates(&sections, key, value);
    // Ahead of the rest: what proves most nodes; among equals the first, the pairs being ranked.
    let mut best: Option<Trial> = None;
    for dialect in dialects {
        for (key, value) in &pairs {
            let codec = Codec { dialect, items: Some(forms(key, value)) };
            let proved = with_keys().filter(|sample| sample.is_proved(&codec)).count();
            if proved > best.as_ref().map_or(0, |best| best.proved) {
                best = Some(Trial { dialect, key: key.clone(), value: value.clone(), proved });
            }
        }
    }
    let given = key.is_some() && value.is_some();
    if let Some(Trial { dialect, key, value, proved }) = best {
        let source = if given { TypingSource::Given } else { TypingSource::Guessed };
        return Ok((dialect, Typing { types: Some((key, value)), source, proved, sampled }));
    }
    match (with_keys().next(), key, value) {
        (Some(first), Some(key), Some(value)) => Err(first.refusal(suggested, key, value)),
        // No record to be wrong about.
        (None, Some(key), Some(value)) => {
            let types = Some((key.clone(), value.clone()));
            Ok((suggested, Typing { types, source: TypingSource::Given, proved: 0, sampled }))
        }
        _ => Ok((suggested, Typing { types: None, source: TypingSource::Unknown, proved: 0, sampled })),
    }
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

    /// Why these types do not fit this node.
    fn refusal(&self, dialect: Dialect, key: &Type, value: &Type) -> OpenError {
        let codec = Codec { dialect, items: Some(forms(key, value)) };
        match self.parse(&codec) {
            Err(error) => OpenError::WrongType { error },
            Ok(node) => OpenError::UnprovedType {
                key: key.clone(),
                value: value.clone(),
                offset: node.offset(),
                stored: node.stored_hash(),
                found: (dialect, node.hash().unwrap_or_default()),
            },
        }
    }
}
