//! The command line: one file or folder for each subcommand, with its arguments beside the function that runs it.

mod browse;
mod build;
mod check_proof;
mod compact;
mod compare;
mod completions;
mod config;
mod contract;
mod convert;
mod diff;
mod explain;
mod get;
mod hex;
mod infer;
mod log;
mod ls;
mod man;
mod patch;
mod prove;
mod put;
mod rm;
mod salvage;
mod schema;
mod screenshot;
mod shape;
mod stat;
mod support;
mod tour;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use file_mst::NodeError;

use support::colour::ColourChoice;
use support::output::{self, Output, OutputOptions};
use support::stdin_table;

const NOTES: &str = "A TREE is PATH, PATH#COMMIT, PATH@OFFSET or PATH@OFFSET:HASH.\n\n\
    A TYPE is written as in Rust: String, u64, Vec<u8>, [u8; 32], Option<T>, (A, B), {name: T, ...}, \
    enum {A, B(T), C{name: T}}, Map<K, V>; or as a logical type: timestamp(ms), date, time(ms), duration(ms), uuid, \
    decimal(2), hash, json, cbor, ip, u64 as timestamp(s).\n\n\
    Exit codes: 0 same, valid, found; 1 different, damaged, absent; 2 could not tell.";

/// Find where two tables differ, and open, check and compare Merkle Search Tree files
#[derive(Parser, Debug)]
#[command(
    name = "mst-tui",
    // A fixed name: the executable may have been renamed to anything.
    bin_name = "mst-tui",
    version = env!("MST_TUI_VERSION"),
    after_help = NOTES,
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    subcommand_negates_reqs = true
)]
struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// When text has colours
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true, help_heading = "Output")]
    color: ColourChoice,
    /// Do not send long output to a pager: MST_TUI_PAGER, PAGER, or less
    #[arg(long, global = true, help_heading = "Output")]
    no_pager: bool,
    #[command(flatten)]
    browse: browse::BrowseArgs,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Count the records, nodes, levels and bytes of a tree, and tell whether its shape is canonical
    Stat(stat::StatArgs),
    /// Show the shape of a tree: its levels, sizes and dead bytes, and where in the key space its nodes are
    Shape(shape::ShapeArgs),
    /// List the records in key order
    Ls(ls::LsArgs),
    /// Show the value of a key
    Get(get::GetArgs),
    /// Build a tree from a table of a file or database
    Build(build::BuildArgs),
    /// Compare two tables, mappings or trees, in any mix: which records differ, and in which fields
    Compare(compare::CompareArgs),
    /// Draft or check contracts and mappings, or explain how a row is mapped
    Contract(contract::ContractArgs),
    /// Compare two trees: which records differ, and in which fields
    Diff(diff::DiffArgs),
    /// Apply the output of `diff --json` to a tree that equals its left side
    Patch(patch::PatchArgs),
    /// Check every rule of the format on every node, and say what is wrong and where
    Verify(verify::VerifyArgs),
    /// List the versions in a file, the newest first: its commits, or roots found by scanning
    Log(log::LogArgs),
    /// Set the values of keys in a file and commit; a missing file is created
    Put(put::PutArgs),
    /// Remove keys from a file and commit
    Rm(rm::RmArgs),
    /// Write a tree of either published dialect to a new file of this program's own format
    Convert(convert::ConvertArgs),
    /// Write the last commits of a file, and only the data that they need, to a new file
    Compact(compact::CompactArgs),
    /// Prove what a tree holds at a key or in a range, for someone who has only the root hash
    Prove(prove::ProveArgs),
    /// Check a proof, given only the root hash
    CheckProof(check_proof::CheckProofArgs),
    /// Explain why a key is stored where it is, or how its absence is known
    Explain(explain::ExplainArgs),
    /// Show the bytes of a node field by field, or the contents of a page
    Hex(hex::HexArgs),
    /// Recover the valid parts of a damaged file into a new file
    Salvage(salvage::SalvageArgs),
    /// Show the types that a file names, or record them
    Schema(schema::SchemaArgs),
    /// Infer the types of a file that does not name them, and say what proves them
    Infer(infer::InferArgs),
    /// Show the defaults and the place of the file of settings, or check it
    Config(config::ConfigArgs),
    /// Render a screen of the program as an SVG picture
    Screenshot(screenshot::ScreenshotArgs),
    /// Make two small tables that drifted, and lead through the screens with them
    Tour(tour::TourArgs),
    /// Print the completions of a shell
    Completions(completions::CompletionsArgs),
    /// Print a manual page, or write all of them into a folder
    Man(man::ManArgs),
}

impl Command {
    /// Whether the exit code is a verdict, which must not be 0 unless the command has examined everything.
    fn gives_verdict(&self) -> bool {
        !matches!(
            self,
            Self::Stat(_)
                | Self::Shape(_)
                | Self::Ls(_)
                | Self::Get(_)
                | Self::Log(_)
                | Self::Explain(_)
                | Self::Hex(_)
                | Self::Schema(_)
                | Self::Infer(_)
                | Self::Screenshot(_)
                | Self::Tour(_)
                | Self::Completions(_)
                | Self::Man(_)
        )
    }
}

/// The result of a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    /// Same, valid, found.
    Good,
    /// Different, damaged, absent.
    Bad,
    /// Could not tell: types are unknown, reading failed, or links form a loop.
    Unknown,
}

impl Outcome {
    /// The outcome after damage was found. Not being able to tell outweighs a bad result.
    fn worsened_by(self, error: &NodeError) -> Self {
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
    let arguments = options_after_command(std::env::args_os().collect());
    let args = match Args::try_parse_from(&arguments) {
        Ok(args) => args,
        Err(error) => return output::usage::<Args>(error, &arguments),
    };
    let gives_verdict = args.command.as_ref().is_some_and(Command::gives_verdict);
    let mut output =
        Output::stdout(OutputOptions { colours: args.color.colours(), pages: !args.no_pager, gives_verdict });
    let outcome = run(&args, &mut output);
    stdin_table::remove();
    match (outcome, output.close()) {
        (Ok(outcome), Ok(())) => outcome.into(),
        // The reader closed the output, but the command had finished: its outcome holds.
        (Ok(outcome), Err(error)) if output::is_broken_pipe(&error) => outcome.into(),
        // The reader closed the output before the end: a shorter list is fine, but there is no verdict.
        (Err(error), _) if output::is_broken_pipe(&error) => match gives_verdict {
            true => Outcome::Unknown.into(),
            false => ExitCode::SUCCESS,
        },
        (Ok(_), Err(error)) | (Err(error), _) => {
            output::warn(&format!("{error:#}"));
            Outcome::Unknown.into()
        }
    }
}

/// Puts the options that all commands have after the command's name: `mst-tui --no-pager diff` is `mst-tui diff
/// --no-pager`. Clap would take other options before a command for a mistake, as they mostly are.
fn options_after_command(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let mut end = 1;
    while let Some(argument) = arguments.get(end).and_then(|argument| argument.to_str()) {
        match argument {
            "--no-pager" => end += 1,
            "--color" => end += 2,
            _ if argument.starts_with("--color=") => end += 1,
            _ => break,
        }
    }
    let is_command =
        |name: &OsString| name.to_str().is_some_and(|name| Args::command().find_subcommand(name).is_some());
    if end > 1 && arguments.get(end).is_some_and(is_command) {
        let command = arguments.remove(end);
        arguments.insert(1, command);
    }
    arguments
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
        Some(Command::Build(args)) => build::run(args, output),
        Some(Command::Compare(args)) => compare::run(args, output),
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
        Some(Command::Config(args)) => config::run(args, output),
        Some(Command::Screenshot(args)) => screenshot::run(args, output),
        Some(Command::Tour(args)) => tour::run(args, output),
        Some(Command::Completions(args)) => completions::run(args, output),
        Some(Command::Man(args)) => man::run(args, output),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use mst_test_support::documents::{assert_generated, table_of_two};

    use super::*;

    #[test]
    fn options_of_all_commands_may_stand_before_the_command() {
        for (given, taken) in [
            ("--no-pager diff a b", "diff --no-pager a b"),
            ("--color always --no-pager ls a", "ls --color always --no-pager a"),
            ("--color=never ls a", "ls --color=never a"),
            ("--no-pager a.mst", "--no-pager a.mst"),
            ("--offset 7 diff", "--offset 7 diff"),
            ("--color", "--color"),
        ] {
            let split = |text: &str| format!("mst-tui {text}").split(' ').map(OsString::from).collect::<Vec<_>>();
            assert_eq!(options_after_command(split(given)), split(taken));
        }
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Args::command().debug_assert();
    }

    /// The subcommands below a command, in the order of its help, each with its full name and its line of help.
    fn subcommands(command: &clap::Command, prefix: &str, rows: &mut Vec<(String, String)>) {
        for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
            let name = format!("{prefix}{}", sub.get_name());
            let about = sub.get_about().unwrap_or_else(|| panic!("{name} has no help")).to_string();
            rows.push((format!("`{name}`"), about));
            subcommands(sub, &format!("{name} "), rows);
        }
    }

    /// docs/COMMANDS.md names the commands that print no JSON.
    #[test]
    fn all_commands_but_a_few_have_json() {
        fn without(command: &clap::Command, prefix: &str, names: &mut Vec<String>) {
            for sub in command.get_subcommands() {
                let name = format!("{prefix}{}", sub.get_name());
                if !sub.has_subcommands() && sub.get_arguments().all(|argument| argument.get_id() != "json") {
                    names.push(name.clone());
                }
                without(sub, &format!("{name} "), names);
            }
        }
        let mut names = Vec::new();
        without(&Args::command(), "", &mut names);
        assert_eq!(names, ["contract draft", "config", "screenshot", "tour", "completions", "man"]);
    }

    /// docs/COMMANDS.md has every subcommand. `UPDATE_DOCS=1` renews the page.
    #[test]
    fn the_page_of_commands_has_them_all() {
        let mut rows = Vec::new();
        subcommands(&Args::command(), "", &mut rows);
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/COMMANDS.md");
        assert_generated(&page, &[("commands".to_owned(), table_of_two(["command", "what it does"], rows))]);
    }
}
