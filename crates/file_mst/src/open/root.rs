//! Where the root is: as given, as the file's page 0 says, or as the end of the file suggests.

use super::{OpenError, RootSource};
use crate::node::dialect::{Dialect, PAGE};
use crate::node::hash::NodeHash;
use crate::node::{Codec, Link};
use crate::scan::{Found, last_node, node_around, node_of_hash};
use crate::storage::ReadAt;
use crate::store::Foreign;

/// How the nodes of the published layout are read before anything is known of their types.
const UNTYPED: Codec = Codec { dialect: Dialect::FileMst02, items: None };

/// A root, and the node found there, which may be another than the link means.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) link: Link,
    pub(super) source: RootSource,
    pub(super) found: Found,
    /// Whether page 0 holds a pointer, as only the git dialect has it.
    pub(super) has_pointer: bool,
}

pub(super) fn find(storage: &dyn ReadAt, offset: Option<u64>, hash: Option<NodeHash>) -> Result<Root, OpenError> {
    if storage.is_empty()? {
        return Err(OpenError::EmptyFile);
    }
    let pointer = pointer(storage)?;
    let has_pointer = pointer.is_some();
    let root = |found, link, source| Root { link, source, found, has_pointer };

    if let Some(offset) = offset {
        let found = match Found::at(storage, offset) {
            Ok(found) => found,
            Err(error) => {
                let around = node_around(storage, offset)?.map(|found| found.frame.offset());
                return Err(OpenError::NoNode { error, around });
            }
        };
        let stored = found.link();
        return Ok(match hash {
            Some(hash) => root(found, Link { offset, hash, extent: None }, RootSource::Given),
            None => root(found, stored, RootSource::OffsetOnly),
        });
    }
    if let Some(link) = pointer.filter(|link| hash.is_none_or(|hash| hash == link.hash)) {
        let found =
            Found::at(storage, link.offset).map_err(|error| OpenError::Pointer { link, error: Box::new(error) })?;
        return Ok(root(found, link, RootSource::Pointer));
    }
    let last = last_node(storage)?;
    let likely = last.as_ref().map(Found::link);
    match (hash, last) {
        (Some(hash), Some(found)) if found.link().hash == hash => {
            let link = found.link();
            Ok(root(found, link, RootSource::LastNode))
        }
        (Some(hash), _) => match node_of_hash(storage, &UNTYPED, hash)? {
            Some(offset) => {
                let found = Found::at(storage, offset).map_err(|error| OpenError::NoNode { error, around: None })?;
                let link = found.link();
                Ok(root(found, link, RootSource::FoundByHash))
            }
            None => Err(OpenError::HashAlone { hash, likely }),
        },
        (None, Some(_)) => Err(OpenError::NoRoot { likely }),
        (None, None) => Err(match Foreign::of(storage)? {
            // Its first node is a node, or its page 0 a pointer to nothing: only the last node is not found from the end, as
            // where nodes are longer than many pages.
            Foreign::Dialect(_) => OpenError::NoRoot { likely },
            what => OpenError::NotATree { what },
        }),
    }
}

/// The root pointer in page 0 of the git dialect: offset (`u64` LE), hash, zeros to the page's end. None where page 0
/// is anything else, or where the pointer says that there is no root.
fn pointer(storage: &dyn ReadAt) -> Result<Option<Link>, OpenError> {
    let mut page = [0; PAGE as usize];
    if storage.read_up_to(0, &mut page)? < page.len() {
        return Ok(None);
    }
    let Some((offset, rest)) = page.split_first_chunk::<8>() else { return Ok(None) };
    let Some((hash, padding)) = rest.split_first_chunk::<32>() else { return Ok(None) };
    let offset = u64::from_le_bytes(*offset);
    let is_pointer = offset >= PAGE && padding.iter().all(|byte| *byte == 0);
    Ok(is_pointer.then(|| Link { offset, hash: (*hash).into(), extent: None }))
}
