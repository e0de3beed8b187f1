//! The arguments that name a tree and say how to open it.

use std::path::PathBuf;

use anyhow::Context;
use file_mst::NodeHash;
use mst_types::Type;

use super::target::Target;
use crate::config::DEFAULT_CACHE_MB;
use crate::model::text::quoted;

/// A tree, and how to open it.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct TreeArgs {
    /// The tree: PATH, PATH#COMMIT, PATH@OFFSET or PATH@OFFSET:HASH
    #[arg(value_name = "TREE", required = true)]
    pub(crate) tree: Option<Target>,
    #[command(flatten)]
    pub(crate) options: OpenArgs,
}

/// How to open a tree: its root and types, if the file does not record them, and the size of the cache.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct OpenArgs {
    /// The offset of the root in the file, in bytes
    #[arg(long, value_name = "N")]
    pub(crate) offset: Option<u64>,
    /// The hash of the root, 64 hex digits
    #[arg(long, value_name = "H")]
    pub(crate) hash: Option<NodeHash>,
    /// The type of the keys of a tree; for a table, the columns of its key
    #[arg(long, value_name = "TYPE|COLUMNS")]
    pub(crate) key: Option<KeyArg>,
    /// The type of the values
    #[arg(long, value_name = "TYPE")]
    pub(crate) value: Option<Type>,
    /// A file that names both types as {key: TYPE, value: TYPE}; --key and --value override it
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Option<PathBuf>,
    /// The memory for cached nodes, in megabytes; by default 64, or as the settings of the screen say
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    pub(crate) cache_mb: Option<u64>,
}

/// What is known of a key: the type of a tree's keys, or the columns of a table's.
#[derive(Clone, Debug)]
pub(crate) struct KeyArg(String);

impl From<String> for KeyArg {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl KeyArg {
    pub(crate) fn of(ty: &Type) -> Self {
        Self(ty.to_string())
    }

    /// The type of a tree's keys.
    pub(crate) fn ty(&self) -> anyhow::Result<Type> {
        self.0.parse().with_context(|| format!("--key {}: the keys of a tree have a type", quoted(&self.0)))
    }

    /// The columns of a table's key.
    pub(crate) fn columns(&self) -> &str {
        &self.0
    }
}

impl OpenArgs {
    /// The type of the keys, if it is given.
    pub(crate) fn key_type(&self) -> anyhow::Result<Option<Type>> {
        self.key.as_ref().map(KeyArg::ty).transpose()
    }

    /// A tree whose file records its root and types.
    pub(crate) fn plain() -> Self {
        Self { offset: None, hash: None, key: None, value: None, schema: None, cache_mb: None }
    }

    /// The memory for cached nodes.
    pub(crate) fn cache_bytes(&self) -> u64 {
        self.cache_mb.unwrap_or(DEFAULT_CACHE_MB) << 20
    }
}
