//! `verify`: every rule of the format, on every node.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use anyhow::Context;
use file_mst::open::Opened;
use file_mst::verify::{From, Progress, Severity, Verify, VerifyOptions, damaged_header, open_finding};

use super::Outcome;
use super::args::TreeArgs;
use super::output::{Output, complain};
use super::target::{Refused, TryOpen};
use crate::view::text::count;
use crate::view::verify::{FindingJson, Sieve, checked, line, running, unchecked, verdict};

/// How often the terminal is told how far it is.
const PROGRESS: Duration = Duration::from_millis(200);

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
    let mut told = Told::new();
    let mut sieve = Sieve::new(&opened);
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
        told.tell(verify.progress());
    }
    told.clear();
    let progress = &sieve.corrected(verify.progress());
    if !args.json {
        output.line(&verdict(progress))?;
        output.line(&checked(progress))?;
    }
    unchecked(progress, &sieve.sound).iter().for_each(|what| complain(what));
    if let Some(error) = verify.io_error() {
        complain(&error.to_string());
    }
    Ok(match (progress.is_valid(), progress.is_whole()) {
        (false, _) => Outcome::Bad,
        (true, true) => Outcome::Good,
        (true, false) => Outcome::Unknown,
    })
}

/// What is said of a file whose damage hides the tree: that is a finding too.
fn unopened(args: &VerifyArgs, refused: Refused, output: &mut Output) -> anyhow::Result<Outcome> {
    let finding = damaged_header(&refused.storage).or_else(|| open_finding(&refused.error));
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
    let Some(text) = &args.from else { return Ok(None) };
    if let Some(number) = text.strip_prefix('@').and_then(|number| number.replace([',', '_'], "").parse().ok()) {
        opened.tree.store().unchecked(number).with_context(|| format!("--from {text}"))?;
        return Ok(Some(From::Node(number)));
    }
    let ty = opened.typing.key.as_ref().context("the type of the keys is unknown: give --key, or --from @OFFSET")?;
    Ok(Some(From::Key(ty.parse(text).with_context(|| format!("{text:?} is not a key of type {ty}"))?)))
}

/// How far it is, in a line of the terminal that is written over.
struct Told {
    started: Instant,
    last: Option<Instant>,
    shown: bool,
}

impl Told {
    fn new() -> Self {
        Self { started: Instant::now(), last: stderr().is_terminal().then(Instant::now), shown: false }
    }

    fn tell(&mut self, progress: &Progress) {
        if self.last.is_none_or(|last| last.elapsed() < PROGRESS) {
            return;
        }
        self.last = Some(Instant::now());
        self.shown = true;
        // Nobody may be listening.
        let _ = write!(stderr(), "\r\x1b[K{}", running(progress, self.started.elapsed()));
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}
