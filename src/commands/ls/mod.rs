//! `ls`: the records in key order.

mod key_filter;

use anyhow::bail;
use file_mst::NodeError;
use file_mst::inspect::walk::Step;
use file_mst::open::TypeMismatch;

use super::Outcome;
use super::support::output::{Output, warn};
use super::support::record::RecordArgs;
use super::support::tree_args::TreeArgs;
use super::support::undelimited;
use crate::model::damage;
use key_filter::KeyFilter;

#[derive(clap::Args, Debug)]
pub(super) struct LsArgs {
    #[command(flatten)]
    tree: TreeArgs,
    /// List at most this many records
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Start at the first key that is not less than this one
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    from: Option<String>,
    /// Stop before the first key that is not less than this one
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    to: Option<String>,
    /// List only keys that begin with this: text, hex digits of bytes, a first field, or JSON of the first fields
    #[arg(long, value_name = "KEY/TEXT", allow_hyphen_values = true)]
    prefix: Option<String>,
    #[command(flatten)]
    record: RecordArgs,
}

pub(super) fn run(args: &LsArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let opened = args.record.open(&args.tree)?;
    let filter = KeyFilter::new(args, &opened)?;
    let mut steps = filter.walk(&opened.tree);
    let printer = args.record.printer(true);
    let mut left = args.limit.unwrap_or(u64::MAX);
    let mut outcome = Outcome::Good;
    let mut misfits = TypeMismatch::new(&opened);
    while left > 0
        && let Some(step) = steps.next()
    {
        match step {
            Step::Node { .. } | Step::Absent(_) => {}
            Step::Record(record) => {
                left -= 1;
                if printer.print(&record, &opened.typing, output)? == Outcome::Unknown && outcome == Outcome::Good {
                    outcome = Outcome::Unknown;
                }
            }
            Step::Key(key) => {
                left -= 1;
                outcome = Outcome::Unknown;
                undelimited::print(&key, &opened.typing, printer.json, output)?;
            }
            Step::Damage(damage) if matches!(damage.error, NodeError::TypesUnknown { .. }) => {
                bail!("{}; give --key and --value", damage.error);
            }
            Step::Damage(found) if misfits.is_misfit(&found) => {
                outcome = Outcome::Unknown;
                warn(&damage::misfit(found.error.offset()));
            }
            Step::Damage(found) => {
                outcome = outcome.worsened_by(&found.error);
                warn(&damage::describe(&found, &opened.typing));
            }
        }
    }
    Ok(outcome)
}
