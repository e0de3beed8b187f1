//! `rm`: removes keys, in one commit.

use file_mst::schema::escape_text;
use serde_json::json;

use super::Outcome;
use super::commit::{CommitJson, line};
use super::output::{Output, complain};
use super::write::Writing;
use super::write_args::RmArgs;

pub(super) fn run(args: &RmArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let mut file = Writing::open(&args.file, &args.write, false)?;
    // All are looked at before any is removed: a key that is none of the type leaves everything as it is.
    let keys = args.keys.iter().map(|key| Ok((key, file.parse_key(key)?))).collect::<anyhow::Result<Vec<_>>>()?;
    let (mut removed, mut absent) = (0_u64, 0_u64);
    for (key, bytes) in keys {
        if file.writer.get(&bytes)?.is_some() {
            file.writer.remove(&bytes)?;
            removed += 1;
        } else {
            complain(&format!("there is no key {} (of type {})", escape_text(key), file.key));
            absent += 1;
        }
    }
    let commit = file.commit(&args.write.label)?;
    if args.write.json {
        let commit = commit.as_ref().map(CommitJson::new);
        output.json(&json!({"removed": removed, "absent": absent, "commit": commit}))?;
    } else {
        output.line(&commit.as_ref().map_or("nothing changed: no commit".to_owned(), line))?;
    }
    Ok(if absent == 0 { Outcome::Good } else { Outcome::Bad })
}
