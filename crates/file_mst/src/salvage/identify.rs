//! What a damaged file is: its dialect, and the types without which the published dialects cannot be read.

use std::sync::Arc;

use super::SalvageError;
use crate::node::Codec;
use crate::node::dialect::Dialect;
use crate::open::{OpenOptions, open};
use crate::pieces::{Piece, Pieces};
use crate::storage::ReadAt;
use mst_types::{ItemType, Type};

/// How many nodes are tried to find out the types.
const TRIES: usize = 8;
/// How many pieces are looked at for them.
const LOOKED_AT: usize = 1 << 16;

/// What a file is.
#[derive(Clone, Debug)]
pub struct Identity {
    /// How its nodes are read.
    pub codec: Codec,
    /// The type of the keys, where it is known.
    pub key: Option<ItemType>,
    /// The type of the values, where it is known.
    pub value: Option<ItemType>,
}

/// Finds out what a file is, whatever is damaged: as it opens, else by the first node or commit that proves itself.
/// Reads, at worst, the file twice.
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

/// File-mst 0.2 has keys of text and bytes only, but for those that its users add. Keys of the git version look like others
/// of 0.2, as the hash sees their length: where page 0 is lost, which would tell, they are the likelier.
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
    let mut pieces = Pieces::from_page(storage, &codec, 0)?;
    let found = pieces.any(|found| matches!(found.piece, Piece::Node(_) | Piece::Commit(_)));
    match pieces.failure() {
        Some(error) => Err(error.into()),
        None => Ok(found),
    }
}

/// Where nodes of a published dialect seem to be, those of the highest level first: they lead to others that prove types.
fn candidates(storage: &dyn ReadAt) -> Result<Vec<u64>, SalvageError> {
    let codec = Codec { dialect: Dialect::FileMst02, items: None };
    let mut pieces = Pieces::from_page(storage, &codec, 0)?;
    let nodes = pieces.by_ref().take(LOOKED_AT).filter_map(|found| match found.piece {
        Piece::Node(node) if node.key_count() > 0 => Some((node.level(), node.offset())),
        _ => None,
    });
    let mut nodes: Vec<_> = nodes.collect();
    if let Some(error) = pieces.failure() {
        return Err(error.into());
    }
    nodes.sort_unstable_by(|a, b| b.cmp(a));
    Ok(nodes.into_iter().take(TRIES).map(|(_, offset)| offset).collect())
}
