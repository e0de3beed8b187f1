//! Opens the files of our own format: root, history and types stand in the file.

use std::path::Path;
use std::sync::Arc;

use super::{OpenError, OpenOptions, Opened, RootSource, Typing, TypingSource, Unfit};
use crate::node::{Codec, Link, Node, Record, Records};
use crate::scan::node_of_hash;
use crate::storage::ReadAt;
use crate::store::{Commit, TreeFile};
use crate::tree::Tree;
use mst_types::{ItemType, Type, guess_plain, read_schema};

/// How many records are looked at to guess or to try types.
const SAMPLE: usize = 64;

/// Opens the tree of the last commit, or the one that is named.
pub(super) fn open(storage: Arc<dyn ReadAt>, options: &OpenOptions) -> Result<Opened, OpenError> {
    let cache_bytes = options.cache_bytes;
    let file = match TreeFile::from_storage(Arc::clone(&storage), Path::new(""), cache_bytes) {
        // A commit proves itself, and so does a root by its hash.
        Err(damage) if damage.is_damage() && (options.commit.is_some() || options.hash.is_some()) => {
            TreeFile::of_damaged(storage, damage, options.commit, cache_bytes)
        }
        opened => opened,
    }
    .map_err(Box::new)?;
    let (tree, root_source, commit) = root(&file, options)?;
    let typing = typing(&tree, commit.as_ref(), options)?;
    let commit = commit.filter(|_| root_source == RootSource::Commit).map(Box::new);
    Ok(Opened { tree, root_source, typing, file: Some(file), commit })
}

/// The root that is named by offset, hash or both, and its commit if it has one; else the last commit's.
fn root(file: &TreeFile, options: &OpenOptions) -> Result<(Tree, RootSource, Option<Commit>), OpenError> {
    if let Some(sequence) = options.commit {
        let commit = file.commit(sequence).map_err(Box::new)?;
        return Ok((file.tree_at(&commit), RootSource::Commit, Some(commit)));
    }
    if options.offset.is_none() && options.hash.is_none() {
        return Ok((file.tree(), RootSource::Commit, file.last().cloned()));
    }
    let is_meant = |commit: &Commit| {
        let link = commit.root;
        options.offset.is_none_or(|offset| offset == link.offset) && options.hash.is_none_or(|hash| hash == link.hash)
    };
    for commit in file.commits() {
        let commit = commit.map_err(Box::new)?;
        if is_meant(&commit) {
            return Ok((file.tree_at(&commit), RootSource::Commit, Some(commit)));
        }
    }
    let last = file.last().cloned();
    let likely = last.as_ref().map(|commit| commit.root);
    let found_by_hash = match (options.offset, options.hash) {
        (None, Some(hash)) => node_of_hash(&**file.store().storage(), &Codec::MST1, hash)?,
        _ => None,
    };
    let Some(offset) = options.offset.or(found_by_hash) else {
        return Err(OpenError::HashAlone { hash: options.hash.unwrap_or_default(), likely });
    };
    let node = file.store().unchecked(offset).map_err(|error| OpenError::NoNode { error, around: None })?;
    let found = node.hash().unwrap_or(node.stored_hash());
    let expected = options.hash.unwrap_or(found);
    if expected != found {
        return Err(OpenError::OtherHash { offset, expected, found });
    }
    let source = match options.hash {
        _ if found_by_hash.is_some() => RootSource::FoundByHash,
        Some(_) => RootSource::Given,
        None => RootSource::OffsetOnly,
    };
    Ok((Tree::new(Arc::clone(file.store()), Link::new(offset, found)), source, last))
}

/// The types as given, else as the commit says, else as the records on the first path look.
fn typing(tree: &Tree, commit: Option<&Commit>, options: &OpenOptions) -> Result<Typing, OpenError> {
    let nodes = first_path(tree);
    let records: Vec<_> =
        nodes.iter().flat_map(|node| records(node).map(|record| (node.offset(), record))).take(SAMPLE).collect();
    let sampled = nodes.iter().filter(|node| node.key_count() > 0).count();
    let schema = commit.and_then(|commit| Some((commit.offset, commit.schema.as_deref()?)));
    let noted = schema.and_then(|(_, schema)| read_schema(schema));
    let mut unfit = schema.filter(|_| noted.is_none()).map(|(commit, _)| Unfit::Schema { commit });
    let (noted_key, noted_value) = noted.unzip();
    let keys: Vec<_> = records.iter().map(|(_, record)| record.stored_key).collect();
    let values: Vec<_> = records.iter().map(|(_, record)| record.value).collect();
    let source = match (&options.key, &options.value, &noted_key) {
        (Some(_), Some(_), _) => TypingSource::Given,
        (None, None, Some(_)) => TypingSource::File,
        // One is given, and the file names the other.
        (Some(_), None, Some(_)) | (None, Some(_), Some(_)) => TypingSource::Given,
        _ => TypingSource::Guessed,
    };
    let key = options.key.clone().or(noted_key).unwrap_or_else(|| guess_key(&keys));
    let value = options.value.clone().or(noted_value).or_else(|| guess_plain(&values));
    let key = ItemType::ordered(key);
    let value = value.map(ItemType::postcard);
    let tried = value.as_ref().filter(|_| !options.lenient);
    for (is_key, item, bytes) in [(true, Some(&key), &keys), (false, tried, &values)] {
        let Some(item) = item else { continue };
        let wrong = bytes.iter().zip(&records).find_map(|(bytes, (at, _))| Some((*at, item.decode(bytes).err()?)));
        let Some((offset, error)) = wrong else { continue };
        let (ty, error) = (Box::new(item.ty.clone()), Box::new(error));
        // Who names a type is told that it does not fit. A file that names another than its records have is readable all the
        // same.
        let is_given = if is_key { options.key.is_some() } else { options.value.is_some() };
        match is_key {
            _ if is_given => return Err(OpenError::WrongItem { ty, error }),
            true => unfit = unfit.or(Some(Unfit::Key { offset, ty, error })),
            false => unfit = unfit.or(Some(Unfit::Value { offset, ty, error })),
        }
    }
    Ok(Typing {
        key: Some(key),
        value,
        source,
        proved: sampled,
        sampled,
        alternatives: Vec::new(),
        choice: 0,
        ruled_out: Vec::new(),
        unfit,
    })
}

fn guess_key(keys: &[&[u8]]) -> Type {
    let is_text = |key: &&[u8]| std::str::from_utf8(key).is_ok_and(|text| !text.chars().any(char::is_control));
    if !keys.is_empty() && keys.iter().all(is_text) { Type::String } else { Type::Vec(Box::new(Type::U8)) }
}

/// The nodes from the root down along the first children. What cannot be read says so when it is asked for.
fn first_path(tree: &Tree) -> Vec<Arc<Node>> {
    let mut path: Vec<Arc<Node>> = tree.root().ok().flatten().into_iter().collect();
    while let Ok(Some(child)) = tree.child(&path, 0) {
        path.push(child);
    }
    path
}

fn records(node: &Arc<Node>) -> impl Iterator<Item = Record<'_>> {
    let count = match node.records() {
        Records::Opaque { .. } => 0,
        records => records.len(),
    };
    (0..count).filter_map(|index| node.record(index))
}
