//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use file_mst::hash::NodeHash;
use file_mst::schema::Type;

use super::explain::ExplainArgs;
use super::hex::HexArgs;
use super::infer::InferArgs;
use super::lenient::LenientArgs;
use super::log::LogArgs;
use super::proof_args::{CheckProofArgs, ProveArgs};
use super::salvage::SalvageArgs;
use super::schema::SchemaArgs;
use super::shape::ShapeArgs;
#[cfg(feature = "mapping")]
use super::source_args::{BuildArgs, CompareArgs, ContractArgs, RowsArgs};
use super::target::Target;
use super::verify::VerifyArgs;
use super::write_args::{CompactArgs, ConvertArgs, PutArgs, RmArgs};
use crate::model::item::ValueFormat;
use crate::screens::Theme;

const NOTES: &str = "A TREE is PATH, PATH#COMMIT, PATH@OFFSET or PATH@OFFSET:HASH.\n\n\
    A TYPE is written as in Rust: String, u64, Vec<u8>, [u8; 32], Option<T>, (A, B), {name: T, ...}, \
    enum {A, B(T), C{name: T}}, Map<K, V>, or as what it stands for: timestamp(ms), date, \
    time(ms), duration(ms), uuid, decimal(2), hash, json, cbor, ip, u64 as timestamp(s).\n\n\
    Exit codes: 0 same, valid, found; 1 different, damaged, absent; 2 could not tell.";

/// Open, debug and compare Merkle Search Tree files
#[derive(Parser, Debug)]
#[command(
    name = "mst-tui",
    // Not as it was called: that name can be anything.
    bin_name = "mst-tui",
    version,
    after_help = NOTES,
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    subcommand_negates_reqs = true
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) browse: BrowseArgs,
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Count a tree: records, nodes, levels, bytes; whether its shape is canonical
    Stat(StatArgs),
    /// Show the shape of a tree: levels, sizes, what is dead, and where in the key space its nodes stand
    Shape(ShapeArgs),
    /// List the records in key order
    Ls(LsArgs),
    /// Show the value of a key
    Get(GetArgs),
    /// Build a tree from a table: a file or a database, under a mapping
    #[cfg(feature = "mapping")]
    Build(BuildArgs),
    /// Build the trees of two mappings at once and compare them
    #[cfg(feature = "mapping")]
    Compare(CompareArgs),
    /// Check contracts and mappings, or explain what becomes of a row
    #[cfg(feature = "mapping")]
    Contract(ContractArgs),
    /// Compare two trees: which records differ, and in what
    Diff(DiffArgs),
    /// Apply what `diff --json` printed to a tree that has its left side
    Patch(PatchArgs),
    /// Check every rule of the format on every node, and say what is wrong and where
    Verify(VerifyArgs),
    /// List the versions that a file holds, the newest first: its commits, or roots found by scanning
    Log(LogArgs),
    /// Set the values of keys in a file, which is created if there is none, and commit
    Put(PutArgs),
    /// Remove keys from a file and commit
    Rm(RmArgs),
    /// Write a tree of either published dialect as a new file of our own format
    Convert(ConvertArgs),
    /// Write the last commits of a file, and nothing that they do not need, to a new file
    Compact(CompactArgs),
    /// Prove what a tree holds under a key or in a range to one who has only the root hash
    Prove(ProveArgs),
    /// Check a proof with nothing but the root hash
    CheckProof(CheckProofArgs),
    /// Say why a key stands where it stands, or how one knows that it is absent
    Explain(ExplainArgs),
    /// Show the bytes of a node field by field, or what lies in a page
    Hex(HexArgs),
    /// Save what proves itself in a damaged file to a new one
    Salvage(SalvageArgs),
    /// Show the types that a file names, or note some
    Schema(SchemaArgs),
    /// Find out the types of a file that does not name them, and say what proves them
    Infer(InferArgs),
    /// Render a screen of the program as an SVG picture
    Screenshot(ScreenshotArgs),
}

impl Command {
    /// Whether its exit code says how things are, so that it may not be 0 unless all was looked at.
    pub(super) fn judges(&self) -> bool {
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
        )
    }
}

/// Which tree, and what is known of it.
#[derive(clap::Args, Debug)]
pub(super) struct TreeArgs {
    /// The tree: PATH, PATH#COMMIT, PATH@OFFSET or PATH@OFFSET:HASH
    #[arg(value_name = "TREE", required = true)]
    pub(super) tree: Option<Target>,
    #[command(flatten)]
    pub(super) known: KnownArgs,
}

#[derive(clap::Args, Clone, Debug)]
pub(super) struct KnownArgs {
    /// Where the root begins in the file, in bytes
    #[arg(long, value_name = "N")]
    pub(super) offset: Option<u64>,
    /// The hash of the root, 64 hex digits
    #[arg(long, value_name = "H")]
    pub(super) hash: Option<NodeHash>,
    /// The type of the keys
    #[arg(long, value_name = "TYPE")]
    pub(super) key: Option<Type>,
    /// The type of the values
    #[arg(long, value_name = "TYPE")]
    pub(super) value: Option<Type>,
    /// A file that names both types as {key: TYPE, value: TYPE}; --key and --value come first
    #[arg(long, value_name = "FILE")]
    pub(super) schema: Option<PathBuf>,
    /// The memory that nodes may take, in megabytes
    #[arg(long, value_name = "MB", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=1 << 20))]
    pub(super) cache_mb: u64,
}

#[derive(clap::Args, Debug)]
pub(super) struct BrowseArgs {
    #[command(flatten)]
    pub(super) tree: TreeArgs,
    /// A second tree to compare it with, side by side
    #[arg(value_name = "RIGHT")]
    pub(super) right: Option<Target>,
    /// Where the root of RIGHT begins in its file, in bytes; --offset and --hash are those of TREE
    #[arg(long, value_name = "N", requires = "right")]
    pub(super) right_offset: Option<u64>,
    /// The hash of the root of RIGHT, 64 hex digits
    #[arg(long, value_name = "H", requires = "right")]
    pub(super) right_hash: Option<NodeHash>,
    /// Compare the bytes of two trees, whatever their types and contracts say that these mean
    #[arg(long, requires = "right")]
    pub(super) bytes: bool,
    /// The colours
    #[arg(long, value_name = "THEME", default_value = "auto")]
    pub(super) theme: ThemeChoice,
    /// How values are shown; keys stay as they are
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub(super) format_value: ValueFormat,
}

impl BrowseArgs {
    /// What `diff` would be asked, if two trees are named.
    pub(super) fn as_diff(&self) -> Option<DiffArgs> {
        Some(DiffArgs {
            left: self.tree.tree.clone()?,
            right: self.right.clone()?,
            known: self.tree.known.clone(),
            right_offset: self.right_offset,
            right_hash: self.right_hash,
            json: false,
            stat: false,
            only: None,
            range: None,
            limit: None,
            bytes: self.bytes,
            format_value: self.format_value,
            #[cfg(feature = "mapping")]
            rows: RowsArgs::default(),
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum ThemeChoice {
    /// mono if NO_COLOR is set, else light or dark as COLORFGBG says, else dark
    Auto,
    /// For a dark background
    Dark,
    /// For a light background
    Light,
    /// No colours
    Mono,
}

impl ThemeChoice {
    pub(super) fn resolve(self) -> Theme {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        match self {
            Self::Dark => Theme::Dark,
            Self::Light => Theme::Light,
            Self::Mono => Theme::Mono,
            Self::Auto if set("NO_COLOR").is_some() => Theme::Mono,
            // Text colour;background colour, of the sixteen: 7 and 15 are white.
            Self::Auto if set("COLORFGBG").is_some_and(|colors| colors.ends_with(";7") || colors.ends_with(";15")) => {
                Theme::Light
            }
            Self::Auto => Theme::Dark,
        }
    }
}

#[derive(clap::Args, Debug)]
pub(super) struct StatArgs {
    #[command(flatten)]
    pub(super) tree: TreeArgs,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(clap::Args, Debug)]
pub(super) struct LsArgs {
    #[command(flatten)]
    pub(super) tree: TreeArgs,
    /// List at most so many records
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<u64>,
    /// Start at the first record whose key is not below this one
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    pub(super) from: Option<String>,
    /// Stop before the first record whose key is not below this one
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    pub(super) to: Option<String>,
    /// Only records whose keys begin so: with this text, these hex digits of bytes, this first field, or JSON of the first fields
    #[arg(long, value_name = "KEY/TEXT", allow_hyphen_values = true)]
    pub(super) prefix: Option<String>,
    /// How values are printed; in JSON they stay as they are unless redacted
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub(super) format_value: ValueFormat,
    #[command(flatten)]
    pub(super) lenient: LenientArgs,
    /// Print one JSON object a line: key, value, key_hex, value_hex; remarks if lenient
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(clap::Args, Debug)]
pub(super) struct GetArgs {
    #[command(flatten)]
    pub(super) tree: TreeArgs,
    /// The key as it is printed, such as 7, text or {id: 7, name: "a"}; JSON is taken too
    #[arg(value_name = "KEY", allow_hyphen_values = true)]
    pub(super) wanted: String,
    /// How the value is printed; in JSON it stays as it is unless redacted
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub(super) format_value: ValueFormat,
    #[command(flatten)]
    pub(super) lenient: LenientArgs,
    /// Print one JSON object: key, value, key_hex, value_hex; remarks if lenient
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(clap::Args, Debug)]
pub(super) struct DiffArgs {
    /// The one tree: PATH, PATH#COMMIT, PATH@OFFSET or PATH@OFFSET:HASH
    #[arg(value_name = "LEFT")]
    pub(super) left: Target,
    /// The other tree
    #[arg(value_name = "RIGHT")]
    pub(super) right: Target,
    #[command(flatten)]
    pub(super) known: KnownArgs,
    /// Where the root of RIGHT begins in its file, in bytes; --offset and --hash are those of LEFT
    #[arg(long, value_name = "N")]
    pub(super) right_offset: Option<u64>,
    /// The hash of the root of RIGHT, 64 hex digits
    #[arg(long, value_name = "H")]
    pub(super) right_hash: Option<NodeHash>,
    /// Print one JSON object a line; the last one is the summary
    #[arg(long)]
    pub(super) json: bool,
    /// List no records, only count them
    #[arg(long)]
    pub(super) stat: bool,
    /// List only this kind
    #[arg(long, value_name = "KIND")]
    pub(super) only: Option<Kind>,
    /// Compare only keys from A to B, B left out, or included with A..=B; either may be missing
    #[arg(long, value_name = "A..B", allow_hyphen_values = true)]
    pub(super) range: Option<String>,
    /// Stop after listing so many records
    #[arg(long, value_name = "N", conflicts_with = "stat")]
    pub(super) limit: Option<u64>,
    /// Compare bytes, whatever the types and contracts of the trees say that these mean
    #[arg(long)]
    pub(super) bytes: bool,
    /// How values are printed; keys stay as they are, and in JSON values too unless redacted
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub(super) format_value: ValueFormat,
    #[cfg(feature = "mapping")]
    #[command(flatten)]
    pub(super) rows: RowsArgs,
}

/// A kind of difference.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum Kind {
    /// Records that only LEFT has
    Left,
    /// Records that only RIGHT has
    Right,
    /// Records with two values
    Changed,
    /// Keys that a side left out when its tree was built
    NotCompared,
}

#[derive(clap::Args, Debug)]
pub(super) struct PatchArgs {
    /// The file to change, of this program's own format; its last commit must have the drift's left side
    #[arg(value_name = "TREE")]
    pub(super) path: PathBuf,
    /// What `diff --json` printed; - for standard input
    #[arg(value_name = "DRIFT")]
    pub(super) drift: PathBuf,
    /// What to note in the commit
    #[arg(long, value_name = "TEXT")]
    pub(super) label: Option<String>,
    /// Print one JSON object: records, sequence, offset, hash
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(clap::Args, Debug)]
pub(super) struct ScreenshotArgs {
    #[command(flatten)]
    pub(super) browse: BrowseArgs,
    /// The size of the screen in columns and lines
    #[arg(long, value_name = "WxH", default_value = "120x36", value_parser = size)]
    pub(super) size: (u16, u16),
    /// Keys to press first, such as `jjl<Tab><Enter>`
    #[arg(long, value_name = "KEYS", default_value = "", value_parser = keys, allow_hyphen_values = true)]
    pub(super) keys: Keys,
    /// Where to write the picture; standard output if nowhere
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

/// Names of keys.
#[derive(Clone, Debug)]
pub(super) struct Keys(pub(super) Vec<String>);

fn keys(text: &str) -> Result<Keys, String> {
    crate::screens::key_names(text).map(Keys)
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let parsed = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    parsed
        .filter(|(width, height)| (1..=500).contains(width) && (1..=500).contains(height))
        .ok_or_else(|| "a size is WIDTHxHEIGHT, each from 1 to 500, such as 120x36".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Args::command().debug_assert();
    }
}
