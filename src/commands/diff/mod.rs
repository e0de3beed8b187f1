//! `diff`: which records differ in two trees.

mod html;
mod open;
mod print;
mod recheck;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::ValueEnum;
use file_mst::NodeError;
use file_mst::NodeHash;
use file_mst::diff::{Answer, Conclusion, Counts, Diff, Item, Reason, Side};
use file_mst::open::Opened;

use super::Outcome;
use super::support::keys::parse_range;
use super::support::named::instead_of_trees;
use super::support::output::Output;
use super::support::progress::Progress;
use super::support::target::Target;
use super::support::tolerance::ToleranceArgs;
use super::support::tree_args::OpenArgs;
use crate::model::damage;
use crate::model::diff::entry::{self, Entry};
use crate::model::diff::pair::Pair;
use crate::model::diff::report::{Report, Row};
use crate::model::diff::summary::Counter;
use crate::model::diff::summary_text::DiffSummary;
use crate::model::diff::text;
use crate::model::diff::verdict::{self, Compared};
use crate::model::item::ValueFormat;
use crate::model::text::count;
pub(super) use open::{open_beside, open_both};
pub(super) use recheck::RecheckArgs;
use recheck::Rechecker;

/// The longest time for which output stays in the buffer while the diff goes on.
const MAX_BUFFERED: Duration = Duration::from_millis(100);

#[derive(clap::Args, Debug)]
pub(super) struct DiffArgs {
    /// The left tree: PATH, PATH#COMMIT, PATH@OFFSET or PATH@OFFSET:HASH
    #[arg(value_name = "LEFT")]
    pub(super) left: Target,
    /// The right tree
    #[arg(value_name = "RIGHT")]
    pub(super) right: Target,
    #[command(flatten)]
    pub(super) options: OpenArgs,
    /// The offset of the root of RIGHT in its file, in bytes; --offset and --hash apply to LEFT
    #[arg(long, value_name = "N")]
    pub(super) right_offset: Option<u64>,
    /// The hash of the root of RIGHT, 64 hex digits
    #[arg(long, value_name = "H")]
    pub(super) right_hash: Option<NodeHash>,
    #[command(flatten)]
    pub(super) list: ListArgs,
    #[command(flatten)]
    pub(super) recheck: RecheckArgs,
}

impl DiffArgs {
    /// The diff of two trees that say themselves where their roots are and what their types are.
    pub(super) fn of(left: Target, right: Target, list: &ListArgs) -> Self {
        Self {
            left,
            right,
            options: OpenArgs::plain(),
            right_offset: None,
            right_hash: None,
            list: list.clone(),
            recheck: RecheckArgs::default(),
        }
    }
}

/// What is compared, and how it is printed.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct ListArgs {
    /// Print one JSON object a line; the last one is the summary
    #[arg(long)]
    pub(crate) json: bool,
    /// Only count the records, and list none
    #[arg(long)]
    pub(crate) stat: bool,
    /// List only this kind of difference
    #[arg(long, value_name = "KIND")]
    pub(crate) only: Option<Kind>,
    /// Compare only keys from A up to B, which A..B excludes and A..=B includes; either end may be omitted
    #[arg(long, value_name = "A..B", allow_hyphen_values = true)]
    pub(crate) range: Option<String>,
    /// Stop after listing this many records
    #[arg(long, value_name = "N", conflicts_with = "stat")]
    pub(crate) limit: Option<u64>,
    /// Write a report to this new file, as one HTML page with a table that sorts and filters, and print only the summary
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "stat", "limit"])]
    pub(crate) html: Option<PathBuf>,
    /// Compare bytes, whatever the types and contracts of the trees say that they mean
    #[arg(long)]
    pub(crate) bytes: bool,
    /// How to print values; in JSON only redacted has an effect
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub(crate) format_value: ValueFormat,
    #[command(flatten)]
    pub(crate) tolerance: ToleranceArgs,
}

/// A kind of difference.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Kind {
    /// Records that only LEFT has
    Left,
    /// Records that only RIGHT has
    Right,
    /// Records with different values
    Changed,
    /// Records whose fields differ by no more than their tolerances; without this they are only counted
    WithinTolerance,
    /// Keys that a side left out when its tree was built
    NotCompared,
}

pub(super) fn run(args: &DiffArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    if let Some(refusal) = instead_of_trees(&args.left, &args.right) {
        bail!(refusal);
    }
    let mut pair = args.list.tolerance.apply(open_both(args).context("could not tell")?)?;
    if args.list.stat && args.recheck.left_mapping.is_some() {
        bail!("--stat only counts, so no rows can be shown: omit it, or --left-mapping and --right-mapping");
    }
    pair.mappings = args.recheck.read()?;
    let rechecks = pair.mappings.is_some();
    run_pair(&pair, &args.list, rechecks, output)
}

/// Compares two opened trees and prints how they differ; if `rechecks`, as the rows that are fetched again have it.
pub(super) fn run_pair(pair: &Pair, args: &ListArgs, rechecks: bool, output: &mut Output) -> anyhow::Result<Outcome> {
    // Before the work, so that it is not in vain.
    let mut file = args.html.as_deref().map(html::HtmlFile::create).transpose()?;
    let mut stream = pair.diff();
    if file.is_some() {
        stream = stream.map(Diff::with_equal);
    }
    if let Some(range) = &args.range {
        stream = stream.map(|stream| within(stream, &pair.left, range)).transpose()?;
    }
    if !args.json {
        print_remarks(pair, output)?;
    }
    let (listed, same_rule) = match &mut stream {
        Some(stream) => {
            // A report shows where the differences are among what is equal.
            let report = file.as_mut().map(|file| &mut file.report);
            (list(args, pair, stream, rechecks, report, output)?, stream.prunes())
        }
        None => (Listed::default(), true),
    };
    let Listed { stopped, counts, fields, misfits } = listed;
    let by_value = pair.comparison.is_by_value();
    let how = Compared { stopped, misfits, same_rule, by_value, ranged: args.range.is_some() };
    let conclusion = verdict::conclusion(pair, &counts, how);
    let summary = DiffSummary {
        counts: &counts,
        conclusion: conclusion.clone(),
        how,
        contracts: (pair.left.contract(), pair.right.contract()),
        fields: fields.summary(),
        with_fields: args.stat || args.html.is_some(),
    };
    if args.json {
        output.json(&summary.json(pair))?;
    } else {
        let is_printed = pair.comparison.unsettled().is_some()
            || !args.stat && args.html.is_none() && !counts.rechecked && verdict::certain_drift(pair, &counts) > 0;
        if !is_printed {
            print::verdict(summary.conclusion.answer, summary.verdict(), output)?;
        }
        for line in summary.lines(pair) {
            output.line(&line)?;
        }
    }
    if let Some(file) = file {
        file.finish(pair, &summary, args, output)?;
    }
    Ok(conclusion.into())
}

impl From<Conclusion> for Outcome {
    fn from(conclusion: Conclusion) -> Self {
        match conclusion.answer {
            Answer::Same | Answer::SameRecords | Answer::AgreesNow | Answer::WithinTolerance => Self::Good,
            Answer::Drifted => Self::Bad,
            Answer::CouldNotTell => Self::Unknown,
        }
    }
}

/// Prints what is known of the comparison before any record is compared.
fn print_remarks(pair: &Pair, output: &mut Output) -> anyhow::Result<()> {
    let comparison = &pair.comparison;
    if let Some(reason) = comparison.unsettled() {
        print::verdict(Answer::CouldNotTell, &format!("could not tell: {reason}"), output)?;
    }
    for reason in comparison.reasons.iter().filter(|reason| matches!(reason, Reason::TimeZones { .. })) {
        output.line(&reason.to_string())?;
    }
    for note in &comparison.notes {
        output.line(note)?;
    }
    for types in &comparison.types {
        output.line(&format!("types differ: {types}"))?;
    }
    Ok(())
}

/// The result of listing the differences.
struct Listed {
    /// Whether it stopped at the limit.
    stopped: bool,
    counts: Counts,
    /// How often each field differs.
    fields: Counter,
    /// The number of nodes that the types do not fit.
    misfits: u64,
}

impl Default for Listed {
    /// The result if there is nothing to compare.
    fn default() -> Self {
        let counts = Counts { equal_is_exact: true, ..Counts::default() };
        Self { stopped: false, counts, fields: Counter::default(), misfits: 0 }
    }
}

/// Prints all differences; with mappings, as the rows that are fetched again have them.
fn list(
    args: &ListArgs,
    pair: &Pair,
    stream: &mut Diff,
    rechecks: bool,
    mut report: Option<&mut Report>,
    output: &mut Output,
) -> anyhow::Result<Listed> {
    if args.format_value == ValueFormat::Redacted && rechecks {
        bail!(
            "the rows of the sources show values: omit --left-mapping and --right-mapping, or --format-value redacted"
        );
    }
    if pair.comparison.has_keys_by_value() && rechecks {
        bail!(
            "the keys of the trees have different types, so rows cannot be fetched by key: omit --left-mapping and \
             --right-mapping"
        );
    }
    let mappings = pair.mappings.as_ref().filter(|_| rechecks);
    let mut rechecker = mappings.map(|mappings| Rechecker::open(mappings, pair, args.json, args.only)).transpose()?;
    let listed = list_items(args, pair, stream, output, (rechecker.as_mut(), report.as_deref_mut()))?;
    let Some(mut rechecker) = rechecker else { return Ok(listed) };
    rechecker.flush(pair, report, output)?;
    let (counts, fields) = rechecker.finish(listed.counts);
    Ok(Listed { counts, fields, ..listed })
}

/// Prints each difference as it is found, or adds it to the report or the rechecker if there is one.
fn list_items(
    args: &ListArgs,
    pair: &Pair,
    stream: &mut Diff,
    output: &mut Output,
    (mut rechecker, mut report): (Option<&mut Rechecker>, Option<&mut Report>),
) -> anyhow::Result<Listed> {
    let mut left = args.limit.unwrap_or(u64::MAX);
    let mut sieve = pair.misfits();
    // Rows that are fetched again may agree, so the trees alone give neither the verdict nor the kind of a record.
    let rechecks = rechecker.is_some();
    let unsettled = pair.comparison.unsettled().is_some();
    // Under a tolerance, fingerprints that differ are no certain drift.
    let is_undecided = pair.comparison.tolerances().is_undecided();
    let (mut verdict_printed, mut flushed) =
        (args.stat || args.json || args.html.is_some() || rechecks || unsettled, None::<Instant>);
    let (mut stopped, mut fields, mut misfits) = (true, Counter::default(), 0);
    let mut progress = Progress::new();
    // Nobody reads on once the pager is left, and what was found is certain.
    while left > 0 && !(output.is_left() && verdict_printed && !rechecks) {
        progress.show(|_| so_far(&stream.counts()));
        let Some(item) = stream.next() else {
            stopped = false;
            break;
        };
        let entry = report.as_ref().map(|_| Entry::of(&item, pair, &mut sieve, None));
        if let (Some(report), Some(entry @ Entry::Equal(_))) = (report.as_deref_mut(), &entry) {
            report.pass(entry.weight());
        }
        let kind = match &item {
            Item::OnlyLeft(_) => Some(Kind::Left),
            Item::OnlyRight(_) => Some(Kind::Right),
            Item::Changed(..) => Some(Kind::Changed),
            Item::WithinTolerance(..) => Some(Kind::WithinTolerance),
            Item::Equal(_) => continue,
            Item::Damage(damage) if matches!(damage.error, NodeError::TypesUnknown { .. }) => {
                bail!("{} ({}); give --key and --value", damage.error, damage.side.name());
            }
            Item::NotCompared(_) => Some(Kind::NotCompared),
            Item::Damage(_) => None,
        };
        let is_drift = match kind {
            Some(Kind::Left | Kind::Right) => true,
            Some(Kind::Changed) => !is_undecided,
            Some(Kind::WithinTolerance | Kind::NotCompared) | None => false,
        };
        if kind.is_none() || !args.stat {
            progress.clear();
        }
        if is_drift && !verdict_printed {
            verdict_printed = true;
            print::verdict(Answer::Drifted, "drifted", output)?;
        }
        if let Item::Changed(left, right) = &item
            && (args.stat || args.json || args.html.is_some())
        {
            fields.add(pair, left.bytes().value, right.bytes().value);
        }
        // Damage is printed whatever was asked for, because it makes the rest uncertain.
        let is_asked_for = match (args.only, kind) {
            (only, Some(Kind::WithinTolerance)) => only == kind,
            (only, kind) => only.is_none() || only == kind,
        };
        if kind.is_some() && (args.stat || !rechecks && !is_asked_for) {
            continue;
        }
        left -= u64::from(kind.is_some());
        if let Item::Damage(damage) = &item
            && sieve.is_misfit(damage)
        {
            misfits += 1;
            if let (Some(report), Some(row)) = (report.as_deref_mut(), row(entry.as_ref(), pair, args)) {
                report.add(row);
                continue;
            }
            match args.json {
                true => output.json(&pair.damage_json(damage, true))?,
                false => {
                    let misfit = damage::misfit(damage.error.offset());
                    output.coloured(Some(print::colour_of(entry::Kind::Misfit)), "?")?;
                    output.line(&format!(" {}: {misfit}", damage.side.name()))?;
                }
            }
            continue;
        }
        if let Some(rechecker) = rechecker.as_mut().filter(|_| kind.is_some()) {
            rechecker.add(&item, pair, report.as_deref_mut(), output)?;
            continue;
        }
        if let (Some(report), Some(row)) = (report.as_deref_mut(), row(entry.as_ref(), pair, args)) {
            report.add(row);
            continue;
        }
        if args.json {
            if let Some(json) = pair.json(&item, args.format_value) {
                output.json(&json)?;
            }
        } else {
            print::parts(&text::item(pair, &item, args.format_value), output)?;
        }
        if flushed.is_none_or(|flushed| flushed.elapsed() > MAX_BUFFERED) {
            output.finish()?;
            flushed = Some(Instant::now());
        }
    }
    Ok(Listed { stopped, counts: stream.counts(), fields, misfits })
}

/// The row of a difference in a report.
fn row(entry: Option<&Entry>, pair: &Pair, args: &ListArgs) -> Option<Row> {
    Row::of(entry?, pair, args.format_value)
}

/// How far the diff is: `1,204 differences so far, 18,204 nodes read`
fn so_far(counts: &Counts) -> String {
    let nodes = counts.left.nodes_read + counts.right.nodes_read;
    format!("{} so far, {} read", count(counts.drifted(), "difference"), count(nodes, "node"))
}

/// Limits the diff to a range of keys.
fn within(stream: Diff, opened: &Opened, range: &str) -> anyhow::Result<Diff> {
    let ty = opened.typing.key.as_ref().context("the type of the keys is unknown: give --key")?;
    let (start, end) = parse_range(range, ty)?;
    let common = |stored: Vec<u8>| stream.key_form(Side::Left, &stored).into_owned();
    let (start, end) = (start.map(common), end.map(common));
    Ok(stream.range(start.as_ref().map(Vec::as_slice), end.as_ref().map(Vec::as_slice)))
}
