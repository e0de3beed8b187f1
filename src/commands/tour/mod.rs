//! `tour`: a sample made on the spot, and the screens with a bar that leads through them.

mod sample;
mod steps;

use std::path::{Path, PathBuf};

use anyhow::Context;
use mst_sync::ingest::Reading;
use mst_types::escape_path;

use super::support::named::Named;
use super::support::output::{Output, stdout_is_terminal};
use super::support::target::Target;
use super::support::tree_args::OpenArgs;
use super::support::tree_opener::TreeOpener;
use super::{Outcome, browse};
use crate::model::item::ValueFormat;
use crate::model::text::quoted;
use crate::runtime::guide::Guide;
use crate::runtime::looks::{Looks, ThemeChoice};
use crate::runtime::terminal::charset::of_process;
use crate::screens::{Beginning, Destination, run_guided};
use crate::tables::{Side, TableOptions, Tables};

#[derive(clap::Args, Debug)]
pub(super) struct TourArgs {
    /// Keep the sample in this folder; by default it is in a temporary one, which is removed at the end
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// The file of settings, in place of that in the platform's place [env: MST_TUI_CONFIG]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The colours; by default as the settings say, or else auto
    #[arg(long, value_name = "THEME")]
    theme: Option<ThemeChoice>,
}

pub(super) fn run(args: &TourArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let temporary;
    let folder = match &args.output {
        Some(folder) => {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", escape_path(folder)))?;
            folder.as_path()
        }
        None => {
            temporary = tempfile::tempdir().context("cannot make a temporary folder")?;
            temporary.path()
        }
    };
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let screen = stdout_is_terminal() && !dumb;
    if screen || args.output.is_some() {
        make(folder)?;
    }
    if screen {
        let tables = tables(folder, folder, "today")?;
        let (config, notice) = browse::settings(args.config.as_deref());
        let beginning = Beginning {
            looks: Looks::detect(args.theme.unwrap_or(config.theme), config.ascii.charset(), &of_process),
            values: ValueFormat::Auto,
            mouse: config.mouse,
            follow: false,
            notice,
            is_first_run: false,
        };
        // The steps name the keys that the user has chosen.
        config.take_effect();
        let guide = Guide::new(steps::steps());
        run_guided(Destination::Tables(Box::new(tables)), TreeOpener::new(&OpenArgs::plain()), beginning, guide)?;
    } else {
        for (number, step) in steps::steps().iter().enumerate() {
            output.line(format!("{}. {} {}", number + 1, step.text, step.press).trim_end())?;
        }
    }
    output.text(&match (&args.output, screen) {
        (Some(folder), _) => kept(folder),
        (None, true) => "The sample was temporary; mst-tui tour -o DIR keeps one.\n".to_owned(),
        (None, false) => "\nOn a terminal mst-tui tour shows this; mst-tui tour -o DIR makes the sample.\n".to_owned(),
    })?;
    Ok(Outcome::Good)
}

/// The commands for a sample that is kept.
fn kept(folder: &Path) -> String {
    let [left, right, tree, report] = ["orders.csv", "billing.csv", "orders.mst", "report.html"]
        .map(|name| quoted(&folder.join(name).to_string_lossy()));
    format!(
        "\nThe sample is in {}: two tables, and a tree of the orders of yesterday.\n  \
         mst-tui {left} {right}\n  mst-tui compare {left} {right}\n  \
         mst-tui compare {left} {right} --html {report}\n  mst-tui log {tree}\n",
        escape_path(folder)
    )
}

/// Makes the sample: yesterday's tables as trees, and today's tables.
fn make(folder: &Path) -> anyhow::Result<()> {
    let yesterday = tempfile::tempdir().context("cannot make a temporary folder")?;
    sample::write(yesterday.path(), sample::Day::Yesterday)?;
    sample::write(folder, sample::Day::Today)?;
    let tables = tables(yesterday.path(), folder, "yesterday")?;
    let tell = |_, _| std::ops::ControlFlow::Continue(());
    let draft = tables.draft(&tell).context("the sample")?;
    tables.build(Some(&draft), &tell).context("the sample")?;
    Ok(())
}

/// The comparison of both tables of a folder, with its trees in another one, and the label of their commits.
fn tables(folder: &Path, trees: &Path, label: &str) -> anyhow::Result<Tables> {
    let side = |name: &str| -> anyhow::Result<Side> {
        let target: Target = folder.join(name).to_string_lossy().parse()?;
        Named::parse(&target)?.side(&OpenArgs::plain())
    };
    let [left, right] = sample::NAMES.map(side);
    let trees = ["orders.mst", "billing.mst"].map(|name| Some(trees.join(name)));
    let reading = Reading::Always;
    let options = TableOptions { trees, label: label.to_owned(), reading, ..TableOptions::default() };
    Tables::new(sample::NAMES.map(str::to_owned), [left?, right?], options)
}
