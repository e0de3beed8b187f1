//! A file that a command changes: its types, its writer, and the commit at the end.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use file_mst::NodeHash;
use file_mst::Tree;
use file_mst::TreeWriter;
use file_mst::diff::LeftOut;
use file_mst::open::{OpenOptions, Opened, TypingSource, open, schema_bytes};
use file_mst::storage::{FileStorage, ReadAt};
use file_mst::{Commit, TreeFile};
use file_mst::{Error, Options};
use mst_sync::ingest::SOURCE_NOTE;
use mst_types::{ItemType, Type, escape_path};

use super::keys::parse_key;
use super::open_tree::damaged_advice;

/// The arguments of commands that change records.
#[derive(clap::Args, Debug)]
pub(crate) struct WriteArgs {
    /// The type of the keys; by default the type that the file names, or String for a new file
    #[arg(long, value_name = "TYPE")]
    pub(crate) key: Option<Type>,
    /// The type of the values; by default the type that the file names, or String for a new file
    #[arg(long, value_name = "TYPE")]
    pub(crate) value: Option<Type>,
    /// A label for the commit
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) label: String,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// A file opened for writing, and the types that encode its records.
pub(crate) struct FileEditor {
    pub(crate) writer: TreeWriter,
    pub(crate) key: ItemType,
    pub(crate) value: ItemType,
    /// The tree before the changes.
    old: Tree,
}

impl FileEditor {
    /// Opens the file at `path`. If there is none, `create` says whether to create it.
    pub(crate) fn open(path: &Path, args: &WriteArgs, create: bool) -> anyhow::Result<Self> {
        let name = escape_path(path);
        let (key, value) = match FileStorage::open(path) {
            Ok(storage) if !storage.is_empty().with_context(|| format!("cannot read {name}"))? => {
                types_of(path, storage, args).with_context(|| format!("cannot write to {name}"))?
            }
            Err(error) if error.kind() != std::io::ErrorKind::NotFound || !create => {
                return Err(anyhow!(error).context(format!("cannot open {name}")));
            }
            // A new file holds text, unless other types are given.
            _ => (args.key.clone().unwrap_or(Type::String), args.value.clone().unwrap_or(Type::String)),
        };
        let schema = Some(schema_bytes(&key, &value));
        let mut writer = TreeWriter::open(path, Options { schema, ..Options::default() })?;
        let old = writer.tree()?;
        Ok(Self { writer, old, key: ItemType::ordered(key), value: ItemType::postcard(value) })
    }

    /// Commits the changes; none if nothing has changed.
    pub(crate) fn commit(mut self, label: &str) -> anyhow::Result<Option<Commit>> {
        let root = self.writer.tree()?.root_link().hash;
        let before = self.writer.last().map_or(NodeHash::default(), |last| last.root.hash);
        if root == before {
            return Ok(None);
        }
        carry_notes(&mut self.writer, &self.old)?;
        Ok(Some(self.writer.commit(label, None)?))
    }

    /// The stored bytes of a key that the user wrote.
    pub(crate) fn parse_key(&self, text: &str) -> anyhow::Result<Vec<u8>> {
        parse_key(&self.key, text)
    }
}

/// Copies the notes of the previous commit, which hold for this one too. Keys whose record has changed are no longer
/// noted as left out.
fn carry_notes(writer: &mut TreeWriter, old: &Tree) -> anyhow::Result<()> {
    let Some(mut notes) = writer.last().map(|last| last.notes.clone()) else { return Ok(()) };
    // The records are no longer those of the file that they were read from.
    notes.remove(SOURCE_NOTE);
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

/// Adds advice to the error of a file that cannot be written to because it is damaged.
pub(crate) fn with_advice(path: &Path, error: Error) -> anyhow::Error {
    match FileStorage::open(path) {
        Ok(storage) if error.is_damage() => anyhow!("{error}{}", damaged_advice(&storage, &escape_path(path))),
        _ => error.into(),
    }
}

/// The types of the records in a file: those that it names, otherwise those that are given and fit.
fn types_of(path: &Path, storage: FileStorage, args: &WriteArgs) -> anyhow::Result<(Type, Type)> {
    let storage: Arc<dyn ReadAt> = Arc::new(storage);
    // The error says what the file is if it is not of our own format.
    TreeFile::from_storage(Arc::clone(&storage), path, 0).map_err(|error| with_advice(path, error))?;
    let known = |key, value| OpenOptions { key, value, ..OpenOptions::default() };
    let Opened { typing, .. } = open(Arc::clone(&storage), &known(None, None))?;
    if let Some(unfit) = &typing.unfit {
        bail!("no records can be added: the types that the file names do not match its records: {unfit}");
    }
    if typing.source == TypingSource::File
        && let Some((key, value)) = typing.key.zip(typing.value)
    {
        for (part, given, named) in [("keys", &args.key, &key.ty), ("values", &args.value, &value.ty)] {
            if let Some(given) = given.as_ref().filter(|given| *given != named) {
                bail!("the file says that its {part} are of type {named}, not {given}");
            }
        }
        return Ok((key.ty, value.ty));
    }
    let Some((key, value)) = args.key.clone().zip(args.value.clone()) else {
        bail!("the file does not name its types: give --key and --value");
    };
    // Opening fails if the given types do not match the records.
    open(storage, &known(Some(key.clone()), Some(value.clone())))?;
    Ok((key, value))
}
