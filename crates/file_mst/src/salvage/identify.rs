//! Identifies a damaged file: its dialect, and the types without which the published dialects cannot be read.

use std::sync::Arc;

use super::SalvageError;
use crate::node::Codec;
use crate::node::dialect::Dialect;
use crate::open::{OpenOptions, open};
use crate::segments::{SegmentKind, Segments};
use crate::storage::ReadAt;
use mst_types::{ItemType, Type};

/// The number of nodes that are tried as a root to find the types.
const TRIES: usize = 8;
/// The number of segments that are examined to find these nodes.
const EXAMINED: usize = 1 << 16;

/// The dialect and the types of a damaged file.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The codec for its nodes.
    pub codec: Codec,
    /// The type of the keys, if it is known.
    pub key: Option<ItemType>,
    /// The type of the values, if it is known.
    pub value: Option<ItemType>,
}

/// Identifies a file, whatever is damaged: by opening it, otherwise by the first node or commit that proves itself.
/// Reads the file at most twice.
///
/// # Errors
/// [`SalvageError::Nothing`], [`SalvageError::UnknownTypes`], [`SalvageError::Io`].
pub fn identify(storage: &Arc<dyn ReadAt>, options: &OpenOptions) -> Result<Identity, SalvageError> {
    if let Some(identity) = as_it_opens(storage, options) {
        return Ok(identity);
    }
    if is_ours(&**storage)? {
        let key = options.key.clone().map(ItemType::ordered);
        return Ok(Identity { codec: Codec::MST1, key, value: options.value.clone().map(ItemType::postcard) });
    }
    let candidates = candidates(&**storage)?;
    let found = candidates.iter().find_map(|offset| {
        let options = OpenOptions { offset: Some(*offset), hash: None, ..options.clone() };
        as_it_opens(storage, &options).map(|identity| likelier(storage, &options, identity))
    });
    match (found, candidates.is_empty()) {
        (Some(identity), _) => Ok(identity),
        (None, true) => Err(SalvageError::Nothing),
        (None, false) => Err(SalvageError::UnknownTypes),
    }
}

fn as_it_opens(storage: &Arc<dyn ReadAt>, options: &OpenOptions) -> Option<Identity> {
    let opened = open(Arc::clone(storage), options).ok()?;
    let codec = opened.tree.store().codec().clone();
    let sure = codec.dialect == Dialect::Mst1 || codec.proves_content() && opened.typing.proved > 0;
    sure.then_some(Identity { codec, key: opened.typing.key, value: opened.typing.value })
}

/// Prefers the git dialect if dialect 0.2 was found with unusual keys. `file-mst` 0.2 itself has only text and byte
/// keys; users can add others. In the git version the hash covers the length of a text key, which looks like some other
/// key of 0.2. Page 0 would tell the two apart; if it is lost, the git version is more likely.
fn likelier(storage: &Arc<dyn ReadAt>, options: &OpenOptions, identity: Identity) -> Identity {
    let odd = |identity: &Identity| {
        identity.codec.dialect == Dialect::FileMst02 && !identity.key.as_ref().is_some_and(ItemType::has_length)
    };
    if options.key.is_some() || !odd(&identity) {
        return identity;
    }
    let keys = [Type::String, Type::Vec(Box::new(Type::U8))];
    let value = options.value.clone().or(identity.value.as_ref().map(|value| value.ty.clone()));
    let mut tried = keys.into_iter().filter_map(|key| {
        as_it_opens(storage, &OpenOptions { key: Some(key), value: value.clone(), ..options.clone() })
    });
    tried.next().unwrap_or(identity)
}

/// Whether a node or a commit of our own format is in the file.
fn is_ours(storage: &dyn ReadAt) -> Result<bool, SalvageError> {
    let codec = Codec::MST1;
    let mut segments = Segments::from_page(storage, &codec, 0)?;
    let found = segments.any(|found| matches!(found.kind, SegmentKind::Node(_) | SegmentKind::Commit(_)));
    match segments.failure() {
        Some(error) => Err(error.into()),
        None => Ok(found),
    }
}

/// The offsets of apparent nodes of a published dialect, highest level first: these lead to others, which prove types.
fn candidates(storage: &dyn ReadAt) -> Result<Vec<u64>, SalvageError> {
    let codec = Codec { dialect: Dialect::FileMst02, items: None };
    let mut segments = Segments::from_page(storage, &codec, 0)?;
    let nodes = segments.by_ref().take(EXAMINED).filter_map(|found| match found.kind {
        SegmentKind::Node(node) if node.key_count() > 0 => Some((node.level(), node.offset())),
        _ => None,
    });
    let mut nodes: Vec<_> = nodes.collect();
    if let Some(error) = segments.failure() {
        return Err(error.into());
    }
    nodes.sort_unstable_by(|a, b| b.cmp(a));
    Ok(nodes.into_iter().take(TRIES).map(|(_, offset)| offset).collect())
}
