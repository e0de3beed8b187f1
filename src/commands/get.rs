//! `get`: the value of one key.

use anyhow::{Context, bail};
use file_mst::NodeError;
use file_mst::open::Unfit;
use mst_types::escape_text;

use super::Outcome;
use super::support::keys::{key_type, parse_key};
use super::support::output::{Output, warn};
use super::support::record::RecordArgs;
use super::support::tree_args::TreeArgs;
use crate::model::text;

#[derive(clap::Args, Debug)]
pub(super) struct GetArgs {
    #[command(flatten)]
    tree: TreeArgs,
    /// The key as it is printed, such as 7, text or {id: 7, name: "a"}; JSON works too
    // The id `key` is that of --key, the type.
    #[arg(value_name = "KEY", allow_hyphen_values = true)]
    wanted: String,
    #[command(flatten)]
    record: RecordArgs,
}

pub(super) fn run(args: &GetArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let opened = args.record.open(&args.tree)?;
    let ty = key_type(&opened.typing)?;
    let wanted = &args.wanted;
    if let Some(unfit @ Unfit::Key { .. }) = &opened.typing.unfit {
        bail!("cannot tell whether the key is there: {unfit}; give --key and --value");
    }
    let found = match opened.tree.get(&parse_key(ty, wanted)?) {
        Err(NodeError::TypesUnknown { offset }) if opened.typing.is_of_keys_only() => bail!(
            "the key {} is there, but without the type of the values its value cannot be told from the others \
             in the node {}: give --value",
            escape_text(wanted),
            text::offset(offset),
        ),
        found => found.context("cannot tell whether the key is there")?,
    };
    let Some(record) = found else {
        warn(&format!("there is no key {} (of type {ty})", escape_text(wanted)));
        return Ok(Outcome::Bad);
    };
    args.record.printer(false, &opened)?.print(&record, &opened.typing, output)
}
