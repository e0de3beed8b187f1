//! The command line.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

use crate::case::Case;
use crate::job::Job;
use crate::peers::PeerName;

/// The text of `--help`.
pub(crate) const HELP: &str = "\
Runs the same workloads over file_mst and its peers, each case in a process of its own, and prints the figures.

mst-peers [--quick | --count N] [--runs N] [--case NAME]... [--peer NAME]... [--dir DIR] [--out FILE]

  --count N    records (1,000,000)
  --quick      100,000 records
  --runs N     runs of each case, of which the median counts (3); one that takes long is run once
  --case NAME  only these cases: random sorted open gets scan diff-100 diff-1000 update commits commits-short compact
  --peer NAME  only these peers: ours ours-small ours-retain lmdb lmdb-append redb memory published
  --dir DIR    where to put the files: on the disk that is to be measured (beside the program)
  --out FILE   write the report there as well
";

/// The seconds after which a case of a peer is not run again.
pub(crate) const LONG: f64 = 30.0;

/// The cases to run.
pub(crate) struct Plan {
    pub(crate) count: u32,
    pub(crate) runs: usize,
    pub(crate) cases: Vec<Case>,
    pub(crate) peers: Vec<PeerName>,
    pub(crate) directory: Option<PathBuf>,
    pub(crate) out: Option<PathBuf>,
}

/// The task of this process.
pub(crate) enum Command {
    Help,
    /// Run everything, one child process after the other.
    Plan(Plan),
    /// Be such a child process.
    Job(Job),
}

/// The argument with which the program starts itself.
pub(crate) const CHILD: &str = "case";

impl Command {
    /// Parses these arguments.
    pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Self> {
        let mut plan = Plan { count: 1_000_000, runs: 3, cases: vec![], peers: vec![], directory: None, out: None };
        while let Some(arg) = args.next() {
            let mut next = || args.next().with_context(|| format!("{arg} takes a value"));
            match arg.as_str() {
                "--help" | "-h" => return Ok(Self::Help),
                CHILD => {
                    let (case, peer) = (case(&next()?)?, peer(&next()?)?);
                    return Ok(Self::Job(Job { case, peer, count: next()?.parse()?, directory: next()?.into() }));
                }
                "--quick" => plan.count = 100_000,
                "--count" => plan.count = next()?.parse().context("--count takes a number")?,
                "--runs" => plan.runs = next()?.parse().context("--runs takes a number")?,
                "--case" => plan.cases.push(case(&next()?)?),
                "--peer" => plan.peers.push(peer(&next()?)?),
                "--dir" => plan.directory = Some(next()?.into()),
                "--out" => plan.out = Some(next()?.into()),
                _ => bail!("unknown argument {arg}; --help says what there is"),
            }
        }
        ensure!(plan.count > 0 && plan.runs > 0, "there must be a record and a run");
        Ok(Self::Plan(plan))
    }
}

fn case(name: &str) -> Result<Case> {
    Case::named(name).with_context(|| format!("there is no case {name}"))
}

fn peer(name: &str) -> Result<PeerName> {
    PeerName::named(name).with_context(|| format!("there is no peer {name}"))
}
