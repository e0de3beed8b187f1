//! What commands that change a file share: its types, its writer, and how they end.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use file_mst::diff::LeftOut;
use file_mst::hash::NodeHash;
use file_mst::open::{OpenOptions, Opened, TypingSource, open, schema_bytes};
use file_mst::schema::{ItemType, Type, escape_text};
use file_mst::storage::{FileStorage, ReadAt};
use file_mst::store::{Commit, TreeFile};
use file_mst::tree::Tree;
use file_mst::write::TreeWriter;
use file_mst::{Error, Options};

use super::target::damaged_advice;
use super::write_args::WriteArgs;
use crate::model::key::read_key;

/// A file opened for writing, and how its records are put into bytes.
pub(super) struct Writing {
    pub(super) writer: TreeWriter,
    pub(super) key: ItemType,
    pub(super) value: ItemType,
    /// The tree before any change.
    old: Tree,
}

impl Writing {
    /// Opens the file at `path`; if there is none, it is created if that is wanted.
    pub(super) fn open(path: &Path, args: &WriteArgs, create: bool) -> anyhow::Result<Self> {
        let name = path.to_string_lossy();
        let name = escape_text(&name);
        let (key, value) = match FileStorage::open(path) {
            Ok(storage) if !storage.is_empty().with_context(|| format!("cannot read {name}"))? => {
                types_of(path, storage, args).with_context(|| format!("cannot write to {name}"))?
            }
            Err(error) if error.kind() != std::io::ErrorKind::NotFound || !create => {
                return Err(anyhow!(error).context(format!("cannot open {name}")));
            }
            // Empty or not there: text, unless something else is asked for.
            _ => (args.key.clone().unwrap_or(Type::String), args.value.clone().unwrap_or(Type::String)),
        };
        let schema = Some(schema_bytes(&key, &value));
        let mut writer = TreeWriter::open(path, Options { schema, ..Options::default() })?;
        let old = writer.tree()?;
        Ok(Self { writer, old, key: ItemType::ordered(key), value: ItemType::postcard(value) })
    }

    /// Commits; none if nothing has changed.
    pub(super) fn commit(mut self, label: &str) -> anyhow::Result<Option<Commit>> {
        let root = self.writer.tree()?.root_link().hash;
        let before = self.writer.last().map_or(NodeHash::default(), |last| last.root.hash);
        if root == before {
            return Ok(None);
        }
        carry_notes(&mut self.writer, &self.old)?;
        Ok(Some(self.writer.commit(label, None)?))
    }

    /// The key that someone typed, in bytes.
    pub(super) fn parse_key(&self, text: &str) -> anyhow::Result<Vec<u8>> {
        read_key(&self.key, text).map_err(anyhow::Error::msg)
    }
}

/// What the commit before notes is true of this one too, but that keys that have another record now are left out.
fn carry_notes(writer: &mut TreeWriter, old: &Tree) -> anyhow::Result<()> {
    let Some(mut notes) = writer.last().map(|last| last.notes.clone()) else { return Ok(()) };
    if let Some(mut left_out) = LeftOut::of(&notes) {
        let listed: Vec<Vec<u8>> = left_out.listed().iter().map(|(key, _)| key.clone()).collect();
        for key in listed {
            let before = old.get(&key)?.map(|record| record.bytes().value.to_vec());
            if writer.get(&key)? != before {
                left_out.remove(&key);
            }
        }
        left_out.put_into(&mut notes);
    }
    writer.set_notes(notes)?;
    Ok(())
}

/// Why a file is not written to, and what can be done about it where that is damage.
pub(super) fn refused(path: &Path, error: Error) -> anyhow::Error {
    let name = path.to_string_lossy();
    match FileStorage::open(path) {
        Ok(storage) if error.is_damage() => anyhow!("{error}{}", damaged_advice(&storage, &escape_text(&name))),
        _ => error.into(),
    }
}

/// The types of the records in a file: those that it names, else those that are given and fit.
fn types_of(path: &Path, storage: FileStorage, args: &WriteArgs) -> anyhow::Result<(Type, Type)> {
    let storage: Arc<dyn ReadAt> = Arc::new(storage);
    // Says what the file is if it is not one of ours.
    TreeFile::from_storage(Arc::clone(&storage), path, 0).map_err(|error| refused(path, error))?;
    let known = |key, value| OpenOptions { key, value, ..OpenOptions::default() };
    let Opened { typing, .. } = open(Arc::clone(&storage), &known(None, None))?;
    if let Some(unfit) = &typing.unfit {
        bail!("the file names types that are not those of its records, so none can be added: {unfit}");
    }
    if typing.source == TypingSource::File
        && let Some((key, value)) = typing.key.zip(typing.value)
    {
        for (what, given, named) in [("keys", &args.key, &key.ty), ("values", &args.value, &value.ty)] {
            if let Some(given) = given.as_ref().filter(|given| *given != named) {
                bail!("the {what} are of type {named}, as the file says, and not {given}");
            }
        }
        return Ok((key.ty, value.ty));
    }
    let Some((key, value)) = args.key.clone().zip(args.value.clone()) else {
        bail!("the file does not name its types: give --key and --value");
    };
    // Refuses what its records are not.
    open(storage, &known(Some(key.clone()), Some(value.clone())))?;
    Ok((key, value))
}
