//! `get`: the value of one key.

use anyhow::Context;
use file_mst::node::NodeError;

use super::Outcome;
use super::args::GetArgs;
use super::output::{Output, complain};
use super::record::Style;
use super::target::OpenTree;
use crate::view::item::ValueFormat;
use crate::view::key::read_key;

pub(super) fn run(args: &GetArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let OpenTree { opened, .. } =
        args.tree.open_for_values(args.lenient.lenient || args.format_value == ValueFormat::Redacted)?;
    let ty = opened.typing.key.as_ref().context("the type of the keys is unknown: give --key and --value")?;
    let wanted = &args.wanted;
    let key = read_key(ty, wanted).map_err(anyhow::Error::msg)?;
    let found = match opened.tree.get(&key) {
        Err(NodeError::TypesUnknown { offset }) if opened.typing.is_of_keys_only() => anyhow::bail!(
            "the key {wanted} is there, but where its value ends among those of the node {} is unknown: give --value",
            crate::view::text::offset(offset),
        ),
        found => found.context("cannot tell whether the key is there")?,
    };
    let Some(record) = found else {
        complain(&format!("there is no key {wanted} (of type {ty})"));
        return Ok(Outcome::Bad);
    };
    let style = Style { format: args.format_value, lenient: args.lenient.lenient, json: args.json, keys: false };
    style.print(&record, &opened.typing, output)?;
    Ok(Outcome::Good)
}
