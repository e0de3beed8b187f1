//! The header of a tree.

use file_mst::NodeHash;
use file_mst::TreeFile;
use file_mst::open::{Opened, RootSource, TypingSource, Unfit};
use mst_types::escape_text;

use crate::model::text::offset;

/// The header of a tree, known once the tree is open.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    /// The name of the file, without its folders.
    pub(crate) file: String,
    /// Which writer's bytes it holds.
    pub(crate) dialect: String,
    /// How many records there are, where the file says so.
    pub(crate) records: Option<u64>,
    /// Whether the file is of our own format.
    pub(crate) own: bool,
    pub(crate) root_offset: u64,
    pub(crate) root_hash: NodeHash,
    /// How the root was found.
    pub(crate) root_note: &'static str,
    /// That the file is damaged, so that this is not known to be its newest tree.
    pub(crate) damage: Option<String>,
    /// Whether nothing but the node itself vouches for the root.
    pub(crate) root_doubtful: bool,
    /// The most nodes on a path from the root. None where the root cannot be read.
    pub(crate) height: Option<u32>,
    /// Types of keys and values: `String → u64`.
    pub(crate) types: String,
    /// How far the types are proved.
    pub(crate) standing: String,
    /// Whether that is less than one could wish.
    pub(crate) doubtful: bool,
}

impl Header {
    /// Reads the root, unless it was read before.
    pub(crate) fn new(file: &str, opened: &Opened) -> Self {
        let root = opened.tree.root_link();
        let typing = &opened.typing;
        let types = match (&typing.key, &typing.value) {
            (Some(key), Some(value)) => format!("{key} → {value}"),
            (Some(key), None) => format!("{key} → unknown"),
            (None, _) => "types unknown".to_owned(),
        };
        let (standing, doubtful) = match typing.source {
            _ if typing.unfit.is_some() => (typing.unfit.as_ref().map_or_else(String::new, unfit_text), true),
            TypingSource::Unknown if typing.sampled == 0 => ("no records".to_owned(), false),
            TypingSource::Unknown => ("give --key and --value".to_owned(), true),
            _ if typing.is_of_keys_only() => {
                (format!("keys proved by {} of {} nodes, give --value", typing.proved, typing.sampled), true)
            }
            _ if typing.sampled == 0 => ("nothing to prove them by".to_owned(), true),
            _ if typing.proved < typing.sampled => {
                (format!("proved by {} of {} nodes", typing.proved, typing.sampled), true)
            }
            TypingSource::File => ("from its schema".to_owned(), false),
            TypingSource::Given => ("boundaries proved, types given".to_owned(), false),
            TypingSource::Guessed if typing.alternatives.is_empty() => {
                ("boundaries proved, types guessed".to_owned(), false)
            }
            TypingSource::Guessed => {
                let (choice, all) = (typing.choice + 1, typing.alternatives.len() + 1);
                (format!("boundaries proved, types guessed ({choice} of {all})"), false)
            }
        };
        Self {
            file: escape_text(file).into_owned(),
            dialect: opened.tree.store().codec().dialect.to_string(),
            records: opened.file.as_ref().and_then(|_| opened.tree.len().ok()),
            own: opened.file.is_some(),
            root_offset: root.offset,
            root_hash: root.hash,
            height: opened.tree.height().ok(),
            types,
            standing,
            doubtful,
            damage: opened.file.as_ref().and_then(damage),
            root_doubtful: matches!(opened.root_source, RootSource::OffsetOnly | RootSource::Likely),
            root_note: match opened.root_source {
                RootSource::Given => "as given",
                RootSource::OffsetOnly => "hash not given",
                RootSource::Pointer => "as page 0 says",
                RootSource::Commit => "a commit",
                RootSource::Likely => "the likely one: the file does not say",
                RootSource::Scanned => "found by scanning",
                RootSource::FoundByHash => "found by its hash",
                RootSource::LastNode => "the last node of the file",
            },
        }
    }
}

/// The message about types that a file names and that do not fit its records.
fn unfit_text(unfit: &Unfit) -> String {
    match unfit {
        Unfit::Schema { .. } => "guessed: its schema names no types".to_owned(),
        Unfit::Key { offset: at, .. } => {
            format!("from its schema, which does not fit the keys of the node {}", offset(*at))
        }
        Unfit::Value { offset: at, .. } => {
            format!("from its schema, which does not fit the values of the node {}", offset(*at))
        }
        _ => unfit.to_string(),
    }
}

/// The message about the tree of a damaged file.
fn damage(file: &TreeFile) -> Option<String> {
    file.damage()?;
    Some(match file.last() {
        Some(commit) => format!("DAMAGED FILE: this is commit {}, not the newest", commit.sequence),
        None => "DAMAGED FILE: this root may not be the newest".to_owned(),
    })
}
