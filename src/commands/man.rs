//! `man`: manual pages, made from the help.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::CommandFactory;
use clap_mangen::Man;
use file_mst::write::NewFile;
use mst_types::{escape_path, escape_text};

use super::support::output::Output;
use super::{Args, Outcome};
use crate::model::text::count;

#[derive(clap::Args, Debug)]
#[command(after_help = "Read one with: mst-tui man diff | man -l -")]
pub(super) struct ManArgs {
    /// The command whose page is printed, such as diff or contract draft; by default that of the program
    #[arg(value_name = "COMMAND", conflicts_with = "output")]
    command: Vec<String>,
    /// Write the pages of all commands into this folder, and replace those that are there
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &ManArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let mut program = Args::command();
    program.build();
    let Some(folder) = &args.output else {
        output.bytes(&page(named(&program, &args.command)?)?)?;
        return Ok(Outcome::Good);
    };
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", escape_path(folder)))?;
    let pages = write_all(&program, folder)?;
    output.line(&format!("{} written to {}", count(pages, "page"), escape_path(folder)))?;
    Ok(Outcome::Good)
}

/// The command of a name such as `contract draft`.
fn named<'a>(program: &'a clap::Command, name: &[String]) -> anyhow::Result<&'a clap::Command> {
    let mut command = program;
    for word in name {
        let Some(sub) = command.find_subcommand(word) else {
            bail!("there is no command {:?}", escape_text(&name.join(" ")));
        };
        command = sub;
    }
    Ok(command)
}

fn page(command: &clap::Command) -> anyhow::Result<Vec<u8>> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    Ok(page)
}

/// Writes the page of a command and of all below it; returns their number.
fn write_all(command: &clap::Command, folder: &Path) -> anyhow::Result<u64> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let path = folder.join(format!("{name}.1"));
    let write = || -> anyhow::Result<()> {
        let mut file = NewFile::replace(&path)?;
        file.write_all(&page(command)?)?;
        Ok(file.finish()?)
    };
    write().with_context(|| format!("cannot write {}", escape_path(&path)))?;
    let below = command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help");
    below.map(|sub| write_all(sub, folder)).sum::<anyhow::Result<u64>>().map(|pages| pages + 1)
}
