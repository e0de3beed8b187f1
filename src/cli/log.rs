//! `log`: the commits of a file.

use anyhow::bail;
use file_mst::Error;
use file_mst::schema::escape_text;
use file_mst::store::{Foreign, TreeFile};

use super::Outcome;
use super::args::LogArgs;
use super::commit::{CommitJson, line};
use super::output::Output;

pub(super) fn run(args: &LogArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let name = args.file.to_string_lossy();
    let name = escape_text(&name);
    let file = match TreeFile::open(&args.file) {
        Err(Error::Foreign { what: Foreign::Dialect(dialect), .. }) => bail!(
            "{name}: trees of the dialect {dialect} hold no commits; name a root as PATH@OFFSET or PATH@OFFSET:HASH, \
             as in `mst-tui stat {name}@OFFSET`, or convert it: `mst-tui convert {name}@OFFSET NEW`"
        ),
        Err(Error::Io { doing, source }) => bail!("{name}: cannot {doing}: {source}"),
        file => file?,
    };
    for commit in file.commits().take(args.limit.unwrap_or(usize::MAX)) {
        let commit = commit?;
        if args.json {
            output.json(&CommitJson::new(&commit))?;
        } else {
            output.line(&line(&commit))?;
        }
    }
    Ok(Outcome::Good)
}
