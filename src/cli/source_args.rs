//! What can be said to the commands that read contracts and mappings.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use mst_sync::ingest::{BuildOptions, OnError};

use super::args::{DiffArgs, Kind, KnownArgs};
use super::target::Target;
use crate::model::item::ValueFormat;

/// How rows become trees.
#[derive(clap::Args, Clone, Debug)]
pub(super) struct HowArgs {
    /// The memory that the build may take, in megabytes; what has no room in it is sorted in a temporary file
    #[arg(long, value_name = "MB", default_value_t = 256, value_parser = clap::value_parser!(u64).range(16..=1 << 20))]
    pub(super) memory: u64,
    /// What becomes of rows that break the contract: the first one ends the build; they are left out; or all are listed
    /// and nothing is written
    #[arg(long, value_name = "WHAT", default_value = "stop")]
    pub(super) on_error: OnErrorChoice,
    /// What the commit says of itself
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(super) label: String,
}

impl HowArgs {
    /// The options, with the memory shared by so many builds.
    pub(super) fn options(&self, builds: u64) -> BuildOptions {
        let memory = usize::try_from((self.memory << 20) / builds).unwrap_or(usize::MAX);
        let on_error = match self.on_error {
            OnErrorChoice::Stop => OnError::Stop,
            OnErrorChoice::Skip => OnError::Skip,
            OnErrorChoice::List => OnError::List,
        };
        BuildOptions { memory, on_error, label: self.label.clone() }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum OnErrorChoice {
    /// The first one ends the build
    Stop,
    /// They are named and left out
    Skip,
    /// All are named, and nothing is written
    List,
}

#[derive(clap::Args, Debug)]
pub(super) struct BuildArgs {
    /// The mapping: which source, and how its rows become records of which contract
    #[arg(value_name = "MAPPING")]
    pub(super) mapping: PathBuf,
    /// The tree: a new file, or one under the same contract, which gets a commit of what changed
    #[arg(long, short, value_name = "TREE", required_unless_present = "check")]
    pub(super) output: Option<PathBuf>,
    /// Map and validate all rows, and write nothing
    #[arg(long, conflicts_with = "output")]
    pub(super) check: bool,
    #[command(flatten)]
    pub(super) how: HowArgs,
    /// Print JSON: an object for each problem, and one for the whole
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(clap::Args, Debug)]
pub(super) struct CompareArgs {
    /// The mapping of the one source
    #[arg(value_name = "LEFT")]
    pub(super) left: PathBuf,
    /// The mapping of the other
    #[arg(value_name = "RIGHT")]
    pub(super) right: PathBuf,
    /// Keep the left tree in this file; the next comparison then writes only what changed
    #[arg(long, value_name = "TREE")]
    pub(super) left_tree: Option<PathBuf>,
    /// Keep the right tree in this file
    #[arg(long, value_name = "TREE")]
    pub(super) right_tree: Option<PathBuf>,
    #[command(flatten)]
    pub(super) how: HowArgs,
    /// Print one JSON object a line; the last one is the summary
    #[arg(long)]
    pub(super) json: bool,
    /// List no records, only count them
    #[arg(long)]
    pub(super) stat: bool,
    /// Show beneath each record the rows that it was made from
    #[arg(long)]
    pub(super) rows: bool,
    /// List only this kind
    #[arg(long, value_name = "KIND")]
    pub(super) only: Option<Kind>,
    /// Stop after listing so many records
    #[arg(long, value_name = "N", conflicts_with = "stat")]
    pub(super) limit: Option<u64>,
    /// Compare bytes, whatever the contracts say that these mean
    #[arg(long)]
    pub(super) bytes: bool,
}

impl CompareArgs {
    /// What `diff` is asked about the two trees.
    pub(super) fn as_diff(&self, left: Target, right: Target, rows: bool) -> DiffArgs {
        let rows = match rows {
            true => RowsArgs { left_mapping: Some(self.left.clone()), right_mapping: Some(self.right.clone()) },
            false => RowsArgs::default(),
        };
        DiffArgs {
            left,
            right,
            known: KnownArgs { offset: None, hash: None, key: None, value: None, schema: None, cache_mb: 64 },
            right_offset: None,
            right_hash: None,
            json: self.json,
            stat: self.stat,
            only: self.only,
            range: None,
            limit: self.limit,
            bytes: self.bytes,
            format_value: ValueFormat::Auto,
            rows,
        }
    }
}

/// Where a diff finds the rows that records were made from.
#[derive(clap::Args, Clone, Debug, Default)]
pub(super) struct RowsArgs {
    /// Fetch the rows of what differs anew from the source of this mapping, which LEFT was built from, and show their
    /// fields
    #[arg(long, value_name = "MAPPING", requires = "right_mapping", conflicts_with = "stat")]
    pub(super) left_mapping: Option<PathBuf>,
    /// The mapping that RIGHT was built from
    #[arg(long, value_name = "MAPPING", requires = "left_mapping")]
    pub(super) right_mapping: Option<PathBuf>,
}

#[derive(clap::Args, Debug)]
pub(super) struct ContractArgs {
    #[command(subcommand)]
    pub(super) command: ContractCommand,
}

#[derive(Subcommand, Debug)]
pub(super) enum ContractCommand {
    /// Check a contract, and mappings of it, without reading any source
    Check(ContractCheckArgs),
    /// Show for one row each step from its columns to canonical bytes
    Explain(ExplainArgs),
}

#[derive(clap::Args, Debug)]
pub(super) struct ContractCheckArgs {
    /// The contract
    #[arg(value_name = "CONTRACT")]
    pub(super) contract: PathBuf,
    /// Mappings that should be of this contract
    #[arg(value_name = "MAPPING")]
    pub(super) mappings: Vec<PathBuf>,
    /// Print one JSON object a line
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(clap::Args, Debug)]
pub(super) struct ExplainArgs {
    /// The mapping
    #[arg(value_name = "MAPPING")]
    pub(super) mapping: PathBuf,
    /// The key of the row, as the contract has it; the first row if it is not given
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    pub(super) row: Option<String>,
    /// Print one JSON object for each field
    #[arg(long)]
    pub(super) json: bool,
}
