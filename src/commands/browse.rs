//! Without a subcommand, shows a tree on a screen, or two trees side by side. Without a terminal it prints the opening
//! view or the diff as text.

use std::path::PathBuf;

use clap::ValueEnum;
use file_mst::NodeHash;

use super::Outcome;
use super::diff::{self, DiffArgs};
use super::support::open_tree::{OpenTree, TryOpen};
use super::support::output::{Output, stdout_is_terminal, warn};
use super::support::target::Target;
use super::support::tree_args::TreeArgs;
use super::support::tree_opener::TreeOpener;
use crate::model::damage;
use crate::model::item::ValueFormat;
use crate::model::rows::fetch::check;
use crate::screens::{Destination, Offscreen, Shown, Theme, run as run_screen};

/// The size of the printed opening view, in columns and lines.
const PRINTED: (u16, u16) = (120, 36);

#[derive(clap::Args, Debug)]
pub(super) struct BrowseArgs {
    #[command(flatten)]
    pub(super) tree: TreeArgs,
    /// A second tree to compare with the first one, side by side
    #[arg(value_name = "RIGHT")]
    right: Option<Target>,
    /// The offset of the root of RIGHT in its file, in bytes; --offset and --hash apply to TREE
    #[arg(long, value_name = "N", requires = "right")]
    right_offset: Option<u64>,
    /// The hash of the root of RIGHT, 64 hex digits
    #[arg(long, value_name = "H", requires = "right")]
    right_hash: Option<NodeHash>,
    /// Compare the bytes of two trees, whatever their types and contracts say that they mean
    #[arg(long, requires = "right")]
    bytes: bool,
    /// The mapping that TREE was built from: Enter on a difference then fetches its rows from both sources again
    #[arg(long, value_name = "MAPPING", requires = "right", requires = "right_mapping")]
    left_mapping: Option<PathBuf>,
    /// The mapping that RIGHT was built from
    #[arg(long, value_name = "MAPPING", requires = "left_mapping")]
    right_mapping: Option<PathBuf>,
    /// The colours
    #[arg(long, value_name = "THEME", default_value = "auto")]
    pub(super) theme: ThemeChoice,
    /// How to show values; keys are not affected
    #[arg(long, value_name = "FORMAT", default_value = "auto")]
    pub(super) format_value: ValueFormat,
}

impl BrowseArgs {
    /// The arguments of `diff` for the same two trees, if two are named.
    pub(super) fn as_diff(&self) -> Option<DiffArgs> {
        Some(DiffArgs {
            left: self.tree.tree.clone()?,
            right: self.right.clone()?,
            options: self.tree.options.clone(),
            right_offset: self.right_offset,
            right_hash: self.right_hash,
            list: diff::ListArgs { bytes: self.bytes, format_value: self.format_value, ..diff::ListArgs::default() },
            recheck: diff::RecheckArgs {
                left_mapping: self.left_mapping.clone(),
                right_mapping: self.right_mapping.clone(),
            },
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(super) enum ThemeChoice {
    /// mono if NO_COLOR is set, otherwise light or dark according to COLORFGBG, otherwise dark
    Auto,
    /// For a dark background
    Dark,
    /// For a light background
    Light,
    /// No colours
    Mono,
}

impl ThemeChoice {
    pub(super) fn resolve(self) -> Theme {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        match self {
            Self::Dark => Theme::Dark,
            Self::Light => Theme::Light,
            Self::Mono => Theme::Mono,
            Self::Auto if set("NO_COLOR").is_some() => Theme::Mono,
            // COLORFGBG is TEXT;BACKGROUND, each one of 16 colours: 7 and 15 are white.
            Self::Auto if set("COLORFGBG").is_some_and(|colors| colors.ends_with(";7") || colors.ends_with(";15")) => {
                Theme::Light
            }
            Self::Auto => Theme::Dark,
        }
    }
}

pub(super) fn run(args: &BrowseArgs, output: &mut Output) -> anyhow::Result<Outcome> {
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let screen = stdout_is_terminal() && !dumb;
    if let Some(both) = args.as_diff() {
        return compare(&both, args.theme.resolve(), screen, output);
    }
    let shown = if screen { shown_or_likely(args)? } else { shown(args)? };
    let opener = TreeOpener::new(&args.tree.options);
    let typing = shown.opened.typing.clone();
    let on = Destination::Tree(Box::new(shown));
    if screen {
        run_screen(on, opener, args.theme.resolve(), args.format_value)?;
        return Ok(Outcome::Good);
    }
    if stdout_is_terminal() {
        warn("this terminal (TERM=dumb) cannot show screens; here is the opening view");
    }
    let (width, height) = PRINTED;
    let mut screen = Offscreen::open(on, opener, Theme::Mono, width, height);
    screen.format_values(args.format_value);
    let damage = screen.count();
    output.text(&screen.text())?;
    // The view itself shows damage in its place. Only what leaves the tree unread makes the outcome unknown.
    let worst = damage.iter().find(|found| Outcome::Good.worsened_by(&found.error) == Outcome::Unknown);
    Ok(worst.map_or(Outcome::Good, |found| {
        warn(&damage::describe(found, &typing));
        Outcome::Unknown
    }))
}

/// The named tree, or the likely one if the file does not record its root: the screen then says so, and offers the
/// others.
fn shown_or_likely(args: &BrowseArgs) -> anyhow::Result<Shown> {
    let target = args.tree.target()?;
    let (file, opened) = match args.tree.try_open_for_screen()? {
        TryOpen::Opened(tree) => (tree.file, tree.opened),
        TryOpen::Refused(refused) => match refused.open_likely() {
            Some(opened) => (target.file(), opened),
            None => return Err((*refused).into()),
        },
    };
    Ok(Shown { file, path: target.path(), opened })
}

/// The named tree, opened for a screen.
pub(super) fn shown(args: &BrowseArgs) -> anyhow::Result<Shown> {
    let OpenTree { file, opened, .. } = args.tree.try_open_for_screen()?.or_refused()?;
    let path = args.tree.tree.as_ref().map(Target::path).unwrap_or_default();
    Ok(Shown { file, path, opened })
}

/// Shows two trees side by side on a screen, or prints their diff.
fn compare(args: &DiffArgs, theme: Theme, screen: bool, output: &mut Output) -> anyhow::Result<Outcome> {
    if !screen {
        return diff::run(args, output);
    }
    let mut pair = diff::open_both(args)?;
    pair.mappings = args.recheck.read()?;
    if let Some(mappings) = &pair.mappings {
        check(&pair, mappings).map_err(anyhow::Error::msg)?;
    }
    run_screen(Destination::Pair(Box::new(pair)), TreeOpener::new(&args.options), theme, args.list.format_value)?;
    Ok(Outcome::Good)
}
