//! `get`: the value of one key.

use anyhow::Context;
use file_mst::node::NodeError;
use file_mst::open::Unfit;
use file_mst::schema::escape_text;

use super::Outcome;
use super::args::GetArgs;
use super::output::{Output, complain};
use super::record::Style;
use super::target::OpenTree;
use crate::model::item::ValueFormat;
use crate::model::key::read_key;

pub(super) fn run(args: &GetArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let OpenTree { opened, .. } =
        args.tree.open_for_values(args.lenient.lenient || args.format_value == ValueFormat::Redacted)?;
    let ty = opened.typing.key.as_ref().context("the type of the keys is unknown: give --key and --value")?;
    let wanted = &args.wanted;
    if let Some(unfit @ Unfit::Key { .. }) = &opened.typing.unfit {
        anyhow::bail!("cannot tell whether the key is there: {unfit}; give --key and --value");
    }
    let key = read_key(ty, wanted).map_err(anyhow::Error::msg)?;
    let found = match opened.tree.get(&key) {
        Err(NodeError::TypesUnknown { offset }) if opened.typing.is_of_keys_only() => anyhow::bail!(
            "the key {} is there, but where its value ends among those of the node {} is unknown: give --value",
            escape_text(wanted),
            crate::model::text::offset(offset),
        ),
        found => found.context("cannot tell whether the key is there")?,
    };
    let Some(record) = found else {
        complain(&format!("there is no key {} (of type {ty})", escape_text(wanted)));
        return Ok(Outcome::Bad);
    };
    let style = Style { format: args.format_value, lenient: args.lenient.lenient, json: args.json, keys: false };
    style.print(&record, &opened.typing, output)
}
