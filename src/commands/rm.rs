//! `rm`: removes keys, in one commit.

use std::path::PathBuf;

use mst_types::escape_text;
use serde_json::json;

use super::Outcome;
use super::support::commit::print_result;
use super::support::file_editor::{FileEditor, WriteArgs};
use super::support::output::{Output, warn};
use super::support::target::changed_file;

#[derive(clap::Args, Debug)]
pub(super) struct RmArgs {
    /// The file
    #[arg(value_name = "FILE", value_parser = changed_file())]
    file: PathBuf,
    /// The keys as they are printed; JSON works too. After `--` they may begin with hyphens
    // With allow_hyphen_values the list would swallow the options after it.
    #[arg(value_name = "KEY", allow_negative_numbers = true, required = true)]
    keys: Vec<String>,
    #[command(flatten)]
    write: WriteArgs,
}

pub(super) fn run(args: &RmArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let mut file = FileEditor::open(&args.file, &args.write, false)?;
    // All keys are parsed before any is removed, so that an invalid key leaves the file unchanged.
    let keys = args.keys.iter().map(|key| Ok((key, file.parse_key(key)?))).collect::<anyhow::Result<Vec<_>>>()?;
    let (mut removed, mut absent) = (0_u64, 0_u64);
    for (key, bytes) in keys {
        if file.writer.get(&bytes)?.is_some() {
            file.writer.remove(&bytes)?;
            removed += 1;
        } else {
            warn(&format!("there is no key {} (of type {})", escape_text(key), file.key));
            absent += 1;
        }
    }
    let commit = file.commit(&args.write.label)?;
    let counts = json!({"removed": removed, "absent": absent});
    print_result(commit.as_ref(), args.write.json, counts, output)?;
    Ok(if absent == 0 { Outcome::Good } else { Outcome::Bad })
}
