//! The command line: one file a subcommand.

mod args;
mod browse;
#[cfg(feature = "mapping")]
mod build;
mod check_proof;
mod commit;
mod compact;
#[cfg(feature = "mapping")]
mod compare;
#[cfg(feature = "mapping")]
mod contract;
mod convert;
mod diff;
mod diff_text;
mod explain;
mod get;
mod hex;
mod infer;
mod input;
mod interrupt;
mod lenient;
mod lines;
mod log;
mod lost;
mod ls;
mod names;
mod output;
mod patch;
#[cfg(feature = "mapping")]
mod progress;
mod proof_args;
mod proof_text;
mod prove;
mod put;
mod range;
mod record;
mod rm;
#[cfg(feature = "mapping")]
mod rows;
mod salvage;
mod schema;
mod screenshot;
mod shape;
#[cfg(feature = "mapping")]
mod source_args;
mod stat;
mod target;
mod told;
mod undivided;
mod verify;
mod wanted;
mod write;
mod write_args;

use std::process::ExitCode;

use clap::Parser;
use file_mst::node::NodeError;

use args::{Args, Command};
use output::Output;

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    /// Same, valid, found.
    Good,
    /// Different, damaged, absent.
    Bad,
    /// Could not tell: for want of types, since reading fails, or since links run in a ring.
    Unknown,
}

impl Outcome {
    /// What damage makes of an outcome so far: what one could not tell weighs more than what is known to be bad.
    fn with(self, error: &NodeError) -> Self {
        match error {
            NodeError::Io { .. } | NodeError::Loop { .. } => Self::Unknown,
            _ if self == Self::Unknown => self,
            _ => Self::Bad,
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Good => Self::SUCCESS,
            Outcome::Bad => Self::from(1),
            Outcome::Unknown => Self::from(2),
        }
    }
}

/// Runs the program. Exit code 0: same, valid, found; 1: different, damaged, absent; 2: could not tell.
pub(crate) fn main() -> ExitCode {
    output::report_panics();
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return output::usage::<Args>(error),
    };
    let mut output = Output::stdout();
    let outcome = run(&args, &mut output);
    match (outcome, output.finish()) {
        (Ok(outcome), Ok(())) => outcome.into(),
        // Whoever read the output has seen enough; all was done, and the outcome holds.
        (Ok(outcome), Err(error)) if output::is_broken_pipe(&error) => outcome.into(),
        // It was not done to the end: a list is not in want of the rest, a verdict cannot be given.
        (Err(error), _) if output::is_broken_pipe(&error) => match args.command.is_some_and(|it| it.judges()) {
            true => Outcome::Unknown.into(),
            false => ExitCode::SUCCESS,
        },
        (Ok(_), Err(error)) | (Err(error), _) => {
            output::complain(&format!("{error:#}"));
            Outcome::Unknown.into()
        }
    }
}

fn run(args: &Args, output: &mut Output) -> anyhow::Result<Outcome> {
    match &args.command {
        None => browse::run(&args.browse, output),
        Some(Command::Stat(args)) => stat::run(args, output),
        Some(Command::Ls(args)) => ls::run(args, output),
        Some(Command::Get(args)) => get::run(args, output),
        Some(Command::Shape(args)) => shape::run(args, output),
        Some(Command::Verify(args)) => verify::run(args, output),
        Some(Command::Log(args)) => log::run(args, output),
        Some(Command::Put(args)) => put::run(args, output),
        Some(Command::Rm(args)) => rm::run(args, output),
        Some(Command::Convert(args)) => convert::run(args, output),
        Some(Command::Compact(args)) => compact::run(args, output),
        #[cfg(feature = "mapping")]
        Some(Command::Build(args)) => build::run(args, output),
        #[cfg(feature = "mapping")]
        Some(Command::Compare(args)) => compare::run(args, output),
        #[cfg(feature = "mapping")]
        Some(Command::Contract(args)) => contract::run(args, output),
        Some(Command::Diff(args)) => diff::run(args, output),
        Some(Command::Patch(args)) => patch::run(args, output),
        Some(Command::Prove(args)) => prove::run(args, output),
        Some(Command::CheckProof(args)) => check_proof::run(args, output),
        Some(Command::Explain(args)) => explain::run(args, output),
        Some(Command::Hex(args)) => hex::run(args, output),
        Some(Command::Salvage(args)) => salvage::run(args, output),
        Some(Command::Schema(args)) => schema::run(args, output),
        Some(Command::Infer(args)) => infer::run(args, output),
        Some(Command::Screenshot(args)) => screenshot::run(args, output),
    }
}
