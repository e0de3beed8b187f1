//! What can be said to the commands that make and check proofs.

use std::path::PathBuf;

use file_mst::hash::NodeHash;
use file_mst::schema::Type;

use super::args::TreeArgs;
use crate::model::item::ValueFormat;

#[derive(clap::Args, Debug)]
pub(super) struct ProveArgs {
    #[command(flatten)]
    pub(super) tree: TreeArgs,
    /// The key as it is printed, such as 7, text or {id: 7, name: "a"}; JSON is taken too
    #[arg(value_name = "KEY", allow_hyphen_values = true, required_unless_present = "range")]
    pub(super) wanted: Option<String>,
    /// All records from A to B, B left out, or included with A..=B; either may be missing
    #[arg(long, value_name = "A..B", allow_hyphen_values = true, conflicts_with = "wanted")]
    pub(super) range: Option<String>,
    /// The new file; standard output if nowhere
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// How JSON says the value: as it is, unless redacted
    #[arg(long, value_name = "FORMAT", default_value = "auto", requires = "json")]
    pub(super) format_value: ValueFormat,
    /// Print one JSON object that says what is proved
    #[arg(long, requires = "output")]
    pub(super) json: bool,
}

#[derive(clap::Args, Debug)]
pub(super) struct CheckProofArgs {
    /// The hash of the root, from a place that you trust, 64 hex digits
    #[arg(value_name = "ROOT_HASH")]
    pub(super) root: NodeHash,
    /// The proof; - for standard input
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// The root is that of a published tree whose keys are ordered by this type and not as bytes
    #[arg(long, value_name = "TYPE")]
    pub(super) ordered_by: Option<Type>,
    /// Show keys by this type, whatever the proof says
    #[arg(long, value_name = "TYPE")]
    pub(super) key: Option<Type>,
    /// Show values by this type, whatever the proof says
    #[arg(long, value_name = "TYPE")]
    pub(super) value: Option<Type>,
    /// How values are printed; in JSON they stay as they are unless redacted
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub(super) format_value: ValueFormat,
    /// Print one JSON object a line: the records, then what is proved
    #[arg(long)]
    pub(super) json: bool,
}
