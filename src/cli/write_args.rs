//! What can be said to the commands that write files.

use std::path::PathBuf;

use file_mst::Keep;
use file_mst::schema::Type;

use super::args::TreeArgs;

/// How a command writes.
#[derive(clap::Args, Debug)]
pub(super) struct WriteArgs {
    /// The type of the keys: as the file says, and String in a new one, if it is not given
    #[arg(long, value_name = "TYPE")]
    pub(super) key: Option<Type>,
    /// The type of the values: as the file says, and String in a new one, if it is not given
    #[arg(long, value_name = "TYPE")]
    pub(super) value: Option<Type>,
    /// What the commit says of itself
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(super) label: String,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(clap::Args, Debug)]
pub(super) struct PutArgs {
    /// The file
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// The key as it is printed, such as 7, text or {id: 7, name: "a"}; JSON is taken too
    #[arg(value_name = "KEY", allow_hyphen_values = true, requires = "new_value", required_unless_present = "from")]
    pub(super) new_key: Option<String>,
    /// The value, written in the same way
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    pub(super) new_value: Option<String>,
    /// Read records from a file, or from standard input for `-`: one JSON object a line, as `ls --json` prints them,
    /// with key or key_hex and value or value_hex
    #[arg(long, value_name = "PATH", conflicts_with = "new_key")]
    pub(super) from: Option<PathBuf>,
    #[command(flatten)]
    pub(super) write: WriteArgs,
}

#[derive(clap::Args, Debug)]
pub(super) struct RmArgs {
    /// The file
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// The keys as they are printed; JSON is taken too. Behind `--` they may begin with hyphens
    // With allow_hyphen_values the list would swallow the options behind it.
    #[arg(value_name = "KEY", allow_negative_numbers = true, required = true)]
    pub(super) keys: Vec<String>,
    #[command(flatten)]
    pub(super) write: WriteArgs,
}

#[derive(clap::Args, Debug)]
pub(super) struct ConvertArgs {
    #[command(flatten)]
    pub(super) tree: TreeArgs,
    /// The new file
    #[arg(value_name = "NEW")]
    pub(super) new: PathBuf,
    /// What the commit says of itself; the name of the old file if nothing
    #[arg(long, value_name = "TEXT")]
    pub(super) label: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(clap::Args, Debug)]
pub(super) struct CompactArgs {
    /// The file
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// The new file
    #[arg(value_name = "NEW")]
    pub(super) new: PathBuf,
    /// How many of the last commits to keep, or `all`
    #[arg(long, value_name = "N|all", default_value = "all", value_parser = keep)]
    pub(super) keep: Keep,
    /// Print one JSON object
    #[arg(long)]
    pub(super) json: bool,
}

fn keep(text: &str) -> Result<Keep, String> {
    match text.parse() {
        _ if text == "all" => Ok(Keep::All),
        Ok(count) if count > 0 => Ok(Keep::Last(count)),
        _ => Err("how many commits to keep is a number from 1, or all".to_owned()),
    }
}
