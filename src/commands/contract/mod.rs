//! `contract`: drafts and checks contracts and mappings, and explains how one row is mapped.

mod check;
mod draft;
mod explain;

use clap::Subcommand;

use super::Outcome;
use super::support::output::Output;

#[derive(clap::Args, Debug)]
pub(super) struct ContractArgs {
    #[command(subcommand)]
    command: ContractCommand,
}

#[derive(Subcommand, Debug)]
enum ContractCommand {
    /// Check a contract and its mappings, without reading any source
    Check(check::ContractCheckArgs),
    /// Propose a contract between two tables, and a mapping for each, with the reason of every part
    Draft(Box<draft::ContractDraftArgs>),
    /// Show each step from the columns of one row to canonical bytes
    Explain(explain::ContractExplainArgs),
}

pub(super) fn run(args: &ContractArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    match &args.command {
        ContractCommand::Check(args) => check::run(args, output),
        ContractCommand::Draft(args) => draft::run(args, output),
        ContractCommand::Explain(args) => explain::run(args, output),
    }
}
