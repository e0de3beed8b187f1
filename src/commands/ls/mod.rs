//! `ls`: the records in key order.

mod key_filter;

use anyhow::bail;
use file_mst::NodeError;
use file_mst::inspect::walk::Step;
use file_mst::open::TypeMismatch;

use super::Outcome;
use super::support::output::{Output, stdout_is_terminal, warn};
use super::support::progress::Progress;
use super::support::record::RecordArgs;
use super::support::tree_args::TreeArgs;
use super::support::undelimited;
use crate::model::damage;
use crate::model::search::query::Query;
use crate::model::text::count;
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
    /// List only records that have this: a text, /PATTERN/, or FIELD:TEXT; as a search on the screen
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    grep: Option<String>,
    /// List from the last key to the first; --limit then counts from the end
    #[arg(long, short)]
    reverse: bool,
    #[command(flatten)]
    record: RecordArgs,
}

pub(super) fn run(args: &LsArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let opened = args.record.open(&args.tree)?;
    let filter = KeyFilter::new(args, &opened)?;
    let value_type = opened.typing.value.as_ref();
    let query = args.grep.as_ref().map(|query| Query::parse(query, &[value_type])).transpose();
    let query = query.map_err(anyhow::Error::msg)?;
    let has = |key: &[u8], value: Option<&[u8]>| {
        let key = (key, opened.typing.key.as_ref());
        query.as_ref().is_none_or(|query| query.has_record(key, value.map(|value| (value, value_type))))
    };
    let mut steps = if args.reverse { filter.walk_backward(&opened.tree) } else { filter.walk(&opened.tree) };
    let printer = args.record.printer(true, &opened)?;
    // Lines on a terminal are progress enough.
    let mut progress = if stdout_is_terminal() { Progress::none() } else { Progress::new() };
    let mut left = args.limit.unwrap_or(u64::MAX);
    let mut listed = 0_u64;
    let mut outcome = Outcome::Good;
    let mut misfits = TypeMismatch::new(&opened);
    while left > 0
        && let Some(step) = steps.next()
    {
        match step {
            Step::Node { .. } | Step::Absent(_) => {}
            Step::Record(record) if !has(record.bytes().stored_key, Some(record.bytes().value)) => {}
            Step::Record(record) => {
                left -= 1;
                listed += 1;
                progress.show(|_| format!("{} listed", count(listed, "record")));
                if printer.print(&record, &opened.typing, output)? == Outcome::Unknown && outcome == Outcome::Good {
                    outcome = Outcome::Unknown;
                }
            }
            // Its value cannot be searched.
            Step::Key(key) if !has(key.stored(), None) => outcome = Outcome::Unknown,
            Step::Key(key) => {
                left -= 1;
                listed += 1;
                outcome = Outcome::Unknown;
                undelimited::print(&key, &opened.typing, printer.json, output)?;
            }
            Step::Damage(damage) if matches!(damage.error, NodeError::TypesUnknown { .. }) => {
                bail!("{}; give --key and --value", damage.error);
            }
            Step::Damage(found) if misfits.is_misfit(&found) => {
                outcome = Outcome::Unknown;
                progress.clear();
                warn(&damage::misfit(found.error.offset()));
            }
            Step::Damage(found) => {
                outcome = outcome.worsened_by(&found.error);
                progress.clear();
                warn(&damage::describe(&found, &opened.typing));
            }
        }
    }
    if query.is_some() && listed == 0 && outcome == Outcome::Good {
        outcome = Outcome::Bad;
    }
    Ok(outcome)
}
