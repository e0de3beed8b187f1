//! Types of keys that are proved though the types of the values are not found.

use super::infer::{Inference, keys_fit};
use super::sample::Sample;
use crate::node::Codec;
use crate::node::dialect::Dialect;
use crate::node::level::level_of;
use mst_types::Type;

/// How many nodes keys must fit that prove but one.
const FITTED: usize = 4;

/// What keys alone prove.
pub(super) struct Alone {
    pub(super) dialect: Dialect,
    pub(super) key: Type,
    /// How many nodes have the right hash: those of one record, and others of a few short ones.
    pub(super) proved: usize,
}

/// The most plausible type of the keys that fits and proves these nodes, which have keys; `key` is that type if it is known.
pub(super) fn find(samples: &[&Sample], dialects: [Dialect; 2], key: Option<&Type>) -> Option<Alone> {
    let tries = Inference::new(samples.to_vec(), dialects, key, None).key_types();
    tries.into_iter().find_map(|(dialect, key)| Some(Alone { proved: proved(samples, dialect, &key)?, dialect, key }))
}

/// How many nodes these keys prove. None unless they fit all, stand at the level of their hashes, and give the hash of each
/// node of one record.
fn proved(samples: &[&Sample], dialect: Dialect, key: &Type) -> Option<usize> {
    let codec = Codec { dialect, items: Some(super::typing::forms(key, None)) };
    let mut proved = 0;
    for sample in samples {
        let node = sample.parse(&codec).ok()?;
        let fits = keys_fit(sample, key)
            && (0..node.key_count()).filter_map(|index| node.key(index)).all(|key| level_of(key) == node.level());
        let is_proved = node.hash() == Some(sample.expected);
        if !fits || !is_proved && node.key_count() == 1 {
            return None;
        }
        proved += usize::from(is_proved);
    }
    (proved >= 2 || proved == 1 && samples.len() >= FITTED).then_some(proved)
}
