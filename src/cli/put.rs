//! `put`: values of keys, one or many, in one commit.

use std::path::Path;

use anyhow::Context;
use serde_json::json;

use super::Outcome;
use super::commit::{CommitJson, line};
use super::input::Input;
use super::lines::Line;
use super::output::Output;
use super::write::Writing;
use super::write_args::PutArgs;

pub(super) fn run(args: &PutArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let mut file = Writing::open(&args.file, &args.write, true)?;
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
    if args.write.json {
        output.json(&json!({"put": put, "commit": commit.as_ref().map(CommitJson::new)}))?;
    } else {
        output.line(&commit.as_ref().map_or("nothing changed: no commit".to_owned(), line))?;
    }
    Ok(Outcome::Good)
}

/// Puts a record for each line; returns how many.
fn put_lines(file: &mut Writing, from: &Path) -> anyhow::Result<u64> {
    let Input { name, lines } = Input::open(from)?;
    let mut count = 0;
    for (index, text) in lines.enumerate() {
        let place = || format!("{name}, line {}", index + 1);
        let text = text.with_context(place)?;
        if text.trim().is_empty() {
            continue;
        }
        let (key, value) =
            Line::parse(&text).and_then(|line| line.bytes(&file.key, &file.value)).with_context(place)?;
        file.writer.put(&key, &value).with_context(place)?;
        count += 1;
    }
    Ok(count)
}
