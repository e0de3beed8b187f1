//! The command line.

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

use crate::plan::Plan;
use crate::step::{Job, Step};

/// The text of `--help`.
pub(crate) const HELP: &str = "\
Builds trees of 100,000 records, of ten times as many, and so on, and measures each operation on them.

mst-scale --dir DIR [--to N] [--peers-to N] [--program FILE] [--peers FILE] [--out FILE] [--keep]

  --dir DIR       where to put the files: on the disk that is to be measured
  --to N          records of the largest tree, such as 1000000 or 1e9 (1e6)
  --peers-to N    the largest size that the peers are measured at (1e7)
  --program FILE  the screen's program, for the first frame (../../target/release/mst-tui)
  --peers FILE    the program of benches/peers (../peers/target/release/mst-peers); without it, no peers
  --out FILE      write the report there as well, and a chart beside it with the ending .svg
  --keep          keep the trees

A run that was stopped goes on where it was: figures are kept in DIR/figures.json.
";

/// The argument with which the program starts itself.
pub(crate) const CHILD: &str = "step";

/// The task of this process.
pub(crate) enum Command {
    Help,
    /// Run everything, one child process after the other.
    Plan(Plan),
    /// Be such a child process.
    Step(Job),
}

impl Command {
    /// Parses these arguments.
    pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Self> {
        let mut directory = None;
        let mut plan = Plan {
            directory: PathBuf::new(),
            to: 1_000_000,
            peers_to: 10_000_000,
            program: "../../target/release/mst-tui".into(),
            peers: "../peers/target/release/mst-peers".into(),
            out: None,
            keep: false,
        };
        while let Some(arg) = args.next() {
            let mut next = || args.next().with_context(|| format!("{arg} takes a value"));
            match arg.as_str() {
                "--help" | "-h" => return Ok(Self::Help),
                CHILD => {
                    let name = next()?;
                    let step = Step::named(&name).with_context(|| format!("there is no step {name}"))?;
                    return Ok(Self::Step(Job { step, records: number(&next()?)?, directory: next()?.into() }));
                }
                "--dir" => directory = Some(next()?.into()),
                "--to" => plan.to = number(&next()?)?,
                "--peers-to" => plan.peers_to = number(&next()?)?,
                "--program" => plan.program = next()?.into(),
                "--peers" => plan.peers = next()?.into(),
                "--out" => plan.out = Some(next()?.into()),
                "--keep" => plan.keep = true,
                _ => bail!("unknown argument {arg}; --help says what there is"),
            }
        }
        plan.directory = directory.context("--dir says where to put the files")?;
        ensure!(plan.to > 0, "there must be a record");
        Ok(Self::Plan(plan))
    }
}

/// A number as in `1000000` or `1e6`.
fn number(text: &str) -> Result<u64> {
    let whole = text.parse().ok();
    let power = || {
        let (digits, zeros) = text.split_once('e')?;
        digits.parse::<u64>().ok()?.checked_mul(10u64.checked_pow(zeros.parse().ok()?)?)
    };
    whole.or_else(power).with_context(|| format!("{text} is no number of records"))
}
