//! `config`: the file of settings: its place, its defaults, and what is wrong with it.

use std::path::PathBuf;

use anyhow::Context;
use mst_types::escape_path;

use super::Outcome;
use super::support::output::{Output, warn};
use crate::config::{ConfigFile, default_file};

#[derive(clap::Args, Debug)]
pub(super) struct ConfigArgs {
    #[command(flatten)]
    what: What,
    /// The file of settings, in place of that in the platform's place [env: MST_TUI_CONFIG]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(clap::Args, Debug)]
#[group(required = true, multiple = false)]
struct What {
    /// Print a file that says and explains all defaults
    #[arg(long)]
    default: bool,
    /// Print the path of the file of settings, whether or not it exists
    #[arg(long)]
    path: bool,
    /// Say what is wrong with the file of settings, with line and column
    #[arg(long)]
    check: bool,
}

pub(super) fn run(args: &ConfigArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    if args.what.default {
        output.text(&default_file())?;
        return Ok(Outcome::Good);
    }
    let file = ConfigFile::find(args.config.as_deref())
        .context("the system names no place for settings: set MST_TUI_CONFIG, or give --config FILE")?;
    let name = escape_path(&file.path);
    if args.what.path {
        output.line(&name.to_string())?;
        return Ok(Outcome::Good);
    }
    match file.load() {
        Ok(_) if file.exists() => output.line(&format!("{name}: no problems"))?,
        Ok(_) => output.line(&format!("{name} does not exist, so the defaults apply"))?,
        Err(problems) => {
            for problem in problems {
                warn(&format!("{name}:{}{problem}", if problem.line == 0 { " " } else { "" }));
            }
            return Ok(Outcome::Unknown);
        }
    }
    Ok(Outcome::Good)
}
