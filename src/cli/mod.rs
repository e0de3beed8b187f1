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

/// Runs the program. Exit code 0: same, valid, found; 1: different, damaged, absent; 2: could not tell.
pub(crate) fn main() -> ExitCode {
    let args = Args::parse();
    let mut output = Output::stdout();
    let outcome = match &args.command {
        None => browse::run(&args.browse, &mut output),
        Some(Command::Stat(args)) => stat::run(args, &mut output),
        Some(Command::Ls(args)) => ls::run(args, &mut output),
        Some(Command::Get(args)) => get::run(args, &mut output),
        Some(Command::Shape(args)) => shape::run(args, &mut output),
        Some(Command::Verify(args)) => verify::run(args, &mut output),
        Some(Command::Log(args)) => log::run(args, &mut output),
        Some(Command::Put(args)) => put::run(args, &mut output),
        Some(Command::Rm(args)) => rm::run(args, &mut output),
        Some(Command::Convert(args)) => convert::run(args, &mut output),
        Some(Command::Compact(args)) => compact::run(args, &mut output),
        #[cfg(feature = "mapping")]
        Some(Command::Build(args)) => build::run(args, &mut output),
        #[cfg(feature = "mapping")]
        Some(Command::Compare(args)) => compare::run(args, &mut output),
        #[cfg(feature = "mapping")]
        Some(Command::Contract(args)) => contract::run(args, &mut output),
        Some(Command::Diff(args)) => diff::run(args, &mut output),
        Some(Command::Patch(args)) => patch::run(args, &mut output),
        Some(Command::Prove(args)) => prove::run(args, &mut output),
        Some(Command::CheckProof(args)) => check_proof::run(args, &mut output),
        Some(Command::Explain(args)) => explain::run(args, &mut output),
        Some(Command::Hex(args)) => hex::run(args, &mut output),
        Some(Command::Salvage(args)) => salvage::run(args, &mut output),
        Some(Command::Schema(args)) => schema::run(args, &mut output),
        Some(Command::Infer(args)) => infer::run(args, &mut output),
        Some(Command::Screenshot(args)) => screenshot::run(args, &mut output),
    };
    match outcome.and_then(|outcome| output.finish().map(|()| outcome)) {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::Bad) => ExitCode::from(1),
        Ok(Outcome::Unknown) => ExitCode::from(2),
        // Whoever read the output has seen enough.
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&format!("{error:#}"));
            ExitCode::from(2)
        }
    }
}
