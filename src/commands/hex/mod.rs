//! `hex`: the bytes of a node field by field, or the contents of a page.

mod node;
mod page;

use std::sync::Arc;

use file_mst::Tree;
use file_mst::inspect::node::Node;
use file_mst::inspect::segments::is_reachable;
use file_mst::inspect::store::NodeStore;
use file_mst::salvage::{Identity, identify};
use file_mst::storage::ReadAt;

use super::Outcome;
use super::support::open_tree::OpenTree;
use super::support::output::{Output, warn};
use super::support::tree_args::TreeArgs;
use crate::model::bytes::Types;
use crate::model::item::ValueFormat;

#[derive(clap::Args, Debug)]
pub(super) struct HexArgs {
    #[command(flatten)]
    tree: TreeArgs,
    /// The offset of the node in the file, in bytes; by default the root
    #[arg(long, value_name = "OFFSET", value_parser = number)]
    node: Option<u64>,
    /// Show the contents of this page of 4096 bytes, counted from 0
    #[arg(long, value_name = "N", value_parser = number, conflicts_with = "node")]
    page: Option<u64>,
    /// Show all bytes of long fields
    #[arg(long)]
    all: bool,
    /// How to print values; redacted hides their bytes too, or all bytes if no hash proves where values end
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    format_value: ValueFormat,
    /// Print one JSON object a line: the fields, the input of the hash, then the node; or the contents of the page
    #[arg(long)]
    json: bool,
}

impl HexArgs {
    fn is_redacted(&self) -> bool {
        self.format_value == ValueFormat::Redacted
    }
}

fn number(text: &str) -> Result<u64, String> {
    let text = text.trim_start_matches('@').replace([',', '_'], "");
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => text.parse(),
    }
    .map_err(|_| "give a number, such as 4096, 4,096 or 0x1000".to_owned())
}

pub(super) fn run(args: &HexArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let target = HexTarget::open(args)?;
    match args.page {
        Some(page) => page::print(args, &target, page, output),
        None => node::print(args, &target, output),
    }
}

/// The nodes of a file. No tree needs to open in it.
struct HexTarget {
    store: Arc<NodeStore>,
    /// The tree, if it opens.
    tree: Option<Tree>,
    types: Types,
}

impl HexTarget {
    fn open(args: &HexArgs) -> anyhow::Result<Self> {
        let error = match args.tree.open() {
            Ok(OpenTree { opened, .. }) => {
                let types = Types { key: opened.typing.key, value: opened.typing.value };
                return Ok(Self { store: Arc::clone(opened.tree.store()), tree: Some(opened.tree), types });
            }
            Err(error) if args.node.is_none() && args.page.is_none() => return Err(error),
            Err(error) => error,
        };
        let (storage, options) = args.tree.target()?.source(&args.tree.options)?;
        let storage: Arc<dyn ReadAt> = Arc::new(storage);
        let Ok(Identity { codec, key, value }) = identify(&storage, &options) else { return Err(error) };
        warn(&format!("{error:#}; shown as bytes of {}", codec.dialect));
        let store = Arc::new(NodeStore::new(storage, codec, options.cache_bytes));
        Ok(Self { store, tree: None, types: Types { key, value } })
    }

    fn is_reachable(&self, node: &Node) -> Option<bool> {
        is_reachable(self.tree.as_ref()?, node)
    }
}
