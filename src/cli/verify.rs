//! `verify`: every rule of the format, on every node.

use anyhow::Context;
use file_mst::open::Opened;
use file_mst::verify::{From, Severity, Verify, VerifyOptions, open_finding};

use super::Outcome;
use super::args::TreeArgs;
use super::interrupt::Interrupt;
use super::output::{Output, complain};
use super::target::{Refused, TryOpen};
use super::told::Told;
use crate::model::item;
use crate::model::key::read_key;
use crate::model::text::{count, quoted};
use crate::model::verify::{FindingJson, Sieve, checked, findings, line, running, share, unchecked, verdict};

#[derive(clap::Args, Debug)]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    tree: TreeArgs,
    /// Check the trees of all commits of a file, not only the one that is named
    #[arg(long)]
    all_commits: bool,
    /// Leave out what ends before this key, or, written @N, before the node at this offset
    #[arg(long, value_name = "KEY|@N", allow_hyphen_values = true)]
    from: Option<String>,
    /// Stop once so many findings are told, and say how to go on
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
    let mut told = Told::new();
    let mut sieve = Sieve::new(&opened);
    let mut stopped = false;
    while let Some(found) = verify.step() {
        for finding in &found {
            told.clear();
            if sieve.is_misfit(finding) {
                continue;
            }
            if args.json {
                output.json(&FindingJson::new(finding, Some(&opened.typing)))?;
            } else {
                output.line(&line(finding, Some(&opened.typing)))?;
            }
        }
        if !found.is_empty() {
            output.finish()?;
        }
        let progress = &sieve.corrected(verify.progress());
        let found = || count(progress.findings(), "finding");
        told.tell(|worked| format!("{}, {}, {}", running(progress), share(progress, worked), found()));
        // What one step finds is told together, so that nothing is left out between this and what goes on behind it.
        let told_enough = args.limit.is_some_and(|limit| progress.findings() >= limit);
        // Where no node is left to look at, the end is nearer than a place to go on.
        let goes_on = args.all_commits || verify.reached_node().is_some();
        stopped = !verify.is_over() && (told_enough && goes_on || interrupt.is_asked());
        if stopped {
            break;
        }
    }
    told.clear();
    let progress = &sieve.corrected(verify.progress());
    if !args.json {
        output.line(&if stopped { format!("stopped: {}", findings(progress)) } else { verdict(progress) })?;
        output.line(&checked(progress))?;
    }
    if stopped {
        complain(&how_to_go_on(&verify, &opened));
    }
    unchecked(progress, &sieve.sound).iter().for_each(|what| complain(what));
    if let Some(error) = verify.io_error() {
        complain(&error.to_string());
    }
    Ok(match (progress.is_valid(), progress.is_whole() && !stopped) {
        (false, _) => Outcome::Bad,
        (true, true) => Outcome::Good,
        (true, false) => Outcome::Unknown,
    })
}

/// What to tell of a check that was stopped.
fn how_to_go_on(verify: &Verify, opened: &Opened) -> String {
    let place = verify.reached().and_then(|key| {
        let text = item::key(&key, opened.typing.key.as_ref());
        // A key that reads as an offset, or is cut short where it is shown, does not lead back here.
        (parse_from(&text, opened).ok()? == From::Key(key)).then(|| quoted(&text))
    });
    // A node does as well, as long as its keys can be told.
    let has_keys = opened.tree.store().codec().knows_keys();
    let node = || verify.reached_node().filter(|_| has_keys).map(|at| format!("@{at}"));
    let node = || node().filter(|at| parse_from(at, opened).is_ok());
    match place.or_else(node) {
        Some(place) => format!("stopped before the end: --from {place} goes on there"),
        None => "stopped before the end, and nothing says where to go on: begin anew".to_owned(),
    }
}

/// What is said of a file whose damage hides the tree: that is a finding too.
fn unopened(args: &VerifyArgs, refused: Refused, output: &mut Output) -> anyhow::Result<Outcome> {
    let finding = open_finding(&refused.error);
    let Some(finding) = finding.filter(|finding| finding.severity > Severity::Note) else {
        return Err(refused.into());
    };
    if args.json {
        output.json(&FindingJson::new(&finding, None))?;
    } else {
        output.line(&line(&finding, None))?;
        output.line(&format!("not valid: {}, and no tree can be opened", count(1, "error")))?;
    }
    Ok(Outcome::Bad)
}

fn from(args: &VerifyArgs, opened: &Opened) -> anyhow::Result<Option<From>> {
    args.from.as_ref().map(|text| parse_from(text, opened)).transpose()
}

fn parse_from(text: &str, opened: &Opened) -> anyhow::Result<From> {
    if let Some(number) = text.strip_prefix('@').and_then(|number| number.replace([',', '_'], "").parse().ok()) {
        opened.tree.store().unchecked(number).with_context(|| format!("--from {text}"))?;
        return Ok(From::Node(number));
    }
    let ty = opened.typing.key.as_ref().context("the type of the keys is unknown: give --key, or --from @OFFSET")?;
    Ok(From::Key(read_key(ty, text).map_err(anyhow::Error::msg)?))
}
