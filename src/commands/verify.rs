//! `verify`: checks every rule of the format on every node.

use anyhow::Context;
use file_mst::open::{Opened, Typing};
use file_mst::verify::{Finding, Severity, StartAt, Verify, VerifyOptions, open_finding};

use super::Outcome;
use super::support::colour::Colour;
use super::support::interrupt::Interrupt;
use super::support::keys::parse_key;
use super::support::open_tree::{Refused, TryOpen};
use super::support::output::{Output, warn};
use super::support::progress::Progress;
use super::support::tree_args::TreeArgs;
use crate::model::item;
use crate::model::text::{count, quoted};
use crate::model::verify::{FindingJson, Sieve, checked, findings, line, running, share, unchecked, verdict};

#[derive(clap::Args, Debug)]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    tree: TreeArgs,
    /// Check the trees of all commits of a file, not only the named one
    #[arg(long)]
    all_commits: bool,
    /// Skip the part of the tree before this key, or, written @N, before the node at this offset
    #[arg(long, value_name = "KEY|@N", allow_hyphen_values = true)]
    from: Option<String>,
    /// Stop after this many findings, and say how to continue
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Print one JSON object a finding: offset, invariant, severity, expected, found, path
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &VerifyArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let opened = match args.tree.try_open()? {
        TryOpen::Opened(tree) => tree.opened,
        TryOpen::Refused(refused) => return unopened(args, *refused, output),
    };
    let options = VerifyOptions { all_commits: args.all_commits, from: from(args, &opened)?, threads: 0 };
    let mut verify = Verify::new(&opened, options);
    let interrupt = Interrupt::listen()?;
    let mut status = Progress::new();
    let mut sieve = Sieve::new(&opened);
    let mut stopped = false;
    while let Some(found) = verify.step() {
        for finding in &found {
            status.clear();
            if sieve.is_misfit(finding) {
                continue;
            }
            if args.json {
                output.json(&FindingJson::new(finding, Some(&opened.typing)))?;
            } else {
                print(finding, Some(&opened.typing), output)?;
            }
        }
        if !found.is_empty() {
            output.finish()?;
        }
        let progress = &sieve.corrected(verify.progress());
        let found = || count(progress.findings(), "finding");
        status.show(|worked| format!("{}, {}, {}", running(progress), share(progress, worked), found()));
        // All findings of a step are printed before it can stop, so that a check that continues here misses none.
        let limit_reached = args.limit.is_some_and(|limit| progress.findings() >= limit);
        // Without a next node there is no place to continue from, and the end is near: finish instead.
        let can_continue = args.all_commits || verify.reached_node().is_some();
        stopped = !verify.is_over() && (limit_reached && can_continue || interrupt.is_requested());
        if stopped {
            break;
        }
    }
    status.clear();
    let progress = &sieve.corrected(verify.progress());
    if !args.json {
        let (colour, text) = match stopped {
            true => (Colour::Magenta, format!("stopped: {}", findings(progress))),
            false if progress.is_valid() && progress.is_whole() => (Colour::Green, verdict(progress)),
            false if progress.is_valid() => (Colour::Magenta, verdict(progress)),
            false => (Colour::Red, verdict(progress)),
        };
        output.coloured(Some(colour), &text)?;
        output.line("")?;
        output.line(&checked(progress))?;
    }
    if stopped {
        warn(&how_to_continue(&verify, &opened));
    }
    unchecked(progress, &sieve.sound).iter().for_each(|part| warn(part));
    if let Some(error) = verify.io_error() {
        warn(&error.to_string());
    }
    Ok(match (progress.is_valid(), progress.is_whole() && !stopped) {
        (false, _) => Outcome::Bad,
        (true, true) => Outcome::Good,
        (true, false) => Outcome::Unknown,
    })
}

/// Prints a finding, its place in a colour for how bad it is.
fn print(finding: &Finding, typing: Option<&Typing>, output: &mut Output) -> anyhow::Result<()> {
    let text = line(finding, typing);
    let end = text.match_indices("  ").nth(1).map_or(0, |(end, _)| end);
    let colour = match finding.severity {
        Severity::Note => Colour::Dim,
        Severity::Warning => Colour::Yellow,
        _ => Colour::Red,
    };
    let (place, rest) = text.split_at(end);
    output.coloured(Some(colour), place)?;
    output.line(rest)
}

/// The advice for a check that was stopped.
fn how_to_continue(verify: &Verify, opened: &Opened) -> String {
    let place = verify.reached().and_then(|key| {
        let text = item::key(&key, opened.typing.key.as_ref());
        // Advise only a key that reads back as itself: not one that looks like an offset, or is shown cut short.
        (parse_from(&text, opened).ok()? == StartAt::Key(key)).then(|| quoted(&text))
    });
    // The offset of a node works too, if the types of the keys are known.
    let has_keys = opened.tree.store().codec().knows_keys();
    let node = || verify.reached_node().filter(|_| has_keys).map(|at| format!("@{at}"));
    let node = || node().filter(|at| parse_from(at, opened).is_ok());
    match place.or_else(node) {
        Some(place) => format!("stopped before the end; run with --from {place} to continue"),
        None => "stopped before the end; there is no place to continue from, so run it from the start".to_owned(),
    }
}

/// Reports damage that prevents the tree from being opened: it is a finding too. Other errors are passed on.
fn unopened(args: &VerifyArgs, refused: Refused, output: &mut Output) -> anyhow::Result<Outcome> {
    let finding = open_finding(&refused.error);
    let Some(finding) = finding.filter(|finding| finding.severity > Severity::Note) else {
        return Err(refused.into());
    };
    if args.json {
        output.json(&FindingJson::new(&finding, None))?;
    } else {
        print(&finding, None, output)?;
        let verdict = format!("not valid: {}, and no tree can be opened", count(1, "error"));
        output.coloured(Some(Colour::Red), &verdict)?;
        output.line("")?;
    }
    Ok(Outcome::Bad)
}

fn from(args: &VerifyArgs, opened: &Opened) -> anyhow::Result<Option<StartAt>> {
    args.from.as_ref().map(|text| parse_from(text, opened)).transpose()
}

fn parse_from(text: &str, opened: &Opened) -> anyhow::Result<StartAt> {
    if let Some(number) = text.strip_prefix('@').and_then(|number| number.replace([',', '_'], "").parse().ok()) {
        opened.tree.store().unchecked(number).with_context(|| format!("--from {text}"))?;
        return Ok(StartAt::Node(number));
    }
    let ty = opened.typing.key.as_ref().context("the type of the keys is unknown: give --key, or --from @OFFSET")?;
    Ok(StartAt::Key(parse_key(ty, text)?))
}
