//! `put`: sets the values of one or more keys, in one commit.

use std::io::BufRead;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::json;

use super::Outcome;
use super::support::commit::print_result;
use super::support::file_editor::{FileEditor, WriteArgs};
use super::support::input::Input;
use super::support::output::Output;
use super::support::progress::Progress;
use super::support::record_line::RecordLine;
use super::support::target::changed_file;
use crate::model::text;

#[derive(clap::Args, Debug)]
pub(super) struct PutArgs {
    /// The file
    #[arg(value_name = "FILE", value_parser = changed_file())]
    file: PathBuf,
    /// The key as it is printed, such as 7, text or {id: 7, name: "a"}; JSON works too
    // The ids `key` and `value` are those of --key and --value, the types.
    #[arg(value_name = "KEY", allow_hyphen_values = true, requires = "new_value", required_unless_present = "from")]
    new_key: Option<String>,
    /// The value, written in the same way
    #[arg(value_name = "VALUE", allow_hyphen_values = true)]
    new_value: Option<String>,
    /// Read records from a file, or from standard input for `-`: one JSON object a line, as `ls --json` prints them,
    /// with key or key_hex and value or value_hex
    #[arg(long, value_name = "PATH", conflicts_with = "new_key")]
    from: Option<PathBuf>,
    #[command(flatten)]
    write: WriteArgs,
}

pub(super) fn run(args: &PutArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let mut file = FileEditor::open(&args.file, &args.write, true)?;
    let put = match (&args.from, &args.new_key, &args.new_value) {
        (None, Some(key), Some(value)) => {
            let bytes = file.parse_key(key)?;
            let ty = &file.value;
            let value = ty.parse(value).with_context(|| format!("{value:?} is not a value of type {ty}"))?;
            file.writer.put(&bytes, &value)?;
            1
        }
        (from, ..) => put_lines(&mut file, from.as_deref().unwrap_or(Path::new("-")))?,
    };
    let commit = file.commit(&args.write.label)?;
    print_result(commit.as_ref(), args.write.json, json!({"put": put}), output)?;
    Ok(Outcome::Good)
}

/// Puts the record of each line; returns their number.
fn put_lines(file: &mut FileEditor, from: &Path) -> anyhow::Result<u64> {
    let Input { name, reader } = Input::open(from)?;
    let mut count = 0;
    let mut progress = Progress::new();
    for (index, text) in reader.lines().enumerate() {
        let place = || format!("{name}, line {}", index + 1);
        let text = text.with_context(place)?;
        if text.trim().is_empty() {
            continue;
        }
        let (key, value) =
            RecordLine::parse(&text).and_then(|line| line.bytes(&file.key, &file.value)).with_context(place)?;
        file.writer.put(&key, &value).with_context(place)?;
        count += 1;
        progress.show(|_| format!("{} put", text::count(count, "record")));
    }
    Ok(count)
}
