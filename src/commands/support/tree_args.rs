//! The arguments that name a tree and say how to open it.

use std::path::PathBuf;

use file_mst::NodeHash;
use mst_types::Type;

use super::target::Target;

/// A tree, and how to open it.
#[derive(clap::Args, Debug)]
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
    /// The type of the keys
    #[arg(long, value_name = "TYPE")]
    pub(crate) key: Option<Type>,
    /// The type of the values
    #[arg(long, value_name = "TYPE")]
    pub(crate) value: Option<Type>,
    /// A file that names both types as {key: TYPE, value: TYPE}; --key and --value override it
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Option<PathBuf>,
    /// The memory for cached nodes, in megabytes
    #[arg(long, value_name = "MB", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    pub(crate) cache_mb: u64,
}
