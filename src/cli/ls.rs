//! `ls`: the records in key order.

use file_mst::node::NodeError;
use file_mst::open::Misfits;
use file_mst::walk::Step;

use super::Outcome;
use super::args::LsArgs;
use super::output::{Output, complain};
use super::record::Style;
use super::target::OpenTree;
use super::undivided;
use super::wanted::Wanted;
use crate::model::damage;
use crate::model::item::ValueFormat;

pub(super) fn run(args: &LsArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let OpenTree { opened, .. } =
        args.tree.open_for_values(args.lenient.lenient || args.format_value == ValueFormat::Redacted)?;
    let wanted = Wanted::new(args, &opened)?;
    let walk = wanted.walk(&opened.tree);
    let style = Style { format: args.format_value, lenient: args.lenient.lenient, json: args.json, keys: true };
    let mut left = args.limit.unwrap_or(u64::MAX);
    let mut outcome = Outcome::Good;
    let mut misfits = Misfits::new(&opened);
    let mut steps = walk;
    while left > 0
        && let Some(step) = steps.next()
    {
        match step {
            Step::Node { .. } | Step::Absent(_) => {}
            Step::Record(record) => {
                left -= 1;
                if style.print(&record, &opened.typing, output)? == Outcome::Unknown && outcome == Outcome::Good {
                    outcome = Outcome::Unknown;
                }
            }
            Step::Key(key) => {
                left -= 1;
                outcome = Outcome::Unknown;
                undivided::print(&key, &opened.typing, args.json, output)?;
            }
            Step::Damage(damage) if matches!(damage.error, NodeError::TypesUnknown { .. }) => {
                anyhow::bail!("{}; give --key and --value", damage.error);
            }
            Step::Damage(found) if misfits.is_misfit(&found) => {
                outcome = Outcome::Unknown;
                complain(&damage::misfit(found.error.offset()));
            }
            Step::Damage(found) => {
                outcome = outcome.with(&found.error);
                complain(&damage::describe(&found, &opened.typing));
            }
        }
    }
    Ok(outcome)
}
